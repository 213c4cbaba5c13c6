"""Cover by cell: the contract with travel times, and residents within their limit."""

from collections.abc import Callable
from datetime import datetime

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from geo_data.cover import Cells, Homes
from geo_data.residents import RESIDENTS
from geo_data.roads.network import Network
from geo_data.roads.routing import Router

SIX = datetime(2025, 6, 4, 18, tzinfo=GUANGZHOU_TIME)
Make = Callable[..., Network]
TIANHE = [Position(113.33 + 0.01 * (i % 4), 23.12 + 0.01 * (i // 4)) for i in range(12)]
STREETS = [(a, b) for a in range(12) for b in (a + 1, a + 4) if b < 12 and (b != a + 1 or b % 4)]


def town(make_network: Make, streets: list[tuple[int, int]] = STREETS) -> Network:
    return make_network(TIANHE, [(a, b) for pair in streets for a, b in (pair, pair[::-1])])


@settings(max_examples=40, deadline=None)
@given(
    streets=st.lists(st.sampled_from(STREETS), min_size=1, unique=True),
    origins=st.lists(st.sampled_from(TIANHE), max_size=4),
    resolution=st.sampled_from([7, 8, 9]),
)
def test_a_cell_is_as_near_as_its_nearest_junction_by_travel_times(
    make_network: Make, streets: list[tuple[int, int]], origins: list[Position], resolution: int
) -> None:
    network = town(make_network, streets)
    router = Router(network)
    found = Cells(network, resolution).cover(router, origins, SIX)
    expected: dict[int, float] = {}
    for node in sorted(set(network.tail) | set(network.head)):
        place = Position(float(network.node_lon[node]), float(network.node_lat[node]))
        seconds = router.travel_times(origins, place, SIX).seconds.min(initial=np.inf)
        cell = h3.latlng_to_cell(place.lat, place.lon, resolution)
        expected[cell] = min(seconds, expected.get(cell, np.inf))
    seconds_of = dict(zip(found.cells.tolist(), found.seconds, strict=True))
    assert [seconds_of[c] for c in expected] == pytest.approx(list(expected.values()), rel=1e-9, abs=1e-6)
    assert found.metric == "weekday-18"


def test_without_anybody_no_cell_is_near(make_network: Make) -> None:
    network = town(make_network)
    assert np.isinf(Cells(network).cover(Router(network), [], SIX).seconds).all()


def test_a_resolution_that_makes_no_map_is_refused(make_network: Make) -> None:
    with pytest.raises(InvalidInput, match="6 to 9"):
        Cells(town(make_network), 12)


def test_residents_are_counted_by_the_junctions_within_the_limit_of_their_place(make_network: Make) -> None:
    network = town(make_network)
    homes = Homes(network, lambda district, _: 100.0 if district == "天河区" else 1.0)
    (tianhe,) = homes.served(np.where(np.arange(12) < 3, 50.0, 200.0))
    assert (tianhe.area, tianhe.junctions) == ("天河区", 12)
    assert tianhe.residents == 1000 * RESIDENTS["天河区"]
    assert tianhe.within == pytest.approx(tianhe.residents / 4)


def test_the_first_of_the_copies_of_a_junction_counts(make_network: Make) -> None:
    edges = [(a, b) for pair in STREETS for a, b in (pair, pair[::-1])]
    network = make_network([*TIANHE, TIANHE[0]], edges, [0])
    (tianhe,) = Homes(network, lambda *_: 100.0).served(np.array([np.inf] * 12 + [50.0]))
    assert tianhe.within == pytest.approx(tianhe.residents / 12)
