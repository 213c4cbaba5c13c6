"""The board and the alerts that come with the service speak of numbers it really has."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.main import create_app
from api.settings import PROJECT, settings

BOARD = PROJECT / "ops" / "grafana" / "gzdispatch.json"
ALERTS = PROJECT / "ops" / "prometheus" / "alerts.yml"
SCRAPE = PROJECT / "ops" / "prometheus" / "prometheus.yml"
PAGE = PROJECT / "docs" / "observing.md"


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return [p for p in json.loads(BOARD.read_text())["panels"] if p["type"] != "row"]


def asked() -> set[str]:
    """Every number that the board and the alerts ask for."""
    questions = [target["expr"] for panel in panels() for target in panel["targets"]]
    questions += [rule["expr"] for rule in rules()]
    return {name for question in questions for name in re.findall(r"\bgz_\w+", question)}


@pytest.fixture
def told(fleet: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Numbers of a running service by the name a question uses, with their labels."""
    monkeypatch.delenv("GZ_METRICS_TOKEN", raising=False)
    settings.cache_clear()
    with TestClient(create_app(), client=("127.0.0.1", 1)) as client:
        client.get("/health")
        families = list(text_string_to_metric_families(client.get("/metrics").text))
    ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    return {
        family.name + end: {label for s in family.samples for label in s.labels}
        for family in families
        for end in ends.get(family.type, ("",))
    }


def test_every_number_of_the_board_and_the_alerts_exists(told: dict[str, set[str]]) -> None:
    assert len(asked()) > 25
    assert asked() <= set(told)


def test_nothing_is_counted_that_neither_board_nor_page_shows(told: dict[str, set[str]]) -> None:
    page = PAGE.read_text()
    names = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in told if name.startswith("gz_")}
    assert {name for name in names if name not in page} == set()


def test_every_alert_says_how_grave_it_is_and_the_page_what_to_do() -> None:
    page = PAGE.read_text()
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names) >= 12
    for rule in rules():
        assert f"`{rule['alert']}`" in page
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert re.search(r"[\u4e00-\u9fff]", rule["annotations"]["summary"])


def test_the_panels_lie_beside_each_other_and_have_ids_of_their_own() -> None:
    whole = json.loads(BOARD.read_text())["panels"]
    ids = [panel["id"] for panel in whole]
    assert len(set(ids)) == len(ids)
    taken = [
        (x, y)
        for at in (panel["gridPos"] for panel in whole)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < 24
    assert all(one <= other for one, other in pairwise(panel["gridPos"]["y"] for panel in whole))


def test_the_example_of_scraping_names_the_alerts() -> None:
    example = yaml.safe_load(SCRAPE.read_text())
    assert example["rule_files"] == [ALERTS.name]
    assert example["scrape_configs"][0]["job_name"] == "gzdispatch"
