"""Images as signals of HyperSpy, and columns as its markers. All functions of :mod:`tessera` take two-dimensional signals, too.

>>> import hyperspy.api as hs  # doctest: +SKIP
>>> scan = hs.load("scan.hspy")  # doctest: +SKIP
>>> scan.plot()  # doctest: +SKIP
>>> scan.add_marker(markers(tessera.sites(scan), scan))  # doctest: +SKIP
"""

from __future__ import annotations

import math
from typing import Any, Optional

import numpy as np

from ._image import PixelSize, as_image
from ._table import Table


def to_signal(image: Any, pixel_size: Optional[PixelSize] = None) -> Any:
    """An image as a ``Signal2D`` whose axes are in nm where the pixel size is known.

    Of a signal, what is at a place stays there: the axes of the new one begin where those of the old one do, and run the same way; axes that
    are no lengths stay as they are.

    Args:
        image: as of :func:`tessera.sites`.
        pixel_size: nm per pixel, or a pair along x and y; without it, what the image says.
    """
    import hyperspy.api as hs  # type: ignore[import-untyped,unused-ignore]

    pixels, size, name = as_image(image, pixel_size)
    result = hs.signals.Signal2D(pixels)
    result.metadata.General.title = name
    own = image.axes_manager.signal_axes if hasattr(image, "axes_manager") else (None, None)
    for axis, title, scale, source in zip(result.axes_manager.signal_axes, "xy", size or (None, None), own):
        axis.name = title
        if scale is not None:
            axis.scale, axis.units = scale, "nm"
        if not getattr(source, "scale", None):
            continue
        if scale is None:
            axis.scale, axis.offset, axis.units = source.scale, source.offset, source.units
        else:
            axis.scale = math.copysign(scale, source.scale)
            axis.offset = source.offset / source.scale * axis.scale
    return result


signal = to_signal
"""The name of :func:`to_signal` in earlier versions."""


def markers(table: Table, signal: Any, **style: Any) -> Any:
    """The rows of a table of :func:`tessera.sites` or ``result["sites"]`` as ``Points`` on a signal, in the units of its axes.

    Args:
        table: places in the pixels of the signal.
        signal: the two-dimensional signal in which the columns were found.
        style: of ``hyperspy.api.plot.markers.Points``: ``sizes``, ``color`` ...
    """
    import hyperspy.api as hs

    x, y = signal.axes_manager.signal_axes
    places = np.column_stack([axis.offset + axis.scale * table[name] for name, axis in (("x", x), ("y", y))])
    return hs.plot.markers.Points(offsets=places[np.isfinite(places).all(axis=1)], **{"sizes": 5, **style})
