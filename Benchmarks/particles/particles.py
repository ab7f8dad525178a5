"""Nanoparticles: masks, instances, classes and time.

`grid` simulates materials that the network has never seen over films and defoci and prints, for each cell, the pooled Dice of the network,
of Otsu's threshold and of the Fourier filter, the share of particles found at an intersection over union of one half, and the
share of classes that are right. `trained` does the same for Au and CdSe, which it has seen, in other arrangements. `areas` compares areas
and their errors with the truth. `real` scores the Pt on alumina masks of ../shared/data where it lies beside the repository. `speed` times
the network of the program on 1,024 x 1,024 pixels. `nothing` counts what is found in smooth noise and on films without particles, `crystals` what is
found in crystals that fill the image, with their scale and without. `masks` measures given masks: discs on noise, on films and beside particles, and
true masks, whose classes are compared with the planted ones. `divided` counts what is found where many particles touch.
Usage: particles.py grid|trained|areas|real|speed|nothing|crystals|masks|divided [--seeds 3]
"""
import argparse
import csv
import json
import os
import pathlib
import subprocess
import tempfile

import numpy
import tifffile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("TESSERA", ROOT / ".build/release/tessera"))
SHARED = ROOT.parent / "shared/data/particles"
MATERIALS, FILMS, DEFOCI = ("Ag", "CdS", "ZnO"), (2, 5, 10), (30, 50, 80)


def tessera(*words):
    run = subprocess.run([str(PROGRAM), *map(str, words)], check=True, capture_output=True, text=True)
    return run.stdout


def dice(pairs):
    both = sum(2 * numpy.count_nonzero(a & b) for a, b in pairs)
    return both / max(1, sum(numpy.count_nonzero(a) + numpy.count_nonzero(b) for a, b in pairs))


def classes(result, truth, instances):
    """(right, named) of the particles whose centroid lies on a planted one."""
    planted = {int(row["id"]): row["class"] for row in csv.DictReader(open(truth))}
    right = named = 0
    for row in csv.DictReader(open(result / "particles.csv")):
        label = instances[round(float(row["y"])), round(float(row["x"]))]
        if label in planted:
            named += 1
            right += planted[label] == row["class"]
    return right, named


