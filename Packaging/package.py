#!/usr/bin/env python3
"""Puts the command, its helper and every library behind them into an archive and a Debian package.

    python3 Packaging/package.py --build .build/release --docs .build/docs --output dist --patchelf PATCHELF

Both hold the same tree: `bin` with the programs, `lib` with the shared libraries that they load (but for those of the C library and of
the compiler's runtime, as in `python/wheel.py`), `share` with manual pages, completions, the fonts of the figures and the licences.
The archive can be unpacked anywhere; the programs find their libraries by `$ORIGIN`. In the Debian package the tree lies in
/usr/lib/tessera, with links from /usr. The same files make the same bytes. Beside both stand the checksums of all that is released there (SHA256SUMS) and what they hold
(tessera.spdx.json, in the form of SPDX 2.3).
"""

import argparse
import gzip
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))
import inventory  # noqa: E402
import wheel  # noqa: E402

PROGRAMS = ["tessera", "tessera-hdf5"]
FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"]
FONT_FOLDER = Path("/usr/share/fonts/truetype/dejavu")
MAINTAINER = "Tessera developers <noreply@localhost>"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / ".build/release", help="folder of the compiled programs")
    parser.add_argument("--docs", type=Path, default=ROOT / ".build/docs", help="folder of manual pages and completions")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder for the packages")
    parser.add_argument("--patchelf", default="patchelf", help="the program patchelf")
    options = parser.parse_args()
    version = re.search(r'current = "(.*)"', (ROOT / "Sources/TesseraMethods/Results/TesseraVersion.swift").read_text()).group(1)
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        name = f"tessera-{version}-linux-{platform.machine()}"
        tree = Path(folder) / name
        origins = fill(tree, options)
        check(tree, version)
        files = [archive(tree, options.output / f"{name}.tar.gz"), debian(tree, version, options.output)]
        files.append(options.output / "tessera.spdx.json")
        files[-1].write_text(inventory.text(tree, version, origins))
    inventory.write_sums(options.output)
    for file in files:
        print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


def fill(tree, options):
    """Lays out the tree. Returns of each library the file that it was copied from."""
    (tree / "bin").mkdir(parents=True)
    (tree / "lib").mkdir()
    found = {}
    for name in PROGRAMS:
        if not (options.build / name).exists():
            sys.exit(f"{options.build / name}: is missing; build it first (make package)")
        found.update(wheel.libraries(options.build / name))
    copies = [(options.build / name, tree / "bin" / name, "$ORIGIN/../lib") for name in PROGRAMS]
    copies += [(path, tree / "lib" / name, "$ORIGIN") for name, path in sorted(found.items())]
    for source, copy, path in copies:
        shutil.copyfile(source, copy)
        copy.chmod(0o755)
        subprocess.run(["strip", "--strip-unneeded", copy], check=True)
        subprocess.run([options.patchelf, "--set-rpath", path, copy], check=True)
    share = tree / "share"
    for page in sorted(options.docs.glob("*.1")):
        put(page, share / "man/man1" / page.name)
    put(options.docs / "tessera.bash", share / "bash-completion/completions/tessera")
    put(options.docs / "tessera.zsh", share / "zsh/site-functions/_tessera")
    put(options.docs / "tessera.fish", share / "fish/vendor_completions.d/tessera.fish")
    put(ROOT / "Packaging/fonts.conf", share / "tessera/fonts.conf")
    for font in FONTS:
        put(FONT_FOLDER / font, share / "tessera/fonts" / font)
    for text in wheel.TEXTS:
        put(ROOT / text, share / "doc/tessera" / text)
    return found


def check(tree, version):
    """Ends the program unless the commands of the tree run and load nothing from elsewhere but the system's own libraries."""
    for name in PROGRAMS:
        for library, path in wheel.libraries(tree / "bin" / name).items():
            if path.parent != (tree / "lib").resolve():
                sys.exit(f"{name} would load {library} from {path}, not from the package")
    said = subprocess.run([tree / "bin/tessera", "--version"], env={}, capture_output=True, text=True)
    if said.returncode != 0 or said.stdout.strip() != version:
        sys.exit(f"the packaged command does not say that it is version {version}: {said.stdout}{said.stderr}")


def put(source, copy):
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, copy)
    copy.chmod(0o644)


def archive(tree, path):
    """An archive whose bytes depend on the files alone."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with open(unfinished, "wb") as file, gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for entry in [tree, *inventory.entries(tree)]:
                info = archive.gettarinfo(entry, arcname=(tree.name / entry.relative_to(tree)).as_posix())
                info.uid = info.gid = info.mtime = 0
                info.uname = info.gname = "root"
                info.mode = 0o755 if entry.is_dir() or entry.stat().st_mode & 0o100 else 0o644
                with open(entry, "rb") if entry.is_file() else tempfile.TemporaryFile() as data:
                    archive.addfile(info, data if entry.is_file() else None)
    unfinished.replace(path)
    return path


def debian(tree, version, output):
    """The same tree below /usr/lib/tessera, with links where programs, pages and completions are looked for."""
    machine = subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()
    path = output / f"tessera_{version}_{machine}.deb"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        home = root / "usr/lib/tessera"
        shutil.copytree(tree, home)
        (root / "usr/bin").mkdir()
        (root / "usr/bin/tessera").symlink_to("../lib/tessera/bin/tessera")
        for part in ("man", "bash-completion", "zsh", "fish", "doc"):
            shutil.move(home / "share" / part, root / "usr/share" / part)
        # The licences are where Debian's tools look for them.
        (root / "usr/share/doc/tessera/LICENSE").rename(root / "usr/share/doc/tessera/copyright")
        for page in sorted((root / "usr/share/man/man1").iterdir()):
            page.with_name(page.name + ".gz").write_bytes(gzip.compress(page.read_bytes(), 9, mtime=0))
            page.unlink()
        size = sum(entry.stat().st_size for entry in root.rglob("*") if entry.is_file()) // 1024
        control = root / "DEBIAN/control"
        control.parent.mkdir()
        control.write_text(
            f"Package: tessera\nVersion: {version}\nArchitecture: {machine}\nMaintainer: {MAINTAINER}\n"
            f"Installed-Size: {size}\nDepends: libc6 (>= {wanted_libc(tree)}), libstdc++6 (>= 12), libgcc-s1\n"
            "Section: science\nPriority: optional\n"
            "Description: atom columns, motifs and strain of electron micrographs\n"
            " Takes a micrograph of atomic columns as the microscope wrote it and lists the\n"
            " columns, the motifs, their combinations and the strain between them.\n")
        subprocess.run(["find", root, "-exec", "touch", "-h", "-d", "@1577836800", "{}", "+"], check=True)
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, path], check=True, capture_output=True,
            env={"SOURCE_DATE_EPOCH": "1577836800", "PATH": "/usr/bin:/bin"})
    return path


def wanted_libc(tree):
    """The newest version of the C library that a program or a library asks for."""
    versions = set()
    for file in [*(tree / "bin").iterdir(), *(tree / "lib").iterdir()]:
        versions.update(re.findall(r"GLIBC_(\d+)\.(\d+)", wheel.output("objdump", "-T", file)))
    return ".".join(map(str, max((int(major), int(minor)) for major, minor in versions)))


if __name__ == "__main__":
    main()
