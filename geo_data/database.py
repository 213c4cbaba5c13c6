"""The database at hand: engine, transactions, migrations."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoneFree

from dispatch.errors import InvalidInput, Unavailable
from geo_data.principal import make_role

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x677A_6469  # any number that nothing else in the database locks on
CONNECT_LIMIT_S = 10
# A connection that breaks is given up by the operating system when nothing sent on it was taken for so long.
KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 15_000}


class DatabaseAway(Unavailable):
    """The database cannot be reached: it is down, starting, or cut off."""


# What any use of the database may raise while it is away, full, or starting anew: to be tried again, no mistake of ours.
AWAY = (DatabaseAway, OperationalError, InterfaceError, PendingRollbackError, NoneFree)


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
        hide_parameters=True,  # an error's text goes to the log: no names or numbers of people in it
        connect_args={
            "options": "-c timezone=UTC",
            "application_name": "gzdispatch",
            "connect_timeout": CONNECT_LIMIT_S,
            **KEEPALIVE,
        },
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


@contextmanager
def alone(database: Engine) -> Iterator[Connection]:
    """A connection for a long time, each statement committed at once; never given back to be used by others.

    Raises
    ------
    DatabaseAway
        When the database cannot be reached.
    """
    with _connected(database) as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            yield connection
        finally:
            connection.invalidate()  # what it has locked is let go of


def migrate(url: str) -> None:
    """Bring the database up to date; safe when several processes do it at once.

    Raises
    ------
    Unavailable
        When the database cannot be reached, PostGIS cannot be switched on in it, or the service's role not be made.
    """
    from alembic import command  # noqa: PLC0415  (slow to import, and needed nowhere else)

    database = engine(url, pool_size=1)
    try:
        with migrating(database) as (connection, config):
            _switch_on_postgis(connection)
            make_role(connection)
            stood_at = _stands_at(connection)
            command.upgrade(config, "head")
            if stood_at != _stands_at(connection):
                log.info("database schema: brought from %s to %s", stood_at or "nothing", _stands_at(connection))
    finally:
        database.dispose()


@contextmanager
def migrating(database: Engine) -> Iterator[tuple[Connection, "Config"]]:
    """One transaction that nobody else migrates in, with what alembic needs to work in it.

    Raises
    ------
    Unavailable
        When the database was made by a newer program than this.
    """
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with transaction(database) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        stands_at = _stands_at(connection)
        if stands_at is not None and stands_at not in known:
            raise Unavailable(
                f"The database was made by a newer program (its schema is {stands_at}, this one knows up to "
                f"{max(known)}): install that program, or take the schema back with it, gzdispatch migrate --back-to {max(known)}."
            )
        config.attributes["connection"] = connection
        yield connection, config


def _stands_at(connection: Connection) -> str | None:
    """The schema of the database; None of an empty one."""
    from alembic.migration import MigrationContext  # noqa: PLC0415

    return MigrationContext.configure(connection).get_current_revision()


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
    except NoneFree:
        raise DatabaseAway("请求过多,请稍后重试。(Too many requests at once: try again in a moment.)") from None
    with connection:
        yield connection
