#!/usr/bin/env python3
"""Strain that drift, jitter and registration leave in a simulated series whose specimen has none.

For each series and each `--register` the frames are averaged by `tessera convert`, columns are found by `tessera sites`, and
their places are compared with the truth: an affine fit gives the mean strain, least squares over the neighbours within
`--radius` pixels the map, whose standard deviation is its noise. The undistorted series is the measure of both.
"""

import argparse
import csv
import os
import subprocess
import tempfile

import numpy as np
from scipy.spatial import cKDTree

SERIES = {
    "undistorted": [],
    "one direction": ["--jitter", "{jitter}", "--drift", "{drift}"],
    "two directions": ["--jitter", "{jitter}", "--drift", "{drift}", "--scan-angle", "0,90"],
}


def places(path):
    with open(path) as file:
        rows = [row for row in csv.DictReader(file) if row.get("kind", "column") == "column"]
    return np.array([[float(row["x"]), float(row["y"])] for row in rows])


def matched(found, truth):
    """Pairs of found and true places, after the shift that brings most of them together (modulo the lattice)."""
    tree = cKDTree(truth)
    middle = found[np.argsort(np.linalg.norm(found - found.mean(axis=0), axis=1))[:200]]
    best, shift = -1, None
    for near in tree.query_ball_point(middle[0], 80):
        offset = truth[near] - middle[0]
        count = (tree.query(middle + offset)[0] < 3).sum()
        if count > best:
            best, shift = count, offset
    for _ in range(5):
        distance, index = tree.query(found + shift)
        close = distance < 5
        shift = shift + np.median(truth[index[close]] - found[close] - shift, axis=0)
    distance, index = tree.query(found + shift)
    close = distance < 5
    return found[close] + shift, truth[index[close]], close.mean(), len(found)


def gradients(truth, displacement, radius):
    """du_x/dx, du_x/dy, du_y/dx, du_y/dy of each site with neighbours all around."""
    tree = cKDTree(truth)
    low, high = truth.min(axis=0) + radius, truth.max(axis=0) - radius
    result = []
    for index in np.flatnonzero(((truth > low) & (truth < high)).all(axis=1)):
        near = tree.query_ball_point(truth[index], radius)
        if len(near) < 8:
            continue
        r = truth[near] - truth[near].mean(axis=0)
        u = displacement[near] - displacement[near].mean(axis=0)
        result.append(np.linalg.lstsq(r, u, rcond=None)[0].T.ravel())
    return np.array(result).reshape(-1, 4)


def planes(gradient):
    xx, xy, yx, yy = np.moveaxis(np.atleast_2d(gradient), -1, 0)
    return np.stack([xx, yy, (xy + yx) / 2, (yx - xy) / 2], axis=-1)


def measure(sites, truth, radius):
    found, true, share, count = matched(places(sites), places(truth))
    if share < 0.5:  # Smeared beyond recognition: what was found are no columns.
        return np.full(4, np.nan), np.full(4, np.nan), share, count
    r = np.c_[true - true.mean(axis=0), np.ones(len(true))]
    fit, *_ = np.linalg.lstsq(r, found - true, rcond=None)
    mean = planes(fit[:2].T.ravel())[0]
    return mean, planes(gradients(true, found - true, radius)).std(axis=0), share, count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tessera", default="tessera")
    parser.add_argument("--specimen", default="mose2")
    parser.add_argument("--frames", default="20")
    parser.add_argument("--counts", default="100", help="in the brightest pixel; 100 are 10^4 a column of sigma 4")
    parser.add_argument("--jitter", default="1")
    parser.add_argument("--drift", default="2.05,2.05", help="pixels a frame; 2.05 of 1,024 are 0.2 %%")
    parser.add_argument("--extra", default="", help="more options of simulate for the distorted series, such as '--walk 0.3'")
    parser.add_argument("--size", default="1024")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--radius", type=float, default=36)
    parser.add_argument("--folder", default=None)
    arguments = parser.parse_args()
    folder = arguments.folder or tempfile.mkdtemp(prefix="series-")
    os.makedirs(folder, exist_ok=True)

    def run(*words):
        return subprocess.run([arguments.tessera, *words], check=True, capture_output=True, text=True, cwd=folder)

    reference = None
    print("| series | `--register` | mean exx, eyy, exy, rotation (1e-4) | noise (1e-4) | over undistorted | columns |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, options in SERIES.items():
        stack = name.replace(" ", "-")
        words = [word.format(jitter=arguments.jitter, drift=arguments.drift) for word in options]
        extra = arguments.extra.split() if options else []
        run("simulate", arguments.specimen, "--size", arguments.size, "--frames", arguments.frames, "--counts",
            arguments.counts, "--seed", arguments.seed, *words, *extra, "-o", f"{stack}.tif", "--force")
        for mode in ["none"] if not options else ["none", "rigid", "rows"]:
            angles = ["--scan-angles", "0,90"] if "--scan-angle" in words and mode != "none" else []
            run("convert", f"{stack}.tif", f"{stack}-{mode}.tif", "--register", mode, *angles, "--force")
            run("sites", f"{stack}-{mode}.tif", "-o", f"{stack}-{mode}.csv", "--force")
            mean, noise, share, count = measure(
                f"{folder}/{stack}-{mode}.csv", f"{folder}/{stack}.sites.csv", arguments.radius)
            reference = noise if reference is None else reference
            cells = [" ".join(f"{1e4 * value:.2f}" for value in values) for values in (mean, noise)]
            ratio = " ".join(f"{value:.2f}" for value in noise / reference)
            print(f"| {name} | {mode} | {cells[0]} | {cells[1]} | {ratio} | {count} ({100 * share:.0f} %) |", flush=True)


if __name__ == "__main__":
    main()
