"""Readings of microscope files: Tessera beside RosettaSciIO (or the format's own Python library), same files, same run.

`reading.py agree FOLDER...` compares shape, number type, every value and the pixel size of each image and series of images.
A file counts as agreeing when each one that the peer finds is found, with the same values, by Tessera; axes may come in
another order, and signals with one signal axis (spectra) are left out.
`reading.py speed FOLDER...` times opening and reading all pixels of the largest files, process start included.
`--binary` names the program, by default the release build two folders up.
"""
import argparse
import collections
import importlib
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import common  # noqa: F401  (the folder of this file is the path of the import)
import numpy

BINARY = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "tessera"
# Modules of RosettaSciIO by extension; the other formats have libraries of their own.
PLUGINS = {
    ".dm3": "digitalmicrograph", ".dm4": "digitalmicrograph", ".emd": "emd", ".hspy": "hspy", ".hdf5": "hspy",
    ".ser": "tia", ".emi": "tia", ".mrc": "mrc", ".mrcs": "mrc", ".tif": "tiff", ".tiff": "tiff", ".zspy": "zspy",
    ".h5": "emd", ".nxs": "nexus"}
LENGTHS = {"m": 1e9, "mm": 1e6, "um": 1e3, "µm": 1e3, "μm": 1e3, "nm": 1, "Å": 0.1, "A": 0.1, "pm": 1e-3}


def plain(array):
    """Structured colours as a last axis, little-endian."""
    array = numpy.asarray(array)
    if array.dtype.names:
        kind = array.dtype[0]
        array = numpy.ascontiguousarray(array).view(kind).reshape(*array.shape, len(array.dtype.names))
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def peer_datasets(path):
    """Arrays and the pixel sizes in nm (None: not known) as a Python library reads them."""
    suffix = path.suffix.lower()
    if suffix == ".npy":
        return "numpy", [(plain(numpy.load(path)), None)]
    if suffix == ".npz":
        with numpy.load(path) as archive:
            return "numpy", [(plain(archive[name]), None) for name in archive.files]
    if suffix in (".png", ".jpg", ".bmp"):
        import imageio.v3

        return "imageio", [(plain(imageio.v3.imread(path)), None)]
    if suffix in (".map", ".rec", ".ccp4"):
        import mrcfile

        with mrcfile.open(path, permissive=True) as file:
            return "mrcfile", [(plain(file.data), None)]
    candidates = ["hspy", "emd"] if suffix in (".hdf5", ".h5") else [PLUGINS[suffix]]
    failure = None
    for name in candidates:
        try:
            signals = importlib.import_module(f"rsciio.{name}").file_reader(str(path))
        except Exception as reason:  # A reader may fail in any way; the next one is tried.
            failure = failure or reason
            continue
        images = [one for one in signals if is_image(one["axes"])]
        return "RosettaSciIO", [(plain(one["data"]), pixel_size(one["axes"])) for one in images]
    if suffix in (".hdf5", ".h5"):
        import h5py

        arrays = []
        with h5py.File(path) as file:
            file.visititems(lambda _, node: arrays.append(node[()]) if isinstance(node, h5py.Dataset)
                            and node.dtype.kind in "iufcb" and sum(size > 1 for size in node.shape) > 1 else None)
        return "h5py", [(plain(array), None) for array in arrays]
    if suffix in (".tif", ".tiff"):
        import tifffile

        return "tifffile", [(plain(tifffile.imread(path)), None)]
    raise failure


def is_image(axes):
    """Whether the signal has two axes that no navigation axis takes; where nothing is said, whether it has two at all."""
    signal = [axis for axis in axes if not axis.get("navigate", False)]
    return len(axes) >= 2 and len(signal) != 1


def pixel_size(axes):
    """Size of a pixel along x, in nm, where this is one of the last two axes and a length."""
    named = [axis for axis in axes[-2:] if str(axis.get("name")) in ("x", "width", "R_x", "Rx")]
    if not named or "scale" not in named[-1]:
        return None
    factor = LENGTHS.get(str(named[-1].get("units")))
    return abs(named[-1]["scale"]) * factor if factor else None


