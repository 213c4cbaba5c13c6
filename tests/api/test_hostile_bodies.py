"""What a hostile or clumsy client may put into a body: refused in words, at once, and nothing falls over."""

import pytest
from fastapi.testclient import TestClient

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
