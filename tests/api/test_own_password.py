"""Everybody changes their own password, who knows the one it is; all their other sessions end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from service import PASSWORD
from sqlalchemy import Engine

from api.access import sessions, sign_in_door
from api.administration.acts import acts
from api.credentials.security import Account
from api.credentials.strength import SHORTEST
from geo_data.database import transaction

NEW = " a new one, with spaces "  # kept as it was typed
Headers = dict[str, str]


def change(client: TestClient, headers: Headers, current: str = PASSWORD, new: str = NEW) -> Response:
    body = {"current_password": current, "new_password": new}
    return client.post("/v1/session/password", json=body, headers=headers)


def sign_in(client: TestClient, name: str, password: str) -> int:
    status = client.post("/v1/session", json={"username": name, "password": password}).status_code
    client.cookies.clear()
    return status


def bearer(client: TestClient, name: str) -> Headers:
    answer = client.post("/v1/session", json={"username": name, "password": PASSWORD})
    client.cookies.clear()
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def is_in(client: TestClient, headers: Headers) -> bool:
    return client.get("/v1/session", headers=headers).status_code == 200


def told(fleet: Engine) -> list[tuple[str, str, str]]:
    with transaction(fleet) as connection:
        return [(one.act.value, one.by, one.about) for one in acts(connection, 10)]


@pytest.mark.parametrize("name", ["dispatcher", "surveyor"])
def test_whoever_knows_theirs_gets_another_stays_signed_in_here_and_is_signed_out_elsewhere(
    client: TestClient, fleet: Engine, name: str
) -> None:
    elsewhere, here, somebody = bearer(client, name), bearer(client, name), bearer(client, "manager")
    assert change(client, here).status_code == 204
    assert [is_in(client, one) for one in (here, elsewhere, somebody)] == [True, False, True]
    assert [sign_in(client, name, password) for password in (PASSWORD, NEW, NEW.strip())] == [401, 200, 401]
    assert told(fleet) == [("password_changed", name, name)]


def test_a_wrong_current_password_or_a_weak_new_one_changes_nothing(
    client: TestClient, dispatcher: Headers, fleet: Engine
) -> None:
    other = bearer(client, "dispatcher")
    wrong = change(client, dispatcher, current=f"{PASSWORD} ")
    assert (wrong.status_code, wrong.json()["detail"]) == (403, "当前密码不对。(The current password is wrong.)")
    weak = change(client, dispatcher, new="x" * (SHORTEST - 1))
    assert (weak.status_code, f"至少 {SHORTEST} 个字符" in weak.json()["detail"]) == (422, True)
    assert change(client, dispatcher, new=" " * SHORTEST).status_code == 422
    full_width = PASSWORD.translate({ord(one): ord(one) + 0xFEE0 for one in "abcdefghijklmnopqrstuvwxyz"})
    assert [change(client, dispatcher, new=same).status_code for same in (PASSWORD, full_width)] == [422, 422]
    assert change(client, dispatcher, new="x" * 1001).status_code == 422  # no log-in would take it
    assert (is_in(client, other), sign_in(client, "dispatcher", PASSWORD)) == (True, 200)
    assert told(fleet) == []


def test_of_two_who_change_it_at_once_one_does_and_stays_signed_in(client: TestClient) -> None:
    both = [bearer(client, "dispatcher") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(lambda n: change(client, both[n], new=f"{NEW}{n}").status_code, range(2)))
    assert sorted(statuses) in ([204, 401], [204, 403])  # whose session has ended, or whose password is no more
    winner = statuses.index(204)
    assert [is_in(client, one) for one in both] == [n == winner for n in range(2)]
    assert sign_in(client, "dispatcher", f"{NEW}{winner}") == 200


def test_wrong_current_passwords_count_as_wrong_sign_ins_and_right_ones_do_not(
    client: TestClient, dispatcher: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_door, "MOST_OF_NAME_HERE", 3)
    weak = [change(client, dispatcher, new="short").status_code for _ in range(4)]
    assert weak == [422] * 4
    assert [change(client, dispatcher, current="guess").status_code for _ in range(2)] == [403] * 2
    assert sign_in(client, "dispatcher", "guess") == 401
    late = change(client, dispatcher)
    assert (late.status_code, "Retry-After" in late.headers) == (429, True)
    assert sign_in(client, "dispatcher", PASSWORD) == 429
    assert is_in(client, dispatcher)


def test_only_a_session_that_a_password_began_may_change_it(
    client: TestClient, dispatcher: Headers, fleet: Engine
) -> None:
    with transaction(fleet) as connection:
        token = sessions.begin(connection, Account("dispatcher", "dispatcher"), datetime.now(UTC), way="company")
    company = {"Authorization": f"Bearer {token}"}
    offered = [client.get("/v1/session", headers=one).json()["by_password"] for one in (dispatcher, company)]
    assert offered == [True, False]
    refused = change(client, company)
    assert (refused.status_code, "企业账号" in refused.json()["detail"]) == (403, True)
    assert change(client, {}).status_code == 401
    assert sign_in(client, "dispatcher", PASSWORD) == 200
