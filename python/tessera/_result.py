"""What a command found, as arrays and tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from ._table import Table


class Result(Mapping[str, Any]):
    """What a command would write into its result folder, by the names of its files without their extension.

    Tables (``sites.csv``) are :class:`Table`, arrays (``features.npy``) and images (``strain.tif``) are NumPy arrays,
    JSON files are what they hold. Where a table or a JSON file shares its name with an array (``strain.csv`` and
    ``strain.tif``), it keeps its extension.

    >>> result = Result([({"name": "sites.csv", "type": "bytes"}, b"id,x\\n0,1.5\\n")], {"counts": {"columns": 1}}, [])
    >>> result["sites"]["x"], result.summary["counts"]["columns"]
    (array([1.5]), 1)
    """

    def __init__(
        self, items: Sequence[Tuple[Dict[str, Any], Any]], summary: Dict[str, Any], warnings: Sequence[str]
    ) -> None:
        #: The object of ``summary.json``: counts, classes, parameters with reasons, settings, timings, version.
        self.summary = summary
        #: What the reader has to know before trusting the numbers, in sentences.
        self.warnings: List[str] = list(warnings)
        #: Of an image with several pages, the name of each: ``result.pages["strain"]`` is ``["exx", "eyy", ...]``.
        self.pages: Dict[str, List[str]] = {}
        self._values: Dict[str, Any] = {}
        arrays = {_stem(item["name"]) for item, _ in items if item["type"] != "bytes"}
        for item, value in items:
            stem = _stem(item["name"])
            is_second = stem in self._values or (item["type"] == "bytes" and stem in arrays)
            key = item["name"] if is_second else stem
            self._values[key] = _value(item["name"], value)
            if item.get("pages"):
                self.pages[key] = item["pages"]

    def __getitem__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise KeyError(f"there is no {name!r}; there are {', '.join(self._values)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Result: {', '.join(self._values)}>"


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0]


def _value(name: str, value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    if name.endswith(".csv"):
        return Table.from_csv(value)
    if name.endswith(".json"):
        return json.loads(value.decode())
    return value
