"""Results as layers of napari: the image, its columns, its maps.

>>> import napari  # doctest: +SKIP
>>> viewer = napari.Viewer()  # doctest: +SKIP
>>> for layer in layers(image, result):  # doctest: +SKIP
...     viewer.add_layer(napari.layers.Layer.create(*layer))
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple, Union

import numpy as np

from ._image import PixelSize, as_image
from ._result import Result
from ._table import Table

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
        columns of the table. Points are coloured by ``class_name`` where columns have classes.

    >>> table = Table({"id": np.array([0]), "x": np.array([3.0]), "y": np.array([1.0])})
    >>> picture, points = layers(np.zeros((4, 6)), table, pixel_size=0.5)
    >>> points[0].tolist(), points[1]["scale"], points[2]
    ([[1.0, 3.0]], (0.5, 0.5), 'points')
    """
    pixels, size, name = as_image(image, pixel_size)
    x, y = size or (1.0, 1.0)
    common = {"scale": (y, x)}
    result: List[Layer] = [(pixels, {"name": name, **common}, "image")]
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
        attributes["face_color"] = "class_name"
    yield places[known], attributes, "points"
