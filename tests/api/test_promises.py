"""Promises over HTTP: recorded in one step, judged from the facts, sealed with the events."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from api.access.dependencies import now as wall_clock
from api.commands.promises import as_table
from api.forms.promise_schemas import PromisesOut
from api.sealing.bundle import write_bundle
from api.sealing.verify import main as verify
from dispatch.promises.defaults import RULES
from geo_data.database import transaction
from geo_data.stores.ledger_store import strayed
from geo_data.stores.seal_store import PostgisSeals

Headers = dict[str, str]
MONDAY = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


@pytest.fixture
def clock(client: TestClient, fleet: Engine) -> Iterator[Any]:
    """Set the clock of the service; whoever is signed in stays so."""
    app: Any = client.app

    def to(moment: datetime) -> None:
        app.dependency_overrides[wall_clock] = lambda: moment
        with transaction(fleet) as connection:
            lasting = {"now": moment, "until": moment + timedelta(hours=1)}
            connection.execute(text("UPDATE sessions SET seen_at = :now, until = :until"), lasting)

    to(MONDAY)
    yield to
    app.dependency_overrides.clear()


@pytest.fixture
def send(client: TestClient, dispatcher: Headers, clock: Any) -> Any:
    clock(MONDAY)  # after signing in

    def post(path: str, expected: int = 200, key: str | None = None, **body: Any) -> Any:
        answer = client.post(path, json=body, headers=dispatcher | {"Idempotency-Key": key or str(uuid4())})
        assert answer.status_code == expected, answer.text
        return answer.json()

    return post


def verdicts(client: TestClient, who: Headers, **query: Any) -> dict[str, dict[str, int]]:
    account = client.get("/v1/promises", params=query, headers=who).json()
    PromisesOut.model_validate(account)
    for row in account["totals"]:
        assert row["reported"] == sum(row[v] for v in ("kept", "missed", "open", "excluded", "unjudged"))
    return {
        r["promise"]: {v: r[v] for v in ("kept", "missed", "open", "excluded", "unjudged") if r[v]}
        for r in account["totals"]
    }


def test_a_clients_year_is_promised_from_the_day_its_policy_is_in_force(
    client: TestClient, manager: Headers, send: Any, clock: Any
) -> None:
    taken = send("/v1/clients", 201, organisation="黄埔环卫", in_force_at="2026-11-01T00:00:00+08:00")
    path = f"/v1/clients/{taken['id']}"
    assert verdicts(client, manager)["first_visit"] == {"open": 1}
    key = str(uuid4())
    for _ in range(2):  # sent twice, it counts once
        visited = send(f"{path}/contacts", key=key, means="visit", person="王主任", at="2026-11-20T10:00:00+08:00")
    assert [e["kind"] for e in visited["entries"]] == ["ClientTaken", "Contacted"]
    found = verdicts(client, manager)
    assert (found["first_visit"], found["monthly_visit"]) == ({"kept": 1}, {"kept": 1})
    assert found["monthly_call"] == {"open": 1}
    clock(MONDAY + timedelta(days=2))  # 2 December: November is over
    found = verdicts(client, manager)
    assert found["monthly_call"] == {"missed": 1, "open": 1}
    assert found["monthly_visit"] == {"kept": 1, "open": 1}
    send(f"{path}/facts/2/withdraw", words="去的是别家")
    assert verdicts(client, manager)["monthly_visit"] == {"missed": 1, "open": 1}
    send(f"{path}/excuses", promise="monthly_visit", code="client_declined", words="客户改下月")
    assert verdicts(client, manager)["monthly_visit"] == {"missed": 1, "excluded": 1}
    send(f"{path}/end", reason="到期未续")
    assert client.get("/v1/clients", headers=manager).json()[0]["ended_at"] is not None


def test_a_problem_is_solved_and_its_solution_told_in_two_ways(
    client: TestClient, manager: Headers, send: Any, clock: Any
) -> None:
    taken = send("/v1/clients", 201, organisation="公交", in_force_at="2026-11-30T00:00:00+08:00")
    path = f"/v1/clients/{taken['id']}"
    number = send(f"{path}/problems", problem="technical", words="打不开")["problems"][0]["number"]
    problem = f"{path}/problems/{number}"
    send(f"{problem}/told", 409, means="telephone")
    clock(MONDAY + timedelta(hours=3))
    send(f"{problem}/solved", words="已重装")
    send(f"{problem}/told", means="telephone", at=(MONDAY + timedelta(hours=3)).isoformat())
    found = verdicts(client, manager)
    assert (found["technical_solved"], found["solution_called"]) == ({"kept": 1}, {"kept": 1})
    assert found["solution_written"] == {"open": 1}
    due = client.get("/v1/promises", headers=manager).json()["due"]
    waiting = next(one for one in due if one["promise"] == "solution_written")
    assert waiting["wanting"] == [{"kind": "solution_told", "traits": {"means": ["writing", "mail"]}}]
    assert waiting["margin_s"] == 86_400
    send(f"{problem}/told", means="writing")
    send(f"{path}/problems/99/solved", 404, words="没有")
    send(f"{path}/contacts", 422, means="visit", at=(MONDAY + timedelta(days=1)).isoformat())
    send("/v1/clients/C9999/contacts", 404, means="visit")


def test_a_refusal_told_by_telephone_alone_is_still_due_in_writing(
    client: TestClient, manager: Headers, send: Any, clock: Any
) -> None:
    clock(MONDAY - timedelta(days=5))
    incident = send("/v1/reports", 201, text="天河区黄埔大道西与猎德大道交叉口追尾")["id"]
    path = f"/v1/incidents/{incident}"
    send(f"{path}/contacts", means="telephone", words="十分钟到")
    send(f"{path}/wanted", service="prepayment", words="住院押金")
    send(f"{path}/waive", role="surveyor", reason="客户自行拍照")
    clock(MONDAY)
    for step, body in (("assessed", {"amount_yuan": 3200}), ("reviewed", {"opinion": "rejected", "note": "免责"})):
        send(f"{path}/claim/{step}", **body)
    send(f"{path}/claim/refused", reason="酒驾免责")
    send(f"{path}/claim/told", means="telephone")
    account = client.get("/v1/promises", headers=manager).json()
    found = {one["promise"]: one for one in account["due"] if one["subject"] == incident}
    assert found["refusal_told"]["wanting"] == [{"kind": "client_told", "traits": {"means": ["writing"]}}]
    assert found["refusal_told"]["due_at"] == "2026-12-02T16:00:00Z"  # 24:00 of Wednesday in Guangzhou
    assert "caller_contacted" not in found
    assert verdicts(client, manager)["caller_contacted"] == {"kept": 1}
    assert verdicts(client, manager)["arrival"] == {"missed": 1}
    clock(MONDAY + timedelta(days=3))
    assert verdicts(client, manager)["refusal_told"] == {"missed": 1}
    services = client.get(f"{path}/services", headers=manager).json()
    assert [e["kind"] for e in services] == ["Contacted", "ServiceAsked"]
    send(f"{path}/excuses", 422, promise="none", code="client_declined", words="x")
    send(f"{path}/contacts", 422, means="telephone", at="2026-11-01T00:00:00+08:00")


def test_beyond_the_calendar_what_needs_it_waits_and_the_rest_is_judged(
    client: TestClient, manager: Headers, send: Any, clock: Any
) -> None:
    clock(datetime(2026, 12, 31, 4, tzinfo=UTC))
    path = f"/v1/clients/{send('/v1/clients', 201, organisation='公交', in_force_at='2026-12-30T00:00:00+08:00')['id']}"
    for problem in ("technical", "policy"):
        send(f"{path}/problems", problem=problem, words="问")
    clock(datetime(2027, 1, 20, 4, tzinfo=UTC))
    account = client.get("/v1/promises", headers=manager).json()
    found = {one["promise"]: one for one in account["due"]}
    assert "chinesecalendar" in found["question_solved"]["reason"]
    assert verdicts(client, manager)["question_solved"] == {"unjudged": 1}
    assert verdicts(client, manager)["technical_solved"] == {"missed": 1}


def test_the_page_and_the_command_show_every_promise_and_only_the_desk_records(
    client: TestClient, manager: Headers, surveyor: Headers, send: Any, clock: Any
) -> None:
    send("/v1/clients", 201, organisation="公交", in_force_at="2026-11-30T00:00:00+08:00")
    account = PromisesOut.model_validate(client.get("/v1/promises", headers=manager).json())
    assert [r.promise for r in account.totals] == ["arrival", *(rule.name for rule in RULES)]
    quick = PromisesOut.model_validate(client.get("/v1/promises?arrivals=false", headers=manager).json())
    assert (quick.due, quick.totals[1:]) == (account.due, account.totals[1:])
    assert as_table(account).row_count == len(account.totals) == len(RULES) + 1
    assert client.get("/promises", headers=manager).status_code == 200
    assert client.post("/v1/clients/C0001/end", json={"reason": "x"}, headers=manager).status_code == 403
    assert client.get("/v1/promises", headers=surveyor).status_code == 403
    for asked in ("since=2026-11-02&until=2026-11-01", "since=0001-01-01", "until=9999-12-31"):
        assert client.get(f"/v1/promises?{asked}", headers=manager).status_code == 422
    ended = client.get("/v1/promises?until=2001-01-30", headers=manager).json()
    assert ended["since"] < ended["until"]


def test_the_ledger_is_sealed_and_what_is_altered_or_removed_is_named(
    fleet: Engine, send: Any, clock: Any, tmp_path: Path
) -> None:
    taken = send("/v1/clients", 201, organisation="公交", in_force_at="2026-11-01T00:00:00+08:00")
    for means in ("visit", "telephone", "mail"):
        send(f"/v1/clients/{taken['id']}/contacts", means=means)
    stream = f"client/{taken['id']}"
    with transaction(fleet) as connection:
        store = PostgisSeals(connection)
        assert store.waiting() == 5  # and the promises in force
        assert store.seal(MONDAY, "net", "policy").events == 5
        assert store.waiting() == 0
        assert strayed(connection) == []
        _, last = write_bundle(tmp_path / "bundle.zip", store, None, None)
        assert verify([str(tmp_path / "bundle.zip"), "--root", last.hash]) == 0  # no incident is missed for its lines
        for forbidden in ("UPDATE service_facts SET at = now()", "DELETE FROM service_facts"):
            with pytest.raises(DBAPIError, match="never changed or removed"), connection.begin_nested():
                connection.execute(text(forbidden))
        connection.execute(text("ALTER TABLE service_facts DISABLE TRIGGER service_facts_are_only_appended"))
        changed = 'UPDATE service_facts SET body = body || \'{"means": "visit"}\' WHERE stream = :s AND seq = 3'
        connection.execute(text(changed), {"s": stream})
        connection.execute(text("DELETE FROM service_facts WHERE stream = :s AND seq = 4"), {"s": stream})
        assert strayed(connection) == [f"{stream}/3", f"{stream}/4"]
