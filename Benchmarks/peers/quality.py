"""Class scores on synthetic motifs: Tessera beside k-means, t-SNE, UMAP and motif-learn, on the same tables.

Every method is told the number of classes. The ceiling is linear discriminant analysis trained on the truth and scored
by ten-fold cross-validation. Usage: quality.py [--seeds 10] [--rows poisson,gaussian,imbalanced]
"""
import argparse
import pathlib
import tempfile
import warnings

import common
import numpy
from sklearn.cluster import KMeans
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import adjusted_mutual_info_score, silhouette_score
from sklearn.model_selection import cross_val_predict

ROWS = {
    "poisson": ("Poisson, 2 counts, 500 + 500", ["--counts", "2"]),
    "poisson1": ("Poisson, 1 count, 500 + 500", ["--counts", "1"]),
    "poisson5": ("Poisson, 5 counts, 500 + 500", ["--counts", "5"]),
    "gaussian": ("Gaussian 1.0, 500 + 500", ["--noise", "1"]),
    "imbalanced": ("Gaussian 0.3, 5,000 + 200", ["--noise", "0.3", "--first", "5000", "--second", "200"]),
    "hexagon": ("hexagon, Poisson, 2 counts, 500 + 500", ["--counts", "2", "--corners", "6"]),
}
LAYOUTS = {
    "t-SNE": ("openTSNE", common.tsne_layout),
    "UMAP": ("umap", common.umap_layout),
    "motif-learn, correlation": ("mtflearn", lambda x, s: common.relaxed_layout(x, s, "correlation")),
    "motif-learn, Euclidean": ("mtflearn", lambda x, s: common.relaxed_layout(x, s, "euclidean")),
}


def scores(name, seed, layouts):
    """AMI of each method for one seed, and silhouettes of the layouts with the true labels."""
    features = common.table(name + ".features", "<f4").astype(float)
    truth = common.table(name + ".labels", "<i4").ravel()
    count = len(set(truth))

    def classed(points):
        return adjusted_mutual_info_score(truth, KMeans(count, n_init=10, random_state=seed).fit_predict(points))

    agreement, separation = {}, {}
    for metric in ("correlation", "euclidean"):
        label = "Tessera" if metric == "correlation" else "Tessera, Euclidean"
        given = common.tessera("classes", name, "--count", count, "--metric", metric, "--seed", seed)
        agreement[label] = given["adjustedMutualInformation"]
        separation[label] = given["silhouette"]
        if metric == "correlation":
            found = common.tessera("classes", name, "--metric", metric, "--seed", seed)
            agreement["Tessera, number not given"] = found["adjustedMutualInformation"]
    agreement["k-means on the features"] = classed(features)
    ceiling = cross_val_predict(LinearDiscriminantAnalysis(), features, truth, cv=10)
    agreement["ceiling (trained on truth)"] = adjusted_mutual_info_score(truth, ceiling)
    for label, layout in layouts.items():
        points, _ = common.quietly(lambda: layout(features, seed))
        agreement[label] = classed(points)
        separation[label] = silhouette_score(points, truth)
    return agreement, separation


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--rows", default="poisson,gaussian,imbalanced")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    layouts = {label: layout for label, (module, layout) in LAYOUTS.items() if common.available(module)}
    with tempfile.TemporaryDirectory() as folder:
        for row in options.rows.split(","):
            title, arguments = ROWS[row]
            name = str(pathlib.Path(folder) / row)
            agreements, separations = [], []
            for seed in range(1, options.seeds + 1):
                common.tessera("motifs", name, "--seed", seed, *arguments)
                agreement, separation = scores(name, seed, layouts)
                agreements.append(agreement)
                separations.append(separation)
            print(f"\n{title}: mean and standard deviation over {options.seeds} seeds", flush=True)
            print("| method | AMI | silhouette with true labels |\n| --- | --- | --- |")
            for label in agreements[0]:
                values = [agreement[label] for agreement in agreements]
                line = f"| {label} | {numpy.mean(values):.3f} ± {numpy.std(values):.3f} |"
                if label in separations[0]:
                    line += f" {numpy.mean([separation[label] for separation in separations]):.3f}"
                print(line + " |", flush=True)


if __name__ == "__main__":
    main()
