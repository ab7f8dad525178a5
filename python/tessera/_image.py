"""Images: NumPy arrays that know the size of their pixels."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Optional, Sequence, Tuple, TypeVar, Union

import numpy as np

from ._library import call, whole
from .errors import DataError, SettingError

Image = TypeVar("Image")
PixelSize = Union[float, Tuple[float, float]]
"""nm per pixel: one number for square pixels, or two, along x and along y."""


class Micrograph(np.ndarray):
    """A float32 array of shape (height, width) with the facts of its file.

    It is an array in every other respect. A part of it (``image[10:200, 20:300]``), a copy and what is computed pixel by pixel
    keep the pixel size; any other array, whose pixels may be larger or turned (``image[::2, ::2]``, ``image.T``,
    ``image[[0, 2]]``), has none.

    >>> image = Micrograph(np.zeros((6, 6)), pixel_size=0.02)
    >>> image[1:3].pixel_size, (image + 1).pixel_size, image.copy().pixel_size
    (0.02, 0.02, 0.02)
    >>> image[::2, ::2].pixel_size, image.T.pixel_size, image[[0, 2, 4]].pixel_size, image.repeat(2, 1).pixel_size
    (None, None, None, None)
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
        image = _numbers(pixels).view(cls)
        image.pixel_size, image.name = pixel_size, name
        image.metadata, image.warnings = dict(metadata or {}), list(warnings)
        return image

    def __array_finalize__(self, source: Any) -> None:
        # Who made the array does not say whether its pixels are those of the source; what keeps them gives the size again.
        self.pixel_size = None
        self.name = getattr(source, "name", "image")
        self.metadata = getattr(source, "metadata", {})
        self.warnings = getattr(source, "warnings", [])

    def __array_wrap__(self, array: Any, context: Any = None, *more: Any) -> Any:
        result = super().__array_wrap__(array, context, *more)
        # Of functions that work pixel by pixel, which products of matrices and sums along an axis are not.
        if isinstance(result, Micrograph) and context is not None and context[0].signature is None and result.shape == self.shape:
            others = [part.pixel_size for part in context[1] if isinstance(part, Micrograph)]
            result.pixel_size = self.pixel_size if all(size == self.pixel_size for size in others) else None
        return result

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        keys = key if isinstance(key, tuple) else (key,)
        if isinstance(part, Micrograph) and part.ndim == 2 and all(_keeps_pixels(key) for key in keys):
            part.pixel_size = self.pixel_size
        return part

    def copy(self, order: Any = "C") -> "Micrograph":
        """The same image in memory of its own."""
        other: Micrograph = super().copy(order)
        return self._with_size(other)

    def astype(self, *arguments: Any, **settings: Any) -> Any:
        """The same image with numbers of another type, as of NumPy."""
        return self._with_size(super().astype(*arguments, **settings))

    def __copy__(self) -> "Micrograph":
        return self.copy("K")

    def __deepcopy__(self, memo: Any) -> "Micrograph":
        other: Micrograph = super().__deepcopy__(memo)
        return self._with_size(other)

    def _with_size(self, other: Image) -> Image:
        if isinstance(other, Micrograph):
            other.pixel_size = self.pixel_size
        return other

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
    place = {"dataset": whole("dataset", dataset, least=0), "frame": whole("frame", frame, least=0)}
    body, items = call({"action": "read", "path": os.fsdecode(path), **place})
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
    name, known = getattr(image, "name", None), getattr(image, "pixel_size", None)
    if hasattr(image, "axes_manager"):
        image, known, name = from_signal(image)
    pixels = _numbers(image)
    if pixels.ndim != 2 or 0 in pixels.shape:
        raise DataError(f"an image is an array of (height, width), but this one has the shape {pixels.shape}; give one frame")
    size = pair(pixel_size if pixel_size is not None else known)
    return np.ascontiguousarray(pixels), size, str(name or "image")


