"""Errors of the columns found in a simulated image against the Cramer-Rao bound of the joint fit of all its columns.

NAME.tif, NAME.sites.csv and NAME.truth.json come from `tessera simulate`; the table from `tessera sites NAME.tif`. The bound is
summed over the true model: height and place of each column with its neighbours (within six standard deviations) marginalised; the common
width and the background count as known. Columns closer to the border than 4 pixels are left out. Usage: monolayer.py NAME TABLE
"""
import csv
import json
import sys

import numpy
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree


def main():
    name, table = sys.argv[1:3]
    with open(name + ".sites.csv") as file:
        rows = [row for row in csv.DictReader(file)]
    truth = json.load(open(name + ".truth.json"))
    frame, imaging = truth["frame"], truth["imaging"]
    width = imaging["column_sigma"] / frame["nanometres_per_pixel"]
    weights = {}
    for column in truth["parameters"]["crystal"]["columns"]:
        weights[column["sublattice"]] = column["weight"]
    atoms = {c["sublattice"]: len(c["atoms"]) for c in truth["parameters"]["crystal"]["columns"]}
    heights = []
    for row in rows:
        missing = int(row["defect"][-1]) if row["defect"].startswith("vacancy") else 0
        heights.append(weights[row["sublattice"]] * (1 - missing / atoms[row["sublattice"]]))
    heights = numpy.array(heights)
    places = numpy.array([(float(row["x"]), float(row["y"])) for row in rows])
    places, heights = places[heights > 0], heights[heights > 0]
    kinds = [row["defect"] or row["element"] for row in rows if not row["defect"].endswith(("2",))]
    shape = (frame["height"], frame["width"])
    mean = numpy.zeros(shape)
    reach = int(6 * width)
    windows = []
    for (x, y), height in zip(places, heights):
        xs = numpy.arange(max(0, int(x) - reach), min(shape[1], int(x) + reach + 1))
        ys = numpy.arange(max(0, int(y) - reach), min(shape[0], int(y) + reach + 1))
        g = numpy.outer(
            numpy.exp(-((ys - y) ** 2) / (2 * width**2)), numpy.exp(-((xs - x) ** 2) / (2 * width**2)))
        mean[ys[0]:ys[-1] + 1, xs[0]:xs[-1] + 1] += height * g
        windows.append((xs, ys, g))
    scale = imaging["counts"] / mean.max()
    mean = mean * scale + imaging["background"] * imaging["counts"] + 1e-9
    pixels, unknowns, values = [], [], []
    for k, ((xs, ys, g), (x, y), height) in enumerate(zip(windows, places, heights)):
        index = (ys[:, None] * shape[1] + xs[None, :]).ravel()
        a = height * scale * g
        for u, slope in enumerate((g, a * (xs - x)[None, :] / width**2, a * (ys - y)[:, None] / width**2)):
            pixels.append(index)
            unknowns.append(numpy.full(index.size, 3 * k + u))
            values.append((slope.ravel() / numpy.sqrt(mean.ravel()[index])))
    jacobian = csr_matrix(
        (numpy.concatenate(values), (numpy.concatenate(pixels), numpy.concatenate(unknowns))),
        shape=(mean.size, 3 * len(places)))
    fisher = (jacobian.T @ jacobian).tocsr()
    tree = cKDTree(places)
    bounds = numpy.empty((len(places), 2))
    for k, around in enumerate(tree.query_ball_point(places, 6 * width)):
        around = [k] + [j for j in around if j != k]
        own = numpy.concatenate([[3 * j, 3 * j + 1, 3 * j + 2] for j in around])
        inverse = numpy.linalg.inv(fisher[own][:, own].toarray())
        bounds[k] = inverse[1, 1], inverse[2, 2]
    with open(table) as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] != "vacant"]
    found = numpy.array([(float(row["x"]), float(row["y"])) for row in rows])
    stated = numpy.array([(float(row["x_error"] or "inf"), float(row["y_error"] or "inf")) for row in rows])
    distance, match = tree.query(found)
    back = cKDTree(found).query(places)[1]
    margin = 4
    kept = (back[match] == numpy.arange(len(found))) & (distance < 7) & (found > margin).all(1) & (
        found < numpy.array(shape[::-1]) - 1 - margin).all(1)
    errors = (found - places[match])[kept]
    limit = bounds[match[kept]]
    print(f"{kept.sum()} columns, radial RMS {numpy.sqrt((errors**2).sum(1).mean()):.4f} px, "
          f"bound {numpy.sqrt(limit.sum(1).mean()):.4f} px, ratio {numpy.sqrt((errors**2).sum(1).mean() / limit.sum(1).mean()):.3f}, "
          f"pulls {numpy.std(errors / stated[kept]):.3f}, mean error {errors.mean(0).round(4)}")
    kinds = numpy.array(kinds)[match[kept]]
    for kind in sorted(set(kinds)):
        of = kinds == kind
        print(f"  {kind}: {of.sum()} columns, RMS {numpy.sqrt((errors[of]**2).sum(1).mean()):.4f}, "
              f"bound {numpy.sqrt(limit[of].sum(1).mean()):.4f}, median stated {numpy.median(numpy.hypot(*stated[kept][of].T)):.4f}")
    inner = (places[match[kept]] > 20).all(1) & (places[match[kept]] < numpy.array(shape[::-1]) - 21).all(1)
    for label, part in (("20 px from the border or more", inner), ("nearer", ~inner)):
        print(f"  {label}: RMS {numpy.sqrt((errors[part]**2).sum(1).mean()):.4f}, bound {numpy.sqrt(limit[part].sum(1).mean()):.4f}")


if __name__ == "__main__":
    main()
