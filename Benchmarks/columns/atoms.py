"""Single atoms on amorphous supports against labels made by hand.

Each folder holds images and, beside each, a table of labels (columns x and y, in pixels) of the same name, or one whose name
begins with the first three characters of the image's. A match is a mutual nearest neighbour within the smaller of half the
mean spacing of the labels and 6 pixels. Printed for each image: precision, recall, F1, atoms found and labelled; for each
folder the mean F1.

Usage: atoms.py FOLDER ... [-- further options of `tessera sites`]
"""
import csv
import pathlib
import subprocess
import sys
import tempfile

import numpy
from scipy.spatial import cKDTree

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
    same = [table for table in tables if table.stem == image.stem]
    alike = [table for table in tables if table.name[:3] == image.name[:3]]
    return (same or alike or [None])[0]


def score(found, truth):
    """Precision, recall and F1."""
    if not len(found):
        return 0.0, 0.0, 0.0
    tree = cKDTree(truth)
    tolerance = min(6, 0.5 * tree.query(truth, k=2)[0][:, 1].mean())
    distance, nearest = tree.query(found)
    mutual = cKDTree(found).query(truth)[1][nearest] == numpy.arange(len(found))
    hits = (mutual & (distance <= tolerance)).sum()
    return hits / len(found), hits / len(truth), 2 * hits / (len(found) + len(truth))


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
        scores = []
        for image in images:
            with tempfile.TemporaryDirectory() as scratch:
                table = pathlib.Path(scratch) / "sites.csv"
                run = subprocess.run([PROGRAM, "sites", image, "-o", table, *options], capture_output=True, text=True)
                found = places(table) if run.returncode == 0 else numpy.empty((0, 2))
            truth = places(labels_of(image))
            scores.append(score(found, truth))
            print(f"{image.name[:16]:16s}", "P %.3f R %.3f F1 %.3f" % scores[-1], f"found {len(found)} of {len(truth)}")
        print(f"{folder.name}: mean F1 {numpy.mean([row[2] for row in scores]):.3f}")


main()
