"""Whether the errors of columns and of strain hold where neighbouring pixels share their noise.

Simulates crystals without noise, adds white noise, noise seen through a Gaussian, and noise of half the resolution that was interpolated
linearly, each of 5 or 15 % of the brightest pixel, and prints the spread of (position - truth) / stated error of the columns more than
15 pixels from the border, the listed columns that are none, and the spread of the strain of the unstrained crystal over its stated error. 1 is
right. Usage: noise.py [--tessera PATH] [--seeds N]
"""
import argparse
import csv
import json
import os
import subprocess
import tempfile

import numpy
import tifffile
from scipy import ndimage
from scipy.spatial import cKDTree

SPECIMENS = ["mose2", "srtio3", "hexagonal"]
SIZE, MARGIN = 512, 15


def shared(kind, random):
    if kind == "white":
        noise = random.normal(size=(SIZE, SIZE))
    elif kind == "interpolated":
        noise = ndimage.zoom(random.normal(size=(SIZE // 2, SIZE // 2)), 2, order=1, mode="grid-wrap")
    else:
        noise = ndimage.gaussian_filter(random.normal(size=(SIZE, SIZE)), float(kind), mode="wrap")
    return noise / noise.std()


def number(text):
    return float(text) if text else numpy.nan


def pulls(tessera, path, truth):
    table = path[:-4] + ".csv"
    subprocess.run([tessera, "sites", path, "-o", table, "--force"], check=True, capture_output=True)
    with open(table) as file:
        rows = list(csv.DictReader(file))
    places = numpy.array([(float(r["x"]), float(r["y"])) for r in rows])
    errors = numpy.array([(number(r["x_error"]), number(r["y_error"])) for r in rows])
    distances, nearest = cKDTree(truth).query(places)
    inside = (places > MARGIN).all(1) & (places < SIZE - 1 - MARGIN).all(1)
    right = inside & (distances < 5) & numpy.isfinite(errors).all(1)
    return ((places - truth[nearest]) / errors)[right], int((inside & (distances >= 5)).sum())


def strain(tessera, path):
    out = path[:-4] + ".strain"
    run = subprocess.run([tessera, "strain", path, "--method", "gpa", "-o", out, "--force"], capture_output=True)
    if run.returncode:
        return None
    with open(out + "/summary.json") as file:
        planes = json.load(file)["methods"]["gpa"]["planes"]
    return numpy.mean([planes[name]["std"] / planes[name]["median_error"] for name in ("exx", "eyy", "exy", "rotation")])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tessera", default="tessera")
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    path = os.path.join(tempfile.mkdtemp(), "image.tif")
    clean = {}
    for specimen in SPECIMENS:
        for seed in range(1, options.seeds + 1):
            subprocess.run(
                [options.tessera, "simulate", specimen, "--size", str(SIZE), "--seed", str(seed), "--counts", "inf", "-o", path, "--force"],
                check=True, capture_output=True)
            image = tifffile.imread(path).astype(float)
            with open(path[:-4] + ".sites.csv") as file:
                truth = [(float(r["x"]), float(r["y"])) for r in csv.DictReader(file) if r["kind"] != "vacant"]
            clean[specimen, seed] = image / image.max(), numpy.array(truth)
    print("| noise | share | columns | pulls of places | listed, none | strain by phases over its error |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind in ("white", "0.7", "1.5", "interpolated"):
        for share in (0.05, 0.15):
            found, false, ratios = [], 0, []
            for (specimen, seed), (image, truth) in clean.items():
                noise = shared(kind, numpy.random.default_rng(seed))
                tifffile.imwrite(path, (image + share * noise).astype(numpy.float32))
                pull, none = pulls(options.tessera, path, truth)
                found.append(pull)
                false += none
                ratio = strain(options.tessera, path)
                if ratio is not None:
                    ratios.append(ratio)
            all_pulls = numpy.concatenate(found)
            print(f"| {kind} | {share} | {len(all_pulls)} | {all_pulls.std():.2f} | {false} | {numpy.mean(ratios):.2f} |", flush=True)


if __name__ == "__main__":
    main()
