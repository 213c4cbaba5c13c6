"""The file of a compiled network: the same after a round trip, refused when broken, shared by mapping."""

import json
import stat
from pathlib import Path

import numpy as np
import pytest

from dispatch.errors import InvalidInput, Unavailable
from dispatch.location import Position
from geo_data.roads.compile import RoadEdgesBuilder, compile_network
from geo_data.roads.network import ARRAYS, Network
from geo_data.roads.network_file import load, save


@pytest.fixture(scope="module")
def network() -> Network:
    builder = RoadEdgesBuilder()
    nodes = [builder.node(Position(113.3 + 0.001 * i, 23.1)) for i in range(3)]
    builder.edge(nodes[0], nodes[1], road_class="primary", name="黄埔大道西", ref="S15", oneway=False)
    builder.edge(nodes[1], nodes[2], road_class="secondary", name="猎德\n大道", oneway=False, lanes=400)
    return compile_network(builder.build(), title="样板", source="test", schematic=True)


def test_a_network_comes_back_as_it_was_saved(network: Network, tmp_path: Path) -> None:
    save(network, tmp_path / "a.net")
    again = load(tmp_path / "a.net")
    for key in ARRAYS:
        assert np.array_equal(getattr(again, key), getattr(network, key)), key
        assert getattr(again, key).dtype == getattr(network, key).dtype, key
    assert again.names == network.names == ("黄埔大道西", "S15", "猎德 大道")
    assert dict(again.meta) == dict(network.meta)
    assert again.fingerprint == network.fingerprint
    assert again.schematic
    assert again.edge_name(0) == "黄埔大道西"


def test_a_loaded_network_is_mapped_not_copied_and_cannot_be_changed(network: Network, tmp_path: Path) -> None:
    save(network, tmp_path / "a.net")
    again = load(tmp_path / "a.net")
    with pytest.raises(ValueError, match="read-only"):
        again.length_m[0] = 1.0
    assert not again.length_m.flags.owndata


def test_everybody_may_read_the_file_and_nothing_else_is_left_beside_it(network: Network, tmp_path: Path) -> None:
    save(network, tmp_path / "a.net")
    assert [path.name for path in tmp_path.iterdir()] == ["a.net"]
    plain = tmp_path / "plain"
    plain.touch()
    assert stat.S_IMODE((tmp_path / "a.net").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_failed_save_leaves_the_old_file_and_no_part(network: Network, tmp_path: Path) -> None:
    (tmp_path / "a.net").mkdir()
    with pytest.raises(OSError, match="directory"):
        save(network, tmp_path / "a.net")
    assert [path.name for path in tmp_path.iterdir()] == ["a.net"]


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="network import"):
        load(tmp_path / "none.net")


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 100, -300, -1])
def test_a_file_cut_short_is_refused(network: Network, tmp_path: Path, kept: int) -> None:
    save(network, tmp_path / "a.net")
    whole = (tmp_path / "a.net").read_bytes()
    (tmp_path / "a.net").write_bytes(whole[:kept])
    with pytest.raises(InvalidInput, match="not a compiled network"):
        load(tmp_path / "a.net")


@pytest.mark.parametrize(
    "header",
    [
        {"__metadata__": {"format": "another"}},
        {"__metadata__": {"format": "gzdispatch-network-1", "meta": "{}"}},
        {"tensor": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}},
        [],
    ],
)
def test_another_file_of_the_same_form_is_refused(tmp_path: Path, header: object) -> None:
    text = json.dumps(header).encode()
    (tmp_path / "a.net").write_bytes(len(text).to_bytes(8, "little") + text + bytes(16))
    with pytest.raises(InvalidInput, match="not a compiled network"):
        load(tmp_path / "a.net")


def test_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.net").write_text("this is a longer text and not a network at all")
    with pytest.raises(InvalidInput, match="not a compiled network"):
        load(tmp_path / "a.net")
