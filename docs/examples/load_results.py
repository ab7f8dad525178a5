#!/usr/bin/env python3
"""Loads a result folder of `tessera analyze` into Python.

    tessera demo
    python3 load_results.py tessera-demo

Needs NumPy and pandas; HyperSpy and ASE where they are installed.
"""
import json
import sys
from pathlib import Path

import numpy
import pandas

folder = Path(sys.argv[1])
summary = json.loads((folder / "summary.json").read_text())
sites = pandas.read_csv(folder / "sites.csv")
features = numpy.load(folder / "features.npy")  # one row a site, NaN where a site has no patch
layout = numpy.load(folder / "layout.npy")
assert len(sites) == len(features) == len(layout)

print(f"{len(sites)} sites, {features.shape[1]} features, version {summary['version']}")
print(sites.groupby("class", dropna=False).agg(count=("id", "size"), amplitude=("amplitude", "mean")))

try:
    from ase import Atoms
except ImportError:
    print("ASE is not installed: no atoms are made")
else:
    placed = sites.dropna(subset=["x_nm", "y_nm"])
    positions = numpy.column_stack([10 * placed.x_nm, -10 * placed.y_nm, numpy.zeros(len(placed))])  # Ångström, y up
    atoms = Atoms("X" * len(placed), positions=positions)
    atoms.set_array("class", placed["class"].fillna(0).astype(int).to_numpy())
    print(atoms)
