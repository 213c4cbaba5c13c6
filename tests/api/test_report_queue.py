"""Reports while the database is away: kept, shown, and entered once and in their own order when it is back."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from outages import reported
from service import PASSWORD
from sqlalchemy import Engine
from stoppable import StoppableDatabase

from api import wiring
from api.credentials import accounts, security
from api.credentials.security import Account, Bearer
from api.health.database_watch import watch
from api.main import create_app
from api.queue.entering import MOST_TRIES, enter_all
from api.queue.queued import Queued, QueueState, Source, ToQueue
from api.queue.store import ReportQueue
from api.queue.taking import n_waiting, queue
from dispatch.desk import Desk
from dispatch.report import Report
from geo_data.database import transaction

WORDS = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
LIMIT_S = 300  # a guard


@pytest.fixture
def client(database_at_will: StoppableDatabase) -> Iterator[TestClient]:
    with TestClient(create_app(), base_url="http://testserver") as made:
        made.headers["Authorization"] = f"Bearer {_token(made, 'dispatcher')}"
        yield made


def _token(client: TestClient, name: str) -> str:
    token = client.post("/v1/session", json={"username": name, "password": PASSWORD}).raise_for_status().json()["token"]
    client.cookies.clear()
    return str(token)


def until(is_so: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.02)


def report(client: TestClient, key: str, words: str = WORDS) -> tuple[int, dict[str, object]]:
    answer = client.post("/v1/reports", json={"text": words, "plate": "粤A12345"}, headers={"Idempotency-Key": key})
    return answer.status_code, answer.json()


def tell_as_caller(client: TestClient, key: str) -> tuple[int, dict[str, object]]:
    answer = client.post(
        "/v1/caller/reports", json={"place": "体育东路与天河路交叉口"}, headers={"Idempotency-Key": key}
    )
    return answer.status_code, answer.json()


def now() -> datetime:
    return datetime.now(UTC)


def test_reports_of_an_outage_are_answered_shown_and_enter_once_in_their_own_order(
    client: TestClient, database_at_will: StoppableDatabase
) -> None:
    keys = [str(uuid4()) for _ in range(3)]
    assert report(client, keys[0])[0] == 201
    database_at_will.stop()

    status, told = report(client, keys[1], f"{WORDS},第一")
    assert status == 202
    assert told["key"] == keys[1]
    assert told["preview"]["location"]["district"] == "天河区"  # type: ignore[index]
    assert [one["lack"] for one in told["preview"]["lacks"]] == ["number", "advice", "duplicates"]  # type: ignore[index]
    assert report(client, keys[1], f"{WORDS},第一") == (202, told), "sent again it is the same report"
    status, caller = tell_as_caller(client, "caller-key-0123456789")
    assert (status, caller["case_path"]) == (202, "")
    assert report(client, keys[2], f"{WORDS},第三")[0] == 202
    until(lambda: watch.away_since is not None)
    shown = client.get("/v1/queue").json()
    assert shown["waiting"] == 3
    assert [one["provisional_number"] for one in shown["reports"]][:2] == [told["provisional_number"], caller["number"]]
    assert client.get("/health").json() == {"status": "ok"}, "a worker is not started anew for it"
    assert "database" in {one["part"] for one in client.get("/v1/status").json()["degradations"]}
    assert n_waiting() == 3
    assert "调度台" in client.get("/").text, "the page stays up"
    refused = client.get("/v1/picture")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")

    database_at_will.start()
    until(lambda: watch.away_since is None)
    assert report(client, keys[1], f"{WORDS},第一")[0] == 202, "what waits is not taken a second time"
    assert enter_all(wiring.database(), queue(), now) == 3
    assert enter_all(wiring.database(), queue(), now) == 0
    facts = reported()
    assert [one.provisional for one in facts[1:]] == [one["provisional_number"] for one in shown["reports"]]
    assert [one.at for one in facts[1:]] == [datetime.fromisoformat(one["reported_at"]) for one in shown["reports"]]
    assert all(one.waited_s is not None and one.waited_s > 0 for one in facts[1:])
    assert facts[0].waited_s is None

    status, again = report(client, keys[1], f"{WORDS},第一")
    assert (status, again["id"]) == (201, facts[1].incident_id)
    assert again["commitment"]["starts_at"] == again["reported_at"] == told["reported_at"]  # type: ignore[index]
    status, again = tell_as_caller(client, "caller-key-0123456789")
    assert (status, again["number"], again["repeated"]) == (200, facts[2].incident_id, True)
    assert again["case_path"]
    assert len(reported()) == 4
    entered = client.get("/v1/queue").json()["reports"]
    assert [(one["state"], one["text"]) for one in entered] == [("entered", "")] * 3, "what was said is wiped"


@pytest.fixture
def own_queue(tmp_path: Path, fleet: Engine, monkeypatch: pytest.MonkeyPatch) -> ReportQueue:
    return ReportQueue(tmp_path / "reports.sqlite")


def put(
    own_queue: ReportQueue, words: str, minutes_ago: float, account: str = "dispatcher", body: bytes | None = None
) -> Queued:
    sent = body or f'{{"text": "{words}"}}'.encode()
    at = now() - timedelta(minutes=minutes_ago)
    given = {"source": Source.CONSOLE, "account": account, "key": str(uuid4()), "path": "/v1/reports"}
    return own_queue.put(ToQueue(body=sent, reported_at=at, **given))[0]  # type: ignore[arg-type]


def test_a_poisonous_report_is_set_aside_with_its_reason_and_the_others_enter_by_their_own_time(
    own_queue: ReportQueue, fleet: Engine
) -> None:
    late, early = put(own_queue, f"{WORDS},后", 10), put(own_queue, f"{WORDS},先", 30)
    unreadable = put(own_queue, "", 20, body=b'{"text": 1')
    elsewhere = put(own_queue, "北京市朝阳区建国路,追尾", 25)
    nobody = put(own_queue, WORDS, 40, account="left-the-company")
    assert enter_all(fleet, own_queue, now) == 2
    assert [one.provisional for one in reported()] == [early.provisional, late.provisional]
    aside = {one.number: one.problem for one in own_queue.shown(now()) if one.state is QueueState.SET_ASIDE}
    assert aside.keys() == {unreadable.number, elsewhere.number, nobody.number}
    assert "left-the-company" in aside[nobody.number]
    assert "广东省" in aside[elsewhere.number]
    with transaction(fleet) as connection:
        accounts.save(connection, Account("left-the-company", "dispatcher"), PASSWORD)
    own_queue.try_again(nobody.number)
    assert enter_all(fleet, own_queue, now) == 1


def test_a_report_that_entered_just_before_a_kill_is_found_and_not_recorded_again(
    own_queue: ReportQueue, fleet: Engine
) -> None:
    one = put(own_queue, WORDS, 5)
    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(own_queue, "entered", _end)
        with pytest.raises(KeyboardInterrupt):
            enter_all(fleet, own_queue, now)
    assert enter_all(fleet, own_queue, now) == 1
    [fact] = reported()
    found = own_queue.find(one.source, one.account, one.key)
    assert found is not None
    assert (found.incident_id, found.body) == (fact.incident_id, b"")


def _end(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_keeps_failing_is_set_aside_after_some_tries_and_blocks_nobody(
    own_queue: ReportQueue, fleet: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = put(own_queue, f"{WORDS},坏", 20), put(own_queue, WORDS, 10)
    take = Desk.take_report

    def take_or_fail(desk: Desk, said: Report, *, by: str) -> object:
        if "坏" in said.text:
            raise RuntimeError("a fault of ours")
        return take(desk, said, by=by)

    monkeypatch.setattr(Desk, "take_report", take_or_fail)
    assert [enter_all(fleet, own_queue, now) for _ in range(MOST_TRIES)] == [1, *[0] * (MOST_TRIES - 1)]
    assert [one.provisional for one in reported()] == [good.provisional]
    aside = own_queue.find(bad.source, bad.account, bad.key)
    assert aside is not None
    assert (aside.state, "fault of ours" in aside.problem) == (QueueState.SET_ASIDE, False)


def test_a_look_at_the_queue_is_written_down_and_a_session_that_has_ended_opens_nothing(
    client: TestClient, database_at_will: StoppableDatabase
) -> None:
    assert client.get("/v1/queue").status_code == 200
    told = client.get("/v1/privacy/access", headers={"Authorization": f"Bearer {_token(client, 'manager')}"}).json()
    assert [(one["who"], one["what"], one["route"]) for one in told[1:]] == [("dispatcher", "list", "GET /v1/queue")]
    client.delete("/v1/session").raise_for_status()
    assert client.get("/v1/queue").status_code == 401


def test_only_dispatchers_see_the_queue_and_a_forged_token_opens_nothing(client: TestClient) -> None:
    assert client.get("/v1/queue", headers={"Authorization": f"Bearer {_token(client, 'manager')}"}).status_code == 403
    forged = security.sign(Bearer("dispatcher", uuid4(), "dispatcher"), "another secret")
    ended = security.sign(Bearer("dispatcher", uuid4(), "dispatcher"), wiring.secret())
    for token in (forged, ended):
        assert client.get("/v1/queue", headers={"Authorization": f"Bearer {token}"}).status_code == 401
