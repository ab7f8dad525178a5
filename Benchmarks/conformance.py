#!/usr/bin/env python3
"""Compares what `tessera` reads with a table of what files hold, row by row.

    python3 Benchmarks/conformance.py --data ../shared/data/formats

The folder holds the samples and `EXPECTED.tsv`: path, index of the dataset, shape, number type, axes
(`name:size:scale:offset:units`, joined by semicolons), title, least and greatest value, mean, sum, and the first 16
digits of the SHA-256 of the values in C order. Complex data stand there by their amplitude, without a checksum.

A row is right `strict`ly when shape, type, every axis to which the row gives a unit, statistics and checksum agree as
written, and in `substance` when they agree once a rule is applied, which says why the row is wrong or says the same in
other words; the checksum must agree in both. Statistics come from `info --statistics`, values from `convert --raw`.
Needs NumPy.
"""
import argparse
import collections
import csv
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy

here = Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--data", type=Path, default=here / "../shared/data/formats", help="folder of samples and EXPECTED.tsv")
parser.add_argument("--binary", type=Path, default=here / ".build/release/tessera")
parser.add_argument("--verbose", action="store_true", help="name the rows that agree, too")
options = parser.parse_args()

LENGTHS = {"m": 1e9, "mm": 1e6, "um": 1e3, "µm": 1e3, "μm": 1e3, "nm": 1.0, "Å": 0.1, "A": 0.1, "pm": 1e-3}
# One unit in several spellings; the table writes n_m for nm.
SPELLINGS = {"1 / nm": "1/nm", "nm^-1": "1/nm", "1 / Å": "1/Å", "A^-1": "1/Å", "[n_m]": "nm", "n_m": "nm", "None": "", "[]": ""}


def unit(text):
    """A unit in one spelling, and the factor that leads to it."""
    text = SPELLINGS.get(text.strip(), text.strip())
    if text in LENGTHS:
        return "nm", LENGTHS[text]
    if text.startswith("1/") and text[2:] in LENGTHS:
        return "1/nm", 1 / LENGTHS[text[2:]]
    return text, 1.0


def close(a, b, relative=1e-6, absolute=0.0):
    return a is not None and abs(a - b) <= max(relative * abs(b), absolute)


def axis_difference(row, ours, rules):
    """Why an axis of ours is not the row's, which is written with eight digits (scale) and six (offset)."""
    _, size, scale, offset, units = row
    if int(size) != ours["size"]:
        return f"{ours['size']} along {ours['name']}, not {size}"
    wanted, factor = unit(units)
    if not wanted:
        # A row without unit has no calibration to compare.
        return ""
    found, own = unit(ours["units"])
    if float(scale) == -1 and not found:
        rules.add("a negative cell is no pixel size")
        return ""
    if found != wanted:
        return f"axis {ours['name']} in {ours['units'] or 'no unit'}, not {units}"
    scale, offset = float(scale) * factor, float(offset) * factor
    if not close(ours["scale"] * own, scale, 1e-6):
        return f"axis {ours['name']}: scale {ours['scale'] * own:.8g} {found}, not {scale:.8g}"
    margin = 2e-5 * max(abs(scale), abs(offset))
    if abs(ours["offset"] * own - offset) <= margin:
        return ""
    if any(close(ours["offset"] * own, offset * metres, 2e-5) for metres in (1e9, 1e-9)):
        rules.add("the table leaves TIA's offset in metres beside a scale in nm")
        return ""
    return f"axis {ours['name']}: offset {ours['offset'] * own:.6g} {found}, not {offset:.6g}"


