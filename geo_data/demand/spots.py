"""Where accidents happen (模拟): a fixed set of spots on the roads of a network, a few of them hot.

Each spot has a weight. Weights are drawn with a heavy tail, then scaled so that every district has its share of the
population and every class of road its share of the accidents. A network of another city or class mix works as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from dispatch.errors import InvalidInput
from geo_data.builtin.places import Place
from geo_data.districts import districts_of
from geo_data.residents import RESIDENTS
from geo_data.roads.network import ROAD_CLASSES, Floats, Network
from geo_data.roads.plane import to_plane

# Share of reported accidents by class of road: an assumption, no open count by class was found.
CLASS_SHARE: Mapping[str, float] = {
    "motorway": 0.08, "trunk": 0.10, "primary": 0.30, "secondary": 0.25, "tertiary": 0.12, "residential": 0.15,
}  # fmt: skip
COUNTS_AS = {"unclassified": "residential", "living_street": "residential", "service": "residential"}

SPOTS = 5_500
TAIL_LOG_SD = (
    0.3  # of the weights, beside what roads and people make uneven: counts in 500 m cells are then as in São Paulo
)
NEAR_M = 1_200.0  # spots this far from anything named are e times rarer: there are fewer people, too
FAR_M = 4_000.0  # farther than this from anything named there are no spots


@dataclass(frozen=True, eq=False, slots=True)
class Spots:
    """Places where accidents happen.

    Parameters
    ----------
    edge : (k,) int64
        Edge of the network each lies on.
    lon, lat : (k,) float64
        WGS-84 degrees.
    district : (k,) str
    road_class : (k,) str
        One of `CLASS_SHARE`.
    place : (k,) int64
        The nearest named place, as index into the list given.
    weight : (k,) float64
        Share of all accidents; the sum is 1.
    """

    edge: npt.NDArray[np.int64]
    lon: Floats
    lat: Floats
    district: npt.NDArray[np.str_]
    road_class: npt.NDArray[np.str_]
    place: npt.NDArray[np.int64]
    weight: Floats


def find_spots(network: Network, places: Sequence[Place], seed: int) -> Spots:
    """Choose the spots of a network; the same seed gives the same spots.

    Parameters
    ----------
    network : Network
    places : sequence of Place
        What callers can name; at least one.
    seed : int

    Raises
    ------
    InvalidInput
        When no road of the network runs near any of the places inside Guangzhou.
    """
    random = np.random.default_rng(seed)
    edge = _edges(network, random)
    lon, lat = _points(network, edge, random)
    district = np.array([name or "" for name in districts_of(lon, lat)])
    away_m, place = cKDTree(to_plane([p.position.lon for p in places], [p.position.lat for p in places])).query(
        to_plane(lon, lat)
    )
    road_class = _classes()[network.road_class[edge]]
    heat = random.lognormal(0.0, TAIL_LOG_SD, len(edge)) * np.exp(-away_m / NEAR_M)
    kept = (district != "") & (away_m < FAR_M)
    if not kept.any():
        raise InvalidInput("The network has no road near a named place of Guangzhou: nothing can be simulated on it.")
    edge, lon, lat, district, road_class = edge[kept], lon[kept], lat[kept], district[kept], road_class[kept]
    weight = _fit(heat[kept], (district, RESIDENTS), (road_class, CLASS_SHARE))
    return Spots(edge.astype(np.int64), lon, lat, district, road_class, place[kept].astype(np.int64), weight)


def _edges(network: Network, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Edges of every class in number like its share, the longer ones more often."""
    classes = _classes()[network.road_class]
    chosen = []
    for name, share in CLASS_SHARE.items():
        of = np.flatnonzero((classes == name) & (network.edge_origin == np.arange(network.n_edges)))
        if len(of):
            length_m = network.length_m[of]
            chosen.append(random.choice(of, round(SPOTS * share), p=length_m / length_m.sum()))
    return np.concatenate([np.empty(0, dtype=np.int64), *chosen])


def _points(network: Network, edge: npt.NDArray[np.int64], random: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw a point on each edge: somewhere between two neighbouring points of its geometry."""
    first, last = network.first_point[edge], network.first_point[edge + 1] - 1
    at = first + random.random(len(edge)) * (last - first)
    low = np.minimum(at.astype(np.int64), last - 1)
    share = at - low
    lon, lat = network.point_lon, network.point_lat
    return lon[low] + share * (lon[low + 1] - lon[low]), lat[low] + share * (lat[low + 1] - lat[low])


def _fit(weight: Floats, *margins: tuple[npt.NDArray[Any], Mapping[str, float]]) -> Floats:
    """Scale weights in turn until each margin has its shares (iterative proportional fitting); the sum is 1."""
    for _ in range(30):
        for group, wanted in margins:
            names, index = np.unique(group, return_inverse=True)
            want = np.array([wanted.get(name, 0.0) for name in names])
            held = np.bincount(index, weight)
            weight = weight * (want / want.sum() / held)[index]
    return np.asarray(weight / weight.sum(), dtype=np.float64)


@cache
def _classes() -> npt.NDArray[np.str_]:
    return np.array([COUNTS_AS.get(name, name) for name in ROAD_CLASSES])
