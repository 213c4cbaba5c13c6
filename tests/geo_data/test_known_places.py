"""Remembered places: the same as looked up, and looked up once."""

from collections.abc import Callable

import numpy as np

from dispatch.location import Position
from geo_data.known_places import KnownPlaces
from geo_data.roads.network import Network
from geo_data.roads.routing import Router


def test_remembered_places_are_those_of_the_router_in_any_order(make_network: Callable[..., Network]) -> None:
    corners = [Position(113.3, 23.1), Position(113.4, 23.1), Position(113.4, 23.2)]
    router, known = Router(make_network(corners, [(0, 1), (1, 0), (1, 2)])), KnownPlaces()
    random = np.random.default_rng(3)
    positions = [Position(*p) for p in random.uniform([113.25, 23.05], [113.45, 23.25], (60, 2)).tolist()]
    known.snap(router, positions[:20])
    for asked in (positions, positions[::-1], [positions[3]] * 2, []):
        found, plain = known.snap(router, asked), router.snap(asked)
        for name in ("edge", "twin", "fraction", "offset_m"):
            assert np.array_equal(getattr(found, name), getattr(plain, name))
            assert getattr(found, name).dtype == getattr(plain, name).dtype


def test_a_position_is_looked_up_once_for_each_router() -> None:
    class Counting:
        def __init__(self) -> None:
            self.asked: list[Position] = []

        def snap(self, positions: list[Position]) -> object:
            self.asked += positions
            n = len(positions)
            return type("Found", (), {k: np.zeros(n) for k in ("edge", "twin", "fraction", "offset_m")})

    known, routers, here = KnownPlaces(), (Counting(), Counting()), Position(113.3, 23.1)
    for router in (*routers, *routers):
        known.snap(router, [here, here])  # type: ignore[arg-type]
    assert [r.asked for r in routers] == [[here], [here]]
