"""Every migration back and forth on a database that the desk has filled: nothing is lost unless somebody said so."""

from datetime import UTC, datetime
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from typer.testing import CliRunner

from api import building, cli, wiring
from api.cli import app
from api.sealing import keeping
from api.service import setup
from dispatch.errors import InvalidInput, Unavailable
from dispatch.folding import fold
from geo_data.backup.checks import check
from geo_data.builtin.places import builtin_places
from geo_data.database import MIGRATIONS, migrate, transaction
from geo_data.migrating_back import migrate_back
from geo_data.stores.case_links import PostgisCaseLinks
from geo_data.stores.judged_store import PostgisJudged
from geo_data.stores.place_store import PostgisPlaces
from geo_data.stores.postgis_log import PostgisLog
from geo_data.stores.seal_store import PostgisSeals

FIRST = "0001"
HOURS = 1
NOT_COUNTED = {"judged", "alembic_version", "spatial_ref_sys"}  # made anew, or no data

# What neither the desk nor a store below writes; a table that a later migration has replaced is left out.
THE_REST = {
    "fixes": "(unit_id, at, position, accuracy_m, mocked) SELECT unit_id, at - interval '1 second', position, 5, true"
    " FROM latest_fixes",
    "road_conditions": "(id, kind, edges, network, reason, from_at, told_at, told_by)"
    " VALUES ('R1', 'closure', '{1}', 'net', '施工', now(), now(), 'dispatcher')",
    "duty_changes": "(unit_id, at, until, kind, reason, by)"
    " SELECT id, now(), now() + interval '1 hour', 'break', '', 'desk' FROM units LIMIT 1",
    "shop_bookings": "(assignment_id, shop_id, day, slot)"
    " SELECT id, 'P01', current_date, 1 FROM assignments LIMIT 1 ON CONFLICT DO NOTHING",
    "idempotency_keys": "(account, key, method, path, body_sha256, made_at)"
    " VALUES ('surveyor', gen_random_uuid(), 'POST', '/v1', '', now())",
    "photos": "(incident_id, sha256, media_type, content, thumbnail)"
    " SELECT id, 'ab', 'image/jpeg', '\\x01', '\\x02' FROM incidents LIMIT 1",
    "public_requests": "VALUES ('report', '', now(), 3)",
    "devices": "(token_sha256, unit_id, name, created_at, created_by, allowance)"
    " SELECT '\\x01', id, '手机', now(), 'manager', 1 FROM units LIMIT 1",
    "push_subscriptions": "(endpoint, p256dh, auth, account, created_at)"
    " VALUES ('https://push', 'p', 'a', 'surveyor', now())",
    "notices": "(assignment_id, incident_id, unit_id, offered_at)"
    " SELECT id, incident_id, unit_id, now() FROM assignments ON CONFLICT DO NOTHING",
}
OF_THE_FIRST = {
    *("incidents", "events", "assignments", "units", "shops", "fixes", "latest_fixes", "users"),
    *("map_source", "map_roads", "map_areas", "map_places"),
}


