"""Classes where brightness drifts by a factor of 2 over the field, or where scan lines jump.

Simulates the specimens of the tutorial without noise, multiplies them by a smooth field from 1 to 2 (or shifts and dims a few groups
of lines), draws counts, runs `analyze`, and prints the adjusted mutual information of the classes with the true environments, with
and without the change, and whether any class lies on one or two scan lines. Usage: drift.py [--tessera PATH] [--seeds N]
"""
import argparse
import csv
import json
import os
import subprocess
import tempfile

import numpy
import tifffile

SPECIMENS = {"mose2": 20, "mos2": 50, "srtio3": 50, "si110": 50}


def drifting(image, random):
    height, width = image.shape
    turn = random.uniform(0, 2 * numpy.pi)
    ys, xs = numpy.mgrid[-1:1:height * 1j, -1:1:width * 1j]
    slope = numpy.cos(turn) * xs + numpy.sin(turn) * ys
    bend = numpy.cos(numpy.pi * xs * random.uniform(0.3, 1)) * numpy.cos(numpy.pi * ys * random.uniform(0.3, 1))
    field = slope + random.uniform(-0.5, 0.5) * bend
    field = (field - field.min()) / (field.max() - field.min())
    return image * 2**field, numpy.zeros(height)


def jumping(image, random):
    result, shift = image.copy(), numpy.zeros(image.shape[0])
    for _ in range(3):
        row = random.integers(40, image.shape[0] - 40)
        result[row : row + random.integers(1, 4)] *= random.uniform(0.5, 0.8)
        row = random.integers(40, image.shape[0] - 40)
        jump = random.integers(2, 5)
        result[row:] = numpy.roll(result[row:], jump, axis=1)
        shift[row:] += jump
    return result, shift


def classes(tessera, path, image, shift, counts, random):
    tifffile.imwrite(path, random.poisson(counts * image).astype(numpy.uint16))
    out = path[:-4] + ".tessera"
    subprocess.run([tessera, "analyze", path, "-o", out, "--force"], check=True, capture_output=True)
    with open(out + "/sites.csv") as file:
        rows = list(csv.DictReader(file))
    # The truth knows nothing of jumps: columns are taken back to where they would be without.
    for row in rows:
        line = min(max(round(float(row["y"])), 0), len(shift) - 1)
        row["x"] = str(float(row["x"]) - shift[line])
    with open(out + "/moved.csv", "w") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    run = subprocess.run(
        [tessera, "evaluate", out + "/moved.csv", path[:-4] + ".sites.csv", "--as", "labels", "--json"], capture_output=True, text=True)
    score = json.loads(run.stdout).get("ami") if run.returncode == 0 else None
    lines = {}
    for row in rows:
        if row["class"] not in ("", "0", "-1"):
            lines.setdefault(row["class"], []).append(float(row["y"]))
    # A class whose members span less than two spacings from top to bottom is one of scan lines.
    flat = [name for name, ys in lines.items() if len(ys) > 3 and max(ys) - min(ys) < 30]
    return score, len(lines), flat


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tessera", default="tessera")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    path = os.path.join(tempfile.mkdtemp(), "image.tif")
    print("| specimen | seed | AMI, classes | brightness drifts | lines jump |\n| --- | --- | --- | --- | --- |")
    for specimen, counts in SPECIMENS.items():
        for seed in range(1, options.seeds + 1):
            subprocess.run(
                [options.tessera, "simulate", specimen, "--size", "512", "--counts", "inf", "--seed", str(seed), "-o", path, "--force"],
                check=True, capture_output=True)
            image = tifffile.imread(path).astype(float)
            image /= image.max()
            cells = []
            for change in (lambda image, _: (image, numpy.zeros(len(image))), drifting, jumping):
                random = numpy.random.default_rng(seed)
                score, count, flat = classes(options.tessera, path, *change(image, random), counts, random)
                cells.append(f"{score:.3f}, {count}" + (f" (lines: {', '.join(flat)})" if flat else ""))
            print(f"| {specimen} | {seed} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
