"""A connection apart for whoever watches: not out of the pool that may be used up, and never waiting long."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text

from geo_data.database import MIGRATIONS, parse_url


@contextmanager
def watching(url: str, limit_s: float) -> Iterator[Connection]:
    """A transaction that only reads, each statement of which ends after ``limit_s``."""
    options = f"-c timezone=UTC -c statement_timeout={round(1000 * limit_s)} -c default_transaction_read_only=on"
    arguments = {"options": options, "application_name": "gzdispatch-watch", "connect_timeout": max(2, round(limit_s))}
    database = create_engine(parse_url(url), poolclass=NullPool, connect_args=arguments, hide_parameters=True)
    with database.connect() as connection, connection.begin():
        yield connection


@lru_cache(maxsize=1)
def newest_revision() -> str | None:
    """The migration this program expects to be the last."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config).get_current_head()


def revision(connection: Connection) -> str | None:
    """The migration a database stands at; None for one that was never set up."""
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)