def differences(row, dataset, file, folder):
    """What differs between a row and a dataset, and the rules by which both are the same nevertheless."""
    shape, rules, found = [int(size) for size in row["shape"].split("x")], set(), []
    axes = [re.fullmatch(r"(.*):(\d+):([^:]+):([^:]+):(.*)", text).groups() for text in
            row["axes(name:size:scale:offset:units)"].split(";") if text]
    raw = Path(folder) / "raw.npy"
    done = subprocess.run([options.binary, "convert", "--raw", "--force", "--dataset", str(dataset["index"]),
                           options.data / row["path"], raw], capture_output=True, text=True)
    if done.returncode:
        return [f"convert --raw: {done.stderr.strip().splitlines()[-1]}"], rules
    values = numpy.load(raw)
    ours, channels = dataset["shape"], dataset["channels"]
    wanted = row["sha256_16_of_C_order_bytes"]

    def same(array):
        return wanted and hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest()[:16] == wanted

    if file["format"] == "Berkeley EMD" and ours == shape[::-1] and same(values.T) and not same(values):
        values, ours = values.T, shape
        dataset = {**dataset, "axes": dataset["axes"][::-1]}
        rules.add("the table turns Berkeley's axes round")
    if ours != shape:
        if same(values) and ours[-1] == shape[-1]:
            rules.add("the table shapes the frames by a file that is not here, or keeps an axis of one")
            axes = []
        else:
            return [f"shape {'x'.join(map(str, ours))}, not {row['shape']}"] * 4, rules

    kind, statistics = row["dtype"], dataset["statistics"]
    if kind.startswith("["):
        if dataset["type"] == "uint8" and kind.count("'u1'") == channels:
            rules.add("the table writes colours as a structure; the type is that of a channel")
        else:
            found.append(f"{channels} channels of {dataset['type']}, not {kind}")
    elif kind.startswith(">") and numpy.dtype(kind).name == dataset["type"]:
        rules.add("the table writes the byte order with the type")
        values = values.astype(kind)
    elif kind == "uint8" and dataset["type"] == "int8" and same(values):
        rules.add("the table takes signed bytes for unsigned ones, against the header")
        plain = values.view(numpy.uint8)
        statistics = {"min": plain.min(), "max": plain.max(), "mean": plain.mean()}
    elif kind != dataset["type"]:
        found.append(f"type {dataset['type']}, not {kind}")
    found += [why for pair in zip(axes, dataset["axes"]) if (why := axis_difference(*pair, rules))]
    for name in ("min", "max", "mean"):
        expected = float(row[name].strip("|"))
        if not close(statistics[name], expected, 2e-6, 2e-9 * abs(float(row["max"].strip("|")))):
            found.append(f"{name} {statistics[name]:.10g}, not {expected:.10g}")
    if wanted and not same(values):
        found.append("other values (checksum)")
    if not wanted and not close(float(numpy.abs(values.astype(numpy.complex128)).sum()), float(row["sum"].strip("|")), 1e-5):
        found.append("another sum of amplitudes")
    return found, rules


# Rows that no rule explains, looked at by hand.
KNOWN = {
    "FEI-Helios-navcam.tif": "the table exchanges the sizes along x and y (the field is 0.202732 m on 768 pixels wide)",
    "tia/old/16x16-spectrum_image-5x5x1024_1.ser":
        "the table leaves out the index (5) at which the scan's offset holds",
}


def reason(row, found):
    """Why a row differs, where this is known; otherwise what differs."""
    path = options.data / row["path"]
    for name, why in KNOWN.items():
        if row["path"].endswith(name):
            return why
    if path.suffix == ".emi" and not path.with_name(f"{path.stem}_1.ser").exists():
        return f"its data are in {path.stem}_1.ser, which is not in the folder; the document's own image is read"
    return "; ".join(dict.fromkeys(found))


def main():
    if not (options.data / "EXPECTED.tsv").exists():
        print(f"{options.data} holds no EXPECTED.tsv: nothing is compared; name the folder with --data")
        return 0
    with open(options.data / "EXPECTED.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    counts = collections.defaultdict(collections.Counter)
    read, notes = {}, []
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            path = options.data / row["path"]
            if row["path"] not in read:
                done = subprocess.run([options.binary, "info", "--json", "--statistics", path], capture_output=True, text=True)
                read[row["path"]] = json.loads(done.stdout)[0] if done.returncode == 0 else done.stderr.strip()
            file = read[row["path"]]
            name = f"{row['path']} [{row['index'].strip('-') or 0}]"
            sizes, axes = row["shape"].split("x"), row["axes(name:size:scale:offset:units)"]
            is_spectral = len(sizes) == 1 or re.search("Energy|Wavelength", axes)
            group = "spectra" if is_spectral else {2: "2-D images", 3: "3-D"}.get(len(sizes), "4-D and 5-D")
            if isinstance(file, str):
                outcome, why = "not read", file.splitlines()[-1]
            elif row["dtype"].startswith("ERROR"):
                shown = ", ".join(f"{'x'.join(map(str, one['shape']))} {one['type']}" for one in file["datasets"])
                group, outcome, why = "without a reading in the table", "read", shown
            else:
                found, rules = min((differences(row, one, file, folder) for one in file["datasets"]),
                                   key=lambda result: (len(result[0]), len(result[1])))
                outcome = "differs" if found else "substance" if rules else "strict"
                why = reason(row, found) if found else "; ".join(sorted(rules))
            counts[group][outcome] += 1
            if outcome != "strict" or options.verbose:
                notes.append(f"{outcome:9} {name}: {why}")
    print("\n".join(sorted(notes)))
    outcomes = ["strict", "substance", "differs", "read", "not read"]
    print("\n| rows | " + " | ".join(outcomes) + " |\n| --- |" + " --- |" * len(outcomes))
    for group, counter in sorted(counts.items()):
        print(f"| {group} | " + " | ".join(str(counter[name]) for name in outcomes) + " |")
    print(f"{len(rows)} rows of {len(read)} files")
    stray = sorted(str(path.relative_to(options.data)) for path in options.data.rglob("*") if path.is_file()
                   and path.name != "EXPECTED.tsv" and str(path.relative_to(options.data)) not in read)
    print(f"files without a row: {', '.join(stray) or 'none'}")
    return 1 if any(counter["not read"] for counter in counts.values()) else 0


sys.exit(main())
