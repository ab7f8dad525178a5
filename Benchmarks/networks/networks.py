"""Columns found by the network against those of the other methods, on images whose columns are known.

`real` scores labelled micrographs: every image of FOLDER beside which a table of the same stem lies. `fields` simulates 2H MoS2 in
five fields of view. `sweep` simulates materials over spacings and doses. A predicted and a labelled column match where each is the
nearest of the other, at most half the mean spacing of the labels apart; scores are means over the images. Light columns of
simulated materials may be seen or not: matches with them count neither way.
Usage: networks.py real FOLDER... | fields | sweep [--methods network,scale-space] [--seeds 3]
"""
import argparse
import csv
import os
import pathlib
import subprocess
import tempfile
import time

import numpy
from scipy.spatial import cKDTree

PROGRAM = pathlib.Path(os.environ.get("TESSERA", pathlib.Path(__file__).resolve().parents[2] / ".build/release/tessera"))
IMAGES = {".bmp", ".png", ".tif", ".npy"}
LIGHT = {"C", "N", "O", "S"}


def tessera(*words):
    return subprocess.run([str(PROGRAM), *map(str, words), "--force"], capture_output=True, text=True)


def places(path):
    """Positions of a table of columns, and the element of each where there is one."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        return numpy.empty((0, 2)), []
    x, y = (next(key for key in rows[0] if key.strip().lower() == name) for name in "xy")
    kept = [row for row in rows if row.get("kind", "column") in ("column", "")]
    return numpy.array([[float(row[x]), float(row[y])] for row in kept]).reshape(-1, 2), [row.get("element") for row in kept]


def score(found, truth, optional=None):
    """Precision, recall, F1 and root mean square distance; labels marked optional count neither when found nor when missed."""
    if optional is None:
        optional = numpy.zeros(len(truth), bool)
    if len(found) == 0 or len(truth) == 0:
        return 0.0, 0.0, 0.0, numpy.nan
    ours, theirs = cKDTree(found), cKDTree(truth)
    near, index = theirs.query(found)
    back = ours.query(truth)[1]
    limit = 0.5 * numpy.mean(theirs.query(truth, k=2)[0][:, 1]) if len(truth) > 1 else 10
    hit = (back[index] == numpy.arange(len(found))) & (near <= limit)
    free = hit & optional[index]
    hits = numpy.count_nonzero(hit & ~free)
    precision = hits / max(1, len(found) - numpy.count_nonzero(free))
    recall = hits / max(1, numpy.count_nonzero(~optional))
    rms = numpy.sqrt(numpy.mean(near[hit] ** 2)) if hit.any() else numpy.nan
    return precision, recall, 2 * precision * recall / max(1e-12, precision + recall), rms


def found_by(method, image, table, model):
    start = time.perf_counter()
    words = ["--model", model] if model and method == "network" else []
    run = tessera("sites", image, "--method", method, "-o", table, *words)
    seconds = time.perf_counter() - start
    found = places(table)[0] if run.returncode == 0 else numpy.empty((0, 2))
    return found, seconds, "unlike" in run.stderr


def row(name, results):
    mean = numpy.nanmean(numpy.array([r[:5] for r in results], float), axis=0)
    unlike = sum(r[5] for r in results)
    print(f"| {name} | {len(results)} | {mean[0]:.3f} | {mean[1]:.3f} | {mean[2]:.3f} | {mean[3]:.2f} | {mean[4]:.2f} | {unlike} |", flush=True)


HEAD = "| images | number | precision | recall | F1 | rms, px | s | warned |\n| --- | --- | --- | --- | --- | --- | --- | --- |"


def labelled(folder):
    """Pairs of an image and its table: the same stem, or the same number before the first underscore."""
    tables = sorted(folder.glob("*.csv"))
    for image in sorted(p for p in folder.iterdir() if p.suffix in IMAGES):
        same = [t for t in tables if t.stem == image.stem] or [
            t for t in tables if t.stem.split("_")[0] == image.stem.split("_")[0] and t.stem.endswith("Results")]
        if same:
            yield image, same[0]


def real(folders, methods, folder, model, each):
    print(HEAD)
    for data in map(pathlib.Path, folders):
        for method in methods:
            results = []
            for image, table in labelled(data):
                truth = places(table)[0]
                found, seconds, unlike = found_by(method, image, folder / "f.csv", model)
                results.append((*score(found, truth), seconds, unlike))
                if each:
                    row(f"{image.name}, {method}", results[-1:])
            row(f"{data.name}, {method}", results)


def simulated(name, words, methods, folder, model, results):
    tessera("simulate", *words, "-o", folder / "s.tif")
    truth, elements = places(folder / "s.sites.csv")
    light = numpy.array([e in LIGHT for e in elements])
    optional = light if not light.all() else None
    for method in methods:
        found, seconds, unlike = found_by(method, folder / "s.tif", folder / "f.csv", model)
        results.setdefault((name, method), []).append((*score(found, truth, optional), seconds, unlike))


def fields(methods, folder, model, seeds):
    print(HEAD)
    results = {}
    for size in (8.99, 12.7, 18.0, 25.4, 36.0):
        pixel = size / 1024
        for seed in range(1, 1 + seeds):
            words = ["mos2", "--size", 1024, "--pixel-size", f"{pixel:.6f}nm", "--probe", max(1.2, 0.0548 / pixel), "--counts", 40,
                     "--seed", seed]
            simulated(f"MoS2, {size} nm", words, methods, folder, model, results)
    for (name, method), rows in results.items():
        row(f"{name}, {method}", rows)


def sweep(methods, folder, model, seeds):
    print(HEAD)
    results = {}
    for specimen, constant in (("hexagonal", 0.3288), ("srtio3", 0.276), ("fcc110", 0.2497)):
        for spacing in (6, 10, 16, 26, 40, 60):
            pixel = constant / spacing
            for counts in (2, 10, 50):
                for seed in range(101, 101 + seeds):
                    words = [specimen, "--size", min(1024, 32 * spacing), "--pixel-size", f"{pixel:.6f}nm", "--probe", spacing / 5,
                             "--counts", counts, "--seed", seed, "--vacancies", 0.03]
                    simulated(f"{specimen}, {spacing} px, {counts} counts", words, methods, folder, model, results)
    for (name, method), rows in results.items():
        row(f"{name}, {method}", rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["real", "fields", "sweep"])
    parser.add_argument("folders", nargs="*", help="of labelled images, for `real`")
    parser.add_argument("--methods", default="network,auto")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--model", help="another model file than the one of the program")
    parser.add_argument("--each", action="store_true", help="a row for each image of `real`")
    arguments = parser.parse_args()
    methods = arguments.methods.split(",")
    with tempfile.TemporaryDirectory() as name:
        place = pathlib.Path(name)
        if arguments.task == "real":
            real(arguments.folders, methods, place, arguments.model, arguments.each)
        elif arguments.task == "fields":
            fields(methods, place, arguments.model, arguments.seeds)
        else:
            sweep(methods, place, arguments.model, arguments.seeds)
