"""Precision of fitted places against the Cramer-Rao bound, over counts, widths and arrangements.

Images of Gaussian columns on a constant background (a tenth of a column's height) are drawn with Poisson noise; `tessera
sites --positions` fits them from places that are off by up to 0.3 standard deviations along each axis. The bound is the
inverse of the Fisher matrix of the same model, summed here over the pixels of a window: height and place of the column and
of its partner, and the widths where they are the column's own. Background and common width, which thousands of columns
determine together, count as known, which makes the bound lower if anything. Columns are alone, eight standard deviations
from the next, or pairs in random directions.

Printed a cell: RMS error over bound, both over all columns and axes; the standard deviation of the pulls of x and y, of
height and of intensity; the share of columns with a flag.

Usage: precision.py [--columns 5000] [--widths 2,3,5,10] [--counts 30,...] [--arrangements alone,1.5,2,3] [--shape shared]
"""
import argparse
import csv
import pathlib
import subprocess
import tempfile

import numpy

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "tessera"
# Heights over background in every image: background counts are a tenth of a column's summit.
BACKGROUND = 0.1


def places(count, width, separation, random):
    """Centres of at least `count` columns, pairs next to each other in the list, and the side of their image."""
    spacing = 8 * width + (separation or 0) * width
    groups = count if separation is None else (count + 1) // 2
    across = int(numpy.ceil(numpy.sqrt(groups)))
    grid = numpy.stack(numpy.meshgrid(numpy.arange(across), numpy.arange(across)), -1).reshape(-1, 2)
    centres = (grid + 0.5) * spacing + random.uniform(-0.5, 0.5, (len(grid), 2))
    side = int(numpy.ceil(across * spacing))
    if separation is None:
        return centres, side
    angle = random.uniform(0, numpy.pi, len(grid))
    half = 0.5 * separation * width * numpy.stack([numpy.cos(angle), numpy.sin(angle)], -1)
    return numpy.stack([centres - half, centres + half], 1).reshape(-1, 2), side


def drawn(centres, side, width, height, background):
    """The mean image."""
    image = numpy.full((side, side), background, numpy.float32)
    reach = int(6 * width) + 1
    for x, y in centres:
        xs = numpy.arange(max(0, int(x) - reach), min(side, int(x) + reach + 1))
        ys = numpy.arange(max(0, int(y) - reach), min(side, int(y) + reach + 1))
        across = numpy.exp(-((xs - x) ** 2) / (2 * width**2))
        down = height * numpy.exp(-((ys - y) ** 2) / (2 * width**2))
        image[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1] += numpy.outer(down, across)
    return image


def bound(centres, separation, width, height, background, shape, random, sample=200):
    """Mean over columns of the bound on the variance of x plus that of y."""
    group = 1 if separation is None else 2
    chosen = random.permutation(len(centres) // group)[:sample]
    total = 0.0
    for first in chosen * group:
        members = centres[first : first + group]
        middle = members.mean(0)
        reach = int(6 * width + (separation or 0) * width) + 1
        xs, ys = numpy.meshgrid(
            numpy.arange(int(middle[0]) - reach, int(middle[0]) + reach + 1),
            numpy.arange(int(middle[1]) - reach, int(middle[1]) + reach + 1))
        mean = numpy.full(xs.shape, background)
        slopes = []
        for x, y in members:
            dx, dy = xs - x, ys - y
            g = height * numpy.exp(-(dx**2 + dy**2) / (2 * width**2))
            mean += g
            slopes += [g * dx / width**2, g * dy / width**2, g / height]
            if shape == "round":
                slopes.append(g * (dx**2 + dy**2) / width**3)
            elif shape == "elliptical":
                slopes += [g * dx**2, g * dx * dy, g * dy**2]
        jacobian = numpy.stack([s.ravel() for s in slopes])
        inverse = numpy.linalg.inv((jacobian / mean.ravel()) @ jacobian.T)
        size = len(slopes) // group
        total += sum(inverse[k * size + a, k * size + a] for k in range(group) for a in (0, 1))
    return total / (len(chosen) * group)


def fitted(path, seeds, folder, shape, noise, background):
    table = folder / "seeds.csv"
    numpy.savetxt(table, seeds, delimiter=",", header="x,y", comments="", fmt="%.4f")
    out = folder / "fitted.csv"
    subprocess.run(
        [PROGRAM, "sites", path, "--positions", table, "--shape", shape, "--noise", noise, "--background", background,
         "--contrast", "bright", "-o", out, "--force"],
        check=True, stdout=subprocess.DEVNULL)
    with open(out) as file:
        rows = list(csv.DictReader(file))
    number = lambda name: numpy.array([float(row[name] or "nan") for row in rows])
    names = ["x", "y", "x_error", "y_error", "amplitude", "amplitude_error", "intensity", "intensity_error"]
    flags = numpy.array([row["fit_flag"] != "" for row in rows])
    return {name: number(name) for name in names}, flags


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--columns", type=int, default=5000)
    parser.add_argument("--widths", default="2,3,5,10")
    parser.add_argument("--counts", default="30,100,300,1000,10000")
    parser.add_argument("--arrangements", default="alone,1.5,2,3")
    parser.add_argument("--shape", default="shared")
    parser.add_argument("--noise", default="auto")
    parser.add_argument("--background", default="smooth")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"shape {options.shape}, noise {options.noise}, background {options.background}")
    print("| arrangement | width / px | counts | bound / px | error / bound | pulls x, y | height | intensity | flags |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for arrangement in options.arrangements.split(","):
            separation = None if arrangement == "alone" else float(arrangement)
            for width in map(float, options.widths.split(",")):
                for counts in map(float, options.counts.split(",")):
                    random = numpy.random.default_rng(options.seed)
                    centres, side = places(options.columns, width, separation, random)
                    height = counts / (2 * numpy.pi * width**2)
                    background = BACKGROUND * height
                    image = random.poisson(drawn(centres, side, width, height, background)).astype(numpy.float32)
                    numpy.save(folder / "image.npy", image)
                    seeds = centres + random.uniform(-0.3, 0.3, centres.shape) * width
                    found, flags = fitted(
                        folder / "image.npy", seeds, folder, options.shape, options.noise, options.background)
                    errors = numpy.stack([found["x"] - centres[:, 0], found["y"] - centres[:, 1]])
                    pulls = errors / numpy.stack([found["x_error"], found["y_error"]])
                    limit = bound(centres, separation, width, height, background, options.shape, random)
                    ratio = numpy.sqrt((errors**2).sum(0).mean() / limit)
                    heights = (found["amplitude"] - height) / found["amplitude_error"]
                    sums = (found["intensity"] - counts) / found["intensity_error"]
                    print(
                        f"| {arrangement} | {width:g} | {counts:g} | {numpy.sqrt(limit / 2):.4f} | {ratio:.3f} "
                        f"| {numpy.nanstd(pulls):.3f} | {numpy.nanstd(heights):.3f} | {numpy.nanstd(sums):.3f} "
                        f"| {flags.mean():.4f} |", flush=True)


if __name__ == "__main__":
    main()
