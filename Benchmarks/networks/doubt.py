"""What the probabilities of the network are worth, and what it says of images without atoms.

`reliability` simulates crystals and single atoms over doses and spacings with `tessera simulate`, whose code draws none of the training
images, asks `tessera sites --method network`, and sorts the columns by their probability: in each bin, the share that is right. `nothing`
makes images without a single atom. Light elements may be seen or not and count neither way.
Usage: doubt.py reliability [--seeds 2] [--diagram FILE.png] | nothing
"""
import argparse
import csv
import pathlib
import tempfile

import numpy
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from networks import LIGHT, places, tessera

SPECIMENS = (("mos2", 0.3160), ("srtio3", 0.276), ("graphene", 0.142), ("fcc110", 0.2497), ("single-atoms", None))


def columns(image, folder, model=None):
    """Positions and probabilities, and what was said on standard error."""
    run = tessera("sites", image, "--method", "network", "-o", folder / "f.csv", *(["--model", model] if model else []))
    if run.returncode:
        return numpy.empty((0, 2)), numpy.empty(0), run.stderr
    with open(folder / "f.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return (numpy.array([[float(r["x"]), float(r["y"])] for r in rows]).reshape(-1, 2),
            numpy.array([float(r["probability"]) for r in rows]), run.stderr)


def reliability(folder, seeds, diagram, model):
    probabilities, truths = [], []
    images = refused = 0
    for specimen, constant in SPECIMENS:
        for spacing in (8, 14, 24) if constant else (None,):
            for counts in (1, 2, 4, 10, 40):
                for seed in range(1, 1 + seeds):
                    words = [specimen, "--size", 384, "--counts", counts, "--seed", seed]
                    if constant:
                        words += ["--pixel-size", f"{constant / spacing:.6f}nm", "--probe", max(1.2, spacing / 6)]
                    made = tessera("simulate", *words, "-o", folder / "s.tif")
                    if made.returncode:
                        raise SystemExit(made.stderr)
                    truth, elements = places(folder / "s.sites.csv")
                    found, probability, said = columns(folder / "s.tif", folder, model)
                    images, refused = images + 1, refused + (len(found) == 0)
                    if not len(found):
                        continue
                    tree = cKDTree(truth)
                    near, index = tree.query(found)
                    back = cKDTree(found).query(truth)[1]
                    limit = 0.5 * numpy.mean(tree.query(truth, k=2)[0][:, 1])
                    right = (near <= limit) & (back[index] == numpy.arange(len(found)))
                    light = numpy.array([e in LIGHT for e in elements])
                    counted = ~(right & light[index]) if not light.all() else numpy.ones(len(found), bool)
                    probabilities.append(probability[counted])
                    truths.append(right[counted])
    p, t = numpy.concatenate(probabilities), numpy.concatenate(truths)
    bins = numpy.minimum((p * 10).astype(int), 9)
    print(f"{images} images, {refused} without a column, {len(p)} columns\n")
    print("| probability | columns | mean probability | share that is right |\n| --- | --- | --- | --- |")
    points, error = [], 0.0
    for b in range(10):
        here = bins == b
        if not here.any():
            continue
        points.append((p[here].mean(), t[here].mean(), here.sum()))
        error += here.mean() * abs(p[here].mean() - t[here].mean())
        print(f"| {b / 10:.1f} to {(b + 1) / 10:.1f} | {here.sum()} | {p[here].mean():.3f} | {t[here].mean():.3f} |")
    print(f"\nexpected calibration error {error:.3f}")
    if diagram:
        draw(points, diagram)


def draw(points, path):
    """The reliability diagram: share that is right over probability; the area of a dot grows with its number of columns."""
    scale = 2
    picture = Image.new("RGB", (400 * scale, 390 * scale), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(12 * scale)
    def place(x, y):
        return scale * (60 + 300 * x), scale * (330 - 300 * y)
    pen.line([place(0, 1), place(0, 0), place(1, 0)], "black", scale)
    pen.line([place(0, 0), place(1, 1)], "#999999", scale)
    for k in range(0, 11, 2):
        x, y = place(k / 10, 0)
        pen.text((x, y + 6 * scale), f"{k / 10}", "black", font, anchor="mt")
        x, y = place(0, k / 10)
        pen.text((x - 8 * scale, y), f"{k / 10}", "black", font, anchor="rm")
    pen.text((scale * 210, scale * 370), "probability of the network", "black", font, anchor="mm")
    pen.text((scale * 60, scale * 14), "share that is right", "black", font, anchor="mm")
    most = max(n for *_, n in points)
    for x, y, n in points:
        cx, cy = place(x, y)
        r = scale * (3 + 7 * (n / most) ** 0.5)
        pen.ellipse([cx - r, cy - r, cx + r, cy + r], fill="#0072B2")
    picture.save(path)


def empty(random, side=512):
    """Images without an atom, by name."""
    white = lambda: random.normal(size=(side, side))
    y, x = numpy.mgrid[:side, :side]
    k = numpy.hypot(*numpy.meshgrid(numpy.fft.fftfreq(side), numpy.fft.fftfreq(side)))
    k[0, 0] = 1
    yield "white noise", white()
    yield "counts, 5 a pixel", random.poisson(5, (side, side))
    for width in (1.5, 2, 3, 4, 6, 10):
        yield f"smooth noise, bumps of {width} px", gaussian_filter(white(), width) * width * 3.5 + 0.1 * white()
    for power in (1, 2):
        yield f"noise of spectrum 1/f^{2 * power}", numpy.fft.ifft2(numpy.fft.fft2(white()) / k ** power).real
    yield "stripes of 12 px with noise", numpy.sin(2 * numpy.pi * (x * 0.955 + y * 0.296) / 12) + 0.3 * white()
    yield "stripes of 12 px", numpy.sin(2 * numpy.pi * x / 12.0)
    yield "ramp with noise", x + white()
    yield "one wide hill with noise", 100 * numpy.exp(-((x - 256) ** 2 + (y - 256) ** 2) / 12800) + white()


def nothing(folder, seeds, model):
    print("| image | images | columns listed | refused | warned |\n| --- | --- | --- | --- | --- |")
    rows = {}
    for seed in range(1, 1 + seeds):
        for name, image in empty(numpy.random.default_rng(seed)):
            numpy.save(folder / "n.npy", image.astype(numpy.float32))
            found, _, said = columns(folder / "n.npy", folder, model)
            rows.setdefault(name, []).append((len(found), len(found) == 0, len(found) > 0 and "warning" in said))
    for name, results in rows.items():
        counts, refused, warned = zip(*results)
        print(f"| {name} | {len(results)} | {max(counts)} at most | {sum(refused)} | {sum(warned)} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["reliability", "nothing"])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--diagram", help="PNG file of the reliability diagram")
    parser.add_argument("--model", help="another model file than the one of the program")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if arguments.task == "reliability":
            reliability(pathlib.Path(name), arguments.seeds, arguments.diagram, arguments.model)
        else:
            nothing(pathlib.Path(name), arguments.seeds, arguments.model)
