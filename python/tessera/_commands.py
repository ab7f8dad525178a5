"""The commands as functions: an image in, tables and arrays out."""

from __future__ import annotations

import json
import os
import warnings as messages
from typing import Any, List, Optional, Sequence, Tuple, Union

from . import _settings
from ._image import PixelSize, as_image
from ._library import Progress, call, describe
from ._result import Result
from ._table import Table
from .errors import SettingError


Folder = Union[str, "os.PathLike[str]"]


class TesseraWarning(UserWarning):
    """What a reader has to know before trusting a result; each is in ``result.warnings``, too."""


def _run(
    command: str,
    image: Any,
    pixel_size: Optional[PixelSize],
    threads: Optional[int],
    progress: Optional[Progress],
    settings: Any,
    output: Optional[Folder] = None,
    force: bool = False,
) -> Tuple[Sequence[Any], Any, List[str]]:
    pixels, size, name = as_image(image, pixel_size)
    with _settings.words(command, settings) as words:
        if threads is not None:
            words = words + [f"--threads={threads}"]
        request = {"action": "run", "command": command, "words": words, "name": name, "pixel_size": size, "threads": threads}
        place = {} if output is None else {"folder": os.fspath(output), "force": bool(force)}
        body, items = call({**request, **place}, pixels, progress)
    for sentence in body.get("warnings", []):
        messages.warn(f"{name}: {sentence}", TesseraWarning, stacklevel=3)
    return items, json.loads(body["summary"]), body.get("warnings", [])


def sites(image: Any, pixel_size: Optional[PixelSize] = None, *, threads: Optional[int] = None, **settings: Any) -> Table:
    """Finds the atom columns of an image and fits their positions, as ``tessera sites`` does.

    Args:
        image: real numbers, (height, width): an array, what :func:`read` gives, or the path of a file.
        pixel_size: nm per pixel, or a pair along x and y; without it, what the image says.
        threads: number of threads, 1 to 1024; all cores without it. The result does not depend on it.
        settings: the options of the command with ``_`` for ``-``: ``noise_threshold=4``, ``method="svd"``,
            ``sites=array`` (known columns, (n, 2), in pixels). ``tessera.settings("sites")`` lists them.

    Returns:
        The columns of ``sites.csv``: ``id``, ``x``, ``y`` (pixels; x to the right, y down, the first pixel's centre at 0, 0),
        ``x_nm``, ``y_nm``, ``amplitude``, ``sigma_major``, ``sigma_minor`` and their errors.

    Raises:
        SettingError: a setting that does not exist or is outside its range. DataError: no column in the image.

    >>> import numpy
    >>> y, x = numpy.mgrid[0:96, 0:96]
    >>> image = 100 * numpy.exp(-(((x + 8) % 16 - 8) ** 2 + ((y + 8) % 16 - 8) ** 2) / 18.0)
    >>> found = sites(image, pixel_size=0.02)
    >>> bool(abs(found["x"] - 16 * (found["x"] / 16).round()).max() < 0.05)
    True
    >>> sites(image, noise_treshold=4)
    Traceback (most recent call last):
    tessera.errors.SettingError: sites has no setting noise_treshold. Did you mean noise_threshold? It takes ...
    """
    items, _, warnings = _run("sites", image, pixel_size, threads, None, settings)
    return Table.from_csv(items[0][1], warnings)


def analyze(
    image: Any,
    pixel_size: Optional[PixelSize] = None,
    *,
    threads: Optional[int] = None,
    progress: Optional[Progress] = None,
    output: Optional[Folder] = None,
    force: bool = False,
    **settings: Any,
) -> Result:
    """Finds columns, motifs, classes and motif-cells, as ``tessera analyze`` does.

    Args: as of :func:`sites`; ``progress`` is called with the name of each stage as it begins and the share that is done.
        An exception that it raises stops the work and is raised here. ``output`` names a result folder to write as well, with
        its report, as the command does; ``force`` replaces an earlier result there. ``apply="first.tessera"`` sorts the columns by the
        classes of another result, ``recipe="first.tessera/recipe.json"`` by those of a recipe.

    Returns:
        A :class:`Result`: ``result["sites"]``, ``result["classes"]``, ``result["cells"]``, ``result["features"]`` (float32,
        a row per row of ``sites``), ``result["layout"]``, ``result["hierarchy"]`` and more; ``result.summary``.
    """
    return Result(*_run("analyze", image, pixel_size, threads, progress, settings, output, force))


def strain(
    image: Any,
    pixel_size: Optional[PixelSize] = None,
    *,
    threads: Optional[int] = None,
    progress: Optional[Progress] = None,
    output: Optional[Folder] = None,
    force: bool = False,
    **settings: Any,
) -> Result:
    """Measures strain and rotation of a crystal, as ``tessera strain`` does. Arguments as of :func:`analyze`.

    Returns:
        A :class:`Result`: ``result["strain"]``, float32 of shape (4, height, width): exx, eyy, exy and rotation (radians, from
        +x towards +y), NaN where unknown; ``result["strain-error"]`` of the same shape; ``result["strain.csv"]``, a
        :class:`Table` with a row per column, if strain is measured from columns.
    """
    return Result(*_run("strain", image, pixel_size, threads, progress, settings, output, force))


def segment(
    image: Any,
    pixel_size: Optional[PixelSize] = None,
    *,
    threads: Optional[int] = None,
    progress: Optional[Progress] = None,
    output: Optional[Folder] = None,
    force: bool = False,
    **settings: Any,
) -> Result:
    """Divides an image into phases, grains and faults by local symmetry, as ``tessera segment`` does.

    Arguments as of :func:`analyze`. Returns a :class:`Result`: ``result["segmentation"]``, uint16 of the shape of the image, 1 the
    largest pattern, 0 unknown; ``result["patterns"]``.
    """
    return Result(*_run("segment", image, pixel_size, threads, progress, settings, output, force))


def run(
    command: str,
    image: Any,
    pixel_size: Optional[PixelSize] = None,
    *,
    threads: Optional[int] = None,
    progress: Optional[Progress] = None,
    output: Optional[Folder] = None,
    force: bool = False,
    **settings: Any,
) -> Result:
    """Runs any command that writes a result folder per image: ``crystal``, ``count``, ``particles``, ``moire``, ``polygons``
    and those that have a function of their own. Arguments as of :func:`analyze`.
    """
    known = [name for name in describe()["settings"] if name != "sites"]
    if command not in known:
        raise SettingError(f"{command!r} is no command that runs on an image; there are {', '.join(sorted(known))}")
    return Result(*_run(command, image, pixel_size, threads, progress, settings, output, force))


def settings(command: str, files: bool = False) -> List[str]:
    """The settings that a command takes, by name; ``tessera COMMAND --help`` describes each.

    With ``files`` those of :func:`batch`, which also say how a file is read: ``pixel_size``, ``dataset``, ``frames`` ...

    >>> settings("moire")
    ['contrast']
    """
    return sorted(_settings.known(command, on_files=files))
