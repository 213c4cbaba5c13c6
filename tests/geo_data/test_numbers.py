"""The state of the service in numbers, and signs of life."""

from sqlalchemy import Connection, text

from geo_data.database import MIGRATIONS
from geo_data.numbers import Numerator
from geo_data.stores import heartbeats
from geo_data.watching import newest_revision, revision

FACT = """
WITH made AS (
    INSERT INTO incidents (id, version, reported_at, status, closed, tier, due_at, arrived_at, simulated)
    VALUES (:id, 1, clock_timestamp() - make_interval(secs => :age_s), :status, :closed, 'minor',
        clock_timestamp() + make_interval(secs => :left_s), NULL, true) RETURNING id)
INSERT INTO events (incident_id, seq, kind, at, body, hash, recorded_at)
SELECT id, 1, 'IncidentReported', clock_timestamp(), '{}', '', clock_timestamp() - make_interval(secs => :age_s) FROM made
"""


def add(connection: Connection, key: str, *, status: str, age_s: float, left_s: float, closed: bool = False) -> None:
    values = {"id": key, "status": status, "age_s": age_s, "left_s": left_s, "closed": closed}
    connection.execute(text("SET LOCAL session_replication_role = replica"))  # rows alone, without their hashes
    connection.execute(text(FACT), values)


def test_incidents_are_counted_by_what_they_still_need(connection: Connection) -> None:
    add(connection, "A", status="waiting", age_s=900, left_s=-60)
    add(connection, "B", status="unlocated", age_s=30, left_s=600)
    add(connection, "C", status="en_route", age_s=4000, left_s=-60)
    add(connection, "D", status="held", age_s=5000, left_s=600)
    add(connection, "E", status="closed", age_s=9000, left_s=-600, closed=True)
    found = Numerator().numbers(connection).incidents
    oldest_s = found["oldest_unassigned_s"]
    assert {k: v for k, v in found.items() if k != "oldest_unassigned_s"} == {
        "open": 4,
        "unassigned": 2,
        "overdue": 2,
        "overdue_unassigned": 1,
    }
    assert 900 <= oldest_s < 1500


def test_with_nothing_there_every_number_is_still_told(connection: Connection) -> None:
    found = Numerator().numbers(connection)
    assert set(found.incidents.values()) == {0}
    assert set(found.outbox.values()) == {0}
    assert (found.seal_age_s, found.facts, found.fix_age_s) == (None, {}, {})


def test_facts_are_counted_once_each_and_only_when_settled(connection: Connection) -> None:
    one, other = Numerator(), Numerator()
    add(connection, "A", status="waiting", age_s=60, left_s=600)
    add(connection, "B", status="waiting", age_s=0, left_s=600)  # its transaction may still be under way
    assert one.numbers(connection).facts == {"IncidentReported": 1}
    add(connection, "C", status="waiting", age_s=60, left_s=600)
    assert one.numbers(connection).facts == {"IncidentReported": 2}
    assert Numerator(settled_s=0).numbers(connection).facts == {"IncidentReported": 3}
    add(connection, "D", status="waiting", age_s=60, left_s=600)
    assert one.numbers(connection).facts == other.numbers(connection).facts


def test_a_sign_of_life_grows_old_until_the_next(connection: Connection) -> None:
    assert heartbeats.silence_s(connection, "background") is None
    heartbeats.beat(connection, "background")
    connection.execute(text("UPDATE heartbeats SET at = at - interval '1 hour'"))
    silence_s = heartbeats.silence_s(connection, "background")
    assert silence_s is not None
    assert silence_s >= 3600
    assert Numerator().numbers(connection).silence_s["background"] >= 3600
    heartbeats.beat(connection, "background")
    assert (heartbeats.silence_s(connection, "background") or 0) < 3600


def test_the_newest_migration_is_the_one_a_fresh_database_stands_at(connection: Connection) -> None:
    newest = max(file.name for file in (MIGRATIONS / "versions").glob("v*.py"))
    assert newest.startswith(f"v{newest_revision()}_")
    assert revision(connection) == newest_revision()
