"""Reach of demand by cells, beside what the router says from the very positions."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest

from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from geo_data.demand.spots import Spots
from geo_data.demand_reach import SHARE, DemandCells
from geo_data.known_places import KnownPlaces
from geo_data.roads.network import Network
from geo_data.roads.routing import Router
from geo_data.scenarios import Scenarios
from geo_data.trip_times import TripTimes

SIX = datetime(2026, 1, 5, 18, tzinfo=GUANGZHOU_TIME)
FOUR = SIX.replace(hour=4)
SIDE = 6
GRID = [Position(113.20 + 0.03 * (i % SIDE), 23.00 + 0.03 * (i // SIDE)) for i in range(SIDE * SIDE)]


@pytest.fixture(scope="module")
def router(make_network: Callable[..., Network]) -> Router:
    """Three kilometres between junctions, 36 km/h."""
    pairs = [(a, a + 1) for a in range(36) if a % SIDE < SIDE - 1] + [(a, a + SIDE) for a in range(30)]
    return Router(make_network(GRID, [ends for a, b in pairs for ends in ((a, b), (b, a))]))


def spots() -> Spots:
    """Two at every junction, ever fewer accidents to the north; the last row hardly any."""
    at = np.repeat(np.arange(36), 2)
    weight = np.repeat(0.5 ** (np.arange(36) // SIDE), 2) * np.tile([3.0, 1.0], 36)
    return Spots(
        edge=at,
        lon=np.array([GRID[k].lon for k in at]) + np.tile([0.0, 0.0004], 36),
        lat=np.array([GRID[k].lat for k in at]),
        district=np.where(at < 18, "天河区", "从化区"),
        road_class=np.full(72, "primary"),
        place=at,
        weight=weight / weight.sum(),
    )


@pytest.fixture(scope="module")
def cells(router: Router) -> DemandCells:
    return DemandCells(router, spots(), lambda district, _: 1800.0 if district == "天河区" else 3600.0)


def test_cells_hold_nearly_all_accidents_by_share_with_their_limits(cells: DemandCells) -> None:
    reach = cells([GRID[0]], SIX)
    assert reach.weight.sum() == pytest.approx(1)
    assert len(reach.weight) < 36
    assert (np.diff(reach.weight) <= 1e-15).all()
    south = np.array(reach.area) == "天河区"
    assert set(reach.limit_s[south]) == {1800.0}
    assert set(reach.limit_s[~south]) == {3600.0}
    at = spots()
    assert reach.weight[south].sum() == pytest.approx(at.weight[at.district == "天河区"].sum() / SHARE, rel=0.02)


def test_at_a_cell_the_seconds_are_those_of_the_router(cells: DemandCells, router: Router) -> None:
    positions = [GRID[0], GRID[7], GRID[14]]
    told = cells(positions, SIX).seconds
    goals = cells._positions
    assert told == pytest.approx(router.matrix(positions, goals, SIX), rel=1e-6, abs=1e-6)


def test_the_cell_nearest_to_a_position_answers_for_it(cells: DemandCells) -> None:
    near = Position(GRID[7].lon + 0.006, GRID[7].lat - 0.004)
    assert np.array_equal(cells([near], SIX).seconds, cells([GRID[7]], SIX).seconds)


def test_the_hour_makes_all_ways_longer_alike(cells: DemandCells) -> None:
    peak, night = (cells([GRID[0]], at).seconds for at in (SIX, FOUR))
    assert peak == pytest.approx(night * 0.984 / 0.569, rel=1e-6)


def test_no_positions_reach_nothing(cells: DemandCells) -> None:
    assert cells([], SIX).seconds.shape[0] == 0


def test_many_to_many_says_what_one_destination_after_the_other_says(router: Router) -> None:
    late = SIX.replace(hour=17, minute=58)  # into the next hour
    times = TripTimes(router, Scenarios(router.network), KnownPlaces())
    sea = Position(113.3, 22.0)
    origins, goals = [*GRID[:8], sea], [GRID[20], GRID[3], Position(113.2101, 23.0102)]
    table = times.between(origins, goals, late)
    for column, goal in enumerate(goals):
        alone = times(origins, goal, late)
        assert table.seconds[:, column] == pytest.approx(alone.seconds, rel=1e-9)
        assert (table.metric, table.hour_log_sd) == (alone.metric, alone.hour_log_sd)
    assert np.isinf(table.seconds[-1]).all()
    assert times.between([], goals, late).seconds.shape == (0, 3)
