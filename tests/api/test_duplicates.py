"""Proposals and merges over HTTP, on a real PostGIS."""

import pytest
from fastapi.testclient import TestClient

Headers = dict[str, str]

FIRST = "天河区黄埔大道西与猎德大道交叉口,两车追尾,白色丰田粤A12345"
SECOND = "黄埔大道西猎德大道路口,白色丰田被追尾,车牌粤a·12345"
WHY = {"reason": "同一事故"}


def report(client: TestClient, who: Headers, text: str) -> str:
    return client.post("/v1/reports", json={"text": text, "channel": "telephone"}, headers=who).json()["id"]


def test_two_calls_are_proposed_merged_audited_and_parted_again(client: TestClient, dispatcher: Headers) -> None:
    first, second = report(client, dispatcher, FIRST), report(client, dispatcher, SECOND)
    third = report(client, dispatcher, "从化区街口,单车事故撞树")

    (proposed,) = client.get("/v1/duplicates", headers=dispatcher).json()
    assert (proposed["kept_id"], proposed["duplicate_id"], proposed["obstacle"]) == (first, second, "")
    assert proposed["p_same"] > 0.99
    assert proposed["plates"] == ["粤A12345"]
    assert "都提到白色丰田" in proposed["sentence"]
    assert client.get(f"/v1/incidents/{second}/duplicates", headers=dispatcher).json() == [proposed]
    assert client.get(f"/v1/incidents/{third}/duplicates", headers=dispatcher).json() == []
    assert client.get(f"/v1/incidents/{second}", headers=dispatcher).json()["status"] == "waiting"  # nothing silent

    kept = client.post(f"/v1/incidents/{second}/merge", json={"into": first, **WHY}, headers=dispatcher).json()
    assert kept["id"] == first
    assert [(d["incident_id"], d["text"]) for d in kept["duplicates"]] == [(second, SECOND)]
    gone = client.get(f"/v1/incidents/{second}", headers=dispatcher).json()
    assert (gone["status"], gone["merged_into"], gone["commitment"]["verdict"]) == ("closed", first, "excluded")
    assert {i["id"] for i in client.get("/v1/incidents", headers=dispatcher).json()} == {first, third}
    assert client.get("/v1/duplicates", headers=dispatcher).json() == []
    account = client.get("/v1/audit", headers=dispatcher).json()
    assert account["excluded"] == {"merged_duplicate": 1}
    assert (account["totals"]["reported"], account["totals"]["excluded"]) == (3, 1)
    assert client.get("/management/audit", headers=dispatcher).text.count("重复报案已并入他案") == 1

    back = client.post(f"/v1/incidents/{second}/unmerge", json=WHY, headers=dispatcher).json()
    assert (back["id"], back["duplicates"]) == (first, [])
    assert {i["id"] for i in client.get("/v1/incidents", headers=dispatcher).json()} == {first, second, third}
    assert client.get("/v1/duplicates", headers=dispatcher).json() == []  # a person said they are two


def test_a_unit_on_its_way_stops_the_merge_and_the_proposal_says_so(client: TestClient, dispatcher: Headers) -> None:
    first, second = report(client, dispatcher, FIRST), report(client, dispatcher, SECOND)
    offered = client.post(f"/v1/incidents/{second}/assignments", headers=dispatcher).json()
    job = offered["assignments"][0]["id"]
    for step in ("accept", "depart"):
        assert client.post(f"/v1/assignments/{job}/{step}", headers=dispatcher).status_code == 200
    (proposed,) = client.get("/v1/duplicates", headers=dispatcher).json()
    assert "请先释放" in proposed["obstacle"]
    answer = client.post(f"/v1/incidents/{second}/merge", json={"into": first, **WHY}, headers=dispatcher)
    assert (answer.status_code, answer.json()["detail"]) == (409, proposed["obstacle"])
    assert client.get(f"/v1/incidents/{second}", headers=dispatcher).json()["status"] == "en_route"
    assert client.get(f"/v1/incidents/{first}", headers=dispatcher).json()["duplicates"] == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("{first}/merge", {"into": "{second}", **WHY}, 409),  # the wrong way round
        ("{first}/merge", {"into": "{first}", **WHY}, 422),
        ("{second}/merge", {"into": "GZ000000-00000", **WHY}, 404),
        ("GZ000000-00000/merge", {"into": "{first}", **WHY}, 404),
        ("{second}/merge", {"into": "{first}", "reason": ""}, 422),
        ("{second}/merge", {"into": "{first}", "reason": " "}, 422),
        ("{second}/merge", {"into": "{first}"}, 422),
        ("{second}/unmerge", WHY, 409),
        ("GZ000000-00000/unmerge", WHY, 404),
    ],
)
def test_a_merge_that_cannot_be_is_refused_in_words_and_changes_nothing(
    client: TestClient, dispatcher: Headers, path: str, body: dict[str, str], status: int
) -> None:
    names = {"first": report(client, dispatcher, FIRST), "second": report(client, dispatcher, SECOND)}
    filled = {key: value.format(**names) for key, value in body.items()}
    answer = client.post(f"/v1/incidents/{path.format(**names)}", json=filled, headers=dispatcher)
    assert answer.status_code == status
    assert answer.json()["detail"]
    shown = client.get("/v1/incidents", headers=dispatcher).json()
    assert [(i["id"], i["version"]) for i in shown] == [(names["second"], 3), (names["first"], 3)]


def test_only_a_dispatcher_merges_and_a_manager_may_look(
    client: TestClient, dispatcher: Headers, manager: Headers, surveyor: Headers
) -> None:
    first, second = report(client, dispatcher, FIRST), report(client, dispatcher, SECOND)
    for who in (manager, surveyor):
        answer = client.post(f"/v1/incidents/{second}/merge", json={"into": first, **WHY}, headers=who)
        assert answer.status_code == 403
        assert client.post(f"/v1/incidents/{second}/unmerge", json=WHY, headers=who).status_code == 403
    assert client.get("/v1/duplicates", headers=manager).status_code == 200
    assert client.get("/v1/duplicates", headers=surveyor).status_code == 403
    assert client.get("/v1/duplicates").status_code == 401


def test_of_two_who_merge_at_once_one_wins_and_the_other_is_told(client: TestClient, dispatcher: Headers) -> None:
    first, second = report(client, dispatcher, FIRST), report(client, dispatcher, SECOND)
    body = {"into": first, **WHY}
    codes = [client.post(f"/v1/incidents/{second}/merge", json=body, headers=dispatcher).status_code for _ in "ab"]
    assert codes == [200, 409]
    assert len(client.get(f"/v1/incidents/{first}", headers=dispatcher).json()["duplicates"]) == 1