def from_signal(signal: Any) -> Tuple[np.ndarray, Optional[PixelSize], str]:
    """The pixels of a two-dimensional signal of HyperSpy, its pixel size in nm where its axes are lengths, and its title."""
    axes = signal.axes_manager.signal_axes
    if len(axes) != 2 or signal.axes_manager.navigation_size > 1:
        raise DataError(f"an image has two signal axes and no others, but this signal is {signal}; choose one image by signal.inav")
    x, y = (_nanometres(axis) for axis in axes)
    title = str(signal.metadata.get_item("General.title", ""))
    return np.asarray(signal.data), (_short([x, y]) if x is not None and y is not None else None), title


_NANOMETRES = {"nm": 1.0, "pm": 1e-3, "um": 1e3, "µm": 1e3, "μm": 1e3, "mm": 1e6, "m": 1e9}
_NANOMETRES.update(dict.fromkeys(["A", "Å", "\u212b", "angstrom", "Angstrom"], 0.1))


def _nanometres(axis: Any) -> Optional[float]:
    """nm per pixel along an axis of HyperSpy; None where it is no length."""
    unit = _NANOMETRES.get(str(axis.units).strip())
    scale = getattr(axis, "scale", None)
    return None if unit is None or scale is None else abs(float(scale)) * unit


_ROWS_AT_ONCE = 256
"""Rows that are looked at together, so that no copy of the image is made."""
_COARSEST = 1e-2
"""Rounding to float32 may be this share of the standard deviation of the pixels, well below any noise."""


def _numbers(image: Any) -> np.ndarray:
    """The pixels as float32; what is masked is NaN, which no method uses.

    Raises:
        DataError: the array holds no real numbers, or numbers that float32 cannot tell apart.
    """
    source = np.ma.getdata(image) if isinstance(image, np.ma.MaskedArray) else np.asarray(image)
    if source.dtype.kind not in "buif":
        way = "take its absolute value, for example" if source.dtype.kind == "c" else "give an array of numbers"
        raise DataError(f"an image holds real numbers, but this array holds {source.dtype}; {way}")
    with np.errstate(over="ignore"):
        pixels: np.ndarray = source.astype(np.float32, copy=False)
    if isinstance(image, np.ma.MaskedArray) and np.ma.is_masked(image):
        pixels = np.where(np.ma.getmaskarray(image), np.float32(np.nan), pixels)
    if source.dtype.itemsize > 2 and source.dtype != np.float32:
        _check_rounding(source, pixels)
    return pixels


def _check_rounding(source: np.ndarray, pixels: np.ndarray) -> None:
    """Refuses an image of whose numbers float32 keeps too little."""
    seen = np.isfinite(pixels)
    if source.dtype.kind == "f" and not seen.all() and (np.isinf(pixels) & np.isfinite(source)).any():
        largest = np.abs(source[np.isfinite(source)]).max()
        raise DataError(f"the image holds values up to {largest:.3g}, too large to compute with; divide it by a constant first")
    if source.ndim != 2 or not seen.any():
        return
    # Whole numbers of 64 bits are told apart by nothing smaller.
    wide: Any = np.float64 if source.dtype == np.float64 or source.dtype.itemsize < 8 else np.longdouble
    level, error, sums = wide(source[seen][0]), 0.0, np.zeros(2)
    for first in range(0, source.shape[0], _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        exact, kept = source[rows][seen[rows]].astype(wide), pixels[rows][seen[rows]]
        if exact.size:
            error = max(error, float(np.abs(exact - kept).max()))
            above = (exact - level).astype(np.float64)
            sums += above.sum(), np.square(above).sum()
    mean, square = sums / seen.sum()
    spread = max(0.0, square - mean * mean) ** 0.5
    if error > _COARSEST * spread > 0:
        raise DataError(
            f"the values lie about {float(level) + mean:.6g} and differ by {spread:.3g} only, which single precision cannot hold; "
            "subtract a constant from the image first"
        )


def _keeps_pixels(key: Any) -> bool:
    """Whether an index leaves the pixels of an axis as they are, next to one another."""
    return key is Ellipsis or isinstance(key, slice) and key.step in (None, 1)


def pair(size: Any) -> Optional[List[float]]:
    """nm per pixel along x and y."""
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
