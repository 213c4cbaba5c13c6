"""Driving through the change of hours: exact against driving second by second; first in, first out."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from geo_data.roads.network import Network
from geo_data.roads.routing import Route, Router
from geo_data.roads.speeds import speed_ratio
from geo_data.roads.time_dependent import drive, driving_s

MIDNIGHT = datetime(2025, 6, 4, tzinfo=GUANGZHOU_TIME)
departures = st.floats(0, 3 * 86_400).map(lambda s: MIDNIGHT + timedelta(seconds=s))
free_flow = st.floats(0, 4 * 3600)


def second_by_second(work_s: float, departure: datetime) -> float:
    spent_s = 0
    while work_s > 0:
        work_s -= speed_ratio(departure + timedelta(seconds=spent_s))
        spent_s += 1
    return float(spent_s)


@given(free_flow, departures)
@settings(max_examples=25, deadline=None)
def test_it_is_what_driving_second_by_second_gives(work_s: float, departure: datetime) -> None:
    assert float(driving_s(work_s, departure)) == pytest.approx(second_by_second(work_s, departure), abs=6)


@given(free_flow, departures, st.floats(0, 4 * 3600))
@settings(deadline=None)
def test_who_leaves_later_never_arrives_earlier(work_s: float, departure: datetime, wait_s: float) -> None:
    later = departure + timedelta(seconds=wait_s)
    assert float(driving_s(work_s, departure)) <= wait_s + float(driving_s(work_s, later)) + 1e-4


@given(st.lists(free_flow, min_size=1, max_size=5), departures)
@settings(deadline=None)
def test_piece_by_piece_takes_as_long_as_the_whole(parts: list[float], departure: datetime) -> None:
    at = departure
    for part in parts:
        at += timedelta(seconds=float(driving_s(part, at)))
    whole_s = float(driving_s(sum(parts), departure))
    assert (at - departure).total_seconds() == pytest.approx(whole_s, abs=1e-3)


@given(st.floats(0, 100), departures)
@settings(deadline=None)
def test_more_road_takes_longer(more_s: float, departure: datetime) -> None:
    shorter, longer = driving_s([1000.0, 1000.0 + more_s], departure)
    assert shorter <= longer


def test_what_no_road_leads_to_stays_out_of_reach() -> None:
    assert driving_s([np.inf, 0.0], MIDNIGHT).tolist() == [np.inf, 0.0]
    assert driving_s([], MIDNIGHT).tolist() == []


def test_a_departure_without_a_time_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        driving_s([1.0], MIDNIGHT.replace(tzinfo=None))


@pytest.fixture
def way(make_network: Callable[..., Network]) -> Route:
    """Forty kilometres in free flow at 36 km/h, planned for 17:00 of a weekday, from half a kilometre off the road."""
    nodes = [Position(113.1 + 0.1 * i, 23.1) for i in range(5)]
    network = make_network(nodes, [(i, i + 1, 10_000, 36) for i in range(4)])
    found = Router(network).route(Position(113.1, 23.105), nodes[4], MIDNIGHT.replace(hour=17))
    assert found is not None
    return found


def test_within_the_hour_a_route_takes_as_long_as_it_says(way: Route) -> None:
    seventeen = MIDNIGHT.replace(hour=17)
    whole = drive(way, seventeen, MIDNIGHT.replace(hour=2))
    assert whole.seconds == pytest.approx(way.access_s + 4000 / 0.978, abs=60)
    assert way.access_s > 100
    short = drive(way, seventeen, seventeen)
    assert short.edge_s[0] == pytest.approx(way.edge_s[0])
    assert short.edge_s[:2] == pytest.approx(way.edge_s[:2])


def test_a_route_into_the_evening_peak_takes_longer_on_its_later_edges(way: Route) -> None:
    departure = MIDNIGHT.replace(hour=17, minute=30)
    driven = drive(way, MIDNIGHT.replace(hour=17), departure)
    first_s = 1000 / 0.620  # until 18:00 another 189 s are driven at the pace of 17:00
    second_s = (1800 - first_s) + (1000 - (1800 - first_s) * 0.620) / 0.569
    assert driven.edge_s == pytest.approx([first_s, second_s, 1000 / 0.569, driven.edge_s[3]])
    assert driven.edge_s[3] < 1000 / 0.569  # 19:00 is past by then
    assert driven.seconds == pytest.approx(way.access_s + driven.edge_s.sum())
    assert driven.arrive_at == departure + timedelta(seconds=driven.seconds)
