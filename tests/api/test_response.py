"""Triage, plans and what a dispatcher decides on them, over HTTP and on the command line."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from typer.testing import CliRunner

from api.cli import app
from geo_data.database import transaction
from geo_data.stores.postgis_log import PostgisLog

PLACE = "天河区黄埔大道西与猎德大道交叉口"
Headers = dict[str, str]


def report(client: TestClient, who: Headers, words: str, **more: Any) -> dict[str, Any]:
    answer = client.post("/v1/reports", json={"text": f"{PLACE},{words}", **more}, headers=who)
    assert answer.status_code == 201, answer.text
    taken: dict[str, Any] = answer.json()
    return taken


def decide(client: TestClient, who: Headers, incident: dict[str, Any], what: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/v1/incidents/{incident['id']}/{what}", json=body, headers=who)
    after: dict[str, Any] = answer.json() | {"code": answer.status_code}
    return after


def test_answers_make_the_tiers_and_the_incident_shows_its_plan(client: TestClient, dispatcher: Headers) -> None:
    taken = report(
        client, dispatcher, "追尾", injured=True, on_expressway=True, vehicles=2, drivable=False, make="丰田"
    )
    shown = client.get(f"/v1/incidents/{taken['id']}", headers=dispatcher).json()
    assert shown["tier"] == "injury"
    plan = shown["response"]
    assert (plan["tiers"], plan["tier_labels"]) == (["injury", "expressway"], ["人伤", "高速公路"])
    assert [f["because"] for f in plan["findings"]] == ["报案人答:有人受伤", "报案人答:在高速公路上"]
    assert [(n["role"], n["skills"], n["status"]) for n in plan["needs"]] == [
        ("surveyor", [], "open"),
        ("tow_unit", ["expressway"], "open"),
        ("specialist", [], "open"),
    ]
    assert (plan["police"], plan["remote_allowed"]) == (["120", "12122", "122"], False)
    assert (plan["drivable"], plan["vehicles"], plan["make"]) == (False, 2, "丰田")
    assert "人伤专员" in plan["sentence"]


def test_a_tier_is_changed_with_a_reason_and_the_promise_stays(
    client: TestClient, dispatcher: Headers, manager: Headers, fleet: Engine
) -> None:
    taken = report(client, dispatcher, "一人受伤")
    assert decide(client, manager, taken, "tier", tiers=["minor"], reason="x")["code"] == 403
    assert decide(client, dispatcher, taken, "tier", tiers=["minor"], reason="")["code"] == 422
    assert decide(client, dispatcher, taken, "tier", tiers=[], reason="x")["code"] == 422
    assert decide(client, dispatcher, taken, "tier", tiers=["grave"], reason="x")["code"] == 422
    after = decide(client, dispatcher, taken, "tier", tiers=["multi_vehicle", "heavy_loss"], reason="现场回报")
    assert (after["tier"], after["response"]["tiers"]) == ("heavy_loss", ["heavy_loss", "multi_vehicle"])
    assert after["response"]["tiers_changed"] == "现场回报"
    assert after["commitment"] == taken["commitment"]
    with transaction(fleet) as connection:
        promise = PostgisLog(connection).incident(taken["id"]).commitment
    assert promise is not None
    assert promise.tier == "injury"


def test_a_unit_without_the_skill_is_refused_by_name(client: TestClient, dispatcher: Headers) -> None:
    taken = report(client, dispatcher, "小车侧翻")
    advice = client.get(f"/v1/incidents/{taken['id']}/recommendation", headers=dispatcher).json()
    assert advice["options"] == []
    assert {r["reason"] for r in advice["refused"]} == {"lacks_skill"}


def test_a_hospital_is_found_by_its_words(client: TestClient, dispatcher: Headers) -> None:
    taken = report(client, dispatcher, "一人受伤", hospital=PLACE)
    assert taken["response"]["hospital"] == PLACE
    moved = decide(client, dispatcher, taken, "hospital", text="体育西路与天河路交叉口的医院")
    assert moved["response"]["hospital"] == "体育西路与天河路交叉口的医院"
    assert decide(client, dispatcher, taken, "hospital", text="某处")["code"] == 422


def test_a_hospital_that_is_not_sure_is_asked_before_a_specialist_goes(client: TestClient, dispatcher: Headers) -> None:
    taken = report(client, dispatcher, "一人受伤", hospital="北京协和医院")
    shown = taken["response"]
    assert shown["hospital"] == "北京协和医院"
    assert "以外" in shown["hospital_question"]
    role = {"role": "specialist"}
    refused = client.post(f"/v1/incidents/{taken['id']}/assignments", json=role, headers=dispatcher)
    assert (refused.status_code, refused.json()["detail"]) == (422, shown["hospital_question"])
    vague = decide(client, dispatcher, taken, "hospital", text="协和医院")
    assert (vague["code"], "不能确定" in vague["detail"]) == (422, True)
    point = {"lon": 113.36, "lat": 23.13}
    after = decide(client, dispatcher, taken, "hospital", text="协和医院", point=point)["response"]
    assert (after["hospital"], after["hospital_question"]) == ("协和医院", "")


def test_a_report_asks_what_the_geocoder_asks(client: TestClient, dispatcher: Headers) -> None:
    for words in ("天河路", "佛山祖庙", "说不清在哪里"):
        point = {"lon": 113.33, "lat": 23.13} if words == "佛山祖庙" else None
        asked = client.get("/v1/geocode", params={"text": words, **(point or {})}, headers=dispatcher).json()
        taken = client.post("/v1/reports", json={"text": words, "point": point}, headers=dispatcher).json()
        question = asked["location"]["question"] if asked["location"] else asked["reason"]
        assert question.endswith("?")
        assert taken["question"] == question
        assert (taken["location"] or {"question": question})["question"] == question
    pinned = client.post(
        f"/v1/incidents/{taken['id']}/location", json={"lon": 113.33, "lat": 23.13}, headers=dispatcher
    ).json()
    assert pinned["question"] == ""


@pytest.mark.parametrize("words", ["在香港中环追尾", "澳门", "我在上海出了车祸"])
def test_a_report_from_beyond_the_province_is_refused_with_what_to_do(
    client: TestClient, dispatcher: Headers, words: str
) -> None:
    answer = client.post("/v1/reports", json={"text": words}, headers=dispatcher)
    assert (answer.status_code, "总公司" in answer.json()["detail"]) == (422, True)


def test_a_number_of_vehicles_is_a_number(client: TestClient, dispatcher: Headers) -> None:
    answer = client.post("/v1/reports", json={"text": PLACE, "vehicles": True}, headers=dispatcher)
    assert (answer.status_code, "vehicles" in answer.json()["detail"]) == (422, True)


def test_a_survey_by_video_is_refused_near_a_surveyor_and_counted_apart_where_nobody_can_go(
    client: TestClient, dispatcher: Headers
) -> None:
    near = report(client, dispatcher, "轻微刮蹭")
    assert near["response"]["remote_allowed"]
    assert decide(client, dispatcher, near, "remote/start", surveyor="陈工")["code"] == 409
    lost = client.post("/v1/reports", json={"text": "轻微刮蹭,说不清在哪"}, headers=dispatcher).json()
    assert lost["status"] == "unlocated"
    started = decide(client, dispatcher, lost, "remote/start", surveyor="陈工", consent="录音 0412")
    assert started["response"]["needs"][0]["status"] == "under_way"
    assert decide(client, dispatcher, lost, "remote/end", completed=False)["code"] == 422
    ended = decide(client, dispatcher, lost, "remote/end", completed=True)
    assert (ended["status"], ended["response"]["remote"]["completed"]) == ("closed", True)
    assert (ended["commitment"]["verdict"], ended["commitment"]["excluded"]) == ("excluded", "经报案人同意改为视频查勘")
    account = client.get("/v1/audit", headers=dispatcher).json()
    assert (account["by_video"], account["excluded"]) == (1, {"remote_survey_by_consent": 1})


@pytest.mark.parametrize("vehicles", [0, 501, "many"])
def test_a_number_of_vehicles_that_cannot_be_is_refused(
    client: TestClient, dispatcher: Headers, vehicles: object
) -> None:
    answer = client.post("/v1/reports", json={"text": PLACE, "vehicles": vehicles}, headers=dispatcher)
    assert (answer.status_code, "vehicles" in answer.json()["detail"]) == (422, True)


def test_the_command_line_takes_the_answers_and_shows_the_plan(fleet: Engine) -> None:
    said = [PLACE + ",追尾", "--injured", "--vehicles", "4", "--no-drivable", "--no-offer"]
    shown = CliRunner().invoke(app, ["report", *said], env={"COLUMNS": "300"}).output
    assert "人伤(报案人答:有人受伤)、多车(报案人答:4 辆车)" in shown
    assert "需查勘员、施救车、人伤专员" in shown
