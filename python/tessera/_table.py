"""Tables of results as NumPy columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any, Dict, Iterator, List, Sequence

import numpy as np

_WHOLE = {"id", "class", "count", "size", "sides", "domain", "grain", "label", "pixels", "cell", "cells", "type", "level"}
"""Columns of whole numbers, as far as all their cells are; 0 where a cell is empty (classes count from 1)."""


class Table(Mapping[str, np.ndarray]):
    """A table by its columns, which are named as in the CSV file that the command writes.

    Numbers are float64, NaN where the file has nothing; ``id``, ``class`` and other numbers that count are integers, 0
    where the file has nothing; everything else is text.

    >>> table = Table.from_csv(b"id,x,class,kind\\n0,1.5,,vacant\\n1,,2,column\\n")
    >>> list(table), table.rows
    (['id', 'x', 'class', 'kind'], 2)
    >>> table["x"], table["class"], table["kind"]
    (array([1.5, nan]), array([0, 2]), array(['vacant', 'column'], dtype='<U6'))
    """

    def __init__(self, columns: Dict[str, np.ndarray], warnings: Sequence[str] = ()) -> None:
        self._columns = dict(columns)
        #: What the reader has to know of the result, in sentences.
        self.warnings: List[str] = list(warnings)

    @classmethod
    def from_csv(cls, data: bytes, warnings: Sequence[str] = ()) -> "Table":
        """The table of a CSV file with a header."""
        rows = csv.reader(io.StringIO(data.decode(), newline=""))
        names = next(rows, [])
        cells = list(zip(*rows)) or [()] * len(names)
        return cls({name: _column(name, column) for name, column in zip(names, cells)}, warnings)

    @property
    def rows(self) -> int:
        """The number of rows."""
        return next((len(column) for column in self._columns.values()), 0)

    def __getitem__(self, name: str) -> np.ndarray:
        try:
            return self._columns[name]
        except KeyError:
            raise KeyError(f"there is no column {name!r}; there are {', '.join(self._columns)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        return f"<Table of {self.rows} rows: {', '.join(self._columns)}>"

    def to_records(self) -> np.ndarray:
        """The same as one structured array, a row per row."""
        records: np.ndarray = np.empty(self.rows, dtype=[(name, column.dtype) for name, column in self.items()])
        for name, column in self.items():
            records[name] = column
        return records


def _column(name: str, cells: Sequence[str]) -> np.ndarray:
    try:
        if name in _WHOLE:
            return np.array([int(cell) if cell else 0 for cell in cells], dtype=np.int64)
    except ValueError:
        pass
    try:
        numbers: np.ndarray = np.array([float(cell) if cell else np.nan for cell in cells], dtype=np.float64)
        # A column without any number is text that happens to be empty, unless its name says that it measures.
        if any(cells) or name not in _TEXTS:
            return numbers
    except ValueError:
        pass
    return np.array(cells, dtype=np.str_)


_TEXTS = {"class_name", "kind", "fit_flag", "name", "parent", "composition", "filling", "code", "symmetry"}
