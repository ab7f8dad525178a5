"""Vacancies of MoSe2 in images of few counts through a wide probe, as at 40 kV: how many are found in the layout of Tessera, of t-SNE and of
UMAP, on the same features.

Each layout is sorted by k-means with 2 to 12 classes and by HDBSCAN, and the best of these by the truth counts, for each method alike. A class
of which most members are Se columns that lack an atom stands for the vacancies. The last row is what Tessera finds by itself.
Needs numpy, scipy, scikit-learn, openTSNE and umap-learn. Usage: low_dose.py [--program tessera] [--seeds 5] [--counts 8,4,2]
"""
import argparse
import csv
import pathlib
import subprocess
import tempfile
import warnings

import numpy
import openTSNE
import umap
from scipy.spatial import cKDTree
from sklearn.cluster import HDBSCAN, KMeans

# Standard deviation of a column in pixels of 0.0137 nm: 0.07 nm, against 0.055 nm in a corrected microscope at 80 kV.
PROBE = 5.1
LAYOUTS = {
    "t-SNE": lambda x, seed: numpy.asarray(openTSNE.TSNE(perplexity=30, n_jobs=2, random_state=seed).fit(x)),
    "UMAP": lambda x, seed: umap.UMAP(n_neighbors=50, random_state=seed).fit_transform(x),
}


def rows(path):
    with open(path) as file:
        return list(csv.DictReader(file))


def places(table):
    return numpy.array([[float(row["x"]), float(row["y"])] for row in table])


def score(labels, isVacancy, missed):
    """Precision and recall of the classes of which most members are vacancies."""
    picked = numpy.zeros(len(labels), bool)
    for label in set(labels) - {-1}:
        members = labels == label
        if isVacancy[members].mean() > 0.5:
            picked |= members
    right = (picked & isVacancy).sum()
    precision = right / picked.sum() if picked.any() else 0
    recall = right / max(1, isVacancy.sum() + missed)
    return 2 * precision * recall / max(1e-9, precision + recall), precision, recall


def best(points, isVacancy, missed, seed):
    labels = [KMeans(k, n_init=10, random_state=seed).fit_predict(points) for k in range(2, 13)]
    labels.append(HDBSCAN(min_cluster_size=10, copy=True).fit_predict(points))
    return max(score(one, isVacancy, missed) for one in labels)


def run(program, folder, counts, seed):
    image, result = folder / "a.tif", folder / "a"
    # Single vacancies alone: places where both atoms are missing hold no column.
    subprocess.run(
        [program, "simulate", "mose2", "--size", "768", "--seed", str(seed), "--counts", str(counts), "--probe", str(PROBE),
         "--vacancies", "0.05,0", "-o", image, "--force"], check=True, capture_output=True)
    subprocess.run([program, "motifs", image, "-o", result, "--force"], check=True, capture_output=True)
    sites, truth = rows(result / "sites.csv"), rows(folder / "a.sites.csv")
    features, layout = numpy.load(result / "features.npy"), numpy.load(result / "layout.npy")
    known = numpy.isfinite(features).all(axis=1)
    where = places(sites)
    distance, nearest = cKDTree(places(truth)).query(where)
    wanted = numpy.array([row["defect"].startswith("vacancy") for row in truth])
    isVacancy = wanted[nearest] & (distance < 6)
    # Vacancies inside the region with patches at which no site was found.
    inner = where[known]
    low, high = inner.min(axis=0), inner.max(axis=0)
    inside = ((places(truth) >= low) & (places(truth) <= high)).all(axis=1)
    missed = len(set(numpy.flatnonzero(wanted & inside)) - set(nearest[known & isVacancy]))
    own = numpy.array([row["class"] for row in sites])[known]
    found = {"FR (Tessera)": best(layout[known], isVacancy[known], missed, seed)}
    for name, embed in LAYOUTS.items():
        found[name] = best(embed(features[known].astype(float), seed), isVacancy[known], missed, seed)
    found["k-means on the features"] = best(features[known], isVacancy[known], missed, seed)
    found["Tessera's classes, number not given"] = score(own, isVacancy[known], missed)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default="tessera")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--counts", default="8,4,2")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    with tempfile.TemporaryDirectory() as name:
        for counts in options.counts.split(","):
            found = [run(options.program, pathlib.Path(name), counts, seed) for seed in range(1, options.seeds + 1)]
            print(f"\n{counts} counts at a column, {options.seeds} images: mean\n| layout | F1 | precision | recall |\n| --- | --- | --- | --- |")
            for method in found[0]:
                values = numpy.mean([one[method] for one in found], axis=0)
                print(f"| {method} | " + " | ".join(f"{value:.3f}" for value in values) + " |", flush=True)


if __name__ == "__main__":
    main()
