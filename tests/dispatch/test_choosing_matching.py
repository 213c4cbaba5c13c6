"""Matching a window: against brute force on small cases, and the rules any window obeys."""

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scene import Scene, surveyor
from situations import scene, situated

from dispatch.choosing.matching import match, wait_price_s
from dispatch.choosing.situation import NOBODY, Situation
from dispatch.policy.policy import Choosing

Costs = npt.NDArray[np.float64]
ANYTHING_GOES = Choosing(swap_gain_s=1e-9, swap_late_rise=2.0)
shapes = st.tuples(st.integers(1, 3), st.integers(1, 4))
costs = shapes.flatmap(
    lambda shape: arrays(float, shape, elements=st.sampled_from([*np.arange(0.0, 6000, 37), np.inf]))
)


def total(columns: list[int], cost: Costs, wait_s: Costs) -> float:
    return sum(float(wait_s[i] if c == NOBODY else cost[i, c]) for i, c in enumerate(columns))


def brute_force(cost: Costs, wait_s: Costs) -> float:
    n, units = cost.shape
    ways = product(range(NOBODY, units), repeat=n)
    return min(total(list(w), cost, wait_s) for w in ways if len({c for c in w if c >= 0}) == sum(c >= 0 for c in w))


def columns_of(s: Situation, cost: Costs, policy: Choosing) -> list[int]:
    return [m.column for m in match(s, cost, policy)]


@given(costs)
def test_a_window_costs_as_little_as_trying_every_way(cost: Costs) -> None:
    s = situated(np.where(np.isfinite(cost), 600.0, np.inf))
    found = columns_of(s, cost, Choosing())
    wait_s = wait_price_s(s, Choosing())
    assert total(found, cost, wait_s) == pytest.approx(brute_force(cost, wait_s))


@given(costs, st.data())
def test_with_free_exchange_it_costs_as_little_as_trying_every_way(cost: Costs, data: st.DataObject) -> None:
    n, units = cost.shape
    cost = np.where(np.isfinite(cost), cost, 5999.0)
    held = data.draw(st.permutations([*range(units), *[NOBODY] * n]))[:n]
    scenes = [scene(f"I{i}", unit_id=f"U{c}" if c >= 0 else None) for i, c in enumerate(held)]
    s = situated(np.full((n, units), 600.0), scenes=scenes)
    wait_s = np.where(s.current == NOBODY, wait_price_s(s, ANYTHING_GOES), np.inf)
    found = columns_of(s, cost, ANYTHING_GOES)
    assert total(found, cost, wait_s) == pytest.approx(brute_force(cost, wait_s))


@given(costs, st.data())
def test_a_unit_goes_to_one_incident_and_never_where_it_may_not(cost: Costs, data: st.DataObject) -> None:
    n, units = cost.shape
    held = data.draw(st.permutations([*range(units), *[NOBODY] * n]))[:n]
    scenes = [scene(f"I{i}", unit_id=f"U{c}" if c >= 0 else None) for i, c in enumerate(held)]
    s = situated(np.where(np.isfinite(cost), cost, np.inf), scenes=scenes)
    found = match(s, cost, Choosing())
    sent = [m.column for m in found if m.column != NOBODY]
    assert len(set(sent)) == len(sent)
    for m in found:
        assert m.column in {NOBODY, m.before} or np.isfinite(cost[m.row, m.column])
        assert m.before == NOBODY or m.column != NOBODY  # nobody loses a unit without getting another


@given(costs, arrays(float, 3, elements=st.floats(0, 6000)))
def test_one_unit_more_never_makes_the_best_total_worse(cost: Costs, more: Costs) -> None:
    wider = np.column_stack([cost, more[: len(cost)]])
    wait_s = wait_price_s(situated(np.ones(cost.shape)), Choosing())
    before, after = (total(columns_of(situated(np.ones(c.shape)), c, Choosing()), c, wait_s) for c in (cost, wider))
    assert after <= before + 1e-6


