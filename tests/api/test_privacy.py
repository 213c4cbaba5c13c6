"""Who reads personal data is written down; a person's data is shown and erased; no log of the service holds any."""

import json
import logging
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from service import PASSWORD, served
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from api import wiring
from api.cli import app
from api.credentials import data_key
from api.main import ROUTERS
from api.privacy import sweeping
from api.privacy.reading import IMPERSONAL, READS
from api.service import setup
from api.settings import settings
from dispatch.errors import InvalidInput, Unavailable
from dispatch.policy.retention import Retention
from dispatch.service.kinds import PRIVACY_STREAM, PersonalDataErased
from geo_data.database import transaction
from geo_data.stores.ledger_store import PostgisLedger

Headers = dict[str, str]
REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾,一人受伤"
PHONE, PLATE = "13912349876", "粤A9Z876"
AMAP = "canary-amap-key"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["privacy", *(str(word) for word in words)])


def reported(client: TestClient, who: Headers) -> str:
    body = {"text": REPORT, "phone": PHONE, "plate": PLATE}
    answer = client.post("/v1/reports", json=body, headers=who)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def closed(client: TestClient, who: Headers, key: str) -> None:
    body = {"code": "withdrawn", "reason": "报案人撤销"}
    answer = client.post(f"/v1/incidents/{key}/close", json=body, headers=who)
    assert answer.status_code == 200, answer.text


# -- readings ------------------------------------------------------------------------------------------------------


def test_every_route_about_one_case_is_written_down_or_known_to_be_impersonal() -> None:
    gets = {route.path for router in ROUTERS for route in router.routes if "GET" in route.methods}
    assert set(READS) <= gets
    assert {path for path in gets if "{incident_id}" in path} == {p for p in READS if "{incident_id}" in p} | IMPERSONAL


def test_a_manager_sees_who_read_what(client: TestClient, dispatcher: Headers, manager: Headers) -> None:
    key = reported(client, dispatcher)
    for path in (f"/v1/incidents/{key}", f"/v1/incidents/{key}/photos", f"/v1/search?q={PLATE}", "/v1/incidents"):
        assert client.get(path, headers=dispatcher | {"X-Request-ID": "reading-number-0001"}).status_code == 200
    assert client.get("/v1/incidents/GZ0", headers=dispatcher).status_code == 404  # nothing was read
    assert client.get("/v1/privacy/access", headers=dispatcher).status_code == 403
    told = client.get("/v1/privacy/access", headers=manager).json()
    assert [(r["what"], r["subject"]) for r in told] == [
        ("log", ""),
        ("list", ""),
        ("search", ""),
        ("case", key),
        ("case", key),
    ]
    assert {(r["who"], r["role"], r["request_id"]) for r in told[1:]} == {
        ("dispatcher", "dispatcher", "reading-number-0001")
    }
    assert told[3]["route"] == "GET /v1/incidents/{incident_id}/photos"
    assert PLATE not in json.dumps(told, ensure_ascii=False)
    about = client.get(f"/v1/privacy/access?subject={key}&who=dispatcher", headers=manager).json()
    assert len(about) == 2
    shown = run("log", "--subject", key)
    assert (shown.exit_code, shown.output.count(key)) == (0, 2)


# -- a person's rights ---------------------------------------------------------------------------------------------


def test_what_is_known_of_a_person_is_shown_and_erased_for_good(
    client: TestClient, dispatcher: Headers, database_engine: Engine
) -> None:
    key = reported(client, dispatcher)
    for value in (PHONE, PLATE, "粤A·9Z876", "139 1234 9876"):
        assert key in run("subject", value).output
    assert "0 起" in run("subject", "13800000000").output
    assert run("log", "--who", "command line").output.count("privacy subject") == 5
    assert isinstance(run("subject", "没有号码").exception, InvalidInput)
    assert isinstance(run("erase", key, "--reason", "本人要求").exception, InvalidInput)  # open still
    closed(client, dispatcher, key)
    assert isinstance(run("erase", key, "--reason", " ").exception, InvalidInput)
    done = run("erase", key, "--reason", "本人要求")
    assert done.exit_code == 0, done.output
    shown = client.get(f"/v1/incidents/{key}", headers=dispatcher).text
    assert PHONE not in shown
    assert PLATE not in shown
    assert "〔已删除〕" in shown
    assert "0 起" in run("subject", PHONE).output
    with transaction(database_engine) as connection:
        (entry,) = PostgisLedger(connection).stream(PRIVACY_STREAM)
    assert isinstance(entry.fact, PersonalDataErased)
    assert (entry.fact.what, entry.fact.incidents, entry.fact.reason) == ("request", (key,), "本人要求")


