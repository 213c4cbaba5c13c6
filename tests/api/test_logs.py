"""One form for every line of the log, and what no line may hold."""

import io
import json
import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.observing import asked, logs
from api.observing.private_words import Struck, guard_logs, struck

REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾,一人受伤"


@pytest.fixture
def lines(request: pytest.FixtureRequest) -> Any:
    """The log as it would be written, while other loggers stay as pytest has them."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logs.formatter(as_json=True))
    api = logging.getLogger("api")
    before = api.level
    api.addHandler(handler)
    api.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in said.getvalue().splitlines()]
    api.removeHandler(handler)
    api.setLevel(before)


def formatted(message: str, *args: object, as_json: bool = True, name: str = "sqlalchemy.engine", **more: Any) -> str:
    record = logging.LogRecord(name, logging.INFO, "x.py", 1, message, args, more.pop("exc_info", None))
    record.__dict__.update(more)
    return logs.formatter(as_json=as_json).format(record)


def test_a_request_is_one_line_with_who_which_route_how_and_how_long(
    client: TestClient, dispatcher: dict[str, str], lines: Any
) -> None:
    sent = {"text": REPORT, "phone": "13800138000", "plate": "粤A12345"}
    answer = client.post("/v1/reports?token=S3cret", json=sent, headers=dispatcher)
    [line] = [one for one in lines() if one["event"] == "request"]
    assert line["duration_ms"] > 0
    told = {key: line[key] for key in ("level", "method", "route", "status", "account", "request_id")}
    assert told == {
        "level": "info",
        "method": "POST",
        "route": "/v1/reports",
        "status": 201,
        "account": "dispatcher",
        "request_id": answer.headers["X-Request-Id"],
    }
    assert not any(secret in json.dumps(lines(), ensure_ascii=False) for secret in ("S3cret", "13800138000", "A12345"))


def test_the_token_of_a_case_is_in_no_line(client: TestClient, lines: Any) -> None:
    client.get("/v1/cases/S3cret-Token")
    client.get("/case/S3cret-Token?x=1")
    assert len(lines()) == 2
    assert "S3cret" not in str(lines())


def test_what_is_asked_every_few_seconds_is_silent_while_it_is_well(client: TestClient, lines: Any) -> None:
    client.get("/health")
    assert [line["level"] for line in lines()] == ["debug"]


def test_the_steps_of_migrations_are_silent_and_our_own_lines_are_not() -> None:
    assert "alembic" in logs.OTHERS
    assert {"geo_data", "api"} <= set(logs.OWN)
    assert set(logs.OWN) & set(logs.OTHERS) == {"uvicorn.error"}


def test_libraries_speak_the_same_form() -> None:
    line = json.loads(formatted("Running %s", "upgrade", name="alembic.runtime"))
    assert (line["event"], line["level"], line["logger"]) == ("Running upgrade", "info", "alembic.runtime")
    assert line["at"].endswith("Z")


def test_a_trace_stays_on_one_line_without_what_is_private() -> None:
    try:
        raise ValueError("粤A12345 telephoned from 138 0013 8000")
    except ValueError as error:
        text = formatted("failed", exc_info=(type(error), error, error.__traceback__))
    assert "\n" not in text
    assert "ValueError" in json.loads(text)["exception"]
    assert "A12345" not in text
    assert "0013" not in text


@pytest.mark.parametrize("as_json", [True, False])
@given(
    token=st.from_regex(r"[A-Za-z0-9_-]{8,40}", fullmatch=True),
    phone=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    plate=st.from_regex(r"粤[A-Z][A-Z0-9]{5,6}", fullmatch=True),
)
def test_no_line_holds_a_token_a_telephone_or_a_plate(as_json: bool, token: str, phone: str, plate: str) -> None:
    said = formatted(
        f"GET /v1/cases/{token}/live and /v1/osmand?id=%s and Bearer {token}: {phone},{plate}",
        token,
        as_json=as_json,
        more=f"+86 {phone}",
    )
    rest = said.replace("/v1/cases/…/live and /v1/osmand?… and Bearer …", "")
    assert "/v1/cases/…/live" in said
    assert f"/{token}" not in rest
    assert f"={token}" not in rest
    assert f"Bearer {token}" not in rest
    assert phone not in said
    assert plate[2:] not in said or plate[2:] in token


def test_what_is_no_secret_stays() -> None:
    for text in ("/v1/incidents/GZ1", "took 0.138001380001 s", "at 1764208800000 ms", "2026-11-27T03:00:00Z"):
        assert struck(text) == text


def test_a_log_that_another_program_handles_holds_no_token_either(caplog: pytest.LogCaptureFixture) -> None:
    guard_logs()
    guard_logs()
    access = logging.getLogger("uvicorn.access")
    assert sum(isinstance(one, Struck) for one in access.filters) == 1
    with caplog.at_level(logging.INFO, "uvicorn.access"):
        access.info('%s - "%s %s HTTP/%s" %d', "1.2.3.4", "GET", "/v1/cases/S3cret-Token/live?x=1", "1.1", 200)
        access.info("GET /case/S3cret-Token")
    assert "S3cret" not in caplog.text
    assert "/v1/cases/…/live" in caplog.text


def test_a_person_at_a_terminal_reads_a_plain_line() -> None:
    text = formatted("watch: nobody", as_json=False)
    assert "watch: nobody" in text
    assert not text.startswith("{")


def test_a_request_id_is_known_only_to_its_own_context() -> None:
    assert asked.current() is None
    asked.note_account("nobody")  # outside of any request: nothing happens
    assert asked.current() is None
