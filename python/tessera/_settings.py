"""Settings of Python as the words of a command line, so that both are read and checked by the same code."""

from __future__ import annotations

import contextlib
import difflib
import os
import tempfile
from typing import Any, Dict, Iterator, List

import numpy as np

from ._library import describe
from .errors import SettingError


def names(command: str) -> List[str]:
    """The settings that a command takes: those of its options that say how an image is analysed.

    >>> "noise_threshold" in names("sites"), "output" in names("sites")
    (True, False)
    """
    return sorted(describe()["settings"][command])


@contextlib.contextmanager
def words(command: str, settings: Dict[str, Any]) -> Iterator[List[str]]:
    """The words for some settings. A table of columns that is given as an array is a file as long as this lasts.

    Raises:
        SettingError: a setting that the command does not take, or a value that no option can have.
    """
    known = describe()["settings"][command]
    with contextlib.ExitStack() as stack:
        result: List[str] = []
        for name, value in settings.items():
            if name not in known:
                raise SettingError(_unknown(command, name, list(known)))
            if value is None:
                continue
            option = "--" + name.replace("_", "-")
            if not known[name]:
                if not isinstance(value, (bool, np.bool_)):
                    raise SettingError(f"{name} must be True or False, but is {value!r}")
                result += [option] if value else []
            elif name == "sites" and not isinstance(value, (str, os.PathLike)):
                result.append(f"{option}={stack.enter_context(_table(value))}")
            else:
                # Several pairs are an option that is repeated: planes=[(1, 0), (0, 1)].
                several = isinstance(value, (list, tuple)) and any(isinstance(part, (list, tuple)) for part in value)
                result += [f"{option}={_text(name, part)}" for part in (value if several else [value])]
        yield result


def _unknown(command: str, name: str, known: List[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"{command} has no setting {name}.{hint} It takes {', '.join(sorted(known))}"


def _text(name: str, value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        raise SettingError(f"{name} takes a value, but is {value}")
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if isinstance(value, (list, tuple, np.ndarray)):
        return ",".join(_text(name, part) for part in value)
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return repr(int(number) if number.is_integer() and abs(number) < 1e15 else number)
    raise SettingError(f"{name} must be a number, a text or several numbers, but is of type {type(value).__name__}")


@contextlib.contextmanager
def _table(value: Any) -> Iterator[str]:
    """A file with columns that are known: an array of (n, 2), or a mapping with x and y, in pixels."""
    try:
        places = np.column_stack([value["x"], value["y"]]) if hasattr(value, "keys") else np.asarray(value)
        places = places.astype(np.float64)
    except (KeyError, TypeError, ValueError):
        places = np.empty(0)
    if places.ndim != 2 or places.shape[1] != 2 or not np.isfinite(places).all():
        raise SettingError("sites must be a table's path, an array of shape (n, 2) or a mapping with finite x and y in pixels")
    rows: Any = places.tolist()
    with tempfile.NamedTemporaryFile("w", suffix=".csv", prefix="sites-") as file:
        file.write("x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows))
        file.flush()
        yield file.name
