"""Whether `tessera motifs` tells discrete motifs from continuous ones, and counts them: every specimen over many seeds.

A perfect crystal has the classes of its unit cell, p4m two; the motifs of a bilayer change continuously. Prints a table:
how many of the seeds came out as they should, and what the others gave.

Usage: discreteness.py [--tessera PATH] [--seeds 20] [--only p4m,square] [--threads 1]
"""
import argparse
import collections
import json
import pathlib
import subprocess
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent

# Name of the row, arguments of `simulate`, the structure and the number of classes that are right (None: any).
SPECIMENS = [
    ("p4m", ["p4m"], "discrete", 2),
    ("square", ["square"], "discrete", 1),
    ("hexagonal", ["hexagonal"], "discrete", 1),
    ("fcc110", ["fcc110"], "discrete", 1),
    ("graphene", ["graphene"], "discrete", 2),
    ("si110", ["si110"], "discrete", 2),
    ("srtio3", ["srtio3"], "discrete", 2),
    ("mos2 without vacancies", ["mos2", "--vacancies", "0"], "discrete", 2),
    ("mose2 without vacancies", ["mose2", "--vacancies", "0"], "discrete", 2),
    ("res2", ["res2"], "discrete", 4),
    ("bilayer, s22", ["bilayer", "--kind", "s22"], "continuous", None),
    ("bilayer, mos2", ["bilayer", "--kind", "mos2"], "continuous", None),
] + [
    # From long moire periods to those of two lattice constants, near commensurate twists and between them.
    (f"bilayer, {kind}, {twist:g} degrees", ["bilayer", "--kind", kind, "--angle", str(twist), "--counts", "5"],
     "continuous", None)
    for kind in ("s22", "mos2") for twist in (2, 6, 7.34, 9.43, 11, 12, 13.2, 16.4, 19, 21.8, 24, 27, 28, 28.5)
]


def outcome(program, specimen, seed, threads, folder):
    """Structure and number of classes that the program finds in one simulated image."""
    image, result = folder / "image.tif", folder / "result"
    common = ["--seed", str(seed), "--threads", str(threads), "--force"]
    subprocess.run([program, "simulate", *specimen, *common, "-o", image], check=True, capture_output=True)
    subprocess.run([program, "motifs", image, *common, "-o", result], check=True, capture_output=True)
    summary = json.loads((result / "summary.json").read_text())
    return summary["structure"], len(summary["classes"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=FOLDER.parent / ".build" / "release" / "tessera", help="the program")
    parser.add_argument("--seeds", type=int, default=20, help="seeds 1 ... n")
    parser.add_argument("--only", help="names of rows, separated by commas, matched by their beginning")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    chosen = [row for row in SPECIMENS if not options.only or row[0].startswith(tuple(options.only.split(",")))]
    print("| specimen | wanted | right | otherwise |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for name, specimen, structure, classes in chosen:
            found = {
                seed: outcome(options.tessera, specimen, seed, options.threads, pathlib.Path(folder))
                for seed in range(1, options.seeds + 1)}
            right = [seed for seed, (kind, count) in found.items()
                     if kind == structure and classes in (None, count)]
            others = collections.defaultdict(list)
            for seed in sorted(set(found) - set(right)):
                kind, count = found[seed]
                others[f"{kind}, {count} {'class' if count == 1 else 'classes'}"].append(str(seed))
            told = "; ".join(f"{what} (seed {', '.join(seeds)})" for what, seeds in others.items())
            wanted = structure + (f", {classes}" if classes else "")
            print(f"| {name} | {wanted} | {len(right)} of {options.seeds} | {told} |", flush=True)


if __name__ == "__main__":
    main()
