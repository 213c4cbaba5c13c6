"""Candidate sites, demand cells and the table between them."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.location import Position, distance_m
from dispatch.policy.policy import ArrivalModel
from geo_data.builtin.places import builtin_places
from geo_data.day_kinds import DayKind, day_kind
from geo_data.planning.demand_cells import demand_cells
from geo_data.planning.post_table import NOWHERE_S, moment, post_table, score, worst_hour
from geo_data.planning.sites import candidate_sites, with_posts
from geo_data.roads.network import Network
from geo_data.roads.routing import Router


def test_candidates_lie_in_every_district_and_posts_come_first() -> None:
    sites = candidate_sites(builtin_places(), 60)
    assert len(sites) == 60
    assert len({site.district for site in sites}) == 11
    posts = [sites[3].position, Position(113.5, 23.3)]
    every, rows = with_posts(sites, posts)
    assert [every[row].position for row in rows] == posts
    assert every[0].name == sites[3].name
    assert all(distance_m(site.position, post) > 200 for site in every[2:] for post in posts)


@given(weight=st.lists(st.floats(0.1, 9), min_size=1, max_size=40), share=st.floats(0.1, 1))
def test_cells_hold_the_share_asked_for_and_no_cell_too_many(weight: list[float], share: float) -> None:
    random = np.random.default_rng(len(weight))
    lon, lat = random.uniform(113.2, 113.5, len(weight)), random.uniform(23.0, 23.3, len(weight))
    cells = demand_cells(lon, lat, np.array(weight), share=share)
    assert cells.kept_share >= share - 1e-9
    assert cells.weight.sum() == pytest.approx(1)
    assert (np.diff(cells.weight) <= 1e-12).all()
    assert cells.kept_share - cells.weight[-1] * cells.kept_share < share


def test_without_demand_there_is_nothing_to_plan() -> None:
    with pytest.raises(InvalidInput, match="No demand"):
        demand_cells(np.empty(0), np.empty(0), np.empty(0))


def test_the_table_is_what_the_router_says_and_nowhere_is_far(make_network: Callable[..., Network]) -> None:
    nodes = [Position(113.30, 23.10), Position(113.35, 23.10), Position(113.40, 23.10), Position(113.45, 23.10)]
    network = make_network(nodes, [(0, 1), (1, 0), (2, 3), (3, 2)])
    router, at = Router(network), moment(DayKind.WEEKDAY, 18)
    cells = demand_cells(np.array([113.349, 113.449]), np.array([23.1, 23.1]), np.array([3.0, 1.0]))
    table = post_table(router, [Position(113.305, 23.1)], cells, np.array([1740.0, 1740.0]), ArrivalModel(), at)
    assert table.travel_s[0, 0] == router.matrix([Position(113.305, 23.1)], cells.position, at)[0, 0]
    assert (table.travel_s[0, 1], table.p_on_time[0, 1]) == (NOWHERE_S, 0.0)
    found = score(table, [0], 0.8)
    assert found.covered == pytest.approx(0.75)
    assert found.p90_s == NOWHERE_S
    assert score(table, [], 0.8).covered == 0.0


@pytest.mark.parametrize("kind", list(DayKind))
def test_a_moment_is_of_the_day_and_hour_asked_for(kind: DayKind) -> None:
    at = moment(kind, worst_hour(kind))
    assert (day_kind(at), at.hour) == (kind, worst_hour(kind))
