"""Geometric phase analysis: Tessera beside the textbook's forty lines of NumPy, same image, Bragg vectors and mask.

The image is a square lattice of Gaussian-like waves under a strain of 1 % that varies as a sine over its width. Both are
compared with the truth inside the edges, about a constant. Usage: phases.py [--side 1024] [--masks 0.05,0.1,0.14]
"""
import argparse
import pathlib
import tempfile
import time

import common
import numpy


def geometric_phases(image, g1, g2, sigma):
    """exx, eyy, exy and rotation: FFT, Gaussian mask of standard deviation sigma, gradients of exp(iP)."""
    height, width = image.shape
    fy, fx = numpy.meshgrid(numpy.fft.fftfreq(height), numpy.fft.fftfreq(width), indexing="ij")
    y, x = numpy.mgrid[:height, :width]
    spectrum = numpy.fft.fft2(image - image.mean())
    gradients = []
    for g in (g1, g2):
        mask = numpy.exp(-((fx - g[0]) ** 2 + (fy - g[1]) ** 2) / (2 * sigma**2))
        wave = numpy.fft.ifft2(spectrum * mask) * numpy.exp(-2j * numpy.pi * (g[0] * x + g[1] * y))
        phasor = wave / numpy.abs(wave)
        slopes = [numpy.imag(numpy.conj(phasor) * numpy.gradient(phasor, axis=axis)) for axis in (1, 0)]
        gradients.append(numpy.array(slopes))
    # u = -(a1 P1 + a2 P2) / 2 pi, differentiated where the atoms are now.
    a = numpy.linalg.inv(numpy.array([g1, g2]))
    present = -numpy.einsum("ci,idyx->yxcd", a, numpy.array(gradients)) / (2 * numpy.pi)
    strain = numpy.linalg.inv(numpy.eye(2) - present) - numpy.eye(2)
    return numpy.array([
        strain[..., 0, 0], strain[..., 1, 1], (strain[..., 0, 1] + strain[..., 1, 0]) / 2,
        (strain[..., 1, 0] - strain[..., 0, 1]) / 2])


def sample(side, noise, seed=1):
    """An image, its Bragg vectors, and the true planes."""
    turn, spacing, strength = 0.2, 16.0, 0.01
    g1 = numpy.array([numpy.cos(turn), numpy.sin(turn)]) / spacing
    g2 = numpy.array([-numpy.sin(turn), numpy.cos(turn)]) / spacing
    y, x = numpy.mgrid[:side, :side].astype(float)
    # The displacement at the present place; du/dx is a sine of one period.
    u = -strength * side / (2 * numpy.pi) * numpy.cos(2 * numpy.pi * x / side)
    slope = strength * numpy.sin(2 * numpy.pi * x / side)
    waves = [numpy.cos(2 * numpy.pi * (g[0] * (x - u) + g[1] * y)) for g in (g1, g2)]
    image = (1 + waves[0]) * (1 + waves[1]) / 4  # Peak 1.
    image += noise * numpy.random.default_rng(seed).normal(size=image.shape)
    nothing = numpy.zeros_like(x)
    return image.astype("<f4"), g1, g2, numpy.array([1 / (1 - slope) - 1, nothing, nothing, nothing])


def errors(found, truth, margin):
    """Root mean square difference of each plane about its mean, inside the edges."""
    inside = (found - truth)[:, margin:-margin, margin:-margin]
    return [float(numpy.nanstd(plane)) for plane in inside]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=1024)
    parser.add_argument("--masks", default="0.05,0.1,0.14")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print("| mask | noise | Tessera | NumPy | ratio | RMS exx Tessera | NumPy | RMS rotation Tessera | NumPy |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        name, planes = str(pathlib.Path(folder) / "image"), str(pathlib.Path(folder) / "planes")
        for noise in (0, 0.3):
            image, g1, g2, truth = sample(options.side, noise)
            with open(name, "wb") as file:
                numpy.array(image.shape, "<i8").tofile(file)
                image.tofile(file)
            for mask in map(float, options.masks.split(",")):
                sigma = mask * numpy.linalg.norm(g1)
                margin = int(2 / (2 * numpy.pi * sigma)) + 8
                ours = theirs = numpy.inf
                # Turn by turn, so that both meet the same moments; of several runs the fastest counts.
                for _ in range(options.repeats):
                    done = common.tessera(
                        "phases", name, "--threads", common.THREADS, "--mask-radius", mask, "--repeats", 3, "--output",
                        planes, "--g1", g1[0], "--g1", g1[1], "--g2", g2[0], "--g2", g2[1])
                    ours = min(ours, done["total"])
                    start = time.perf_counter()
                    reference = geometric_phases(image, g1, g2, sigma)
                    theirs = min(theirs, time.perf_counter() - start)
                found = common.table(planes, "<f4").reshape(4, options.side, options.side)
                a, b = errors(found, truth, margin), errors(reference, truth, margin)
                print(
                    f"| {mask} | {noise} | {1000 * ours:.0f} ms | {1000 * theirs:.0f} ms | {theirs / ours:.1f} | {a[0]:.2e} "
                    f"| {b[0]:.2e} | {a[3]:.2e} | {b[3]:.2e} |", flush=True)


if __name__ == "__main__":
    main()
