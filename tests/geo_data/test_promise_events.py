"""The few events promises are judged by, read without whole histories."""

from dataclasses import replace
from datetime import timedelta

from promises import NOON, at, taken, trip
from sqlalchemy import Connection

from dispatch import events as ev
from dispatch.service.incident_facts import READ, STARTING, facts_of_incident
from dispatch.vocabulary import ReviewOpinion
from geo_data.promise_events import promise_events
from geo_data.stores.postgis_log import PostgisLog
from geo_data.tables.service_schema import service_facts

KEYS = ("GZ261122-00001", "GZ261122-00002", "GZ261122-00003")


def history(key: str, paid_after_s: float | None) -> list[ev.Event]:
    events: list[ev.Event] = [*taken(key), *trip(key, 900)]
    if paid_after_s is not None:
        told = {"incident_id": key, "at": at(paid_after_s), "recorded_at": at(paid_after_s)}
        events += [
            ev.DamageAssessed(**told, amount_yuan=10.0),
            ev.ClaimReviewed(**told, opinion=ReviewOpinion.APPROVED),
            ev.ClaimPaid(**told, amount_yuan=10.0),
        ]
    return events


def test_an_incident_is_read_when_it_was_reported_or_a_promise_of_it_started_since(connection: Connection) -> None:
    log = PostgisLog(connection)
    histories = {key: history(key, paid) for key, paid in zip(KEYS, (None, 2000.0, 900_000.0), strict=True)}
    for key, events in histories.items():
        log.append(
            [replace(e, unit_id=f"{key}-1") if isinstance(e, ev.AssignmentEvent) else e for e in events], after=0
        )
    found = {events[0][1].incident_id: events for events in promise_events(connection, NOON)}
    assert list(found) == list(KEYS)
    for key, events in found.items():
        whole = list(enumerate(log.history(key), start=1))
        assert events == [(n, e) for n, e in whole if isinstance(e, READ)]
        assert facts_of_incident(events) == facts_of_incident(whole)
    late = [events[0][1].incident_id for events in promise_events(connection, NOON + timedelta(days=5))]
    assert late == [KEYS[2]]


def test_the_index_is_of_the_kinds_that_start_promises() -> None:
    events = service_facts.metadata.tables["events"]
    (index,) = (i for i in events.indexes if i.name == "events_promise_starts_idx")
    where = str(index.dialect_options["postgresql"]["where"])
    assert all(f"'{kind.__name__}'" in where for kind in STARTING)
    assert where.count("'") == 2 * len(STARTING)
