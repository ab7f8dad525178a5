"""The package against the command: the same numbers, errors as exceptions, threads.

TESSERA_LIBRARY names the folder of a build, which holds the library and the command.
"""

import copy
import csv
import doctest
import gc
import importlib
import importlib.util
import json
import os
import pickle
import pkgutil
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import types
import unittest
import unittest.mock
import warnings
from concurrent.futures import ThreadPoolExecutor, as_completed
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
        self.assertEqual(result.summary["counts"]["columns"], np.count_nonzero(tessera.sites(self.image)["kind"] != "outside"))

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


class Images(OneImage):
    """An image never says a pixel size that its pixels do not have, and what it holds is what is analysed."""

    def test_keep_the_pixel_size_where_pixels_stay_what_they_are(self):
        image, size = self.image, self.image.pixel_size
        for part in [
            image[3:40], image[:, 5:], image[...], image[2:9, 3:30], image + 1, image - image, np.sqrt(image), np.clip(image, 0, 5),
            image.copy(), image.astype(np.float64), copy.copy(image), copy.deepcopy(image), np.diff(image, axis=0),
        ]:
            self.assertEqual(part.pixel_size, size, part.shape)
        other = tessera.Micrograph(np.zeros(image.shape), pixel_size=2 * size)
        every = np.arange(0, 256, 2)
        for part in [
            image[::2, ::2], image[::2].copy(), image.T, image.T.copy(), image[::-1], image[[0, 2, 4]], image[every][:, every],
            image.take(every, 0), np.compress(every >= 0, image[:128], 0), np.repeat(image, 2, 0), image.repeat(2, axis=1),
            image.reshape(128, 512), image @ image, np.dot(image, image), np.tile(image, (2, 2)), image.view(np.int16), np.rot90(image),
            image.swapaxes(0, 1), image.mean(axis=0, keepdims=True), image + other, image[image > 3], image[3],
        ]:
            self.assertIsNone(getattr(part, "pixel_size", None), part.shape)

    def test_masked_pixels_are_left_out(self):
        hidden = np.zeros(self.image.shape, bool)
        hidden[100:120, 60:90] = True
        spoiled = np.where(hidden, 1e4, np.asarray(self.image))
        masked = tessera.sites(np.ma.masked_array(spoiled, hidden), scale=5)
        missing = tessera.sites(np.where(hidden, np.nan, spoiled), scale=5)
        np.testing.assert_array_equal(masked["x"], missing["x"])
        self.assertIn("600 pixels are not finite", masked.warnings[0])

    def test_numbers_that_single_precision_cannot_hold_are_refused(self):
        pixels = np.asarray(self.image, np.float64)
        for values, text in [
            (pixels * 1e60, "too large to compute with"), (pixels + 1e12, "subtract a constant"),
            (pixels.astype(np.int64) + 2**40, "subtract a constant"),
        ]:
            with self.assertRaisesRegex(tessera.DataError, text):
                tessera.sites(values)
        self.assertEqual(tessera.sites(pixels + 1000, noise="gaussian").rows, tessera.sites(pixels, noise="gaussian").rows)

    def test_signals_of_hyperspy_bring_their_axes(self):
        def signal(units, scale=(0.0137, 0.0137), navigation=1):
            axes = [types.SimpleNamespace(units=units, scale=number) for number in scale]
            manager = types.SimpleNamespace(signal_axes=axes, navigation_size=navigation)
            metadata = types.SimpleNamespace(get_item=lambda name, default: "scan")
            return types.SimpleNamespace(data=np.asarray(self.image), axes_manager=manager, metadata=metadata)

        found = tessera.sites(self.image)
        for own in [signal("nm"), signal("A", (0.137, 0.137)), signal("pm", (13.7, 13.7)), signal("µm", (1.37e-5, 1.37e-5))]:
            np.testing.assert_allclose(tessera.sites(own)["x_nm"], found["x_nm"], rtol=1e-5)
        self.assertTrue(np.isnan(tessera.sites(signal("1/nm"))["x_nm"]).all())
        self.assertTrue(np.isnan(tessera.sites(signal("<undefined>"))["x_nm"]).all())
        np.testing.assert_allclose(tessera.sites(signal("<undefined>"), pixel_size=0.0137)["x_nm"], found["x_nm"])
        with self.assertRaisesRegex(tessera.DataError, "choose one image"):
            tessera.sites(signal("nm", navigation=5))


