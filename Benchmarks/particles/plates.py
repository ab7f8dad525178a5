"""Areas of particles of even contrast with sharp edges, as plates have, against known truth.

Simulates ellipses on a textured film (1,024 x 1,024 pixels, 200 counts per pixel, texture of 5 %): contrast of 10 to 35 %, dark or bright, with or
without lattice fringes, edges blurred by 1 pixel (by 4 in `soft`), at several pixel sizes; runs `tessera particles` and prints for each kind the mean and the
root mean square of (area - truth) / truth, and the share of particles whose area is within once and twice the stated error.

Usage: plates.py [--tessera PATH] [--seeds N]
"""
import argparse
import csv
import pathlib
import subprocess
import tempfile

import numpy
import tifffile
from scipy.ndimage import gaussian_filter

SIDE = 1024
KINDS = ("even", "fringes", "bright", "soft")
PIXELS = (0.03, 0.06, 0.12)


def plates(kind, pixel, random):
    """An image, and a map of the true particles."""
    y, x = numpy.mgrid[:SIDE, :SIDE]
    film = gaussian_filter(random.standard_normal((SIDE, SIDE)), random.uniform(1.5, 3))
    image, truth, placed = 200 * (1 + 0.05 * film / film.std()), numpy.zeros((SIDE, SIDE), int), []
    for _ in range(400):
        a = random.uniform(35, 90)
        b, centre = a * random.uniform(0.6, 1), random.uniform(110, SIDE - 110, 2)
        if any(numpy.hypot(*(centre - other)) < a + reach + 25 for other, reach in placed):
            continue
        placed.append((centre, a))
        turn = random.uniform(0, numpy.pi)
        u = (x - centre[0]) * numpy.cos(turn) + (y - centre[1]) * numpy.sin(turn)
        v = (y - centre[1]) * numpy.cos(turn) - (x - centre[0]) * numpy.sin(turn)
        inside = (u / a) ** 2 + (v / b) ** 2 <= 1
        truth[inside] = len(placed)
        contrast = random.uniform(0.1, 0.35) * (1 if kind == "bright" else -1)
        for _ in range(random.integers(1, 4) if kind in ("fringes", "soft") else 0):
            angle, spacing = random.uniform(0, numpy.pi), random.uniform(0.2, 0.24) / pixel
            wave = numpy.cos(2 * numpy.pi * (x * numpy.cos(angle) + y * numpy.sin(angle)) / spacing)
            contrast = contrast + random.uniform(0.05, 0.15) * wave
        image *= 1 + contrast * gaussian_filter(inside.astype(float), 4 if kind == "soft" else 1)
        if len(placed) == 14:
            break
    return random.poisson(numpy.clip(image, 0, None)).astype(numpy.float32), truth


def measured(tessera, image, truth, pixel, folder):
    """For each particle that covers a true one by half: (area - truth) / truth, and that difference over the stated error."""
    path, result = folder / "plates.tif", folder / "result"
    tifffile.imwrite(path, image, imagej=True, resolution=(1 / pixel, 1 / pixel), metadata={"unit": "nm"})
    command = [tessera, "particles", path, "-o", result, "--force"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        raise SystemExit(run.stderr)
    labels = tifffile.imread(result / "instances.tif")
    with open(result / "particles.csv", newline="") as table:
        for row in csv.DictReader(table):
            found = labels == int(row["id"])
            counts = numpy.bincount(truth[found], minlength=2)
            counts[0] = 0
            true = truth == counts.argmax()
            if 2 * (found & true).sum() > (found | true).sum():
                difference = float(found.sum()) - true.sum()
                yield difference / true.sum(), difference / float(row["area_error_px"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "tessera"
    parser.add_argument("--tessera", default=str(default))
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    print("kind      pixel   particles   mean     rms   within 1   within 2 errors")
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            for pixel in PIXELS:
                rows = []
                for seed in range(options.seeds):
                    image, truth = plates(kind, pixel, numpy.random.default_rng(seed))
                    rows += measured(options.tessera, image, truth, pixel, pathlib.Path(folder))
                area, pull = numpy.array(rows).T
                print(
                    f"{kind:9} {pixel:5.2f} {len(rows):8} {area.mean():+11.3f} {numpy.sqrt((area**2).mean()):7.3f}"
                    f" {(abs(pull) < 1).mean():8.2f} {(abs(pull) < 2).mean():10.2f}", flush=True)


if __name__ == "__main__":
    main()
