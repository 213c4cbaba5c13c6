"""Reading the tables of facts that lie beside this module."""

import csv
from collections.abc import Iterator
from importlib.resources import files


def rows(table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one table of this package.

    Parameters
    ----------
    table : str
        File name without ``.csv``, e.g. ``places``.

    Yields
    ------
    dict
        Column name to text; an empty cell is an empty string.
    """
    text = (files(__package__) / f"{table}.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def split(cell: str) -> tuple[str, ...]:
    """Return the parts of a cell that lists several things with ``|`` between them."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())
