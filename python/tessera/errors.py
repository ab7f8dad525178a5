"""What can go wrong, as exceptions. Each message is a sentence: what was found, and what would be right."""

from __future__ import annotations


class TesseraError(Exception):
    """Anything that Tessera refuses. ``status`` is the exit status that the command would have had.

    >>> issubclass(MissingError, FileNotFoundError) and issubclass(DataError, ValueError)
    True
    """

    status = 70


class SettingError(TesseraError, ValueError):
    """A setting that does not exist, or a value outside its range."""

    status = 64


class DataError(TesseraError, ValueError):
    """A file or an image that cannot be used: damaged, too small, without what the method needs."""

    status = 65


class MissingError(TesseraError, FileNotFoundError):
    """A file that is not there."""

    status = 66


class WriteError(TesseraError, OSError):
    """A result that cannot be written."""

    status = 73


class LibraryError(TesseraError, ImportError):
    """The compiled library that belongs to this package is missing or of another version."""


def of_status(status: int, message: str) -> TesseraError:
    """The exception for an exit status of the command."""
    kinds = {64: SettingError, 65: DataError, 66: MissingError, 73: WriteError, 74: WriteError}
    error = kinds.get(status, TesseraError)(message)
    error.status = status
    return error
