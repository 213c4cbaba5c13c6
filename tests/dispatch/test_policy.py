"""The policy file: what it may say, and how mistakes in it are told."""

import tomllib
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest

from dispatch.errors import InvalidInput
from dispatch.policy.policy import Policy
from dispatch.policy.province import CITIES, read_partners
from dispatch.vocabulary import Zone

SHIPPED = Path(__file__).resolve().parents[2] / "api" / "policy.toml"


def test_the_shipped_policy_says_what_the_built_in_defaults_say() -> None:
    table = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    partners = table["recovery"].pop("partners")
    made_up = [table["caller"].pop(name) for name in ("company", "telephone")]
    assert Policy.from_mapping({**table, "version": "built-in"}) == Policy()
    assert all(made_up), "the demonstration names a company and its number"
    assert [p.city for p in read_partners(partners)] == list(CITIES)
    assert all("模拟" in p["name"] for p in partners)  # made up for the demonstration, and says so


def test_an_unknown_district_falls_under_the_stricter_limit() -> None:
    assert Policy().zones.of(None, None) is Zone.URBAN


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"ofers": {}}, "unknown section"),
        ({"offers": {"anser_timeout_s": 3}}, "unknown key"),
        ({"offers": {"answer_timeout_s": "soon"}}, "number above 0"),
        ({"offers": {"answer_timeout_s": -1}}, "number above 0"),
        ({"offers": {"runners_up": 2.5}}, "whole number"),
        ({"zones": {"urban": "天河区"}}, "list of str"),
        ({"arrival": {"travel_minutes": [5.0]}}, "same length"),
        ({"arrival": {"spread_by_hour": 1}}, "true or false"),
        ({"audit": {"turnout_s": 0}}, "number above 0"),
        ({"audit": {"organisations": {"HP": ""}}}, "must hold lines"),
        ({"audit": {"organisations": ["HP"]}}, "must hold lines"),
        ({"audit": {"organisations": {" -": "黄埔环卫"}}}, "empty beginning"),
        ({"offers": 3}, "must be a table"),
        ({"audit": {"travel_s": nan}}, "must be finite"),
        ({"arrival": {"travel_log_sd": [nan, 0.4, 0.4, 0.4]}}, "must be finite"),
        ({"suspicion": {"fastest_mps": inf}}, "must be finite"),
        ({"suspicion": {"p_spike": 2.0}}, "is a probability"),
        ({"verification": {"look_back_s": 1e18}}, "longer than ten years"),
    ],
)
def test_a_mistake_in_the_policy_is_named(table: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        Policy.from_mapping(table)


def test_organisations_of_clients_are_read_by_the_beginning_of_their_numbers() -> None:
    rules = Policy.from_mapping({"audit": {"organisations": {"HP-": "黄埔环卫", "HP-7": " 七队 "}}}).audit
    assert rules.organisations == (("HP-", "黄埔环卫"), ("HP-7", "七队"))
    assert rules == replace(Policy().audit, organisations=rules.organisations)
