"""Every route that writes, called as the house uses it: twice at once with one key it has one effect and one answer.

The day below is told route by route; a new route that writes and has no place in it fails the last assertion.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from push_service import Browser, push_service
from service import PASSWORD
from sqlalchemy import Engine, text
from without_key import WITHOUT_KEY

from api.access.idempotency import HEADER, REPLAYED, WRITING
from api.credentials import accounts
from api.credentials.security import Account
from api.main import ROUTERS
from api.messaging.courier import push_door
from api.messaging.push_door import PushDoor
from dispatch.location import Position
from dispatch.unit import PartnerRepairShop, Unit
from dispatch.vocabulary import Role
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet

Headers = dict[str, str]
AT_ONCE = 2
PLACE = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
FORM = {"answered_by": "陈女士", "loss_yuan": 3280.5, "parts": ["rear"], "damage": "后保险杠开裂", "vehicles": 2}
TABLES = (
    "events", "incidents", "assignments", "messages", "service_facts", "duty_changes", "road_conditions", "devices",
    "push_subscriptions", "case_links", "fixes",
)  # fmt: skip


class Day:
    """Sends each request twice at once, and again with another body."""

    def __init__(self, client: TestClient, engine: Engine, who: dict[str, Headers]) -> None:
        self.client, self.engine, self.who = client, engine, who
        self.done: set[str] = set()
        self.repeats = 0

    def __call__(self, path: str, body: Any = None, *, by: str = "dispatcher", method: str = "POST", **ids: Any) -> Any:
        where, headers = path.format(**ids), {**self.who[by], HEADER: str(uuid4())}
        self.see_everybody()
        before = self.rows()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            sent = [pool.submit(self.client.request, method, where, json=body, headers=headers) for _ in range(AT_ONCE)]
            answers = [one.result() for one in sent]
        assert {a.status_code for a in answers} <= {200, 201, 204}, (path, [a.text for a in answers])
        assert len({(a.status_code, a.content) for a in answers}) == 1, path
        assert sum(REPLAYED not in a.headers for a in answers) == 1, path
        after = self.rows()
        assert all(grown <= 40 for grown in (after[t] - before[t] for t in TABLES)), path
        changed = {"reason": "另一个请求"} | (body or {}) | {"reason": "又一个请求"}
        misused = self.client.request(method, where, json=changed, headers=headers)
        assert (misused.status_code, HEADER in misused.text) == (422, True), (path, misused.text)
        again = self.client.request(method, where, json=body, headers=headers)
        assert (again.content, again.headers.get(REPLAYED)) == (answers[0].content, "true"), path
        assert self.rows() == after, path
        self.done.add(f"{method} {path.partition('?')[0]}")
        self.repeats += AT_ONCE
        return answers[0].json() if answers[0].content else None

    def see_everybody(self) -> None:
        """Have each unit seen a moment ago where it was: this day may take longer than a position counts."""
        with transaction(self.engine) as connection:
            connection.execute(text("UPDATE latest_fixes SET at = now() - interval '2 seconds'"))

    def rows(self) -> dict[str, int]:
        counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in TABLES)
        with transaction(self.engine) as connection:
            return dict(zip(TABLES, connection.execute(text(f"SELECT {counts}")).one(), strict=True))


@pytest.fixture
def day(client: TestClient, fleet: Engine, dispatcher: Headers, surveyor: Headers, manager: Headers) -> Day:
    at = Position(113.34, 23.12)
    with transaction(fleet) as connection:
        store = PostgisFleet(connection)
        store.save_shops([PartnerRepairShop(id=key, name=key, position=at) for key in ("R1", "R2")])
        store.save_units([Unit(id="B1", name="后备", role=Role.SURVEYOR, standby=at, backup_rank=1)])
        accounts.save(connection, Account("administrator", "administrator"), PASSWORD)
    who = {"dispatcher": dispatcher, "surveyor": surveyor, "manager": manager, "stranger": {}}
    answer = client.post("/v1/session", json={"username": "administrator", "password": PASSWORD})
    client.cookies.clear()
    who["administrator"] = {"Authorization": f"Bearer {answer.json()['token']}"}
    return Day(client, fleet, who)


def test_every_write_sent_twice_with_one_key_has_one_effect_and_one_answer(day: Day) -> None:
    reports(day)
    job_and_claim(day)
    tow_and_ends(day)
    people(day)
    clients(day)
    administration(day)
    routes = [route for r in ROUTERS for route in r.routes if isinstance(route, APIRoute)]
    writing = {f"{m} {r.path}" for r in routes for m in r.methods & WRITING if r.path not in WITHOUT_KEY}
    assert day.done == writing, day.done ^ writing
    assert day.repeats >= 2 * len(writing)


def taken(day: Day, words: str = PLACE, **more: Any) -> str:
    return str(day("/v1/reports", {"text": words, **more})["id"])


def offered(day: Day, incident: str, **body: Any) -> str:
    after = day("/v1/incidents/{incident_id}/assignments", body, incident_id=incident)
    return str(after["assignments"][-1]["id"])


def reports(day: Day) -> None:
    first, second = taken(day), taken(day)
    one = {"incident_id": second}
    day("/v1/incidents/{incident_id}/location", {"lon": 113.33, "lat": 23.13}, **one)
    day("/v1/incidents/{incident_id}/tier", {"tiers": ["injury"], "reason": "一人受伤"}, **one)
    day("/v1/incidents/{incident_id}/hospital", {"text": "一院", "point": {"lon": 113.29, "lat": 23.13}}, **one)
    day("/v1/incidents/{incident_id}/merge", {"into": first, "reason": "同一起"}, **one)
    day("/v1/incidents/{incident_id}/unmerge", {"reason": "不是同一起"}, **one)
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    day("/v1/incidents/{incident_id}/hold", {"reason": "police_first", "until": until}, **one)
    day("/v1/incidents/{incident_id}/hold/end", {}, **one)
    day("/v1/incidents/{incident_id}/waive", {"role": "specialist", "reason": "无人受伤"}, **one)
    small = {"incident_id": taken(day, "轻微刮蹭", point={"lon": 113.83, "lat": 23.55})}
    day("/v1/incidents/{incident_id}/remote/start", {"surveyor": "刘工", "consent": "录音"}, **small)
    day("/v1/incidents/{incident_id}/remote/end", {"completed": False, "note": "看不清"}, **small)
    day("/v1/incidents/{incident_id}/close", {"code": "mistake", "reason": "误录入"}, **one)


def job_and_claim(day: Day) -> None:
    incident = taken(day, "越秀区北京路与中山五路交叉口追尾", phone="13800138000")
    one = {"incident_id": incident}
    link = day("/v1/incidents/{incident_id}/case-link", None, **one)["url"]
    case = {"token": link.rpartition("/")[2], "by": "stranger"}
    day("/v1/cases/{token}/callback", {"reason": "想问进度"}, **case)
    day("/v1/incidents/{incident_id}/callback", {"result": "已说明"}, **one)
    day("/v1/cases/{token}/place", {"text": "在对面"}, **case)
    day("/v1/incidents/{incident_id}/doubt", {"answer": "已核对"}, **one)
    day("/v1/incidents/{incident_id}/contacts", {"means": "telephone"}, **one)
    excuse = {"promise": "claimant_visit", "code": "client_declined", "words": "谢绝"}
    day("/v1/incidents/{incident_id}/excuses", excuse, **one)
    day("/v1/incidents/{incident_id}/wanted", {"service": "legal_aid"}, **one)
    job = offered(day, incident, unit_id="S001", reason="熟路")
    day("/v1/assignments/{assignment_id}/decline", {"reason": "车坏了"}, assignment_id=job)
    job = offered(day, incident, unit_id="S002", reason="熟路")
    going = {"assignment_id": job}
    day("/v1/assignments/{assignment_id}/reassign", {"unit_id": "S000", "reason": "更近"}, **going)
    shown = day.client.get(f"/v1/incidents/{incident}", headers=day.who["dispatcher"]).json()
    going = {"assignment_id": shown["assignments"][-1]["id"], "by": "surveyor"}
    handed = {"unit_id": "S001", "reason": "家中急事", "handover": "已拍照"}
    day("/v1/assignments/{assignment_id}/replacement", handed, assignment_id=going["assignment_id"])
    refused = {"approved": False, "consent_of": "张队"}
    day("/v1/assignments/{assignment_id}/replacement/decision", refused, assignment_id=going["assignment_id"])
    for step in ("accept", "depart", "arrive"):
        day(f"/v1/assignments/{{assignment_id}}/{step}", {}, **going)
    form = FORM | {"responsibility": "none", "decision": "settled", "point": {"lon": 113.33, "lat": 23.12}}
    day("/v1/incidents/{incident_id}/scene-reports", form, by="surveyor", **one)
    day("/v1/assignments/{assignment_id}/clear", {}, **going)
    day("/v1/cases/{token}/rating", {"stars": 5}, **case)
    claim = "/v1/incidents/{incident_id}/claim"
    day(f"{claim}/assessed", {"amount_yuan": 1200}, **one)
    day(f"{claim}/reviewed", {"opinion": "approved"}, **one)
    day(f"{claim}/paid", {"amount_yuan": 1200}, **one)
    day(f"{claim}/told", {"means": "telephone"}, **one)
    other = taken(day, "海珠区江南大道中追尾")
    job = {"assignment_id": offered(day, other, unit_id="S000", reason="熟路")}
    for step in ("accept", "depart", "arrive", "clear"):
        day(f"/v1/assignments/{{assignment_id}}/{step}", {}, **job)
    day(f"{claim}/assessed", {"amount_yuan": 1200}, incident_id=other)
    day(f"{claim}/reviewed", {"opinion": "rejected", "note": "酒驾"}, incident_id=other)
    day(f"{claim}/refused", {"reason": "酒驾"}, incident_id=other)


def tow_and_ends(day: Day) -> None:
    stuck = taken(day, f"{PLACE},车动不了")
    job = {"assignment_id": offered(day, stuck, role="tow_unit")}
    day("/v1/incidents/{incident_id}/recovery/shop", {"shop_id": "R2", "reason": "车主指定"}, incident_id=stuck)
    for step in ("accept", "depart", "arrive", "deliver"):
        day(f"/v1/assignments/{{assignment_id}}/{step}", {}, **job)
    day("/v1/assignments/{assignment_id}/release", {"reason": "改派"}, assignment_id=offered(day, stuck))
    elsewhere = {"incident_id": taken(day, "佛山市南海区广佛路10号追尾")}
    day("/v1/incidents/{incident_id}/partner/reports", {"step": "accepted", "told_by": "李师傅"}, **elsewhere)
    day("/v1/incidents/{incident_id}/backup", {"reason": "暴雨"}, incident_id=stuck)
    day("/v1/proposals/{incident_id}", None, incident_id=taken(day, "白云区机场路追尾"))


def people(day: Day) -> None:
    day("/v1/units/{unit_id}/duty", {"kind": "break"}, by="surveyor", unit_id="S000")
    fix = {"unit_id": "S000", "lon": 113.33, "lat": 23.12, "at": datetime.now(UTC).isoformat()}
    day("/v1/positions", {"fixes": [fix]}, by="surveyor")
    device = day("/v1/devices", {"unit_id": "S001", "name": "手机"}, by="manager")
    day("/v1/devices/{device_id}", method="DELETE", by="manager", device_id=device["id"])
    day("/v1/presence", {"console": "console-12345"})
    circle = {"lon": 113.3297, "lat": 23.1196, "radius_m": 400}
    told = day("/v1/road-conditions", {"conditions": [{"kind": "closure", "circle": circle}], "reason": "积水"})
    condition = told["conditions"][0]["id"]
    day("/v1/road-conditions/{condition_id}", method="DELETE", condition_id=condition)
    door = PushDoor(("push.example.org",), loopback=True)
    day.client.app.dependency_overrides[push_door] = lambda: door  # type: ignore[attr-defined]
    with push_service() as service:
        browser = Browser(service)
        day("/v1/push/subscribe", browser.subscription(), by="surveyor")
        day("/v1/push/unsubscribe", {"endpoint": browser.endpoint}, by="surveyor")


def clients(day: Day) -> None:
    in_force_at = (datetime.now(UTC) - timedelta(days=40)).isoformat()
    one = {"client_id": day("/v1/clients", {"organisation": "黄埔环卫", "in_force_at": in_force_at})["id"]}
    own = "/v1/clients/{client_id}"
    day(f"{own}/contacts", {"means": "visit"}, **one)
    day(f"{own}/reports", {"means": "mail"}, **one)
    day(f"{own}/excuses", {"promise": "monthly_visit", "code": "client_declined", "words": "谢绝"}, **one)
    day(f"{own}/wanted", {"service": "prepayment"}, **one)
    problem = day(f"{own}/problems", {"problem": "technical", "words": "打不开"}, **one)["problems"][0]["number"]
    day(f"{own}/problems/{{number}}/solved", {"words": "已修复"}, number=problem, **one)
    day(f"{own}/problems/{{number}}/told", {"means": "telephone"}, number=problem, **one)
    day(f"{own}/facts/{{number}}/withdraw", {"words": "记错"}, number=2, **one)
    day(f"{own}/end", {"reason": "到期"}, **one)


def administration(day: Day) -> None:
    own, by = "/v1/administration", {"by": "administrator"}
    client = {"id": "huanwei", "kind": "client", "name": "环卫车队", "plates": ["粤A12345"]}
    day(f"{own}/organisations", client, **by)
    day(
        f"{own}/organisations/{{organisation_id}}",
        {"name": "环卫", "client_id": "C0001"},
        organisation_id="huanwei",
        **by,
    )
    made = day(f"{own}/people", {"name": "li", "role": "manager", "organisation_id": "huanwei"}, **by)
    day.client.post("/v1/session", json={"username": "li", "password": made["password"]})
    day.client.cookies.clear()
    shown = day.client.get(f"{own}/sessions", headers=day.who["administrator"]).json()
    (session,) = [one["id"] for one in shown if one["account"] == "li"]
    day(f"{own}/sessions/{{session_id}}", method="DELETE", session_id=session, **by)
    li = {"name": "li", **by}
    day(f"{own}/people/{{name}}/sessions", method="DELETE", **li)
    day(f"{own}/people/{{name}}/unlock", None, **li)
    day(f"{own}/people/{{name}}/password", None, **li)
    day(f"{own}/people/{{name}}", {"role": "auditor"}, **li)
    for step in ("disable", "enable"):
        day(f"{own}/people/{{name}}/{step}", None, **li)
        day(f"{own}/organisations/{{organisation_id}}/{step}", None, organisation_id="huanwei", **by)


def test_the_answer_that_was_lost_after_the_commit_is_given_to_the_repeat(
    client: TestClient, dispatcher: Headers, fleet: Engine
) -> None:
    async def cut_off(scope: Any, receive: Any, send: Any) -> None:
        async def lost(_: Any) -> None:
            raise ConnectionResetError

        await client.app(scope, receive, lost)

    headers = {**dispatcher, HEADER: str(uuid4())}
    broken = TestClient(cut_off, raise_server_exceptions=False)
    assert broken.post("/v1/reports", json={"text": PLACE}, headers=headers).status_code >= 500  # nothing came
    again = client.post("/v1/reports", json={"text": PLACE}, headers=headers)
    assert (again.status_code, again.headers[REPLAYED]) == (201, "true")
    with transaction(fleet) as connection:
        assert connection.execute(text("SELECT count(*) FROM incidents")).scalar_one() == 1
