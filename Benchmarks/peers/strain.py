"""Strain of simulated crystals with known fields: bias, and noise against what the errors of the columns imply.

The truth is put through the same local fit: `strain` once from the columns that were found and once from the true places
(tables of `simulate`), with the same reference, the known lattice vectors. Printed for each plane: the mean of
the difference, its root mean square divided by the errors stated, and its root mean square. Usage: strain.py [--seeds 3] [--size 1024]
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy
import tifffile

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "tessera"


def tessera(*words):
    subprocess.run([str(PROGRAM), *map(str, words)], check=True, capture_output=True, text=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--crystal", default="mose2")
    parser.add_argument("--fields", default="uniform,gradient,step,dislocation")
    parser.add_argument("--counts", default="20,200,inf")
    options = parser.parse_args()
    print("| field | counts | bias exx, eyy, exy, rotation | RMS / stated error | RMS |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for field in options.fields.split(","):
            for counts in options.counts.split(","):
                bias, ratio, size = [], [], []
                for seed in range(1, options.seeds + 1):
                    tessera(
                        "simulate", "strained", "--field", field, "--counts", counts, "--seed", seed, "--size", options.size,
                        "--crystal", options.crystal, "-o", folder / "s.tif", "--force")
                    lattice = json.loads((folder / "s.truth.json").read_text())["lattices"][0]
                    vectors = "vectors:" + ",".join(repr(v) for v in lattice["a"] + lattice["b"])
                    for table, result in ((None, "found"), ("s.sites.csv", "true")):
                        extra = ["--sites", folder / table] if table else []
                        tessera(
                            "strain", folder / "s.tif", "--method", "columns", "--reference", vectors, "-o", folder / result,
                            "--force", *extra)
                    found, true, error = (
                        tifffile.imread(folder / part).astype(float)
                        for part in ("found/strain.tif", "true/strain.tif", "found/strain-error.tif"))
                    difference = found - true
                    inside = difference[:, 64:-64, 64:-64], error[:, 64:-64, 64:-64]
                    if field == "dislocation":
                        y, x = numpy.mgrid[: options.size, : options.size] - (options.size - 1) / 2
                        far = (numpy.hypot(x, y) > 100)[64:-64, 64:-64]
                        inside = tuple(numpy.where(far, part, numpy.nan) for part in inside)
                    bias.append([numpy.nanmean(plane) for plane in inside[0]])
                    size.append([numpy.nanmean(plane**2) for plane in inside[0]])
                    ratio.append([numpy.nanmean((d / e) ** 2) for d, e in zip(*inside)])
                bias, ratio = numpy.mean(bias, axis=0), numpy.sqrt(numpy.mean(ratio, axis=0))
                size = numpy.sqrt(numpy.mean(size, axis=0))
                row = (", ".join(f"{value:.{digits}}" for value in values) for values, digits in (
                    (bias, "1e"), (ratio, "2f"), (size, "1e")))
                print(f"| {field} | {counts} | " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
