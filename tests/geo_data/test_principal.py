"""The role that requests run as: made by whoever may, else one clear error; the migration goes back and forth."""

from importlib import import_module

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Engine, text

from dispatch.errors import Unavailable
from geo_data.database import engine, parse_url
from geo_data.principal import make_role

GUARDED = "SELECT count(*) FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"


def test_a_user_who_may_not_make_roles_is_told_what_a_superuser_must_run(
    database: str, database_engine: Engine
) -> None:
    with database_engine.begin() as server:
        server.execute(text("CREATE ROLE gz_test_weak LOGIN PASSWORD 'weak'"))
    weak = engine(
        parse_url(database).set(username="gz_test_weak", password="weak").render_as_string(hide_password=False)
    )
    try:
        with weak.connect() as connection, pytest.raises(Unavailable, match="as a superuser run"):
            make_role(connection)
    finally:
        weak.dispose()
        with database_engine.begin() as server:
            server.execute(text("DROP ROLE gz_test_weak"))


def test_the_migration_goes_back_and_forth(connection: Connection) -> None:
    migration = import_module("geo_data.migrations.versions.v0019_access")
    before = connection.execute(text(GUARDED)).scalar()
    with Operations.context(MigrationContext.configure(connection)):
        migration.downgrade()
        assert connection.execute(text(GUARDED)).scalar() == 0
        assert connection.execute(text("SELECT to_regclass('organisations')")).scalar() is None
        migration.upgrade()
    assert connection.execute(text(GUARDED)).scalar() == before