class Viewers(OneImage):
    """What other programs show is at the place where it was found."""

    def test_layers_of_napari(self):
        import tessera.napari

        result = tessera.strain(self.image, pixel_size=(0.0137, 0.0137))
        layers = tessera.napari.layers(self.image, result)
        kinds = {attributes["name"]: kind for _, attributes, kind in layers}
        self.assertEqual(layers[0][1]["name"], "m.tif")
        for name in result.pages["strain"]:
            self.assertEqual(kinds[f"strain {name}"], "image")
        self.assertEqual(kinds["strain.csv"], "points")
        self.assertEqual({attributes["scale"] for _, attributes, _ in layers}, {(self.image.pixel_size,) * 2})
        # Points are (row, column), and bright pixels lie there.
        points, attributes, _ = tessera.napari.layers(self.image, tessera.sites(self.image))[1]
        self.assertIn("amplitude", attributes["features"])
        rows, columns = points[((points > 0) & (points < 255)).all(axis=1)].round().astype(int).T
        self.assertGreater(self.image[rows, columns].mean(), 2 * self.image.mean())
        self.assertLess(self.image[columns, rows].mean(), 1.5 * self.image.mean())
        labels = tessera.napari.layers(self.image, tessera.segment(self.image))
        self.assertIn("labels", [kind for _, _, kind in labels])

    def test_points_of_napari_have_the_colours_of_the_figures(self):
        import tessera.napari

        self.command("analyze", "m.tif", "-o", "figures", "--force")
        texts = re.findall(r"rgb\(([\d.]+)%,([\d.]+)%,([\d.]+)%\)", (self.folder / "figures/figures/layout.svg").read_text())
        drawn = {tuple(round(2.55 * float(part)) for part in text) for text in texts}
        result = tessera.analyze(self.image)
        points = {attributes["name"]: attributes for _, attributes, kind in tessera.napari.layers(self.image, result) if kind == "points"}
        colors, classes = points["sites"]["face_color"], points["sites"]["features"]["class"]
        self.assertEqual(colors.shape, (len(classes), 4))
        self.assertGreater(classes.max(), 3)
        for number in np.unique(classes):
            own = np.unique(colors[classes == number], axis=0)
            self.assertEqual(len(own), 1)
            if number > 0:
                self.assertIn(tuple(round(255 * part) for part in own[0][:3]), drawn)
        self.assertEqual(len(np.unique(colors, axis=0)), len(np.unique(classes)))
        # Numbers of a tree are texts; those without a class look alike.
        table = tessera.Table.from_csv("x,y,class,class_name\n1,1,1.1.1,b\n2,1,1.1.2,a\n3,1,,\n4,1,1.1.1,b\n".encode())
        colors = tessera.napari.layers(self.image, table)[1][1]["face_color"]
        self.assertEqual(len(np.unique(colors, axis=0)), 3)
        np.testing.assert_array_equal(colors[0], colors[3])

    def test_contributions_to_napari(self):
        import tessera.napari

        manifest = json.loads(Path(tessera.napari.__file__).with_suffix(".json").read_text())
        parts = manifest["contributions"]
        commands = {command["id"]: command["python_name"] for command in parts["commands"]}
        for name in commands.values():
            module, function = name.split(":")
            self.assertTrue(callable(getattr(importlib.import_module(module), function)), name)
        for part in parts["readers"] + parts["widgets"]:
            self.assertIn(part["command"], commands)
        # Every format that the page on files lists by its extension, but for texts, of which napari has readers.
        page = (Path(__file__).resolve().parents[2] / "docs/formats.md").read_text()
        rows = [line.split("|")[1] for line in page.split("| --- |")[1].splitlines() if line.startswith("| ")]
        listed = set(re.findall(r"`(\.\w+)`", " ".join(row for row in rows if "text" not in row)))
        patterns = parts["readers"][0]["filename_patterns"]
        self.assertEqual({f"*{extension}" for extension in listed} - set(patterns), set())

    def test_the_reader_of_napari(self):
        import tessera.napari

        for path in [str(self.folder / "m.tif"), [str(self.folder / "m.tif")]]:
            ((pixels, attributes, kind),) = tessera.napari.reader(path)(path)
            np.testing.assert_array_equal(pixels, self.image)
            self.assertEqual((attributes["name"], attributes["scale"], kind), ("m.tif", (0.0137, 0.0137), "image"))
        with self.assertRaises(tessera.MissingError):
            tessera.napari.reader("absent.tif")("absent.tif")

    def test_the_widget_of_napari(self):
        import tessera.napari

        (_, attributes, _), found = tessera.napari.layers(self.image)[0], tessera.sites(self.image)
        layer = types.SimpleNamespace(
            data=np.asarray(self.image), name="m.tif", metadata=attributes["metadata"], scale=(0.0137, 0.0137), translate=(5.0, 7.0))
        ((places, attributes, kind),) = tessera.napari.sites_of(layer)
        np.testing.assert_array_equal(places, np.column_stack([found["y"], found["x"]]))
        np.testing.assert_array_equal(attributes["features"]["x_nm"], found["x_nm"])
        self.assertEqual((kind, attributes["translate"], attributes["scale"]), ("points", (5.0, 7.0), (0.0137, 0.0137)))
        # Without a length of pixels there are no nm, and dark columns are those of the inverted image.
        layer.data, layer.metadata = -layer.data, {}
        ((places, attributes, _),) = tessera.napari.sites_of(layer, dark_columns=True, scale=4)
        self.assertTrue(np.isnan(attributes["features"]["x_nm"]).all())
        self.assertEqual(len(places), tessera.sites(-np.asarray(self.image), contrast="dark", scale=4).rows)

    @unittest.skipUnless(importlib.util.find_spec("napari"), "napari is not installed")
    def test_layers_and_contributions_in_napari(self):
        import napari.layers
        import npe2
        import tessera.napari

        manifest = npe2.PluginManifest.from_file(Path(tessera.napari.__file__).with_suffix(".json"))
        manifest.validate_imports()
        layers = [napari.layers.Layer.create(*layer) for layer in tessera.napari.layers(self.image, tessera.analyze(self.image))]
        points = next(layer for layer in layers if layer.name == "sites")
        self.assertEqual(len(np.unique(points.face_color, axis=0)), len(np.unique(points.features["class"])))
        shown = [napari.layers.Layer.create(*layer) for layer in tessera.napari.sites_of(layers[0])]
        np.testing.assert_array_equal(shown[0].scale, layers[0].scale)
        # A layer that another reader made says the length of its pixels by its units, where this version has any.
        if hasattr(layers[0], "units"):
            other = napari.layers.Image(np.asarray(self.image), scale=(0.137, 0.137), units=("angstrom", "angstrom"))
            ((_, attributes, _),) = tessera.napari.sites_of(other)
            np.testing.assert_allclose(attributes["features"]["x_nm"], tessera.sites(self.image)["x_nm"], rtol=1e-5)
            ((_, attributes, _),) = tessera.napari.sites_of(napari.layers.Image(np.asarray(self.image)))
            self.assertTrue(np.isnan(attributes["features"]["x_nm"]).all())

    @unittest.skipUnless(importlib.util.find_spec("hyperspy"), "HyperSpy is not installed")
    def test_signals_of_signals_keep_their_place(self):
        import tessera.hyperspy

        def axes(signal):
            return [(axis.scale, axis.offset, axis.units) for axis in signal.axes_manager.signal_axes]

        scan = tessera.hyperspy.to_signal(self.image)
        for axis, scale, offset in zip(scan.axes_manager.signal_axes, (0.137, -0.137), (20.0, -3.0)):
            axis.scale, axis.offset, axis.units = scale, offset, "angstrom"
        np.testing.assert_allclose([axis[:2] for axis in axes(tessera.hyperspy.to_signal(scan))], [(0.0137, 2), (-0.0137, -0.3)])
        np.testing.assert_allclose(
            [axis[:2] for axis in axes(tessera.hyperspy.to_signal(scan, pixel_size=0.0274))], [(0.0274, 4), (-0.0274, -0.6)])
        for axis in scan.axes_manager.signal_axes:
            axis.units = "1/nm"
        self.assertEqual(axes(tessera.hyperspy.to_signal(scan)), axes(scan))

    @unittest.skipUnless(importlib.util.find_spec("hyperspy"), "HyperSpy is not installed")
    def test_signals_and_markers_of_hyperspy(self):
        import tessera.hyperspy

        signal = tessera.hyperspy.to_signal(self.image)
        self.assertEqual([axis.units for axis in signal.axes_manager.signal_axes], ["nm", "nm"])
        found, own = tessera.sites(signal), tessera.sites(self.image)
        np.testing.assert_array_equal(found["x_nm"], own["x_nm"])
        places = tessera.hyperspy.markers(found, signal).kwargs["offsets"]
        np.testing.assert_allclose(places, np.column_stack([own["x_nm"], own["y_nm"]]), atol=1e-4)


