"""The survey form over HTTP: who may fill it in, what it shows, and its hash made again from outside."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pictures import picture
from sqlalchemy import Engine

from api.credentials import accounts
from api.credentials.security import Account
from geo_data.database import transaction

PASSWORD = "a long test password"
REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
Headers = dict[str, str]
FORM: dict[str, Any] = {
    "answered_by": "陈女士(驾驶员)",
    "loss_yuan": 3280.5,
    "parts": ["rear", "glass"],
    "damage": "后保险杠开裂",
    "vehicles": 2,
    "responsibility": "none",
    "decision": "settled",
    "point": {"lon": 113.3297, "lat": 23.1196, "accuracy_m": 9},
}


@pytest.fixture
def incident(client: TestClient, dispatcher: Headers) -> str:
    taken: str = client.post("/v1/reports", json={"text": REPORT}, headers=dispatcher).json()["id"]
    return taken


def bind(client: TestClient, incident: str, dispatcher: Headers, who: Headers, unit_id: str, role: str) -> None:
    body = {"unit_id": unit_id, "reason": "test", "role": role}
    after = client.post(f"/v1/incidents/{incident}/assignments", json=body, headers=dispatcher).json()
    client.post(f"/v1/assignments/{after['assignments'][-1]['id']}/accept", headers=who).raise_for_status()


def fill_in(client: TestClient, incident: str, who: Headers, **changes: Any) -> dict[str, Any]:
    answer = client.post(f"/v1/incidents/{incident}/scene-reports", json=FORM | changes, headers=who)
    shown: dict[str, Any] = answer.json() | {"code": answer.status_code}
    return shown


def test_a_form_is_kept_with_its_hash_which_anybody_can_make_again(
    client: TestClient, dispatcher: Headers, surveyor: Headers, manager: Headers, incident: str
) -> None:
    bind(client, incident, dispatcher, surveyor, "S000", "surveyor")
    content = picture(seed=1)
    mark, missing = hashlib.sha256(content).hexdigest(), "f" * 64
    filled_at = datetime.now(UTC) - timedelta(minutes=30)
    shown = fill_in(client, incident, surveyor, photos=[mark, missing], captured_at=filled_at.isoformat())
    assert (shown["code"], shown["photos_missing"]) == (201, [mark, missing])  # photographs may come later
    sent = client.post(
        f"/v1/incidents/{incident}/photos", content=content, headers=surveyor | {"Content-Type": "image/jpeg"}
    )
    sent.raise_for_status()
    (listed,) = client.get(f"/v1/incidents/{incident}/scene-reports", headers=manager).json()
    assert (listed["photos_missing"], listed["loss_yuan"], listed["part_labels"]) == (
        [missing],
        "3280.50",
        ["后部", "玻璃灯具"],
    )
    assert (listed["decision_label"], listed["responsibility_label"]) == ("现场定损", "无责")
    assert datetime.fromisoformat(listed["captured_at"]) == filled_at
    assert hashlib.sha256(listed["canonical"].encode()).hexdigest() == listed["sha256"]
    event = client.get(f"/v1/incidents/{incident}/events", headers=manager).json()[-2]
    assert (event["kind"], event["body"]["sha256"], event["by"]) == ("SceneSurveyed", listed["sha256"], "surveyor")
    scene = client.get(f"/v1/incidents/{incident}", headers=manager).json()["scene"]
    assert (scene["photos"], scene["reports"], scene["decision_label"]) == (1, 1, "现场定损")


def test_a_correction_stands_beside_what_it_corrects(client: TestClient, dispatcher: Headers, incident: str) -> None:
    at = datetime.now(UTC).isoformat()
    first = fill_in(client, incident, dispatcher, captured_at=at)
    assert fill_in(client, incident, dispatcher, captured_at=at) == first  # sent twice
    second = fill_in(client, incident, dispatcher, loss_yuan=None, decision="resurvey")
    assert (first["corrects"], second["corrects"]) == ("", first["sha256"])
    listed = client.get(f"/v1/incidents/{incident}/scene-reports", headers=dispatcher).json()
    assert [(one["loss_yuan"], one["decision"]) for one in listed] == [("3280.50", "settled"), (None, "resurvey")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"loss_yuan": -0.01},
        {"loss_yuan": 1.005},
        {"loss_yuan": 1e14},
        {"injured": -1},
        {"vehicles": 0},
        {"decision": "perhaps"},
        {"decision": "other"},
        {"photos": ["not a hash"]},
        {"parts": ["wing"]},
        {"captured_at": "2026-11-22T08:00:00"},
        {"captured_at": "2219-01-01T00:00:00Z"},
        {"nonsense": 1},
        {"notes": "\0"},
    ],
)
def test_a_form_that_cannot_be_is_refused_in_words(
    client: TestClient, dispatcher: Headers, incident: str, wrong: dict[str, Any]
) -> None:
    answer = fill_in(client, incident, dispatcher, **wrong)
    assert (answer["code"], bool(answer["detail"])) == (422, True)
    assert client.get(f"/v1/incidents/{incident}/scene-reports", headers=dispatcher).json() == []


def test_who_may_fill_it_in_and_who_may_read_it(
    client: TestClient, dispatcher: Headers, surveyor: Headers, manager: Headers, fleet: Engine, incident: str
) -> None:
    with transaction(fleet) as connection:
        accounts.save(connection, Account("tow", "surveyor", "T01"), PASSWORD)
    token = client.post("/v1/session", json={"username": "tow", "password": PASSWORD}).json()["token"]
    client.cookies.clear()
    tow = {"Authorization": f"Bearer {token}"}
    codes = [fill_in(client, incident, who).get("code") for who in (surveyor, manager, {})]
    assert codes == [404, 403, 401]  # a case that is not one's own looks as if there were none
    bind(client, incident, dispatcher, surveyor, "S000", "surveyor")
    bind(client, incident, dispatcher, tow, "T01", "tow_unit")
    assert [fill_in(client, incident, who)["code"] for who in (surveyor, tow)] == [201, 403]
    path = f"/v1/incidents/{incident}/scene-reports"
    assert [client.get(path, headers=who).status_code for who in (manager, surveyor, tow, {})] == [200, 200, 200, 401]


def test_injured_people_in_the_form_are_proposed_to_the_dispatcher(
    client: TestClient, dispatcher: Headers, incident: str
) -> None:
    fill_in(client, incident, dispatcher, injured=2, injuries="颈部不适")
    shown = client.get(f"/v1/incidents/{incident}", headers=dispatcher).json()
    assert (shown["tier"], shown["scene"]["proposed_tiers"]) == ("standard", ["injury", "standard"])
    assert shown["scene"]["proposal"] == "查勘单报 2 人受伤,案件级别为一般:建议升为人伤。"
    body = {"tiers": shown["scene"]["proposed_tiers"], "reason": "现场查勘"}
    after = client.post(f"/v1/incidents/{incident}/tier", json=body, headers=dispatcher).json()
    assert (after["tier"], after["scene"]["proposed_tiers"]) == ("injury", [])


def test_the_hash_is_made_again_from_the_stored_event_as_the_docs_say(
    client: TestClient, dispatcher: Headers, incident: str
) -> None:
    marks = ["a" * 64]
    fill_in(client, incident, dispatcher, notes='他说"没事"\n第二行', photos=marks, injured=1)
    fill_in(client, incident, dispatcher, loss_yuan=None, point=None, vehicles=None)
    events = client.get(f"/v1/incidents/{incident}/events", headers=dispatcher).json()
    forms = [e for e in events if e["kind"] == "SceneSurveyed"]
    assert len(forms) == 2
    page = (Path(__file__).resolve().parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
    recipe = page.partition("`r = event")[2].partition("\n\n")[2].partition("\n\n")[0]
    tools = {"hashlib": hashlib, "json": json, "datetime": datetime, "UTC": UTC}
    for event in forms:
        known = tools | {"event": event, "r": event["body"]["report"], "incident_id": incident}
        *lines, last = dedent(recipe).rstrip().splitlines()
        exec("\n".join(lines), known)
        assert eval(last, known), event
