"""Times of the neighbour graph and the layout: Tessera beside motif-learn, UMAP and t-SNE, same table, same run.

The table has 66 features in eight separate classes. Peers run once before they are timed, so that compiling does not
count; of several runs the fastest counts. Usage: speed.py [--sizes 1207,10000] [--with-others]
"""
import argparse
import pathlib
import tempfile
import warnings

import common
import numpy


def blobs(count):
    random = numpy.random.default_rng(1)
    centres = random.normal(size=(8, 66))
    return (centres[numpy.arange(count) % 8] + 0.3 * random.normal(size=(count, 66))).astype("<f4")


def fastest(work, runs):
    return min(common.quietly(work)[1] for _ in range(runs))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1207,10000")
    parser.add_argument("--with-others", action="store_true", help="also time UMAP and t-SNE")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    peers = {"motif-learn": ("mtflearn", common.relaxed_layout)}
    if options.with_others:
        peers |= {"UMAP": ("umap", common.umap_layout), "t-SNE": ("openTSNE", common.tsne_layout)}
    peers = {label: work for label, (module, work) in peers.items() if common.available(module)}
    print("| samples | sweeps | Tessera | " + " | ".join(f"{label} | ratio" for label in peers) + " |")
    print("| --- | --- | --- |" + " --- | --- |" * len(peers))
    with tempfile.TemporaryDirectory() as folder:
        name = str(pathlib.Path(folder) / "blobs.features")
        for count in map(int, options.sizes.split(",")):
            features = blobs(count)
            with open(name, "wb") as file:
                numpy.array(features.shape, "<i8").tofile(file)
                features.tofile(file)
            iterations = 160 if count < 5000 else 100
            runs = 5 if count < 5000 else 1
            ours = common.tessera(
                "fit", name, "--iterations", iterations, "--threads", common.THREADS,
                "--repeats", 10 if count < 5000 else 3)["fit"]
            line = f"| {count:,} | {iterations} | {ours:.3f} s |"
            for label, layout in peers.items():
                settings = {"iterations": iterations} if label == "motif-learn" else {}
                common.quietly(lambda: layout(features[:300].astype(float), 1, **settings))
                theirs = fastest(lambda: layout(features.astype(float), 1, **settings), runs)
                # Ours again afterwards: the faster of both sides stands for a quiet moment.
                ours = min(ours, common.tessera(
                    "fit", name, "--iterations", iterations, "--threads", common.THREADS)["fit"])
                line += f" {theirs:.2f} s | {theirs / ours:.0f} |"
            print(line, flush=True)


if __name__ == "__main__":
    main()
