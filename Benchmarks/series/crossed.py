"""Series of frames that are scanned along x and along y in turn while the specimen drifts: how many frames are used, and the cell that the mean has.

Usage: crossed.py [--seeds N] [--tessera PATH]
"""
import argparse
import csv
import os
import pathlib
import subprocess
import tempfile

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / ".build/release/tessera"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tessera", default=os.environ.get("TESSERA", PROGRAM))
    options = parser.parse_args()
    print("| pixels | drift per frame | right | frames used | worst error of a vector / % | of the angle / degrees |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for size in (320, 512):
            for drift in ("0,0", "2,1.2", "4,2.5", "6,3"):
                right, used, lengths, angles = 0, [], [], []
                for seed in range(1, options.seeds + 1):
                    subprocess.run(
                        [options.tessera, "simulate", "mose2", "--size", str(size), "--frames", "8", f"--drift={drift}", "--counts", "30",
                         "--seed", str(seed), "--scan-angle", "0,90", "-o", folder / "s.tif", "--force"], check=True, capture_output=True)
                    run = subprocess.run(
                        [options.tessera, "crystal", folder / "s.tif", "--register", "rigid", "--scan-angles", "0,90", "-o", folder / "r",
                         "--force"], capture_output=True, text=True)
                    if run.returncode:
                        continue
                    frames = list(csv.DictReader(open(folder / "r/registration.csv")))
                    used.append(sum(row["used"] == "1" for row in frames))
                    grains = list(csv.DictReader(open(folder / "r/grains.csv")))
                    # The shortest vectors of the simulated cell are 24 px long, 60 or 120 degrees apart.
                    off = max(
                        abs((float(grain[f"{axis}_x"]) ** 2 + float(grain[f"{axis}_y"]) ** 2) ** 0.5 / 24 - 1)
                        for grain in grains for axis in "uv")
                    turn = max(min(abs(float(grain["angle_degrees"]) - angle) for angle in (60, 120)) for grain in grains)
                    lengths.append(off)
                    angles.append(turn)
                    right += used[-1] == 8 and len(grains) == 1 and off < 0.002 and turn < 0.1
                print(
                    f"| {size} | {drift} | {right} of {options.seeds} | {' '.join(map(str, used))} | "
                    f"{100 * max(lengths, default=float('nan')):.2f} | {max(angles, default=float('nan')):.2f} |", flush=True)


if __name__ == "__main__":
    main()
