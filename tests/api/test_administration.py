"""The administrator's work: people, sessions and organisations, each act kept as a fact."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from service import PASSWORD
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from api.access import sign_in_door
from api.administration.acts import COMMAND_LINE
from api.administration.people import People, new_password
from api.credentials import accounts
from api.credentials.security import Account
from dispatch.errors import Conflict, InvalidInput
from dispatch.unit import GUANGZHOU_TIME
from geo_data.database import transaction
from geo_data.principal import enter
from geo_data.stores.organisation_store import Organisation, PostgisOrganisations

OWN = "/v1/administration"
Headers = dict[str, str]


class Office:
    """An administrator at work."""

    def __init__(self, client: TestClient, headers: Headers) -> None:
        self.client, self.headers = client, headers

    def get(self, path: str) -> Any:
        answer = self.client.get(f"{OWN}{path}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, path: str, body: Any = None, method: str = "POST") -> Response:
        return self.client.request(method, f"{OWN}{quote(path)}", json=body, headers=self.headers)

    def person(self, name: str) -> dict[str, Any]:
        return next(one for one in self.get("/people") if one["name"] == name)


def sign_in(client: TestClient, name: str, password: str) -> Response:
    answer = client.post("/v1/session", json={"username": name, "password": password})
    client.cookies.clear()
    return answer


def token(answer: Response) -> Headers:
    return {"Authorization": f"Bearer {answer.json()['token']}"}


@pytest.fixture
def office(client: TestClient, fleet: Engine) -> Office:
    with transaction(fleet) as connection:
        accounts.save(connection, Account("administrator", "administrator"), PASSWORD)
    return Office(client, token(sign_in(client, "administrator", PASSWORD)))


def test_somebody_is_added_signs_in_changes_seats_and_is_shut_out_and_all_of_it_is_kept(
    client: TestClient, office: Office
) -> None:
    made = office.send("/people", {"name": "李 华", "role": "auditor"})
    assert made.status_code == 201
    assert office.person("李 华")["last_sign_in_at"] is None
    li = token(sign_in(client, "李 华", made.json()["password"]))
    shown = office.person("李 华")
    assert (shown["sessions"], shown["seat"], shown["last_sign_in_at"] is None) == (1, "auditor", False)
    assert client.get("/v1/session", headers=li).json()["seat"] == "auditor"
    assert office.send("/people/李 华", {"role": "manager"}).json()["seat"] == "manager"
    assert client.get("/v1/session", headers=li).status_code == 401  # the old seat went with the session
    again = office.send("/people/李 华/password").json()["password"]
    assert sign_in(client, "李 华", made.json()["password"]).status_code == 401
    li = token(sign_in(client, "李 华", again))
    assert office.send("/people/李 华/disable").json()["disabled_at"]
    assert client.get("/v1/session", headers=li).status_code == 401
    assert sign_in(client, "李 华", again).status_code == 401
    office.send("/people/李 华/enable")
    assert sign_in(client, "李 华", again).status_code == 200
    told = [(one["act"], one["by"], one["words"]) for one in reversed(office.get("/acts")) if one["about"] == "李 华"]
    assert [act for act, _, _ in told] == [
        "person_added", "person_changed", "password_reset", "person_disabled", "person_enabled",
    ]  # fmt: skip
    assert {by for _, by, _ in told} == {"administrator"}
    assert told[1][2] == "auditor · house → manager · house"
    assert not any(secret in str(office.get("/acts")) for secret in (again, made.json()["password"]))


def test_nobody_takes_their_own_seat_nor_the_last_administrators(office: Office, fleet: Engine) -> None:
    for answer in (
        office.send("/people/administrator/disable"),
        office.send("/people/administrator", {"role": "manager"}),
    ):
        assert (answer.status_code, "另一位管理员" in answer.json()["detail"]) == (403, True)
    with transaction(fleet) as connection:
        by_hand = People(connection, datetime.now(UTC), COMMAND_LINE)
        for act in (
            lambda: by_hand.disable("administrator"),
            lambda: by_hand.put(Account("administrator", "manager"), PASSWORD),
        ):
            with pytest.raises(Conflict, match="最后一个管理员"):
                act()
        by_hand.add(Account("second", "administrator"), PASSWORD)
        by_hand.disable("administrator")  # there is another
        with pytest.raises(Conflict, match="最后一个管理员"):
            by_hand.disable("second")


def test_sessions_are_listed_by_kind_of_device_and_ended_one_by_one_or_all_of_somebody(
    client: TestClient, office: Office
) -> None:
    phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126 Mobile Safari/537.36"
    desk = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126 Safari/537.36"
    signed = []
    for agent in (phone, desk, "curl/8"):
        body = {"username": "manager", "password": PASSWORD}
        signed.append(token(client.post("/v1/session", json=body, headers={"User-Agent": agent})))
        client.cookies.clear()
    found = {one["device"]: one for one in office.get("/sessions") if one["account"] == "manager"}
    assert found.keys() == {"phone", "computer", "program"}
    assert office.send(f"/sessions/{found['phone']['id']}", method="DELETE").status_code == 204
    assert [client.get("/v1/session", headers=one).status_code for one in signed] == [401, 200, 200]
    assert office.send("/people/manager/sessions", method="DELETE").status_code == 204
    assert [client.get("/v1/session", headers=one).status_code for one in signed] == [401] * 3
    assert {one["account"] for one in office.get("/sessions")} == {"administrator"}
    assert office.send("/sessions/nothing", method="DELETE").status_code == 422
    assert office.send(f"/sessions/{uuid4()}", method="DELETE").status_code == 404


def test_who_is_locked_out_is_seen_and_let_in_again(
    client: TestClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_door, "MOST_OF_NAME_HERE", 2)
    assert [sign_in(client, "manager", "guess").status_code for _ in range(3)] == [401, 401, 429]
    assert sign_in(client, "manager", PASSWORD).status_code == 429
    assert office.person("manager")["locked_until"]
    assert office.person("dispatcher")["locked_until"] is None
    assert office.send("/people/manager/unlock").json()["locked_until"] is None
    assert sign_in(client, "manager", PASSWORD).status_code == 200


def test_an_organisation_is_added_renamed_and_its_people_shut_out_together(client: TestClient, office: Office) -> None:
    body = {"id": "huanwei", "kind": "client", "name": "环卫车队", "plates": ["粤A12345"]}
    assert office.send("/organisations", body).json()["plates"] == 1
    assert office.send("/organisations", body).status_code == 409
    changed = office.send("/organisations/huanwei", {"name": "黄埔环卫", "client_id": "C0001"}).json()
    assert (changed["name"], changed["client_id"]) == ("黄埔环卫", "C0001")
    password = office.send("/people", {"name": "li", "role": "manager", "organisation_id": "huanwei"}).json()[
        "password"
    ]
    li = token(sign_in(client, "li", password))
    assert office.send("/organisations/huanwei/disable").json()["disabled_at"]
    assert client.get("/v1/session", headers=li).status_code == 401
    assert sign_in(client, "li", password).status_code == 401
    assert office.person("li")["organisation_disabled"]
    office.send("/organisations/huanwei/enable")
    assert sign_in(client, "li", password).status_code == 200
    assert office.send("/organisations/house/disable").status_code == 403
    assert office.send("/organisations/nowhere/disable").status_code == 404
    wrong = ({"name": " "}, {"name": "x", "client_id": "第一号"})
    assert [office.send("/organisations/huanwei", one).status_code for one in wrong] == [422, 422]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "dispatcher", "role": "manager"}, 409),
        ({"name": "a/b", "role": "manager"}, 422),
        ({"name": "..", "role": "manager"}, 422),
        ({"name": "x", "role": "king"}, 422),
        ({"name": "x", "role": "surveyor"}, 422),
        ({"name": "x", "role": "partner"}, 422),
        ({"name": "x", "role": "surveyor", "unit_id": "S99"}, 404),
        ({"name": "x", "role": "manager", "organisation_id": "nowhere"}, 422),
    ],
)
def test_who_can_not_be_is_refused_and_nothing_is_kept(office: Office, body: dict[str, str], status: int) -> None:
    before = office.get("/people")
    assert office.send("/people", body).status_code == status
    assert [one["name"] for one in office.get("/people")] == [one["name"] for one in before]
    assert office.get("/acts") == []


def test_a_surveyor_has_a_unit_of_its_own_organisation(office: Office, fleet: Engine) -> None:
    with transaction(fleet) as connection:
        tow = Organisation(id="tuoche", kind="tow", name="拖车")
        PostgisOrganisations(connection).add(tow, datetime.now(UTC), units=["T01"])
        with pytest.raises(InvalidInput, match="其他组织"):
            accounts.check(connection, Account("x", "surveyor", "S000", "tuoche"))
        accounts.check(connection, Account("x", "surveyor", "T01", "tuoche"))
    assert {one["id"]: one["organisation_id"] for one in office.get("/units")} == {
        "S000": "house", "S001": "house", "S002": "house", "T01": "tuoche",
    }  # fmt: skip


def test_the_readings_of_a_day_are_found_and_looking_at_people_is_one(client: TestClient, office: Office) -> None:
    office.get("/people")
    path = "/v1/privacy/access"

    def seen(**query: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = client.get(path, headers=office.headers, params=query).json()
        return [one for one in found if one["what"] == "people"]

    (one,) = seen(who="administrator")
    assert one["route"] == "GET /v1/administration/people"
    day = datetime.fromisoformat(one["at"]).astimezone(GUANGZHOU_TIME).date()
    assert seen(day=str(day), who="administrator") == [one]
    assert seen(day=str(day), who="manager") == seen(day=str(day - timedelta(days=1))) == []
    assert client.get(path, headers=office.headers, params={"day": "today"}).status_code == 422


def test_only_administrators_write_what_administrators_did_and_no_outsider_reads_it(
    office: Office, fleet: Engine
) -> None:
    office.send("/people", {"name": "li", "role": "auditor"})
    written = (
        "INSERT INTO service_facts (stream, seq, kind, at, body, hash) VALUES (:stream, 99, 'x', now(), '{}', '\\x00')"
    )
    for name, reads, writes in (
        ("administrator", 1, ["house/administration"]),
        ("dispatcher", 1, ["house/rules"]),
        ("surveyor", 0, []),
    ):
        for stream in ("house/administration", "house/rules"):
            with fleet.connect() as connection:
                enter(connection, name)
                found = connection.execute(text("SELECT count(*) FROM service_facts WHERE kind = 'AdministrationDone'"))
                assert found.scalar_one() == reads, name
                refused = nullcontext() if stream in writes else pytest.raises(ProgrammingError, match="row-level")
                with refused:
                    connection.execute(text(written), {"stream": stream})


def test_passwords_made_here_are_long_and_never_the_same() -> None:
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    assert {len(one) for one in made} == {19}
