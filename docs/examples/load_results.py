#!/usr/bin/env python3
"""Loads a result folder of `tessera analyze` into Python.

    tessera demo
    python3 load_results.py tessera-demo

Needs NumPy and pandas; HyperSpy and ASE where they are installed (`make examples` installs all and runs this).
"""
import json
import sys
from pathlib import Path

import numpy
import pandas

folder = Path(sys.argv[1])
summary = json.loads((folder / "summary.json").read_text())
sites = pandas.read_csv(folder / "sites.csv")
features = numpy.load(folder / "features.npy")  # one row per site, NaN where a site has no patch
layout = numpy.load(folder / "layout.npy")
assert len(sites) == len(features) == len(layout)

print(f"{len(sites)} sites, {features.shape[1]} features, version {summary['version']}")
print(sites.groupby("class", dropna=False).agg(count=("id", "size"), amplitude=("amplitude", "mean")))

try:
    import hyperspy.api as hyperspy
except ImportError:
    print("HyperSpy is not installed: no images are loaded")
else:
    # The micrograph rebuilt from its motifs, and what is left of it; the same call reads what `tessera convert` writes.
    signal = hyperspy.load(folder / "reconstruction.tif")
    x, y = signal.axes_manager.signal_axes
    print(f"HyperSpy: {signal.data.shape}, {x.scale:.4g} {x.units} x {y.scale:.4g} {y.units} per pixel")
    # Sites as markers: HyperSpy places them in the units of the axes, the centre of the first pixel at 0.
    columns = sites[sites.kind == "column"]
    markers = hyperspy.plot.markers.Points(columns[["x", "y"]].to_numpy() * [x.scale, y.scale])
    signal.inav[0].add_marker(markers, permanent=True, plot_marker=False)

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
