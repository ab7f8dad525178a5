"""Settings of Python as the words of a command line, so that both are read and checked by the same code."""

from __future__ import annotations

import contextlib
import difflib
import operator
import os
import tempfile
from typing import Any, Dict, Iterator, List, Tuple

import numpy as np

from ._library import describe
from .errors import SettingError


PATHS = ("apply", "fit_on", "library", "mask", "model", "patterns", "recipe", "scribbles", "sites")
"""Settings that may be the path of a file or of a result folder."""


def known(command: str, on_files: bool = False) -> Dict[str, bool]:
    """The settings that a command takes, each with whether a value follows: those of its options that say how an image is analysed, and
    on files also those that say how a file is read.

    Raises:
        SettingError: there is no such command.

    >>> "noise_threshold" in known("sites"), "output" in known("sites")
    (True, False)
    >>> "pixel_size" in known("strain"), "pixel_size" in known("strain", on_files=True)
    (False, True)
    """
    commands: Dict[str, Dict[str, bool]] = describe()["file_settings" if on_files else "settings"]
    if command not in commands:
        raise SettingError(f"{command!r} is no command that runs on an image; there are {', '.join(sorted(commands))}")
    return commands[command]


def absolute(words: List[str]) -> List[str]:
    """The same words for a process that works elsewhere: files that they name by paths from the root."""

    def there(word: str) -> str:
        option, _, value = word.partition("=")
        is_path = option[2:].replace("-", "_") in PATHS and os.path.exists(value)
        return f"{option}={os.path.abspath(value)}" if is_path else word

    return [there(word) for word in words]


@contextlib.contextmanager
def words(command: str, settings: Dict[str, Any], on_files: bool = False) -> Iterator[List[str]]:
    """The words for some settings. A table of columns that is given as an array is a file as long as this lasts.

    Raises:
        SettingError: a setting that the command does not take, or a value that no option can have.
    """
    options = known(command, on_files)
    with contextlib.ExitStack() as stack:
        result: List[str] = []
        for name, value in settings.items():
            if name not in options:
                raise SettingError(_unknown(command, name, list(options)))
            if value is None:
                continue
            option = "--" + name.replace("_", "-")
            if not options[name]:
                if not isinstance(value, (bool, np.bool_)):
                    raise SettingError(f"{name} must be True or False, but is {value!r}")
                result += [option] if value else []
            elif name == "sites" and not isinstance(value, (str, os.PathLike)):
                result.append(f"{option}={stack.enter_context(_table(value))}")
            else:
                if name == "pixel_size" and not isinstance(value, str):
                    value = _nanometres(value)
                elif name == "frames" and not isinstance(value, str):
                    value = "{}..{}".format(*_ends(value))
                # Several pairs are an option that is repeated: planes=[(1, 0), (0, 1)].
                several = isinstance(value, (list, tuple)) and any(isinstance(part, (list, tuple)) for part in value)
                result += [f"{option}={_text(name, part)}" for part in (value if several else [value])]
        yield result


_ELSEWHERE = {
    ("sites", "apply"): " tessera.run('motifs', image, apply=...) sorts columns by the classes of a result.",
    ("sites", "tile"): " tessera.dask.sites finds the columns of an image file in tiles.",
}
"""Settings that the command has and the function of its name has not, each with the function that has it."""


def _unknown(command: str, name: str, known: List[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    hint = _ELSEWHERE.get((command, name)) or (f" Did you mean {near[0]}?" if near else "")
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


def _nanometres(value: Any) -> str:
    try:
        size = float(value)
    except (TypeError, ValueError):
        size = 0.0
    if isinstance(value, (bool, np.bool_)) or not (np.isfinite(size) and size > 0):
        raise SettingError(f"pixel_size of files must be a positive length in nm, or a text such as '12.3pm', but is {value!r}")
    return f"{size!r}nm"


def _ends(value: Any) -> Tuple[int, int]:
    """The first and the last frame of a range of Python, or of any numbers that follow one another."""
    try:
        frames = [operator.index(frame) for frame in value]
    except TypeError:
        frames = []
    if not frames or frames != list(range(frames[0], frames[0] + len(frames))):
        raise SettingError(f"frames must be a range such as range(0, 10), or a text such as '0..9', but is {value!r}")
    return frames[0], frames[-1]


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
