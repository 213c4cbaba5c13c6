"""Importing OpenStreetMap files: hand-made ones for the rules, real extracts for the counts."""

import gzip
import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import osmium
import osmnx
import pytest
from osmium.osm.types import Way
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from dispatch.errors import InvalidInput, Unavailable
from geo_data.imports.openstreetmap import import_osm
from geo_data.roads.network import BRIDGE, ROAD_CLASSES, Network

# A cross: node 5 in the middle of 2 (south), 4 (west), 6 (east), 8 (north), and a ring 2-6-8-4-2 about 450 m a side.
NODES = {2: (113.3, 23.097), 4: (113.297, 23.1), 5: (113.3, 23.1), 6: (113.303, 23.1), 8: (113.3, 23.103)}
ARMS = {20: [2, 5], 40: [4, 5], 60: [5, 6], 80: [5, 8]}
RING = {90: [2, 6, 8, 4, 2]}

Ways = dict[int, tuple[list[int], dict[str, str]]]


def street(nodes: list[int], **tags: str) -> tuple[list[int], dict[str, str]]:
    return nodes, {"highway": "residential", **tags}


def cross() -> Ways:
    return {way: street(nodes, name=f"{way}街") for way, nodes in {**ARMS, **RING}.items()}


def tag_lines(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def turn(kind: str, come: int, via: int, go: int, via_type: str = "node", **tags: str) -> str:
    members = f'<member type="way" ref="{come}" role="from"/><member type="way" ref="{go}" role="to"/>'
    members += f'<member type="{via_type}" ref="{via}" role="via"/>'
    named = {"type": "restriction", **({"restriction": kind} if kind else {}), **tags}
    return members + tag_lines({key.replace("__", ":"): value for key, value in named.items()})


def write_osm(path: Path, ways: Ways, *turns: str, nodes: dict[int, tuple[float, float]] = NODES) -> Path:
    lines = [f'<node id="{i}" version="1" lon="{lon}" lat="{lat}"/>' for i, (lon, lat) in nodes.items()]
    for way, (refs, tags) in ways.items():
        points = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{way}" version="1">{points}{tag_lines(tags)}</way>')
    lines += [f'<relation id="{i}" version="1">{text}</relation>' for i, text in enumerate(turns, 1)]
    path.write_text(f'<osm version="0.6">{"".join(lines)}</osm>', encoding="utf-8")
    return path


def node_at(network: Network, osm_node: int) -> int:
    lon, lat = NODES[osm_node]
    return int(np.argmin(np.abs(network.node_lon - lon) + np.abs(network.node_lat - lat)))


def route_m(network: Network, start: int, goal: int) -> float:
    """Shortest way between two OSM nodes, ending at any copy."""
    best: dict[tuple[int, int], float] = {}
    for ends in zip(network.tail.tolist(), network.head.tolist(), network.length_m.tolist(), strict=True):
        best[ends[:2]] = min(best.get(ends[:2], np.inf), ends[2])
    tail, head = np.array(list(best)).T
    graph = csr_array((list(best.values()), (tail, head)), shape=(network.n_nodes,) * 2)
    away = dijkstra(graph, indices=node_at(network, start))
    return float(away[network.node_origin == node_at(network, goal)].min())


def test_without_restrictions_the_cross_is_driven_straight_through(tmp_path: Path) -> None:
    network = import_osm(write_osm(tmp_path / "x.osm", cross()))
    assert (network.n_nodes, network.n_edges) == (5, 16)
    assert route_m(network, 2, 4) == pytest.approx(456, abs=10)  # along the ring, shorter than the 640 m by the middle
    assert set(network.names) == {"20街", "40街", "60街", "80街", "90街"}


@pytest.mark.parametrize(
    ("rule", "goal", "longer_m"),
    [
        (turn("no_left_turn", 20, 5, 40), 4, 480),  # straight on to the north, then along the ring
        (turn("only_straight_on", 20, 5, 80), 4, 480),
        (turn("only_straight_on", 20, 5, 80), 8, 0),
        (turn("no_u_turn", 20, 5, 20), 4, 0),
        (turn("no_left_turn", 20, 5, 40, **{"except": "psv;motorcar"}), 4, 0),
        (turn("", 20, 5, 40, restriction__hgv="no_left_turn"), 4, 0),
        (turn("", 20, 5, 40, restriction__conditional="no_left_turn @ (07:00-09:00)"), 4, 0),
        (turn("no_left_turn", 20, 60, 40, via_type="way"), 4, 0),
        (turn("no_left_turn", 20, 5, 41), 4, 0),
        (turn("no_left_turn", 20, 77, 40), 4, 0),
        (turn("give_way", 20, 5, 40), 4, 0),
    ],
)
def test_a_restriction_for_cars_is_obeyed_and_no_other(tmp_path: Path, rule: str, goal: int, longer_m: float) -> None:
    ways = cross()
    ways[90] = street([6, 8, 4])
    ways[91] = street([4, 2], oneway="yes")  # so that one leaves 2 by the cross alone
    ways[92] = street([2, 6], oneway="-1")
    free = import_osm(write_osm(tmp_path / "free.osm", ways))
    network = import_osm(write_osm(tmp_path / "x.osm", ways, rule))
    told = network.meta["restrictions_applied"] + sum(network.meta["restrictions_ignored"].values())
    assert told == 1
    assert route_m(network, 2, goal) == pytest.approx(route_m(free, 2, goal) + longer_m, abs=1)


def test_every_reason_to_ignore_a_restriction_is_counted(tmp_path: Path) -> None:
    rules = [
        turn("no_left_turn", 20, 5, 40, **{"except": "motorcar"}),
        turn("", 20, 5, 40, restriction__hgv="no_left_turn"),
        turn("", 20, 5, 40, restriction__conditional="no_left_turn @ (07:00-09:00)"),
        turn("no_left_turn", 20, 60, 40, via_type="way"),
        turn("no_left_turn", 20, 5, 41),
        turn("give_way", 20, 5, 40),
    ]
    network = import_osm(write_osm(tmp_path / "x.osm", cross(), *rules))
    assert network.meta["restrictions_applied"] == 0
    assert network.meta["restrictions_ignored"] == {
        "a road is not on the network": 1,
        "it excepts cars": 1,
        "it goes by way of a whole road": 1,
        "it holds at certain times only": 1,
        "it is for other vehicles": 1,
        "its kind is unknown": 1,
    }


def test_a_chain_of_ways_is_one_edge_whose_time_is_the_sum_of_its_parts(tmp_path: Path) -> None:
    nodes = {1: (113.30, 23.1), 2: (113.301, 23.1), 3: (113.304, 23.1)}
    ways = {
        10: street([1, 2], highway="primary", name="短路", maxspeed="60", bridge="yes"),
        11: street([2, 3], highway="secondary", name="长路", maxspeed="30"),
    }
    network = import_osm(write_osm(tmp_path / "x.osm", ways, nodes=nodes))
    assert (network.n_nodes, network.n_edges) == (2, 2)
    assert network.edge_name(0) == "长路"
    assert ROAD_CLASSES[network.road_class[0]] == "secondary"
    assert network.flags[0] & BRIDGE
    assert len(network.edge_points(0)) == 3
    parts_s = network.length_m[0] * (0.25 / 60 + 0.75 / 30) * 3.6
    assert network.length_m[0] / network.speed_kph[0] * 3.6 == pytest.approx(parts_s)


def test_a_way_cut_at_the_edge_of_the_extract_keeps_its_inner_part(tmp_path: Path) -> None:
    ways = cross()
    ways[40] = street([4, 5, 999], name="出界街")
    network = import_osm(write_osm(tmp_path / "x.osm", ways))
    assert network.meta["dropped"]["ways cut at the edge of the extract"] == 1
    assert "出界街" in network.names


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        ("missing.osm", None, Unavailable, "No file"),
        ("empty.osm", b"", InvalidInput, "empty"),
        ("text.osm", b"hello", InvalidInput, "not a whole"),
        ("text.osm.pbf", b"hello there", InvalidInput, "not a whole"),
        ("text.doc", b"hello", InvalidInput, "not a whole"),
        (
            "cut.osm.gz",
            gzip.compress(b"<osm version='0.6'>" + bytes(range(256)) * 40)[:200],
            InvalidInput,
            "not a whole",
        ),
        ("bare.osm", b"<osm version='0.6'></osm>", InvalidInput, "no streets"),
    ],
)
def test_a_bad_file_says_what_is_wrong(
    tmp_path: Path, name: str, content: bytes | None, error: type[Exception], words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=words):
        import_osm(tmp_path / name)


