"""The database at hand: engine, transactions, migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from dispatch.errors import InvalidInput, Unavailable

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x677A_6469  # any number that nothing else in the database locks on


class DatabaseAway(Unavailable):
    """The database cannot be reached now; it may come back by itself."""


def parse_url(url: str) -> URL:
    """Read a database address; ``postgresql://`` and ``postgres://`` mean psycopg 3.

    Raises
    ------
    InvalidInput
        When it is not the address of a PostgreSQL database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise InvalidInput("DATABASE_URL must look like postgresql://user:password@host:5432/database.")
    return parsed.set(drivername="postgresql+psycopg")


def plain_url(url: str) -> str:
    """Spell an address as psycopg itself wants it, password included: for LISTEN and for the command-line tools."""
    return parse_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def engine(url: str, *, pool_size: int = 10) -> Engine:
    """Make an engine; connections are made when first used, and sessions run in UTC."""
    return create_engine(
        parse_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"options": "-c timezone=UTC", "application_name": "gzdispatch", "connect_timeout": 10},
    )


def close(database: Engine) -> None:
    """Close every connection of an engine; those that another thread still uses, as soon as it gives them back."""
    before = database.pool
    database.dispose()  # another pool takes its place
    event.listen(before, "checkin", lambda _, record: record.invalidate())
    before.dispose()  # what came back meanwhile


@contextmanager
def transaction(database: Engine) -> Iterator[Connection]:
    """One transaction: committed at the end of the block, rolled back when the block raises.

    Raises
    ------
    DatabaseAway
        When the database cannot be reached.
    """
    with _connected(database) as connection, connection.begin():
        yield connection


def migrate(url: str) -> None:
    """Bring the database up to date; safe when several processes do it at once.

    Raises
    ------
    Unavailable
        When the database cannot be reached, or PostGIS cannot be switched on in it.
    """
    from alembic import command  # noqa: PLC0415  (slow to import, and needed nowhere else)
    from alembic.config import Config  # noqa: PLC0415

    database = engine(url, pool_size=1)
    try:
        with transaction(database) as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            _switch_on_postgis(connection)
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        database.dispose()


def _switch_on_postgis(connection: Connection) -> None:
    for extension in ("postgis", "pg_trgm"):
        try:
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
        except DBAPIError as error:
            raise Unavailable(
                f"The extension {extension} is missing: as a superuser run `CREATE EXTENSION {extension}` in the "
                f"database ({str(error.orig).splitlines()[0]})."
            ) from None


@contextmanager
def _connected(database: Engine) -> Iterator[Connection]:
    try:
        connection = database.connect()
    except OperationalError as error:
        where = database.url.render_as_string(hide_password=True)
        raise DatabaseAway(f"No database at {where}: is it running? ({error.orig})") from None
    with connection:
        yield connection
