"""A stranger reports an accident: once however often it is sent, within bounds, and learns nothing of anybody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api import wiring
from api.access.dependencies import now as wall_clock
from dispatch.policy.policy import Policy
from geo_data.database import transaction
from geo_data.stores.knocks import someone

Headers = dict[str, str]
PLACE = "天河区黄埔大道西与猎德大道交叉口"


def send(client: TestClient, key: str | None = None, **body: Any) -> Any:
    report = {"place": PLACE, "text": "两车追尾", "phone": "13800000000", "plate": "粤A12345", **body}
    return client.post("/v1/caller/reports", json=report, headers={"Idempotency-Key": key or str(uuid4())})


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Change the rules for strangers."""

    def change(**changes: float) -> None:
        policy = Policy.from_mapping({"caller": {"telephone": "95500", **changes}})
        monkeypatch.setattr(wiring, "policy", lambda: policy)

    return change


def test_a_report_is_taken_by_the_same_desk_with_its_channel_and_answers(
    client: TestClient, dispatcher: Headers
) -> None:
    point = {"lon": 113.3280, "lat": 23.1290, "accuracy_m": 20}
    answer = send(client, point=point, injured=True, drivable=False)
    assert answer.status_code == 201
    incident = client.get(f"/v1/incidents/{answer.json()['number']}", headers=dispatcher).json()
    assert (incident["channel"], incident["plate"], incident["phone"]) == ("caller", "粤A12345", "13800000000")
    assert incident["response"]["tiers"][0] == "injury"
    assert incident["response"]["drivable"] is False
    assert incident["text"] == f"{PLACE}。两车追尾"
    assert incident["location"]["district"] == "天河区"
    assert incident["commitment"]["limit_s"] == 1800


def test_one_key_is_one_report_however_often_it_is_sent(client: TestClient, dispatcher: Headers) -> None:
    key = str(uuid4())
    first, again = send(client, key), send(client, key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    assert (again.json()["repeated"], again.json()["changed"]) == (True, False)
    for answer in (first, again):
        token = answer.json()["case_path"].removeprefix("/case/")
        assert client.get(f"/v1/cases/{token}").json()["number"] == first.json()["number"]
    changed = send(client, key, text="三车追尾")
    assert (changed.status_code, changed.json()["changed"]) == (200, True)
    assert len(client.get("/v1/incidents", headers=dispatcher).json()) == 1


def test_two_taps_at_once_are_one_report(client: TestClient, dispatcher: Headers) -> None:
    key = str(uuid4())
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: send(client, key), range(4)))
    assert sorted(a.status_code for a in answers) == [200, 200, 200, 201]
    assert len(client.get("/v1/incidents", headers=dispatcher).json()) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"place": " "}, "请写明地点"),
        ({"place": "广州" * 200}, "place"),
        ({"phone": "call me"}, "phone"),
        ({"point": {"lon": 999, "lat": 23}}, "point.lon"),
        ({"text": "a\0b"}, "NUL"),
        ({"channel": "telephone"}, "channel"),
    ],
)
def test_what_cannot_be_a_report_is_said_and_kept_nowhere(
    client: TestClient, dispatcher: Headers, body: dict[str, Any], says: str
) -> None:
    answer = send(client, **body)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert client.get("/v1/incidents", headers=dispatcher).json() == []


def test_a_report_needs_a_key_and_a_body_that_is_not_a_book(client: TestClient) -> None:
    assert client.post("/v1/caller/reports", json={"place": PLACE}).status_code == 422
    big = client.post("/v1/caller/reports", content=b"x" * 40_000, headers={"Idempotency-Key": str(uuid4())})
    assert (big.status_code, big.json()["kind"]) == (413, "TooLarge")


def test_a_refused_report_leaves_its_key_free(client: TestClient) -> None:
    key = str(uuid4())
    assert send(client, key, place="").status_code == 422
    assert send(client, key).status_code == 201


def test_one_address_that_reports_too_often_is_told_to_telephone_and_when_to_come_again(
    client: TestClient, rules: Any
) -> None:
    rules(reports_per_address=2)
    key = str(uuid4())
    assert [send(client, key).status_code for _ in range(5)] == [201, 200, 200, 200, 200]  # trying on is no report
    assert [send(client).status_code for _ in range(2)] == [201, 429]
    answer = send(client)
    assert "95500" in answer.json()["detail"]
    assert 500 < int(answer.headers["Retry-After"]) <= 600
    other = TestClient(client.app, client=("203.0.113.9", 50000))
    assert send(other).status_code == 201
    client.app.dependency_overrides[wall_clock] = lambda: datetime.now(UTC) + timedelta(seconds=601)
    assert send(client).status_code == 201


def test_all_strangers_together_are_bounded_and_one_alone_does_not_use_it_up(client: TestClient, rules: Any) -> None:
    rules(reports_per_address=1, reports_in_all=2)
    assert [send(client).status_code for _ in range(3)] == [201, 429, 429]
    others = [TestClient(client.app, client=(f"203.0.113.{n}", 1)) for n in (1, 2)]
    assert [send(other).status_code for other in others] == [201, 429]


def test_looking_places_up_is_counted_too(client: TestClient, rules: Any) -> None:
    rules(requests_per_address=2)
    assert [client.get("/v1/caller/places?text=猎德").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/v1/caller/desk").json()["telephone"] == "95500"


def test_words_and_points_are_looked_up_for_a_stranger(client: TestClient) -> None:
    found = client.get("/v1/caller/places", params={"text": PLACE}).json()["places"]
    assert "猎德大道" in found[0]["words"]
    assert set(found[0]) == {"lon", "lat", "words", "district", "uncertainty_m", "question"}
    none = client.get("/v1/caller/places", params={"text": "啊啊啊"}).json()
    assert none["places"] == []
    assert none["reason"]
    here = client.get("/v1/caller/place", params={"lon": 113.3280, "lat": 23.1290}).json()
    assert here["district"] == "天河区"


def test_a_stranger_reads_the_street_map_within_bounds_and_not_the_desks_own_tiles(client: TestClient) -> None:
    answer = client.get("/v1/caller/tiles/12/3337/1777.mvt")
    assert answer.status_code == 200
    assert "public" in answer.headers["Cache-Control"]
    again = client.get("/v1/caller/tiles/12/3337/1777.mvt", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/v1/caller/tiles/16/0/0.mvt").status_code == 422
    assert client.get("/tiles/12/3337/1777.mvt").status_code == 401


def test_addresses_are_counted_without_being_kept(client: TestClient, fleet: Engine) -> None:
    send(client)
    with transaction(fleet) as connection:
        kept = connection.execute(text("SELECT door, who FROM public_requests")).all()
    assert ("report", someone("testclient", wiring.secret())) in [(door, bytes(who)) for door, who in kept]
    assert someone("2001:db8::1", "s") == someone("2001:db8::2", "s") != someone("2001:db8:1::1", "s")
    assert someone("203.0.113.1", "s") != someone("203.0.113.2", "s")
