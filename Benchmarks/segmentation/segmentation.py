"""Segmentation of simulated images with known regions: right pixels, boundaries, number of patterns, noise, time.

`specimens` prints a table over seeds. `noise` lowers the detected counts until the share of right pixels falls below .9, for
Tessera and for pystem (the public program of [S21]), which is told the number of patterns and gets the patch and window that
Tessera chose. `speed` times the descriptors of both on one image, with the same patch, window, stride and threads.
`reliability` compares the probabilities stated with the share of right pixels. `numbers` puts one to five phases together, drawn
from seven, and counts how often their number is found. `areas` compares the share of a region with its stated error. `frames` times
stacks that are divided into the patterns of their first frame, and measures their memory.
Usage: segmentation.py specimens|reliability|noise|speed|numbers|areas|frames [--seeds 10]
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

import numpy
import tifffile
from scipy.ndimage import distance_transform_edt
from scipy.optimize import linear_sum_assignment

PROGRAM = pathlib.Path(os.environ.get("TESSERA", pathlib.Path(__file__).resolve().parents[2] / ".build/release/tessera"))
SPECIMENS = {"two-lattices": 2, "grains": 2, "amorphous-crystal": 2, "three-phases": 3, "hexagonal": 1, "twin": 2,
             "stacking-fault": 2}
# Three lattice constants, and half of one, in pixels.
AWAY, NEAR = 72, 12


def tessera(*words):
    subprocess.run([str(PROGRAM), *map(str, words), "--force"], check=True, capture_output=True, text=True)


def boundary(labels):
    edge = numpy.zeros(labels.shape, bool)
    edge[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edge[1:] |= labels[1:] != labels[:-1]
    return edge


def renamed(found, truth):
    """The found labels renamed to the true ones that they overlap most, one to one."""
    names, kinds = numpy.unique(found), numpy.unique(truth)
    overlap = [[numpy.count_nonzero((found == a) & (truth == b)) for b in kinds] for a in names]
    result = numpy.zeros_like(truth)
    for a, b in zip(*linear_sum_assignment(-numpy.array(overlap))):
        result[found == names[a]] = kinds[b]
    return result


def accuracy(found, truth):
    inside = distance_transform_edt(~boundary(truth)) > AWAY
    return (renamed(found, truth) == truth)[inside].mean()


def specimens(folder, seeds):
    print("| specimen | number right | right pixels, least | boundary near, least | mean distance, px |")
    print("| --- | --- | --- | --- | --- |")
    for name, kinds in SPECIMENS.items():
        right, inner, near, mean = 0, [], [], []
        for seed in range(31, 31 + seeds):
            tessera("simulate", name, "-o", folder / "s.tif", "--seed", seed)
            tessera("segment", folder / "s.tif", "-o", folder / "s")
            found = tifffile.imread(folder / "s/segmentation.tif")
            right += found.max() == kinds
            if kinds == 1:
                continue
            truth = tifffile.imread(folder / "s.labels.tif")
            if name == "stacking-fault":
                # A narrow pattern around the plane: how far its middle is from the plane, seen from the plane.
                band = distance_transform_edt(found == 2) - distance_transform_edt(found != 2)
                inner.append((band[boundary(truth)] > 0).mean())
                continue
            distance = distance_transform_edt(~boundary(found))[boundary(truth)]
            inner.append(accuracy(found, truth))
            near.append((distance <= NEAR).mean())
            mean.append(distance.mean())
        cells = [f"{min(inner):.4f}" if inner else "", f"{min(near):.3f}" if near else "",
                 f"{numpy.mean(mean):.1f}" if mean else ""]
        print(f"| {name} | {right} of {seeds} | " + " | ".join(cells) + " |", flush=True)


def reliability(folder, seeds):
    print("| specimen | counts | within a lattice constant: stated, right | beyond three: stated, right |")
    print("| --- | --- | --- | --- |")
    for name, counts in (("two-lattices", 10000), ("two-lattices", 0.25), ("two-lattices", 0.1), ("grains", 3),
                         ("three-phases", 10000), ("three-phases", 5), ("amorphous-crystal", 3)):
        near, far = [], []
        for seed in range(51, 51 + seeds):
            tessera("simulate", name, "-o", folder / "r.tif", "--size", 640, "--seed", seed, "--counts", counts)
            tessera("segment", folder / "r.tif", "-o", folder / "r", "--probabilities", "--patterns", SPECIMENS[name],
                    *(["--patch-size", 63] if counts < 1 else []))
            truth = tifffile.imread(folder / "r.labels.tif")
            maps = tifffile.imread(folder / "r/probabilities.tif")
            right = renamed(maps.argmax(0) + 1, truth) == truth
            distance = distance_transform_edt(~boundary(truth))
            for where, list_ in ((distance <= 24, near), (distance > AWAY, far)):
                list_.append((maps.max(0)[where].mean(), right[where].mean()))
        cells = [", ".join(f"{x:.3f}" for x in numpy.mean(rows, axis=0)) for rows in (near, far)]
        print(f"| {name} | {counts} | {cells[0]} | {cells[1]} |", flush=True)


def peer(image, patterns, half, window, stride=5):
    from pystem.stemsegmentation import segmentationSTEM
    model = segmentationSTEM(n_patterns=patterns, stride=stride, patch_x=half, patch_y=half, window_x=window,
                             window_y=window, random_state=1)
    with open(os.devnull, "w"):
        return numpy.asarray(model.perform_clustering(image)).astype(int) + 1


def noise(folder, seeds):
    print("| specimen | counts | Tessera, number found | Tessera, number given | pystem, number given |")
    print("| --- | --- | --- | --- | --- |")
    for name in ("two-lattices", "grains", "amorphous-crystal"):
        for counts in (4, 2, 1, 0.5, 0.25, 0.12, 0.06, 0.03, 0.015):
            rows = []
            for seed in range(1, 1 + seeds):
                tessera("simulate", name, "-o", folder / "n.tif", "--seed", seed, "--counts", counts)
                truth = tifffile.imread(folder / "n.labels.tif")
                found = []
                for words in ((), ("--patterns", 2)):
                    # At such noise the ring of the power spectrum may be lost: the patch is given to both.
                    tessera("segment", folder / "n.tif", "-o", folder / "n", "--patch-size", 63, "--window", 31, *words)
                    found.append(accuracy(tifffile.imread(folder / "n/segmentation.tif"), truth))
                image = tifffile.imread(folder / "n.tif").astype(float)
                try:
                    found.append(accuracy(peer(image, 2, 31, 31), truth))
                except ValueError:
                    # Patches without a single count have no correlation there.
                    found.append(numpy.nan)
                rows.append(found)
            print(f"| {name} | {counts} | " + " | ".join(f"{x:.3f}" for x in numpy.mean(rows, axis=0)) + " |", flush=True)


def speed(folder, seeds):
    tessera("simulate", "two-lattices", "-o", folder / "t.tif")
    image = tifffile.imread(folder / "t.tif").astype(float)
    from pystem.stemdescriptor import get_descriptor
    print("| half-sizes of patch and window | pystem, direct, s | Tessera, stage of descriptors, s | ratio |")
    print("| --- | --- | --- | --- |")
    for half, window in ((10, 20), (20, 20), (40, 20)):
        theirs, ours = [], []
        for _ in range(seeds):
            start = time.perf_counter()
            get_descriptor(image, half, half, window, window, 100, step=5)
            theirs.append(time.perf_counter() - start)
            tessera("segment", folder / "t.tif", "-o", folder / "t", "--patch-size", 2 * half + 1, "--window", window,
                    "--stride", 5)
            ours.append(json.loads((folder / "t/summary.json").read_text())["timings"]["descriptors"])
        a, b = numpy.median(theirs), numpy.median(ours)
        print(f"| {half}, {window} | {a:.2f} | {b:.3f} | {a / b:.0f} |", flush=True)


# Phases of `numbers`: lattices, orientations, motifs, and no lattice.
PHASES = [("square",), ("square", "--angle", 20), ("hexagonal",), ("hexagonal", "--angle", 17), ("plane-group", "--group", "p2"),
          ("mose2", "--angle", 8), ("amorphous",)]


def mosaic(folder, kinds, seed, size=1024):
    """An image whose parts, nearest to one of `kinds` places, are different phases; and the share of the smallest part."""
    random = numpy.random.default_rng(1000 * kinds + seed)
    y, x = numpy.mgrid[:size, :size]
    while True:
        places = random.uniform(0.1, 0.9, (kinds, 2)) * size
        parts = numpy.argmin([(x - u) ** 2 + (y - v) ** 2 for u, v in places], axis=0)
        least = min((parts == k).mean() for k in range(kinds))
        if least > 0.5 / kinds:
            break
    image = numpy.zeros((size, size), numpy.float32)
    for k, phase in enumerate(random.permutation(len(PHASES))[:kinds]):
        tessera("simulate", *PHASES[phase], "-o", folder / "p.tif", "--size", size, "--seed", 100 * seed + k)
        image[parts == k] = tifffile.imread(folder / "p.tif")[parts == k]
    return image, least


def numbers(folder, seeds):
    print("| phases | number found, of each image | right |")
    print("| --- | --- | --- |")
    for kinds in range(1, 6):
        found = []
        for seed in range(1, 1 + seeds):
            tifffile.imwrite(folder / "m.tif", mosaic(folder, kinds, seed)[0])
            tessera("segment", folder / "m.tif", "-o", folder / "m", "--no-report")
            found.append(len(json.loads((folder / "m/summary.json").read_text())["patterns"]))
        print(f"| {kinds} | {', '.join(map(str, found))} | {sum(n == kinds for n in found)} of {seeds} |", flush=True)


# A phase and what lies in it.
PAIRS = [(("square",), ("hexagonal",)), (("hexagonal",), ("hexagonal", "--angle", 17)), (("amorphous",), ("hexagonal",)),
         (("hexagonal",), ("amorphous",)), (("plane-group", "--group", "p2"), ("square",))]


def areas(folder, seeds, size=640):
    y, x = numpy.mgrid[:size, :size] - size / 2
    print("| region | shares stated | mean offset of its boundary, spacings | within one error | within two |")
    print("| --- | --- | --- | --- | --- |")
    for radius in (80, 110, 200, None):
        offsets, pulls = [], []
        for outer, inner in PAIRS:
            for seed in range(1, 1 + seeds):
                parts = []
                for k, phase in enumerate((outer, inner)):
                    tessera("simulate", *phase, "-o", folder / "p.tif", "--size", size, "--seed", seed + 10 * k, "--counts", 100)
                    parts.append(tifffile.imread(folder / "p.tif"))
                angle = numpy.arctan2(y, x)
                if radius:
                    inside = numpy.hypot(x, y) < radius * (1 + 0.08 * numpy.cos(3 * angle + seed))
                else:
                    inside = x * numpy.cos(seed) + y * numpy.sin(seed) > 37
                tifffile.imwrite(folder / "a.tif", numpy.where(inside, parts[1], parts[0]).astype(numpy.float32))
                tessera("segment", folder / "a.tif", "-o", folder / "a", "--no-report")
                summary = json.loads((folder / "a/summary.json").read_text())
                if len(summary["patterns"]) != 2:
                    continue
                labels = tifffile.imread(folder / "a/segmentation.tif")
                label = numpy.bincount(labels[inside]).argmax()
                difference = summary["patterns"][label - 1]["fraction"] - inside.mean()
                length = summary["boundary_length_px"] * summary["scales"]["spacing"] / size ** 2
                offsets.append(difference / length)
                pulls.append(abs(difference) / summary["patterns"][label - 1]["fraction_error"])
        name = f"radius {radius} px" if radius else "half the image"
        pulls = numpy.array(pulls)
        print(f"| {name} | {len(pulls)} of {len(PAIRS) * seeds} | {numpy.mean(offsets):.2f} | {(pulls < 1).mean():.2f} | "
              f"{(pulls < 2).mean():.2f} |", flush=True)


def measured(*words):
    """Seconds, seconds of processor time and MiB of a run."""
    start = time.perf_counter()
    run = subprocess.Popen([str(PROGRAM), *map(str, words), "--force"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(run.pid, 0)
    assert status == 0
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def frames(folder, seeds):
    print("| frames | threads | frames per second | processor time each, s | memory, MiB |")
    print("| --- | --- | --- | --- | --- |")
    tessera("simulate", "three-phases", "--size", 512, "--frames", 10 * seeds, "--counts", 30, "--seed", 4, "--drift", "30,10", "-o",
            folder / "f.tif")
    tessera("segment", folder / "f.tif", "--frame", 0, "--stride", 1, "--no-report", "-o", folder / "first")
    for count in (20, 10 * seeds):
        for threads in (1, 2):
            wall, processor, memory = measured(
                "segment", folder / "f.tif", "--frames", f"0..{count - 1}", "--each", "--model", folder / "first", "--no-report",
                "--threads", threads, "-o", folder / "all")
            print(f"| {count} | {threads} | {count / wall:.1f} | {processor / count:.2f} | {memory:.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["specimens", "reliability", "noise", "speed", "numbers", "areas", "frames"])
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        globals()[options.what](pathlib.Path(name), options.seeds)


if __name__ == "__main__":
    main()
