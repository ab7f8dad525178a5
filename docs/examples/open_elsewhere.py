#!/usr/bin/env python3
"""Opens what `tessera convert` writes in the programs of the field and checks that the values and the scale are the same.

    tessera simulate mose2 -o scan.tif
    tessera convert scan.tif scan.hspy
    tessera convert scan.tif scan.ome.tif
    tessera convert scan.tif scan.mrc
    tessera convert scan.tif scan.npy
    python3 open_elsewhere.py scan

Needs NumPy and tifffile; HyperSpy and mrcfile where they are installed. The exit status is 0 if all agree.
"""
import sys

import numpy
import tifffile

name = sys.argv[1]
values = numpy.load(f"{name}.npy")


def agree(program, found, nanometres, wanted):
    assert numpy.array_equal(found, values), f"{program}: other values"
    assert abs(nanometres / wanted - 1) < 1e-6, f"{program}: {nanometres} nm per pixel, not {wanted}"
    print(f"{program}: {found.shape} {found.dtype}, {nanometres:.6g} nm per pixel")


with tifffile.TiffFile(f"{name}.ome.tif") as file:
    assert file.is_ome
    pixels = tifffile.xml2dict(file.ome_metadata)["OME"]["Image"]["Pixels"]
    assert pixels["PhysicalSizeXUnit"] == "nm"
    wanted = pixels["PhysicalSizeX"]
    agree("tifffile, OME-TIFF", file.asarray(), pixels["PhysicalSizeX"], wanted)

with tifffile.TiffFile(f"{name}.tif") as file:
    # ImageJ's way: the unit in the description, pixels for each unit in the resolution.
    assert file.is_imagej and file.imagej_metadata["unit"] == "nm"
    pixels, units = file.pages[0].tags["XResolution"].value
    agree("tifffile, ImageJ TIFF", file.asarray(), units / pixels, wanted)

try:
    import hyperspy.api as hyperspy
except ImportError:
    print("HyperSpy is not installed")
else:
    for ending in ("hspy", "tif"):
        signal = hyperspy.load(f"{name}.{ending}")
        assert [axis.units for axis in signal.axes_manager.signal_axes] == ["nm", "nm"], signal.axes_manager
        agree(f"HyperSpy, {ending}", signal.data, signal.axes_manager.signal_axes[0].scale, wanted)

try:
    import mrcfile
except ImportError:
    print("mrcfile is not installed")
else:
    with mrcfile.open(f"{name}.mrc") as file:
        agree("mrcfile", file.data, float(file.voxel_size.x) / 10, wanted)
    assert mrcfile.validate(f"{name}.mrc"), "mrcfile finds faults in the MRC file"
