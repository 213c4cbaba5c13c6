"""Road conditions in PostGIS: told, taken back, never erased."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from dispatch.errors import Conflict, UnknownId
from dispatch.location import Position
from geo_data.roads.road_conditions import RoadCondition, RoadConditionKind, circle
from geo_data.stores.condition_store import PostgisConditions

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def closure(name: str, *, start: datetime = NOW, end: datetime | None = None) -> RoadCondition:
    area = circle(Position(113.32, 23.12), 500)
    return RoadCondition(id=name, kind=RoadConditionKind.CLOSURE, area=area, from_at=start, until_at=end)


def slow_edges(name: str) -> RoadCondition:
    return RoadCondition(id=name, kind=RoadConditionKind.SLOWDOWN, factor=0.5, edges=(3, 5), from_at=NOW)


def test_a_condition_comes_back_as_it_was_told(connection: Connection) -> None:
    kept = PostgisConditions(connection, "here")
    told = [closure("a", end=NOW + MINUTE), slow_edges("b")]
    kept.tell(told, NOW, by="dispatcher", reason="暴雨")
    found = {r.condition.id: r for r in kept.records(NOW)}
    for c in told:
        back = found[c.id].condition
        assert (back.kind, back.factor, back.edges, back.from_at, back.until_at) == (
            c.kind,
            c.factor,
            c.edges,
            c.from_at,
            c.until_at,
        )
        assert (back.area is None) == (c.area is None)
        assert back.area is None or c.area is None or back.area.equals(c.area)
        assert (found[c.id].told_by, found[c.id].told_at, found[c.id].reason) == ("dispatcher", NOW, "暴雨")


def test_the_version_counts_what_has_begun_and_what_has_ended(connection: Connection) -> None:
    kept = PostgisConditions(connection, "here")
    assert (kept.version(NOW), kept.ids(NOW)) == ("v0", frozenset())
    kept.tell([closure("a", end=NOW + 10 * MINUTE), closure("b", start=NOW + 5 * MINUTE)], NOW, by="x")
    seen = [(kept.version(NOW + m * MINUTE), set(kept.ids(NOW + m * MINUTE))) for m in (0, 5, 9, 10)]
    assert seen == [("v1", {"a"}), ("v2", {"a", "b"}), ("v2", {"a", "b"}), ("v3", {"b"})]
    kept.remove("b", NOW + 20 * MINUTE, by="y")
    assert (kept.version(NOW + 20 * MINUTE), kept.ids(NOW + 20 * MINUTE)) == ("v4", frozenset())


def test_what_is_taken_back_before_it_began_never_counts(connection: Connection) -> None:
    kept = PostgisConditions(connection, "here")
    kept.tell([closure("a", start=NOW + 5 * MINUTE)], NOW, by="x")
    kept.remove("a", NOW + MINUTE, by="x")
    assert (kept.version(NOW + 9 * MINUTE), kept.ids(NOW + 9 * MINUTE)) == ("v0", frozenset())


def test_a_condition_dated_back_holds_from_when_it_was_told(connection: Connection) -> None:
    kept = PostgisConditions(connection, "here")
    kept.tell([closure("a", start=NOW - 5 * MINUTE)], NOW, by="x")
    assert not kept.ids(NOW - MINUTE)  # what was answered then stays explained
    assert kept.ids(NOW) == {"a"}


def test_edges_of_another_network_mean_nothing_here(connection: Connection) -> None:
    PostgisConditions(connection, "elsewhere").tell([slow_edges("edges"), closure("area")], NOW, by="x")
    here = PostgisConditions(connection, "here")
    assert (here.ids(NOW), here.version(NOW)) == ({"area"}, "v1")
    assert [c.id for c in here.in_force(NOW)] == ["area"]


def test_taking_back_is_noted_and_done_once(connection: Connection) -> None:
    kept = PostgisConditions(connection, "here")
    kept.tell([closure("a"), closure("ended", end=NOW + MINUTE)], NOW, by="x")
    record = kept.remove("a", NOW + 2 * MINUTE, by="manager")
    assert (record.removed_by, record.removed_at) == ("manager", NOW + 2 * MINUTE)
    for gone in ("a", "ended"):
        with pytest.raises(Conflict):
            kept.remove(gone, NOW + 3 * MINUTE, by="x")
    with pytest.raises(UnknownId):
        kept.remove("never", NOW, by="x")
    assert kept.records(NOW + 3 * MINUTE) == []
    assert {r.condition.id for r in kept.records(NOW + 3 * MINUTE, ended=True)} == {"a", "ended"}


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM road_conditions",
        "UPDATE road_conditions SET told_by = 'somebody else'",
        "UPDATE road_conditions SET removed_at = now(), removed_by = 'x', reason = 'changed'",
    ],
)
def test_the_database_refuses_to_change_or_erase(connection: Connection, tampering: str) -> None:
    PostgisConditions(connection, "here").tell([closure("a")], NOW, by="x")
    with pytest.raises(DBAPIError, match="never changed or erased"), connection.begin_nested():
        connection.execute(text(tampering))
