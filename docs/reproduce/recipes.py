"""What the recipes share: the programs, the folder of figures, the rows "paper / here", tables of numbers, and the methods of others."""

import array
import csv
import functools
import importlib
import json
import math
import os
import shutil
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TESSERA = os.environ.get("TESSERA", os.path.join(ROOT, ".build/release/tessera"))
BENCHMARKS = os.environ.get("BENCHMARKS", os.path.join(ROOT, "Benchmarks/.build/release/benchmarks"))
SKIPPED_PEERS = "skipped: needs the packages of `Benchmarks/peers/requirements.txt`"
SKIPPED_BENCHMARKS = "skipped: needs `swift build -c release --package-path Benchmarks`"


def call(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{os.path.basename(program)} {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


class Book:
    """The folder of figures and the table that is printed at the end."""

    def __init__(self, folder, seeds):
        self.folder, self.seeds, self.rows, self.made = folder, range(1, seeds + 1), [], {}
        os.makedirs(folder, exist_ok=True)

    def place(self, name):
        return os.path.join(self.folder, name)

    def row(self, figure, quantity, paper, here):
        self.rows.append((figure, quantity, paper, here))

    def tessera(self, *words):
        return call(TESSERA, *words)

    def simulate(self, specimen, name, *options):
        """Makes NAME.tif, if it is not what was made last under this name; returns its path."""
        path = self.place(name + ".tif")
        if self.made.get(path) != (specimen, options):
            self.tessera("simulate", specimen, "-o", path, "--force", *options)
            self.made = {key: words for key, words in self.made.items() if path not in words} | {path: (specimen, options)}
        return path

    def result(self, command, source, name, *options):
        """Runs a command into the folder NAME, if that is not what was run last; returns the summary of the folder."""
        if self.made.get(name) != (command, source, *options):
            self.tessera(command, source, "-o", self.place(name), "--force", "--quiet", *options)
            self.made[name] = (command, source, *options)
        with open(self.place(os.path.join(name, "summary.json"))) as file:
            return json.load(file)

    def figure(self, number, folder, name):
        """Copies a figure of a result under the paper's number."""
        shutil.copy(os.path.join(self.place(folder), "figures", name + ".png"), self.place(f"{number}-{name}.png"))

    def table(self, *path):
        with open(self.place(os.path.join(*path)), newline="") as file:
            return list(csv.DictReader(file))

    def evaluate(self, folder, truth, *options):
        """Scores of the sites of a folder against the truth of an image."""
        return json.loads(self.tessera(
            "evaluate", os.path.join(self.place(folder), "sites.csv"), self.place(truth + ".sites.csv"), "--json", *options))

    def write(self):
        path = self.place("README.md")
        with open(path, "w") as file:
            file.write("| figure | quantity | paper | here |\n| --- | --- | --- | --- |\n")
            file.writelines("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in self.rows)
        return open(path).read()


def benchmark(*words):
    """Runs a subcommand of the benchmark program; returns the JSON that it prints."""
    return json.loads(call(BENCHMARKS, *words))


def has_benchmarks():
    return os.access(BENCHMARKS, os.X_OK)


def npy(path):
    """The rows of a table of NumPy, as lists of floats."""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<H", data[8:10])[0]
    header = data[10:10 + length].decode()
    count, width = (int(n) for n in header.split("(")[1].split(")")[0].split(",")[:2])
    kind = {"<f4": "f", "<f8": "d"}[header.split("'descr': '")[1][:3]]
    values = array.array(kind, data[10 + length:])
    return [list(values[k * width:(k + 1) * width]) for k in range(count)]


def read_table(path, kind="f"):
    """The rows of a table of the benchmark program."""
    with open(path, "rb") as file:
        count, width = struct.unpack("<qq", file.read(16))
        values = array.array(kind, file.read())
    return [list(values[k * width:(k + 1) * width]) for k in range(count)]


def write_table(path, rows, kind="f"):
    with open(path, "wb") as file:
        file.write(struct.pack("<qq", len(rows), len(rows[0])))
        file.write(array.array(kind, [value for row in rows for value in row]).tobytes())


@functools.cache
def peers():
    """The layouts of other programs by name, each a function of rows and a seed; none where they are not installed."""
    sys.path.insert(0, os.path.join(ROOT, "Benchmarks/peers"))
    common = importlib.import_module("common")
    found = {}
    for name, module, layout in [("t-SNE", "openTSNE", common.tsne_layout), ("UMAP", "umap", common.umap_layout)]:
        if common.available(module):
            import numpy
            found[name] = lambda rows, seed, layout=layout: common.quietly(
                lambda: layout(numpy.array(rows, float), seed))[0].tolist()
    return found


def principal_plane(rows):
    """Coordinates of rows along their two directions of largest variance, by subspace iteration."""
    width, count = len(rows[0]), len(rows)
    means = [sum(column) / count for column in zip(*rows)]
    centred = [[value - mean for value, mean in zip(row, means)] for row in rows]
    columns = list(zip(*centred))
    covariance = [[0.0] * width for _ in range(width)]
    for i in range(width):
        for j in range(i, width):
            covariance[i][j] = covariance[j][i] = sum(map(lambda a, b: a * b, columns[i], columns[j]))
    axes = []
    for _ in range(2):
        axis = [1.0 / (k + 1) for k in range(width)]
        for _ in range(300):
            axis = [sum(map(lambda a, b: a * b, line, axis)) for line in covariance]
            for other in axes:
                along = sum(a * b for a, b in zip(axis, other))
                axis = [a - along * b for a, b in zip(axis, other)]
            length = sum(a * a for a in axis) ** 0.5 or 1
            axis = [a / length for a in axis]
        axes.append(axis)
    return [[sum(map(lambda a, b: a * b, row, axis)) for axis in axes] for row in centred]


def silhouette(points, labels):
    """Mean silhouette of points in the plane, and the Davies-Bouldin index."""
    groups = {one: [p for p, label in zip(points, labels) if label == one] for one in sorted(set(labels))}
    total = 0.0
    for p, own in zip(points, labels):
        away = {one: sum(math.dist(p, q) for q in members) for one, members in groups.items()}
        inside = away[own] / max(1, len(groups[own]) - 1)
        outside = min(away[one] / len(members) for one, members in groups.items() if one != own)
        total += (outside - inside) / max(inside, outside, 1e-300)
    centres = {one: [mean(column) for column in zip(*members)] for one, members in groups.items()}
    widths = {one: mean([math.dist(p, centres[one]) for p in members]) for one, members in groups.items()}
    worst = [max((widths[a] + widths[b]) / math.dist(centres[a], centres[b]) for b in groups if b != a) for a in groups]
    return total / len(points), mean(worst)


def mean(values):
    return sum(values) / len(values)


def spread(values):
    """Standard deviation of the values, around their mean."""
    middle = mean(values)
    return (sum((value - middle) ** 2 for value in values) / len(values)) ** 0.5


def nearest(places, reach):
    """A function from a point to the number of the place nearest to it within `reach`, or nothing."""
    cells = {}
    for k, (x, y) in enumerate(places):
        cells.setdefault((int(x // reach), int(y // reach)), []).append(k)

    def find(x, y):
        i, j = int(x // reach), int(y // reach)
        near = [k for a in (-1, 0, 1) for b in (-1, 0, 1) for k in cells.get((i + a, j + b), [])]
        best = min(near, key=lambda k: (places[k][0] - x) ** 2 + (places[k][1] - y) ** 2, default=None)
        return best if best is not None and (places[best][0] - x) ** 2 + (places[best][1] - y) ** 2 < reach ** 2 else None
    return find


class Matched:
    """The sites of a result that have a class, each with the truth at its place."""

    def __init__(self, book, folder, image, reach=6):
        truth, sites = book.table(image + ".sites.csv"), book.table(folder, "sites.csv")
        find = nearest([(float(r["x"]), float(r["y"])) for r in truth], reach)
        self.book, self.truth, self.folder = book, truth, folder
        self.pairs = []
        for k, site in enumerate(sites):
            at = find(float(site["x"]), float(site["y"])) if site["class"] else None
            if at is not None:
                self.pairs.append((k, site["class"], truth[at]))
        inner = [(float(sites[k]["x"]), float(sites[k]["y"])) for k, _, _ in self.pairs]
        self.low, self.high = ([f(p[a] for p in inner) for a in (0, 1)] for f in (min, max))

    def agreement(self, column="environment"):
        """Adjusted mutual information of the classes with a column of the truth."""
        path = self.book.place("matched.csv")
        with open(path, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["class", "environment"])
            writer.writerows([one, truth[column]] for _, one, truth in self.pairs)
        scores = json.loads(self.book.tessera("evaluate", path, path, "--as", "labels", "--json"))
        os.remove(path)
        return scores["ami"]

    def holds(self, wanted):
        """Precision and recall of the classes of which most members are wanted, as text; places without a site count as missed."""
        classes = {}
        for _, one, truth in self.pairs:
            classes.setdefault(one, []).append(wanted(truth))
        chosen = {one for one, members in classes.items() if 2 * sum(members) > len(members)}
        picked = [wanted(truth) for _, one, truth in self.pairs if one in chosen]
        inside = sum(wanted(t) and all(self.low[a] <= float(t["xy"[a]]) <= self.high[a] for a in (0, 1)) for t in self.truth)
        right = sum(picked)
        return f"precision {right}/{len(picked)}, recall {right}/{max(inside, sum(wanted(t) for _, _, t in self.pairs))}"

    def rows(self, name):
        """Rows of a table of NumPy in the folder for the sites that have a class."""
        table = npy(self.book.place(os.path.join(self.folder, name)))
        return [table[k] for k, _, _ in self.pairs]
