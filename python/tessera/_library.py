"""The compiled library and the six functions of it. While one runs, other threads of Python run too."""

from __future__ import annotations

import atexit
import ctypes
import functools
import itertools
import json
import operator
import os
import queue
import threading
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np

from .errors import LibraryError, SettingError, TesseraError, of_status

ABI = 2
"""The set of functions that this package calls; the library says which set it has."""

Progress = Callable[[str, float], None]
"""Is given the name of a stage as it begins and the share of the work that is done, 0 to 1."""

_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_char_p, ctypes.c_double)


def _place() -> Path:
    """The folder of the library: inside the package, or the one that ``TESSERA_LIBRARY`` names (a build of the sources)."""
    named = os.environ.get("TESSERA_LIBRARY")
    return Path(named) if named else Path(__file__).resolve().parent / "lib"


@functools.lru_cache(maxsize=None)
def _library() -> Tuple[ctypes.CDLL, Dict[str, Any]]:
    """The library, opened when it is first needed, and what it says of itself."""
    path = _place() / "libTesseraPython.so"
    try:
        library = ctypes.CDLL(str(path))
        library.tessera_abi.restype = ctypes.c_int32
        found = library.tessera_abi()
    except (OSError, AttributeError) as error:
        raise LibraryError(f"{path}: cannot be loaded ({error}); install the wheel of this machine again") from None
    if found != ABI:
        raise LibraryError(f"{path}: has functions of version {found}, not {ABI}; install package and library together")
    library.tessera_call.restype = ctypes.c_void_p
    library.tessera_call.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_ssize_t, _CALLBACK]
    library.tessera_body.restype = ctypes.c_char_p
    library.tessera_body.argtypes = [ctypes.c_void_p]
    library.tessera_copy.restype = ctypes.c_int32
    library.tessera_copy.argtypes = [ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_ssize_t]
    library.tessera_stop.restype = None
    library.tessera_stop.argtypes = [ctypes.c_ssize_t]
    library.tessera_release.restype = None
    library.tessera_release.argtypes = [ctypes.c_void_p]
    helper = _place() / "tessera-hdf5"
    body, _ = _call(library, {"action": "describe", "helper": str(helper) if helper.exists() else None})
    return library, body


def describe() -> Dict[str, Any]:
    """The version of the library (``version``), the settings of each command, on an image in memory (``settings``) and on files
    (``file_settings``), and the colours of the figures (``class_colors``): of no class, then of the classes 1, 2, ..."""
    return _library()[1]


def call(
    request: Dict[str, Any], pixels: Optional[np.ndarray] = None, progress: Optional[Progress] = None
) -> Tuple[Dict[str, Any], List[Tuple[Dict[str, Any], Any]]]:
    """Asks the library for something.

    ``pixels``: float32, (height, width), row-major. Returns the body of the reply, and its items: the description of each
    (``name``, ``type``, ``shape``, ``pages``) with its array, or with bytes for tables and JSON.
    """
    return _call(_library()[0], request, pixels, progress)


def whole(name: str, value: Any, least: int, most: Optional[int] = None) -> Optional[int]:
    """A whole number of Python or NumPy, or None.

    Raises:
        SettingError: something else, or a number outside its range.

    >>> whole("frame", np.int64(3), least=0)
    3
    """
    if value is None:
        return None
    try:
        number = None if isinstance(value, (bool, np.bool_)) else operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least or (most is not None and number > most):
        span = f"{least} or more" if most is None else f"{least} to {most}"
        raise SettingError(f"{name} must be a whole number, {span}, but is {value!r}")
    return number


MOST_THREADS = 1024


def _call(
    library: ctypes.CDLL,
    request: Dict[str, Any],
    pixels: Optional[np.ndarray] = None,
    progress: Optional[Progress] = None,
) -> Tuple[Dict[str, Any], List[Tuple[Dict[str, Any], Any]]]:
    request = {**request, "threads": whole("threads", request.get("threads"), least=1, most=MOST_THREADS), "call": next(_CALLS)}
    height, width = (0, 0) if pixels is None else pixels.shape
    text = json.dumps({name: value for name, value in request.items() if value is not None}).encode()
    place = None if pixels is None else pixels.ctypes.data

    def answer(callback: Any) -> Tuple[Dict[str, Any], List[Tuple[Dict[str, Any], Any]]]:
        reply = library.tessera_call(text, place, width, height, callback)
        try:
            body = json.loads(library.tessera_body(reply).decode())
            if "error" in body:
                raise of_status(body.get("status", TesseraError.status), body["error"])
            return body, [(item, _copy(library, reply, index, item)) for index, item in enumerate(body.get("items", []))]
        finally:
            library.tessera_release(reply)

    body, items = _heard(answer, progress, lambda: library.tessera_stop(request["call"]))
    return body, items


_CALLS = itertools.count(1)


_STOPPING: List[threading.Thread] = []
"""Computations that were told to stop and may not have yet."""

STOP_PATIENCE = 10.0
"""Seconds for which the end of the process waits for one of them: a stage of an image of usual size takes less."""


@atexit.register
def _wait_for_the_stopping() -> None:
    """The process does not end below a computation: what that still uses would be taken away from it, and it would crash."""
    for thread in _STOPPING:
        thread.join(STOP_PATIENCE)


def _heard(answer: Callable[[Any], Any], progress: Optional[Progress], stop: Callable[[], None]) -> Any:
    """What ``answer`` gives, while signals such as Ctrl-C are heard and ``progress`` runs in the thread that called.

    Python runs the handler of a signal in its main thread, between two instructions: while the library computes there, it never would, and in
    a function that the library calls, what the handler raises would be lost. So the library computes in a thread of its own. What
    is raised here is raised at once; the computation stops as soon as it can, without a look at Python, which may have
    ended by then.
    """
    events: "queue.SimpleQueue[Tuple[str, Any]]" = queue.SimpleQueue()
    goes_on: "queue.SimpleQueue[bool]" = queue.SimpleQueue()

    def report(stage: bytes, share: float) -> int:
        events.put(("stage", (stage.decode(), share)))
        return 0 if goes_on.get() else 1

    def compute() -> None:
        try:
            events.put(("done", answer(_CALLBACK(report) if progress is not None else _CALLBACK())))
        except BaseException as error:
            events.put(("failed", error))

    thread = threading.Thread(target=compute, name="tessera", daemon=True)
    try:
        thread.start()
        event, value = events.get()
        while event == "stage":
            if progress is not None:
                progress(*value)
            goes_on.put(True)
            event, value = events.get()
        thread.join()
    except BaseException:
        stop()
        goes_on.put(False)
        _STOPPING[:] = [other for other in _STOPPING if other.is_alive()] + [thread]
        raise
    if event == "failed":
        raise value
    return value


def _copy(library: ctypes.CDLL, reply: int, index: int, item: Dict[str, Any]) -> Any:
    is_text = item["type"] == "bytes"
    array = np.empty(item["shape"], dtype=np.uint8 if is_text else item["type"])
    if library.tessera_copy(reply, index, array.ctypes.data, array.nbytes) != 1:
        raise TesseraError(f"{item['name']}: the library gave an array of another size than it said")
    return array.tobytes() if is_text else array
