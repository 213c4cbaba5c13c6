"""Photographs over HTTP: who may send and see them, what is refused, and that one is kept once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pictures import bomb, picture
from sqlalchemy import Engine, func, select
from starlette.requests import Request

from api import wiring
from api.photo_keeping import bounded_content
from dispatch.errors import InvalidInput
from dispatch.location import Position, distance_m
from dispatch.policy.policy import PhotoRules
from geo_data.tables.schema import events, photos

REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
JPEG = {"Content-Type": "image/jpeg"}
Headers = dict[str, str]


@pytest.fixture
def incident(client: TestClient, dispatcher: Headers) -> str:
    taken: str = client.post("/v1/reports", json={"text": REPORT}, headers=dispatcher).json()["id"]
    return taken


@pytest.fixture
def bound(client: TestClient, dispatcher: Headers, surveyor: Headers, incident: str) -> str:
    """The surveyor of `surveyor` is on the way."""
    body = {"unit_id": "S000", "reason": "test"}
    after = client.post(f"/v1/incidents/{incident}/assignments", json=body, headers=dispatcher).json()
    key: str = after["assignments"][0]["id"]
    client.post(f"/v1/assignments/{key}/accept", headers=surveyor).raise_for_status()
    return key


def send(client: TestClient, incident: str, who: Headers, content: bytes, **told: Any) -> dict[str, Any]:
    answer = client.post(f"/v1/incidents/{incident}/photos", content=content, headers=who | JPEG, params=told)
    after: dict[str, Any] = answer.json() | {"code": answer.status_code}
    return after


def kept(engine: Engine) -> tuple[int, int]:
    """How many photographs lie in the store, and how many the log speaks of."""
    with engine.connect() as connection:
        stored = connection.execute(select(func.count()).select_from(photos)).scalar_one()
        told = connection.execute(select(func.count()).where(events.c.kind == "PhotoTaken")).scalar_one()
    return stored, told


def test_a_photograph_of_the_surveyor_is_kept_with_when_and_where_and_comes_back_to_the_byte(
    client: TestClient, surveyor: Headers, manager: Headers, incident: str, bound: str
) -> None:
    content = picture(orientation=6)
    taken_at = datetime.now(UTC) - timedelta(minutes=20)
    where = {"lon": 113.3350, "lat": 23.1168, "crs": "gcj02", "accuracy_m": 12}
    shown = send(client, incident, surveyor, content, kind="damage", captured_at=taken_at.isoformat(), **where)
    assert (shown["code"], shown["sha256"]) == (201, sha256(content).hexdigest())
    assert (shown["width_px"], shown["height_px"], shown["size_bytes"]) == (800, 1200, len(content))
    assert (shown["kind_label"], shown["source"], shown["received_by"]) == ("车损", "surveyor", "surveyor")
    assert datetime.fromisoformat(shown["captured_at"]) == taken_at
    assert datetime.fromisoformat(shown["received_at"]) - taken_at > timedelta(minutes=19)
    assert abs(shown["lon"] - 113.3297) < 0.001  # as WGS-84
    scene = client.get(f"/v1/incidents/{incident}", headers=manager).json()["location"]
    away_m = distance_m(Position(shown["lon"], shown["lat"]), Position(scene["lon"], scene["lat"]))
    assert shown["from_scene_m"] == pytest.approx(away_m)
    back = client.get(shown["url"], headers=manager)
    assert (back.content, back.headers["content-type"]) == (content, "image/jpeg")
    assert (back.headers["x-content-type-options"], back.headers["cache-control"]) == ("nosniff", "private, no-cache")
    again = client.get(shown["url"], headers=manager | {"If-None-Match": back.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    small = client.get(shown["thumbnail_url"], headers=surveyor)
    assert (small.headers["content-type"], small.headers["etag"] != back.headers["etag"]) == ("image/jpeg", True)
    assert len(small.content) < len(content)
    listed = client.get(f"/v1/incidents/{incident}/photos", headers=manager).json()
    assert listed == [{k: v for k, v in shown.items() if k != "code"}]


def test_the_same_photograph_sent_twice_is_one(
    client: TestClient, surveyor: Headers, dispatcher: Headers, fleet: Engine, incident: str, bound: str
) -> None:
    first = send(client, incident, surveyor, picture(), kind="plate")
    again = send(client, incident, dispatcher, picture(), kind="scene")
    assert first == again  # as it first came
    assert kept(fleet) == (1, 1)


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = replace(wiring.policy(), photos=PhotoRules(max_mb=0.1, max_megapixels=2, most=2))
    monkeypatch.setattr(wiring, "policy", lambda: changed)


@pytest.mark.usefixtures("small_limits")
def test_what_is_no_photograph_or_too_large_is_refused_and_nothing_is_kept(
    client: TestClient, dispatcher: Headers, fleet: Engine, incident: str
) -> None:
    whole = picture(size=(900, 600))
    refused = {
        "过大(最多": b"\xff\xd8" + bytes(100_000),
        "没有收到": b"",
        "尺寸过大": bomb(2_000),
        "完整": whole[: len(whole) // 2],
        "不符": picture("PNG", (90, 60)),
        "无法识别": b"<script>alert(1)</script>",
    }
    for told, content in refused.items():
        answer = send(client, incident, dispatcher, content)
        assert (answer["code"], answer["kind"]) == (422, "InvalidInput"), told
        assert told in answer["detail"]
    assert send(client, incident, dispatcher, whole, lon=113.3)["code"] == 422
    assert kept(fleet) == (0, 0)


@pytest.mark.usefixtures("small_limits")
def test_an_incident_takes_so_many_of_a_source(client: TestClient, dispatcher: Headers, incident: str) -> None:
    shots = [picture(size=(90, 60), seed=n) for n in range(3)]
    assert [send(client, incident, dispatcher, shot)["code"] for shot in shots] == [201, 201, 422]
    assert send(client, incident, dispatcher, shots[0])["code"] == 201  # known already


def test_who_may_send_and_who_may_see(
    client: TestClient, dispatcher: Headers, surveyor: Headers, manager: Headers, incident: str
) -> None:
    url = send(client, incident, dispatcher, picture())["url"]
    assert send(client, incident, surveyor, picture())["code"] == 404  # not assigned to it: as if there were none
    assert send(client, incident, manager, picture())["code"] == 403  # may look only
    assert send(client, incident, {}, picture())["code"] == 401
    assert send(client, "GZ000000-00000", dispatcher, picture())["code"] == 404
    for path in (url, f"{url}/thumbnail", f"/v1/incidents/{incident}/photos"):
        codes = [client.get(path, headers=who).status_code for who in (dispatcher, manager, surveyor, {})]
        assert codes == [200, 200, 404, 401]
    assert client.get(url[:-1] + "x", headers=dispatcher).status_code == 404


def test_a_photograph_still_arrives_after_the_job_was_cleared(
    client: TestClient, surveyor: Headers, incident: str, bound: str
) -> None:
    for step in ("depart", "arrive", "clear"):
        client.post(f"/v1/assignments/{bound}/{step}", headers=surveyor).raise_for_status()
    late = send(client, incident, surveyor, picture(), source="caller")
    assert (late["code"], late["source"]) == (201, "surveyor")  # whatever it says of itself


def test_a_photograph_of_a_phone_whose_clock_runs_ahead_is_kept_and_marked(
    client: TestClient, dispatcher: Headers, incident: str
) -> None:
    marks = []
    for minutes in (-5, 0, 5):
        at = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
        shown = send(client, incident, dispatcher, picture(seed=minutes), captured_at=at)
        marks.append((shown["code"], shown["sent_later"], shown["clock_doubt"]))
    assert marks == [(201, True, False), (201, False, False), (201, False, True)]


def test_a_dispatcher_says_whose_a_photograph_is(client: TestClient, dispatcher: Headers, incident: str) -> None:
    assert send(client, incident, dispatcher, picture(), source="caller")["source_label"] == "报案人"


def hear(*parts: bytes, broken_off: bool = False) -> bytes:
    """Give `bounded_content` a body in parts."""
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages.append({"type": "http.disconnect"} if broken_off else {"type": "http.request", "body": b""})
    waiting = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(waiting)

    return asyncio.run(bounded_content(Request({"type": "http", "headers": []}, receive)))


@pytest.mark.usefixtures("small_limits")
def test_a_body_is_read_to_its_limit_heard_out_above_it_and_cut_off_far_above() -> None:
    part = bytes(50_000)
    assert hear(part, part) == bytes(100_000)
    for parts in (3, 8):
        with pytest.raises(InvalidInput, match="过大"):
            hear(*[part] * parts)
    with pytest.raises(InvalidInput, match="过大"):
        hear(*[part] * 9, broken_off=True)  # cut off before it could break off
    with pytest.raises(InvalidInput, match="没有传完"):
        hear(part, broken_off=True)


def test_photographs_that_arrive_together_with_each_other_are_all_kept(
    client: TestClient, dispatcher: Headers, fleet: Engine, incident: str
) -> None:
    shots = [picture(size=(90, 60), seed=n) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(lambda shot: send(client, incident, dispatcher, shot)["code"], [*shots, shots[0]]))
    assert codes == [201] * 7
    assert kept(fleet) == (6, 6)
