"""The folder of a batch: which inputs are to be done, and what became of each. `tessera batch` reads and writes the same."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Sequence, Tuple, Union

from . import _settings
from ._library import MOST_THREADS, call, describe, whole
from .errors import SettingError, TesseraError

Inputs = Union[str, "os.PathLike[str]", Sequence[Union[str, "os.PathLike[str]"]]]

Outcome = Tuple[float, int, str]
"""Seconds, exit status and sentence of one input; status 0 and no sentence where it has a result."""


class Batch:
    """A batch that is open: no other run works in its folder."""

    def __init__(self, command: str, inputs: Inputs, output: str, force: bool, settings: Dict[str, Any]) -> None:
        if command not in describe()["settings"] or command == "sites":
            raise SettingError(f"{command!r} is no command that writes a result folder per image")
        given = [inputs] if isinstance(inputs, (str, os.PathLike)) else list(inputs)
        names = [os.fspath(name) for name in given]
        self.command = command
        if not isinstance(settings.get("sites"), (str, os.PathLike, type(None))):
            raise SettingError("sites must be the path of a table here, since the batch may go on another day")
        with _settings.words(command, settings, on_files=True) as words:
            self.words = words
            request = {"action": "open_batch", "command": command, "words": words, "inputs": names}
            body, _ = call({**request, "folder": output, "force": force})
        self._number = body["batch"]
        self.jobs: List[Dict[str, Any]] = body["jobs"]

    @property
    def missing(self) -> List[int]:
        """The numbers of the inputs that are to be done."""
        return [index for index, job in enumerate(self.jobs) if not job["is_complete"]]

    def begin(self, index: int) -> None:
        """Enters that an input is begun. An input that is not there has failed, and `TesseraError` says why."""
        try:
            self._enter("begin", index)
        except TesseraError as error:
            self._enter("fail", index, message=str(error), status=error.status)
            raise

    def end(self, index: int, outcome: Outcome) -> Outcome:
        """Enters what became of an input."""
        seconds, status, message = outcome
        if status == 0:
            try:
                self._enter("end", index, seconds=seconds)
                return outcome
            except TesseraError as error:
                status, message = error.status, str(error)
        self._enter("fail", index, message=message, status=status, seconds=seconds)
        return seconds, status, message

    def task(self, index: int, elsewhere: bool = False) -> Dict[str, Any]:
        """What :func:`work` is to do for an input, as a value that can travel to a process that works ``elsewhere``."""
        job = self.jobs[index]
        paths = {"path": str(Path(job["input"]).absolute()), "folder": str(Path(job["folder"]).absolute())}
        words = _settings.absolute(self.words) if elsewhere else self.words
        return {"action": "write", "command": self.command, "words": words, "input": job["input"], **paths}

    def row(self, index: int, outcome: Outcome) -> Dict[str, Any]:
        """What a caller gets of an input."""
        job, (seconds, status, message) = self.jobs[index], outcome
        result = job["folder"] if status == 0 else None
        return {"input": job["input"], "status": "failed" if status else "done", "seconds": seconds, "message": message, "result": result}

    def close(self) -> None:
        """Writes the report over all inputs, and lets other runs work in the folder."""
        call({"action": "close_batch", "batch": self._number})

    def _enter(self, action: str, index: int, **facts: Any) -> None:
        call({"action": action, "batch": self._number, "job": index, **facts})


def work(task: Dict[str, Any], threads: Any = None) -> Outcome:
    """Does one input, in whatever process this runs, and says how it went."""
    start = time.perf_counter()
    try:
        call({**task, "threads": threads})
    except TesseraError as error:
        return time.perf_counter() - start, error.status, str(error)
    return time.perf_counter() - start, 0, ""


def run(
    batch: Batch, done: Callable[[List[int]], Iterator[Tuple[int, Outcome]]]
) -> List[Dict[str, Any]]:
    """Does what is missing: ``done`` is given the numbers of the inputs, and gives the outcome of each as it ends."""
    outcomes: Dict[int, Outcome] = {index: (0.0, 0, "") for index in range(len(batch.jobs))}
    with contextlib.closing(batch):
        begun = []
        for index in batch.missing:
            try:
                batch.begin(index)
                begun.append(index)
            except TesseraError as error:
                outcomes[index] = (0.0, error.status, str(error))
        for index, outcome in done(begun):
            outcomes[index] = batch.end(index, outcome)
    return [batch.row(index, outcomes[index]) for index in range(len(batch.jobs))]


def batch(
    command: str,
    inputs: Inputs,
    output: Union[str, "os.PathLike[str]"],
    *,
    force: bool = False,
    threads: Any = None,
    **settings: Any,
) -> List[Dict[str, Any]]:
    """Runs a command on many images, one after the other, as ``tessera batch`` does, and goes on where an earlier run stopped.

    Args:
        command: ``"analyze"``, ``"strain"`` and the other commands that write a result folder per image.
        inputs: files, folders of images and patterns, one or several.
        output: the folder of the results, with ``batch.csv`` and ``batch.json``.
        force: do complete inputs again, also with other settings than before.
        threads: number of threads; all cores without it.
        settings: as of :func:`tessera.analyze`, and those that say how files are read: ``pixel_size`` in nm, ``dataset``, ``frame``,
            ``frames=range(0, 10)``, ``register`` ...; ``tessera.settings(command, files=True)`` lists them.

    Returns:
        A row per input, in their order: ``input``, ``status`` (``done`` or ``failed``), ``seconds``, ``message``, ``result``. ``seconds``
        is 0 where an earlier run did it. A file that fails is a row, not an exception.

    Raises:
        SettingError: a setting that does not exist. WriteError: the folder holds something else, belongs to other settings, or
        another run works in it. MissingError: a pattern or a folder without an image.
    """
    threads = whole("threads", threads, least=1, most=MOST_THREADS)
    opened = Batch(command, inputs, os.fspath(output), force, settings)
    return run(opened, lambda indices: ((index, work(opened.task(index), threads)) for index in indices))