def test_a_file_of_nothing_but_a_ring_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="only rings"):
        import_osm(write_osm(tmp_path / "x.osm", {90: street(RING[90])}))


def osmnx_counts(path: Path) -> tuple[int, int]:
    """Nodes and edges of OSMnx's own drive graph of a file, strongly connected."""
    rules = re.findall(r'\["(\w+)"!~"([^"]*)"\]', osmnx._overpass._get_network_filter("drive"))
    ways: list[dict[str, Any]] = []
    places: dict[int, dict[str, Any]] = {}
    for item in osmium.FileProcessor(path).with_locations():
        if isinstance(item, Way) and "highway" in item.tags:
            tags = dict(item.tags)
            if any(key in tags and re.search(pattern, tags[key]) for key, pattern in rules):
                continue
            inside = [node for node in item.nodes if node.location.valid()]
            places.update({n.ref: {"type": "node", "id": n.ref, "lon": n.lon, "lat": n.lat} for n in inside})
            ways.append({"type": "way", "id": item.id, "nodes": [node.ref for node in inside], "tags": tags})
    graph = osmnx.graph._create_graph([{"elements": [*places.values(), *ways]}], False)
    graph = osmnx.simplify_graph(osmnx.truncate.largest_component(graph))
    graph = osmnx.truncate.largest_component(graph, strongly=True)
    return len(graph), len(graph.edges)


def test_central_shanghai_has_the_counts_of_osmnx_within_one_percent(shared_data: Path) -> None:
    path = shared_data / "osm" / "shanghai_center.osm.gz"
    network = import_osm(path)
    counts = network.meta["base_nodes"], network.meta["base_edges"]
    assert counts == pytest.approx(osmnx_counts(path), rel=0.01)
    assert counts == pytest.approx((3686, 8809), rel=0.01)  # counted apart, without the access filter
    assert network.names  # in Chinese
    assert np.mean(network.name >= 0) > 0.85


def test_greater_porto_has_the_counts_of_osmnx_within_one_percent(shared_data: Path) -> None:
    network = import_osm(shared_data / "osm" / "porto_portugal.osm.pbf")
    counts = network.meta["base_nodes"], network.meta["base_edges"]
    assert counts == pytest.approx(
        (50521, 122499), rel=0.01
    )  # OSMnx 2.1.1 with its drive filter, as above; takes a minute
    assert counts == pytest.approx((49928, 121150), rel=0.01)  # counted apart, by named road classes only
    assert network.meta["restrictions_applied"] > 300
