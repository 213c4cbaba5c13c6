"""A piece of the records as a checked table."""

from dataclasses import dataclass
from itertools import accumulate

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from dispatch.auditing.edits import EditKind, EditPhase
from dispatch.auditing.record import Cause, Exclusion, Problem
from dispatch.errors import InvalidInput, Unavailable
from dispatch.track_matching import ArrivalEvidence
from dispatch.vocabulary import Labelled
from geo_data.batch.account import BETWEEN
from geo_data.batch.columns import EVIDENCE, FLAGS, TYPES
from geo_data.batch.pieces import Piece

EDITS = [kind.value + BETWEEN + phase.value for kind in EditKind for phase in EditPhase]
MOST_S = 1e9  # thirty years; more is no count of seconds
EMPTY = {name: pl.Series(name, [], dtype=pl.from_arrow(pa.array([], kind)).dtype) for name, kind in TYPES.items()}  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class _Rule:
    """What no line may be; ``broken`` is true there."""

    column: str
    broken: pl.Expr
    remedy: str


def _number(name: str) -> pl.Expr:
    return pl.col(name).is_not_null() & ~(pl.col(name).is_finite() & (pl.col(name).abs() < MOST_S))


def _word(name: str, known: type[Labelled]) -> _Rule:
    words = [word.value for word in known]
    return _Rule(name, ~pl.col(name).is_in(words), f"known are {', '.join(words)}")


_ARRIVED = pl.col("arrived")
RULES = (
    _Rule("limit_s", _number("limit_s") | (pl.col("limit_s") <= 0), "a limit is a number of seconds above 0"),
    _Rule("response_s", _number("response_s"), "a response is a number of seconds; leave it empty where there is none"),
    _Rule("hour", ~pl.col("hour").is_between(0, 23), "an hour is 0 to 23"),
    _word("problem", Problem),
    _word("excluded", Exclusion),
    _word("cancelled_late", Exclusion),
    _word("cause", Cause),
    _word(EVIDENCE, ArrivalEvidence),
    _Rule(
        "edits",
        ~pl.col("edits").list.eval(pl.element().is_in(EDITS) & pl.element().is_not_null()).list.all(),
        f"an edit reads kind{BETWEEN}phase, e.g. {EDITS[0]}",
    ),
    _Rule("excluded", pl.col("excluded").is_not_null() & pl.col("problem").is_not_null(), "it has a problem: judge it"),
    _Rule("excluded", pl.col("excluded").is_not_null() & _ARRIVED, "somebody arrived: judge it"),
    _Rule("open", pl.col("open") & _ARRIVED, "somebody arrived, so it is not open"),
    _Rule(
        "open",
        pl.col("open") & (pl.col("problem").is_not_null() | pl.col("excluded").is_not_null()),
        "it has a problem or is excluded, so it is not open",
    ),
)


def read(piece: Piece) -> pl.DataFrame:
    """Read a piece.

    Returns
    -------
    DataFrame
        `TYPES` in full, null where the file has no such column; flags are never null.

    Raises
    ------
    Unavailable
        When the file is gone.
    InvalidInput
        When it is damaged or holds what cannot be; file, row group and column are named.
    """
    table = _load(piece)
    columns = {name: _cast(piece, table, name, kind) for name, kind in TYPES.items() if name in table.column_names}
    rows = pl.DataFrame(columns) if columns else pl.DataFrame(EMPTY)
    rows = rows.with_columns(pl.lit(None, EMPTY[name].dtype).alias(name) for name in TYPES if name not in columns)
    rows = rows.with_columns(pl.col(flag).fill_null(False) for flag in FLAGS)
    return _checked(piece, rows)


def _load(piece: Piece) -> pa.Table:
    try:
        with pq.ParquetFile(piece.path) as file:
            wanted = [name for name in TYPES if name in file.schema_arrow.names]
            try:
                return file.read_row_groups(list(piece.groups), columns=wanted)
            except (OSError, pa.ArrowException):
                _name_damage(piece, file, wanted)
                raise
    except FileNotFoundError:
        raise Unavailable(f"{piece.path} is gone: leave the files in place until the audit is done.") from None
    except (OSError, pa.ArrowException) as error:
        raise InvalidInput(f"{piece.path} cannot be read ({error}): write or copy it again.") from None


def _name_damage(piece: Piece, file: pq.ParquetFile, wanted: list[str]) -> None:
    for group in piece.groups:
        for name in wanted:
            try:
                file.read_row_group(group, columns=[name])
            except (OSError, pa.ArrowException) as error:
                raise InvalidInput(
                    f"{piece.path}, row group {group}, column {name} is damaged ({error}): write or copy the file again."
                ) from None


def _cast(piece: Piece, table: pa.Table, name: str, kind: pa.DataType) -> pl.Series:
    try:
        return pl.Series(name, pl.from_arrow(table.column(name).cast(kind)))
    except pa.ArrowException as error:
        where = f"{piece.path}, row groups {piece.groups[0]} to {piece.groups[-1]}, column {name}"
        raise InvalidInput(f"{where} does not fit {kind} ({error}): mend it.") from None


def _checked(piece: Piece, rows: pl.DataFrame) -> pl.DataFrame:
    arrived = pl.col("response_s" if piece.terms.ready else "on_scene_at").is_not_null()
    seen = rows.with_columns(arrived=arrived)
    broken = seen.select(rule.broken.fill_null(False).any().alias(str(n)) for n, rule in enumerate(RULES)).row(0)
    for rule, found in zip(RULES, broken, strict=True):
        if found:
            line = seen.select(rule.broken.fill_null(False).arg_true().first()).item()
            raise InvalidInput(_where(piece, rows, rule, line))
    return rows


def _where(piece: Piece, rows: pl.DataFrame, rule: _Rule, line: int) -> str:
    with pq.ParquetFile(piece.path) as file:
        ends = list(accumulate(file.metadata.row_group(g).num_rows for g in piece.groups))
    group = next(g for g, end in zip(piece.groups, ends, strict=True) if line < end)
    value, incident = rows.select(rule.column, "incident").row(line)
    return f"{piece.path}, row group {group}, column {rule.column}: incident {incident!r} has {value!r}; {rule.remedy}."
