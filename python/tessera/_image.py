"""Images: NumPy arrays that know the size of their pixels."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from ._library import call
from .errors import DataError, SettingError

PixelSize = Union[float, Tuple[float, float]]
"""nm per pixel: one number for square pixels, or two, along x and along y."""


class Micrograph(np.ndarray):
    """A float32 array of shape (height, width) with the facts of its file.

    It is an array in every other respect. A part of it (``image[10:200, 20:300]``) keeps the pixel size; an array whose
    pixels are others, such as ``image[::2, ::2]`` or ``image.T``, has none.

    >>> image = Micrograph(np.zeros((4, 6)), pixel_size=0.02)
    >>> image[1:3].pixel_size, image[::2, ::2].pixel_size, (image + 1).pixel_size
    (0.02, None, 0.02)
    """

    pixel_size: Optional[PixelSize]
    """nm per pixel: a number for square pixels, otherwise two, along x and along y; None where it is unknown."""
    name: str
    """As messages call it; the name of the file."""
    metadata: Dict[str, str]
    """What the file says of the acquisition, as texts."""
    warnings: List[str]
    """What the reader has to know, in sentences."""

    def __new__(
        cls,
        pixels: Any,
        pixel_size: Optional[PixelSize] = None,
        name: str = "image",
        metadata: Optional[Dict[str, str]] = None,
        warnings: Sequence[str] = (),
    ) -> "Micrograph":
        image = np.asarray(pixels, dtype=np.float32).view(cls)
        image.pixel_size, image.name = pixel_size, name
        image.metadata, image.warnings = dict(metadata or {}), list(warnings)
        return image

    def __array_finalize__(self, source: Any) -> None:
        kept = getattr(source, "pixel_size", None)
        # Pixels that lie elsewhere in memory, one step apart, are the same pixels; others may be larger, or turned.
        same = self.ndim == 2 and (self.flags.owndata or self.strides == getattr(source, "strides", None))
        self.pixel_size = kept if same and getattr(source, "ndim", 0) == 2 else None
        self.name = getattr(source, "name", "image")
        self.metadata = getattr(source, "metadata", {})
        self.warnings = getattr(source, "warnings", [])

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        # Rows and columns that are picked by lists or masks are no image of the same scale.
        if isinstance(part, Micrograph) and part.flags.owndata:
            part.pixel_size = None
        return part

    def __reduce__(self) -> Any:
        return (Micrograph, (np.asarray(self), self.pixel_size, self.name, self.metadata, self.warnings))


def read(path: Union[str, "os.PathLike[str]"], dataset: Optional[int] = None, frame: Optional[int] = None) -> Micrograph:
    """Reads an image file of any format that ``tessera info`` reads.

    Args:
        path: the file.
        dataset: number of the dataset in a file with several, from 0; the first image without it.
        frame: number of the frame of a stack, from 0; the first without it.

    Returns:
        A float32 array of shape (height, width), values as stored, with ``pixel_size`` in nm.

    Raises:
        MissingError: there is no such file (also a ``FileNotFoundError``).
        DataError: the file is damaged or of a kind that is not read (also a ``ValueError``).

    >>> read("absent.tif")
    Traceback (most recent call last):
    tessera.errors.MissingError: absent.tif: there is no such file; check the name
    """
    body, items = call({"action": "read", "path": os.fspath(path), "dataset": dataset, "frame": frame})
    return Micrograph(
        items[0][1],
        pixel_size=_short(body.get("pixel_size")),
        name=body["name"],
        metadata=body.get("metadata", {}),
        warnings=body.get("warnings", []),
    )


def as_image(image: Any, pixel_size: Optional[PixelSize]) -> Tuple[np.ndarray, Optional[List[float]], str]:
    """Pixels that the library can take, nm per pixel along x and y, and a name. A path is read."""
    if isinstance(image, (str, os.PathLike)):
        image = read(image)
    pixels = np.asarray(image)
    if np.iscomplexobj(pixels) or pixels.dtype.kind not in "buif":
        raise DataError(f"an image holds real numbers, but this array holds {pixels.dtype}; take its absolute value, for example")
    if pixels.ndim != 2 or 0 in pixels.shape:
        raise DataError(f"an image is an array of (height, width), but this one has the shape {pixels.shape}; give one frame")
    size = _pair(pixel_size if pixel_size is not None else getattr(image, "pixel_size", None))
    return np.ascontiguousarray(pixels, dtype=np.float32), size, str(getattr(image, "name", "image"))


def _pair(size: Any) -> Optional[List[float]]:
    if size is None:
        return None
    try:
        numbers = [float(part) for part in (size if np.ndim(size) else (size, size))]
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) != 2 or not all(np.isfinite(n) and n > 0 for n in numbers):
        raise SettingError(f"pixel_size must be a positive length in nm, or two along x and y, but is {size!r}")
    return numbers


def _short(size: Optional[Sequence[float]]) -> Optional[PixelSize]:
    if size is None:
        return None
    return size[0] if size[0] == size[1] else (size[0], size[1])
