"""Real patches by kind of defect, clustered without their labels: `tessera patches` and local symmetry beside k-means, t-SNE and UMAP.

The patches of a folder (NAME_1.tif, NAME_2.tif, ...; one size) are laid side by side, each with its mirror images around it, and `tessera segment`
describes the sheet. The mean of the descriptors over a patch is what is known of it. Every way but the first is told the number of classes and sorts
by k-means, the mean of five seeds. Where a defect lies in its patch is a matter of chance, so pixels as they are say little; power spectra do not depend on it.
Patches that overlap show the same place of a specimen: the scores tell how well places are told apart, too.
Needs NumPy, scikit-learn, openTSNE, umap-learn, Pillow and tifffile. Usage: patches.py FOLDER [--program tessera]
"""
import argparse
import csv
import json
import pathlib
import subprocess
import tempfile
import warnings

import numpy
import openTSNE
import tifffile
import umap
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score

ACROSS = 21  # patches in a row of the sheet
RIM = 16  # mirrored pixels around each


def agreement_and_purity(labels, truth):
    pure = sum(numpy.bincount(truth[labels == label]).max() for label in set(labels)) / len(truth)
    return adjusted_mutual_info_score(truth, labels), pure


def scores(table, truth):
    count, found = len(set(truth)), []
    for seed in range(5):
        found.append(agreement_and_purity(KMeans(count, n_init=10, random_state=seed).fit_predict(table), truth))
    return numpy.mean(found, axis=0)


def sorted_by_program(files, program, *words):
    """Labels of `tessera patches`, the mean of five seeds."""
    for seed in range(1, 6):
        with tempfile.TemporaryDirectory() as name:
            out = pathlib.Path(name) / "sorted"
            subprocess.run(
                [program, "patches", *files, "-o", out, "--seed", str(seed), *words], check=True, capture_output=True)
            rows = {row["file"]: int(row["class"]) for row in csv.DictReader(open(out / "patches.csv"))}
            yield numpy.array([rows[str(file)] for file in files])


def symmetry(patches, program):
    """Mean of the components of `tessera segment` over each patch."""
    side = patches.shape[1]
    pitch = side + 2 * RIM
    sheet = numpy.zeros((-(-len(patches) // ACROSS) * pitch, ACROSS * pitch), "f4")
    for number, patch in enumerate(patches):
        row, column = divmod(number, ACROSS)
        sheet[row * pitch:(row + 1) * pitch, column * pitch:(column + 1) * pitch] = numpy.pad(patch, RIM, mode="reflect")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tifffile.imwrite(folder / "sheet.tif", sheet + 5)
        subprocess.run(
            [program, "segment", folder / "sheet.tif", "-o", folder / "out", "--no-report", "--patch-size", "13", "--window", "12",
             "--stride", "4", "--patterns", "7"], check=True, capture_output=True)
        components = numpy.load(folder / "out" / "components.npy")
        stride = json.loads((folder / "out" / "summary.json").read_text())["scales"]["stride"]
    table = []
    for number in range(len(patches)):
        row, column = (index * pitch + RIM + 4 for index in divmod(number, ACROSS))
        part = components[:, -(-row // stride):(row + side - 8) // stride, -(-column // stride):(column + side - 8) // stride]
        table.append(numpy.nanmean(part, axis=(1, 2)))
    return numpy.array(table)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--program", default="tessera")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    files = sorted(options.folder.glob("*.tif"))
    kinds = [file.stem.rsplit("_", 1)[0] for file in files]
    truth = numpy.array([sorted(set(kinds)).index(kind) for kind in kinds])
    patches = numpy.array([numpy.asarray(Image.open(file).convert("RGB"), float)[..., 0] for file in files])
    patches = (patches - patches.mean((1, 2), keepdims=True)) / patches.std((1, 2), keepdims=True)
    power = numpy.log1p(numpy.abs(numpy.fft.fft2(patches)) ** 2)
    half = patches.shape[1] // 4
    power = numpy.fft.fftshift(power, axes=(1, 2))[:, half:-half, half:-half]
    tables = {
        "pixels": PCA(30).fit_transform(patches.reshape(len(files), -1)),
        "power spectra": PCA(20).fit_transform(power.reshape(len(files), -1)),
        "local symmetry (`tessera segment`)": symmetry(patches, options.program),
    }
    print(f"{len(files)} patches of {len(set(kinds))} kinds\n| described by | sorted by k-means in | AMI | purity |\n| --- | --- | --- | --- |")
    count = str(len(set(kinds)))
    for name, words in (("number found", ()), ("number given", ("--classes", count))):
        found = list(sorted_by_program(files, options.program, *words))
        agreement, pure = numpy.mean([agreement_and_purity(labels, truth) for labels in found], axis=0)
        counts = sorted({len(set(labels)) for labels in found})
        print(f"| `tessera patches` | {name}: {', '.join(map(str, counts))} classes | {agreement:.3f} | {pure:.3f} |", flush=True)
    for name, table in tables.items():
        layouts = {
            "the description": table,
            "t-SNE": numpy.asarray(openTSNE.TSNE(perplexity=30, random_state=1).fit(table)),
            "UMAP": umap.UMAP(n_neighbors=15, random_state=1).fit_transform(table),
        }
        for place, points in layouts.items():
            agreement, pure = scores(points, truth)
            print(f"| {name} | {place} | {agreement:.3f} | {pure:.3f} |", flush=True)


if __name__ == "__main__":
    main()
