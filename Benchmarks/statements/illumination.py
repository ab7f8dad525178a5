"""Dopants and vacancies of a square crystal under illumination that grows across the field: are they classes of their own?

512 x 512 pixels, 14 px from column to column, 300 counts in the brightest pixel; each column is, with a chance of 6 %, half as high again (dopant) or
missing. Prints the share of them that is in classes which hold mostly such sites, others in these, and what the program calls the structure.
Usage: illumination.py [--tessera PATH] [--seeds N]
"""
import argparse
import csv
import json
import os
import pathlib
import subprocess
import tempfile

import numpy
from scipy import spatial

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / ".build/release/tessera"
SIZE, SPACING, SIGMA, HEIGHT = 512, 14, 2.8, 300


def crystal(random, share):
    steps = numpy.arange(-3, SIZE // SPACING + 4)
    i, j = (part.ravel() for part in numpy.meshgrid(steps, steps))
    x, y = SPACING * i - 0.7 * j + 3.3, 0.7 * i + SPACING * j + 4.1
    changed = random.random(len(x)) < 0.06
    image = numpy.full((SIZE, SIZE), 50.0)
    axis = numpy.arange(SIZE)
    for place_x, place_y, is_changed in zip(x, y, changed):
        height = HEIGHT * (share if is_changed else 1)
        rows, columns = (numpy.abs(axis - place) < 5 * SIGMA for place in (place_y, place_x))
        across = numpy.exp(-((axis[columns] - place_x) ** 2) / (2 * SIGMA**2))
        down = numpy.exp(-((axis[rows] - place_y) ** 2) / (2 * SIGMA**2))
        image[numpy.ix_(rows, columns)] += height * numpy.outer(down, across)
    return numpy.c_[x, y], changed, image


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=os.environ.get("TESSERA", PROGRAM))
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    print("| sites | darkest over brightest | seed | structure | classes | in classes of their own | others there |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for what, share in (("dopants", 1.5), ("vacancies", 0.0)):
            for dark in (1, 0.8, 0.6, 0.5, 0.3):
                for seed in range(given.seeds):
                    random = numpy.random.default_rng(seed)
                    places, changed, image = crystal(random, share)
                    lit = image * numpy.linspace(dark, 1, SIZE)
                    numpy.save(folder / "i.npy", random.poisson(lit).astype("f4"))
                    subprocess.run(
                        [given.tessera, "motifs", folder / "i.npy", "-o", folder / "r", "--force"], check=True, capture_output=True)
                    structure = json.loads((folder / "r/summary.json").read_text())["structure"]
                    rows = list(csv.DictReader((folder / "r/sites.csv").open()))
                    nearest = spatial.cKDTree(places).query([[float(row["x"]), float(row["y"])] for row in rows])[1]
                    is_changed, label = changed[nearest], numpy.array([int(row["class"] or 0) for row in rows])
                    known = label > 0
                    own = [c for c in set(label[known]) if is_changed[label == c].mean() > 0.5]
                    inside = numpy.isin(label, own)
                    print(
                        f"| {what} | {dark} | {seed} | {structure} | {len(set(label[known]))} | {inside[known & is_changed].mean():.3f} | "
                        f"{(inside & ~is_changed).sum()} |", flush=True)


if __name__ == "__main__":
    main()
