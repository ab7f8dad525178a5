"""The patch size that Tessera chooses, beside two readings of the same image that share no code with it.

Definition: the first dominant ring of the power spectrum has frequency f0, the plane spacing is 1 / f0 and a patch has the
side 2 / f0. Here f0 is read from the single spots of the tapered spectrum: of all local maxima that stand far above the
median of their ring, the nearest to the centre with at least a tenth of the strongest one's power. Needs NumPy.

Usage: patch_size.py [--tessera PATH] [--known IMAGE=PIXELS ...] IMAGE ...
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy

FOLDER = pathlib.Path(__file__).resolve().parent


def plane_spacing(pixels):
    """1 / f0 in pixels, and how many such spots there are; nothing where no spot stands out."""
    image = numpy.nan_to_num(pixels.astype(float), nan=float(numpy.nanmedian(pixels)))
    height, width = image.shape
    image = (image - image.mean()) * numpy.outer(numpy.hanning(height), numpy.hanning(width))
    power = numpy.abs(numpy.fft.fftshift(numpy.fft.fft2(image))) ** 2
    fy = numpy.fft.fftshift(numpy.fft.fftfreq(height))[:, None]
    fx = numpy.fft.fftshift(numpy.fft.fftfreq(width))[None, :]
    frequency = numpy.hypot(fx, fy)
    rings = numpy.round(frequency * max(width, height)).astype(int)
    order = numpy.argsort(rings, axis=None)
    edges = numpy.searchsorted(rings.ravel()[order], numpy.arange(rings.max() + 2))
    sorted_power = power.ravel()[order]
    median = numpy.array([
        numpy.median(sorted_power[a:b]) if b > a else numpy.inf for a, b in zip(edges[:-1], edges[1:])])
    # White noise exceeds 30 times its median in one pixel of 1e9; a wide ring of it is smoothed over neighbours.
    smooth = numpy.array([median[max(0, r - r // 4):r + r // 4 + 1].mean() for r in range(len(median))])
    contrast = power / smooth[rings]
    neighbours = [numpy.roll(power, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]
    peak = numpy.all([power > other for other in neighbours], axis=0)
    peak &= (contrast > 60) & (frequency * min(width, height) > 4) & (frequency < 0.45)
    if not peak.any():
        return None, 0
    strong = peak & (power >= 0.1 * power[peak].max())
    first = frequency[strong].min()
    ring = strong & (frequency < 1.12 * first)
    return 1 / numpy.average(frequency[ring], weights=power[ring]), int(ring.sum()) // 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=FOLDER.parent / ".build" / "release" / "tessera", help="the program")
    parser.add_argument("--known", nargs="*", default=[], help="NAME=PIXELS: plane spacing from lattice and pixel size")
    parser.add_argument("images", nargs="+")
    options = parser.parse_args()
    known = dict(entry.split("=") for entry in options.known)
    print("| image | side chosen, px | 2 / f0 of the spots, px | apart | 2 d of the known lattice, px |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for path in map(pathlib.Path, options.images):
            table, result = pathlib.Path(folder) / "image.npy", pathlib.Path(folder) / "result"
            choose = ["--frame", "0"] if path.suffix in (".h5", ".npy") else []
            if path.suffix == ".npy" and numpy.load(path, mmap_mode="r").shape[-1] < 16:
                choose += ["--frame-axis", "last"]
            subprocess.run([options.tessera, "convert", path, table, *choose, "--force"], capture_output=True, check=True)
            done = subprocess.run(
                [options.tessera, "motifs", path, *choose, "-o", result, "--force", "--iterations", "10"],
                capture_output=True, text=True)
            pixels = numpy.load(table)
            spacing, spots = plane_spacing(pixels if pixels.ndim == 2 else pixels[0])
            other = known.get(path.stem, "")
            if done.returncode:
                print(f"| {path.stem} | {done.stderr.strip().splitlines()[-1]} | | | {other} |", flush=True)
                continue
            choice = json.loads((result / "summary.json").read_text())["parameters"]["patch size"]
            side = float(choice["value"].split()[0])
            ring = "no ring" not in choice["reason"] and "three" not in choice["reason"]
            mine = f"{2 * spacing:.1f} ({spots} pairs)" if spacing else "no spot"
            apart = f"{100 * (side * spacing ** -1 / 2 - 1):+.0f} %" if spacing else ""
            told = f"{side:.0f}" if ring else f"{side:.0f} (no ring)"
            line = f"{2 * float(other):.1f}" if other else ""
            print(f"| {path.stem} | {told} | {mine} | {apart} | {line} |", flush=True)


if __name__ == "__main__":
    main()
