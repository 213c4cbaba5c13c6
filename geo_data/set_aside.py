"""What an earlier schema has no place for, set aside in the database and taken back later; used by migrations alone.

A way back that threw tables away would lose what they hold. They move to a schema of their own instead, rows, keys,
triggers and all, where the earlier program does not look.
"""

from collections.abc import Sequence

from alembic import op
from sqlalchemy import text

SCHEMA = "set_aside"


def set_aside(*tables: str, sequences: Sequence[str] = ()) -> None:
    """Move tables, and sequences that belong to no table, out of the way."""
    op.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    for kind, names in (("TABLE", tables), ("SEQUENCE", sequences)):
        for name in names:
            op.execute(f"ALTER {kind} public.{name} SET SCHEMA {SCHEMA}")


def take_back(*tables: str, sequences: Sequence[str] = ()) -> bool:
    """Take back what was set aside; whether there was anything."""
    if not _is_aside(tables[0]):
        return False
    for kind, names in (("TABLE", tables), ("SEQUENCE", sequences)):
        for name in names:
            op.execute(f"ALTER {kind} {SCHEMA}.{name} SET SCHEMA public")
    return True


def set_columns_aside(table: str, key: Sequence[str], columns: Sequence[str]) -> None:
    """Keep some columns of a table in one of their own, by the table's key, and drop them."""
    op.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    op.execute(f"CREATE TABLE {SCHEMA}.{table} AS SELECT {', '.join((*key, *columns))} FROM public.{table}")  # noqa: S608  (names of ours)
    for column in columns:
        op.execute(f"ALTER TABLE public.{table} DROP COLUMN {column}")


def take_columns_back(table: str, key: Sequence[str], columns: Sequence[str]) -> None:
    """Fill columns from what was set aside; rows that came meanwhile keep their defaults."""
    if not _is_aside(table):
        return
    kept = ", ".join(f"{column} = kept.{column}" for column in columns)
    same = " AND ".join(f"now.{part} = kept.{part}" for part in key)
    op.execute(f"UPDATE public.{table} AS now SET {kept} FROM {SCHEMA}.{table} AS kept WHERE {same}")  # noqa: S608  (names of ours)
    op.execute(f"DROP TABLE {SCHEMA}.{table}")


def _is_aside(table: str) -> bool:
    return bool(op.get_bind().execute(text("SELECT to_regclass(:name)"), {"name": f"{SCHEMA}.{table}"}).scalar())
