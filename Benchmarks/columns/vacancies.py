"""Vacant and partly filled nodes against the truth, and whether the stated probabilities hold.

Simulates specimens with vacancies over a range of counts, and perfect ones, runs `analyze`, and prints precision and recall of the
`kind` of each node farther than 24 pixels from the border, a reliability table of `kind_probability`, and the spread of (occupancy -
truth) / error. Usage: vacancies.py [--tessera PATH] [--seeds N]
"""
import argparse
import collections
import csv
import math
import os
import subprocess
import tempfile

import numpy
from scipy.spatial import cKDTree

SPECIMENS = {"mose2": "0.05,0.02", "mos2": "0.05,0.02", "si110": "0,0.03", "graphene": "0,0.03"}
COUNTS = [2, 5, 10, 20, 50, 100]
MARGIN = 24


def number(text):
    return float(text) if text else math.nan


def analysed(tessera, folder, specimen, vacancies, counts, seed):
    name = os.path.join(folder, "image")
    subprocess.run(
        [tessera, "simulate", specimen, "--size", "512", "--vacancies", vacancies, "--counts", str(counts), "--seed", str(seed),
         "-o", name + ".tif", "--force"], check=True, capture_output=True)
    run = subprocess.run(
        [tessera, "analyze", name + ".tif", "-o", name + ".tessera", "--force"], capture_output=True)
    if run.returncode == 65:
        return None
    run.check_returncode()
    with open(name + ".sites.csv") as file:
        truth = list(csv.DictReader(file))
    with open(name + ".tessera/sites.csv") as file:
        return truth, list(csv.DictReader(file))


def kind(node):
    if node["kind"] == "vacant":
        return "vacant"
    return "partial" if node["defect"].startswith("vacancy") else "column"


def compared(truth, rows):
    """(true kind, stated kind or none, probability, occupancy, error) of each node inside."""
    places = numpy.array([(float(r["x"]), float(r["y"])) for r in rows])
    nodes = numpy.array([(float(t["x"]), float(t["y"])) for t in truth])
    distances, nearest = cKDTree(places).query(nodes)
    inside = (nodes > MARGIN).all(1) & (nodes < 511 - MARGIN).all(1)
    for k in numpy.flatnonzero(inside):
        row = rows[nearest[k]] if distances[k] < 5 else None
        if row is None:
            yield kind(truth[k]), "none", math.nan, math.nan, math.nan
        else:
            yield kind(truth[k]), row["kind"], *(number(row[c]) for c in ("kind_probability", "occupancy", "occupancy_error"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tessera", default=".build/release/tessera")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    reliability = collections.defaultdict(lambda: [0, 0.0, 0])
    pulls = []
    print("| specimen | counts | vacant: precision | recall | partly filled: precision | recall | nodes |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for specimen, vacancies in SPECIMENS.items():
            for counts in COUNTS:
                table, refused = collections.Counter(), 0
                for seed in range(1, options.seeds + 1):
                    found = analysed(options.tessera, folder, specimen, vacancies, counts, seed)
                    if found is None:
                        refused += 1
                        continue
                    for true, stated, probability, occupancy, error in compared(*found):
                        table[true, stated] += 1
                        if not math.isnan(probability):
                            bin = min(int(probability * 10), 9) if probability < 0.99 else 10
                            entry = reliability[bin]
                            entry[0] += 1
                            entry[1] += probability
                            entry[2] += true == stated
                        if error and not math.isnan(error):
                            pulls.append((occupancy - {"vacant": 0, "partial": 0.5, "column": 1}[true]) / error)
                cells = []
                for name in ("vacant", "partial"):
                    right = table[name, name]
                    stated = sum(n for (_, s), n in table.items() if s == name)
                    true = sum(n for (t, _), n in table.items() if t == name)
                    cells += [f"{right}/{stated}" if stated else "-", f"{right}/{true}" if true else "-"]
                note = f" ({refused} refused)" if refused else ""
                print(f"| {specimen} | {counts}{note} | " + " | ".join(cells) + f" | {sum(table.values())} |", flush=True)
        false = collections.Counter()
        images = 0
        for specimen in ("mose2", "mos2", "srtio3", "si110", "graphene", "hexagonal"):
            for counts in (5, 20, 100):
                for seed in (11, 12):
                    found = analysed(options.tessera, folder, specimen, "0", counts, seed)
                    if found:
                        images += 1
                        for row in found[1]:
                            false[row["kind"]] += 1
    print(f"\n{images} perfect images: {false['vacant']} vacant, {false['partial']} partly filled of {sum(false.values())} sites")
    print("\n| stated probability | nodes | mean stated | share right |")
    print("| --- | --- | --- | --- |")
    for bin in sorted(reliability):
        count, stated, right = reliability[bin]
        name = ".99 to 1" if bin == 10 else f".{bin}0 to .{bin}9"
        print(f"| {name} | {count} | {stated / count:.3f} | {right / count:.3f} |")
    values = numpy.array(pulls)
    print(f"\n(occupancy - truth) / error: median {numpy.median(values):.2f}, robust deviation "
          f"{1.4826 * numpy.median(abs(values - numpy.median(values))):.2f}, {len(values)} nodes")


if __name__ == "__main__":
    main()
