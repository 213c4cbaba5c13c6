"""Over HTTP: tow and shop as one plan, the owner's wish, delivery, and partners in other cities."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from service import PASSWORD
from sqlalchemy import Engine, text

from api.access.dependencies import now as wall_clock
from api.credentials import accounts
from api.credentials.security import Account
from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME, PartnerRepairShop, Shift
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet

REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾,车动不了"
ELSEWHERE = "佛山市南海区广佛路10号追尾"
Headers = dict[str, str]


NOON = datetime(2026, 11, 30, 12, tzinfo=GUANGZHOU_TIME)


@pytest.fixture(autouse=True)
def _it_is_noon(client: TestClient, fleet: Engine) -> None:
    """A place in a shop is booked for the day the vehicle arrives: today, wherever midnight is for the machine."""
    ahead = NOON - datetime.now(GUANGZHOU_TIME)
    client.app.dependency_overrides[wall_clock] = lambda: datetime.now(GUANGZHOU_TIME) + ahead  # type: ignore[attr-defined]
    with transaction(fleet) as connection:
        connection.execute(text("UPDATE latest_fixes SET at = :at"), {"at": NOON - timedelta(seconds=2)})


@pytest.fixture
def shops(fleet: Engine) -> Engine:
    """A near shop that is shut, one that takes a single vehicle, one for some makes, one not designated."""
    at = {"R1": (113.335, 23.12), "R2": (113.34, 23.12), "R3": (113.35, 23.13), "R4": (113.345, 23.125)}
    where = {key: Position(*place) for key, place in at.items()}
    with transaction(fleet) as connection:
        store = PostgisFleet(connection)
        store.save_shops(
            [
                PartnerRepairShop(id="R1", name="第一厂", position=where["R1"], hours=Shift(time(9), time(10))),
                PartnerRepairShop(id="R2", name="第二厂", position=where["R2"], capacity=1),
                PartnerRepairShop(id="R3", name="第三厂", position=where["R3"], makes=frozenset({"丰田"})),
                PartnerRepairShop(id="R4", name="第四厂", position=where["R4"], designated=False),
            ]
        )
        accounts.save(connection, Account("tow", "surveyor", "T01"), PASSWORD)
    return fleet


@pytest.fixture
def tow(client: TestClient, shops: Engine) -> Headers:
    answer = client.post("/v1/session", json={"username": "tow", "password": PASSWORD})
    client.cookies.clear()
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def post(client: TestClient, who: Headers, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = client.post(path, json=body, headers=who)
    assert answer.status_code in (200, 201), answer.text
    after: dict[str, Any] = answer.json()
    return after


def report(client: TestClient, who: Headers, text: str = REPORT, **more: Any) -> dict[str, Any]:
    return post(client, who, "/v1/reports", {"text": text, **more})


def send_tow(client: TestClient, who: Headers, incident: dict[str, Any]) -> dict[str, Any]:
    return post(client, who, f"/v1/incidents/{incident['id']}/assignments", {"role": "tow_unit"})


def test_a_shop_says_whether_it_takes_a_vehicle_now(client: TestClient, shops: Engine, dispatcher: Headers) -> None:
    def said() -> dict[str, tuple[str, int]]:
        answer = client.get("/v1/shops", headers=dispatcher).json()
        return {s["id"]: (s["status"], s["booked"]) for s in answer}

    assert said() == {"R1": ("closed", 0), "R2": ("open", 0), "R3": ("open", 0), "R4": ("open", 0)}
    send_tow(client, dispatcher, report(client, dispatcher))
    assert said()["R2"] == ("full", 1)


def test_the_plan_shows_both_legs_and_why_other_shops_cannot_take_it(
    client: TestClient, dispatcher: Headers, shops: Engine
) -> None:
    incident = report(client, dispatcher)
    plan = client.get(f"/v1/incidents/{incident['id']}/recovery", headers=dispatcher).json()
    assert plan["unit_id"] == "T01"
    assert plan["chosen"] is None
    assert [o["shop_id"] for o in plan["options"]] == ["R2", "R4"]
    best = plan["options"][0]
    assert 60 < best["leg_s"] < 1800
    assert best["arrive_s"] == pytest.approx(plan["to_scene_s"] + plan["loading_s"] + best["leg_s"])
    assert {r["shop_id"]: r["reason"] for r in plan["refused"]} == {"R1": "closed", "R3": "make_unknown"}
    assert "第二厂" in plan["explanation"]
    toyota = client.get(f"/v1/incidents/{incident['id']}/recovery?make=丰田", headers=dispatcher).json()
    assert {o["shop_id"] for o in toyota["options"]} == {"R2", "R3", "R4"}


def test_a_vehicle_is_towed_from_the_scene_to_the_shop(client: TestClient, dispatcher: Headers, tow: Headers) -> None:
    incident = send_tow(client, dispatcher, report(client, dispatcher, make="丰田"))
    assert (incident["make"], incident["shop"]["shop"]["shop_id"]) == ("丰田", "R2")
    job = incident["assignments"][0]["id"]
    to_scene = client.get(f"/v1/assignments/{job}/route", headers=tow).json()
    for step in ("accept", "depart", "arrive"):
        mine = post(client, tow, f"/v1/assignments/{job}/{step}")
    assert mine["shop"]["shop"]["shop_name"] == "第二厂"
    to_shop = client.get(f"/v1/assignments/{job}/route", headers=tow).json()
    assert to_shop["geometry"]["coordinates"][-1] != to_scene["geometry"]["coordinates"][-1]
    after = post(client, tow, f"/v1/assignments/{job}/deliver", {"point": {"lon": 113.34, "lat": 23.12}})
    assert after["assignments"][0]["status"] == "cleared"
    assert after["shop"]["delivered_at"] is not None
    assert client.get("/v1/units/T01", headers=tow).json()["status"] == "idle"
    again = client.post(f"/v1/assignments/{job}/deliver", headers=tow)
    assert again.status_code == 409
    kinds = [e["kind"] for e in client.get(f"/v1/incidents/{incident['id']}/events", headers=dispatcher).json()]
    assert kinds[3:] == [
        "UnitOffered", "RepairShopChosen", "AssignmentAccepted", "UnitDeparted", "ArrivalClaimed", "VehicleDelivered",
        "UnitCleared",
    ]  # fmt: skip


def test_a_tow_that_leaves_without_the_vehicle_says_why(client: TestClient, dispatcher: Headers, tow: Headers) -> None:
    incident = send_tow(client, dispatcher, report(client, dispatcher, make="丰田"))
    job = incident["assignments"][0]["id"]
    for step in ("accept", "depart", "arrive"):
        post(client, tow, f"/v1/assignments/{job}/{step}")
    refused = client.post(f"/v1/assignments/{job}/clear", headers=tow)
    assert (refused.status_code, "未送修的原因" in refused.json()["detail"]) == (422, True)
    post(client, tow, f"/v1/assignments/{job}/clear", {"reason": "车主自行开走"})
    shown = client.get(f"/v1/incidents/{incident['id']}", headers=dispatcher).json()
    assert (shown["shop"], shown["assignments"][0]["ended_reason"]) == (None, "车主自行开走")


def test_a_closed_incident_is_said_to_be_closed(client: TestClient, dispatcher: Headers, shops: Engine) -> None:
    path = f"/v1/incidents/{report(client, dispatcher)['id']}"
    post(client, dispatcher, f"{path}/close", {"reason": "撤案"})
    for answer in (
        client.post(f"{path}/recovery/shop", json={}, headers=dispatcher),
        client.get(f"{path}/recovery", headers=dispatcher),
    ):
        assert (answer.status_code, "已结束" in answer.json()["detail"]) == (409, True)


def test_another_unit_does_not_see_where_the_vehicle_goes_and_cannot_deliver_it(
    client: TestClient, dispatcher: Headers, surveyor: Headers, shops: Engine
) -> None:
    incident = report(client, dispatcher)
    post(client, dispatcher, f"/v1/incidents/{incident['id']}/assignments", {"unit_id": "S000"})
    job = send_tow(client, dispatcher, incident)["assignments"][1]["id"]
    assert client.get("/v1/units/S000/assignments", headers=surveyor).json()[0]["shop"] is None
    assert client.post(f"/v1/assignments/{job}/deliver", headers=surveyor).status_code == 404


def test_the_owner_s_wish_needs_a_reason_and_a_shop_that_can(
    client: TestClient, dispatcher: Headers, manager: Headers, shops: Engine
) -> None:
    incident = report(client, dispatcher)
    path = f"/v1/incidents/{incident['id']}/recovery/shop"
    early = client.post(path, json={}, headers=dispatcher)
    assert (early.status_code, "先派施救车" in early.json()["detail"]) == (409, True)
    send_tow(client, dispatcher, incident)
    for body, status, told in (
        ({"shop_id": "R4"}, 422, "原因"),
        ({"shop_id": "R1", "reason": "车主指定"}, 409, "不营业"),
        ({"shop_id": "R9", "reason": "车主指定"}, 404, "R9"),
        ({"shop_id": "R3", "reason": "车主指定"}, 409, "品牌"),
    ):
        answer = client.post(path, json=body, headers=dispatcher)
        assert (answer.status_code, told in answer.json()["detail"]) == (status, True), answer.text
    assert client.post(path, json={}, headers=manager).status_code == 403
    after = post(client, dispatcher, path, {"shop_id": "R3", "reason": "车主指定", "make": "丰田"})
    assert (after["shop"]["shop"]["shop_id"], after["shop"]["override_reason"]) == ("R3", "车主指定")


def test_a_shop_with_one_place_takes_one_vehicle(client: TestClient, dispatcher: Headers, shops: Engine) -> None:
    send_tow(client, dispatcher, report(client, dispatcher))
    plan = client.get(f"/v1/incidents/{report(client, dispatcher)['id']}/recovery", headers=dispatcher).json()
    assert plan["unit_id"] is None  # the only tow is busy, and the plan says so
    assert "没有可派的施救车" in plan["explanation"]


def test_shops_show_their_hours_makes_and_capacity(client: TestClient, dispatcher: Headers, shops: Engine) -> None:
    shown = {s["id"]: s for s in client.get("/v1/shops", headers=dispatcher).json()}
    assert (shown["R2"]["capacity"], shown["R3"]["makes"]) == (1, ["丰田"])
    assert shown["R2"]["opens"] == shown["R2"]["closes"] == time(0).isoformat()


def test_a_report_from_another_city_goes_to_the_partner_there(client: TestClient, dispatcher: Headers) -> None:
    incident = report(client, dispatcher, ELSEWHERE)
    assert incident["partner"]["city"] == "佛山市"
    assert "模拟" in incident["partner"]["name"]
    assert (incident["commitment"]["zone_label"], incident["commitment"]["limit_s"]) == ("省内", 3600)
    path = f"/v1/incidents/{incident['id']}/partner/reports"
    accepted = post(client, dispatcher, path, {"step": "accepted", "told_by": "李师傅"})
    assert (accepted["status"], accepted["partner"]["told_by"]) == ("accepted", "李师傅")
    post(client, dispatcher, path, {"step": "on_scene", "told_by": "李师傅"})
    done = post(client, dispatcher, path, {"step": "delivered", "told_by": "李师傅"})
    assert done["status"] == "closed"
    zones = client.get("/v1/audit", headers=dispatcher).json()["by_zone"]
    assert (zones["province"]["kept"], "urban" in zones) == (1, False)


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"step": "accepted", "told_by": ""}, 422, "told_by"),
        ({"step": "gone", "told_by": "李"}, 422, "step"),
        ({"step": "accepted", "told_by": "李", "at": "2026-11-22T08:00:00"}, 422, "time zone"),
        ({"step": "accepted", "told_by": "李", "at": "0001-01-01T00:00:00+08:00"}, 422, "2000"),
        ({"step": "accepted", "told_by": "李", "at": "2020-11-22T08:00:00+08:00"}, 409, "早于"),
        ({"step": "accepted", "told_by": "李", "at": "2100-11-22T08:00:00+08:00"}, 422, "晚于现在"),
    ],
)
def test_what_a_partner_cannot_have_said_is_refused(
    client: TestClient, dispatcher: Headers, body: dict[str, Any], status: int, told: str
) -> None:
    incident = report(client, dispatcher, ELSEWHERE)
    answer = client.post(f"/v1/incidents/{incident['id']}/partner/reports", json=body, headers=dispatcher)
    assert (answer.status_code, told in answer.json()["detail"]) == (status, True), answer.text


def test_outside_the_province_a_report_is_refused_with_what_to_do(client: TestClient, dispatcher: Headers) -> None:
    answer = client.post("/v1/reports", json={"text": "湖南长沙市五一路追尾"}, headers=dispatcher)
    assert (answer.status_code, "转总公司" in answer.json()["detail"]) == (422, True)
    point = {"lon": 113.12, "lat": 23.02}
    assert report(client, dispatcher, ELSEWHERE, point=point)["partner"]["city"] == "佛山市"
