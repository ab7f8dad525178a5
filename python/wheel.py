#!/usr/bin/env python3
"""Puts the package `tessera`, its compiled library and all that this needs into one wheel.

    python3 python/wheel.py --build .build/release --output dist --patchelf PATCHELF

Of the shared libraries that the library loads, those of the C library and of the compiler's runtime (`SYSTEM`) are expected on every
Linux machine; all others, those of Swift among them, are copied. Each copy has its checksum in its name, so that it never
stands in for another program's library of the same name, and finds its neighbours by `$ORIGIN`. One wheel serves every
Python from 3.9, since the library is called through ctypes. The same files make the same wheel, byte for byte.
"""

import argparse
import base64
import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = "libTesseraPython.so"
PROGRAMS = ["tessera-hdf5"]
SYSTEM = re.compile(r"^(ld-linux|lib(c|m|dl|rt|pthread|util|resolv|gcc_s|stdc\+\+)\.so|linux-vdso)")
TEXTS = ["LICENSE", "NOTICE"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / ".build/release", help="folder of the compiled library")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder for the wheel")
    parser.add_argument("--patchelf", default="patchelf", help="the program patchelf")
    options = parser.parse_args()
    version = re.search(r'__version__ = "(.*)"', (ROOT / "python/tessera/__init__.py").read_text()).group(1)
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        shutil.copytree(ROOT / "python/tessera", stage / "tessera", ignore=shutil.ignore_patterns("__pycache__"))
        origins = bundle(options.build, stage / "tessera/lib", options.patchelf)
        tag = f"py3-none-{wanted_system()}"
        describe(stage / f"tessera-{version}.dist-info", version, tag)
        # Where PEP 770 has it.
        bill = stage / f"tessera-{version}.dist-info/sboms/tessera.spdx.json"
        added = [bill.relative_to(stage).as_posix(), f"tessera-{version}.dist-info/RECORD"]
        text = inventory().text(stage, version, origins, added)
        bill.parent.mkdir()
        bill.write_text(text)
        options.output.mkdir(parents=True, exist_ok=True)
        wheel = options.output / f"tessera-{version}-{tag}.whl"
        pack(stage, wheel, f"tessera-{version}.dist-info/RECORD")
    inventory().write_sums(options.output)
    print(f"{wheel}: {wheel.stat().st_size / 1e6:.0f} MB")


def inventory():
    """The module that writes what a package holds; it uses this one."""
    sys.path.insert(0, str(ROOT / "Packaging"))
    import inventory

    return inventory


def wanted_system():
    """The oldest system that the wheel runs on: that of this machine's C library (PEP 600)."""
    name, version = platform.libc_ver()
    if name != "glibc":
        sys.exit("wheels are built on Linux with glibc")
    return f"manylinux_{version.replace('.', '_')}_{platform.machine()}"


def bundle(build, lib, patchelf):
    """Copies the library, its helper and all libraries behind them, under names of their own. Returns the source of each copy by its name."""
    lib.mkdir()
    roots = [build / name for name in [LIBRARY, *PROGRAMS]]
    for root in roots:
        if not root.exists():
            sys.exit(f"{root}: is missing; build the package first (make wheel)")
    found = {}
    for root in roots:
        found.update(libraries(root))
    names = {name: own_name(name, path) for name, path in found.items()}
    copies = [(root, lib / root.name) for root in roots] + [(path, lib / names[name]) for name, path in found.items()]
    for source, copy in copies:
        shutil.copyfile(source, copy)
        copy.chmod(0o755)
        subprocess.run(["strip", "--strip-unneeded", copy], check=True)
        arguments = ["--set-rpath", "$ORIGIN"]
        for needed in output(patchelf, "--print-needed", copy).split():
            if needed in names:
                arguments += ["--replace-needed", needed, names[needed]]
        if copy.name in names.values():
            arguments += ["--set-soname", copy.name]
        subprocess.run([patchelf, *arguments, copy], check=True)
    lines = [f"{names[name]} {path.name}\n" for name, path in sorted(found.items())]
    (lib / "LIBRARIES").write_text("# The copies beside this file, and the files that they were.\n" + "".join(lines))
    return {names[name]: path for name, path in found.items()}


def libraries(path):
    """The shared libraries that the loader finds for a file, by the names by which they are asked for."""
    found = {}
    for line in output("ldd", path).splitlines():
        match = re.match(r"\s*(\S+) => (.*) \(0x", line)
        if re.search("not found", line):
            sys.exit(f"{path}: {line.strip()}")
        if match and not SYSTEM.match(match.group(1)):
            found[match.group(1)] = Path(match.group(2)).resolve()
    return found


def own_name(name, path):
    stem, dot, rest = name.partition(".so")
    return f"{stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}{dot}{rest}"


def output(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout


def describe(folder, version, tag):
    folder.mkdir()
    readme = (ROOT / "python/README.md").read_text()
    (folder / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: tessera\nVersion: {version}\n"
        "Summary: Atom columns, motifs, strain and phases of atomic-resolution electron micrographs\n"
        "License: Apache-2.0, with libraries under other licences (NOTICE)\n"
        "Requires-Python: >=3.9\nRequires-Dist: numpy>=1.21\n"
        "Provides-Extra: dask\nRequires-Dist: distributed; extra == 'dask'\n"
        "Provides-Extra: napari\nRequires-Dist: napari; extra == 'napari'\nClassifier: Framework :: napari\n"
        f"Description-Content-Type: text/markdown\n\n{readme}"
    )
    (folder / "WHEEL").write_text(
        f"Wheel-Version: 1.0\nGenerator: tessera\nRoot-Is-Purelib: false\nTag: {tag}\n")
    # By which napari finds the reader and the widget.
    (folder / "entry_points.txt").write_text("[napari.manifest]\ntessera = tessera:napari.json\n")
    for text in TEXTS:
        shutil.copyfile(ROOT / text, folder / text)


def pack(stage, wheel, record):
    """Writes the archive beside its place and renames it."""
    lines = []
    unfinished = wheel.with_name(f".{wheel.name}.unfinished")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:

        def add(name, data, mode=0o644):
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.external_attr, entry.compress_type = (0o100000 | mode) << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(data)}\n")

        for path in sorted(path for path in stage.rglob("*") if path.is_file()):
            is_program = "/lib/" in path.as_posix() and path.name != "LIBRARIES"
            add(path.relative_to(stage).as_posix(), path.read_bytes(), 0o755 if is_program else 0o644)
        archive.writestr(zipfile.ZipInfo(record, (2020, 1, 1, 0, 0, 0)), "".join(lines) + f"{record},,\n")
    unfinished.replace(wheel)


if __name__ == "__main__":
    main()
