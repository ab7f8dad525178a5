"""Tessera for Python: atom columns, motifs, strain and phases of electron micrographs, NumPy in and out.

>>> import tessera
>>> tessera.read("scan.tif")  # doctest: +SKIP
Micrograph([[...]], dtype=float32)

The functions do what the commands of the same names do, with the same numbers; settings are the options of the command with
``_`` for ``-``. While a function computes, other threads of Python run. What is refused is an exception of
:mod:`tessera.errors` whose text says what would be right.
"""

from __future__ import annotations

from ._batch import batch
from ._commands import TesseraWarning, analyze, run, segment, settings, sites, strain
from ._image import Micrograph, read
from ._result import Result
from ._table import Table
from .errors import DataError, LibraryError, MissingError, SettingError, TesseraError, WriteError

__version__ = "0.1.0"

__all__ = [
    "DataError", "LibraryError", "Micrograph", "MissingError", "Result", "SettingError", "Table", "TesseraError",
    "TesseraWarning", "WriteError", "analyze", "batch", "read", "run", "segment", "settings", "sites", "strain",
]
