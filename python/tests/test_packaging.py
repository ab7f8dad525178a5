"""What is released: its inventory is one that SPDX accepts, and its checksums are those of all that lies there."""

import configparser
import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Packaging"))
import inventory  # noqa: E402


class Inventories(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.tree = Path(scratch.name) / "tree"
        for name in ["bin/tessera", "lib/libone.so", "share/doc/LICENSE"]:
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            (self.tree / name).write_text(name)

    def inventory(self, origins=None):
        return json.loads(inventory.text(self.tree, "1.2.3", origins or {}, ["info/own.spdx.json"]))

    def test_packages_that_contain_files_were_analysed(self):
        bill = self.inventory()
        packages = {package["SPDXID"]: package for package in bill["packages"]}
        for relation in bill["relationships"]:
            if relation["relationshipType"] == "CONTAINS":
                self.assertTrue(packages[relation["spdxElementId"]]["filesAnalyzed"])
        main = packages["SPDXRef-Tessera"]
        # SPDX 2.3, 7.9.4: the SHA-1 of the sorted SHA-1 of all files but those that are left out.
        sums = sorted(hashlib.sha1(path.read_bytes()).hexdigest() for path in self.tree.rglob("*") if path.is_file())
        self.assertEqual(main["packageVerificationCode"], {
            "packageVerificationCodeValue": hashlib.sha1("".join(sums).encode()).hexdigest(),
            "packageVerificationCodeExcludedFiles": ["./info/own.spdx.json"]})
        self.assertTrue(main["licenseInfoFromFiles"])
        for package in bill["packages"]:
            self.assertEqual("packageVerificationCode" in package, package["filesAnalyzed"], package["name"])

    @unittest.skipUnless(importlib.util.find_spec("spdx_tools"), "spdx-tools is not installed")
    def test_the_tools_of_spdx_accept_it(self):
        from spdx_tools.spdx.parser.parse_anything import parse_file
        from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

        file = self.tree.parent / "bill.spdx.json"
        file.write_text(json.dumps(self.inventory()))
        found = validate_full_spdx_document(parse_file(str(file)))
        self.assertEqual([message.validation_message for message in found], [])

    @unittest.skipUnless(shutil.which("dpkg-query"), "this machine is no Debian")
    def test_libraries_come_from_packages_of_debian(self):
        run = subprocess.run(["ldd", sys.executable], capture_output=True, text=True)
        found = [word for word in run.stdout.split() if word.startswith("/") and "libc.so" in word]
        if not found:
            self.skipTest("this Python stands on no C library of the system")
        bill = self.inventory({"libone.so": Path(found[0]).resolve()})
        (relation,) = [relation for relation in bill["relationships"] if relation["relationshipType"] == "GENERATED_FROM"]
        (package,) = [package for package in bill["packages"] if package["SPDXID"] == relation["relatedSpdxElement"]]
        self.assertEqual((package["name"], package["filesAnalyzed"]), ("glibc", False))

    def test_licences_are_those_of_the_copyright_file(self):
        head = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
        cases = {
            head + "Files: *\nCopyright: 2003 A\nLicense: GPL-2+\n A text.\n\nFiles: debian/*\nLicense: Expat\n": "GPL-2.0-or-later",
            head + "Files: doc/*\nLicense: Expat\n\nFiles: *\nCopyright:\n 2003 A\nLicense: LGPL-2.1 or MPL-2.0\n": "LGPL-2.1-only OR MPL-2.0",
            head + "Files: *\nLicense: Zlib and of-its-own\n": "NOASSERTION",
            head + "Files: src/*\nLicense: Zlib\n": "NOASSERTION",
            "This package was made by B.\n\nFiles: *\nLicense: Zlib\n": "NOASSERTION",
        }
        file = self.tree / "copyright"
        for words, licence in cases.items():
            file.write_text(words)
            self.assertEqual(inventory.declared(file), licence, words)
        self.assertEqual(inventory.declared(self.tree / "absent"), "NOASSERTION")


class Wheels(unittest.TestCase):
    def test_name_what_napari_finds(self):
        with tempfile.TemporaryDirectory() as folder:
            inventory.wheel.describe(Path(folder) / "info", "1.2.3", "py3-none-any")
            points = configparser.ConfigParser()
            points.read(Path(folder) / "info/entry_points.txt")
            module, file = points["napari.manifest"]["tessera"].split(":")
        manifest = json.loads((inventory.ROOT / "python" / module / file).read_text())
        self.assertEqual(manifest["name"], module)


class Checksums(unittest.TestCase):
    def test_are_those_of_all_that_is_released(self):
        with tempfile.TemporaryDirectory() as folder:
            names = ["a.whl", "b.tar.gz", "c.deb", "d.spdx.json"]
            for name in [*names, "notes.txt", ".b.tar.gz.unfinished"]:
                (Path(folder) / name).write_text(name)
            for _ in range(2):
                inventory.write_sums(Path(folder))
                lines = (Path(folder) / "SHA256SUMS").read_text().splitlines()
                self.assertEqual([line.split("  ")[1] for line in lines], names)
                for line in lines:
                    digest, name = line.split("  ")
                    self.assertEqual(digest, hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest())


if __name__ == "__main__":
    unittest.main()
