"""Single atoms on amorphous supports against labels.

Each folder holds images and, beside each, a table of labels (columns x and y, in pixels) of the same name (or NAME.sites.csv,
as `tessera simulate` writes it), or one whose name begins with the first three characters of the image's. A match is a mutual
nearest neighbour within the smaller of half the mean spacing of the labels and 6 pixels.

Printed for each image: precision, recall, F1, atoms found and labelled. For each folder: the mean F1; how many of the false
ones stand within 20 pixels of a right one; how many of the missed have no spot within 3 pixels, that is, no value above 1.5
robust standard deviations in the image filtered by a difference of Gaussians of 2 and 7 pixels; and the share of the labels
that lie on the brightest pixel among 11 x 11.

Usage: atoms.py FOLDER ... [-- further options of `tessera sites`]
"""
import csv
import pathlib
import subprocess
import sys
import tempfile

import numpy
from scipy.ndimage import gaussian_filter, maximum_filter
from scipy.spatial import cKDTree
from skimage.io import imread

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "tessera"


def places(table):
    """Columns x and y of a table, whatever the case of their names."""
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    names = {name.strip().lower(): name for name in rows[0]} if rows else {}
    return numpy.array([[float(row[names["x"]]), float(row[names["y"]])] for row in rows]).reshape(-1, 2)


def labels_of(image):
    """The table that belongs to an image, or None."""
    tables = sorted(image.parent.glob("*.csv"))
    same = [table for table in tables if table.stem in (image.stem, image.stem + ".sites")]
    alike = [table for table in tables if table.name[:3] == image.name[:3]]
    return (same or alike or [None])[0]


def matched(found, truth):
    """For each place found, whether it has a label; for each label, whether it was found."""
    seen = numpy.zeros(len(truth), bool)
    if not len(found):
        return numpy.zeros(0, bool), seen
    tree = cKDTree(truth)
    tolerance = min(6, 0.5 * tree.query(truth, k=2)[0][:, 1].mean())
    distance, nearest = tree.query(found)
    mutual = cKDTree(found).query(truth)[1][nearest] == numpy.arange(len(found))
    right = mutual & (distance <= tolerance)
    seen[nearest[right]] = True
    return right, seen


def kinds(pixels, found, truth, right, seen):
    """False beside a right one, all false, missed without a spot, all missed, labels on the brightest pixel, all labels."""
    crowded = cKDTree(found[right]).query(found[~right])[0] < 20 if right.any() else numpy.zeros(0, bool)
    flat = (pixels - gaussian_filter(pixels, 12)) / numpy.sqrt(numpy.maximum(gaussian_filter(pixels, 12), 1e-9))
    spots = gaussian_filter(flat, 2) - gaussian_filter(flat, 7)
    spots = maximum_filter(spots / (1.4826 * numpy.median(numpy.abs(spots))), 7)
    x, y = numpy.clip(truth.round().astype(int), 0, numpy.array(pixels.shape[::-1]) - 1).T
    brightest = maximum_filter(pixels, 11)[y, x] == pixels[y, x]
    return numpy.array([crowded.sum(), (~right).sum(), (spots[y, x] < 1.5)[~seen].sum(), (~seen).sum(),
                        brightest.sum(), len(truth)])


def main():
    words = sys.argv[1:]
    split = words.index("--") if "--" in words else len(words)
    folders, options = [pathlib.Path(word) for word in words[:split]], words[split + 1:]
    if not folders:
        sys.exit(__doc__)
    for folder in folders:
        images = sorted(path for path in folder.glob("*") if path.suffix in (".tif", ".png") and labels_of(path))
        if not images:
            print(f"{folder}: no labelled images there; nothing was measured")
            continue
        scores, counts = [], numpy.zeros(6, int)
        for image in images:
            with tempfile.TemporaryDirectory() as scratch:
                table = pathlib.Path(scratch) / "sites.csv"
                run = subprocess.run([PROGRAM, "sites", image, "-o", table, *options], capture_output=True, text=True)
                found = places(table) if run.returncode == 0 else numpy.empty((0, 2))
            truth = places(labels_of(image))
            right, seen = matched(found, truth)
            hits = right.sum()
            scores.append((hits / max(len(found), 1), hits / len(truth), 2 * hits / (len(found) + len(truth))))
            pixels = imread(image).astype(float)
            counts += kinds(pixels.mean(axis=2) if pixels.ndim == 3 else pixels, found, truth, right, seen)
            print(f"{image.name[:16]:16s}", "P %.3f R %.3f F1 %.3f" % scores[-1], f"found {len(found)} of {len(truth)}")
        print(f"{folder.name}: mean F1 {numpy.mean([row[2] for row in scores]):.3f}; false beside a right one %d of %d; "
              "missed without a spot %d of %d; labels on the brightest pixel %d of %d" % tuple(counts))


main()
