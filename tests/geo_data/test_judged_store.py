"""The projection of verdicts answers as the audit of the events does, however late it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from promises import NOON, cases, taken, trip
from sqlalchemy import Connection, text, update
from worlds import play

from dispatch import events as ev
from dispatch.auditing.audit import Basis, audit, summarise
from dispatch.auditing.judged import END_OF_TIME, judged
from dispatch.errors import UnitAlreadyAssigned
from dispatch.log import MemoryLog
from dispatch.policy.audit_rules import AuditRules
from geo_data.stores import judged_store
from geo_data.stores.judged_store import COLUMNS, PostgisJudged
from geo_data.stores.key_store import PostgisKeys
from geo_data.stores.postgis_log import PostgisLog
from geo_data.tables.judged_schema import judged as table

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)
CASES = [list(history) for history in cases()]
RULES = AuditRules()
BASIS = Basis(title="", source="", judged_at=NOON, rules=RULES)
moments = st.integers(-10, 60_000).map(lambda s: NOON + timedelta(seconds=s))


def written(connection: Connection, histories=CASES) -> PostgisLog:
    log = PostgisLog(connection)
    for history in histories:
        log.append(history, after=0)
    return log


def same(connection: Connection, now: datetime) -> None:
    """Records, columns and the whole audit agree with the events at a moment."""
    histories = PostgisLog(connection).all_events(START, END)
    store = PostgisJudged(connection, RULES)
    assert summarise(store.records(START, END, now), BASIS) == audit(histories, now, BASIS)
    found = store.table(START, END, now)
    expected = judged_store._frame(
        [judged(history, now, RULES) for history in histories], PostgisKeys(connection).index_key()
    )
    assert sorted(found.rows(), key=repr) == sorted(expected.rows(), key=repr)
    assert dict(found.schema) == COLUMNS


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(refreshed=st.lists(moments, max_size=3), asked=moments)
def test_whenever_it_was_refreshed_and_whenever_it_is_asked_it_answers_as_the_audit_of_the_events(
    connection: Connection, refreshed, asked
):
    with connection.begin_nested() as work:
        written(connection)
        store = PostgisJudged(connection, RULES)
        for at in refreshed:
            store.refresh(at)
        same(connection, asked)
        work.rollback()


def fit_one_by_one(histories) -> bool:
    """Whether no unit that is still bound in one history is offered a later one: those cannot be written whole in turn."""
    log = MemoryLog()
    try:
        for history in histories:
            log.append(history, after=0)
    except UnitAlreadyAssigned:
        return False
    return True


@settings(
    max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(seed=st.integers(0, 10_000), cut=st.floats(0, 1), asked_h=st.floats(0.1, 4))
def test_it_agrees_on_random_simulated_histories_written_in_two_parts_with_a_refresh_between(
    connection: Connection, seed, cut, asked_h
):
    world = play(seed, 2.5)
    histories = world.log.all_events()
    assume(fit_one_by_one(histories))
    with connection.begin_nested() as work:
        log, store = PostgisLog(connection), PostgisJudged(connection, RULES)
        for history in histories:
            parts = max(1, int(cut * len(history)))
            log.append(history[:parts], after=0)
            store.refresh(history[-1].at)
            if history[parts:]:
                log.append(history[parts:], after=parts)
        same(connection, NOON + timedelta(hours=asked_h))
        store.refresh(world.now)
        same(connection, max(world.now, NOON + timedelta(hours=asked_h)))
        work.rollback()


def test_a_new_event_makes_a_kept_verdict_stale_at_once(connection: Connection):
    (history,) = [[*taken("A"), *trip("A", 900)]]
    log, store = written(connection, [history]), PostgisJudged(connection, RULES)
    later = NOON + timedelta(hours=2)
    assert store.refresh(later) == 1
    assert store.unjudged(START, END, later, 10) == []
    log.append(
        [ev.ArrivalConfirmed(incident_id="A", assignment_id="A-1", unit_id="A-u1", at=later, distance_m=20)],
        after=len(history),
    )
    assert store.unjudged(START, END, later, 10) == ["A"]
    assert store.records(START, END, later)[0].confirmed is True


def test_verdicts_of_other_code_or_of_a_later_moment_are_not_used(connection: Connection):
    written(connection, [[*taken("A"), *trip("A", 900)]])
    store, later = PostgisJudged(connection, RULES), NOON + timedelta(hours=2)
    store.refresh(later)
    assert store.unjudged(START, END, later - timedelta(seconds=1), 10) == ["A"]
    connection.execute(update(table).values(rule="another"))
    assert store.unjudged(START, END, later, 10) == ["A"]
    store.refresh(later)
    assert store.unjudged(START, END, later, 10) == []


def test_an_open_incident_is_kept_by_nobody_until_its_limit_has_passed(connection: Connection):
    written(connection, [list(taken("A"))])
    store = PostgisJudged(connection, RULES)
    assert store.refresh(NOON + timedelta(seconds=1799)) == 0
    assert store.refresh(NOON + timedelta(seconds=1801)) == 1
    assert connection.execute(text("SELECT verdict FROM judged")).scalars().all() == ["missed"]


def test_too_many_to_judge_while_somebody_waits_are_refused_with_what_to_do(connection: Connection, monkeypatch):
    monkeypatch.setattr(judged_store, "MOST_UNJUDGED", 3)
    written(connection)
    with pytest.raises(judged_store.Unavailable, match="try again"):
        PostgisJudged(connection, RULES).table(START, END, NOON)


def test_a_cleared_table_is_made_anew_alike(connection: Connection):
    written(connection)
    store, later = PostgisJudged(connection, RULES), NOON + timedelta(days=1)
    store.refresh(later)
    before = store.table(START, END, later)
    store.clear()
    store.refresh(later)
    assert store.table(START, END, later).rows() == before.rows()


def test_a_settled_record_is_the_same_at_every_later_moment():
    for history in CASES:
        for after_s in (-5, 100, 1801, 3700, 60_000):
            now = NOON + timedelta(seconds=after_s)
            one = judged(history, now, RULES)
            moments = [now + timedelta(seconds=s) for s in (1, 900, 4000, 90_000)]
            later = [judged(history, moment, RULES).record for moment in [*moments, END_OF_TIME]]
            if one.lasting:
                assert all(record == one.record for record in later)
            if one.settled:
                assert all(replace(record, blame=None) == replace(one.record, blame=None) for record in later)
            assert one.settled or not one.lasting


def test_a_world_in_memory_has_the_same_plates_and_unit():
    log = MemoryLog()
    log.append([*taken("A"), *trip("A", 900)], after=0)
    one = judged(log.history("A"), NOON + timedelta(hours=1), RULES)
    assert (one.unit_id, one.policy_version, one.settled) == ("A-u1", "test", True)
