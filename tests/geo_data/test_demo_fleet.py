"""The demonstration fleet: its size, its shifts, and posts in every district."""

from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Role, Skill
from geo_data.builtin.places import builtin_places
from geo_data.demo_fleet import CAPACITIES, MAKES, SHIFTS, SHOP_HOURS, YOU, demo_shops, demo_units, spread
from geo_data.residents import RESIDENTS, shared_out

PLACES = builtin_places()
UNITS = demo_units(PLACES)
SIMULATED = [u for u in UNITS if u.simulated and u.backup_rank is None]
BACKUPS = [u for u in UNITS if u.backup_rank is not None]
DISTRICT = {p.position: p.district for p in PLACES}


def test_it_is_a_city_insurers() -> None:
    assert Counter(u.role for u in SIMULATED) == {Role.SURVEYOR: 120, Role.TOW_UNIT: 40, Role.SPECIALIST: 12}
    assert len(demo_shops(PLACES)) == 80
    assert [u.id for u in UNITS if not u.simulated] == [YOU]
    assert len({u.id for u in UNITS}) == len(UNITS)
    assert Counter(u.shift for u in SIMULATED if u.role is Role.SURVEYOR).keys() == set(SHIFTS)


@pytest.mark.parametrize("hour", range(24))
def test_every_district_has_a_unit_of_each_role_at_every_hour(hour: int) -> None:
    now = datetime(2026, 3, 4, hour, 45, tzinfo=GUANGZHOU_TIME)
    for role in (Role.SURVEYOR, Role.TOW_UNIT):
        on_duty = {DISTRICT[u.standby] for u in SIMULATED if u.role is role and u.shift.covers(now)}
        assert on_duty == set(RESIDENTS)


def test_back_ups_are_named_in_advance_in_an_order_and_reachable_two_ways() -> None:
    surveyors = [u for u in BACKUPS if u.role is Role.SURVEYOR]
    assert len(surveyors) >= 2  # what the contract asks
    assert [u.backup_rank for u in surveyors] == [1, 2, 3]
    assert all(len(set(u.contacts)) == 2 for u in BACKUPS)


@pytest.mark.parametrize("hour", range(24))
def test_somebody_with_each_skill_is_on_duty_at_every_hour(hour: int) -> None:
    now = datetime(2026, 3, 4, hour, 45, tzinfo=GUANGZHOU_TIME)
    on_duty = [u for u in SIMULATED if u.shift.covers(now)]
    skilled = Counter((u.role, skill) for u in on_duty for skill in u.skills)
    wanted = {
        (Role.SURVEYOR, Skill.HEAVY_LOSS): 8,
        (Role.SURVEYOR, Skill.NEW_ENERGY): 10,
        (Role.TOW_UNIT, Skill.EXPRESSWAY): 20,
        (Role.TOW_UNIT, Skill.HEAVY_TOW): 10,
    }
    assert skilled.keys() == wanted.keys()
    assert all(skilled[key] >= n for key, n in wanted.items())


def test_day_and_evening_man_the_same_posts_and_the_night_some_of_them() -> None:
    day, evening, night = (
        {u.standby for u in SIMULATED if u.shift == shift and u.role is Role.SURVEYOR} for shift in SHIFTS
    )
    assert day == evening > night
    assert (len(day), len(night)) == (44, 32)


def test_no_two_shops_share_a_name_and_most_are_designated() -> None:
    shops = demo_shops(PLACES)
    assert len({s.name for s in shops}) == len(shops)
    assert sum(s.designated for s in shops) == 60


@pytest.mark.parametrize("hour", range(24))
def test_some_designated_shops_take_any_make_at_any_hour(hour: int) -> None:
    now = datetime(2026, 3, 4, hour, 45, tzinfo=GUANGZHOU_TIME)
    open_now = [s for s in demo_shops(PLACES) if s.hours.covers(now) and s.designated and not s.makes]
    assert len(open_now) >= 5


def test_shops_differ_in_hours_makes_and_capacity() -> None:
    shops = demo_shops(PLACES)
    assert {s.hours for s in shops} == set(SHOP_HOURS)
    assert {s.capacity for s in shops} == set(CAPACITIES)
    assert 0.15 < sum(bool(s.makes) for s in shops) / len(shops) < 0.45
    assert set().union(*(s.makes for s in shops)) == set(MAKES)


def test_the_same_places_give_the_same_fleet() -> None:
    assert demo_units(PLACES) == UNITS
    assert demo_shops(PLACES) == demo_shops(PLACES)


@given(st.integers(0, 500))
def test_things_are_shared_out_whole_and_by_weight(n: int) -> None:
    given_out = shared_out(n)
    assert sum(given_out.values()) == n
    assert all(given_out[a] >= given_out[b] for a in RESIDENTS for b in RESIDENTS if RESIDENTS[a] > RESIDENTS[b])
    assert n < len(RESIDENTS) or min(given_out.values()) >= 1


@given(st.integers(0, 60))
def test_posts_of_a_district_are_different_places_in_it(n: int) -> None:
    chosen = spread(PLACES, {"天河区": n})
    assert len(set(chosen)) == len(chosen) == n
    assert {p.district for p in chosen} <= {"天河区"}
