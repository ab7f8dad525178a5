"""Results as layers of napari: the image, its columns, its maps. napari finds a reader of files and a widget for columns here by itself
(``napari.json`` beside this file).

>>> import napari  # doctest: +SKIP
>>> viewer = napari.Viewer()  # doctest: +SKIP
>>> for layer in layers(image, result):  # doctest: +SKIP
...     viewer.add_layer(napari.layers.Layer.create(*layer))
"""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from . import _commands
from ._image import PixelSize, as_image, read
from ._library import describe
from ._result import Result
from ._table import Table

if TYPE_CHECKING:
    import napari  # type: ignore[import-not-found,import-untyped,unused-ignore]

Layer = Tuple[np.ndarray, Dict[str, Any], str]
"""The data of a layer, its attributes and its kind, as napari's ``Layer.create`` takes them."""


def layers(image: Any, found: Optional[Union[Result, Table]] = None, pixel_size: Optional[PixelSize] = None) -> List[Layer]:
    """The layers that show an image and what was found in it, all in nm where the pixel size is known, and in pixels otherwise.

    Args:
        image: as of :func:`tessera.analyze`.
        found: what :func:`tessera.analyze`, :func:`tessera.strain` and the others gave, or the table of :func:`tessera.sites`.
        pixel_size: nm per pixel, or a pair along x and y; without it, what the image says.

    Returns:
        The image; then of what was found an ``image`` layer for each map of the size of the image (the planes of ``strain`` by their names), a
        ``labels`` layer for each map of labels, and a ``points`` layer for each table of places in the image, whose ``features`` are the
        columns of the table. Where columns have classes, points have the colours of the figures.

    >>> table = Table({"id": np.array([0]), "x": np.array([3.0]), "y": np.array([1.0])})
    >>> picture, points = layers(np.zeros((4, 6)), table, pixel_size=0.5)
    >>> points[0].tolist(), points[1]["scale"], points[2]
    ([[1.0, 3.0]], (0.5, 0.5), 'points')
    """
    pixels, size, name = as_image(image, pixel_size)
    x, y = size or (1.0, 1.0)
    common = {"scale": (y, x)}
    facts = {"metadata": {_PIXEL_SIZE: (x, y)}} if size else {}
    result: List[Layer] = [(pixels, {"name": name, **facts, **common}, "image")]
    values: Mapping[str, Any] = {"sites": found} if isinstance(found, Table) else found or {}
    for key, value in values.items():
        if isinstance(value, Table):
            result += _points(key, value, common)
        elif isinstance(value, np.ndarray) and value.shape[-2:] == pixels.shape:
            pages = found.pages.get(key, []) if isinstance(found, Result) else []
            result += _maps(key, value, pages, common)
    return result


def _maps(name: str, value: np.ndarray, pages: List[str], common: Dict[str, Any]) -> Iterator[Layer]:
    if value.dtype.kind in "ui":
        yield value, {"name": name, **common}, "labels"
        return
    planes = value if value.ndim == 3 else value[None]
    for number, plane in enumerate(planes):
        own = f"{name} {pages[number]}" if number < len(pages) and pages[number] else name
        # Maps lie on the image; all but one would hide it.
        yield plane, {"name": own, "visible": False, **common}, "image"


def _points(name: str, table: Table, common: Dict[str, Any]) -> Iterator[Layer]:
    if "x" not in table or "y" not in table:
        return
    places = np.column_stack([table["y"], table["x"]])
    known = np.isfinite(places).all(axis=1)
    features = {key: column[known] for key, column in table.items()}
    attributes: Dict[str, Any] = {"name": name, "features": features, **common}
    if any(features.get("class_name", np.array([], str)) != ""):
        attributes["face_color"] = _colors(features)
    yield places[known], attributes, "points"


def _colors(features: Mapping[str, np.ndarray]) -> np.ndarray:
    """A colour per point, (n, 4), 0 to 1: those of the figures, which tell the classes by their numbers."""
    known = describe()["class_colors"]
    colors = np.array([[int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)] + [1.0] for color in known])
    names, classes = features["class_name"], features.get("class")
    if classes is not None and classes.dtype.kind == "i":
        number = classes
    else:
        # Of a tree, whose numbers are texts such as 2.1: one after the other.
        present = np.unique(names[names != ""])
        number = np.where(names != "", 1 + np.searchsorted(present, names), 0)
    return colors[np.where(number > 0, 1 + (number - 1) % (len(colors) - 1), 0)]


_PIXEL_SIZE = "pixel_size_nm"
"""Among the metadata of a layer: nm per pixel along x and y."""


def reader(path: Union[str, Sequence[str]]) -> Callable[[Any], List[Layer]]:
    """What napari asks for a function that reads a file, or several; each image is a layer, in nm where its pixel size is known.

    Of a file with several images it is that which :func:`tessera.read` takes; warnings name the others.
    """
    return _read


def _read(path: Any) -> List[Layer]:
    result: List[Layer] = []
    for name in [path] if isinstance(path, (str, os.PathLike)) else path:
        image = read(name)
        for sentence in image.warnings:
            warnings.warn(f"{image.name}: {sentence}", _commands.TesseraWarning, stacklevel=2)
        result += layers(image)
    return result


def sites_of(image: napari.layers.Image, scale: float = 0, dark_columns: bool = False) -> List[napari.types.LayerDataTuple]:
    """The columns of a layer as points on it: the widget *Atom columns* of napari.

    Args:
        image: a layer of one image.
        scale: of a column, in pixels; 0: as the image shows it.
        dark_columns: columns are darker than what is between them; otherwise the image shows which they are.
    """
    settings: Dict[str, Any] = {"scale": scale} if scale else {}
    if dark_columns:
        settings["contrast"] = "dark"
    found = _commands.sites(image.data, _size(image), **settings)
    # On the layer, wherever it was moved to.
    place = {key: getattr(image, key) for key in ("scale", "translate", "rotate", "shear", "affine", "units") if hasattr(image, key)}
    return list(_points(f"{image.name} columns", found, place))


def _size(layer: Any) -> Optional[PixelSize]:
    """nm per pixel of a layer along x and y: as its file says, or as its scale does where its units are lengths."""
    known = layer.metadata.get(_PIXEL_SIZE)
    if known is not None:
        return (float(known[0]), float(known[1]))
    try:
        y, x = (float((1 * unit).to("nm").magnitude) * float(step) for unit, step in zip(layer.units, layer.scale))
    except (AttributeError, TypeError, ValueError):  # Pixels are no length, and earlier versions have no units.
        return None
    return (x, y)
