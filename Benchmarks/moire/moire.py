"""Twists of simulated bilayers against the truth.

    moire.py twist [--images N]   random twists of 1 to 29 degrees, fields of at least two periods: errors, and errors over stated errors
    moire.py field                fields of 1.6 to 3.2 moire periods
    moire.py local                local twist and strain against the true maps
    moire.py domains              divergences of domains, cases 0 to 8 of [M22] Fig. S22
    moire.py modulated            lattice and modulation of ten crystals with a large cell
    moire.py other                images that show no bilayer, or a distorted one

TESSERA names the command (default: .build/release/tessera).
"""

import argparse
import csv
import json
import math
import os
import random
import subprocess
import tempfile

import numpy as np

TESSERA = os.environ.get("TESSERA", ".build/release/tessera")
CONSTANT = 12.0  # Lattice constant of the simulated layers in pixels.


def run(*words):
    return subprocess.run([TESSERA, *map(str, words)], capture_output=True, text=True)


def measure(folder, *options):
    """The summary of a simulated bilayer; None and the message where there is none."""
    image = os.path.join(folder, "b.tif")
    made = run("simulate", "bilayer", "-o", image, "--force", *options)
    if made.returncode:
        raise SystemExit(made.stderr)
    found = run("moire", image, "-o", os.path.join(folder, "out"), "--force", "--json")
    return (json.loads(found.stdout) if found.returncode == 0 else None), found.stderr.strip()


def period(degrees):
    return CONSTANT / (2 * math.sin(math.radians(degrees) / 2))


def twist(folder, images):
    draw = random.Random(1)
    offs, pulls, strains = [], [], []
    for index in range(images):
        degrees = round(draw.uniform(1, 29), 3)
        side = int(max(1024, period(degrees) * draw.uniform(2.1, 3)))
        found, message = measure(
            folder, "--kind", "mos2", "--angle", degrees, "--counts", 5, "--seed", 100 + index, "--size", side)
        if not found or found["twist_degrees"] is None:
            print(f"{degrees} degrees, {side} px: {message}")
            continue
        offs.append(found["twist_degrees"] - degrees)
        pulls.append(offs[-1] / found["twist_error"])
        strains += [abs(s["value"]) for s in found["heterostrain"].values()]
    print(f"{len(offs)} of {images} measured; largest error {max(map(abs, offs)):.4f} degrees, "
          f"RMS {np.sqrt(np.mean(np.square(offs))):.4f}; error over stated error RMS "
          f"{np.sqrt(np.mean(np.square(pulls))):.2f}, mean {np.mean(pulls):+.2f}; largest heterostrain {max(strains):.1e}")


def field(folder, _):
    for degrees in (1, 1.5, 2, 3, 5, 10):
        for periods in (1.6, 1.9, 2.05, 2.3, 2.7, 3.2):
            side = int(period(degrees) * periods)
            if side < 128:
                continue
            found, message = measure(folder, "--kind", "mos2", "--angle", degrees, "--counts", 5, "--size", side)
            answer = message[-100:]
            if found:
                answer = found["status"]
                if found["twist_degrees"] is not None:
                    answer = f"{found['twist_degrees'] - degrees:+.4f} +- {found['twist_error']:.4f} degrees"
            print(f"{degrees} degrees, {side} px, {periods} periods: {answer}", flush=True)


def other(folder, _):
    from scipy.ndimage import map_coordinates
    import tifffile

    def simulated(*words):
        image = os.path.join(folder, "s.tif")
        made = run("simulate", *words, "-o", image, "--force")
        if made.returncode:
            raise SystemExit(made.stderr)
        return tifffile.imread(image).astype(np.float32)

    def ask(name, pixels):
        image = os.path.join(folder, "x.tif")
        tifffile.imwrite(image, np.asarray(pixels, np.float32))
        found = run("moire", image, "-o", os.path.join(folder, "out"), "--force", "--pixel-size", "0.02634nm")
        lines = (found.stdout.splitlines() or [""])[0], found.stderr.strip().split("x.tif: ")[-1]
        print(f"{name}: exit {found.returncode}, {' '.join(lines)[:170]}", flush=True)

    exact = ("--counts", "inf", "--size", 1024)
    layers = simulated("bilayer", "--kind", "mos2", "--angle", 3.1, *exact)
    crystal = {a: simulated("mos2", "--pixel-size", "0.02634nm", "--vacancies", 0, "--angle", a, *exact) for a in (0, 2, 7)}
    ask("three layers", layers + crystal[7])
    for angle in (2, 7):
        for cut in (512, 800):
            pixels = crystal[0].copy()
            pixels[:, cut:] = crystal[angle][:, cut:]
            ask(f"grains {angle} degrees apart, second from column {cut}", pixels)
        ask(f"second layer, {angle} degrees, on part of the field", crystal[0] + crystal[angle] * (np.arange(1024) < 600))
        ask(f"second layer, {angle} degrees, at a tenth of the intensity", crystal[0] + 0.1 * crystal[angle])
    y, x = np.mgrid[:1024, :1024].astype(float)
    draw = np.random.default_rng(0)
    for angle in (2, 7):
        for share in (0.05, 0.1, 0.9, 0.95):
            pixels = np.where(x < 1024 * share, crystal[angle], crystal[0])
            ask(f"grains {angle} degrees apart, one in {share} of the field", pixels)
            ask("the same, counted", draw.poisson(5 * (pixels - pixels.min()) / np.ptp(pixels)))
    for growth in (0.08, 0.12):
        ask(f"a twist of 3.1 degrees that grows by {growth} degrees per nm",
            simulated("bilayer", "--kind", "mos2", "--angle", 3.1, "--twist-gradient", growth, "--counts", 5, "--size", 1024))
    for amount in (2, 6, 12):
        u, v = amount * ((x / 512 - 1) ** 2 + (y / 512 - 1) ** 2), amount * (x / 512 - 1) * (y / 512 - 1)
        lines = np.cumsum(draw.normal(0, amount / 30, 1024))[:, None]
        for name, pixels in (("one layer", crystal[0]), ("3.1 degrees", layers)):
            ask(f"{name}, bent by {amount} px", map_coordinates(pixels, [y + v, x + u], order=3, mode="reflect"))
            ask(f"{name}, lines drifting by {amount / 30:.2f} px a line",
                map_coordinates(pixels, [y, x + lines], order=3, mode="reflect"))
    ask("white noise", draw.normal(size=(512, 512)))
    for name in ("square", "hexagonal", "graphene", "mose2", "srtio3", "grains", "quasiperiodic", "amorphous", "twin"):
        ask(name, simulated(name))