def our_datasets(binary, path, folder):
    """The same as Tessera reads it, or the sentence of its refusal."""
    done = subprocess.run([str(binary), "info", "--json", str(path)], capture_output=True, text=True)
    if done.returncode:
        return None, (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
    datasets = []
    for one in json.loads(done.stdout)[0]["datasets"]:
        out = pathlib.Path(folder) / "values.npy"
        words = ["convert", "--raw", "--force", "--dataset", str(one["index"]), str(path), str(out)]
        done = subprocess.run([str(binary), *words], capture_output=True, text=True)
        if done.returncode:
            return None, done.stderr.strip().splitlines()[-1]
        size = one["pixel_size_nm"]
        datasets.append((numpy.load(out), size and size["x"]))
    return datasets, ""


def difference(theirs, ours):
    """Why no array of ours is theirs; empty if one is."""
    array, size = theirs
    array = numpy.squeeze(array)
    why = "no dataset of this shape"
    for found, scale in ours:
        found = numpy.squeeze(found)
        if sorted(found.shape) != sorted(array.shape):
            continue
        orders = [range(array.ndim), [*range(array.ndim - 2), array.ndim - 1, array.ndim - 2], range(array.ndim)[::-1]]
        if array.ndim > 2:  # Colours may stand before rows.
            orders.append([*range(array.ndim - 3), array.ndim - 2, array.ndim - 1, array.ndim - 3])
        if array.ndim < 2:
            orders = [range(array.ndim)]
        same = [order for order in orders if array.transpose(order).shape == found.shape
                and numpy.array_equal(array.transpose(order), found, equal_nan=array.dtype.kind in "fc")]
        if not same:
            why = "other values" if why.startswith("no") else why
        elif found.dtype != array.dtype:
            why = f"type {found.dtype}, not {array.dtype}"
        elif size and not (scale and abs(scale - size) <= 1e-4 * size):
            why = f"pixel size {scale}, not {size} nm"
        else:
            return ""
    return f"{why} ({'x'.join(map(str, array.shape))} {array.dtype})"


def agree(options):
    counts = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as folder:
        for path in files(options.folders):
            peer, theirs, failure = "", None, ""
            try:
                peer, theirs = peer_datasets(path)
            except Exception as reason:
                failure = f"{type(reason).__name__}: {reason}"
            ours, refusal = our_datasets(options.binary, path, folder)
            if theirs is None:
                outcome, note = ("only Tessera", failure) if ours else ("neither", refusal)
            elif ours is None:
                outcome, note = "only the peer", refusal
            else:
                notes = [note for one in theirs if one[0].size and (note := difference(one, ours))]
                outcome, note = ("differs", "; ".join(notes)) if notes else ("agrees", "")
            counts[path.suffix.lower()][outcome] += 1
            if outcome != "agrees" or options.verbose:
                print(f"{outcome:13} {peer:12} {path}: {note[:200]}", flush=True)
    outcomes = ["agrees", "differs", "only Tessera", "only the peer", "neither"]
    print("| files | " + " | ".join(outcomes) + " |\n| --- |" + " --- |" * len(outcomes))
    total = collections.Counter()
    for suffix, counter in sorted(counts.items()):
        total.update(counter)
        print(f"| {suffix} | " + " | ".join(str(counter[name]) for name in outcomes) + " |")
    print("| all | " + " | ".join(str(total[name]) for name in outcomes) + " |")


def files(folders):
    known = set(PLUGINS) | {".npy", ".npz", ".png", ".jpg", ".bmp", ".map", ".rec", ".ccp4"}
    for folder in folders:
        folder = pathlib.Path(folder)
        for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
            inside = any(parent.suffix == ".zspy" for parent in path.parents)
            if path.suffix.lower() in known and not inside and (path.is_file() or path.suffix == ".zspy"):
                yield path


SCRIPT = """
import sys, time
start = time.perf_counter()
import numpy, importlib
module = importlib.import_module("rsciio." + sys.argv[2])
middle = time.perf_counter()
total = sum(float(numpy.asarray(one["data"]).ravel()[-1].real if one["data"].dtype.names is None else 0)
            for one in module.file_reader(sys.argv[1]))
print(time.perf_counter() - middle)
"""


def speed(options):
    largest = sorted(
        (path for path in files(options.folders) if path.is_file() and path.suffix.lower() in PLUGINS),
        key=lambda path: -path.stat().st_size)
    print("| file | MB | Tessera | RosettaSciIO | ratio | without imports | ratio |\n" + "| --- |" * 1 + " --- |" * 6)
    ratios = []
    for path in largest:
        if len(ratios) == options.count:
            break
        module = PLUGINS[path.suffix.lower()]
        ours, theirs, bare = [], [], []
        for _ in range(options.repeats):
            start = time.perf_counter()
            done = subprocess.run(
                [str(options.binary), "info", "--statistics", "--json", str(path)], capture_output=True)
            ours.append(time.perf_counter() - start)
            start = time.perf_counter()
            peer = subprocess.run([sys.executable, "-c", SCRIPT, str(path), module], capture_output=True, text=True)
            theirs.append(time.perf_counter() - start)
            if peer.returncode or done.returncode:
                break
            bare.append(float(peer.stdout))
        if len(bare) < options.repeats:
            print(f"{path}: not read by both, left out", file=sys.stderr)
            continue
        ours, theirs, bare = min(ours), min(theirs), min(bare)
        ratios.append((theirs / ours, bare / ours))
        print(
            f"| {path.name} | {path.stat().st_size / 1e6:.1f} | {ours * 1e3:.0f} ms | {theirs * 1e3:.0f} ms "
            f"| {theirs / ours:.1f} | {bare * 1e3:.0f} ms | {bare / ours:.1f} |", flush=True)
    whole, rest = zip(*ratios)
    print(f"median ratio {statistics.median(whole):.1f} (least {min(whole):.1f}); "
          f"without imports {statistics.median(rest):.1f} (least {min(rest):.1f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=["agree", "speed"])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--binary", type=pathlib.Path, default=BINARY)
    parser.add_argument("--verbose", action="store_true", help="also name the files that agree")
    parser.add_argument("--count", type=int, default=20, help="number of the largest files that are timed")
    parser.add_argument("--repeats", type=int, default=3, help="the fastest of so many runs counts")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    {"agree": agree, "speed": speed}[options.work](options)


if __name__ == "__main__":
    main()