def grid(folder, seeds):
    print("| material | film, nm | defocus, nm | Dice | Otsu | Fourier | found | false | classes right |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    everything = []
    for material in MATERIALS:
        for film in FILMS:
            for defocus in DEFOCI:
                pairs = {method: [] for method in ("network", "otsu", "fourier")}
                found = true = false = right = named = 0
                for seed in range(201, 201 + seeds):
                    image = folder / "p.tif"
                    tessera("simulate", "nanoparticles", "--material", material, "--film", film, "--defocus", defocus, "--diameter", "2..8",
                            "--seed", seed, "-o", image, "--force")
                    truth = tifffile.imread(folder / "p.mask.tif") > 0
                    for method in pairs:
                        tessera("particles", image, "--method", method, "-o", folder / method, "--force")
                        pairs[method].append((tifffile.imread(folder / method / "mask.tif") > 0, truth))
                    score = json.loads(tessera("evaluate", folder / "network/instances.tif", folder / "p.instances.tif", "--as", "instances", "--json"))
                    found, true, false = found + score["n_found"], true + score["n_truth"], false + score["n_false"]
                    one = classes(folder / "network", folder / "p.particles.csv", tifffile.imread(folder / "p.instances.tif"))
                    right, named = right + one[0], named + one[1]
                everything.append((material, pairs, found, true, false, right, named))
                print(f"| {material} | {film} | {defocus} | " + " | ".join(f"{dice(pairs[m]):.3f}" for m in pairs)
                      + f" | {found} of {true} | {false} | {right} of {named} |", flush=True)
    for name in (*MATERIALS, "all"):
        rows = [row for row in everything if name in (row[0], "all")]
        sums = [sum(row[k] for row in rows) for k in range(2, 7)]
        print(f"| {name} | | | " + " | ".join(f"{dice([p for row in rows for p in row[1][m]]):.3f}" for m in ("network", "otsu", "fourier"))
              + f" | {sums[0]} of {sums[1]} | {sums[2]} | {sums[3]} of {sums[4]} |")


def trained(folder, seeds):
    pairs, sums = [], numpy.zeros(5, int)
    for seed in range(41, 41 + seeds):
        for material, film, defocus in (("Au", 5, 50), ("Au", 10, 80), ("CdSe", 3, 50), ("CdSe", 5, 30)):
            tessera("simulate", "nanoparticles", "--material", material, "--film", film, "--defocus", defocus, "--seed", seed,
                    "-o", folder / "p.tif", "--force")
            tessera("particles", folder / "p.tif", "-o", folder / "r", "--force")
            pairs.append((tifffile.imread(folder / "r/mask.tif") > 0, tifffile.imread(folder / "p.mask.tif") > 0))
            score = json.loads(tessera("evaluate", folder / "r/instances.tif", folder / "p.instances.tif", "--as", "instances", "--json"))
            sums += [score["n_found"], score["n_truth"], score["n_false"],
                     *classes(folder / "r", folder / "p.particles.csv", tifffile.imread(folder / "p.instances.tif"))]
    print(f"Dice {dice(pairs):.3f}, {sums[0]} of {sums[1]} found, {sums[2]} false, {sums[3]} of {sums[4]} classes right")


def areas(folder, seeds):
    errors, relative = [], []
    for seed in range(61, 61 + seeds):
        tessera("simulate", "nanoparticles", "--material", ("Ag", "CdS", "ZnO", "Au")[seed % 4], "--seed", seed, "-o", folder / "p.tif", "--force")
        tessera("particles", folder / "p.tif", "-o", folder / "r", "--force")
        instances = tifffile.imread(folder / "p.instances.tif")
        planted = {int(row["id"]): float(row["area_px"]) for row in csv.DictReader(open(folder / "p.particles.csv"))}
        for row in csv.DictReader(open(folder / "r/particles.csv")):
            label = instances[round(float(row["y"])), round(float(row["x"]))]
            if label in planted and row["class"] != "agglomeration":
                errors.append((float(row["area_px"]) - planted[label]) / float(row["area_error_px"]))
                relative.append(float(row["area_px"]) / planted[label] - 1)
    errors, relative = numpy.abs(errors), numpy.array(relative)
    print(f"{len(errors)} particles: median {numpy.median(relative):.4f}, rms {numpy.sqrt((relative ** 2).mean()):.4f}, "
          f"within one error {(errors < 1).mean():.2f}, within two {(errors < 2).mean():.2f}")


def real(folder, _):
    from PIL import Image
    if not SHARED.exists():
        return print(f"skipped: {SHARED} is not there")
    pairs = {method: [] for method in ("network", "otsu")}
    for path in sorted((SHARED / "pt_alumina/masks").iterdir()):
        # The masks of the first set begin with number 5, its images with 0.
        group, number, rest = path.name[3], int(path.name[5:9]), path.name[9:]
        image = SHARED / "pt_alumina/images" / f"stem_images_al_{group}{number - (5 if group == '1' else 0):04d}{rest}"
        if not image.exists():
            continue
        truth = numpy.asarray(Image.open(path)) == 2
        for method in pairs:
            tessera("particles", image, "--method", method, "--least-diameter", 0.3, "-o", folder / method, "--force")
            pairs[method].append((tifffile.imread(folder / method / "mask.tif") > 0, truth))
    for method in pairs:
        print(f"{method}: Dice of Pt {dice(pairs[method]):.3f}, {len(pairs[method])} images")


def speed(folder, seeds):
    tessera("simulate", "nanoparticles", "--seed", 1, "-o", folder / "s.tif", "--force")
    for threads in (1, 2):
        best = {}
        for _ in range(max(3, seeds)):
            run = json.loads(tessera("particles", folder / "s.tif", "-o", folder / "s", "--force", "--json", "--threads", threads))
            for stage, seconds in run["timings"].items():
                best[stage] = min(seconds, best.get(stage, 1e9))
        print(threads, "threads:", ", ".join(f"{stage} {best[stage]:.3f} s" for stage in ("prepare", "regions", "classes", "report")))


def nothing(folder, seeds):
    from scipy.ndimage import gaussian_filter

    def smooth(width, counts=False):
        def image(random):
            field = gaussian_filter(random.normal(size=(700, 900)), width)
            field /= field.std()
            return random.poisson(numpy.clip(200 + 40 * field, 0, None)) if counts else field
        return image

    def brown(random):
        square = numpy.fft.fftfreq(700)[:, None] ** 2 + numpy.fft.fftfreq(900)[None] ** 2
        square[0, 0] = 1
        return numpy.fft.ifft2(numpy.fft.fft2(random.normal(size=(700, 900))) / square**0.5).real

    kinds = {f"white noise through a Gaussian of {width} px": smooth(width) for width in (2, 4, 6, 10, 20)}
    kinds |= {"the same of 6 px, counted (200 per pixel)": smooth(6, True), "brown noise": brown}
    print("| image | images | outlined by the network | particles left | cut by the border | greatest evidence |")
    print("| --- | --- | --- | --- | --- | --- |")

    def row(name, make):
        outlined = left = cut = 0
        evidence = [0.0]
        for seed in range(seeds):
            make(seed, folder / "n.tif")
            run = json.loads(tessera("particles", folder / "n.tif", "-o", folder / "n", "--force", "--json"))
            words = [warning.split()[0] for warning in run["warnings"] if "network outlined" in warning]
            left += run["particles"]
            cut += run["cut_by_border"]
            outlined += int(words[0]) if words else 0
            evidence += [float(line["evidence"] or 0) for line in csv.DictReader(open(folder / "n/particles.csv"))]
        print(f"| {name} | {seeds} | {outlined + left + cut} | {left} | {cut} | {max(evidence):.1f} |")

    for name, kind in kinds.items():
        row(name, lambda seed, path: tifffile.imwrite(path, kind(numpy.random.default_rng(seed)).astype("f4")))
    for film in (2, 10, 20):
        row(
            f"carbon film of {film} nm without particles",
            lambda seed, path: tessera(
                "simulate", "nanoparticles", "--number", 0, "--film", film, "--seed", seed + 1, "-o", path, "--force"))


CRYSTALS = (
    ("square",), ("hexagonal",), ("srtio3",), ("si110",), ("fcc110",), ("mose2",), ("mose2", "--vacancies", "0.1,0.05"), ("graphene",), ("res2",),
    ("srtio3", "--contamination", 0.3), ("si110", "--contamination", 0.3), ("fcc110", "--contamination", 0.3, "--vacancies", 0.05),
    ("square", "--contamination", 0.5, "--counts", 2000), ("hexagonal", "--counts", 5), ("srtio3", "--counts", 2000))


def crystals(folder, seeds):
    """Regions inside and cut by the border, in images of 700 x 700 pixels of 0.0137 and 0.03 nm."""
    print("| crystal | images | with the scale: inside, cut | without it: inside, cut |")
    print("| --- | --- | --- | --- |")
    sums = numpy.zeros(4, int)
    for number, (kind, *options) in enumerate(CRYSTALS):
        row = numpy.zeros(4, int)
        for seed in range(1, seeds + 1):
            for pixel in (0.0137, 0.03):
                probe = max(1.2, 4 * 0.0137 / pixel)
                tessera("simulate", kind, *options, "--pixel-size", f"{pixel}nm", "--probe", f"{probe:.2f}", "--size", 700,
                        "--seed", seed + number, "-o", folder / "c.tif", "--force")
                numpy.save(folder / "c.npy", tifffile.imread(folder / "c.tif"))
                for place, name in enumerate(("c.tif", "c.npy")):
                    run = json.loads(tessera("particles", folder / name, "-o", folder / "c", "--force", "--json"))
                    row[2 * place:2 * place + 2] += run["particles"], run["cut_by_border"]
        sums += row
        words = " ".join(str(word) for word in (kind, *options))
        print(f"| {words} | {2 * seeds} | {row[0]}, {row[1]} | {row[2]}, {row[3]} |", flush=True)
    print(f"| all | {2 * seeds * len(CRYSTALS)} | {sums[0]}, {sums[1]} | {sums[2]}, {sums[3]} |")


def discs(random, size, least, most, taken=None):
    """A label map of up to four discs apart from each other and from what is taken."""
    labels = numpy.zeros((size, size), "u2")
    y, x = numpy.mgrid[:size, :size]
    for _ in range(300):
        radius = random.uniform(least, most)
        centre = random.uniform(radius + 5, size - radius - 5, 2)
        square = (x - centre[0]) ** 2 + (y - centre[1]) ** 2
        near = square <= (radius + 10) ** 2
        if labels[near].any() or (taken is not None and taken[near].any()):
            continue
        labels[square <= radius**2] = labels.max() + 1
        if labels.max() == 4:
            break
    return labels


def divided(folder, seeds):
    """Particles found and classes right in `seeds` crowded micrographs of six materials, where many particles touch."""
    sums = numpy.zeros(5, int)
    for seed in range(seeds):
        tessera("simulate", "nanoparticles", "--number", 14, "--material", ("Au", "CdSe", *MATERIALS, "Pt")[seed % 6], "--film", (3, 5, 8)[seed % 3],
                "--defocus", DEFOCI[seed // 2 % 3], "--seed", 900 + seed, "-o", folder / "p.tif", "--force")
        tessera("particles", folder / "p.tif", "-o", folder / "r", "--force")
        score = json.loads(tessera("evaluate", folder / "r/instances.tif", folder / "p.instances.tif", "--as", "instances", "--json"))
        sums += [score["n_found"], score["n_truth"], score["n_false"],
                 *classes(folder / "r", folder / "p.particles.csv", tifffile.imread(folder / "p.instances.tif"))]
    print(f"{sums[0]} of {sums[1]} found, {sums[2]} false, {sums[3]} of {sums[4]} classes right")


def masks(folder, seeds):
    """`seeds` images of each of four kinds of noise and of films, and 1.25 times as many micrographs of six materials."""
    from scipy.ndimage import gaussian_filter
    image, mask, counts = folder / "m.tif", folder / "m.mask.labels.tif", {}

    def rows(*options):
        tessera("particles", image, "--mask", mask, "-o", folder / "m", "--force", *options)
        return list(csv.DictReader(open(folder / "m/particles.csv")))

    def count(name, found):
        all_, named = counts.get(name, (0, 0))
        counts[name] = all_ + len(found), named + sum(row["class"] != "" for row in found)

    for seed in range(seeds):
        for kind in range(4):
            random = numpy.random.default_rng(4 * seed + kind)
            field = random.poisson(20, size=(512, 512)) if kind == 2 else random.normal(size=(512, 512))
            field = gaussian_filter(field, (0, 1, 0, 2.5)[kind]) if kind in (1, 3) else field
            tifffile.imwrite(image, (field / (field.std() if kind in (1, 3) else 1)).astype("f4"))
            tifffile.imwrite(mask, discs(random, 512, 20, 75))
            count("noise", rows("--pixel-size", "0.03nm"))
            tessera("simulate", "nanoparticles", "--number", 0, "--size", 512, "--film", (2, 4, 6, 10)[kind], "--defocus", (30, 50, 80)[seed % 3],
                    "--seed", 500 + 4 * seed + kind, "-o", image, "--force")
            tifffile.imwrite(mask, discs(numpy.random.default_rng(100 + 4 * seed + kind), 512, 20, 75))
            count("film", rows())
    right = {}
    for seed in range(5 * seeds):
        tessera("simulate", "nanoparticles", "--material", (*MATERIALS, "Au", "CdSe", "Pt")[seed % 6], "--film", (3, 5, 8)[seed % 3],
                "--defocus", DEFOCI[seed // 2 % 3], "--seed", 900 + seed, "-o", image, "--force")
        instances = tifffile.imread(folder / "m.instances.tif")
        planted = {int(row["id"]): row["class"] for row in csv.DictReader(open(folder / "m.particles.csv"))}
        tifffile.imwrite(mask, instances)
        for row in rows():
            label = int(instances[round(float(row["y"])), round(float(row["x"]))])
            if label in planted:
                right.setdefault(planted[label], []).append(planted[label] == row["class"])
        tifffile.imwrite(mask, discs(numpy.random.default_rng(700 + seed), instances.shape[0], 25, 80, instances))
        if tifffile.imread(mask).any():
            count("film beside particles", rows())
    for name, (all_, named) in counts.items():
        print(f"{name}: {named} of {all_} regions have a class")
    print("recall " + ", ".join(f"{name} {numpy.mean(hits):.3f} of {len(hits)}" for name, hits in sorted(right.items()))
          + f"; mean {numpy.mean([numpy.mean(hits) for hits in right.values()]):.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("grid", "trained", "areas", "real", "speed", "nothing", "crystals", "masks", "divided"))
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        globals()[options.what](pathlib.Path(folder), options.seeds)
