"""Shifts of the frames of simulated series against the truth, and the errors that are stated of them.

Each series has frames of 192 x 192 pixels of a hexagonal crystal with 16 px between columns (Gaussians of 3 px) and counting noise:

- `steady`: six frames, the specimen moves by (1, 0.5) px per frame, with 0 to 6 % vacancies;
- `random`: eight frames, random steps of 1.2 px along each axis, 6 % vacancies;
- `jump`: the same, and a lattice vector between the fourth frame and the fifth;
- `stranger`: as `random`, the fourth frame shows another crystal.

Printed: series of which all frames are used (of `stranger` all but one) and no shift is wrong by more than a pixel, and the root mean square of
(shift - truth) / stated error of those. Usage: shifts.py [--tessera PATH] [--seeds N]
"""
import argparse
import csv
import pathlib
import subprocess
import tempfile

import numpy

SIZE, SIGMA = 192, 3
HEXAGONAL, OTHER = ((16, 0), (8, 13.856)), ((13, 4), (-4, 13))
CASES = [
    ("steady", 0, 20), ("steady", 0.01, 20), ("steady", 0.03, 20), ("steady", 0.06, 3), ("steady", 0.06, 1.5),
    ("random", 0.06, 10), ("random", 0.06, 2), ("jump", 0.06, 10), ("stranger", 0.06, 10),
]


def crystal(vectors, vacancies, random):
    i, j = numpy.mgrid[-30:31, -30:31]
    nodes = numpy.outer(i.ravel(), vectors[0]) + numpy.outer(j.ravel(), vectors[1])
    nodes = nodes + SIZE / 2 + random.uniform(0, 16, 2)
    return nodes[random.random(len(nodes)) >= vacancies]


def frame(columns, counts, random):
    inside = columns[(columns > -20).all(1) & (columns < SIZE + 20).all(1)]
    pixels = numpy.arange(SIZE)
    x = numpy.exp(-((pixels - inside[:, :1]) ** 2) / (2 * SIGMA**2))
    y = numpy.exp(-((pixels - inside[:, 1:]) ** 2) / (2 * SIGMA**2))
    return random.poisson(counts * (y.T @ x + 0.05)).astype(numpy.float32)


def series(kind, vacancies, counts, seed):
    """Frames and where the specimen is in each."""
    random = numpy.random.default_rng(seed)
    columns = crystal(HEXAGONAL, vacancies, random)
    if kind == "steady":
        places = numpy.outer(numpy.arange(6), (1, 0.5))
    else:
        places = numpy.cumsum(random.normal(0, 1.2, (8, 2)), axis=0)
    if kind == "jump":
        places[4:] += HEXAGONAL[0]
    frames = [frame(columns + place, counts, random) for place in places]
    if kind == "stranger":
        frames[3] = frame(crystal(OTHER, 0, random), counts, random)
    return numpy.array(frames), places


def registered(tessera, frames, folder):
    path, result = folder / "series.npy", folder / "result"
    numpy.save(path, frames)
    options = ["--register", "rigid", "--camera", "--force"]
    run = subprocess.run([tessera, "strain", path, "-o", result, *options], capture_output=True, text=True)
    if run.returncode != 0:
        return None
    with open(result / "registration.csv", newline="") as table:
        rows = [row for row in csv.DictReader(table)]
    names = ("dx", "dy", "dx_error", "dy_error")
    return {k: [float(row[name]) for name in names] for k, row in enumerate(rows) if row["dx"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "tessera"
    parser.add_argument("--tessera", default=str(default))
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    print("series     vacancies  counts   right   pulls")
    with tempfile.TemporaryDirectory() as folder:
        for kind, vacancies, counts in CASES:
            right, pulls = 0, []
            for seed in range(options.seeds):
                frames, places = series(kind, vacancies, counts, seed)
                found = registered(options.tessera, frames, pathlib.Path(folder))
                wanted = [k for k in range(len(frames)) if kind != "stranger" or k != 3]
                if found is None or sorted(found) != wanted:
                    continue
                values = numpy.array([found[k] for k in wanted])
                wrong = values[:, :2] - places[wanted]
                wrong -= numpy.median(wrong, axis=0)
                if numpy.linalg.norm(wrong, axis=1).max() > 1:
                    continue
                right += 1
                free = wrong - wrong.mean(axis=0)
                pulls += list((free / values[:, 2:]).ravel() * (len(wanted) / (len(wanted) - 1)) ** 0.5)
            pull = f"{numpy.sqrt(numpy.mean(numpy.square(pulls))):.2f}" if pulls else "-"
            print(f"{kind:10} {vacancies:9.2f} {counts:7g} {right:4} of {options.seeds}  {pull:>5}", flush=True)


if __name__ == "__main__":
    main()
