"""Whether stated probabilities were right, over HTTP; and the file of a learned model."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from finished_trips import trips
from sqlalchemy import Engine

from api import learned
from api.commands.learn import learn
from api.learned import kept_file, predictor, read_learned, write_learned
from api.service.keeping_foretold import foretell_once
from api.settings import settings
from dispatch.errors import InvalidInput, Unavailable
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.fit import fit
from dispatch.prediction.learned import Learned
from dispatch.prediction.learned_file import named

Headers = dict[str, str]
WORDS = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
PRIOR = ArrivalModel()


def asked(client: TestClient, who: Headers) -> dict[str, Any]:
    answer = client.get("/v1/calibration", headers=who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_was_stated_is_kept_from_the_report_on_and_counted_once_it_is_judged(
    client: TestClient, dispatcher: Headers, surveyor: Headers, fleet: Engine
) -> None:
    empty = asked(client, dispatcher)
    assert (empty["model"], empty["moments"]["report"]["n"], empty["moments"]["report"]["enough"]) == (None, 0, False)
    key = client.post("/v1/reports", json={"text": WORDS}, headers=dispatcher).json()["id"]
    foretell_once(fleet, datetime.now(UTC), set())  # as the background does
    offered = client.post(f"/v1/incidents/{key}/assignments", json={}, headers=dispatcher).json()
    assert asked(client, dispatcher)["moments"]["report"]["n"] == 0  # open still
    job = offered["assignments"][0]["id"]
    for step in ("accept", "depart", "arrive"):
        assert client.post(f"/v1/assignments/{job}/{step}", headers=surveyor).status_code == 200
    found = asked(client, dispatcher)
    for moment in ("report", "assignment"):
        one = found["moments"][moment]
        assert (one["n"], one["kept"]["kept"], one["brier"]["n"]) == (1, 1, 1)
        assert sum(tenth["seen"]["n"] for tenth in one["tenths"]) == 1
        assert set(one["by_zone"]) == {"urban"}
    assert found["models"] == ["prior"]


def test_our_own_finished_trips_are_learned_from(
    client: TestClient, dispatcher: Headers, surveyor: Headers, tmp_path: Path
) -> None:
    out = tmp_path / "arrivals.json"
    with pytest.raises(InvalidInput, match="No finished trip"):
        learn(out, 7, simulated=False)
    key = client.post("/v1/reports", json={"text": WORDS}, headers=dispatcher).json()["id"]
    offered = client.post(f"/v1/incidents/{key}/assignments", json={}, headers=dispatcher).json()
    for step in ("accept", "depart", "arrive"):
        client.post(f"/v1/assignments/{offered['assignments'][0]['id']}/{step}", headers=surveyor)
    learn(out, 7, simulated=False)
    model = read_learned(out, PRIOR)
    assert (model.about.trips, model.about.simulated) == (1, 0)
    assert "own events" in model.about.source


def test_calibration_is_for_those_who_may_read_it(client: TestClient) -> None:
    assert client.get("/v1/calibration").status_code == 401


def empty_model() -> Learned:
    return named(fit([], [], PRIOR, source="test"))


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "arrivals.json"
    write_learned(path, empty_model())
    assert read_learned(path, PRIOR).name == empty_model().name
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(Unavailable, match="--out"):
        write_learned(tmp_path / "nowhere" / "arrivals.json", empty_model())


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"form": 1})])
def test_what_is_no_model_is_refused_with_the_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "arrivals.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match="gzdispatch learn"):
        read_learned(path, PRIOR)


@pytest.fixture
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder of this test's own, of a real service."""
    with monkeypatch.context() as patch:
        patch.setenv("GZ_STATE", str(tmp_path))
        patch.setenv("GZ_SIMULATION", "false")
        settings.cache_clear()
        yield tmp_path
    settings.cache_clear()


def test_a_service_without_a_good_model_says_so_and_goes_by_its_policy(own_state: Path) -> None:
    told: list[str] = []
    missing = predictor(replace(PRIOR, learned="arrivals.json"), own_state, told.append)
    assert missing is None
    assert "policy's assumptions" in told[0]
    assert "gzdispatch learn" in told[0]
    assert predictor(PRIOR, own_state, told.append) is None
    assert len(told) == 1


def test_what_was_learned_last_is_used_where_the_policy_names_nothing(own_state: Path) -> None:
    told: list[str] = []
    assert predictor(PRIOR, own_state / "policy", told.append) is None
    write_learned(kept_file(), empty_model())
    assert kept_file().parent == own_state
    found = predictor(PRIOR, own_state / "policy", told.append)
    assert isinstance(found, Learned)
    assert (found.name, told) == (empty_model().name, [])


def test_a_real_service_does_not_go_by_what_a_demonstration_has_learned(
    own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    write_learned(kept_file(), named(fit(trips(5), [], PRIOR, source="test")))
    assert predictor(PRIOR, own_state, told.append) is None
    assert "simulated trips" in told[0]
    monkeypatch.setenv("GZ_SIMULATION", "true")
    settings.cache_clear()
    assert isinstance(predictor(PRIOR, own_state, told.append), Learned)


def test_a_service_with_one_says_how_many_trips_were_simulated(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "arrivals.json"
    write_learned(path, empty_model())
    with caplog.at_level(logging.INFO, learned.log.name):
        found = predictor(replace(PRIOR, learned=path.name), tmp_path)
    assert isinstance(found, Learned)
    assert "none simulated" in caplog.text