def test_a_sweep_erases_what_is_due_and_leaves_a_fact_of_each_kind(
    client: TestClient, dispatcher: Headers, database_engine: Engine
) -> None:
    key = reported(client, dispatcher)
    closed(client, dispatcher, key)
    open_key = reported(client, dispatcher)
    client.post(f"/v1/incidents/{key}/case-link", headers=dispatcher)
    assert "仅统计" in run("sweep").output
    rules, later = Retention(), datetime.now(UTC) + timedelta(days=365 * 4)
    with transaction(database_engine) as connection:
        due = sweeping.due(connection, rules, later)
    assert due == {"cases": 1, "photos": 0, "access_log": 0, "messages": 0, "case_links": 1}
    assert sweeping.sweep(database_engine, rules, later) == due | {"case_links": 0}  # it went with its case
    assert sweeping.sweep(database_engine, rules, later) == dict.fromkeys(due, 0)
    assert "〔已删除〕" in client.get(f"/v1/incidents/{key}", headers=dispatcher).text
    assert PHONE in client.get(f"/v1/incidents/{open_key}", headers=dispatcher).text
    with transaction(database_engine) as connection:
        facts = [entry.fact for entry in PostgisLedger(connection).stream(PRIVACY_STREAM)]
    assert [(f.what, f.n) for f in facts if isinstance(f, PersonalDataErased)] == [("cases", 1)]


# -- keys ----------------------------------------------------------------------------------------------------------


def test_set_up_makes_a_key_that_only_its_owner_may_read_and_none_is_made_silently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GZ_DATA_KEY")
    monkeypatch.setenv("GZ_STATE", str(tmp_path))
    settings.cache_clear()
    try:
        with pytest.raises(Unavailable, match="GZ_DATA_KEY"):
            data_key.ring()
        setup.make_secrets()
        assert (tmp_path / data_key.FILE).stat().st_mode & 0o777 == 0o600
        made = data_key.ring()
        setup.make_secrets()
        assert data_key.ring() is made
    finally:
        settings.cache_clear()


def test_a_fresh_key_can_be_put_before_the_old_one(wired: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = run("new-key").output.strip()
    monkeypatch.setenv("GZ_DATA_KEY", f"{fresh},{os.environ['GZ_DATA_KEY']}")
    settings.cache_clear()
    assert run("rotate").exit_code == 0


# -- logs ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(fleet: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """Everything that any logger says, at any level, while AMap is asked at a door where nobody answers."""
    monkeypatch.setenv("GZ_AMAP_KEY", AMAP)
    monkeypatch.setenv("GZ_AMAP_URL", "http://127.0.0.1:9")
    settings.cache_clear()
    wiring.enquiry.cache_clear()
    lines: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name} {logging.Formatter().format(record)}")

    root, ear = logging.getLogger(), Ear()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(ear)
    root.setLevel(level)
    wiring.enquiry.cache_clear()
    lines += list(capfd.readouterr())


def asked(address: str, path: str, token: str = "", body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """One request by a client that logs nothing."""
    request = urllib.request.Request(
        address + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {}),
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or "null")


def test_no_log_holds_a_password_a_token_a_key_a_number_or_a_plate(
    told: list[str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, database_engine: Engine
) -> None:
    with served() as address:
        _, session = asked(address, "/v1/session", body={"username": "dispatcher", "password": PASSWORD})
        asked(address, "/v1/session", body={"username": "dispatcher", "password": "canary-wrong-password"})
        token = session["token"]
        status, made = asked(address, "/v1/reports", token, {"text": REPORT, "phone": PHONE, "plate": PLATE})
        assert status == 201
        key = made["id"]
        asked(address, "/v1/reports", token, {"text": f"说不清的地方 {PHONE}", "phone": PHONE})
        asked(address, "/v1/reports", token, {"text": f"x\0{PHONE}", "phone": PHONE, "plate": PLATE})
        asked(address, "/v1/reports", token, {"text": 7, "phone": [PHONE], "plate": PLATE})
        _, link = asked(address, f"/v1/incidents/{key}/case-link", token, {})
        case = link["url"].rsplit("/", 1)[1]
        asked(address, f"/v1/cases/{case}")
        asked(address, f"/v1/cases/{case}/callback", body={"reason": "回电", "phone": PHONE})
        asked(address, f"/v1/search?q={quote(PLATE)}", token)
        with monkeypatch.context() as broken:  # a fault nobody foresaw, with the case in hand
            broken.setattr("api.views.views.incident", lambda incident, *_: incident.no_such_thing)
            assert asked(address, f"/v1/incidents/{key}", token)[0] == 500
        with database_engine.begin() as connection:
            connection.execute(text("ALTER TABLE events ADD CONSTRAINT canary CHECK (kind <> 'CallbackAnswered')"))
        asked(address, f"/v1/incidents/{key}/callback", token, {"reached": True, "result": f"{PHONE} 已回"})
    out, err = capfd.readouterr()
    said = "\n".join([*told, out, err, *_database_log()])
    assert "no_such_thing" in said  # it does listen
    for canary in (PASSWORD, "canary-wrong-password", token, case, AMAP, PHONE, PLATE, quote(PLATE)):
        assert canary not in said, canary


def _database_log() -> Iterator[str]:
    """What PostgreSQL wrote, where the tests started it themselves."""
    for file in Path(os.environ["GZ_TEST_CLUSTER"]).glob("*.log"):
        yield file.read_text(encoding="utf-8", errors="replace")
