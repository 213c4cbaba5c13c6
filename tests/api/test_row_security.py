"""The database itself: what each principal may select and write, table by table."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from access_world import OTHER, PHONES, PLATES, SHOPS, SURVEYORS, TOWS, WORDS, World, build
from fastapi.testclient import TestClient
from service import PASSWORD
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from api.credentials import accounts
from api.credentials.device_tokens import digest
from geo_data.database import transaction
from geo_data.principal import as_owner, assume, enter
from geo_data.stores.case_links import token_hash

UNGUARDED = {"alembic_version", "spatial_ref_sys"}  # neither cases nor people, and nothing is granted on the first
OPEN_GROUND = {"road_conditions", "company_places", "map_source", "map_roads", "map_areas", "map_places", "shops"}
ONE, NAMES = "ONE", ("surveyor", "driver one", "client one", "shop one", "tow one", "administrator")


@pytest.fixture
def world(client: TestClient, fleet: Engine) -> World:
    return build(client, fleet)


def tables(connection: Connection) -> list[str]:
    query = (
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    return list(connection.execute(text(query)).scalars())


def rows(connection: Connection, table: str) -> list[str]:
    """Every row of a table as one text; none where nothing is granted."""
    granted = connection.execute(text("SELECT has_table_privilege(:table, 'SELECT')"), {"table": table}).scalar()
    return list(connection.execute(text(f"SELECT t::text FROM {table} AS t")).scalars()) if granted else []


@contextmanager
def principals(engine: Engine, world: World) -> Iterator[dict[str, Connection]]:
    """A connection for each who is not the desk."""
    made: dict[str, Connection] = {}
    try:
        for name in NAMES:
            made[name] = engine.connect()
            assert enter(made[name], name) is not None
        for name in ("nobody", "caller", "device"):
            made[name] = engine.connect()
        one = world.cases[ONE]
        assume(made["nobody"], "nobody")
        assume(made["caller"], "caller", cases=[one.id], token=token_hash(one.link))
        assume(made["device"], "device", unit="S000", token=digest(one.device_token))
        yield made
    finally:
        for connection in made.values():
            connection.close()


def test_every_table_has_row_level_security(connection: Connection) -> None:
    query = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT relrowsecurity"
    without = set(connection.execute(text(query)).scalars())
    assert without == UNGUARDED, (
        "protect the new table in its migration: geo_data/tables/row_security.py, docs/access.md"
    )


def test_no_principal_selects_a_row_that_is_anothers(fleet: Engine, world: World) -> None:
    one, other = world.cases[ONE], world.cases[OTHER]
    of_case = [other.id, PHONES[OTHER] + '","', WORDS[OTHER], other.photo]
    of_side = [PLATES[OTHER], PHONES[OTHER], other.client_id, SURVEYORS[OTHER], TOWS[OTHER], SHOPS[OTHER]]
    of_side += ["client-2", "shop-2", "tow-2"]
    found = []
    with principals(fleet, world) as made:
        for name, connection in made.items():
            for table in sorted(set(tables(connection)) - UNGUARDED - OPEN_GROUND):
                for row in rows(connection, table):
                    # The events of one's own case say who else was weighed for it; such rows are not another's.
                    of_whom = of_case if one.id in row or name == "administrator" else [*of_case, *of_side]
                    found += [(name, table, row[:80])] if any(mark in row for mark in of_whom) else []
    assert found == []


def test_each_principal_selects_what_is_its_own(fleet: Engine, world: World) -> None:
    one = world.cases[ONE]
    with principals(fleet, world) as made:
        for name in ("surveyor", "driver one", "client one", "shop one", "tow one", "caller"):
            assert [one.id in row for row in rows(made[name], "incidents")] == [True], name
            assert len(rows(made[name], "events")) > 5, name
        for name in ("administrator", "nobody", "device"):
            assert rows(made[name], "incidents") == rows(made[name], "events") == rows(made[name], "assignments") == []
        assert len(rows(made["administrator"], "users")) > 10
        assert [row.split(",")[0] for row in rows(made["device"], "units")] == ["(S000"]
        assert len(rows(made["client one"], "fleet_plates")) == 1
    with fleet.connect() as connection:
        enter(connection, "dispatcher")
        assert len(rows(connection, "incidents")) == 2
        assert rows(connection, "users") == [row for row in rows(connection, "users") if row.startswith("(dispatcher")]
    with fleet.connect() as connection:
        enter(connection, "auditor")
        assert len(rows(connection, "incidents")) == 2
        assert rows(connection, "photos") == rows(connection, "fleet_plates") == []


REFUSALS = ("permission denied", "row-level security")
WRITES = (
    "INSERT INTO events (incident_id, seq, kind, at, body, hash) SELECT incident_id, seq + 99, kind, at, body, hash FROM events",
    "UPDATE incidents SET closed = true",
    "UPDATE assignments SET open = false",
    "DELETE FROM shop_bookings",
    "UPDATE users SET role = 'dispatcher'",
    "INSERT INTO fixes (unit_id, at, position, accuracy_m) VALUES ('S901', now(), ST_SetSRID(ST_MakePoint(1, 1), 4326), 1)",
    "DELETE FROM incident_parties",
    "UPDATE devices SET revoked_at = now()",
)


def written(connection: Connection, write: str) -> int:
    """How many rows a statement wrote; 0 where it was refused."""
    try:
        return connection.execute(text(write)).rowcount
    except ProgrammingError as refused:
        return 0 if any(word in str(refused) for word in REFUSALS) else -1


def test_a_client_a_partner_and_an_auditor_write_nothing(fleet: Engine, world: World) -> None:
    for name in ("client one", "shop one", "tow one", "auditor"):
        for write in WRITES:
            with fleet.connect() as connection:
                enter(connection, name)
                assert written(connection, write) == 0, (name, write)


def test_the_owners_rights_end_with_the_block_and_with_an_error_in_it(fleet: Engine) -> None:
    def role(connection: Connection) -> str:
        return str(connection.execute(text("SELECT current_user")).scalar())

    with transaction(fleet) as connection:
        owner = role(connection)
        assume(connection, "nobody")
        assert role(connection) == "gz_app"
        with as_owner(connection):
            assert role(connection) == owner
        assert role(connection) == "gz_app"
        with pytest.raises(ZeroDivisionError), as_owner(connection):
            raise ZeroDivisionError
        assert role(connection) == "gz_app"
    with transaction(fleet) as connection:
        assert role(connection) == owner  # nothing outlives a transaction


def test_a_disabled_account_is_nobody_from_its_next_request_on(
    client: TestClient, fleet: Engine, manager: dict[str, str]
) -> None:
    assert client.get("/v1/picture", headers=manager).status_code == 200
    with transaction(fleet) as connection:
        accounts.disable(connection, "manager", datetime.now(UTC))
    assert client.get("/v1/picture", headers=manager).status_code == 401
    answer = client.post("/v1/session", json={"username": "manager", "password": PASSWORD})
    assert answer.status_code == 401
