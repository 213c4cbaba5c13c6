"""A network without roads, for the service to stand on while it has none: places are found as far as that goes."""

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from dispatch.errors import Unavailable
from dispatch.unit import Fix
from geo_data.roads.network import ARRAYS, Network

WEST, EAST, SOUTH, NORTH = 112.95, 114.06, 22.55, 23.94  # around Guangzhou
MIDDLE = (113.2644, 23.1291)
TITLE = "无路网(人工模式,直线估算)"


def no_roads() -> Network:
    """Three nodes that say where we serve, and no road between them."""
    lon, lat = np.array([WEST, MIDDLE[0], EAST]), np.array([SOUTH, MIDDLE[1], NORTH])
    kinds = {"road_class": np.uint8, "flags": np.uint8, "lanes": np.uint8}
    floats = {"length_m", "speed_kph", "turn_s", "point_lon", "point_lat"}
    arrays: dict[str, Any] = {
        key: np.zeros(0, kinds.get(key, np.float64 if key in floats else np.int32)) for key in ARRAYS
    }
    arrays |= {
        "node_lon": lon,
        "node_lat": lat,
        "node_origin": np.arange(3, dtype=np.int32),
        "first_out": np.zeros(4, dtype=np.int64),
        "first_point": np.zeros(1, dtype=np.int64),
    }
    meta = {"title": TITLE, "source": "", "schematic": False, "base_nodes": 3, "base_edges": 0, "dropped": {}}
    return Network(**arrays, names=(), meta=meta)


def no_match(track: Sequence[Fix]) -> NoReturn:  # noqa: ARG001  (it is a `MatchTrack`)
    """Match nothing: there are no roads."""
    raise Unavailable("没有可用的道路网:到场按定位距离核对。(No road network: the distance alone is checked.)")


class NoRouter:
    """Stands where a router stands; whatever is asked of it needs roads, and there are none."""

    def __getattr__(self, name: str) -> NoReturn:
        raise Unavailable(
            "没有可用的道路网(人工模式),此功能暂停:修好 GZ_NETWORK 指向的文件后执行 gzdispatch reload。(No road network: mend the file that "
            "GZ_NETWORK names and run gzdispatch reload.)"
        )
