"""A folder of images, or one that is too large for a machine, on a cluster of Dask.

>>> from distributed import Client  # doctest: +SKIP
>>> rows = batch(Client("scheduler:8786"), "analyze", "scans/*.dm4", "results")  # doctest: +SKIP
>>> count = sites(Client("scheduler:8786"), "mosaic.tif", "mosaic.columns.csv")  # doctest: +SKIP
"""

from __future__ import annotations

import os
import shutil
import warnings
import zlib
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple, Union

from . import _settings
from ._batch import Batch, Inputs, Outcome, run, work
from ._library import MOST_THREADS, call, whole
from ._commands import TesseraWarning
from .errors import WriteError


def batch(
    client: Any,
    command: str,
    inputs: Inputs,
    output: Union[str, "os.PathLike[str]"],
    *,
    force: bool = False,
    threads: Optional[int] = None,
    **settings: Any,
) -> List[Dict[str, Any]]:
    """Runs a command on many images and goes on where an earlier run was interrupted; results are those of ``tessera batch``.

    Every worker must have this package and see the inputs and the output under the paths of this machine (a shared disk). An
    input whose worker dies is given to another one; a result appears whole or not at all, whoever writes it.

    Args:
        client: a ``distributed.Client``.
        command: ``"analyze"``, ``"strain"`` and the other commands that write a result folder per image.
        inputs: files, folders of images and patterns, one or several.
        output: the folder of the results, with ``batch.csv`` and ``batch.json``.
        force: do complete inputs again, also with other settings than before.
        threads: number of threads per image; all cores of the worker without it.
        settings: as of :func:`tessera.batch`; files and result folders in them (``model``, ``apply``) must lie on the shared disk.

    Returns:
        A row per input, in their order: ``input``, ``status`` (``done`` or ``failed``), ``seconds``, ``message``, ``result``. ``seconds``
        is 0 where an earlier run did it.
    """
    threads = whole("threads", threads, least=1, most=MOST_THREADS)
    opened = Batch(command, inputs, os.fspath(output), force, settings)

    def done(indices: List[int]) -> Iterator[Tuple[int, Outcome]]:
        from distributed import as_completed

        # Impure: a result is a folder, which Dask does not see; the same task may have to be done again.
        futures = {client.submit(work, opened.task(index, elsewhere=True), threads, pure=False): index for index in indices}
        for future in as_completed(list(futures)):
            error = future.exception()
            yield futures[future], future.result() if error is None else (0.0, 70, f"the cluster gave it up: {error!r}")

    return run(opened, done)


def _find(request: Dict[str, Any]) -> None:
    """One row of tiles, on a worker."""
    call(request)


def sites(
    client: Any,
    image: Union[str, "os.PathLike[str]"],
    output: Union[str, "os.PathLike[str]"],
    *,
    tile: int = 2048,
    pixel_size: Any = None,
    dataset: Optional[int] = None,
    frame: Optional[int] = None,
    apply: Optional[Union[str, "os.PathLike[str]"]] = None,
    force: bool = False,
    threads: Optional[int] = None,
    **settings: Any,
) -> int:
    """The columns of one large image, found in tiles by the workers of a cluster: the table that ``tessera sites --tile`` writes.

    The image is read once here to see how columns stand out, how large they are and how freely they are fitted; this plan
    goes with each row of tiles. Workers need this package and must see image and output under the paths of this machine (a
    shared disk). A row whose worker dies is given to another one; rows that an interrupted run has done are not done again.

    Args:
        client: a ``distributed.Client``.
        image: path of the image, in any format.
        output: the table to write. What the workers find lies beside it, in a hidden folder, until all is there.
        tile: side of the tiles in pixels.
        pixel_size: in nm, instead of that of the file.
        dataset, frame: which image of the file.
        apply: result folder of ``analyze`` or ``motifs`` by whose classes the columns are sorted; only this machine reads it.
        force: replace an existing table.
        threads: number of threads per row; all cores of the worker without it.
        settings: as of :func:`tessera.sites`.

    Returns:
        The number of columns; those centred outside the image are rows of the table, but not counted.
    """
    threads = whole("threads", threads, least=1, most=MOST_THREADS)
    path, table = str(Path(image).absolute()), Path(output).absolute()
    if table.exists() and not force:
        raise WriteError(f"{output}: exists already; give another name, or force=True")
    with _settings.words("sites", settings) as words:
        words = [*words, f"--tile={tile}"]
        words += [f"--pixel-size={pixel_size}nm"] if pixel_size is not None else []
        words += [f"--dataset={dataset}"] if dataset is not None else []
        words += [f"--frame={frame}"] if frame is not None else []
        words += [f"--apply={Path(apply).absolute()}"] if apply is not None else []
        body, _ = call({"action": "plan_tiles", "path": path, "words": words})
    for text in body.get("warnings", []):
        warnings.warn(text, TesseraWarning, stacklevel=2)
    plan, rows = body["plan"], body["rows"]
    parts = table.with_name(f".{table.name}.parts-{zlib.crc32(plan.encode()):08x}")
    parts.mkdir(exist_ok=True)
    files = [str(parts / f"row-{row:05}") for row in range(rows)]
    common = {"path": path, "words": words, "plan": plan}
    from distributed import as_completed

    requests = [{"action": "find_tiles", "row": row, "folder": files[row], "threads": threads, **common} for row in range(rows)]
    # Impure: what a task leaves is a file, which Dask does not see.
    futures = client.map(_find, requests, pure=False)
    for future in as_completed(futures):
        future.result()
    body, _ = call({"action": "join_tiles", "inputs": files, "folder": str(table), "force": force, **common})
    shutil.rmtree(parts)
    return int(body["rows"])
