"""A folder of images on a cluster of Dask: what `tessera batch` does, on many machines.

>>> from distributed import Client  # doctest: +SKIP
>>> rows = batch(Client("scheduler:8786"), "analyze", "scans/*.dm4", "results")  # doctest: +SKIP
"""

from __future__ import annotations

import os
from typing import Any, Dict, Iterator, List, Optional, Tuple, Union

from ._batch import Batch, Inputs, Outcome, run, work


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
        settings: as of :func:`tessera.analyze`; files in them (``model``) by absolute paths.

    Returns:
        A row per input, in their order: ``input``, ``status`` (``done`` or ``failed``), ``seconds``, ``message``, ``result``. ``seconds``
        is 0 where an earlier run did it.
    """
    opened = Batch(command, inputs, os.fspath(output), force, settings)

    def done(indices: List[int]) -> Iterator[Tuple[int, Outcome]]:
        from distributed import as_completed

        # Impure: a result is a folder, which Dask does not see; the same task may have to be done again.
        futures = {client.submit(work, opened.task(index), threads, pure=False): index for index in indices}
        for future in as_completed(list(futures)):
            error = future.exception()
            yield futures[future], future.result() if error is None else (0.0, 70, f"the cluster gave it up: {error!r}")

    return run(opened, done)
