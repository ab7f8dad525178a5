"""Whether `strain` says that a map shows no strain beyond its noise where there is none, and never where there is.

Simulates 40 unstrained images of four crystals at several counts, and the same with a strain gradient whose standard deviation over the
map is three times the noise that the first map states. Prints how many images of each kind are said to show strain by the first
sentence of the report (any plane `beyond_noise` in summary.json). Usage: strain.py [--tessera PATH] [--images N] [--method NAME]
"""
import argparse
import json
import os
import subprocess
import tempfile

CRYSTALS = ["mose2", "square", "hexagonal", "srtio3"]
COUNTS = [10, 20, 50, 200]


def planes(tessera, path, method):
    out = path[:-4] + ".strain"
    subprocess.run([tessera, "strain", path, "--method", method, "-o", out, "--force"], check=True, capture_output=True)
    with open(out + "/summary.json") as file:
        return json.load(file)["methods"][method]["planes"]


def simulated(tessera, path, crystal, counts, seed, strain):
    more = ["--field", "gradient", "--strain", str(strain)] if strain else ["--field", "uniform", "--strain", "0"]
    subprocess.run(
        [tessera, "simulate", "strained", "--crystal", crystal, "--size", "512", "--counts", str(counts), "--seed", str(seed), "-o", path,
         "--force"] + more, check=True, capture_output=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tessera", default="tessera")
    parser.add_argument("--images", type=int, default=40)
    parser.add_argument("--method", default="columns", choices=["columns", "gpa"])
    options = parser.parse_args()
    path = os.path.join(tempfile.mkdtemp(), "image.tif")
    quiet, silent = 0, 0
    for k in range(options.images):
        crystal, counts = CRYSTALS[k % 4], COUNTS[k // 4 % 4]
        simulated(options.tessera, path, crystal, counts, k + 1, 0)
        found = planes(options.tessera, path, options.method)
        said = [name for name, plane in found.items() if plane.get("beyond_noise")]
        quiet += not said
        if said:
            print(f"unstrained {crystal}, {counts} counts, seed {k + 1}: {', '.join(said)}", flush=True)
        # A gradient from -s to s has the standard deviation s / 3^(1/2).
        strain = min(0.1, 3 * found["exx"]["median_error"] * 3**0.5)
        simulated(options.tessera, path, crystal, counts, k + 1, strain)
        found = planes(options.tessera, path, options.method)
        if not any(plane.get("beyond_noise") for plane in found.values()):
            silent += 1
            print(f"strained by {strain:.5f}, {crystal}, {counts} counts, seed {k + 1}: no strain is seen", flush=True)
    print(f"unstrained: no strain said in {quiet} of {options.images}; strained: no strain said in {silent} of {options.images}")


if __name__ == "__main__":
    main()
