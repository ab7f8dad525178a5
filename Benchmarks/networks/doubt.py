"""What the probabilities of the network are worth, and what it says of images without atoms.

`reliability` simulates crystals and single atoms over doses and spacings with `tessera simulate`, whose code draws none of the training
images, asks `tessera sites --method network`, and sorts the columns by their probability: in each bin, the share that is right. `nothing`
makes images without a single atom. Light elements may be seen or not and count neither way.
Usage: doubt.py reliability [--seeds 2] [--diagram FILE.svg] | nothing
"""
import argparse
import csv
import pathlib
import tempfile

import numpy
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
    """The reliability diagram: share that is right over probability, the area of a dot as its number of columns."""
    def place(x, y):
        return 60 + 300 * x, 330 - 300 * y
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" width="380" height="380" font-family="sans-serif" font-size="12">',
             '<rect width="380" height="380" fill="white"/>',
             '<path d="M60 330H360M60 330V30" stroke="black" fill="none"/><path d="M60 330L360 30" stroke="#999" stroke-dasharray="4 3"/>']
    for k in range(0, 11, 2):
        (x, _), (_, y) = place(k / 10, 0), place(0, k / 10)
        lines.append(f'<text x="{x}" y="346" text-anchor="middle">{k / 10}</text><text x="52" y="{y + 4}" text-anchor="end">{k / 10}</text>')
    lines.append('<text x="210" y="368" text-anchor="middle">probability</text>'
                 '<text transform="translate(18 180) rotate(-90)" text-anchor="middle">share that is right</text>')
    most = max(n for *_, n in points)
    for x, y, n in points:
        (cx, cy) = place(x, y)
        lines.append(f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="{3 + 9 * (n / most) ** 0.5:.1f}" fill="#0072B2" fill-opacity="0.7"/>')
    pathlib.Path(path).write_text("\n".join(lines + ["</svg>\n"]))


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
    parser.add_argument("--diagram", help="SVG file of the reliability diagram")
    parser.add_argument("--model", help="another model file than the one of the program")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if arguments.task == "reliability":
            reliability(pathlib.Path(name), arguments.seeds, arguments.diagram, arguments.model)
        else:
            nothing(pathlib.Path(name), arguments.seeds, arguments.model)
