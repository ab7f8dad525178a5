"""The package against the command: the same numbers, errors as exceptions, threads.

TESSERA_LIBRARY names the folder of a build, which holds the library and the command.
"""

import csv
import doctest
import gc
import importlib
import os
import pickle
import pkgutil
import resource
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
from pathlib import Path

import numpy as np
import tessera

COMMAND = Path(os.environ["TESSERA_LIBRARY"]) / "tessera"


class OneImage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        warnings.simplefilter("ignore", tessera.TesseraWarning)
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.scratch.name)
        cls.command("simulate", "mose2", "--size", "256", "-o", "m.tif")
        cls.image = tessera.read(cls.folder / "m.tif")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def command(cls, *words):
        subprocess.run([str(COMMAND), *words], cwd=cls.folder, check=True, capture_output=True)

    def assert_same_table(self, table, name):
        with open(self.folder / name, newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(list(table), list(rows[0]))
        self.assertEqual(table.rows, len(rows))
        for column in table:
            cells = [row[column] for row in rows]
            if table[column].dtype.kind == "U":
                self.assertEqual(table[column].tolist(), cells)
            else:
                empty = 0 if table[column].dtype.kind == "i" else np.nan
                np.testing.assert_array_equal(table[column], [float(cell) if cell else empty for cell in cells], column)


class Numbers(OneImage):
    """Every number is that of the command's file."""

    def test_image(self):
        self.assertEqual((self.image.shape, self.image.dtype), ((256, 256), np.float32))
        self.assertAlmostEqual(self.image.pixel_size, 0.0137)
        self.command("convert", "m.tif", "m.npy")
        np.testing.assert_array_equal(self.image, np.load(self.folder / "m.npy").squeeze())

    def test_sites(self):
        self.command("sites", "m.tif", "-o", "m.csv", "--noise-threshold", "6")
        self.assert_same_table(tessera.sites(self.image, noise_threshold=6), "m.csv")

    def test_known_sites(self):
        found = tessera.sites(self.image)
        places = np.column_stack([found["x"], found["y"]])[:50]
        self.assertEqual(tessera.sites(self.image, sites=places).rows, 50)

    def test_analyze(self):
        self.command("motifs", "m.tif", "-o", "motifs", "--features", "invariant")
        result = tessera.analyze(self.image, features="invariant")
        for name in ["sites", "classes", "cells"]:
            self.assert_same_table(result[name], f"motifs/{name}.csv")
        for name in ["features", "layout"]:
            np.testing.assert_array_equal(result[name], np.load(self.folder / f"motifs/{name}.npy"))
        self.assertEqual(result.summary["counts"]["columns"], tessera.sites(self.image).rows)

    def test_strain_and_segment(self):
        for name, method in [("strain", tessera.strain), ("segment", tessera.segment)]:
            self.command(name, "m.tif", "-o", name)
            result = method(self.image)
            key = {"strain": "strain", "segment": "segmentation"}[name]
            pages = result[key] if result[key].ndim == 3 else [result[key]]
            for number, page in enumerate(pages):
                stored = tessera.read(self.folder / name / f"{key}.tif", frame=number if len(pages) > 1 else None)
                np.testing.assert_array_equal(np.asarray(page, np.float32), np.asarray(stored))

    def test_pixel_size_and_layout_of_an_array(self):
        turned = np.asfortranarray(np.asarray(self.image, np.float64))
        np.testing.assert_array_equal(tessera.sites(turned, pixel_size=0.0137)["x_nm"], tessera.sites(self.image)["x_nm"])
        self.assertTrue(np.isnan(tessera.sites(turned)["x_nm"]).all())


class Batches(OneImage):
    """A batch of Python is a batch of the command, and either goes on with the other's."""

    def test_are_those_of_the_command(self):
        (self.folder / "bad.tif").write_bytes(b"II*\0broken")
        here = os.getcwd()
        os.chdir(self.folder)
        try:
            rows = tessera.batch("motifs", ["m.tif", "bad.tif"], "mine", features="invariant")
            self.assertEqual([row["status"] for row in rows], ["done", "failed"])
            self.assertIn("is truncated", rows[1]["message"])
            subprocess.run(
                [str(COMMAND), "batch", "motifs", "m.tif", "bad.tif", "-o", "theirs", "--features", "invariant"],
                capture_output=True)
            for name in ["sites.csv", "features.npy", "hierarchy.json"]:
                self.assertEqual(Path("mine/m", name).read_bytes(), Path("theirs/m", name).read_bytes())
            stored = []
            for name in ["mine", "theirs"]:
                with open(f"{name}/batch.csv", newline="") as file:
                    stored.append([{**row, "seconds": ""} for row in csv.DictReader(file)])
            self.assertEqual(stored[0], stored[1])
            number = os.stat("theirs/m/sites.csv").st_ino
            tessera.batch("motifs", "m.tif", "theirs", features="invariant")
            self.assertEqual(os.stat("theirs/m/sites.csv").st_ino, number)
            with self.assertRaisesRegex(tessera.WriteError, "made with other options"):
                tessera.batch("motifs", "m.tif", "theirs")
            with self.assertRaisesRegex(tessera.MissingError, "no file has such a name"):
                tessera.batch("motifs", "*.dm4", "more")
        finally:
            os.chdir(here)


class Pages(OneImage):
    def test_the_example_prints_what_the_page_shows(self):
        page = (Path(__file__).resolve().parents[2] / "docs/python.md").read_text()
        code = page.split("```py\n")[1].split("```")[0]
        printed = page.split("prints\n\n")[1].split("\n\n")[0]
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([str(COMMAND), "simulate", "mose2", "--size", "512", "-o", "scan.tif"], cwd=folder, capture_output=True)
            done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
        self.assertEqual(done.stdout.split(), printed.split(), done.stderr)
        self.assertIn(code, (Path(__file__).resolve().parents[2] / "README.md").read_text())


class Refusals(OneImage):
    def test_are_exceptions_with_a_sentence(self):
        cases = [
            (FileNotFoundError, "absent.tif: there is no such file", lambda: tessera.read("absent.tif")),
            (tessera.SettingError, "Did you mean scale?", lambda: tessera.sites(self.image, scael=3)),
            (tessera.SettingError, "must be between 0.5 and 1000", lambda: tessera.sites(self.image, scale=-3)),
            (tessera.SettingError, "True or False", lambda: tessera.analyze(self.image, no_piston=1)),
            (tessera.SettingError, "pixel_size", lambda: tessera.sites(self.image, pixel_size=0)),
            (tessera.SettingError, "threads", lambda: tessera.sites(self.image, threads=0)),
            (tessera.SettingError, "there are", lambda: tessera.run("sights", self.image)),
            (tessera.DataError, "shape (2, 3, 4)", lambda: tessera.sites(np.zeros((2, 3, 4)))),
            (tessera.DataError, "complex128", lambda: tessera.sites(np.zeros((9, 9), complex))),
            (tessera.DataError, "nothing to find", lambda: tessera.sites(np.zeros((64, 64)))),
        ]
        for kind, text, call in cases:
            with self.assertRaises(kind) as caught:
                call()
            self.assertIn(text, str(caught.exception))
            self.assertNotIn("--", str(caught.exception))

    def test_a_damaged_file(self):
        (self.folder / "bad.tif").write_bytes(b"II*\0broken")
        with self.assertRaisesRegex(tessera.DataError, "bad.tif: .*truncated"):
            tessera.read(self.folder / "bad.tif")


class Calls(OneImage):
    def test_report_progress_and_stop(self):
        stages = []
        tessera.strain(self.image, progress=lambda stage, share: stages.append((stage, share)))
        self.assertIn("sites", [stage for stage, _ in stages])
        self.assertTrue(all(0 <= share <= 1 for _, share in stages))

        def stop(stage, share):
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            tessera.strain(self.image, progress=stop)

    def test_leave_other_threads_running(self):
        done, ticks, results = threading.Event(), [0], []

        def tick():
            while not done.wait(0.001):
                ticks[0] += 1

        workers = [threading.Thread(target=lambda: results.append(tessera.sites(self.image)["x"])) for _ in range(3)]
        counter = threading.Thread(target=tick)
        for thread in [counter, *workers]:
            thread.start()
        for thread in workers:
            thread.join()
        done.set()
        counter.join()
        self.assertGreater(ticks[0], 5)
        for result in results:
            np.testing.assert_array_equal(result, results[0])

    def test_give_back_their_memory(self):
        small = np.asarray(self.image)[:64, :64]
        for _ in range(20):
            tessera.sites(small)
        gc.collect()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(100):
            tessera.sites(small)
        # A reply that was never released would be tens of kB per call, some MB here.
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, 1500)

    def test_images_travel(self):
        copy = pickle.loads(pickle.dumps(self.image))
        self.assertEqual((copy.pixel_size, copy.name), (self.image.pixel_size, "m.tif"))
        np.testing.assert_array_equal(copy, self.image)

    def test_version(self):
        from tessera._library import describe

        self.assertEqual(tessera.__version__, describe()["version"])


def load_tests(loader, tests, pattern):
    """The examples of the documentation, too."""
    for module in pkgutil.iter_modules(tessera.__path__):
        if module.name != "dask":
            tests.addTests(doctest.DocTestSuite(importlib.import_module(f"tessera.{module.name}"), optionflags=doctest.ELLIPSIS))
    return tests


if __name__ == "__main__":
    unittest.main()
