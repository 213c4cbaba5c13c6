"""What a hostile or clumsy client may put into a body: refused in words, at once, and nothing falls over."""

import json

import pytest
from fastapi.testclient import TestClient

from api.access.public_doors import MOST_OF_OTHERS
from api.credentials.device_tokens import digest
from api.forms.evidence_schemas import SceneReportIn
from api.forms.follow_up_schemas import AssessedIn, RefusedIn
from api.forms.schemas import ReasonIn

Headers = dict[str, str]


@pytest.mark.parametrize("text", ['"\\ud800"', '"a\\u0000b"'])
def test_half_a_character_is_refused_and_not_stored(client: TestClient, text: str) -> None:
    body = f'{{"username": {text}, "password": "x"}}'
    answer = client.post("/v1/session", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    said = client.post("/v1/osmand", content=f'{{"device_id": {text}}}', headers={"Content-Type": "application/json"})
    assert said.status_code in (400, 401)


@pytest.mark.parametrize("loss", ["1E300000", "1E999999", "1e11", "-1", "0.001", "NaN"])
def test_a_loss_beyond_reason_is_refused_before_it_is_reckoned_with(loss: str) -> None:
    with pytest.raises(ValueError, match="loss_yuan"):
        SceneReportIn.model_validate({"decision": "settled", "loss_yuan": loss})


def test_amounts_are_whole_fen() -> None:
    assert AssessedIn(amount_yuan=3200.05).amount_yuan == 3200.05
    with pytest.raises(ValueError, match="two decimals"):
        AssessedIn(amount_yuan=0.001)


@pytest.mark.parametrize("body", [ReasonIn, RefusedIn])
def test_blanks_are_no_reason(body: type[ReasonIn | RefusedIn]) -> None:
    with pytest.raises(ValueError, match="reason"):
        body(reason="   ")
    assert body(reason=" 太远 ").reason == "太远"


def test_any_text_has_a_digest() -> None:
    assert digest("\ud800") != digest("a")


@pytest.mark.parametrize("path", ["/v1/session", "/v1/reports", "/v1/caller/reports", "/v1/positions", "/v1/nowhere"])
@pytest.mark.parametrize("announced", [True, False])
def test_no_door_keeps_a_body_without_end(client: TestClient, path: str, announced: bool) -> None:
    parts = [b"a" * 1_000_000] * 6
    body = b"".join(parts) if announced else iter(parts)
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["kind"] == "TooLarge"


def test_the_longest_list_that_is_allowed_passes_the_bound() -> None:
    fix = {"unit_id": "S" * 20, "lon": 113.123456789, "lat": 23.123456789, "at": "2026-11-27T00:00:00.123456+08:00"}
    rest = {"accuracy_m": 12.123456789, "speed_mps": 12.123456789, "heading_deg": 123.123456789, "mocked": False}
    assert 5000 * len(json.dumps(fix | rest)) < MOST_OF_OTHERS
