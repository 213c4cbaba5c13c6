"""The csv of a response log as texts, with the columns its map asks for."""

import gzip
import zlib
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import pandas as pd

from dispatch.errors import InvalidInput, Unavailable
from geo_data.logs.log_map import LogMap
from geo_data.unpacking import open_gzip

GZIP_MAGIC = b"\x1f\x8b"


def load_table(path: Path, log_map: LogMap) -> pd.DataFrame:
    """Read the columns a map names.

    Returns
    -------
    DataFrame
        Stripped texts, empty where there is nothing; columns as `LogMap.used_columns`.

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        When it is not csv in the stated encoding, is cut short, or lacks a column.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP_MAGIC
        return _read(path, log_map, packed)
    except FileNotFoundError:
        raise Unavailable(f"No log at {path}: give --log a csv or csv.gz file.") from None
    except (UnicodeError, LookupError) as error:
        raise InvalidInput(f"{path} is not text in {log_map.encoding} ({error}): set encoding in the map.") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, gzip.BadGzipFile, EOFError, zlib.error, OSError) as error:
        raise InvalidInput(f"{path} is not a whole csv file: {str(error).strip()}") from None


def _read(path: Path, log_map: LogMap, packed: bool) -> pd.DataFrame:
    encoding = "utf-8-sig" if log_map.encoding.lower().replace("-", "") == "utf8" else log_map.encoding
    wanted = log_map.used_columns
    with _text(path, encoding, packed) as text:
        heading = pd.read_csv(text, sep=log_map.delimiter, nrows=0, index_col=False).columns.str.strip()
    missing = [c for c in wanted if c not in heading]
    if missing:
        raise InvalidInput(f"{path} has no column {', '.join(missing)}; it has {', '.join(heading[:40])}.")
    with _text(path, encoding, packed) as text:
        table: pd.DataFrame = pd.read_csv(
            text,
            sep=log_map.delimiter,
            dtype="str",
            keep_default_na=False,
            index_col=False,
            usecols=lambda column: column.strip() in wanted,
        )
    table.columns = table.columns.str.strip()
    for column in wanted:
        table[column] = table[column].fillna("").str.strip()
    return table


def _text(path: Path, encoding: str, packed: bool) -> TextIO:
    if packed:
        return TextIOWrapper(open_gzip(path), encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")
