"""The comparisons of [A23] on simulated images: detectors on one map, programs at two magnifications, strain by two methods.

`detectors` (Table 3 there): columns from the network's own map by the published blocks and suppression of neighbours, by the Laplacian of
Gaussian, the difference of Gaussians and the determinant of the Hessian (scikit-image), and by `sites`, which fits them in the image.
`magnifications` (Table 2, Fig. 7): fields of 9 and 36 nm by programs without options, and by those that need a distance (Atomap, Laplacian of
Gaussian on the image), given that of the first field or that of each.
`strain` (Fig. 11): strain of one image from the columns of the network and by geometric phases, five maps and a histogram.
Scores are means over the images; matches lie within half the spacing of the truth; CD is the Chamfer distance, a sum of both ways.
Usage: comparisons.py detectors | magnifications | strain [--seeds 2] [--figure FILE]
"""
import argparse
import json
import pathlib
import tempfile
import time

import numpy
import tifffile
from scipy.spatial import cKDTree
from skimage.feature import blob_dog, blob_doh, blob_log

from networks import LIGHT, places, score, tessera

SPECIMENS = [("mos2", 8.99), ("mos2", 18.0), ("mos2", 36.0), ("srtio3", 10.0), ("fcc110", 10.0), ("hexagonal", 12.0)]


def chamfer(found, truth):
    if len(found) == 0:
        return numpy.nan
    return cKDTree(truth).query(found)[0].mean() + cKDTree(found).query(truth)[0].mean()


def simulated(folder, specimen, size, counts, seed):
    """Path of an image of 1,024 pixels of a field of `size` nm, its columns, and which of them are light."""
    pixel = size / 1024
    tessera("simulate", specimen, "--size", 1024, "--pixel-size", f"{pixel:.6f}nm", "--probe", max(1.2, 0.0548 / pixel), "--counts", counts,
            "--seed", seed, "-o", folder / "s.tif")
    truth, elements = places(folder / "s.sites.csv")
    light = numpy.array([e in LIGHT for e in elements])
    inside = ((truth > -0.5) & (truth < 1023.5)).all(1)
    return folder / "s.tif", truth[inside], (light & ~light.all())[inside]


def scored(found, truth, optional, seconds):
    precision, recall, f1, _ = score(found, truth, optional)
    # What lies nearest to a light column counts neither way, as in the scores.
    asked = found[~optional[cKDTree(truth).query(found)[1]]] if len(found) else found
    jaccard = f1 / (2 - f1) if f1 else 0.0
    return precision, recall, f1, jaccard, chamfer(asked, truth[~optional]), 1000 * seconds


