"""Lattice, single atoms or no atoms: whether `sites` takes the right account of an image, without options.

Makes 100 images with known truth: 40 lattices of spacing 4 to 80 px (square, hexagonal, honeycomb, dumbbells; any angle, 3 to 30
counts or white noise of a tenth to a half of the height), 30 of lone atoms on a textured support, and 30 without atoms (films of
smooth texture, flakes with steps of brightness, white noise, stripes). Right is: a lattice with at least 95 % of its
columns and at most 5 % more, lone atoms by the method `atoms`, exit status 65 without atoms. Usage: route.py [--tessera PATH]
[--seed N] [--keep FOLDER]
"""
import argparse
import csv
import json
import os
import subprocess
import tempfile

import numpy
import tifffile
from scipy import ndimage
from scipy.spatial import cKDTree

BASES = {
    "square": ((1, 0), (0, 1), [(0, 0)]),
    "hexagonal": ((1, 0), (0.5, 0.866), [(0, 0)]),
    "honeycomb": ((1.732, 0), (0.866, 1.5), [(0, 0), (1 / 3, 1 / 3)]),
    "dumbbells": ((2.4, 0), (0, 1.7), [(0, 0), (0.417, 0), (0.5, 0.5), (0.917, 0.5)]),
}


def rendered(size, places, heights, sigma):
    image = numpy.zeros((size, size))
    reach = int(5 * sigma) + 1
    for (x, y), height in zip(places, heights):
        left, right = max(0, int(x) - reach), min(size, int(x) + reach + 1)
        top, bottom = max(0, int(y) - reach), min(size, int(y) + reach + 1)
        if left >= right or top >= bottom:
            continue
        ys, xs = numpy.mgrid[top:bottom, left:right]
        image[top:bottom, left:right] += height * numpy.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * sigma**2))
    return image


def noisy(image, random, counts=None):
    if counts:
        return random.poisson(counts * image / image.max()).astype(numpy.uint16)
    return (image + image.max() * random.uniform(0.1, 0.5) * random.normal(size=image.shape)).astype(numpy.float32)


def lattice(random, kind, spacing):
    size = int(min(2048, max(256, 14 * spacing)))
    u, v, basis = BASES[kind]
    turn = random.uniform(0, numpy.pi)
    rotation = numpy.array([[numpy.cos(turn), -numpy.sin(turn)], [numpy.sin(turn), numpy.cos(turn)]])
    cell = spacing * numpy.array([u, v]) @ rotation.T
    n = int(2 * size / spacing) + 2
    grid = numpy.stack(numpy.meshgrid(range(-n, n), range(-n, n)), -1).reshape(-1, 1, 2)
    places = ((grid + numpy.array(basis)) @ cell).reshape(-1, 2) + size / 2
    sigma = max(0.9, spacing * random.uniform(0.16, 0.24))
    places = places[((places > -4 * sigma) & (places < size + 4 * sigma)).all(1)]
    image = rendered(size, places, numpy.ones(len(places)), sigma) + 0.1
    inside = places[((places > 0) & (places < size - 1)).all(1)]
    return noisy(image, random, random.uniform(3, 30) if random.random() < 0.6 else None), inside


def texture(random, size, grain):
    field = ndimage.gaussian_filter(random.normal(size=(size, size)), grain, mode="wrap")
    return field / field.std()


def atoms(random):
    size, sigma = 512, random.uniform(2, 4)
    wanted, places = random.integers(15, 80), []
    while len(places) < wanted:
        place = random.uniform(2 * sigma, size - 2 * sigma, 2)
        if all(numpy.hypot(*(place - other)) > 8 * sigma for other in places):
            places.append(place)
    support = 0.16 * texture(random, size, random.uniform(2, 6) * sigma) + 0.06 * texture(random, size, sigma)
    image = 1.5 + support + rendered(size, places, random.normal(1, 0.08, wanted), sigma)
    counts = random.uniform(80, 300)
    return random.poisson(counts * image).astype(numpy.uint16), numpy.array(places)


def empty(random, kind):
    size = 512
    if kind == 0:
        image = 1 + 0.2 * texture(random, size, random.uniform(1.5, 8))
    elif kind == 1:
        ys, xs = numpy.mgrid[:size, :size]
        image = numpy.ones((size, size))
        for _ in range(random.integers(2, 5)):
            turn, offset = random.uniform(0, 2 * numpy.pi), random.uniform(-150, 150)
            edge = numpy.cos(turn) * (xs - 256) + numpy.sin(turn) * (ys - 256) - offset
            image += random.uniform(0.2, 1) / (1 + numpy.exp(-edge / random.uniform(2, 8)))
        image += 0.05 * texture(random, size, 6)
    elif kind == 2:
        image = numpy.ones((size, size))
    else:
        turn, period = random.uniform(0, numpy.pi), random.uniform(8, 60)
        ys, xs = numpy.mgrid[:size, :size]
        image = 2 + numpy.cos(2 * numpy.pi * (numpy.cos(turn) * xs + numpy.sin(turn) * ys) / period)
    return random.poisson(random.uniform(10, 60) * image).astype(numpy.uint16), None


def account(tessera, image, folder, number):
    path = os.path.join(folder, f"{number:03}.tif")
    tifffile.imwrite(path, image)
    table = path[:-4] + ".csv"
    run = subprocess.run([tessera, "sites", path, "-o", table, "--force", "--json"], capture_output=True, text=True)
    if run.returncode:
        return ("none" if run.returncode == 65 else f"exit {run.returncode}"), None
    with open(table) as file:
        places = [(float(r["x"]), float(r["y"])) for r in csv.DictReader(file)]
    return ("atoms" if json.loads(run.stdout)["method"] == "atoms" else "lattice"), numpy.array(places)


def shares(found, truth, limit):
    """Shares of the true columns that were found, and of the found ones that are none; the border left out."""
    low, high = truth.min(0) + 2 * limit, truth.max(0) - 2 * limit
    def inner(places):
        return places[((places > low) & (places < high)).all(1)]
    missed = cKDTree(found).query(inner(truth))[0] > limit
    false = cKDTree(truth).query(inner(found))[0] > limit
    return 1 - missed.mean(), false.mean()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tessera", default="tessera")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    options = parser.parse_args()
    random = numpy.random.default_rng(options.seed)
    folder = options.keep or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    right, number = {"lattice": 0, "atoms": 0, "none": 0}, 0
    cases = [("lattice", kind, spacing) for kind in BASES for spacing in numpy.geomspace(4, 80, 10)]
    cases += [("atoms", "", 0)] * 30 + [("none", k % 4, 0) for k in range(30)]
    for truth, kind, spacing in cases:
        image, places = lattice(random, kind, spacing) if truth == "lattice" else (
            atoms(random) if truth == "atoms" else empty(random, kind))
        said, found = account(options.tessera, image, folder, number)
        isRight, more = said == truth, ""
        if isRight and truth == "lattice":
            recall, false = shares(found, places, 0.3 * spacing)
            more = f" recall {recall:.3f}, false {false:.3f}"
            isRight = recall >= 0.95 and false <= 0.05
        right[truth] += isRight
        if not isRight:
            print(f"{number:03} {truth} {kind} {spacing:.1f} px: {said}{more}", flush=True)
        number += 1
    print(f"lattices {right['lattice']} of 40, lone atoms {right['atoms']} of 30, no atoms {right['none']} of 30")


if __name__ == "__main__":
    main()
