"""What each seat is shown of what it may see: clients, partners, auditors, and the live stream."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from access_world import ONE, OTHER, PHONES, PLATES, SHOPS, TOWS, World, build
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from api.access.fields import STRUCK, struck
from api.credentials.security import Account
from api.streams.case_live import CaseFeed
from api.streams.live import LiveFeed, News
from api.views.kept import show
from geo_data.database import transaction
from geo_data.stores.postgis_log import PostgisLog


@pytest.fixture
def world(client: TestClient, fleet: Engine) -> World:
    return build(client, fleet)


def test_clients_and_partners_see_their_own_cases_by_the_fields_they_need(client: TestClient, world: World) -> None:
    one, other = world.cases[ONE], world.cases[OTHER]

    def get(path: str, name: str) -> Any:
        answer = client.get(path, headers=world.headers[name])
        assert answer.status_code == 200, answer.text
        return answer.json()

    (case,) = get("/v1/client/cases", "client one")
    assert (case["id"], case["plate"], case["verdict"], case["shop_name"]) == (one.id, PLATES[ONE], "open", "甲维修厂")
    assert {s["role"] for s in case["sent"]} == {"surveyor", "tow_unit"}
    assert PHONES[ONE] not in str(case)
    assert get("/v1/client/promises", "client one")["open"] == 1
    assert client.get(f"/v1/client/cases/{other.id}", headers=world.headers["client one"]).status_code == 404
    (mine,) = get("/v1/partner/cases", "shop one")
    assert (mine["id"], mine["phone"], mine["shop_name"], mine["sent"]) == (one.id, PHONES[ONE], "甲维修厂", [])
    (towed,) = get("/v1/partner/cases", "tow one")
    assert (towed["id"], towed["unit_ids"], towed["open"]) == (one.id, [TOWS[ONE]], True)
    assert client.get(f"/v1/partner/cases/{other.id}", headers=world.headers["tow one"]).status_code == 404
    desk = world.headers["dispatcher"]
    for job in one.jobs:
        client.post(f"/v1/assignments/{job}/release", json={"reason": "试"}, headers=desk).raise_for_status()
    assert get(f"/v1/partner/cases/{one.id}", "tow one")["phone"] == ""  # the job is over
    assert get("/v1/partner/cases", "shop one") == []  # the vehicle does not come any more


def test_a_case_changes_hands_with_its_shop_and_follows_a_merge(client: TestClient, world: World) -> None:
    one, other, desk = world.cases[ONE], world.cases[OTHER], world.headers["dispatcher"]
    path = f"/v1/incidents/{one.id}/recovery/shop"
    client.post(path, json={"shop_id": SHOPS[OTHER], "reason": "改送"}, headers=desk).raise_for_status()
    assert client.get("/v1/partner/cases", headers=world.headers["shop one"]).json() == []
    assert len(client.get("/v1/partner/cases", headers=world.headers["shop other"]).json()) == 2
    body = {"into": one.id, "reason": "同一事故"}
    client.post(f"/v1/incidents/{other.id}/merge", json=body, headers=desk).raise_for_status()
    seen = client.get("/v1/client/cases", headers=world.headers["client other"]).json()
    assert {case["id"] for case in seen} == {one.id, other.id}
    case = client.get(f"/v1/cases/{other.link}").json()
    assert case["merged_into"] == one.id  # the caller's page follows too
    client.post(f"/v1/incidents/{other.id}/unmerge", json={"reason": "不同"}, headers=desk).raise_for_status()
    seen = client.get("/v1/client/cases", headers=world.headers["client other"]).json()
    assert {case["id"] for case in seen} == {other.id}


def test_the_live_stream_tells_an_auditor_no_phone_and_no_plate(fleet: Engine, world: World) -> None:
    now = datetime.now(UTC)
    with transaction(fleet) as connection:
        shown = [show(i, now) for i in PostgisLog(connection).open_incidents()]

    async def told(account: Account) -> str:
        feed = LiveFeed(CaseFeed())
        stream = feed.stream(account)
        await anext(stream)
        feed.tell(News(shown, []))
        parts = [await anext(stream) for _ in range(2)]  # who is present, and the news
        await stream.aclose()  # type: ignore[attr-defined]
        return b"".join(parts).decode()

    desk, auditor = (asyncio.run(told(Account("x", role))) for role in ("dispatcher", "auditor"))
    assert PLATES[ONE] in desk
    assert PHONES[OTHER] in desk
    assert world.cases[ONE].id in auditor
    assert not any(mark in auditor for mark in (*PLATES.values(), *PHONES.values()))


@pytest.mark.parametrize(
    "said",
    [
        "粤A12345追尾",
        "粤 A·D12345 和 京AF12345",
        "电话13800001111",
        "打 +86 138-0000-1111",
        "粤a1234学",
        "020-87654321",
    ],
)
def test_words_lose_plates_and_phones(said: str) -> None:
    assert STRUCK in struck({"text": said})["text"]
    assert not any(digits in struck({"text": said})["text"] for digits in ("12345", "0000", "1234学", "87654321"))


@given(
    st.recursive(
        st.none() | st.integers() | st.text("0123456789ab粤AB", max_size=12),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "phone", "n"]), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_striking_keeps_the_shape_of_a_document_and_striking_twice_is_striking_once(document: Any) -> None:
    once = struck({"document": document})
    assert struck(once) == once
    assert list(once) == ["document"]


def test_numbers_of_cases_and_hashes_are_no_phones() -> None:
    plain = {
        "id": "GZ261127-00001",
        "hash": "a013812345678b",
        "at": "2026-11-27T03:25:35.192703+00:00",
        "n": 13800001111,
    }
    assert struck(plain) == plain