@given(costs, st.floats(0, 1e5))
def test_whoever_can_be_reached_is_not_left_waiting_for_ever(cost: Costs, waited_s: float) -> None:
    patient = Choosing(wait_price_s=60.0, wait_growth=1.0)
    long_enough_s = float(np.max(cost, where=np.isfinite(cost), initial=0.0))
    s = situated(cost[:1], scenes=[scene("A", waited_s=long_enough_s + waited_s)])
    assert (columns_of(s, cost[:1], patient) == [NOBODY]) == (not np.isfinite(cost[0]).any())


def test_among_many_that_wait_the_one_that_has_waited_longest_is_served_in_the_end() -> None:
    scenes = [scene("A", waited_s=3600.0, time_left_s=-1800.0), *(scene(k) for k in "BCD")]
    cost = np.array([[3000.0], [500.0], [600.0], [700.0]])
    s = situated(np.full((4, 1), 600.0), scenes=scenes)
    assert columns_of(s, cost, Choosing()) == [0, NOBODY, NOBODY, NOBODY]


def test_an_incident_waits_where_sending_anybody_costs_more_than_waiting() -> None:
    s = situated([[600.0]])
    assert columns_of(s, np.array([[7199.0]]), Choosing()) == [0]
    assert columns_of(s, np.array([[7201.0]]), Choosing()) == [NOBODY]


def exchange(gain_s: float, policy: Choosing, *, farther_s: float = 0.0) -> list[int]:
    """A has U0 and B has U1; the other way round both are nearer, saving ``gain_s`` in all."""
    scenes = [scene("A", unit_id="U0"), scene("B", unit_id="U1")]
    near, far = 600.0, 600.0 + gain_s / 2
    s = situated([[far, near + farther_s], [near, far]], scenes=scenes)
    return columns_of(s, np.array([[far, near], [near, far]]), policy)


def test_units_exchange_only_where_more_is_saved_than_the_policy_asks() -> None:
    assert exchange(179, Choosing()) == [0, 1]
    assert exchange(181, Choosing()) == [1, 0]
    assert exchange(181, Choosing(swaps=False)) == [0, 1]


def test_units_do_not_exchange_where_one_incident_is_made_late_by_it() -> None:
    assert exchange(600, Choosing(), farther_s=1200) == [0, 1]
    assert exchange(600, ANYTHING_GOES, farther_s=1200) == [1, 0]


def test_a_new_incident_may_take_a_unit_over_when_its_own_gets_one_as_good() -> None:
    scenes = [scene("A", unit_id="U0"), scene("B")]
    s = situated([[600, 620], [300, 3000]], scenes=scenes)
    found = match(s, s.travel_s, Choosing())
    assert [(m.column, m.before) for m in found] == [(1, 0), (0, NOBODY)]
    assert found[0].chain == found[1].chain
    assert found[0].gain_s == pytest.approx(600 + 3000 - 920)


def test_a_unit_cut_off_from_its_incident_is_replaced() -> None:
    s = situated([[np.inf, 700]], scenes=[scene("A", unit_id="U0")])
    assert columns_of(s, s.travel_s, Choosing()) == [1]


def test_without_units_everybody_waits() -> None:
    s = situated(np.empty((2, 0)), scenes=[scene("A"), scene("B")], units=[])
    assert columns_of(s, s.travel_s, Choosing()) == [NOBODY, NOBODY]


@given(st.permutations(range(4)))
def test_ties_fall_the_same_way_however_the_units_come(order: list[int]) -> None:
    world = Scene([surveyor(n, 113.33) for n in range(4)])
    states = world.desk.fleet.states(world.now)
    s = world.desk.look([scene("A"), scene("B")], [states[n] for n in order], world.now)
    sent = [s.units[c].unit.id for c in columns_of(s, s.travel_s, Choosing())]
    assert sent == ["S0", "S1"]
