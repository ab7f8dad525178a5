"""Time, memory and precision of finding and fitting many columns.

Images of N columns on a square lattice (12 pixels apart, standard deviation 2.5, each off its node by up to half a pixel
along both axes) on a background of a tenth of their height are drawn with Poisson noise and put through `tessera sites`,
no options but the number of threads. Printed a size: wall and processor time of the whole command, the same a thousand
columns, the largest memory, the columns found, their RMS error an axis and the standard deviation of the pulls (columns
whose centre is within two spacings of the border left out).

Usage: many.py [--columns 10000,100000,1000000] [--counts 1000] [--threads 2] [--repeats 1] [more options of `sites`]
"""
import argparse
import csv
import os
import pathlib
import subprocess
import tempfile
import time

import numpy

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "tessera"
SPACING, WIDTH, BACKGROUND = 12, 2.5, 0.1


def field(count, counts, random):
    """Centres of at least `count` columns, and the image; drawn a row of columns at a time."""
    across = int(numpy.ceil(numpy.sqrt(count)))
    grid = numpy.stack(numpy.meshgrid(numpy.arange(across), numpy.arange(across)), -1).reshape(-1, 2)
    centres = (grid + 0.5) * SPACING + random.uniform(-0.5, 0.5, (len(grid), 2))
    side = across * SPACING
    height = counts / (2 * numpy.pi * WIDTH**2)
    mean = numpy.full((side, side), BACKGROUND * height, numpy.float32)
    pixels = numpy.arange(side)
    for row in centres.reshape(across, across, 2):
        top, bottom = max(0, int(row[:, 1].min()) - 16), min(side, int(row[:, 1].max()) + 17)
        down = numpy.exp(-((pixels[top:bottom] - row[:, 1:]) ** 2) / (2 * WIDTH**2))
        # Each column reaches its own pixels of the row only.
        first = (numpy.rint(row[:, 0]) - 16).astype(int)
        xs = first[:, None] + numpy.arange(33)
        along = height * numpy.exp(-((xs - row[:, :1]) ** 2) / (2 * WIDTH**2))
        for k in range(across):
            inside = (xs[k] >= 0) & (xs[k] < side)
            mean[top:bottom, xs[k][inside][0] : xs[k][inside][-1] + 1] += numpy.outer(down[k], along[k][inside])
    for y in range(0, side, 256):
        mean[y : y + 256] = random.poisson(mean[y : y + 256])
    return centres, mean


def measured(command):
    """Wall and processor seconds, and the largest memory in MB, of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(map(str, command))} ended with status {status}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def compared(table, centres, side):
    """Columns in the table, how many true columns have one within a quarter of the spacing, RMS error and pulls."""
    with open(table) as file:
        reader = csv.reader(file)
        header = next(reader)
        chosen = [header.index(name) for name in ("x", "y", "x_error", "y_error")]
        found = numpy.array([[float(row[c] or "nan") for c in chosen] for row in reader])
    across = int(round(numpy.sqrt(len(centres))))
    cell = numpy.clip((found[:, :2] // SPACING).astype(int), 0, across - 1)
    truth = centres[cell[:, 1] * across + cell[:, 0]]
    errors = found[:, :2] - truth
    hit = (numpy.hypot(*errors.T) < SPACING / 4) & (found[:, :2] >= 0).all(1)
    matched = len(numpy.unique(cell[hit], axis=0))
    inner = hit & (truth > 2 * SPACING).all(1) & (truth < side - 2 * SPACING).all(1)
    pulls = errors[inner] / found[inner, 2:]
    return len(found), matched, numpy.sqrt((errors[inner] ** 2).mean()), numpy.nanstd(pulls)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--columns", default="10000,100000,1000000")
    parser.add_argument("--counts", type=float, default=1000)
    parser.add_argument("--threads", default="2")
    parser.add_argument("--repeats", type=int, default=1, help="runs, of which the fastest counts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="a folder for images and tables")
    options, more = parser.parse_known_args()
    print("| columns | side / px | wall / s | processor / s | ms a column | memory / MB | found | matched | RMS / px | pulls |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(options.keep or name)
        folder.mkdir(exist_ok=True, parents=True)
        for count in map(int, options.columns.split(",")):
            centres, image = field(count, options.counts, numpy.random.default_rng(options.seed))
            path, table = folder / f"columns-{count}.npy", folder / f"columns-{count}.csv"
            numpy.save(path, image)
            side = len(image)
            del image
            command = [PROGRAM, "sites", path, "--threads", options.threads, "-o", table, "--force", *more]
            wall, processor, memory = min(measured(command) for _ in range(options.repeats))
            found, matched, error, pulls = compared(table, centres, side)
            print(
                f"| {len(centres)} | {side} | {wall:.2f} | {processor:.2f} | {1e3 * wall / len(centres):.4f} | {memory:.0f} "
                f"| {found} | {matched} | {error:.4f} | {pulls:.3f} |", flush=True)


if __name__ == "__main__":
    main()
