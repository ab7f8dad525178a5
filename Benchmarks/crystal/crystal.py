#!/usr/bin/env python3
"""Dislocations and atom counts of simulated crystals against the truth.

`dislocations`: images with one edge dislocation each, of three crystals and several doses and seeds, and as many without. Found
is a core within two Burgers vectors of the true place; its vector must agree within 6 %. `atoms`: wedges of 1 to 15 atoms and others,
where a column counts if its true place is one spacing from the image's rim; one that is not found is wrong.
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


WEDGES = {
    "wedge": [],
    "small": ["--size", 416],
    "saturating": ["--saturation", 0.02],
    "square": ["--crystal", "square"],
    "thin": ["--size", 512, "--thickness", 8],
    "thick": ["--thickness", 30],
}


def counted(tessera, folder, options, dose, seed, evidence):
    """Atoms of the true columns, of the columns found at their places (-1: none) and the probabilities of these."""
    image = os.path.join(folder, "wedge.tif")
    run(tessera, "simulate", "wedge", *options, "--dose", dose, "--seed", seed, "-o", image, "--force")
    run(tessera, "count", image, "-o", folder + "/out", "--force", "--evidence", evidence)
    side = options[options.index("--size") + 1] if "--size" in options else 1024
    with open(os.path.join(folder, "wedge.sites.csv")) as file:
        truth = [
            (float(row["x"]), float(row["y"]), int(row["environment"].rsplit("*", 1)[1])) for row in csv.DictReader(file)
        ]
    truth = [t for t in truth if all(15 <= v <= side - 16 for v in t[:2])]
    with open(folder + "/out/counts.csv") as file:
        rows = [
            (float(row["x"]), float(row["y"]), int(row["atoms"] or 0), float(row["probability"] or 0))
            for row in csv.DictReader(file)
        ]
    near = {}
    for row in rows:
        near.setdefault((int(row[0] // 16), int(row[1] // 16)), []).append(row)
    result = []
    for x, y, n in truth:
        cells = [(int(x // 16) + i, int(y // 16) + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        close = [c for cell in cells for c in near.get(cell, []) if math.dist(c[:2], (x, y)) < 5]
        best = min(close, key=lambda c: math.dist(c[:2], (x, y)), default=(0, 0, -9, 0))
        result.append((n, best[2], best[3]))
    with open(folder + "/out/summary.json") as file:
        return result, json.load(file)["evidence"]


def atoms(tessera, folder, seeds, wedges, evidence):
    print("| wedge | dose (e/Å²) | seed | columns | fewest a thickness | not found | exact | within one | by |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    edges = (0, 0.5, 0.7, 0.9, 0.99, 1.01)
    stated = {}
    for name in wedges:
        for dose in (10_000, 1_000):
            for seed in seeds:
                columns, by = counted(tessera, folder, WEDGES[name], dose, seed, evidence)
                total = len(columns)
                fewest = min(Counter(t[0] for t in columns).values())
                lost = sum(found < 0 for _, found, _ in columns)
                exact = sum(n == found for n, found, _ in columns) / total
                within = sum(abs(n - found) <= 1 for n, found, _ in columns) / total
                print(
                    f"| {name} | {dose} | {seed} | {total} | {fewest} | {lost} | {exact:.4f} | {within:.4f} | {by} |",
                    flush=True,
                )
                for n, found, probability in columns:
                    if found >= 0:
                        part = sum(probability >= e for e in edges) - 1
                        stated.setdefault((dose, part), []).append((probability, n == found))
    print("\n| dose (e/Å²) | stated probability | columns | mean stated | exact |\n| --- | --- | --- | --- | --- |")
    for (dose, part), of in sorted(stated.items()):
        mean, exact = (sum(v[k] for v in of) / len(of) for k in (0, 1))
        print(f"| {dose} | {edges[part]} to {min(1, edges[part + 1])} | {len(of)} | {mean:.3f} | {exact:.3f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["dislocations", "atoms"])
    parser.add_argument("--tessera", default="tessera", help="the program")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1, help="atoms: the first of the seeds")
    parser.add_argument("--wedges", default="wedge", help="atoms: of " + ", ".join(WEDGES))
    parser.add_argument("--evidence", default="auto", help="atoms: auto, histogram or neighbours")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.what == "dislocations":
            dislocations(options.tessera, folder, options.seeds)
        else:
            seeds = range(options.first_seed, options.first_seed + options.seeds)
            atoms(options.tessera, folder, seeds, options.wedges.split(","), options.evidence)
