"""Writes records as Parquet files with points, a folder a month, the whole folder or nothing."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import rmtree
from types import TracebackType

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from dispatch.auditing.audit import Basis
from dispatch.errors import InvalidInput, Unavailable
from geo_data.batch.columns import Terms, metadata, schema

GROUP_ROWS = 250_000
BATCH_ROWS = 20_000
NO_MONTH = "none"
Row = dict[str, object]


class MonthWriter:
    """Takes rows in any order and puts each in the file of its month; use it as a context.

    Parameters
    ----------
    folder : Path
        An empty one.
    terms, basis
        What every file states.
    """

    def __init__(self, folder: Path, terms: Terms, basis: Basis) -> None:
        self._folder = folder
        self._schema = schema(terms.ready).with_metadata(metadata(terms, basis))
        self._files: dict[str, pq.ParquetWriter] = {}
        self._held: dict[str, list[pa.Table]] = defaultdict(list)
        self._stack = ExitStack()
        self.rows = 0

    def __enter__(self) -> "MonthWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if kind is None:
                for month in list(self._held):
                    self._flush(month)
                if not self._files:
                    self._open(NO_MONTH)

    def add_rows(self, rows: list[Row], months: list[str]) -> None:
        """Add rows, as dictionaries of some of the columns, each with its month."""
        self.add(pa.Table.from_pylist(rows, schema=self._schema), months)

    def add(self, table: pa.Table, months: list[str]) -> None:
        """Add a table of the schema; ``months`` are as many, ``YYYY-MM`` or `NO_MONTH`."""
        by_month = pl.DataFrame({"month": months}).with_row_index("line").group_by("month", maintain_order=True)
        for (month,), part in by_month:
            self._held[str(month)].append(table.take(part["line"].to_arrow()))
            if sum(len(t) for t in self._held[str(month)]) >= GROUP_ROWS:
                self._flush(str(month))
        self.rows += len(table)

    def _flush(self, month: str) -> None:
        held = self._held.pop(month, [])
        if held:
            self._open(month).write_table(pa.concat_tables(held), row_group_size=GROUP_ROWS)

    def _open(self, month: str) -> pq.ParquetWriter:
        if month not in self._files:
            path = self._folder / f"month={month}" / "incidents.parquet"
            path.parent.mkdir()
            self._files[month] = self._stack.enter_context(pq.ParquetWriter(path, self._schema, compression="zstd"))
        return self._files[month]


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder beside ``out`` that takes its name when all is written, and is gone when anything fails.

    Raises
    ------
    InvalidInput
        When there is something at ``out`` already: nothing is overwritten.
    Unavailable
        When it cannot be written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InvalidInput(f"{out} is there already: choose a new folder for --out.")
    part = out.with_name(out.name + ".part")
    try:
        rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield part
        part.replace(out)
    except OSError as error:
        raise Unavailable(f"Cannot write {out} ({error.strerror}): choose another place for --out.") from None
    finally:
        rmtree(part, ignore_errors=True)
