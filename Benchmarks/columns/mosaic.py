#!/usr/bin/env python3
"""Columns of large images, whole and tile by tile: memory, time, and whether they are the same.

    python3 Benchmarks/columns/mosaic.py .build/release/tessera 4096 8192 [--tile 2048] [--whole-up-to 8192]

For each size a MoSe2 monolayer is simulated (sizes above 16,384 are made of four copies of half the size), and the columns are found in tiles; up to
`--whole-up-to` in the whole image too, and compared: columns that only one has, and the distances of those that both have, everywhere and within ten
pixels of the borders between tiles. Memory is the largest resident set.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def run(*words):
    """Seconds, seconds of processor, and MiB of a command."""
    start = time.perf_counter()
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(errors)
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out


def image(command, size, folder):
    path = Path(folder, f"mosaic{size}.npy")
    if size <= 16384:
        run(command, "simulate", "mose2", "--size", size, "-o", path.with_suffix(".tif"), "--force")
        return path.with_suffix(".tif")
    half = image(command, size // 2, folder)
    run(command, "convert", "--raw", half, path.with_name("half.npy"))
    part = np.load(path.with_name("half.npy"), mmap_mode="r")
    whole = np.lib.format.open_memmap(path, mode="w+", dtype=part.dtype, shape=(size, size))
    for y in (0, size // 2):
        for x in (0, size // 2):
            for top in range(0, size // 2, 1024):
                whole[y + top : y + top + 1024, x : x + size // 2] = part[top : top + 1024]
    whole.flush()
    path.with_name("half.npy").unlink()
    half.unlink()
    return path


def places(path):
    with open(path) as file:
        return np.array([(float(row["x"]), float(row["y"])) for row in csv.DictReader(file)])


def compare(one, other, size, tile):
    """Both ways: those without a partner within a pixel; distances everywhere and at the borders of tiles."""
    from scipy.spatial import cKDTree

    distances, partners = cKDTree(other).query(one)
    back, _ = cKDTree(one).query(other)
    count = max(1, round(size / tile))
    borders = np.array([number * size // count for number in range(1, count)])
    def at_border(points):
        return (np.abs(points[:, :, None] - borders - 0.5).min(axis=2) < 10).any(axis=1) if len(borders) else np.zeros(len(points), bool)
    near, met = at_border(one), distances < 1
    return {
        "only whole": int((~met).sum()), "only tiles": int((back >= 1).sum()), "at borders": int(near.sum()),
        "only one, at borders": int((~met & near).sum() + ((back >= 1) & at_border(other)).sum()),
        "median px": float(np.median(distances[met])), "99.9 % px": float(np.quantile(distances[met], 0.999)), "most px": float(distances[met].max()),
        "most px at borders": float(distances[met & near].max()) if (met & near).any() else 0.0,
        "beyond .01 px": int((distances[met] > 0.01).sum()),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--tile", type=int, default=2048)
    parser.add_argument("--whole-up-to", type=int, default=8192)
    arguments = parser.parse_args()
    command = Path(arguments.command).resolve()
    with tempfile.TemporaryDirectory() as folder:
        for size in arguments.sizes:
            path = image(command, size, folder)
            seconds, busy, memory, out = run(command, "sites", path, "--tile", arguments.tile, "-o", f"{folder}/tiles.csv", "--force", "--json")
            report = json.loads(out)
            print(f"{size}: tiles {report['columns']} columns, {seconds:.0f} s, {busy:.0f} s of processor, {memory:.0f} MiB, "
                  f"{report['tiles']} tiles ({report['empty_tiles']} empty), {report['method']}, {report['shape']}", flush=True)
            if size <= arguments.whole_up_to:
                seconds, busy, memory, out = run(command, "sites", path, "-o", f"{folder}/whole.csv", "--force", "--json")
                whole = json.loads(out)
                print(f"{size}: whole {whole['columns']} columns, {seconds:.0f} s, {busy:.0f} s of processor, {memory:.0f} MiB, "
                      f"{whole['method']}, {whole['shape']}", flush=True)
                found = compare(places(f"{folder}/whole.csv"), places(f"{folder}/tiles.csv"), size, arguments.tile)
                print(f"{size}: " + ", ".join(f"{name} {value:.5g}" for name, value in found.items()), flush=True)
            path.unlink()


if __name__ == "__main__":
    main()