def suppressed(image, spacing, block=8, bound=0.1, overlap=0.3):
    """The published detector: one maximum per block, a threshold, and boxes whose side is the spacing."""
    height, width = (n // block * block for n in image.shape)
    blocks = image[:height, :width].reshape(height // block, block, width // block, block).transpose(0, 2, 1, 3)
    index = blocks.reshape(*blocks.shape[:2], -1).argmax(-1)
    y = numpy.arange(height // block)[:, None] * block + index // block
    x = numpy.arange(width // block)[None, :] * block + index % block
    value = image[y, x]
    keep = value > bound
    points, values = numpy.stack([x[keep], y[keep]], 1).astype(float), value[keep]
    order = numpy.argsort(-values)
    points = points[order]
    alive = numpy.ones(len(points), bool)
    tree = cKDTree(points)
    for number, point in enumerate(points):
        if not alive[number]:
            continue
        for other in tree.query_ball_point(point, spacing, p=numpy.inf):
            if other <= number or not alive[other]:
                continue
            shared = numpy.prod(numpy.maximum(0, spacing - abs(points[other] - point)))
            if shared / (2 * spacing ** 2 - shared) > overlap:
                alive[other] = False
    return points[alive]


def blobs(detector, image, spacing, **more):
    """Blobs of about the width of the map's spots, a quarter of the spacing."""
    sigma = spacing / 4
    found = detector(image, min_sigma=0.5 * sigma, max_sigma=1.5 * sigma, **more)
    return found[:, 1::-1]


def detectors(folder, seeds, figure):
    ways = {
        "blocks of 8, then suppression of neighbours (lower bound 0.1)": lambda m, s: suppressed(m, s),
        "the same, lower bound 0.3": lambda m, s: suppressed(m, s, bound=0.3),
        "Laplacian of Gaussian": lambda m, s: blobs(blob_log, m, s, num_sigma=5, threshold=0.1),
        "difference of Gaussians": lambda m, s: blobs(blob_dog, m, s, threshold=0.05),
        "determinant of Hessian": lambda m, s: blobs(blob_doh, m, s, num_sigma=5, threshold=0.005),
    }
    rows = {name: [] for name in [*ways, "`sites --method network`"]}
    for specimen, size in SPECIMENS:
        for counts in (4, 40):
            for seed in range(1, 1 + seeds):
                image, truth, optional = simulated(folder, specimen, size, counts, seed)
                start = time.perf_counter()
                run = tessera("sites", image, "--method", "network", "--map", folder / "map.tif", "-o", folder / "f.csv", "--json")
                seconds = time.perf_counter() - start
                if run.returncode:
                    print(f"{specimen}, {size} nm, {counts} counts: {run.stderr.strip()}")
                    continue
                spacing = json.loads(run.stdout)["predicted_spacing_px"]
                rows["`sites --method network`"].append(scored(places(folder / "f.csv")[0], truth, optional, seconds))
                values = tifffile.imread(folder / "map.tif").astype(float)
                for name, way in ways.items():
                    start = time.perf_counter()
                    found = way(values, spacing)
                    rows[name].append(scored(found, truth, optional, time.perf_counter() - start))
    print("| detector | images | precision | recall | F1 | Jaccard | CD, px | ms |\n| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, results in rows.items():
        mean, spread = numpy.nanmean(results, axis=0), numpy.nanstd(results, axis=0)
        print(f"| {name} | {len(results)} | {mean[0]:.3f} | {mean[1]:.3f} | {mean[2]:.3f} ± {spread[2]:.3f} | {mean[3]:.3f} | {mean[4]:.2f} | "
              f"{mean[5]:.0f} |")


def by_atomap(image, spacing):
    import atomap.api  # noqa: F401
    from atomap.atom_finding_refining import get_atom_positions
    from hyperspy.signals import Signal2D

    return numpy.array(get_atom_positions(Signal2D(image), separation=max(1, round(0.6 * spacing)), pca=True))


def by_laplacian(image, spacing):
    smooth = (image - image.min()) / (image.max() - image.min())
    return blob_log(smooth, min_sigma=spacing / 6, max_sigma=spacing / 3, num_sigma=4, threshold=0.05)[:, 1::-1]


def magnifications(folder, seeds, figure):
    rows, spacings = {}, {}
    for size in (8.99, 36.0):
        for seed in range(1, 1 + seeds):
            image, truth, optional = simulated(folder, "mos2", size, 40, seed)
            heavy = truth[~optional]
            spacings.setdefault(size, numpy.median(cKDTree(heavy).query(heavy, k=2)[0][:, 1]))
            values = tifffile.imread(image).astype(float)
            for name, method in (("`sites`", "auto"), ("`sites --method network`", "network")):
                start = time.perf_counter()
                tessera("sites", image, "--method", method, "-o", folder / "f.csv")
                seconds = time.perf_counter() - start
                rows.setdefault((name, "none", size), []).append(scored(places(folder / "f.csv")[0], truth, optional, seconds))
            for name, way in (("Atomap", by_atomap), ("Laplacian of Gaussian", by_laplacian)):
                for given, spacing in (("distance of 9 nm", spacings[8.99]), ("distance of each", spacings[size])):
                    start = time.perf_counter()
                    try:
                        found = way(values, spacing)
                    except ImportError:
                        continue
                    rows.setdefault((name, given, size), []).append(
                        scored(found, truth, optional, time.perf_counter() - start))
    print("| program | options | field, nm | precision | recall | F1 | CD, px | s |\n| --- | --- | --- | --- | --- | --- | --- | --- |")
    for (name, given, size), results in sorted(rows.items(), key=lambda r: (r[0][0], r[0][1], r[0][2])):
        if not any(r[0] for r in results):
            print(f"| {name} | {given} | {size} | finds nothing | | | | |")
            continue
        mean = numpy.nanmean(results, axis=0)
        print(f"| {name} | {given} | {size} | {mean[0]:.3f} | {mean[1]:.3f} | {mean[2]:.3f} | {mean[4]:.2f} | {mean[5] / 1000:.1f} |")


def strain(folder, seeds, figure):
    tessera("simulate", "strained", "--size", 1024, "--counts", 60, "--strain", 0.02, "--seed", 1, "-o", folder / "s.tif")
    run = tessera("sites", folder / "s.tif", "--method", "network", "-o", folder / "f.csv")
    assert run.returncode == 0, run.stderr
    maps = {}
    for name, words in (("columns of the network", ["--sites", folder / "f.csv"]), ("geometric phases", ["--method", "gpa"])):
        run = tessera("strain", folder / "s.tif", *words, "-o", folder / "strain")
        assert run.returncode == 0, run.stderr
        pages = tifffile.imread(folder / "strain/strain.tif")
        maps[name] = [*pages[:4], pages[0] + pages[1]]
    truth = tifffile.imread(folder / "s.strain.tif")
    known = [*truth[:4], truth[0] + truth[1]]
    titles = ["exx", "eyy", "exy", "rotation", "dilatation"]
    print("| plane | columns of the network: mean, deviation (%) | geometric phases | difference | columns - truth | phases - truth |")
    print("| --- " * 6 + "|")
    margin = numpy.s_[64:-64, 64:-64]
    for k, title in enumerate(titles):
        one, other, true = (100 * m[k][margin] for m in (maps["columns of the network"], maps["geometric phases"], known))
        # Both against references of their own: their mean is no strain.
        true = true - numpy.nanmean(true)
        cells = [one, other, one - other, one - numpy.nanmean(one) - true, other - numpy.nanmean(other) - true]
        print(f"| {title} | " + " | ".join(f"{numpy.nanmean(c):.3f}, {numpy.nanstd(c):.3f}" for c in cells) + " |")
    if figure:
        draw(maps, titles, figure)


def draw(maps, titles, figure):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot

    shape, axes = pyplot.subplots(3, 5, figsize=(11, 6.6), constrained_layout=True)
    for row, (name, planes) in enumerate(maps.items()):
        for k, plane in enumerate(planes):
            limit = 100 * numpy.nanquantile(abs(planes[k] - numpy.nanmean(planes[k])), 0.99)
            drawn = axes[row, k].imshow(100 * (plane - numpy.nanmean(plane))[::4, ::4], cmap="RdBu_r", vmin=-limit, vmax=limit)
            axes[row, k].set(xticks=[], yticks=[], title=titles[k] if row == 0 else "")
            if k == 0:
                axes[row, k].set_ylabel(name)
            shape.colorbar(drawn, ax=axes[row, k], shrink=0.8, label="%" if k == 4 else None)
    one, other = maps.values()
    for k, title in enumerate(titles):
        difference = 100 * (one[k] - other[k])[64:-64, 64:-64]
        difference = difference[numpy.isfinite(difference)] - numpy.nanmean(difference)
        limit = numpy.quantile(abs(difference), 0.995)
        axes[2, k].hist(difference, bins=60, range=(-limit, limit), color="0.4")
        axes[2, k].set(yticks=[], xlabel="difference, %")
    pyplot.savefig(figure, dpi=80)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["detectors", "magnifications", "strain"])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--figure", help="picture of `strain`")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        {"detectors": detectors, "magnifications": magnifications, "strain": strain}[arguments.task](
            pathlib.Path(name), arguments.seeds, arguments.figure)
