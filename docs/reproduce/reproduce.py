"""Figures 4, 5, S16-S22, S26 and S27 of [M22], rebuilt from simulated specimens.

    reproduce.py [--output FOLDER] [--cases N]

runs `tessera` (or what TESSERA names), copies the figures under the paper's numbers to FOLDER (default: reproduced) and writes a table of the
paper's numbers beside those found, FOLDER/README.md. Takes some minutes; needs nothing but Python.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys

import graphs

TESSERA = os.environ.get("TESSERA", ".build/release/tessera")


def run(*words):
    done = subprocess.run([TESSERA, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


def result(command, image, folder, *options):
    return json.loads(run(command, image, "-o", folder, "--force", "--json", *options))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", default="reproduced")
    parser.add_argument("--cases", type=int, default=9, help="how many of the cases 0 to 8 of Fig. S22 are run")
    options = parser.parse_args()
    out = options.output
    os.makedirs(out, exist_ok=True)
    rows = []

    def place(name):
        return os.path.join(out, name)

    def figure(number, folder, name):
        shutil.copy(os.path.join(place(folder), "figures", name + ".png"), place(f"{number}-{name}.png"))

    # Figs 4, S16-S20, S26, S27: an oxide with an ordered phase on a quarter of the area.
    run("simulate", "pom", "--phase", 0.25, "--seed", 6, "-o", place("oxide.tif"), "--force")
    oxide = result("polygons", place("oxide.tif"), place("oxide"))
    facts = json.load(open(place("oxide.truth.json")))["facts"]
    for number, name in [
        ("4A-C", "mean-patches"), ("4D-E", "units"), ("4F-S18", "level2"), ("4G-H-S19", "phase"), ("S16", "profile"),
        ("S17", "distortion"), ("S20-S26", "level3"),
    ]:
        figure(number, "oxide", name)
    fillings = oxide["filling"]
    for kind, paper in [("empty", "59.4 %"), ("filled", "36.3 %"), ("V", "4.3 %")]:
        share = fillings[kind]["share"] if kind in fillings else 0
        rows.append(("4C", f"pentagons {kind}", paper, f"{100 * share:.1f} %"))
    two, three = oxide["entropy"]["level2"], oxide["entropy"]["level3"]
    rows.append(("4F", "windows of level 2 in the six commonest types", "> 83 %", f"{100 * two['six_commonest']:.0f} %"))
    rows.append(("S20", "entropy of level 3", "4.13 nats",
                 f"{three['plug_in']:.2f} nats of {three['windows']} windows (random fillings {three['random_lattice']:.2f}, "
                 f"corrected {three['corrected']:.2f})"))
    codes = [r for r in csv.DictReader(open(os.path.join(place("oxide"), "codes.csv")))
             if r["level"] == "3" and r["windows"] == "overlapping"]
    top = sum(sorted((float(r["fraction"]) for r in codes), reverse=True)[:36])
    rows.append(("S20", "windows of level 3 in the 36 commonest types", "74 %", f"{100 * top:.0f} %"))
    phase = oxide["phase"]
    if phase:
        rows.append(("4G", "area of the ordered phase", "nearly 25 %",
                     f"{100 * phase['area_fraction']:.1f} % (planted {100 * facts['phase_area_fraction']:.1f} %)"))
        ratio, ends = phase["ratio"], phase["ratio_interval"]
        rows.append(("4G", "ratio of its two types", "about 3 : 1",
                     f"{ratio:.2f} ({ends[0]:.1f} to {ends[1]:.1f})" if ratio else "one type"))
    rows.append(("S27", "codes", "(+-1)^4 and (+-1)^16", f"`codes.csv`: {codes[0]['pattern']} is the commonest of level 3"))

    upper, lower = graphs.level3(place("oxide"), place("S26-level3-graph.svg"))
    rows.append(("S26", "graph of types", "", f"the {lower} commonest types of level 3, made of {upper} of level 2"))

    # Figs 5, S21: MoS2 on MoS2.
    run("simulate", "bilayer", "--kind", "mos2", "--angle", 3.15, "--counts", 5, "--seed", 2, "-o", place("bilayer.tif"), "--force")
    bilayer = result("moire", place("bilayer.tif"), place("bilayer"))
    for number, name in [("5A", "domains"), ("5B", "stackings"), ("5D-G", "features"), ("S21", "spectrum")]:
        figure(number, "bilayer", name)
    rows.append(("5E", "tree of domains", "", f"{graphs.domains(place('bilayer'), place('5E-domain-tree.svg'))} domains of three stackings"))
    rows.append(("5, S21", "twist", "3.15 and 3.1 degrees",
                 f"{bilayer['twist_degrees']:.4f} ± {bilayer['twist_error']:.4f} degrees (simulated 3.15)"))
    analysis = result("analyze", place("bilayer.tif"), place("bilayer-analysis"))
    figure("5C", "bilayer-analysis", "layout")
    rows.append(("5C", "motifs", "no finite number of classes", analysis["structure"]))

    # Figs 5H, S22: nuisance parameters alone.
    for case in range(options.cases):
        run("simulate", "bilayer", "--case", case, "-o", place("case.tif"), "--force")
        found = result("moire", place("case.tif"), place("case"))
        kinds = (found["divergence"] or {}).get("kinds", [])
        text = ", ".join(f"{k['kind']} {k['corrected']['value']:.3f} ± {k['corrected']['error']:.3f}" for k in kinds)
        rows.append(("S22", f"divergence of domains, case {case}",
                     "0.184 ± 0.025 in the experiment (5H)" if case == 0 else "", (text or "not measured") + " nats, corrected"))

    with open(place("README.md"), "w") as file:
        file.write("| figure | quantity | paper | here (simulated specimens) |\n| --- | --- | --- | --- |\n")
        file.writelines("| " + " | ".join(row) + " |\n" for row in rows)
    print(open(place("README.md")).read())


if __name__ == "__main__":
    main()
