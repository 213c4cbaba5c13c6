"""Which files an audit in bulk reads, what their footers say, and the pieces they are read in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dispatch.auditing.audit import Basis
from dispatch.errors import InvalidInput, Unavailable
from geo_data.batch.columns import FLAGS, READY, SECONDS, TIMES, TYPES, Terms, read_terms

PIECE_ROWS = 500_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Some row groups of a file; plain values, so that it can be sent to another machine.

    Parameters
    ----------
    path : Path
    groups : tuple of int
        Row groups, one after another.
    first : int
        Line number of its first incident in all files.
    rows : int
    terms : Terms
    """

    path: Path
    groups: tuple[int, ...]
    first: int
    rows: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Records:
    """All that is to be read, and what it rests on."""

    pieces: tuple[Piece, ...]
    basis: Basis

    @property
    def rows(self) -> int:
        """How many incidents there are."""
        return sum(piece.rows for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    rows: tuple[int, ...]
    terms: Terms
    basis: Basis | None


def find_records(place: Path, judged_at: datetime, piece_rows: int = PIECE_ROWS) -> Records:
    """Look at the footers of a file, or of all ``*.parquet`` in a folder and those below, in order of name.

    Parameters
    ----------
    place : Path
    judged_at : datetime
        Aware; for files that do not say when they were judged.
    piece_rows : int
        Pieces are no longer than this, unless a single row group is.

    Raises
    ------
    Unavailable
        When there is nothing there.
    InvalidInput
        When a file is not whole, lacks a column, has one of the wrong type, or means its times otherwise than the others.
    """
    files = [_look(path) for path in _paths(place)]
    odd = next((f for f in files if f.terms != files[0].terms), None)
    if odd is not None:
        raise InvalidInput(
            f"{odd.path} means its times otherwise than {files[0].path} ({odd.terms}; {files[0].terms}): audit them apart."
        )
    pieces: list[Piece] = []
    first = 0
    for file in files:
        for groups in _cut(file.rows, piece_rows):
            rows = sum(file.rows[g] for g in groups)
            pieces.append(Piece(file.path, groups, first, rows, file.terms))
            first += rows
    return Records(tuple(pieces), _together(files, place, judged_at))


def _paths(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    found = sorted(place.rglob("*.parquet")) if place.is_dir() else []
    if not found:
        raise Unavailable(f"No records at {place}: give --records a .parquet file or a folder that holds some.")
    return found


def _look(path: Path) -> _File:
    try:
        with pq.ParquetFile(path) as file:
            footer, arrow = file.metadata, file.schema_arrow
            rows = tuple(footer.row_group(g).num_rows for g in range(footer.num_row_groups))
    except (OSError, pa.ArrowException) as error:
        raise InvalidInput(f"{path} is not a whole Parquet file ({error}): write or copy it again.") from None
    try:
        terms, basis = read_terms(arrow.metadata, arrow.names)
        _fits(arrow, terms)
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}; docs/batch.md tells the columns.") from None
    return _File(path, rows, terms, basis)


def _fits(arrow: pa.Schema, terms: Terms) -> None:
    start = ("reported_at",) if terms.start == "reported" else ("assigned_at",)
    needed = ("incident", "limit_s", *((READY,) if terms.ready else (*start, "on_scene_at")))
    missing = [name for name in needed if name not in arrow.names]
    if missing:
        raise InvalidInput(f"column {missing[0]} is missing")
    for name in TYPES:
        if arrow.names.count(name) > 1:
            raise InvalidInput(f"column {name} is there twice")
        if name in arrow.names and not _right(name, arrow.field(name).type):
            raise InvalidInput(f"column {name} is {arrow.field(name).type}, wanted is {_wanted(name)}")


def _right(name: str, kind: pa.DataType) -> bool:
    if pa.types.is_null(kind):
        return True
    if name in TIMES:
        return pa.types.is_timestamp(kind) and kind.tz is not None
    if name in SECONDS:
        return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
    if name in FLAGS:
        return bool(pa.types.is_boolean(kind))
    if name == "day":
        return bool(pa.types.is_date(kind))
    if name == "edits":
        return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind)) and _is_text(kind.value_type)
    if name == "hour":
        return bool(pa.types.is_integer(kind))
    return _is_text(kind.value_type if pa.types.is_dictionary(kind) else kind)


def _is_text(text: pa.DataType) -> bool:
    return bool(pa.types.is_string(text) or pa.types.is_large_string(text) or pa.types.is_string_view(text))


def _wanted(name: str) -> str:
    return "a timestamp with a time zone" if name in TIMES else str(TYPES[name])


def _cut(rows: Sequence[int], most: int) -> Iterator[tuple[int, ...]]:
    """Row groups, together at most ``most`` rows; of an empty file one empty piece."""
    held: list[int] = []
    for group, n in enumerate(rows):
        if held and sum(rows[g] for g in held) + n > most:
            yield tuple(held)
            held = []
        held.append(group)
    if held or not rows:
        yield tuple(held)


def _together(files: Sequence[_File], place: Path, judged_at: datetime) -> Basis:
    """The basis of the files; where they differ, the earliest judgement, the whole period, and a note."""
    told = list(dict.fromkeys(f.basis for f in files if f.basis is not None))
    terms = files[0].terms
    if not told:
        return Basis(
            title="时效承诺审计 Audit of response promises",
            source=place.name,
            judged_at=judged_at,
            start=terms.start,
            timezone=terms.timezone,
        )
    first = min(told, key=lambda basis: basis.judged_at)
    if len(told) == 1 and all(f.basis for f in files):
        return first
    since, until = [b.since for b in told], [b.until for b in told]
    note = f"由 {len(files)} 个文件合计，判定时间不一。(Several exports added up; the earliest judgement is stated.)"
    notes = dict.fromkeys(note for basis in told for note in basis.notes)
    return replace(
        first,
        source="、".join(list(dict.fromkeys(b.source for b in told))[:5]),
        since=None if None in since else min(s for s in since if s),
        until=None if None in until else max(u for u in until if u),
        rows=None,
        merged_rows=None,
        notes=(*notes, note),
    )