def local(folder, _):
    import tifffile

    image, out = os.path.join(folder, "g.tif"), os.path.join(folder, "out")
    for degrees, growth, strain, side in [
        (3.1, 0.0001, 0, 1024), (3.1, 0.02, 0, 1024), (3.1, 0.01, 0.005, 1024), (3.1, 0.02, 0.005, 2048), (5, 0.02, 0, 1024),
        (7.34, 0.03, 0.01, 1024), (13.2, 0.03, 0, 1024),
    ]:
        run("simulate", "bilayer", "--kind", "mos2", "--angle", degrees, "--twist-gradient", growth, "--heterostrain", strain,
            "--counts", 5, "--size", side, "-o", image, "--force")
        found = run("moire", image, "-o", out, "--force", "--json")
        if found.returncode or not json.loads(found.stdout)["local"]:
            print(f"{degrees} degrees: {found.stderr.strip()[-100:] or 'no map'}", flush=True)
            continue
        summary = json.loads(found.stdout)["local"]
        map, true = tifffile.imread(os.path.join(out, "twist.tif")), tifffile.imread(os.path.join(folder, "g.twist.tif"))
        known = np.isfinite(map[0])
        off = (map - true)[:, known]
        # Of two like layers either may be the first.
        strains = min(np.sqrt(np.mean((map[1:] - sign * true[1:])[:, known] ** 2, 1)).max() for sign in (1, -1))
        print(f"{degrees} degrees, {growth} per nm, strain {strain}, {side} px: resolution {summary['resolution_px']:.0f} px, true spread "
              f"{true[0][known].std():.3f}, RMS {np.sqrt(np.mean(off[0] ** 2)):.4f}, largest {np.abs(off[0]).max():.4f}, stated "
              f"{summary['twist_error_degrees']:.4f}; strains {strains:.1e}", flush=True)


def domains(folder, _):
    image = os.path.join(folder, "k.tif")
    for case in range(9):
        run("simulate", "bilayer", "--case", case, "-o", image, "--force")
        found = run("moire", image, "-o", os.path.join(folder, "out"), "--force", "--json")
        for kind in (json.loads(found.stdout)["divergence"] or {}).get("kinds", []):
            print(f"case {case}, {kind['kind']}: {kind['pairs']} pairs, {kind['plain']:.3f} less {kind['split_half']:.3f} is "
                  f"{kind['corrected']['value']:.3f} +- {kind['corrected']['error']:.3f} nats", flush=True)


def class_agreement(sites, truth):
    """Adjusted mutual information of the classes of columns and the true surroundings of the nearest true column."""
    from scipy.spatial import cKDTree
    from sklearn.metrics import adjusted_mutual_info_score

    true = list(csv.DictReader(open(truth)))
    found = [row for row in csv.DictReader(open(sites)) if row["kind"] == "column" and row["class"]]
    place = [[[float(row["x"]), float(row["y"])] for row in rows] for rows in (true, found)]
    distance, nearest = cKDTree(place[0]).query(place[1])
    pairs = [(row["class"], true[k]["environment"]) for row, k, d in zip(found, nearest, distance) if d < CONSTANT / 2]
    return adjusted_mutual_info_score(*zip(*pairs))


def modulated(folder, _):
    image = os.path.join(folder, "q.tif")
    for seed in range(1, 11):
        run("simulate", "quasiperiodic", "--seed", seed, "-o", image, "--force")
        found = run("analyze", image, "-o", os.path.join(folder, "out"), "--force", "--json", "--features", "invariant")
        summary = json.loads(found.stdout)
        lattice = summary.get("lattice")
        if not lattice:
            print(f"seed {seed}: no lattice")
            continue
        with open(os.path.join(folder, "q.truth.json")) as file:
            true = json.load(file)["lattices"][0]
        own, known = (sorted(math.hypot(*v) for v in pair) for pair in ((lattice["u"], lattice["v"]), (true["a"], true["b"])))
        off = max(abs(a / b - 1) for a, b in zip(own, known))
        waves = [(round(w["amplitude_nm"], 5), [round(q, 3) for q in w["q"]]) for w in lattice.get("modulation", {}).get("waves", [])]
        agreement = class_agreement(os.path.join(folder, "out", "sites.csv"), os.path.join(folder, "q.sites.csv"))
        print(f"seed {seed}: vectors off by {100 * off:.4f} %, {len(lattice['basis'])} columns a cell, waves {waves}, "
              f"{summary['counts']['hierarchy_nodes']} motif-cells, {summary['counts']['vacant']} vacant, "
              f"agreement {agreement:.3f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["twist", "field", "local", "domains", "modulated", "other"])
    parser.add_argument("--images", type=int, default=50)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        globals()[arguments.what](scratch, arguments.images)
