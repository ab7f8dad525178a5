"""Two-dimensional Gaussians at every column: Tessera beside Atomap, same image, same starting places, same run.

The image is a hexagonal lattice of columns (spacing 16 pixels, standard deviation 3.5, on a tenth of their height as background)
with Poisson noise of a given number of counts a column. Both start from the true places off by up to a pixel. Atomap first
refines by the centre of mass and then by a Gaussian of its own, as its manual does; only the Gaussian is timed. Tessera is timed
twice: the refinement alone (`benchmarks columns`: noise, width, background, fit of all columns with their errors), and the whole
command `tessera sites --positions`, with start, reading and writing. Usage:
columns.py [--size 512] [--counts 1000] [--large 2048] [--repeats 3]
"""
import argparse
import csv
import pathlib
import subprocess
import tempfile
import time
import warnings

import common
import numpy

TESSERA = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "tessera"
SPACING, WIDTH = 16.0, 3.5


def lattice(size, counts, random):
    rows = numpy.arange(1, int(size / (SPACING * 0.866)))
    places = numpy.array([
        (x + (row % 2) * SPACING / 2, row * SPACING * 0.866)
        for row in rows for x in numpy.arange(SPACING, size - SPACING, SPACING)])
    places = places[(places > 10).all(1) & (places < size - 10).all(1)]
    height = counts / (2 * numpy.pi * WIDTH**2)
    image = numpy.full((size, size), 0.1 * height)
    for x, y in places:
        xs = numpy.arange(max(0, int(x) - 22), min(size, int(x) + 23))
        ys = numpy.arange(max(0, int(y) - 22), min(size, int(y) + 23))
        image[ys[0]:ys[-1] + 1, xs[0]:xs[-1] + 1] += height * numpy.outer(
            numpy.exp(-((ys - y) ** 2) / (2 * WIDTH**2)), numpy.exp(-((xs - x) ** 2) / (2 * WIDTH**2)))
    return places, random.poisson(image).astype(numpy.float32)


def tessera(image, seeds, folder):
    numpy.save(folder / "image.npy", image)
    numpy.savetxt(folder / "seeds.csv", seeds, delimiter=",", header="x,y", comments="", fmt="%.4f")
    start = time.perf_counter()
    subprocess.run(
        [TESSERA, "sites", folder / "image.npy", "--positions", folder / "seeds.csv", "--shape", "elliptical", "--threads",
         common.THREADS, "--contrast", "bright", "-o", folder / "out.csv", "--force"], check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    with open(folder / "out.csv") as file:
        return numpy.array([(float(row["x"]), float(row["y"])) for row in csv.DictReader(file)]), seconds


def refinement(image, seeds, folder, repeats):
    """The refinement alone, the fastest of some runs in one process."""
    names = [folder / name for name in ("image.table", "seeds.table", "out.table")]
    for name, values in zip(names, (image, seeds)):
        with open(name, "wb") as file:
            numpy.array(values.shape, "<i8").tofile(file)
            values.astype("<f4").tofile(file)
    times = common.tessera(
        "columns", *names[:2], "--shape", "elliptical", "--threads", common.THREADS, "--repeats", repeats, "--output", names[2])
    return common.table(names[2], "<f8"), times["fit"]


def atomap(image, seeds):
    # Its modules import one another in a circle, which the interface opens at the right place.
    import atomap.api  # noqa: F401
    from atomap.sublattice import Sublattice

    sublattice = Sublattice(seeds.tolist(), image=image)
    sublattice.find_nearest_neighbors()
    common.quietly(lambda: sublattice.refine_atom_positions_using_center_of_mass(show_progressbar=False))
    _, seconds = common.quietly(lambda: sublattice.refine_atom_positions_using_2d_gaussian(show_progressbar=False))
    return numpy.array(sublattice.atom_positions), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--large", type=int, default=2048)
    parser.add_argument("--counts", type=float, default=1000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    random = numpy.random.default_rng(1)

    def error(found, places):
        inner = (places > 30).all(1) & (places < places.max(0) - 20).all(1)
        return numpy.sqrt(((found - places)[inner] ** 2).mean())

    print("| program | columns | ms a column | RMS error an axis / px |\n| --- | --- | --- | --- |")
    times = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for size in (options.size, options.large):
            places, image = lattice(size, options.counts, random)
            seeds = places + random.uniform(-1, 1, places.shape)
            for program, work in (
                ("Tessera", lambda: refinement(image, seeds, folder, options.repeats)),
                ("Tessera, whole command", lambda: tessera(image, seeds, folder)),
            ):
                found, seconds = work()
                times[program, size] = seconds / len(places)
                print(f"| {program} | {len(places)} | {1e3 * seconds / len(places):.4f} | {error(found, places):.4f} |", flush=True)
            if size == options.size and common.available("atomap"):
                found, seconds = atomap(image, seeds)
                times["Atomap", size] = seconds / len(places)
                print(f"| Atomap | {len(places)} | {1e3 * seconds / len(places):.3f} | {error(found, places):.4f} |", flush=True)
    if ("Atomap", options.size) in times:
        peer = times["Atomap", options.size]
        for program in ("Tessera", "Tessera, whole command"):
            print(f"{program}: ratio {peer / times[program, options.size]:.0f} on the same image, "
                  f"{peer / times[program, options.large]:.0f} a column on the larger one")


if __name__ == "__main__":
    main()
