"""Polygonal units of simulated oxides against the truth.

    polygons.py units [--seeds N]    units found, their fillings and the planted phase, with and without it
    polygons.py doses [--seeds N]    fillings at fewer counts

TESSERA names the command (default: .build/release/tessera).
"""

import argparse
import csv
import json
import os
import subprocess
import tempfile

import numpy as np

TESSERA = os.environ.get("TESSERA", ".build/release/tessera")


def run(*words):
    done = subprocess.run([TESSERA, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def measure(folder, *options):
    """What is found of the pentagons more than 60 px from the border, and the summary."""
    image = os.path.join(folder, "o.tif")
    run("simulate", "pom", *options, "-o", image, "--force")
    summary = json.loads(run("polygons", image, "-o", os.path.join(folder, "out"), "--force", "--json"))
    truth = rows(os.path.join(folder, "o.units.csv"))
    found = [r for r in rows(os.path.join(folder, "out", "units.csv")) if r["sides"] == "5"]
    places = [np.array([[float(r["x"]), float(r["y"])] for r in table]) for table in (truth, found)]
    inside = [np.minimum(p, places[0].max(0) - p).min(1) > 60 for p in places]
    distance = np.linalg.norm(places[0][:, None] - places[1][None], axis=2)
    nearest = distance.argmin(1)
    hit = distance.min(1) < 5
    right = [found[nearest[k]]["filling"] == truth[k]["filling"] for k in np.flatnonzero(hit)]
    probability = [float(found[nearest[k]]["filling_probability"]) for k in np.flatnonzero(hit)]
    with open(os.path.join(folder, "o.truth.json")) as file:
        facts = json.load(file)["facts"]
    return {
        "recall": hit[inside[0]].mean(), "precision": (distance.min(0) < 5)[inside[1]].mean(), "right": np.mean(right),
        "probability": np.mean(probability), "summary": summary, "facts": facts}


def units(folder, seeds):
    for phase in (0, 0.25):
        results = [measure(folder, "--seed", seed, "--phase", phase) for seed in range(1, seeds + 1)]
        least = {key: min(r[key] for r in results) for key in ("recall", "precision", "right")}
        print(f"phase {phase}: lowest of {seeds}: " + ", ".join(f"{k} {v:.4f}" for k, v in least.items()))
        with_phase = [r for r in results if r["summary"]["phase"]]
        print(f"  a phase in {len(with_phase)} of {seeds}")
        if phase:
            true = [next(v for k, v in r["facts"].items() if "phase" in k and "fraction" in k) for r in with_phase]
            area = [r["summary"]["phase"]["area_fraction"] - t for r, t in zip(with_phase, true)]
            ratio = [(r["summary"]["phase"]["ratio"], r["summary"]["phase"]["ratio_interval"]) for r in with_phase]
            held = sum(bool(i) and i[0] <= 3 <= i[1] for _, i in ratio)
            print(f"  area less the true one: {min(area):+.3f} to {max(area):+.3f}, mean {np.mean(area):+.3f}")
            print(f"  ratio {min(r for r, _ in ratio):.1f} to {max(r for r, _ in ratio):.1f}; 3 in {held} intervals")
        levels = [r["summary"]["entropy"]["level2"] for r in results]
        print(f"  level 2: {np.mean([l['plug_in'] for l in levels]):.3f} nats, random {np.mean([l['random_lattice'] for l in levels]):.3f}, "
              f"lowest p {min(l['p_value'] for l in levels):.3f}")


def doses(folder, seeds):
    for counts in (20, 5, 2, 1, 0.4):
        results = [measure(folder, "--seed", seed, "--counts", counts) for seed in range(1, seeds + 1)]
        print(f"{counts} counts: recall {np.mean([r['recall'] for r in results]):.4f}, precision "
              f"{np.mean([r['precision'] for r in results]):.4f}, fillings {np.mean([r['right'] for r in results]):.4f} right, "
              f"mean probability {np.mean([r['probability'] for r in results]):.4f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["units", "doses"])
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        globals()[arguments.what](scratch, arguments.seeds)
