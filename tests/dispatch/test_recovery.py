"""Tow and shop as one plan: against brute force over every pair, and what must never be chosen."""

from datetime import UTC, datetime, time, timedelta
from math import inf, isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.bookings import Booking, day_of
from dispatch.location import Position
from dispatch.policy.policy import ArrivalModel, Recovery
from dispatch.recovery.recovery import RecoveryPlan, ShopLeg, TowLeg, plan
from dispatch.unit import GUANGZHOU_TIME, PartnerRepairShop, Shift
from dispatch.vocabulary import ShopRefusal

MODEL = ArrivalModel()
HERE = Position(113.33, 23.12)
MAKES = ("丰田", "比亚迪")
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)

hours = st.builds(Shift, *(st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])),) * 2)
shops = st.lists(
    st.builds(
        ShopLeg,
        shop=st.builds(
            PartnerRepairShop,
            id=st.integers(0, 10**6).map("R{}".format),
            name=st.just("厂"),
            position=st.just(HERE),
            designated=st.booleans(),
            hours=st.just(Shift(time(0), time(0))) | hours,
            makes=st.frozensets(st.sampled_from(MAKES)),
            capacity=st.none() | st.integers(0, 3),
        ),
        leg_s=st.floats(30, 7200) | st.just(inf),
    ),
    max_size=6,
    unique_by=lambda leg: leg.shop.id,
)
tows = st.lists(
    st.builds(
        TowLeg,
        unit_id=st.integers(0, 10**6).map("T{}".format),
        unit_name=st.just("施救车"),
        eta_s=st.just(0.0) | st.floats(30, 5400),
        eta_p90_s=st.just(6000.0),
        loading_s=st.floats(0, 1800),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda tow: tow.unit_id,
)
moments = st.integers(0, 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
policies = st.builds(Recovery, designated_first=st.booleans(), designated_detour_min=st.just(inf) | st.floats(0.01, 60))
makes = st.sampled_from(["", *MAKES])


def load(legs: list[ShopLeg], now: datetime, data: st.DataObject) -> dict[Booking, int]:
    counts = data.draw(st.lists(st.integers(0, 3), min_size=2 * len(legs), max_size=2 * len(legs)))
    days = [day_of(now), day_of(now) + timedelta(days=1)]
    return {Booking(leg.shop.id, day): counts.pop() for leg in legs for day in days}


def may(tow: TowLeg, leg: ShopLeg, make: str, taken: dict[Booking, int], now: datetime) -> float:
    """Seconds until the vehicle is at the shop; inf where the shop may not take it. Written without the code under test."""
    if not isfinite(leg.leg_s) or (leg.shop.makes and make not in leg.shop.makes):
        return inf
    seconds = tow.eta_s + tow.loading_s + leg.leg_s
    at = (now + timedelta(seconds=seconds)).astimezone(GUANGZHOU_TIME)
    opens, closes = leg.shop.hours.start, leg.shop.hours.end
    clock = at.time()
    if opens != closes:
        is_open = opens <= clock < closes if opens < closes else clock >= opens or clock < closes
        if not is_open:
            return inf
    if leg.shop.capacity is not None and taken.get(Booking(leg.shop.id, at.date()), 0) >= leg.shop.capacity:
        return inf
    return seconds


def planned(
    units: list[TowLeg], legs: list[ShopLeg], make: str, taken: dict[Booking, int], now: datetime, policy: Recovery
) -> RecoveryPlan:
    return plan(units, legs, make=make, taken=taken, now=now, policy=policy, model=MODEL)


@settings(max_examples=60)
@given(tows, shops, makes, moments, policies, st.data())
def test_no_pair_of_tow_and_shop_is_better(
    units: list[TowLeg], legs: list[ShopLeg], make: str, now: datetime, policy: Recovery, data: st.DataObject
) -> None:
    taken = load(legs, now, data)
    pairs = [(may(tow, leg, make, taken, now), leg) for tow in units for leg in legs]
    found = planned(units, legs, make, taken, now, policy)
    quickest_s = min((s for s, _ in pairs), default=inf)
    if not isfinite(quickest_s):
        assert found.options == ()
        return
    within = [
        s
        for s, leg in pairs
        if isfinite(s) and leg.shop.designated and s <= quickest_s + 60 * policy.designated_detour_min
    ]
    best_s = min(within) if policy.designated_first and within else quickest_s
    assert found.options[0].arrive_s == pytest.approx(best_s)
    assert found.options[0].designated or not (policy.designated_first and within)


@settings(max_examples=60)
@given(tows, shops, makes, moments, policies, st.data())
def test_every_shop_is_an_option_or_refused_for_a_reason_that_is_true(
    units: list[TowLeg], legs: list[ShopLeg], make: str, now: datetime, policy: Recovery, data: st.DataObject
) -> None:
    taken = load(legs, now, data)
    found = planned(units, legs, make, taken, now, policy)
    options, refused = {o.shop_id for o in found.options}, {r.shop_id: r.reason for r in found.refused}
    assert options | set(refused) == {leg.shop.id for leg in legs}
    for leg in legs:
        able = isfinite(may(found.tows[0], leg, make, taken, now))
        assert (leg.shop.id in options) == able
        assert able == (refused.get(leg.shop.id) in (None, ShopRefusal.NOT_DESIGNATED))
        if refused.get(leg.shop.id) is ShopRefusal.NOT_DESIGNATED:
            assert not leg.shop.designated
            assert found.options[0].designated


@settings(max_examples=60)
@given(tows, shops, shops, makes, moments, st.data())
def test_another_shop_never_makes_the_plan_later(
    units: list[TowLeg], legs: list[ShopLeg], more: list[ShopLeg], make: str, now: datetime, data: st.DataObject
) -> None:
    """Where shops are taken as they come; with designated ones first this holds for shops of one kind."""
    known = {leg.shop.id for leg in legs}
    more = [leg for leg in more if leg.shop.id not in known]
    taken = load([*legs, *more], now, data)
    plain = Recovery(designated_first=False)
    before, after = (planned(units, some, make, taken, now, plain) for some in (legs, [*legs, *more]))
    assert not before.options or after.options[0].arrive_s <= before.options[0].arrive_s
    strict = Recovery()
    alike = [leg for leg in more if leg.shop.designated]
    before, after = (planned(units, some, make, taken, now, strict) for some in (legs, [*legs, *alike]))
    if before.options and before.options[0].designated:
        assert after.options[0].arrive_s <= before.options[0].arrive_s


@settings(max_examples=60)
@given(tows, shops, makes, moments, st.floats(0.01, 60), st.data())
def test_designated_first_costs_no_more_than_its_limit(
    units: list[TowLeg], legs: list[ShopLeg], make: str, now: datetime, detour_min: float, data: st.DataObject
) -> None:
    taken = load(legs, now, data)
    plain = planned(units, legs, make, taken, now, Recovery(designated_first=False))
    found = planned(units, legs, make, taken, now, Recovery(designated_detour_min=detour_min))
    assert bool(plain.options) == bool(found.options)
    if found.options:
        assert found.options[0].arrive_s <= plain.options[0].arrive_s + 60 * detour_min + 1e-6


@settings(max_examples=60)
@given(tows, shops, moments, policies)
def test_the_ninth_tenth_never_lies_below_the_median_and_the_sentence_names_the_choice(
    units: list[TowLeg], legs: list[ShopLeg], now: datetime, policy: Recovery
) -> None:
    found = planned(units, legs, "丰田", {}, now, policy)
    for option in found.options:
        assert option.arrive_p90_s >= option.arrive_s
    assert found.explanation.endswith("。")
    assert not found.options or found.options[0].shop_name in found.explanation


def shop(number: int, leg_s: float, **more: object) -> ShopLeg:
    return ShopLeg(shop=PartnerRepairShop(id=f"R{number}", name=f"第{number}厂", position=HERE, **more), leg_s=leg_s)


TOW = TowLeg(unit_id="T1", unit_name="施救车01", eta_s=600.0, eta_p90_s=900.0, loading_s=900.0)


def test_the_plan_says_itself_in_one_sentence() -> None:
    legs = [shop(1, 300.0, designated=False), shop(2, 900.0), shop(3, 1200.0)]
    found = planned([TOW], legs, "", {}, NOON, Recovery())
    assert found.explanation == (
        "施救车01约 10 分钟到场,装车后行驶 15 分钟送第2厂(定点厂),共约 40 分钟;另有 1 家非定点厂更快,按约定定点优先。"
    )
    short = planned([TOW], legs, "", {}, NOON, Recovery(designated_detour_min=5.0))
    assert [o.shop_id for o in short.options] == ["R1", "R2", "R3"]


def test_a_shop_for_some_makes_waits_for_the_make_to_be_known() -> None:
    legs = [shop(1, 300.0, makes=frozenset({"BMW"}))]
    assert planned([TOW], legs, " bmw", {}, NOON, Recovery()).options
    assert planned([TOW], legs, "", {}, NOON, Recovery()).refused[0].reason is ShopRefusal.MAKE_UNKNOWN
    assert planned([TOW], legs, "丰田", {}, NOON, Recovery()).refused[0].reason is ShopRefusal.MAKE_NOT_TAKEN


def test_without_a_tow_there_is_no_plan_and_it_says_so() -> None:
    found = planned([], [shop(1, 300.0)], "", {}, NOON, Recovery())
    assert found.options == ()
    assert "没有可派的施救车" in found.explanation


def test_the_hours_that_count_are_those_of_the_arrival() -> None:
    shut = shop(1, 300.0, hours=Shift(time(8), time(12, 25)))  # arrival 12:30
    still_open = shop(2, 300.0, hours=Shift(time(8), time(12, 31)))
    found = planned([TOW], [shut, still_open], "", {}, NOON, Recovery())
    assert [o.shop_id for o in found.options] == ["R2"]
    assert found.refused[0].reason is ShopRefusal.CLOSED
