"""Rules of choice: each term prices what it says, and the sum is the sum of those that are on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import Scene, surveyor
from situations import scene, situated, unit

from dispatch.choosing import rules
from dispatch.choosing.rules import BASELINES, CITY_TERMS, INCIDENT_TERMS, ExpectedCost, name_of, ranked, rule_of
from dispatch.choosing.situation import Situation
from dispatch.errors import InvalidInput
from dispatch.policy.policy import RULES, TERMS, Choosing, Policy
from dispatch.ports import Reach
from dispatch.vocabulary import Role

WEIGHTS = {
    "nearness": "nearness_weight",
    "lateness": "lateness_weight",
    "late": "late_price_s",
    "fairness": "job_price_s",
    "cover": "cover_price_s",
}
ON_THE_EDGE = Reach(np.array([[100.0, 100.0], [100.0, 9999.0], [9999.0, 100.0]]), np.arange(3), np.array([0.7, 0.3]), np.full(2, 900.0), ("甲", "乙"))  # fmt: skip


def busy_evening() -> Situation:
    """Two incidents, three units: U0 is nearest, has done most, and U1 alone would leave more uncovered than U2."""
    scenes = [scene("A", time_left_s=900), scene("B", time_left_s=300, priority=3.0)]
    return situated([[300, 500, 700], [400, np.inf, 350]], scenes=scenes, jobs={"U0": 5, "U1": 1}, reach=ON_THE_EDGE)


def test_policy_and_rules_know_the_same_names() -> None:
    assert set(TERMS) == {*INCIDENT_TERMS, *CITY_TERMS, "priority"}
    assert set(RULES) == {*BASELINES, "expected_cost"}
    assert [name_of(rule_of(Choosing(rule=name))) for name in RULES[1:]] == list(RULES[1:])


@pytest.mark.parametrize("bad", [{"rule": "best"}, {"terms": ("luck",)}, {"busy_share": 1.0}])
def test_a_policy_that_names_what_is_not_there_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="choosing"):
        Choosing(**bad)  # type: ignore[arg-type]


def test_the_terms_are_read_from_the_policy_file() -> None:
    read = Policy.from_mapping({"choosing": {"terms": ["late"], "rule": "expected_cost", "late_price_s": 60}})
    assert rule_of(read.choosing) == ExpectedCost(Choosing(terms=("late",), late_price_s=60))


@pytest.mark.parametrize("name", list(WEIGHTS))
def test_a_term_switched_off_is_a_term_of_weight_nothing(name: str) -> None:
    s = busy_evening()
    off = ExpectedCost(Choosing(terms=tuple(t for t in TERMS if t != name)))
    nothing = ExpectedCost(replace(Choosing(), **{WEIGHTS[name]: 0.0}))
    assert off(s) == pytest.approx(nothing(s))


@pytest.mark.parametrize("name", list(WEIGHTS))
def test_a_term_alone_is_its_own_value_times_its_price(name: str) -> None:
    s = busy_evening()
    policy = Choosing(terms=(name,), busy_share=0.5)  # one accident for each free unit while one is away
    term = {**INCIDENT_TERMS, **CITY_TERMS}[name]
    expected = np.where(s.reached, getattr(policy, WEIGHTS[name]) * term(s), np.inf)
    assert ExpectedCost(policy)(s) == pytest.approx(expected)


def test_priority_counts_what_the_incident_suffers_and_not_what_the_others_bear() -> None:
    s = busy_evening()
    plain, pressing = (ExpectedCost(Choosing(terms=t))(s) for t in (("late", "cover"), ("late", "cover", "priority")))
    assert pressing[0] == pytest.approx(plain[0])
    own = 1800 * rules.late(s)[1]
    assert pressing[1, [0, 2]] - plain[1, [0, 2]] == pytest.approx(2 * own[[0, 2]])


def test_each_baseline_sends_whom_it_says() -> None:
    units = [unit("U0", 113.35), unit("U1", 113.331), unit("U2", 113.34)]
    s = situated([[300, 900, 400]], units=units, reach=ON_THE_EDGE)
    first = {name: ranked(s, rule(s), 0)[0] for name, rule in BASELINES.items()}
    assert first == {"nearest_by_road": 0, "nearest_in_a_straight_line": 1, "least_cover_lost": 2}


def test_when_nobody_can_be_on_time_least_cover_lost_sends_the_nearest() -> None:
    s = situated([[900, 800, 850]], scenes=[scene("A", time_left_s=60)], reach=ON_THE_EDGE)
    assert ranked(s, rules.least_cover_lost(s), 0) == [1, 2, 0]


@given(st.permutations(range(5)))
def test_the_order_in_which_units_come_does_not_matter(order: list[int]) -> None:
    desk = Scene([surveyor(n, 113.33 + 0.01 * (n // 2)) for n in range(6)]).desk  # pairs at one place
    states = desk.fleet.states(Scene().now)
    shuffled = [states[n] for n in order]
    scenes = [scene("A")]
    seen = desk.look(scenes, shuffled, Scene().now)
    assert [s.unit.id for s in seen.units] == sorted(s.unit.id for s in shuffled)
    best = [seen.units[c].unit.id for c in ranked(seen, rule_of(Choosing())(seen), 0)]
    assert best == ["S0", "S1", "S2", "S3", "S4"]


@given(st.lists(st.integers(0, 2), min_size=1, max_size=6))
def test_units_at_one_place_cover_what_they_would_each_with_a_place_of_its_own(places: list[int]) -> None:
    travel_s = [[300.0] * len(places)]
    shared = replace(ON_THE_EDGE, place=np.array(places))
    apart = replace(ON_THE_EDGE, seconds=ON_THE_EDGE.seconds[places], place=np.arange(len(places)))
    losses = [situated(travel_s, reach=reach).cover_loss for reach in (shared, apart)]
    assert losses[0] == pytest.approx(losses[1])


def test_who_may_not_go_costs_without_end_under_every_rule() -> None:
    s = situated([[300, np.inf, 500]], scenes=[scene("A", barred=["U2"])], reach=ON_THE_EDGE)
    for rule in (*BASELINES.values(), ExpectedCost(Choosing())):
        assert np.isfinite(rule(s)).tolist() == [[True, False, False]]


def test_the_sentence_says_what_is_gained_by_not_sending_the_nearest() -> None:
    world = Scene([surveyor(1, 113.334), surveyor(2, 113.336)])
    reach = Reach(np.array([[60.0], [9999.0]]), np.arange(2), np.ones(1), np.full(1, 1800.0), ("天河区",))
    desk = replace(world.desk, reach=lambda *_: reach)
    advice = desk.advise(world.report(), Role.SURVEYOR, world.now)
    assert [c.unit_id for c in advice.options] == ["S2", "S1"]
    assert advice.explanation.startswith(
        "派查勘员2而不派最近的查勘员1:保住天河区片区的覆盖(全市预期覆盖少失 70.0 个百分点);路上多"
    )
    assert "keeps 天河区 covered (70.0 points" in advice.explanation_in_english
    offered = desk.offer(world.report(), Role.SURVEYOR, world.now).open_assignments[0].offer
    assert (offered.unit_id, offered.chosen.cover_loss, offered.runners_up[0].unit_id) == ("S2", 0.0, "S1")


def test_a_recommendation_lists_the_best_and_always_the_nearest_and_whom_an_operator_names() -> None:
    world = Scene([surveyor(n, 113.33 + 0.001 * n) for n in range(9)])
    last_is_best = lambda s: np.where(s.reached, -s.travel_s, np.inf)  # noqa: E731
    desk = replace(world.desk, policy=Policy(choosing=Choosing(shown=2)), rule=last_is_best)
    advice = desk.advise(world.report(), Role.SURVEYOR, world.now)
    assert [c.unit_id for c in advice.options] == ["S8", "S7", "S0"]
    after = desk.offer(world.report(), Role.SURVEYOR, world.now, unit_id="S4", reason="熟悉", by="dispatcher")
    assert after.open_assignments[0].unit_id == "S4"
