#!/usr/bin/env python3
"""Dislocations and atom counts of simulated crystals against the truth.

`dislocations`: images with one edge dislocation each, of three crystals and several doses and seeds, and as many without. Found
is a core within two Burgers vectors of the true place; its vector must agree within 6 %. `atoms`: wedges of 1 to 15 atoms,
where a column counts if its true place is one spacing from the image's rim.
"""

import argparse
import csv
import json
import math
import os
import subprocess
import tempfile
from collections import Counter


def run(tessera, *arguments):
    return subprocess.run([tessera, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def dislocations(tessera, folder, seeds):
    image = os.path.join(folder, "image.tif")
    print("| crystal | counts | images | found | right vector | others | found in perfect images |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for crystal in ("square", "mose2", "srtio3"):
        for counts in (20, 100, 1000):
            found, right, others, false = 0, 0, 0, 0
            for seed in range(1, seeds + 1):
                common = ["--size", 512, "--counts", counts, "--seed", seed, "-o", image, "--force"]
                run(tessera, "simulate", "strained", "--field", "dislocation", "--crystal", crystal, *common)
                with open(os.path.join(folder, "image.truth.json")) as file:
                    b = json.load(file)["lattices"][0]["a"]
                length = math.hypot(*b)
                cores = json.loads(run(tessera, "crystal", image, "-o", folder + "/out", "--force", "--json"))["dislocations"]
                near = [c for c in cores if math.dist(c["position"], (255.5, 255.5)) < 2 * length]
                found += len(near) == 1
                right += len(near) == 1 and math.dist(near[0]["burgers"], b) < 0.06 * length
                others += len(cores) - len(near)
                run(tessera, "simulate", crystal, *common)
                false += len(
                    json.loads(run(tessera, "crystal", image, "-o", folder + "/out", "--force", "--json"))["dislocations"]
                )
            print(f"| {crystal} | {counts} | {seeds} | {found} | {right} | {others} | {false} |", flush=True)


def atoms(tessera, folder, seeds):
    image = os.path.join(folder, "wedge.tif")
    print("| dose (e/Å²) | seed | columns | fewest a thickness | exact | within one |")
    print("| --- | --- | --- | --- | --- | --- |")
    for dose in (10_000, 1_000):
        for seed in range(1, seeds + 1):
            run(tessera, "simulate", "wedge", "--dose", dose, "--seed", seed, "-o", image, "--force")
            run(tessera, "count", image, "-o", folder + "/out", "--force")
            with open(os.path.join(folder, "wedge.sites.csv")) as file:
                truth = [
                    (float(row["x"]), float(row["y"]), int(row["environment"].rsplit("*", 1)[1]))
                    for row in csv.DictReader(file)
                ]
            truth = [t for t in truth if all(15 <= v <= 1008 for v in t[:2])]
            with open(folder + "/out/counts.csv") as file:
                rows = [(float(row["x"]), float(row["y"]), int(row["atoms"])) for row in csv.DictReader(file)]
            near = {}
            for x, y, n in rows:
                near.setdefault((int(x // 16), int(y // 16)), []).append((x, y, n))
            exact, within = 0, 0
            for x, y, n in truth:
                cells = [(int(x // 16) + i, int(y // 16) + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
                close = [c for cell in cells for c in near.get(cell, []) if math.dist(c[:2], (x, y)) < 5]
                if not close:
                    continue
                count = min(close, key=lambda c: math.dist(c[:2], (x, y)))[2]
                exact += count == n
                within += abs(count - n) <= 1
            fewest = min(Counter(t[2] for t in truth).values())
            total = len(truth)
            print(f"| {dose} | {seed} | {total} | {fewest} | {exact / total:.4f} | {within / total:.4f} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["dislocations", "atoms"])
    parser.add_argument("--tessera", default="tessera", help="the program")
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        {"dislocations": dislocations, "atoms": atoms}[options.what](options.tessera, folder, options.seeds)