class Folders(OneImage):
    """What follows a result, and result folders of images that are in memory only."""

    def test_columns_are_sorted_by_the_classes_of_another_result(self):
        self.command("simulate", "mose2", "--size", "256", "--seed", "2", "-o", "n.tif")
        self.command("motifs", "n.tif", "-o", "first")
        self.command("motifs", "m.tif", "-o", "sorted", "--apply", "first")
        result = tessera.run("motifs", self.image, apply=self.folder / "first")
        for name in ["sites", "classes", "cells"]:
            self.assert_same_table(result[name], f"sorted/{name}.csv")
        with self.assertRaises(tessera.MissingError):
            tessera.analyze(self.image, apply="absent")

    def test_a_result_folder_is_that_of_the_command(self):
        self.command("analyze", "m.tif", "-o", "theirs")
        mine = self.folder / "mine"
        result = tessera.analyze(self.image, output=mine)
        for name in ["sites.csv", "classes.csv", "features.npy", "hierarchy.json"]:
            self.assertEqual((mine / name).read_bytes(), (self.folder / "theirs" / name).read_bytes(), name)
        self.assertTrue((mine / "report.html").exists())
        self.assert_same_table(result["sites"], "mine/sites.csv")
        self.assertEqual(result.summary["counts"], tessera.analyze(self.image).summary["counts"])
        with self.assertRaisesRegex(tessera.WriteError, "exists"):
            tessera.analyze(self.image, output=mine)
        tessera.analyze(self.image, output=mine, force=True, seed=3)
        self.assertFalse(list(self.folder.glob(".*")))


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


    def test_take_the_settings_of_files(self):
        folder = self.folder / "settings"
        folder.mkdir()
        np.save(folder / "stack.npy", np.stack([np.asarray(self.image)] * 3))
        found = tessera.sites(self.image)
        (folder / "sites-known.csv").write_text("x,y\n" + "".join(f"{x},{y}\n" for x, y in zip(found["x"], found["y"])))
        own = {"pixel_size": 0.0137, "frames": range(0, 2), "register": "none", "sites": folder / "sites-known.csv"}
        rows = tessera.batch("motifs", folder / "stack.npy", folder / "mine", **own)
        self.assertEqual([row["status"] for row in rows], ["done"], rows)
        words = ["--pixel-size", "0.0137nm", "--frames", "0..1", "--register", "none", "--sites", str(folder / "sites-known.csv")]
        self.command("batch", "motifs", str(folder / "stack.npy"), "-o", str(folder / "theirs"), *words)
        for name in ["sites.csv", "features.npy"]:
            self.assertEqual((folder / "mine/stack" / name).read_bytes(), (folder / "theirs/stack" / name).read_bytes())
        # And the command goes on with it.
        self.command("batch", "motifs", str(folder / "stack.npy"), "-o", str(folder / "mine"), *words)
        for wrong in [{"pixel_size": 0}, {"pixel_size": "wide"}, {"frames": [0, 2]}, {"frames": 3}, {"frame": 1.5}, {"threads": 0}]:
            with self.assertRaises(tessera.SettingError):
                tessera.batch("motifs", folder / "stack.npy", folder / "wrong", **wrong)
        self.assertIn("pixel_size", tessera.settings("motifs", files=True))

    def test_sort_by_one_set_of_classes(self):
        self.command("motifs", "m.tif", "-o", "first")
        here = os.getcwd()
        os.chdir(self.folder)
        try:
            tessera.batch("motifs", "m.tif", "sorted-mine", apply="first")
            self.command("batch", "motifs", "m.tif", "-o", "sorted-theirs", "--apply", "first")
            for name in ["m/sites.csv", "m/recipe.json", "class-counts.csv"]:
                self.assertEqual(Path("sorted-mine", name).read_bytes(), Path("sorted-theirs", name).read_bytes(), name)
            with self.assertRaises(tessera.TesseraError):
                tessera.batch("motifs", "m.tif", "sorted-more", apply="absent")
        finally:
            os.chdir(here)


