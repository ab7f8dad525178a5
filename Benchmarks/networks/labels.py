"""A network trained on half of a folder's labelled images, tried on the other half, both ways.

Every image of FOLDER with a table counts (`networks.labelled`); odd ones train and even ones test, and the other way round. F1 of each
image against that of `--method auto`, their mean difference, and the interval that holds 95 % of the means of 10,000 samples of the
images, drawn with replacement (paired bootstrap).
Usage: labels.py FOLDER... [--steps 400] [--threads 1]
"""
import argparse
import os
import pathlib
import tempfile

import numpy

from networks import labelled, found_by, places, score, tessera


def trained(pairs, folder, steps, threads):
    words = ["train", "atoms", "--labels", *(t for _, t in pairs), "--images", *(i for i, _ in pairs), "--threads", threads, "-o", folder]
    run = tessera(*words, *(["--steps", steps] if steps else []))
    if run.returncode:
        raise SystemExit(run.stderr)
    return folder / "atoms.tessera-model"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", str(arguments.threads))
    print("| images | number | auto: precision, recall, F1 | network as shipped | trained on the other half | difference of F1 (95 %) |")
    print("| --- | --- | --- | --- | --- | --- |")
    for folder in arguments.folders:
        pairs = list(labelled(folder))
        scores = {"auto": {}, "network": {}, "trained": {}}
        with tempfile.TemporaryDirectory() as name:
            place = pathlib.Path(name)
            for half in (0, 1):
                model = trained(pairs[1 - half::2], place / f"half-{half}", arguments.steps, arguments.threads)
                for image, table in pairs[half::2]:
                    truth = places(table)[0]
                    for kind, method, file in (("auto", "auto", None), ("network", "network", None), ("trained", "network", model)):
                        found = found_by(method, image, place / "f.csv", file)[0]
                        scores[kind][image.name] = score(found, truth)[:3]
        means = {kind: numpy.mean(list(rows.values()), 0) for kind, rows in scores.items()}
        gains = numpy.array([scores["trained"][i][2] - scores["auto"][i][2] for i in scores["auto"]])
        random = numpy.random.default_rng(1)
        samples = gains[random.integers(len(gains), size=(10_000, len(gains)))].mean(1)
        low, high = numpy.quantile(samples, [0.025, 0.975])
        text = {kind: ", ".join(f"{v:.3f}" for v in mean) for kind, mean in means.items()}
        print(f"| {folder.name} | {len(pairs)} | {text['auto']} | {text['network']} | {text['trained']} | "
              f"{gains.mean():+.3f} ({low:+.3f} ... {high:+.3f}) |", flush=True)


if __name__ == "__main__":
    main()