@pytest.fixture
def filled(wired: str, database_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A simulated hour by the desk itself, with fleet, accounts and clients; sealed, judged, and the rest beside it."""
    monkeypatch.setattr(setup, "HISTORY_H", HOURS)
    setup.load_demo(database_engine, lambda _: None)
    now = datetime.now(UTC)
    with transaction(database_engine) as connection:
        building.load_map(connection, wiring.load_network())
        for table in THE_REST.keys() & set(_tables(connection)):
            connection.exec_driver_sql(f"INSERT INTO {table} {THE_REST[table]}")
        incident = connection.execute(text("SELECT id FROM incidents LIMIT 1")).scalar_one()
        links = PostgisCaseLinks(connection)
        links.issue(incident, now, by="dispatcher")
        links.keep_report("key", b"body", incident, now)
        PostgisPlaces(connection).replace("own.csv", builtin_places()[:3], now)
    with transaction(database_engine) as connection:  # a transaction of its own: it covers what is committed
        PostgisSeals(connection).seal(now, "net", keeping.policy_text())
        PostgisJudged(connection, wiring.policy().audit).refresh(now)
    return database_engine


def revisions() -> list[str]:
    """Those there are, newest first."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


def contents(database: Engine) -> dict[str, Any]:
    """Rows by table, every incident folded, and what the checks of chains and seals find."""
    with transaction(database) as connection:
        folded = {history[0].incident_id: fold(history) for history in PostgisLog(connection).all_events()}
        rows = {name: _count(connection, name) for name in _tables(connection) if name not in NOT_COUNTED}
    with transaction(database) as connection:
        return {"rows": rows, "folded": folded, "checked": check(connection)}


def _tables(connection: Connection) -> list[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    return list(connection.execute(text(query)).scalars())


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_step_by_step_back_to_the_first_schema_and_forward_again_nothing_is_lost(filled: Engine, wired: str) -> None:
    before = contents(filled)
    known = {"events", "photos", "service_facts", "seals", "leaves", "devices", "shop_bookings", "company_places"}
    assert known <= {name for name, n in before["rows"].items() if n}
    assert before["checked"].wrong == []
    for revision in revisions()[1:]:
        migrate_back(wired, revision, lose=int(revision) >= 13)  # later migrations may name what they cannot keep
    with filled.connect() as connection:
        left = set(_tables(connection)) - NOT_COUNTED
    assert left >= OF_THE_FIRST
    assert not left & known - OF_THE_FIRST
    migrate(wired)
    after = contents(filled)
    assert after["folded"] == before["folded"]
    assert after["checked"] == before["checked"]
    ours = {name: n for name, n in before["rows"].items() if name in known | OF_THE_FIRST}
    assert {name: after["rows"][name] for name in ours} == ours
    with filled.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM units WHERE skills <> '{}'")).scalar_one() > 0
        assert connection.execute(text("SELECT bool_or(mocked) FROM fixes")).scalar_one()
        assert (
            connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'set_aside'")).scalar_one() == 0
        )


def test_a_step_back_that_would_lose_something_says_what_and_changes_nothing_unless_told(
    database: str, database_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_data.migrating_back.MADE_AGAIN", set())  # so that the newest old migration loses something
    with transaction(database_engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO incidents (id, version, reported_at, status, closed, tier, simulated)"
            " VALUES ('A', 1, now(), 'x', true, 'standard', true);"
            "INSERT INTO judged (incident_id, version, rule, judged_at, reported_at, verdict, merged, simulated, plates)"
            " VALUES ('A', 1, '', now(), now(), 'kept', false, true, '{}')"
        )
    with pytest.raises(InvalidInput, match=r"Nothing was changed.* has no place for judged \(1\)"):
        migrate_back(database, "0012")
    with database_engine.connect() as connection:
        assert _count(connection, "judged") == 1
    assert migrate_back(database, "0012", lose=True)["judged"] == 1


def test_a_schema_of_a_newer_program_and_an_unknown_target_are_refused_with_what_to_do(
    wired: str, database_engine: Engine
) -> None:
    with pytest.raises(InvalidInput, match="cannot be taken back to 9998"):
        migrate_back(wired, "9998")
    assert "up to date" in CliRunner().invoke(app, ["migrate"]).output
    with transaction(database_engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match=r"made by a newer program .* migrate --back-to"):
        migrate(wired)


def test_a_command_on_a_schema_older_than_the_program_says_what_to_run(
    wired: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate_back(wired, "0010", lose=True)
    monkeypatch.setattr("sys.argv", ["gzdispatch", "audit", "seal"])
    with pytest.raises(SystemExit):
        cli.main()
    assert "older than this program: run `gzdispatch migrate`" in " ".join(capsys.readouterr().err.split())
