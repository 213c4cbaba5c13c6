"""What operators share over HTTP: holds, ends by code, search, and who has what open across two workers."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from listening import Listener
from service import served, signed_in
from sqlalchemy import Engine

from api.streams.presence import KEPT_S, Presence

Headers = dict[str, str]
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def reported(client: TestClient, who: Headers, text: str = "猎德大道与黄埔大道西交叉口,追尾", **more: Any) -> str:
    answer = client.post("/v1/reports", json={"text": text, **more}, headers=who)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def soon(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


def test_a_held_incident_is_offered_to_nobody_until_somebody_ends_it(client: TestClient, dispatcher: Headers) -> None:
    key = reported(client, dispatcher)
    until = soon(30)
    body = {"reason": "caller_asked", "until": until, "ends_on": "called_back"}
    held = client.post(f"/v1/incidents/{key}/hold", json=body, headers=dispatcher).json()
    assert (held["status"], held["hold"]["reason_label"], held["hold"]["by"]) == (
        "held",
        "报案人要求稍后",
        "dispatcher",
    )
    assert datetime.fromisoformat(held["hold"]["until"]) == datetime.fromisoformat(until)
    refused = client.post(f"/v1/incidents/{key}/assignments", json={}, headers=dispatcher)
    assert (refused.status_code, "暂缓中" in refused.json()["detail"]) == (409, True)
    assert client.get("/v1/proposals", headers=dispatcher).json() == []
    ended = client.post(f"/v1/incidents/{key}/hold/end", json={"how": "called_back"}, headers=dispatcher).json()
    assert (ended["status"], ended["hold"]) == ("waiting", None)
    assert client.post(f"/v1/incidents/{key}/assignments", json={}, headers=dispatcher).status_code == 201


def test_a_hold_that_cannot_be_is_refused_in_words(client: TestClient, dispatcher: Headers) -> None:
    key = reported(client, dispatcher)
    impossible = (
        {"reason": "caller_asked", "until": "2026-01-01T00:00:00Z"},
        {"reason": "caller_asked", "until": "2099-01-01T00:00:00Z"},
        {"reason": "no_such_reason", "until": soon(5)},
        {"reason": "other", "until": soon(5)},
        {"reason": "caller_asked"},
    )
    for body in impossible:
        answer = client.post(f"/v1/incidents/{key}/hold", json=body, headers=dispatcher)
        assert (answer.status_code, bool(answer.json()["detail"])) == (422, True), body


def test_a_cancelled_incident_carries_its_code_and_its_unit_reads_why(
    client: TestClient, dispatcher: Headers, surveyor: Headers
) -> None:
    key = reported(client, dispatcher)
    client.post(f"/v1/incidents/{key}/assignments", json={}, headers=dispatcher)
    after = client.post(f"/v1/incidents/{key}/close", json={"code": "withdrawn"}, headers=dispatcher).json()
    assert after["closed"] == {
        "code": "withdrawn",
        "code_label": "报案人撤销",
        "cancelled": True,
        "reason": "报案人撤销",
        "by": "dispatcher",
    }
    assert after["assignments"][0]["ended_reason"] == "报案人撤销"
    assert client.get("/v1/units/S000/assignments", headers=surveyor).json() == []
    nothing_said = client.post(f"/v1/incidents/{reported(client, dispatcher)}/close", json={}, headers=dispatcher)
    assert nothing_said.status_code == 422


def test_an_incident_is_found_by_what_people_know_of_it_even_when_closed(
    client: TestClient, dispatcher: Headers
) -> None:
    key = reported(client, dispatcher, "猎德大道与黄埔大道西交叉口,被撞", plate="粤A·12345", phone="13800001234")
    client.post(f"/v1/incidents/{key}/assignments", json={}, headers=dispatcher)
    client.post(f"/v1/incidents/{key}/close", json={"code": "done"}, headers=dispatcher)

    def found(words: str) -> list[str]:
        answer = client.get("/v1/search", params={"q": words}, headers=dispatcher)
        return [one["id"] for one in answer.raise_for_status().json()]

    known = ("粤A12345", "粤a·12345", "1234", "猎德", "被撞 猎德", "S000", "查勘员000", "天河区", key.lower())
    assert {words: found(words) for words in known} == {words: [key] for words in known}
    unknown = ("粤B", "猎德 没有", "% ", "100%", "_____", "  ")  # signs of patterns mean themselves
    assert {words: found(words) for words in unknown} == {words: [] for words in unknown}


def test_a_search_has_bounds(client: TestClient, dispatcher: Headers) -> None:
    beyond: list[dict[str, Any]] = [
        {"q": "x"},
        {"q": "猎德", "days": 32},
        {"q": "猎德", "limit": 51},
        {"q": "路" * 81},
        {},
    ]
    answers = [client.get("/v1/search", params=asked, headers=dispatcher).status_code for asked in beyond]
    assert answers == [422] * len(beyond)


def test_only_dispatchers_hold_and_say_what_they_have_open(
    client: TestClient, manager: Headers, surveyor: Headers
) -> None:
    here = {"console": "abcdefgh", "incident_id": None}
    for who in (manager, surveyor):
        assert client.post("/v1/presence", json=here, headers=who).status_code == 403
        assert client.post("/v1/incidents/x/hold/end", headers=who).status_code == 403
    assert client.get("/v1/search", params={"q": "猎德"}, headers=surveyor).status_code == 403


def told(console: str, incident_id: str | None, **more: Any) -> str:
    return json.dumps(
        {"name": "李四", "console": console, "incident_id": incident_id, "writing": False, "gone": False, **more}
    )


def test_a_console_that_falls_silent_is_forgotten_within_ten_seconds() -> None:
    present = Presence()
    assert present.hear(told("console-1", "GZ1"), NOW)
    assert not present.hear(told("console-1", "GZ1"), NOW + timedelta(seconds=3))  # no news
    assert present.hear(told("console-1", "GZ1", writing=True), NOW + timedelta(seconds=4))
    assert not present.forget(NOW + timedelta(seconds=4 + KEPT_S))
    assert present.forget(NOW + timedelta(seconds=10 + 4))
    assert present.to_json() == "[]"


def test_a_console_that_says_goodbye_is_gone_at_once() -> None:
    present = Presence()
    present.hear(told("console-1", "GZ1"), NOW)
    assert present.hear(told("console-1", "GZ1", gone=True), NOW)
    assert present.to_json() == "[]"


@pytest.fixture
def two_workers(fleet: Engine) -> Iterator[tuple[str, str]]:
    """Two servers on one database, which share nothing else but this process."""
    with ExitStack() as stack:
        yield stack.enter_context(served()), stack.enter_context(served())


def test_who_has_what_open_is_heard_through_the_other_worker_and_not_by_a_surveyor(
    two_workers: tuple[str, str],
) -> None:
    one, other = two_workers
    with (
        signed_in(one, "dispatcher") as here,
        signed_in(other, "manager") as there,
        signed_in(other, "surveyor") as phone,
        Listener(there) as desk,
        Listener(phone) as outside,
    ):
        here.post(
            "/v1/presence", json={"console": "console-1", "incident_id": "GZ1", "writing": True}
        ).raise_for_status()
        seen = {"console": "console-1", "name": "dispatcher", "incident_id": "GZ1", "writing": True}
        desk.wait_for(lambda: ("presence", [seen]) in desk.heard)
        desk.wait_for(lambda: desk.heard[-1] != ("presence", [seen]) and ("presence", []) in desk.heard[1:])
        assert all(kind != "presence" for kind, _ in outside.heard)