class Mosaics(OneImage):
    """One image in tiles, on workers of Dask or of anything else that has its functions."""

    def test_are_those_of_the_command(self):
        import tessera.dask

        class Client(ThreadPoolExecutor):
            def map(self, function, requests, pure):
                return [self.submit(function, request) for request in requests]

        self.command("simulate", "mose2", "--size", "600", "-o", "large.tif")
        words = ["sites", "large.tif", "--tile", "256", "-o", "theirs.csv", "--json"]
        run = subprocess.run([str(COMMAND), *words], cwd=self.folder, check=True, capture_output=True)
        dask = types.SimpleNamespace(as_completed=as_completed)
        with Client(2) as client, unittest.mock.patch.dict(sys.modules, {"distributed": dask}):
            count = tessera.dask.sites(client, self.folder / "large.tif", self.folder / "mine.csv", tile=256)
        self.assertEqual((self.folder / "mine.csv").read_bytes(), (self.folder / "theirs.csv").read_bytes())
        kinds = tessera.Table.from_csv((self.folder / "mine.csv").read_bytes())["kind"]
        self.assertIn("outside", kinds)
        self.assertEqual(count, np.count_nonzero(kinds != "outside"))
        self.assertEqual(count, json.loads(run.stdout)["columns"])


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
            (tessera.SettingError, "tessera.dask.sites", lambda: tessera.sites(self.image, tile=256)),
            (tessera.SettingError, "must be between 0.5 and 1000", lambda: tessera.sites(self.image, scale=-3)),
            (tessera.SettingError, "True or False", lambda: tessera.analyze(self.image, no_piston=1)),
            (tessera.SettingError, "has no setting map", lambda: tessera.sites(self.image, method="network", map="map.tif")),
            (tessera.SettingError, "pixel_size", lambda: tessera.sites(self.image, pixel_size=0)),
            (tessera.SettingError, "threads", lambda: tessera.sites(self.image, threads=0)),
            (tessera.SettingError, "threads must be a whole number", lambda: tessera.sites(self.image, threads=1.5)),
            (tessera.SettingError, "threads must be a whole number", lambda: tessera.sites(self.image, threads="all")),
            (tessera.SettingError, "frame must be a whole number", lambda: tessera.read(self.folder / "m.tif", frame=-1)),
            (tessera.SettingError, "frame must be a whole number", lambda: tessera.read(self.folder / "m.tif", frame="0")),
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
        threads = set()
        tessera.strain(self.image, progress=lambda *_: threads.add(threading.current_thread()), threads=np.int64(1))
        self.assertEqual(threads, {threading.current_thread()})

    def test_end_at_once_with_control_c(self):
        """Wherever the signal comes: it is neither lost nor heard only when the work is done; and the process ends as it should."""
        code = """if True:
            import os, signal, sys, threading, time, numpy, tessera
            signal.signal(signal.SIGINT, signal.default_int_handler)  # Whoever runs the tests may ignore it, or block it.
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
            image = numpy.tile(tessera.read("m.tif"), (3, 3))
            told = (lambda stage, share: None) if sys.argv[1] == "told" else None
            threading.Timer(float(sys.argv[2]), lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            start = time.perf_counter()
            try:
                while True:
                    tessera.run("motifs", image, progress=told, pixel_size=0.0137)
            except KeyboardInterrupt:
                print(time.perf_counter() - start - float(sys.argv[2]))
        """
        for told in ["told", "untold"]:
            for delay in ["0.05", "0.5", "1.5"]:
                done = subprocess.run([sys.executable, "-W", "ignore", "-c", code, told, delay], cwd=self.folder, capture_output=True, text=True, timeout=120)
                self.assertEqual((done.returncode, done.stderr), (0, ""), (told, delay))
                self.assertLess(float(done.stdout), 1, (told, delay))

    def test_go_on_after_an_interrupted_one(self):
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        self.addCleanup(signal.pthread_sigmask, signal.SIG_SETMASK, mask)
        threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        with self.assertRaises(KeyboardInterrupt):
            while True:
                tessera.analyze(self.image)
        self.assertEqual(tessera.sites(self.image).rows, tessera.sites(self.image, threads=1).rows)

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

        def stop(stage, share):
            raise InterruptedError

        def refused(error, call):
            with self.assertRaises(error):
                call()

        def resident():
            gc.collect()
            return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024

        calls = {
            "found": lambda: tessera.sites(small),
            "read": lambda: tessera.read(self.folder / "m.tif"),
            "refused": lambda: refused(tessera.DataError, lambda: tessera.sites(np.zeros((64, 64)))),
            "stopped": lambda: refused(InterruptedError, lambda: tessera.strain(small, progress=stop)),
        }
        for name, call in calls.items():
            for _ in range(20):
                call()
            before, files = resident(), len(os.listdir("/proc/self/fd"))
            for _ in range(100 if name == "found" else 400):
                call()
            # A reply that was never released would be tens of kB per call, some MB here.
            self.assertLess(resident() - before, 2000, name)
            end = time.monotonic() + 10
            while threading.active_count() > 1 and time.monotonic() < end:
                time.sleep(0.01)  # A stopped call ends on its own.
            self.assertEqual((len(os.listdir("/proc/self/fd")), threading.active_count()), (files, 1), name)

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
