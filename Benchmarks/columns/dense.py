"""Dense lattices of few counts, and films of few counts without a column: what `tessera sites` finds without options.

Lattices: hexagonal, 6, 8 and 12 px between columns whose standard deviation is a fifth of that, 1 to 4 counts in the brightest pixel, 512 x 512 pixels;
recall and precision, a match within a third of the distance. Films: a Gaussian texture of 2, 3, 5 or 8 px with a standard deviation of 0.1 or 0.3 of its mean,
3, 10 or 50 counts per pixel; the number of images in which anything is listed. Usage: dense.py [--tessera PATH] [--seeds N]
"""
import argparse
import csv
import pathlib
import subprocess
import tempfile

import numpy
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

SIDE = 512


def lattice(distance, random):
    """An image with columns of height 1, and their places."""
    n = int(SIDE / distance) + 3
    i, j = numpy.mgrid[-n : n + 1, -n : n + 1]
    nodes = numpy.stack([i + j / 2, j * 0.75**0.5], axis=-1).reshape(-1, 2) * distance
    turn = random.uniform(0, numpy.pi / 3)
    nodes = nodes @ numpy.array([[numpy.cos(turn), numpy.sin(turn)], [-numpy.sin(turn), numpy.cos(turn)]])
    nodes = nodes + SIDE / 2 + random.uniform(0, distance, 2)
    nodes = nodes[((nodes > -distance) & (nodes < SIDE + distance)).all(1)]
    pixels = numpy.arange(SIDE)
    width = 2 * (distance / 5) ** 2
    image = numpy.exp(-((pixels - nodes[:, 1:]) ** 2) / width).T @ numpy.exp(-((pixels - nodes[:, :1]) ** 2) / width)
    return image + 0.05, nodes


def listed(tessera, image, folder):
    path, table = folder / "image.npy", folder / "image.csv"
    numpy.save(path, image.astype(numpy.float32))
    run = subprocess.run([tessera, "sites", path, "-o", table, "--force"], capture_output=True, text=True)
    if run.returncode != 0:
        return numpy.empty((0, 2))
    with open(table, newline="") as file:
        return numpy.array([[float(row["x"]), float(row["y"])] for row in csv.DictReader(file)]).reshape(-1, 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "tessera"
    parser.add_argument("--tessera", default=str(default))
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        print("distance  counts  recall  precision")
        for distance in (6, 8, 12):
            for counts in (1, 2, 3, 4):
                scores = []
                for seed in range(options.seeds):
                    random = numpy.random.default_rng(seed)
                    image, nodes = lattice(distance, random)
                    found = listed(options.tessera, random.poisson(counts * image), folder)
                    inside = nodes[((nodes >= 0) & (nodes <= SIDE - 1)).all(1)]
                    if len(found) == 0:
                        scores.append((0, numpy.nan))
                        continue
                    recall = (cKDTree(found).query(inside)[0] < distance / 3).mean()
                    scores.append((recall, (cKDTree(nodes).query(found)[0] < distance / 3).mean()))
                recall, precision = numpy.array(scores).T
                right = numpy.nanmean(precision) if numpy.isfinite(precision).any() else numpy.nan
                print(f"{distance:8} {counts:7} {recall.mean():7.3f} {right:10.3f}", flush=True)
        print("texture  contrast  counts  images with columns")
        for width in (2, 3, 5, 8):
            for contrast, counts in ((0.1, 10), (0.3, 3), (0.3, 10), (0.3, 50)):
                number = 0
                for seed in range(2 * options.seeds):
                    random = numpy.random.default_rng(seed)
                    film = gaussian_filter(random.standard_normal((SIDE, SIDE)), width)
                    image = random.poisson(numpy.clip(counts * (1 + contrast * film / film.std()), 0, None))
                    number += len(listed(options.tessera, image, folder)) > 0
                print(f"{width:7} {contrast:9} {counts:7} {number:8} of {2 * options.seeds}", flush=True)


if __name__ == "__main__":
    main()
