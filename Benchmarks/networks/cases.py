"""The network on what misleads networks: holes in a crystal, two layers, columns without order, and isolated atoms.

`holes` takes a tenth of the columns out of simulated crystals and counts the holes in which a column is listed (nearer than half the
spacing). `failures` scores the cases in which the published network fails. F1 with matches within half the spacing of the truth.
Usage: cases.py holes | failures [--methods network,auto] [--seeds 2]
"""
import argparse
import pathlib
import tempfile

import numpy
from scipy.spatial import cKDTree

from networks import found_by, places, score, tessera


def image(truth, heights, sigma, side, random, counts=40, background=0.3, film=0.0):
    """Gaussian columns on a background, with Poisson noise; `film`: deviation of a smooth film, in heights of a column."""
    y, x = numpy.mgrid[:side, :side]
    picture = numpy.full((side, side), background)
    reach = int(5 * sigma) + 1
    for (cx, cy), height in zip(truth, heights):
        left, top = max(0, int(cx) - reach), max(0, int(cy) - reach)
        part = numpy.s_[top:int(cy) + reach + 1, left:int(cx) + reach + 1]
        picture[part] += height * numpy.exp(-((x[part] - cx) ** 2 + (y[part] - cy) ** 2) / (2 * sigma ** 2))
    if film:
        k = numpy.hypot(*numpy.meshgrid(numpy.fft.fftfreq(side), numpy.fft.fftfreq(side)))
        smooth = numpy.fft.ifft2(numpy.fft.fft2(random.normal(size=(side, side))) * numpy.exp(-2 * (numpy.pi * k * 1.3 * sigma) ** 2)).real
        picture += film * smooth / smooth.std() + 3 * film
    return random.poisson(counts * numpy.maximum(picture, 0)).astype(numpy.float32)


def lattice(kind, spacing, angle, side, offset=(0, 0)):
    a = numpy.array([spacing, 0.0])
    b = spacing * (numpy.array([0.5, 3 ** 0.5 / 2]) if kind == "hexagonal" else numpy.array([0.0, 1.0]))
    n = int(2 * side / spacing)
    i, j = numpy.mgrid[-n:n, -n:n]
    points = i.reshape(-1, 1) * a + j.reshape(-1, 1) * b
    turn = numpy.array([[numpy.cos(angle), -numpy.sin(angle)], [numpy.sin(angle), numpy.cos(angle)]])
    points = points @ turn.T + side / 2 + numpy.array(offset)
    return points[((points > -spacing) & (points < side + spacing)).all(1)]


def inside(points, side):
    return points[((points > -0.5) & (points < side - 0.5)).all(1)]


def holes(methods, folder, seeds):
    print("| crystal | method | holes | left empty | columns found |\n| --- | --- | --- | --- | --- |")
    for kind in ("hexagonal", "square"):
        for spacing in (10, 16, 26):
            results = {m: [0, 0, 0, 0] for m in methods}
            for seed in range(1, 1 + seeds):
                random = numpy.random.default_rng(seed)
                side = 512
                points = lattice(kind, spacing, random.uniform(0, 3), side)
                gone = random.uniform(size=len(points)) < 0.1
                numpy.save(folder / "h.npy", image(points[~gone], numpy.ones(len(points)), spacing / 5, side, random))
                empty = points[gone]
                empty = empty[((empty > spacing) & (empty < side - spacing)).all(1)]
                kept = inside(points[~gone], side)
                for method in methods:
                    found = found_by(method, folder / "h.npy", folder / "f.csv", None)[0]
                    tree = cKDTree(found) if len(found) else None
                    r = results[method]
                    r[0] += len(empty)
                    r[1] += numpy.count_nonzero(tree.query(empty)[0] > spacing / 2) if tree else len(empty)
                    r[2] += len(kept)
                    r[3] += numpy.count_nonzero(tree.query(kept)[0] <= spacing / 2) if tree else 0
            for method, r in results.items():
                print(f"| {kind}, {spacing} px | {method} | {r[0]} | {r[1] / r[0]:.3f} | {r[3] / r[2]:.3f} |", flush=True)


def failures(methods, folder, seeds):
    print("| case | method | precision | recall | F1 |\n| --- | --- | --- | --- | --- |")
    results = {}
    for seed in range(1, 1 + seeds):
        random = numpy.random.default_rng(seed)
        side = 512
        first = lattice("hexagonal", 18, 0.2, side)
        cases = {}
        second = lattice("hexagonal", 18, 0.2 + numpy.radians(21.8), side, (4, 7))
        both = numpy.vstack([first, second])
        near = cKDTree(both).query(both, k=2)[0][:, 1]
        cases["two layers, turned by 21.8 degrees"] = (both, 3.0, 0.0, near > 2.35 * 3.0)
        random_places = random.uniform(0, side, size=(2500, 2))
        kept = []
        for p in random_places:
            if all((p - q) @ (p - q) > 15 ** 2 for q in kept):
                kept.append(p)
        kept = numpy.array(kept)
        cases["columns without order"] = (kept, 3.5, 0.0, numpy.ones(len(kept), bool))
        atoms = random.uniform(0, side, size=(70, 2))
        cases["isolated atoms on a film"] = (atoms, 3.0, 0.12, numpy.ones(70, bool))
        cases["isolated atoms on a strong film"] = (atoms, 3.0, 0.25, numpy.ones(70, bool))
        grid = lattice("square", 20, 0.1, side)
        other = grid + numpy.array([numpy.cos(0.1), numpy.sin(0.1)]) * 10 + random.normal(0, 1.2, grid.shape)
        cases["light columns of 0.3 between heavy ones"] = (numpy.vstack([grid, other]), 3.0, 0.0, None)
        for name, (points, sigma, film, clear) in cases.items():
            heights = numpy.ones(len(points))
            if clear is None:
                heights[len(grid):] = 0.3
                clear = numpy.ones(len(points), bool)
            numpy.save(folder / "c.npy", image(points, heights, sigma, side, random, film=film))
            seen = ((points > -0.5) & (points < side - 0.5)).all(1)
            for method in methods:
                found = found_by(method, folder / "c.npy", folder / "f.csv", None)[0]
                results.setdefault((name, method), []).append(score(found, points[seen], ~clear[seen])[:3])
    for (name, method), rows in results.items():
        print(f"| {name} | {method} | " + " | ".join(f"{v:.3f}" for v in numpy.mean(rows, 0)) + " |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["holes", "failures"])
    parser.add_argument("--methods", default="network,auto")
    parser.add_argument("--seeds", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        task = holes if arguments.task == "holes" else failures
        task(arguments.methods.split(","), pathlib.Path(name), arguments.seeds)
