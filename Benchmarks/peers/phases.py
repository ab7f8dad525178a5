"""Geometric phase analysis: Tessera beside the textbook's forty lines of NumPy, same image, Bragg vectors and mask.

The image is a square lattice of Gaussian-like waves under a strain of 1 % that varies as a sine over its width. Both are
compared with the truth inside the edges, about a constant; `total` compares two fresh processes that read the image from
a file and write the planes, `inside` the analyses alone. A second table gives the width of a step of the strain, from 12 to
88 %, beside the resolution that Tessera states. Usage: phases.py [--side 1024] [--masks 0.05,0.1,0.14]
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

import common
import numpy

TURN, SPACING = 0.2, 16.0
G1 = numpy.array([numpy.cos(TURN), numpy.sin(TURN)]) / SPACING
G2 = numpy.array([-numpy.sin(TURN), numpy.cos(TURN)]) / SPACING


def geometric_phases(image, sigma):
    """exx, eyy, exy and rotation: FFT, Gaussian mask of standard deviation sigma, gradients of exp(iP)."""
    height, width = image.shape
    fx, fy, x, y = numpy.fft.fftfreq(width), numpy.fft.fftfreq(height), numpy.arange(width), numpy.arange(height)
    spectrum = numpy.fft.fft2(image - image.mean())
    slopes = []
    for g in (G1, G2):
        mask = numpy.outer(
            numpy.exp(-((fy - g[1]) ** 2) / (2 * sigma**2)), numpy.exp(-((fx - g[0]) ** 2) / (2 * sigma**2)))
        ramp = numpy.outer(numpy.exp(-2j * numpy.pi * g[1] * y), numpy.exp(-2j * numpy.pi * g[0] * x))
        wave = numpy.fft.ifft2(spectrum * mask) * ramp
        phasor = wave / numpy.abs(wave)
        slopes.append([numpy.imag(numpy.conj(phasor) * numpy.gradient(phasor, axis=axis)) for axis in (1, 0)])
    # u = -(a1 P1 + a2 P2) / 2 pi, differentiated where the atoms are now; F is the inverse of 1 - grad u.
    a = -numpy.linalg.inv(numpy.array([G1, G2])) / (2 * numpy.pi)
    (xx, xy), (yx, yy) = [[a[c, 0] * slopes[0][d] + a[c, 1] * slopes[1][d] for d in (0, 1)] for c in (0, 1)]
    determinant = (1 - xx) * (1 - yy) - xy * yx
    return numpy.array([
        (1 - yy) / determinant - 1, (1 - xx) / determinant - 1, (xy + yx) / determinant / 2, (yx - xy) / determinant / 2])


def picture(displacement, noise, seed=1):
    """A square lattice whose points have moved along x by `displacement`, given where they are now; its peak is 1."""
    y, x = numpy.mgrid[: len(displacement), : len(displacement)].astype(float)
    first, second = (numpy.cos(2 * numpy.pi * (g[0] * (x - displacement) + g[1] * y)) for g in (G1, G2))
    image = (1 + first) * (1 + second) / 4
    return (image + noise * numpy.random.default_rng(seed).normal(size=image.shape)).astype("<f4")


def sine(side, noise, strength=0.01):
    """The image, and the true planes: du/dx is a sine of one period."""
    phase = numpy.broadcast_to(2 * numpy.pi * numpy.arange(side) / side, (side, side))
    nothing = numpy.zeros((side, side))
    image = picture(-strength * side / (2 * numpy.pi) * numpy.cos(phase), noise)
    return image, numpy.array([1 / (1 - strength * numpy.sin(phase)) - 1, nothing, nothing, nothing])


def step(side, strength=0.01):
    """The image of a crystal that is strained right of its middle."""
    return picture(numpy.broadcast_to(strength * numpy.maximum(0, numpy.arange(side) - side / 2), (side, side)), 0)


def errors(found, truth, margin):
    """Root mean square difference of each plane about its mean, inside the edges."""
    inside = (found - truth)[:, margin:-margin, margin:-margin]
    return [float(numpy.nanstd(plane)) for plane in inside]


def write(image, name):
    with open(name, "wb") as file:
        numpy.array(image.shape, "<i8").tofile(file)
        image.tofile(file)


def ours(name, mask, planes, repeats):
    """Tessera's times, and the seconds of the whole process."""
    start = time.perf_counter()
    done = common.tessera(
        "phases", name, "--threads", common.THREADS, "--mask-radius", mask, "--repeats", repeats, "--output", planes, "--g1",
        G1[0], "--g1", G1[1], "--g2", G2[0], "--g2", G2[1])
    return done, time.perf_counter() - start


