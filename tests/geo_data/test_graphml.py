"""Importing GraphML as OSMnx saves it, whole or with most of it missing."""

import gzip
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx
import pytest
from shapely import LineString

from dispatch.errors import InvalidInput, Unavailable
from geo_data.imports.graphml import import_graphml
from geo_data.imports.street_graph import StreetGraph, edges_of_graph
from geo_data.roads.network import BRIDGE, RAMP, ROAD_CLASSES

NODES = {1: (113.300, 23.1), 2: (113.301, 23.1), 3: (113.302, 23.101)}


def triangle(**tags: object) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph(crs="epsg:4326", name="三角")
    for node, (lon, lat) in NODES.items():
        graph.add_node(node, x=lon, y=lat)
    for tail, head in ((1, 2), (2, 3), (3, 1)):
        graph.add_edge(tail, head, **tags)
    return graph


def test_what_osmnx_saves_comes_in_with_names_lists_and_bends(tmp_path: Path) -> None:
    graph = triangle(
        highway=["residential", "primary_link"],
        name=["东风东路", "中山一路"],
        maxspeed=["40", "60"],
        lanes=["3", "2"],
        bridge=["yes", "viaduct"],
        oneway=True,
        length=150.0,
    )
    graph.edges[1, 2, 0]["geometry"] = LineString([NODES[1], (113.3005, 23.1005), NODES[2]])
    osmnx.save_graphml(graph, tmp_path / "a.graphml")
    network = import_graphml(tmp_path / "a.graphml")
    assert (network.n_nodes, network.n_edges) == (3, 3)
    assert network.edge_name(0) == "东风东路"
    assert ROAD_CLASSES[network.road_class[0]] == "primary"
    assert network.flags[0] == RAMP | BRIDGE
    assert (network.speed_kph[0], network.lanes[0], network.length_m[0]) == (50.0, 2, 150.0)
    assert len(network.edge_points(0)) == 3
    assert network.meta["title"] == "三角"


def test_positions_alone_are_enough(tmp_path: Path) -> None:
    nx.write_graphml(triangle(), tmp_path / "a.graphml")
    network = import_graphml(tmp_path / "a.graphml")
    assert network.length_m[0] == pytest.approx(102.3, abs=0.5)
    assert {ROAD_CLASSES[index] for index in network.road_class} == {"unclassified"}
    assert set(network.speed_kph) == {30.0}
    assert network.names == ()


@pytest.mark.parametrize(
    ("tags", "kph"),
    [
        ({"speed_kph": "44.5", "maxspeed": "60"}, 44.5),
        ({"travel_time": "10", "length": "100"}, 36.0),
        ({"speed_kph": "nan", "travel_time": "0", "highway": "primary"}, 55.0),
        ({"maxspeed": "['50', 'signals']"}, 50.0),
        ({"maxspeed": "[broken", "highway": "motorway_link"}, 40.0),
    ],
)
def test_the_best_told_speed_is_taken(tmp_path: Path, tags: dict[str, object], kph: float) -> None:
    nx.write_graphml(triangle(**tags), tmp_path / "a.graphml")
    assert set(import_graphml(tmp_path / "a.graphml").speed_kph) == {kph}


def test_an_undirected_graph_is_driven_both_ways(tmp_path: Path) -> None:
    graph = nx.Graph(triangle())
    nx.write_graphml(graph, tmp_path / "a.graphml")
    assert import_graphml(tmp_path / "a.graphml").n_edges == 6


def test_gzipped_graphs_are_read(tmp_path: Path) -> None:
    nx.write_graphml(triangle(), tmp_path / "a.graphml")
    (tmp_path / "b.graphml.gz").write_bytes(gzip.compress((tmp_path / "a.graphml").read_bytes()))
    assert import_graphml(tmp_path / "b.graphml.gz").n_edges == 3


def test_a_projected_graph_is_refused_with_the_way_out(tmp_path: Path) -> None:
    graph = triangle()
    graph.nodes[1]["x"] = 735_000.0
    nx.write_graphml(graph, tmp_path / "a.graphml")
    with pytest.raises(InvalidInput, match="epsg:4326"):
        import_graphml(tmp_path / "a.graphml")


@pytest.mark.parametrize("text", ["", "hello", "<graphml/>", "<graphml><graph edgedefault='directed'><node id='1'/>"])
def test_a_bad_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.graphml").write_text(text)
    with pytest.raises(InvalidInput):
        import_graphml(tmp_path / "a.graphml")
    (tmp_path / "a.graphml.gz").write_bytes(gzip.compress(b"<graphml>")[:-4])
    with pytest.raises(InvalidInput, match="not a whole"):
        import_graphml(tmp_path / "a.graphml.gz")


def test_a_missing_file_and_a_dangling_edge_are_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No file"):
        import_graphml(tmp_path / "none.graphml")
    (tmp_path / "a.graphml").write_text(
        "<graphml><graph edgedefault='directed'><node id='1'/><edge source='1' target='2'/></graph></graphml>"
    )
    with pytest.raises(InvalidInput, match="not there"):
        import_graphml(tmp_path / "a.graphml")


def test_a_geometry_that_cannot_be_read_is_refused() -> None:
    graph = StreetGraph({1: {"x": 0, "y": 0}, 2: {"x": 1, "y": 1}}, [(1, 2, {"geometry": "LINESTRING (0 0, x"})])
    with pytest.raises(InvalidInput, match="geometry"):
        edges_of_graph(graph)


def test_the_bus_stop_graph_of_guangzhou_comes_in_whole(shared_data: Path) -> None:
    network = import_graphml(shared_data / "guangzhou" / "bus_stop_network.graphml.gz")
    assert network.n_nodes == 8616
    assert np.isin(network.road_class, [ROAD_CLASSES.index("unclassified")]).all()
