"""How the background stands, and who can be sent, as the service tells it: looked at once for all who ask."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from listening import Listener
from service import served, signed_in
from sqlalchemy import Engine, text

from api.streams import background_watch, live
from api.views import kept_free as counting
from api.views.kept_free import KeptFree, kept_free
from dispatch import background as rules
from dispatch.background import BackgroundSeen, BackgroundState, Backlog
from dispatch.errors import Unavailable
from geo_data.database import transaction
from geo_data.stores import heartbeats
from geo_data.stores.fleet_store import PostgisFleet

Headers = dict[str, str]
REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
OFTEN_S = 0.05


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_watch, "LOOK_EVERY_S", OFTEN_S)


@pytest.fixture
def _looks(real_look: Callable[[], BackgroundSeen], monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the database, in which every wait is long; at a start a silence counts at once."""
    monkeypatch.setattr(background_watch, "look", real_look)
    for limit in ("FORECAST_LATE_S", "MESSAGE_LATE_S", "STARTS_WITHIN_S"):
        monkeypatch.setattr(rules, limit, 0.0)


def beat(database: Engine, ago_s: float = 0.0) -> None:
    with transaction(database) as connection:
        heartbeats.beat(connection, heartbeats.BACKGROUND)
        connection.execute(text("UPDATE heartbeats SET at = at - make_interval(secs => :s)"), {"s": ago_s})


def told(client: TestClient, who: Headers, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What is told of the background, as soon as it is so."""
    limit = time.monotonic() + 120
    while True:
        found: dict[str, Any] = client.get("/v1/status", headers=who).raise_for_status().json()["background"]
        if until(found):
            return found
        assert time.monotonic() < limit, found
        time.sleep(OFTEN_S)


@pytest.mark.usefixtures("_looks")
def test_silence_is_told_with_its_beginning_and_so_is_the_return(
    client: TestClient, dispatcher: Headers, fleet: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = told(client, dispatcher, lambda b: b["state"] == "silent")
    assert never["silent_since"] is None
    before = datetime.now(UTC)
    beat(fleet, ago_s=40.0)
    silent = told(client, dispatcher, lambda b: b["silent_since"] is not None)
    since = datetime.fromisoformat(silent["silent_since"])
    assert before - timedelta(seconds=41) < since < datetime.now(UTC) - timedelta(seconds=39)
    assert silent["state_label"] == "没有应答"
    monkeypatch.setattr(rules, "SILENT_AFTER_S", 3600.0)
    beat(fleet)
    assert told(client, dispatcher, lambda b: b["state"] != "silent")["state"] == "well"


@pytest.mark.usefixtures("_looks")
def test_reports_without_a_forecast_and_messages_that_are_due_are_counted(
    client: TestClient, dispatcher: Headers, fleet: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "SILENT_AFTER_S", 3600.0)
    monkeypatch.setattr(background_watch, "RECENT", timedelta(hours=1))
    beat(fleet)
    waiting, sent = (
        client.post("/v1/reports", json={"text": REPORT}, headers=dispatcher).raise_for_status().json()
        for _ in range(2)
    )
    assert told(client, dispatcher, lambda b: b["forecasts_waiting"] == 2)["state"] == "catching_up"
    client.post(f"/v1/incidents/{sent['id']}/assignments", json={}, headers=dispatcher).raise_for_status()
    later = told(client, dispatcher, lambda b: b["forecasts_waiting"] == 1 and b["messages_waiting"] > 0)
    assert later["state"] == "catching_up"
    assert datetime.fromisoformat(later["waiting_since"]) <= datetime.now(UTC)
    now = client.get(f"/v1/incidents/{waiting['id']}", headers=dispatcher).json()
    until = datetime.fromisoformat(now["reported_at"]) + timedelta(minutes=1)
    assert (now["foreseen"], datetime.fromisoformat(now["forecast_awaited_until"])) == (None, until)


def test_all_who_ask_and_all_who_listen_are_told_of_one_look(fleet: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[BackgroundSeen] = []

    def look() -> BackgroundSeen:
        looks.append(
            BackgroundSeen(at=datetime.now(UTC), silence_s=0.0, forecasts=Backlog(12, datetime.min.replace(tzinfo=UTC)))
        )
        return looks[-1]

    monkeypatch.setattr(background_watch, "look", look)
    monkeypatch.setattr(background_watch, "LOOK_EVERY_S", 3600.0)
    monkeypatch.setattr(live, "PHONE_HEARTBEAT_S", live.HEARTBEAT_S)  # a listener that leaves waits for the next beat
    with served() as address, signed_in(address, "dispatcher") as desk, signed_in(address, "surveyor") as phone:
        for _ in range(2):
            with Listener(desk) as screen, Listener(phone) as pocket:
                screen.wait_for(lambda: heard(screen) == ["catching_up"])
                pocket.wait_for(lambda: any(kind == "hello" for kind, _ in pocket.heard))
            assert heard(pocket) == []
            assert desk.get("/v1/status").json()["background"]["forecasts_waiting"] == 12
            assert phone.get("/v1/status").json()["free"] is None
    assert len(looks) == 1


def heard(listener: Listener) -> list[str]:
    """States of the background in the order in which they were heard, each once in a row."""
    states = [data["state"] for kind, data in listener.heard if kind == "background"]
    known = [state for state in states if state != BackgroundState.UNKNOWN]
    return [state for n, state in enumerate(known) if n == 0 or known[n - 1] != state]


def test_who_can_be_sent_is_counted_by_the_desks_rule_once_for_all_who_ask(
    client: TestClient, dispatcher: Headers, surveyor: Headers, fleet: Engine
) -> None:
    with transaction(fleet) as connection:
        connection.execute(text("DELETE FROM latest_fixes WHERE unit_id = 'S001'"))
        connection.execute(text("UPDATE latest_fixes SET at = at - interval '10 minutes' WHERE unit_id = 'S002'"))
        states = PostgisFleet(connection).states(datetime.now(UTC))
    assert len(states) == 4
    free = {one["role"]: one for one in client.get("/v1/status", headers=dispatcher).json()["free"]}
    assert free["surveyor"] == {
        "role": "surveyor",
        "role_label": "查勘员",
        "sendable": 1,
        "others": {"stale_position": 1, "no_position": 1},
    }
    assert (free["tow_unit"]["sendable"], free["specialist"]["sendable"]) == (1, 0)
    assert client.get("/v1/status", headers=surveyor).json()["free"] is None
    units = {one["id"]: one for one in client.get("/v1/units", headers=dispatcher).json()}
    assert {one["refused"] for one in units.values()} == {None}  # wherever they were
    counted = kept_free().now()
    assert all(kept_free().now() is counted for _ in range(3))


def test_a_database_that_does_not_tell_who_is_free_is_asked_once_not_by_everybody_in_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def away(url: str, limit_s: float) -> None:
        asked.append(url)
        raise Unavailable("away")

    monkeypatch.setattr(counting, "KEPT_S", 3600.0)
    monkeypatch.setattr(counting.wiring, "database_url", lambda: "postgresql://nobody")
    monkeypatch.setattr(counting, "watching", away)
    kept = KeptFree()
    assert [kept.now() for _ in range(3)] == [None] * 3
    assert len(asked) == 1
