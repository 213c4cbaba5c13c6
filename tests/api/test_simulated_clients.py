"""Clients and calls of the demonstration: simulated, in the past, and the same for the same incident."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from promises import NOON, taken, trip
from sqlalchemy import Connection

from api.simulating.simulated_clients import CALLED_S, CLIENTS, DONE, call_callers, write_demo
from dispatch import events as ev
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.service.kinds import client_stream, incident_stream
from dispatch.service.ledger import MemoryLedger
from dispatch.service.ledger_facts import facts_of_stream
from geo_data.stores.ledger_store import PostgisLedger

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)


def test_clients_are_simulated_and_nothing_of_them_lies_ahead(connection: Connection) -> None:
    write_demo(connection, NOW)
    streams = PostgisLedger(connection).streams("client/")
    assert len(streams) == len(CLIENTS)
    facts = [fact for entries in streams.values() for fact in facts_of_stream(entries)]
    assert all(fact.simulated and "模拟" in fact.words for fact in facts)
    assert all(fact.at <= fact.known_at <= NOW for fact in facts)
    assert {"client_contacted", "report_delivered", "problem_raised", "problem_solved"} <= {f.kind for f in facts}
    assert all(key.startswith(client_stream("C")) for key in streams)


def accepted(number: int, *, simulated: bool = True) -> Incident:
    key = f"GZ261122-{number:05d}"
    history = [*taken(key), *trip(key)]
    return fold([replace(e, simulated=simulated) if isinstance(e, ev.IncidentReported) else e for e in history])


def test_most_callers_are_called_once_a_few_minutes_after_somebody_accepted() -> None:
    ledger, called = MemoryLedger(), set[str]()
    incidents = [accepted(n) for n in range(200)] + [accepted(999, simulated=False)]
    for minutes in range(10):
        call_callers(ledger, incidents, NOON + timedelta(minutes=minutes), called)
    call_callers(ledger, incidents, NOON + timedelta(hours=1), set())  # after a restart
    streams = ledger.streams("incident/")
    assert incident_stream("GZ261122-00999") not in streams
    assert abs(len(streams) - DONE * 200) < 20
    for (entry,) in streams.values():
        assert CALLED_S[0] <= (entry.fact.at - NOON).total_seconds() - 6 <= CALLED_S[1]
        assert entry.fact.by == "simulation"
