"""A session lives as long as it may, and no longer."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient
from listening import PATIENCE_S, wait_for_the_feed
from service import PASSWORD, signed_in
from sqlalchemy import Engine, event, text

from api import wiring
from api.access import dependencies
from api.credentials import accounts
from api.settings import settings
from api.streams import live
from geo_data.database import transaction
from geo_data.stores import session_store

Headers = dict[str, str]


def at(client: TestClient, moment: datetime) -> None:
    client.app.dependency_overrides[dependencies.now] = lambda: moment  # type: ignore[attr-defined]


def who(client: TestClient, headers: Headers) -> int:
    return client.get("/v1/session", headers=headers).status_code


def test_silence_ends_a_desk_session_and_use_keeps_it(client: TestClient, dispatcher: Headers) -> None:
    now, idle = datetime.now(UTC), timedelta(minutes=settings().session_idle_min)
    at(client, now + 0.9 * idle)
    assert who(client, dispatcher) == 200
    at(client, now + 1.8 * idle)
    assert who(client, dispatcher) == 200  # used in between
    at(client, now + 2.9 * idle)
    assert who(client, dispatcher) == 401


def test_a_phone_in_a_pocket_stays_signed_in_for_its_hours_and_no_longer(client: TestClient, surveyor: Headers) -> None:
    now, hours = datetime.now(UTC), timedelta(hours=settings().session_h)
    at(client, now + hours - timedelta(minutes=1))
    assert who(client, surveyor) == 200
    at(client, now + hours + timedelta(minutes=1))
    assert who(client, surveyor) == 401


def test_one_statement_finds_the_session_and_is_its_account(client: TestClient, dispatcher: Headers) -> None:
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(wiring.database(), "before_cursor_execute", note)
    assert who(client, dispatcher) == 200
    assert len(said) == 1
    at(client, datetime.now(UTC) + 1.1 * session_store.TOUCH)
    assert who(client, dispatcher) == 200
    assert sum("UPDATE sessions" in one for one in said) == 1
    assert who(client, dispatcher) == 200
    assert sum("UPDATE sessions" in one for one in said) == 1  # used a moment ago


def test_a_token_opens_nothing_after_signing_out(client: TestClient, dispatcher: Headers) -> None:
    assert who(client, dispatcher) == 200
    assert client.delete("/v1/session", headers=dispatcher).status_code == 204
    assert who(client, dispatcher) == 401


def test_ending_all_sessions_of_an_account_leaves_the_others(
    client: TestClient, dispatcher: Headers, manager: Headers, fleet: Engine
) -> None:
    with transaction(fleet) as connection:
        assert session_store.end_all(connection, "dispatcher", datetime.now(UTC)) == 1
    assert (who(client, dispatcher), who(client, manager)) == (401, 200)


def test_a_disabled_account_has_no_session_left(client: TestClient, dispatcher: Headers, fleet: Engine) -> None:
    with transaction(fleet) as connection:
        accounts.disable(connection, "dispatcher", datetime.now(UTC))
        open_ones = "SELECT count(*) FROM sessions WHERE account = 'dispatcher' AND ended_at IS NULL"
        assert connection.execute(text(open_ones)).scalar_one() == 0
    assert who(client, dispatcher) == 401


@contextmanager
def heard(service: httpx.Client) -> Iterator[httpx.Response]:
    """The stream, opened once nothing but the session's end cuts it."""
    wait_for_the_feed(service)
    with service.stream("GET", "/v1/live") as stream:
        yield stream


def test_an_open_stream_ends_with_its_session(address: str, fleet: Engine) -> None:
    with signed_in(address, "dispatcher") as service, heard(service) as stream:
        lines = stream.iter_lines()
        assert any("hello" in line for line in lines)
        with transaction(fleet) as connection:
            session_store.end_all(connection, "dispatcher", datetime.now(UTC))
        assert sum(1 for line in lines if "heartbeat" in line) < PATIENCE_S / live.HEARTBEAT_S  # it ends at all
        assert service.get("/v1/live").status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_no_other_site_writes_in_a_readers_name(client: TestClient, headers: Headers, status: int) -> None:
    client.post("/v1/session", json={"username": "dispatcher", "password": PASSWORD})
    answer = client.post("/v1/reports", json={"text": "猎德大道与黄埔大道西交叉口"}, headers=headers)
    assert answer.status_code in ({200, 201} if status == 200 else {403})
    assert (
        client.get("/v1/incidents", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
    )  # reading changes nothing


def test_sessions_long_over_are_forgotten(client: TestClient, dispatcher: Headers, fleet: Engine) -> None:
    with transaction(fleet) as connection:
        assert session_store.forget_before(connection, datetime.now(UTC)) == 0
        assert session_store.forget_before(connection, datetime.now(UTC) + timedelta(days=2)) == 1
        assert connection.execute(text("SELECT count(*) FROM sessions")).scalar_one() == 0
