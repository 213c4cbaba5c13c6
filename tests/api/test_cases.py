"""A case behind its link: shown field by field to whoever holds it, and to nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from pictures import picture
from sqlalchemy import Engine, text

from api.access.dependencies import now as wall_clock
from geo_data.database import transaction

Headers = dict[str, str]
PLACE = "天河区黄埔大道西与猎德大道交叉口"
CASE = {
    "number", "as_of", "reported_at", "phase", "phase_label", "simulated", "injured", "company", "telephone",
    "merged_into", "place", "doubt", "may_doubt", "due_at", "arrived_at", "closed_at", "coming", "partner", "steps",
    "result_told_at", "callback", "rating", "may_rate", "photos", "most_photos",
}  # fmt: skip
COMING = {"role", "role_label", "name", "unit_number", "status", "arrived_at", "eta", "position"}
PLACE_FIELDS = {"lon", "lat", "words", "district", "uncertainty_m", "question"}
CALLBACK, DOUBT = {"asked_at", "due_at", "done_at"}, {"asked_at", "text", "moved", "answer"}
STEP = {"stage", "stage_label", "status", "at", "amount_yuan", "words"}


def report(client: TestClient, **body: Any) -> tuple[str, str]:
    """The number of a case and its address."""
    sent = {"place": PLACE, "text": "两车追尾", "phone": "13800000000", **body}
    answer = client.post("/v1/caller/reports", json=sent, headers={"Idempotency-Key": str(uuid4())}).json()
    return answer["number"], answer["case_path"].replace("/case/", "/v1/cases/")


def go(client: TestClient, who: Headers, number: str, *steps: str, unit: str = "S000") -> str:
    body = {"unit_id": unit, "reason": "熟路"}
    offered = client.post(f"/v1/incidents/{number}/assignments", json=body, headers=who).json()
    job: str = offered["assignments"][-1]["id"]
    for step in steps:
        assert client.post(f"/v1/assignments/{job}/{step}", headers=who).status_code == 200
    return job


def survey(client: TestClient, who: Headers, number: str) -> None:
    go(client, who, number, "accept", "depart", "arrive", "clear")


def test_a_case_shows_who_comes_and_when_and_nothing_else(client: TestClient, dispatcher: Headers) -> None:
    number, case = report(client)
    before = client.get(case).json()
    assert set(before) == CASE
    assert (before["number"], before["phase"], before["coming"]) == (number, "waiting", [])
    assert set(before["place"]) == PLACE_FIELDS
    job = go(client, dispatcher, number)
    assert client.get(case).json()["coming"] == []  # offered: nobody has said yes
    client.post(f"/v1/assignments/{job}/accept", headers=dispatcher)
    (one,) = client.get(case).json()["coming"]
    assert set(one) == COMING
    assert (one["name"], one["unit_number"], one["position"]) == ("查勘员", "S000", None)
    assert one["eta"]["p10_at"] < one["eta"]["p50_at"] < one["eta"]["p90_at"]
    client.post(f"/v1/assignments/{job}/depart", headers=dispatcher)
    (one,) = client.get(case).json()["coming"]
    assert one["position"]["lon"] == pytest.approx(113.3297)
    client.post(f"/v1/assignments/{job}/arrive", headers=dispatcher)
    there = client.get(case).json()
    assert (there["phase"], there["coming"][0]["eta"], there["coming"][0]["position"]) == ("on_scene", None, None)
    assert there["arrived_at"] == there["coming"][0]["arrived_at"]
    client.post(f"/v1/assignments/{job}/clear", headers=dispatcher)
    over = client.get(case).json()
    assert (over["phase"], over["coming"], {s["status"] for s in over["steps"]}) == (
        "surveyed",
        [],
        {"done", "now", "later"},
    )
    assert all(set(s) == STEP for s in over["steps"])


def test_no_time_of_arrival_is_made_up_where_no_fix_is_fresh(client: TestClient, dispatcher: Headers) -> None:
    number, case = report(client)
    go(client, dispatcher, number, "accept", "depart")
    client.app.dependency_overrides[wall_clock] = lambda: datetime.now(UTC) + timedelta(minutes=10)
    (one,) = client.get(case).json()["coming"]
    assert (one["eta"], one["position"]) == (None, None)


def test_a_case_says_nothing_of_other_callers_units_and_reasons(client: TestClient, dispatcher: Headers) -> None:
    other, _ = report(client, phone="13999999999", plate="粤B99999", text="别人的事故")
    number, case = report(client)
    job = go(client, dispatcher, number, "accept")
    client.post(f"/v1/assignments/{job}/release", json={"reason": "车坏了"}, headers=dispatcher)
    go(client, dispatcher, number, "accept", unit="S001")
    client.post(
        f"/v1/incidents/{number}/tier", json={"tiers": ["heavy_loss"], "reason": "内部原因"}, headers=dispatcher
    )
    shown = client.get(case).text
    for secret in ("13999999999", "粤B99999", "别人的事故", other, "车坏了", "熟路", "内部原因", "S000", "S002",
                   "p_kept", "heavy_loss", "13800000000", "dispatcher", "refused", "runners"):  # fmt: skip
        assert secret not in shown, secret
    assert "S001" in shown


ASKS = [
    ("GET", "", None),
    ("GET", "/live", None),
    ("POST", "/place", {"text": "别处"}),
    ("POST", "/callback", {"reason": "急"}),
    ("POST", "/rating", {"stars": 1}),
    ("POST", "/photos", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ASKS)
def test_a_wrong_and_an_expired_token_look_alike_at_every_door(
    client: TestClient, dispatcher: Headers, method: str, path: str, body: dict[str, Any] | None
) -> None:
    number, case = report(client)
    client.post(f"/v1/incidents/{number}/close", json={"reason": "撤案"}, headers=dispatcher)
    later = datetime.now(UTC) + timedelta(days=91)
    client.app.dependency_overrides[wall_clock] = lambda: later
    answers = [
        client.request(method, address + path, json=body, content=None if body else b"x" if method == "POST" else None)
        for address in (
            case,
            f"/v1/cases/{'A' * 32}",
            f"/v1/cases/{number}",
            "/v1/cases/%E6%A1%88",
            "/v1/cases/" + "a" * 500,
        )
    ]
    assert {a.status_code for a in answers} == {404}
    assert len({(a.json()["detail"], a.json()["kind"]) for a in answers}) == 1
    assert "链接无效或已过期" in answers[0].json()["detail"]
    assert answers[0].headers["Referrer-Policy"] == "no-referrer"


def test_the_page_of_a_case_is_private_and_says_where_it_leads_nowhere(client: TestClient) -> None:
    _, case = report(client)
    page = client.get(case.replace("/v1/cases/", "/case/"))
    wrong = client.get("/case/wrong")
    assert (page.status_code, wrong.status_code, page.text) == (200, 404, wrong.text)
    for answer in (page, wrong, client.get(case)):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_token_is_kept_as_a_hash_alone(client: TestClient, fleet: Engine) -> None:
    _, case = report(client)
    token = case.rpartition("/")[2]
    assert len(token) >= 32  # 192 bits
    with transaction(fleet) as connection:
        tables = [
            row[0] for row in connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname='public'"))
        ]
        held = [str(row) for name in tables if name != "spatial_ref_sys"
                for row in connection.execute(text(f'SELECT * FROM "{name}"'))]  # fmt: skip
    assert held
    assert not any(token in row for row in held)


def test_a_call_back_waits_on_the_board_until_somebody_reached_the_caller(
    client: TestClient, dispatcher: Headers, surveyor: Headers
) -> None:
    number, case = report(client)
    asked = client.post(f"{case}/callback", json={"reason": "还要多久", "phone": ""}).json()
    assert set(asked["callback"]) == CALLBACK
    assert asked["callback"]["done_at"] is None
    client.post(f"{case}/callback", json={"reason": "还要多久"})
    (task,) = client.get("/v1/caller-tasks", headers=dispatcher).json()
    assert {
        "incident_id": number,
        "kind": "callback",
        "words": "还要多久",
        "phone": "13800000000",
    }.items() <= task.items()
    assert client.get("/v1/caller-tasks", headers=surveyor).status_code == 403
    survey(client, dispatcher, number)
    assert client.get("/v1/caller-tasks", headers=dispatcher).json()[0]["closed"] is True
    path = f"/v1/incidents/{number}/callback"
    missed = client.post(path, json={"reached": False, "result": "无人接"}, headers=dispatcher).json()
    assert missed["follow_up"]["waits"] is True
    assert client.post(path, json={"result": "已告知"}, headers=surveyor).status_code == 403
    done = client.post(path, json={"result": "已告知"}, headers=dispatcher).json()["follow_up"]["callbacks"][0]
    assert [t["result"] for t in done["tries"]] == ["无人接", "已告知"]
    assert client.get("/v1/caller-tasks", headers=dispatcher).json() == []
    assert client.get(case).json()["callback"]["done_at"] is not None


def test_a_doubt_about_the_place_moves_nothing_until_a_dispatcher_decides(
    client: TestClient, dispatcher: Headers
) -> None:
    number, case = report(client)
    before = client.get(case).json()["place"]
    body = {"text": "在桥上", "point": {"lon": 113.33, "lat": 23.125, "accuracy_m": 30}}
    doubted = client.post(f"{case}/place", json=body).json()
    assert doubted["place"] == before
    assert set(doubted["doubt"]) == DOUBT
    (task,) = client.get("/v1/caller-tasks", headers=dispatcher).json()
    assert (task["kind"], task["words"]) == ("doubt", "在桥上")
    shown = client.get(f"/v1/incidents/{number}", headers=dispatcher).json()["follow_up"]["doubt"]
    assert (shown["lon"], shown["open"]) == (113.33, True)
    client.post(f"/v1/incidents/{number}/location", json={"lon": 113.33, "lat": 23.125}, headers=dispatcher)
    moved = client.get(case).json()
    assert (moved["doubt"]["moved"], moved["place"]["lon"]) == (True, 113.33)
    client.post(f"{case}/place", json={"text": "还是不对"})
    client.post(f"/v1/incidents/{number}/doubt", json={"answer": "已电话核对"}, headers=dispatcher)
    assert client.get(case).json()["doubt"]["answer"] == "已电话核对"
    assert client.get("/v1/caller-tasks", headers=dispatcher).json() == []
    assert client.post(f"{case}/place", json={}).status_code == 422


def test_a_rating_is_given_once_the_service_has_ended_and_can_be_changed_for_a_day(
    client: TestClient, dispatcher: Headers
) -> None:
    number, case = report(client)
    assert client.post(f"{case}/rating", json={"stars": 5}).status_code == 409
    survey(client, dispatcher, number)
    assert client.post(f"{case}/rating", json={"stars": 6}).status_code == 422
    client.post(f"{case}/rating", json={"stars": 2, "words": "慢"})
    assert client.post(f"{case}/rating", json={"stars": 4}).json()["rating"]["stars"] == 4
    incident = client.get(f"/v1/incidents/{number}", headers=dispatcher).json()
    assert incident["follow_up"]["rating"]["stars"] == 4
    client.app.dependency_overrides[wall_clock] = lambda: datetime.now(UTC) + timedelta(hours=25)
    late = client.post(f"{case}/rating", json={"stars": 1})
    assert (late.status_code, client.get(case).json()["may_rate"]) == (409, False)


def test_a_merged_case_follows_the_one_kept_and_learns_nothing_of_its_caller(
    client: TestClient, dispatcher: Headers
) -> None:
    kept, kept_case = report(client, phone="13999999999", text="前车突然刹车", plate="粤B99999")
    number, case = report(client)
    client.post(f"{kept_case}/callback", json={"reason": "别人的心事"})
    merged = client.post(f"/v1/incidents/{number}/merge", json={"into": kept, "reason": "同一事故"}, headers=dispatcher)
    assert merged.status_code == 200
    go(client, dispatcher, kept, "accept", "depart")
    shown = client.get(case)
    assert (shown.json()["number"], shown.json()["merged_into"], shown.json()["phase"]) == (number, kept, "en_route")
    assert (shown.json()["coming"][0]["unit_number"], shown.json()["callback"]) == ("S000", None)
    for secret in ("13999999999", "粤B99999", "前车突然刹车", "别人的心事", "同一事故"):
        assert secret not in shown.text, secret
    assert client.post(f"{case}/callback", json={"reason": "我也急"}).json()["callback"]["done_at"] is None
    tasks = client.get("/v1/caller-tasks", headers=dispatcher).json()
    assert [(t["incident_id"], t["words"]) for t in tasks] == [(kept, "别人的心事"), (number, "我也急")]


def test_a_case_in_another_city_is_with_the_partner_and_a_cancelled_one_has_no_claim(
    client: TestClient, dispatcher: Headers
) -> None:
    _, abroad = report(client, place="佛山祖庙")
    shown = client.get(abroad).json()
    assert (shown["phase"], shown["partner"]["city"]) == ("partner", "佛山市")
    number, case = report(client)
    client.post(f"/v1/incidents/{number}/close", json={"reason": "内部:误报"}, headers=dispatcher)
    over = client.get(case)
    assert (over.json()["phase"], {s["status"] for s in over.json()["steps"]}) == ("cancelled", {"none"})
    assert "误报" not in over.text


def test_a_claim_is_told_in_order_corrected_and_shown(
    client: TestClient, dispatcher: Headers, surveyor: Headers, manager: Headers
) -> None:
    number, case = report(client)
    claim = f"/v1/incidents/{number}/claim"

    def tell(step: str, who: Headers = dispatcher, **body: Any) -> Any:
        return client.post(f"{claim}/{step}", json=body, headers=who)

    assert tell("assessed", amount_yuan=10).status_code == 409  # nobody has surveyed it
    survey(client, dispatcher, number)
    for who in (surveyor, manager):
        assert tell("assessed", who, amount_yuan=10).status_code == 403
    assert tell("paid", amount_yuan=10).status_code == 409
    assert tell("assessed", amount_yuan=-1).status_code == 422
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert tell("assessed", amount_yuan=10, at=tomorrow).status_code == 409
    assert tell("assessed", amount_yuan=3200).json()["follow_up"]["next_steps"] == ["reviewed"]
    assert tell("assessed", amount_yuan=3300).status_code == 409
    assert tell("assessed", amount_yuan=3300, corrects="写错").status_code == 200
    assert tell("reviewed", opinion="questions").status_code == 422
    assert tell("reviewed", opinion="questions", note="缺行驶证").status_code == 200
    assert [(s["status"], s["words"]) for s in client.get(case).json()["steps"]][2] == ("attention", "缺行驶证")
    assert tell("reviewed", opinion="approved").json()["follow_up"]["next_steps"] == ["paid", "reviewed"]
    assert tell("paid", amount_yuan=3300).json()["follow_up"]["next_steps"] == ["told"]
    told = tell("told", means="telephone", told_to="王先生").json()["follow_up"]["claim"]
    assert [f["step"] for f in told] == ["assessed", "reviewed", "reviewed", "paid", "told"]
    assert (told[0]["amount_yuan"], told[0]["corrects"]) == (3300, "写错")
    shown = client.get(case).json()
    assert [s["status"] for s in shown["steps"]] == ["done"] * 4
    assert shown["result_told_at"] is not None
    assert "王先生" not in client.get(case).text


def test_a_dispatcher_makes_a_link_to_send_by_text_message(client: TestClient, dispatcher: Headers) -> None:
    number = client.post("/v1/reports", json={"text": PLACE}, headers=dispatcher).json()["id"]
    made = client.post(f"/v1/incidents/{number}/case-link", headers=dispatcher).json()
    assert made["url"] in made["sms"]
    assert number in made["sms"]
    shown = client.get(made["url"].replace("http://testserver/case/", "/v1/cases/")).json()
    assert shown["number"] == number
    assert client.post("/v1/incidents/GZ0/case-link", headers=dispatcher).status_code == 404


def test_a_caller_sends_up_to_nine_photographs_and_the_desk_sees_them(client: TestClient, dispatcher: Headers) -> None:
    number, case = report(client)

    def photo(n: int) -> Any:
        return client.post(
            f"{case}/photos", content=picture(size=(200, 60), seed=n), headers={"Content-Type": "image/jpeg"}
        )

    answers = [photo(n) for n in (0, 0, *range(1, 10))]
    assert [a.status_code for a in answers] == [201] * 10 + [422]
    assert answers[-2].json()["photos"] == 9
    assert photo(0).json()["photos"] == 9
    listed = client.get(f"/v1/incidents/{number}/photos", headers=dispatcher).json()
    assert {p["source"] for p in listed} == {"caller"}
    assert client.get(f"/v1/incidents/{number}/photos/{listed[0]['sha256']}").status_code == 401


def test_a_surveyor_is_not_shown_what_the_desk_does_after_the_scene(
    client: TestClient, dispatcher: Headers, surveyor: Headers
) -> None:
    number, case = report(client)
    client.post(f"{case}/callback", json={"reason": "急"})
    go(client, dispatcher, number)
    (own,) = client.get("/v1/units/S000/assignments", headers=surveyor).json()
    assert own["follow_up"] is None
