"""Simulated demand in space: spots on roads by district and class, hot ones among them, and how callers tell them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from random import Random

import numpy as np
import pytest

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Channel
from geo_data.builtin.places import builtin_places
from geo_data.demand.shape_of import unevenness
from geo_data.demand.spots import CLASS_SHARE, Spots, find_spots
from geo_data.demand.words import CallerWords
from geo_data.districts import district_of
from geo_data.residents import RESIDENTS
from geo_data.roads.network import GENERATED, RAMP, ROAD_CLASSES, Network

PLACES = builtin_places()
AT = datetime(2026, 6, 3, 9, tzinfo=GUANGZHOU_TIME)
WIDE, HIGH = 45, 60


@pytest.fixture(scope="module")
def network(make_network: Callable[..., Network]) -> Network:
    """Streets every 1.5 km over the whole city, of all classes; every fifth row is generated, every seventh nameless."""
    nodes = [Position(113.0 + 0.0225 * i, 22.55 + 0.0225 * j) for j in range(HIGH) for i in range(WIDE)]
    edges = []
    for n in range(WIDE * HIGH):
        row, column = divmod(n, WIDE)
        across, along = (f"第{row}路" if row % 7 else ""), f"第{column}大道"
        steps = ((n + 1, across) if column + 1 < WIDE else None, (n + WIDE, along) if row + 1 < HIGH else None)
        for other, name in filter(None, steps):
            edges += [(n, other, -1.0, 36.0, name), (other, n, -1.0, 36.0, name)]
    made = make_network(nodes, edges)
    row_of = made.tail // WIDE
    classes = np.array([ROAD_CLASSES.index(name) for name in CLASS_SHARE], dtype=np.uint8)
    return replace(
        made,
        road_class=classes[row_of % len(classes)],
        flags=np.where(row_of % 5 == 0, GENERATED, 0).astype(np.uint8),
    )


@pytest.fixture(scope="module")
def spots(network: Network) -> Spots:
    return find_spots(network, PLACES, seed=7)


def test_every_district_has_its_share_of_people_and_every_class_its_share_of_accidents(spots: Spots) -> None:
    for group, wanted in ((spots.district, RESIDENTS), (spots.road_class, CLASS_SHARE)):
        for name, share in wanted.items():
            assert spots.weight[group == name].sum() == pytest.approx(share / sum(wanted.values()), abs=0.002)


def test_spots_lie_on_their_edge_in_their_district(spots: Spots, network: Network) -> None:
    for n in range(0, len(spots.edge), 97):
        ends = [int(network.tail[spots.edge[n]]), int(network.head[spots.edge[n]])]
        low, high = sorted(network.node_lon[ends]), sorted(network.node_lat[ends])
        assert low[0] - 1e-9 <= spots.lon[n] <= low[1] + 1e-9
        assert high[0] - 1e-9 <= spots.lat[n] <= high[1] + 1e-9
        assert district_of(Position(spots.lon[n], spots.lat[n])) == spots.district[n]


def test_a_few_spots_are_hot(spots: Spots) -> None:
    rows = np.random.default_rng(1).choice(len(spots.weight), 20_000, p=spots.weight)
    found = unevenness(spots.lon[rows], spots.lat[rows])
    even = unevenness(
        np.random.default_rng(2).uniform(113.1, 113.5, 20_000), np.random.default_rng(3).uniform(23, 23.4, 20_000)
    )
    assert found.top_share > 1.5 * even.top_share
    assert found.index > 5 * even.index


def test_the_same_seed_gives_the_same_spots_and_another_seed_others(spots: Spots, network: Network) -> None:
    again, other = find_spots(network, PLACES, seed=7), find_spots(network, PLACES, seed=8)
    assert np.array_equal(again.weight, spots.weight)
    assert np.array_equal(again.lon, spots.lon)
    assert not np.array_equal(other.lon[:100], spots.lon[:100])


def test_a_network_elsewhere_is_refused(make_network: Callable[..., Network]) -> None:
    porto = make_network([Position(-8.6, 41.1), Position(-8.61, 41.1)], [(0, 1), (1, 0)])
    with pytest.raises(InvalidInput, match="Guangzhou"):
        find_spots(porto, PLACES, seed=1)


def test_callers_name_a_crossing_a_road_or_a_place_and_never_a_generated_street(network: Network) -> None:
    words, random = CallerWords(network, PLACES, seed=7), Random(5)
    named = {p.name for p in PLACES}
    generated = {network.names[i] for i in set(network.name[network.flags == GENERATED]) if i >= 0}
    generated -= {network.names[i] for i in set(network.name[network.flags != GENERATED]) if i >= 0}
    assert generated
    told: dict[str, int] = {"交叉口": 0, "附近": 0, "旁边的小路": 0}
    for _ in range(600):
        spot = words.draw(random)
        text = words.where(random, spot)
        assert text.startswith(tuple(RESIDENTS)) or text.removesuffix("附近").removesuffix("旁边的小路") in named
        assert not any(
            f"{name}{end}" in text for name in generated for end in ("与", "附近", "交叉口", next(iter(named)))
        )
        told[next(end for end in told if text.endswith(end))] += 1
    assert min(told.values()) > 10


def test_ramps_are_not_named(network: Network) -> None:
    ramps = replace(network, flags=np.full(network.n_edges, RAMP, dtype=np.uint8))
    words, random = CallerWords(ramps, PLACES, seed=7), Random(5)
    told = [words.where(random, words.draw(random)) for _ in range(100)]
    assert not any(name in text for text in told for name in network.names)


def test_a_report_is_labelled_as_simulated_and_the_same_for_the_same_seed(network: Network) -> None:
    words = CallerWords(network, PLACES, seed=7)
    report = words(Random(1), AT)
    assert report == words(Random(1), AT)
    assert report.simulated
    assert report.channel is Channel.SIMULATION
    assert report.received_at == AT


def test_a_call_keeps_the_place_where_it_really_happened_to_itself(network: Network) -> None:
    words = CallerWords(network, PLACES, seed=7)
    calls = [words.call(Random(n), AT) for n in range(20)]
    spots = {(float(lon), float(lat)) for lon, lat in zip(words.spots.lon, words.spots.lat, strict=True)}
    assert all(call.scene is not None and (call.scene.lon, call.scene.lat) in spots for call in calls)
    assert all(call.report.position is None for call in calls)