def theirs(name, sigma, planes):
    """Seconds of a process that does the same by NumPy."""
    start = time.perf_counter()
    subprocess.run([sys.executable, __file__, "--reference", name, str(sigma), planes], check=True)
    return time.perf_counter() - start


def width(profile, top):
    """Distance over which a profile rises from 12 to 88 % of its top, from its middle outwards, between the pixels."""
    def crossing(level, direction):
        x = len(profile) // 2
        while (profile[x] - level * top) * direction < 0:
            x += direction
        return x - direction * (profile[x] - level * top) / (profile[x] - profile[x - direction])
    return crossing(0.8805, 1) - crossing(0.1195, -1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=1024)
    parser.add_argument("--masks", default="0.05,0.1,0.14")
    parser.add_argument("--noises", default="0,0.3", help="standard deviation of a pixel over the peak")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--reference", nargs=3, metavar=("IMAGE", "SIGMA", "PLANES"), help="run the NumPy program alone")
    options = parser.parse_args()
    if options.reference:
        name, sigma, planes = options.reference
        return geometric_phases(common.table(name, "<f4"), float(sigma)).astype("<f4").tofile(planes)
    masks, side = list(map(float, options.masks.split(","))), options.side
    print("| mask | noise | Tessera inside, total | NumPy inside, total | ratios | RMS exx Tessera | NumPy | RMS rotation Tessera "
          "| NumPy |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        name, planes = str(pathlib.Path(folder) / "image"), str(pathlib.Path(folder) / "planes")
        for noise in map(float, options.noises.split(",")):
            image, truth = sine(side, noise)
            write(image, name)
            for mask in masks:
                sigma = mask / SPACING
                margin = int(2 / (2 * numpy.pi * sigma)) + 8
                best = numpy.full(4, numpy.inf)
                # Turn by turn, so that both meet the same moments; of several runs the fastest counts.
                for _ in range(options.repeats):
                    inside = ours(name, mask, planes, 3)[0]["total"]
                    whole = ours(name, mask, planes, 1)[1]
                    start = time.perf_counter()
                    reference = geometric_phases(image, sigma)
                    best = numpy.minimum(
                        best, (inside, whole, time.perf_counter() - start, theirs(name, sigma, planes + "-reference")))
                found = common.table(planes, "<f4").reshape(4, side, side)
                a, b = errors(found, truth, margin), errors(reference, truth, margin)
                ms = [f"{1000 * value:.0f}" for value in best]
                print(
                    f"| {mask} | {noise} | {ms[0]}, {ms[1]} ms | {ms[2]}, {ms[3]} ms | {best[2] / best[0]:.1f}, "
                    f"{best[3] / best[1]:.1f} | {a[0]:.2e} | {b[0]:.2e} | {a[3]:.2e} | {b[3]:.2e} |", flush=True)
        print("\n| mask | resolution stated / px | width of a step / px | NumPy / px |\n| --- | --- | --- | --- |")
        write(step(side), name)
        for mask in masks:
            stated = ours(name, mask, planes, 1)[0]["resolution"]
            found = common.table(planes, "<f4").reshape(4, side, side)[0, side // 2]
            reference = geometric_phases(step(side), mask / SPACING)[0, side // 2]
            top = 1 / 0.99 - 1
            print(f"| {mask} | {stated:.1f} | {width(found, top):.1f} | {width(reference, top):.1f} |", flush=True)


if __name__ == "__main__":
    main()
