"""Who may do what."""

from uuid import uuid4

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from service import PASSWORD

from api.access.doors import DOORS, OPEN
from api.credentials import accounts, security
from api.main import ROUTERS

Headers = dict[str, str]


def routes() -> list[tuple[str, str]]:
    return [
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
        if DOORS.get((method, route.path)) != OPEN
    ]


def test_every_route_but_the_open_ones_asks_who_is_there(client: TestClient) -> None:
    checked = 0
    for method, path in routes():
        keys = dict.fromkeys(
            ("incident_id", "assignment_id", "unit_id", "condition_id", "client_id", "organisation_id", "name"), "x"
        )
        address = path.format(**keys, device_id=1, z=1, x=0, y=0, sha256="0", number=1, kind="units", session_id="x")
        answer = client.request(method, address, follow_redirects=False)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/login?next="), path
        else:
            assert answer.status_code == 401, (method, path, answer.status_code)
        checked += 1
    assert checked > 20


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/reports"),
        ("POST", "/v1/incidents/x/assignments"),
        ("POST", "/v1/incidents/x/location"),
        ("POST", "/v1/incidents/x/close"),
    ],
)
def test_only_a_dispatcher_changes_incidents(
    client: TestClient, manager: Headers, surveyor: Headers, method: str, path: str
) -> None:
    body = {"text": "猎德大道", "lon": 113.3, "lat": 23.1, "reason": "x"}
    wanted = {"/v1/reports": ["text"], "/v1/incidents/x/location": ["lon", "lat"], "/v1/incidents/x/close": ["reason"]}
    sent = {key: body[key] for key in wanted.get(path, [])}
    for who in (manager, surveyor):
        assert client.request(method, path, json=sent, headers=who).status_code == 403


def test_the_service_hashes_passwords_as_slowly_as_rfc_9106_asks() -> None:
    assert extract_parameters(accounts._NOBODY) == RFC_9106_LOW_MEMORY  # made before tests hash theirs at once


def test_a_surveyor_sees_and_moves_only_its_own_unit(client: TestClient, surveyor: Headers) -> None:
    assert client.get("/v1/units/S000", headers=surveyor).status_code == 200
    assert client.get("/v1/units/S001", headers=surveyor).status_code == 403
    assert client.get("/v1/picture", headers=surveyor).status_code == 403
    fix = {"unit_id": "S001", "lon": 113.3, "lat": 23.1, "at": "2026-11-22T08:00:00+08:00"}
    assert client.post("/v1/positions", json={"fixes": [fix]}, headers=surveyor).status_code == 403


def test_a_surveyor_cannot_act_on_anothers_assignment(
    client: TestClient, dispatcher: Headers, surveyor: Headers
) -> None:
    incident = client.post("/v1/reports", json={"text": "猎德大道与黄埔大道西交叉口"}, headers=dispatcher).json()
    job = client.post(
        f"/v1/incidents/{incident['id']}/assignments", json={"unit_id": "S002", "reason": "熟路"}, headers=dispatcher
    ).json()["assignments"][0]["id"]
    assert client.post(f"/v1/assignments/{job}/accept", headers=surveyor).status_code == 404  # as if there were none


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: TestClient) -> None:
    answers = [
        client.post("/v1/session", json={"username": name, "password": "wrong"}) for name in ("dispatcher", "nobody")
    ]
    assert {a.status_code for a in answers} == {401}
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


def test_a_forged_token_opens_nothing(client: TestClient) -> None:
    forged = security.sign(security.Bearer("dispatcher", uuid4(), "dispatcher"), "another secret")
    assert client.get("/v1/picture", headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    answer = client.post("/v1/session", json={"username": "manager", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/v1/session").json()["username"] == "manager"
    client.delete("/v1/session")
    assert client.get("/v1/session").status_code == 401


def test_a_manager_moves_no_unit(client: TestClient, manager: Headers) -> None:
    fix = {"unit_id": "S001", "lon": 113.3, "lat": 23.1, "at": "2026-11-22T08:00:00+08:00"}
    assert client.post("/v1/positions", json={"fixes": [fix]}, headers=manager).status_code == 403


def test_a_surveyor_sees_its_own_assignment_and_not_who_else_was_weighed(
    client: TestClient, dispatcher: Headers, surveyor: Headers
) -> None:
    incident = client.post("/v1/reports", json={"text": "猎德大道与黄埔大道西交叉口"}, headers=dispatcher).json()
    client.post(f"/v1/incidents/{incident['id']}/assignments", json={}, headers=dispatcher)
    (own,) = client.get("/v1/units/S000/assignments", headers=surveyor).json()
    assert [a["unit_id"] for a in own["assignments"]] == ["S000"]
    assert own["assignments"][0]["runners_up"] == own["assignments"][0]["refused"] == []
