"""Guessing passwords: a few wrong ones, then a wait; who signs in well never meets it."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from service import PASSWORD
from sqlalchemy.pool import QueuePool

from api import wiring
from api.access import sign_in_door

MOST = 3


@pytest.fixture(autouse=True)
def few_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_door, "MOST_OF_NAME_HERE", MOST)
    monkeypatch.setattr(sign_in_door, "MOST_HERE", 2 * MOST)


def sign_in(client: TestClient, name: str, password: str) -> int:
    return client.post("/v1/session", json={"username": name, "password": password}).status_code


def test_after_a_few_wrong_passwords_even_the_right_one_has_to_wait(client: TestClient) -> None:
    assert [sign_in(client, "dispatcher", "guess") for _ in range(MOST + 1)] == [401] * MOST + [429]
    answer = client.post("/v1/session", json={"username": "dispatcher", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "登录尝试过多" in answer.json()["detail"]
    assert "token" not in answer.text


def test_one_name_guessed_at_does_not_lock_the_colleague_next_to_it_out(client: TestClient) -> None:
    assert {sign_in(client, "dispatcher", "guess") for _ in range(MOST)} == {401}
    assert sign_in(client, "manager", PASSWORD) == 200


def test_trying_one_password_on_many_names_meets_the_bound_of_the_address(client: TestClient) -> None:
    assert [sign_in(client, f"name{i}", "guess") for i in range(2 * MOST + 1)] == [401] * 2 * MOST + [429]


def test_signing_in_well_again_and_again_counts_for_nothing(client: TestClient) -> None:
    assert {sign_in(client, "dispatcher", PASSWORD) for _ in range(3 * MOST)} == {200}


def test_the_window_passes(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [sign_in(client, "dispatcher", "guess") for _ in range(MOST + 1)][-1] == 429
    monkeypatch.setattr(sign_in_door, "WINDOW_S", -timedelta(hours=1).total_seconds())
    assert sign_in(client, "dispatcher", PASSWORD) == 200


def test_signing_in_needs_one_connection_of_the_pool_and_waits_for_no_second(client: TestClient) -> None:
    with ExitStack() as held:
        pool = wiring.database().pool
        assert isinstance(pool, QueuePool)
        for _ in range(pool.size() + pool._max_overflow - 1):
            held.enter_context(wiring.database().connect())
        assert sign_in(client, "dispatcher", PASSWORD) == 200
