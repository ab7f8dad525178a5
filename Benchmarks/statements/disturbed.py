"""Motifs, partly filled and vacant nodes of simulated specimens before and after what an image may suffer that changes no atom.

Lines: each scan line has a brightness of its own (normal, as a share of a column's height). Corner: a masked quarter. Turned: by 17 degrees, with
nothing where the image does not reach. Shade: brightness that rises by a factor of 5 across the field. Frame: zero in a border of 20 to 40 pixels, or of
6. Aperture: zero outside a circle. Dead: every 37th line, three columns of pixels, or five lines or twelve columns of pixels together are zero. Blocks:
the middle, magnified by 3 without interpolation. Usage: disturbed.py [--tessera PATH] [--seeds N] [--only frame,aperture,...]
"""
import argparse
import itertools
import json
import os
import pathlib
import subprocess
import tempfile

import numpy
import tifffile
from scipy import ndimage

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / ".build/release/tessera"


def disturbed(image):
    height = numpy.quantile(image, 0.99) - numpy.quantile(image, 0.05)
    random = numpy.random.default_rng(7)
    yield "as simulated", image
    for share in (0.02, 0.05, 0.1, 0.2):
        yield f"lines, {100 * share:.0f} %", image + random.normal(size=(len(image), 1)) * height * share
    masked = image.copy()
    masked[:200, :200] = 0
    yield "corner", masked
    yield "turned", ndimage.rotate(image, 17, reshape=False, order=1)
    yield "shade", image * numpy.linspace(0.3, 1.5, image.shape[1])
    framed = numpy.zeros_like(image)
    framed[40:-20, 25:] = image[40:-20, 25:]
    yield "frame", framed
    thin = numpy.zeros_like(image)
    thin[6:-6, 6:-6] = image[6:-6, 6:-6]
    yield "thin frame", thin
    y, x = numpy.indices(image.shape)
    yield "aperture", numpy.where(numpy.hypot(x - 255.5, y - 255.5) < 235, image, 0)
    bands = {
        "dead lines": numpy.s_[37::37], "dead columns": numpy.s_[:, [100, 101, 300]], "dead band": numpy.s_[300:305],
        "wide band": numpy.s_[:, 200:212]}
    for what, lines in bands.items():
        dead = image.copy()
        dead[lines] = 0
        yield what, dead
    yield "blocks", image[128:384, 128:384].repeat(3, 0).repeat(3, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=os.environ.get("TESSERA", PROGRAM))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", type=lambda text: text.split(","))
    options = parser.parse_args()
    program = options.tessera
    print("| specimen | image | columns | motifs | partly filled | vacant |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for specimen, seed in itertools.product(("hexagonal", "srtio3", "mose2"), range(1, options.seeds + 1)):
            subprocess.run(
                [program, "simulate", specimen, "--size", "512", "--seed", str(seed), "-o", folder / "s.tif", "--force"],
                check=True, capture_output=True)
            for what, image in disturbed(tifffile.imread(folder / "s.tif").astype("f4")):
                if options.only and what not in options.only:
                    continue
                numpy.save(folder / "d.npy", image.astype("f4"))
                run = subprocess.run(
                    [program, "motifs", folder / "d.npy", "-o", folder / "r", "--force", "--json"], capture_output=True, text=True)
                if run.returncode:
                    print(f"| {specimen} | {what} | exit status {run.returncode} | | | |", flush=True)
                    continue
                summary = json.loads((folder / "r/summary.json").read_text())
                counts = summary["counts"]
                motifs = "continuum" if summary["structure"] == "continuous" else len(summary["classes"])
                print(
                    f"| {specimen} | {what} | {counts['columns']} | {motifs} | {counts.get('partial', 0)} | {counts.get('vacant', 0)} |",
                    flush=True)


if __name__ == "__main__":
    main()
