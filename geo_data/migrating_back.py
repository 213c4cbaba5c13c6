"""Taking the schema back for an earlier program: what would be lost is counted first, and refused unless told."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from dispatch.errors import InvalidInput
from geo_data.database import engine, migrating
from geo_data.set_aside import SCHEMA

MADE_AGAIN = {"judged", "events.hash"}  # of what is kept, by the way forward or by the background
COLUMNS = text(
    "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t "
    "USING (table_schema, table_name) WHERE t.table_type = 'BASE TABLE' AND t.table_name <> 'spatial_ref_sys' "
    "AND c.table_schema = ANY(:schemas) AND c.is_generated = 'NEVER' "
    "AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = format('%I.%I', table_schema, table_name)::regclass)"
)


def migrate_back(url: str, revision: str, *, lose: bool = False) -> dict[str, int]:
    """Take the schema back to an earlier revision, in one transaction: all of it or nothing.

    What the earlier schema has no place for is set aside by its migration where that can be (`geo_data.set_aside`).

    Parameters
    ----------
    lose : bool
        Go on although something that is stored would be gone.

    Returns
    -------
    dict
        What was lost: rows by table, values by ``table.column``.

    Raises
    ------
    InvalidInput
        For a revision this program does not know or that is not behind the present one, and, without ``lose``, when
        something would be lost; the message says how much of what.
    """
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    database = engine(url, pool_size=1)
    try:
        with migrating(database) as (connection, config):
            before = _stored(connection)
            try:
                command.downgrade(config, revision)
            except CommandError as error:
                raise InvalidInput(f"The schema cannot be taken back to {revision}: {error}") from None
            kept = _stored(connection)
            lost = {what: n for what, n in before.items() if n and what not in kept and what not in MADE_AGAIN}
            lost = {
                what: n
                for what, n in lost.items()
                if what.partition(".")[0] not in {*lost, *MADE_AGAIN} or "." not in what
            }
            if lost and not lose:
                _refuse(revision, lost)
            return lost
    finally:
        database.dispose()


def _stored(connection: Connection) -> dict[str, int]:
    """Rows by table and values by column, in use or set aside; a column that holds nothing counts for nothing."""
    by_table: dict[str, set[str]] = {}
    for schema in ("public", SCHEMA):
        for table, column in connection.execute(COLUMNS, {"schemas": [schema]}):
            by_table.setdefault(f"{schema}.{table}", set()).add(column)
    found: dict[str, int] = {}
    for table, columns in sorted(by_table.items()):
        counted = ", ".join(["count(*)", *(f'count("{column}")' for column in sorted(columns))])
        numbers = connection.execute(text(f"SELECT {counted} FROM {table}")).one()  # noqa: S608  (of the catalogue)
        name = table.partition(".")[2]
        found.setdefault(name, 0)
        for what, n in zip([name, *(f"{name}.{column}" for column in sorted(columns))], numbers, strict=True):
            found[what] = max(found.get(what, 0), n)
    return found


def _refuse(revision: str, lost: Mapping[str, int]) -> None:
    told = ", ".join(f"{what} ({n:,})" for what, n in sorted(lost.items()))
    raise InvalidInput(
        f"Nothing was changed. An earlier schema, {revision}, has no place for {told}: take a backup, then say --lose."
    )
