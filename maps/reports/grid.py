"""A section of the report and its tables: typed values that every form writes in its own way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Cell = str | int | float | datetime | None


class Kind(StrEnum):
    """What the cells of a column hold; None is a cell without a value."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"  # 0 to 1
    POINTS = "points"  # a difference of shares, -1 to 1
    DURATION = "duration"  # seconds
    LONG = "long"  # seconds, shown in hours
    NUMBER = "number"
    YUAN = "yuan"
    MOMENT = "moment"  # aware datetime


@dataclass(frozen=True, slots=True)
class Column:
    """One column; a ``spare`` one is left out where there is little room, and a marked one gets a scale in the workbook."""

    name: str
    kind: Kind = Kind.TEXT
    spare: bool = False
    scaled: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that the workbook draws from a grid: ``form`` is ``bar``, ``column`` or ``line``; columns are by number."""

    form: str
    title: str
    over: int
    of: tuple[int, ...]
    stacked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One table: as many cells a row as columns; ``strong`` is the number of a row to stand out."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    chart: Chart | None = None
    strong: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A plot as SVG, and what it shows in words for whoever cannot see it."""

    svg: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the report: sentences first, then tables.

    ``key`` names its place in the page, where its plots stand too (`maps.reports.plots.pictures`).
    """

    key: str
    title: str
    says: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    note: str = ""


def columns(*given: Column | tuple[str, Kind] | str) -> tuple[Column, ...]:
    """Write columns down briefly: a name alone is text."""
    made: Sequence[Column] = [
        c if isinstance(c, Column) else Column(c) if isinstance(c, str) else Column(c[0], c[1]) for c in given
    ]
    return tuple(made)
