"""Labels that `tessera label` gives the images of a series, against the truth.

Each series is one specimen (MoSe2 with vacancies) in seven images of 400 x 400 pixels: 40 to 0.25 counts in the brightest pixel, two of them out of focus,
moved by three pixels from image to image. `--strangers` adds an image of noise, one of another crystal, and one without any counts. Distances are those after the
mean offset of each image, which the truth does not know better than the simulation; for comparison, the error of the places that the image itself gives.
Usage: series.py [--seeds 3] [--strangers]
"""
import argparse
import csv
import pathlib
import tempfile

import numpy
import tifffile
from scipy.ndimage import gaussian_filter, shift
from scipy.spatial import cKDTree

from networks import places, tessera

DOSES = [40, 1, 0.5, 5, 0.25, 12, 2]
BLURS = [0, 0, 1.5, 0, 0, 3, 0]
MARGIN, SIDE = 24, 400


def series(folder, seed, strangers):
    """Writes series.tif; the movement of each image and the true columns of the first."""
    random = numpy.random.default_rng(seed)
    tessera("simulate", "mose2", "--size", SIDE + 2 * MARGIN, "--counts", 4000, "--seed", seed, "-o", folder / "clean.tif")
    clean = tifffile.imread(folder / "clean.tif").astype(float)
    clean /= clean.max()
    moved = numpy.array([(2.9 * k + random.normal(scale=0.4), -2.4 * k + random.normal(scale=0.4)) for k in range(len(DOSES))])
    frames = []
    for dose, blur, (dx, dy) in zip(DOSES, BLURS, moved):
        image = shift(clean, (dy, dx), order=3, mode="nearest")
        image = gaussian_filter(image, blur) if blur else image
        image = image[MARGIN:-MARGIN, MARGIN:-MARGIN]
        frames.append(random.poisson(dose * numpy.clip(image, 0, None)))
    if strangers:
        tessera("simulate", "srtio3", "--size", SIDE, "--counts", 20, "--seed", seed, "-o", folder / "other.tif")
        frames += [random.poisson(3, (SIDE, SIDE)), tifffile.imread(folder / "other.tif"), numpy.zeros((SIDE, SIDE))]
    tifffile.imwrite(folder / "series.tif", numpy.array(frames, numpy.float32), photometric="minisblack")
    return moved, places(folder / "clean.sites.csv")[0] - MARGIN


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--strangers", action="store_true")
    options = parser.parse_args()
    print("| seed | image | counts, blur | labels | missing | wrong | offset, px | rms, px | error of a place by itself, px |")
    print("| --- " * 9 + "|")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for seed in range(1, 1 + options.seeds):
            moved, truth = series(folder, seed, options.strangers)
            run = tessera("label", folder / "series.tif", "-o", folder / "labels")
            assert run.returncode == 0, run.stderr
            with open(folder / "labels/labels.csv", newline="") as file:
                rows = list(csv.DictReader(file))
            for k, row in enumerate(rows):
                what = f"{DOSES[k]}, {BLURS[k]} px" if k < len(DOSES) else "stranger"
                if row["labelled"] != "1":
                    print(f"| {seed} | {row['image']} | {what} | none: {row['reason']} | | | | | |", flush=True)
                    continue
                if k >= len(DOSES):
                    print(f"| {seed} | {row['image']} | {what} | {row['columns']} WRONG | | | | | |", flush=True)
                    continue
                origin = numpy.array([float(row["x"]), float(row["y"])])
                labels = places(folder / f"labels/{row['image']}.columns.csv")[0] + origin
                real = truth + moved[k]
                size = numpy.array([float(row["width"]), float(row["height"])])
                inner = real[((real > origin + 1) & (real < origin + size - 2)).all(1)]
                near, index = cKDTree(real).query(labels)
                hit = near < 4
                offsets = labels[hit] - real[index[hit]]
                offset = offsets.mean(0)
                missing = numpy.count_nonzero(cKDTree(labels).query(inner)[0] > 4)
                print(f"| {seed} | {row['image']} | {what} | {len(labels)} | {missing} | {numpy.count_nonzero(~hit)} | "
                      f"{numpy.hypot(*offset):.2f} | {numpy.sqrt(((offsets - offset) ** 2).sum(1).mean() / 2):.3f} | {float(row['position_error']):.3f} |",
                      flush=True)


if __name__ == "__main__":
    main()
