"""Response plans: their union, their reading, their sentence."""

from functools import reduce
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.plans import Need, Plans, ResponsePlan, join_needs
from dispatch.policy.policy import Policy
from dispatch.vocabulary import Role, Skill, Tier, Zone

seconds = st.floats(1, 10_000)
skills = st.frozensets(st.sampled_from(Skill))
any_plan = st.builds(
    ResponsePlan,
    needs=st.lists(st.builds(Need, st.sampled_from(Role), skills), max_size=4).map(
        lambda needs: join_needs([Need(Role.SURVEYOR), *needs])
    ),
    priority=st.floats(0.1, 9),
    contact_s=seconds,
    specialist_contact_s=st.none() | seconds,
    urban_limit_s=st.none() | seconds,
    suburban_limit_s=st.none() | seconds,
    remote=st.booleans(),
    remote_if_median_over_s=seconds,
    police=st.lists(st.sampled_from(["110", "12122", "122"]), unique=True).map(sorted).map(tuple),
)


@given(any_plan, any_plan, any_plan)
def test_the_union_asks_no_order_and_knows_no_twice(a: ResponsePlan, b: ResponsePlan, c: ResponsePlan) -> None:
    assert a | b == b | a
    assert a | a == a
    assert (a | b) | c == a | (b | c)


@given(any_plan, any_plan)
def test_another_tier_never_lowers_the_priority_nor_lengthens_a_limit_nor_drops_a_need(
    a: ResponsePlan, b: ResponsePlan
) -> None:
    both = a | b
    assert both.priority >= a.priority
    assert both.contact_s <= a.contact_s
    for mine, joint in (
        (a.specialist_contact_s, both.specialist_contact_s),
        *((a.limit_s(zone), both.limit_s(zone)) for zone in Zone),
    ):
        assert mine is None or (joint is not None and joint <= mine)
    assert {n.role for n in a.needs} <= {n.role for n in both.needs}
    assert all(n.skills <= both.skills(n.role) for n in a.needs)
    assert both.remote <= a.remote
    assert set(a.police) <= set(both.police)


@given(st.lists(st.sampled_from(Tier), min_size=1, max_size=4), st.sampled_from(Tier), st.sampled_from(Zone))
def test_the_promise_never_grows_with_a_tier(tiers: list[Tier], more: Tier, zone: Zone) -> None:
    table = {"green_channel": {"urban_limit_s": 1200.0}, "injury": {"urban_limit_s": 1500, "suburban_limit_s": 2400}}
    policy = Policy.from_mapping({"plans": table})
    assert (
        policy.limit_s([*tiers, more], zone) <= policy.limit_s(tiers, zone) <= (policy.arrival_commitment.limit_s(zone))
    )


def test_the_plan_of_several_tiers_does_not_depend_on_their_order() -> None:
    plans = Plans()
    several = [Tier.INJURY, Tier.EXPRESSWAY, Tier.HEAVY_LOSS]
    assert len({plans.of(order) for order in permutations(several)}) == 1
    assert plans.of(several) == reduce(ResponsePlan.__or__, (plans.of([t]) for t in several))


def test_an_injury_on_the_expressway_needs_all_three() -> None:
    plan = Plans().of([Tier.INJURY, Tier.EXPRESSWAY])
    assert plan.needs == (
        Need(Role.SURVEYOR),
        Need(Role.TOW_UNIT, frozenset({Skill.EXPRESSWAY})),
        Need(Role.SPECIALIST),
    )


def test_only_a_minor_incident_may_be_surveyed_by_video() -> None:
    assert [t for t in Tier if Plans().of([t]).remote] == [Tier.MINOR]
    assert not Plans().of([Tier.MINOR, Tier.GREEN_CHANNEL]).remote


def test_a_policy_changes_one_key_of_a_plan_and_keeps_the_rest() -> None:
    plans = Policy.from_mapping({"plans": {"expressway": {"priority": 7}}}).plans
    assert plans.expressway == ResponsePlan(
        needs=Plans().expressway.needs, priority=7, contact_s=120.0, police=("12122",)
    )
    assert plans.injury == Plans().injury
    only = Policy.from_mapping({"plans": {"expressway": {"roles": ["surveyor"]}}}).plans.expressway
    assert only.needs == (Need(Role.SURVEYOR),)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"plans": 3}, "must be a table"),
        ({"plans": {"injury": 3}}, "must be a table"),
        ({"plans": {"injry": {}}}, "unknown tier 'injry'"),
        ({"plans": {"injury": {"prioritty": 1}}}, "unknown key 'prioritty'"),
        ({"plans": {"injury": {"priority": 0}}}, "priority must be a number above 0"),
        ({"plans": {"injury": {"contact_s": "soon"}}}, "contact_s must be a number above 0"),
        ({"plans": {"injury": {"contact_s": float("nan")}}}, "contact_s must be a number above 0"),
        ({"plans": {"minor": {"remote": 1}}}, "remote must be true or false"),
        ({"plans": {"minor": {"police": "122"}}}, "police must be a list of numbers"),
        ({"plans": {"injury": {"roles": ["specialist"]}}}, "must name surveyor"),
        ({"plans": {"injury": {"roles": ["surveyor", "doctor"]}}}, "roles must be a list of any of"),
        ({"plans": {"injury": {"skills": ["heavy_loss"]}}}, "skills must be a table"),
        ({"plans": {"injury": {"skills": {"surveyor": ["flying"]}}}}, "skills.surveyor must be a list of any of"),
        ({"plans": {"injury": {"skills": {"pilot": []}}}}, "skills must be a list of any of"),
        ({"plans": {"injury": {"skills": {"tow_unit": ["expressway"]}}}}, "not among its roles"),
        ({"plans": {"injury": {"urban_limit_s": 3600}}}, "may only shorten"),
        ({"triage": {"green_clients": [""]}}, "open the green channel to all"),
        ({"triage": {"green_plates": [1]}}, "list of str"),
    ],
)
def test_a_mistake_in_the_plans_is_named(table: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        Policy.from_mapping(table)
