"""Which carriageway is meant: from words such as 由东向西 or 北行 to the lane that leads that way."""

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely

from geo_data.roads.network import DUAL, Network
from geo_data.roads.plane import Points, to_plane

BEARING_DEG = {
    "北": 0.0,
    "东北": 45.0,
    "东": 90.0,
    "东南": 135.0,
    "南": 180.0,
    "西南": 225.0,
    "西": 270.0,
    "西北": 315.0,
}
_WAY = "东南|东北|西南|西北|东|南|西|北"
_FROM_TO = re.compile(rf"(?:{_WAY})(?:往|向|至|到)(?P<to>{_WAY})")
_BOUND = re.compile(rf"(?P<to>{_WAY})(?:行|方向)|[往向](?P<onto>{_WAY})$")
_TOWN_BOUND = re.compile(r"(?P<way>[进出入回])城")
_TOWARDS = re.compile(r"(?:往|去|至)(?P<place>[\u4e00-\u9fff]{2,6}?)(?:方向|$)")
CITY_CENTRE = (113.264, 23.129)  # degrees; the provincial government
CITIES = {  # degrees; where the city governments sit, to some kilometres: own knowledge
    "深圳": (114.06, 22.54),
    "东莞": (113.75, 23.02),
    "惠州": (114.42, 23.11),
    "佛山": (113.12, 23.02),
    "中山": (113.39, 22.52),
    "珠海": (113.58, 22.27),
    "江门": (113.08, 22.58),
    "肇庆": (112.47, 23.05),
    "清远": (113.06, 23.68),
    "韶关": (113.60, 24.81),
    "河源": (114.70, 23.74),
    "北京": (116.41, 39.90),
    "长沙": (112.94, 28.23),
}
LANE_REACH_M = 250.0  # a named point may stand this far beside the carriageway
WITHIN_DEG = 75.0  # roads bend: 北行 is said of all of the northbound lane

Edges = npt.NDArray[np.int64]
PlaceOf = Callable[[str], Points | None]


def bearing_deg(words: str, at: Points, place_of: PlaceOf) -> float | None:
    """Degrees from north that traffic heads for by ``words``; None where they do not say.

    Parameters
    ----------
    words : str
        E.g. ``由东向西``, ``北行`` or ``往机场方向``.
    at : (2,) array
        Where it is said of, in metres.
    place_of : callable
        Where a named place lies, for ``往…方向``.
    """
    if match := _FROM_TO.search(words):
        return BEARING_DEG[match["to"]]
    if match := _BOUND.search(words):
        return BEARING_DEG[match["to"] or match["onto"]]
    if match := _TOWN_BOUND.search(words):
        east, north = at - to_plane(*CITY_CENTRE) if match["way"] == "出" else to_plane(*CITY_CENTRE) - at
        return float(np.degrees(np.arctan2(east, north)) % 360)
    towards = _TOWARDS.search(words)
    goal = _goal(towards["place"], place_of) if towards else None
    if goal is None:
        return None
    east, north = goal - at
    return float(np.degrees(np.arctan2(east, north)) % 360)


def _goal(name: str, place_of: PlaceOf) -> Points | None:
    return to_plane(*CITIES[name]) if name in CITIES else place_of(name)


def on_lane(network: Network, edges: Edges, point: Points, bearing: float) -> Points | None:
    """The nearest point on a carriageway of its own among ``edges`` that leads ``bearing``; None where there is none."""
    some = edges[network.flags[edges] & DUAL > 0]
    lines = [to_plane(*network.edge_points(int(e)).T) for e in _near(network, some, point)]
    leading = [line for line in lines if apart_deg(bearing_of(line), bearing) <= WITHIN_DEG]
    if not leading:
        return None
    shapes, here = [shapely.LineString(line) for line in leading], shapely.Point(point)
    nearest = min(shapes, key=here.distance)
    if here.distance(nearest) > LANE_REACH_M:
        return None
    found = nearest.interpolate(nearest.project(here))
    return np.array([found.x, found.y])


def is_divided(network: Network, edges: Edges, point: Points) -> bool:
    """Whether the road has two carriageways near the point."""
    some = edges[network.flags[edges] & DUAL > 0]
    return len(_near(network, some, point)) > 0


def _near(network: Network, edges: Edges, point: Points) -> Edges:
    """Edges whose ends make a box that the point, with `LANE_REACH_M` around it, touches."""
    a, b = (
        to_plane(network.node_lon[end[edges]], network.node_lat[end[edges]]) for end in (network.tail, network.head)
    )
    low, high = np.minimum(a, b) - LANE_REACH_M, np.maximum(a, b) + LANE_REACH_M
    return edges[((point >= low) & (point <= high)).all(axis=1)]


def bearing_of(line: Points) -> float:
    """Degrees from north from the first point of a line to its last."""
    east, north = line[-1] - line[0]
    return float(np.degrees(np.arctan2(east, north)) % 360)


def apart_deg(a: float, b: float) -> float:
    """Degrees between two bearings, 0 to 180."""
    return abs((a - b + 180) % 360 - 180)
