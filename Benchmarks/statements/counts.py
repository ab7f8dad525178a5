"""Atom counts of wedges that are not as the model has it: are the numbers right, are they as sure as is said, and is the step doubted?

Wedges of 1 to 15 atoms, 512 x 512 pixels, 16 px from column to column, 400 counts per atom. The cross-section of a column of n atoms is n, n with a normal
scatter of its own, n (1 - 0.02 n), n^0.95 or n^0.85. Usage: counts.py [--tessera PATH] [--seeds N]
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
SIZE, SPACING, SIGMA, COUNTS, THICKEST = 512, 16, 3.5, 400, 15
LAWS = {
    "n": lambda n, random: n,
    "n, scatter of 2 %": lambda n, random: n * (1 + 0.02 * random.normal(size=len(n))),
    "n, scatter of 3 %": lambda n, random: n * (1 + 0.03 * random.normal(size=len(n))),
    "n, scatter of 5 %": lambda n, random: n * (1 + 0.05 * random.normal(size=len(n))),
    "n (1 - 0.02 n)": lambda n, random: n * (1 - 0.02 * n),
    "n^0.95": lambda n, random: n**0.95,
    "n^0.85": lambda n, random: n**0.85,
}


def wedge(law, random):
    steps = numpy.arange(-1, SIZE // SPACING + 2) * SPACING + 3.3
    x, y = (part.ravel() for part in numpy.meshgrid(steps, steps))
    atoms = numpy.clip(1 + (THICKEST * x / SIZE).astype(int), 1, THICKEST)
    peaks = COUNTS * law(atoms.astype(float), random) / (2 * numpy.pi * SIGMA**2)
    image = numpy.full((SIZE, SIZE), 20.0)
    axis = numpy.arange(SIZE)
    for place_x, place_y, peak in zip(x, y, peaks):
        across, down = (numpy.exp(-((axis - place) ** 2) / (2 * SIGMA**2)) for place in (place_x, place_y))
        image += peak * numpy.outer(down, across)
    return numpy.c_[x, y], atoms, random.poisson(image)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=os.environ.get("TESSERA", PROGRAM))
    parser.add_argument("--seeds", type=int, default=2)
    given = parser.parse_args()
    print("| cross-section | seed | thickest | exact | within one | mean probability | `step_doubt` |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for law in LAWS:
            for seed in range(given.seeds):
                places, atoms, image = wedge(LAWS[law], numpy.random.default_rng(seed))
                numpy.save(folder / "w.npy", image.astype("f4"))
                subprocess.run(
                    [given.tessera, "count", folder / "w.npy", "-o", folder / "r", "--force"], check=True, capture_output=True)
                summary = json.loads((folder / "r/summary.json").read_text())
                rows = [row for row in csv.DictReader((folder / "r/counts.csv").open()) if int(row["atoms"] or 0) > 0]
                nearest = spatial.cKDTree(places).query([[float(row["x"]), float(row["y"])] for row in rows])[1]
                off = numpy.abs(numpy.array([int(row["atoms"]) for row in rows]) - atoms[nearest])
                stated = numpy.mean([float(row["probability"]) for row in rows])
                print(
                    f"| {law} | {seed} | {max(int(row['atoms']) for row in rows)} | {(off == 0).mean():.3f} | {(off <= 1).mean():.3f} | "
                    f"{stated:.3f} | {summary.get('step_doubt') or 'none'} |", flush=True)


if __name__ == "__main__":
    main()
