"""What OpenStreetMap tags of a way say to the driver of a car.

Which ways count follows OSMnx's "drive" filter (its `_overpass._get_network_filter`), made stricter where a tag says that
cars must not enter. Meanings: https://wiki.openstreetmap.org/wiki/Key:access, Key:oneway, Key:maxspeed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from geo_data.roads.free_flow import free_flow_kph
from geo_data.roads.network import BRIDGE, DUAL, RAMP, ROAD_CLASSES, ROUNDABOUT, TUNNEL

Tags = Mapping[str, str]

# OSMnx leaves these out of its drive network; it matches substrings, so "no" also stands for "none" and the like.
_NOT_A_ROAD = re.compile(
    "abandoned|bridleway|bus_guideway|construction|corridor|cycleway|elevator|escalator|footway|no|path|pedestrian|"
    "planned|platform|proposed|raceway|razed|rest_area|service|services|steps|track"
)
_NOT_FOR_CARS = {"busway", "disused", "emergency_bay", "escape"}
_SERVICE = re.compile("alley|driveway|emergency_access|parking|parking_aisle|private")
_CLOSED = {"no", "private", "military", "emergency"}

_ONEWAY = {"yes", "true", "1", "-1", "reverse", "T", "F"}
_REVERSED = {"-1", "reverse", "T"}

# Limits that a word stands for: the Road Traffic Safety Law's rules of China, articles 45 and 78.
_LIMIT_BY_WORD = {"CN:urban": 50.0, "CN:rural": 70.0, "CN:trunk": 70.0, "CN:motorway": 120.0, "walk": 10.0}
_LIMIT = re.compile(r"^(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?$")
_KPH = {"mph": 1.609344, "knots": 1.852}
SLOWEST_KPH, FASTEST_KPH = 5.0, 130.0


@dataclass(frozen=True, slots=True)
class Road:
    """What a way means, in one direction of travel.

    Parameters
    ----------
    road_class : int
        Index into `ROAD_CLASSES`.
    flags : int
        Sum of RAMP, BRIDGE, TUNNEL, ROUNDABOUT, DUAL.
    speed_kph : float
        The limit, else the default of the class.
    lanes : int
        Lanes in this direction; 0 where unknown.
    name, ref : str
        Empty where none.
    """

    road_class: int
    flags: int
    speed_kph: float
    lanes: int
    name: str
    ref: str


def why_closed(tags: Tags) -> str:
    """Reason why a car cannot use this way as a street, or an empty string when it can."""
    highway = tags.get("highway", "")
    if _NOT_A_ROAD.search(highway) or highway in _NOT_FOR_CARS:
        return "not a street for cars"
    if highway == "road" and len(tags) == 1:
        return "a sketch of unknown kind"  # "road" is a stopgap for what nobody has looked at; alone it tells nothing
    if tags.get("area", "") == "yes":
        return "an area"
    if _SERVICE.search(tags.get("service", "")):
        return "driveway or car park"
    return "" if _cars_may_enter(tags) else "closed to cars"


def _cars_may_enter(tags: Tags) -> bool:
    """The most particular access tag decides."""
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        if value := tags.get(key):
            return value not in _CLOSED
    return True


def directions(tags: Tags) -> tuple[bool, bool]:
    """Whether cars may go along the way's points, and whether against them.

    Roundabouts and motorways are one-way unless ``oneway=no`` says otherwise.
    """
    oneway = tags.get("oneway", "")
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
    if oneway not in _ONEWAY and not (implied and oneway != "no"):
        return True, True
    backward = oneway in _REVERSED
    return not backward, backward


def road(tags: Tags, direction: str, *, both_ways: bool) -> Road:
    """Read the tags for travel in ``direction`` (``forward`` or ``backward``)."""
    road_class, ramp = road_class_of(tags.get("highway", ""))
    flags = ramp | structure_flags(tags) | (DUAL if _is_dual(tags, ramp, both_ways) else 0)
    limit = limit_kph(tags.get(f"maxspeed:{direction}") or tags.get("maxspeed", ""))
    return Road(
        road_class=ROAD_CLASSES.index(road_class),
        flags=flags,
        speed_kph=limit or free_flow_kph(road_class, flags),
        lanes=_lanes(tags, direction, both_ways),
        name=tags.get("name") or tags.get("name:zh", ""),
        ref=tags.get("ref", ""),
    )


def road_class_of(highway: str) -> tuple[str, int]:
    """Road class of a ``highway`` value and RAMP where it is a link; what we do not know is unclassified."""
    base = highway.removesuffix("_link")
    return (base if base in ROAD_CLASSES else "unclassified"), (RAMP if highway.endswith("_link") else 0)


def structure_flags(tags: Tags) -> int:
    """Sum of BRIDGE, TUNNEL and ROUNDABOUT."""
    flags = BRIDGE if tags.get("bridge", "no") != "no" else 0
    flags |= TUNNEL if tags.get("tunnel", "no") not in ("no", "building_passage") else 0
    return flags | (ROUNDABOUT if tags.get("junction") in ("roundabout", "circular") else 0)


def _is_dual(tags: Tags, ramp: int, both_ways: bool) -> bool:
    if both_ways or ramp or "junction" in tags:
        return False
    return tags.get("dual_carriageway") == "yes" or tags.get("highway") in ("motorway", "trunk")


def limit_kph(text: str) -> float | None:
    """Speed limit in km/h; the mean where several are given, None where none is told (``signals``, ``none``, …)."""
    limits = [limit for part in re.split(r"[;|,]", text) if (limit := _one_limit(part.strip())) is not None]
    return sum(limits) / len(limits) if limits else None


def _one_limit(text: str) -> float | None:
    if text in _LIMIT_BY_WORD:
        return _LIMIT_BY_WORD[text]
    match = _LIMIT.match(text)
    if match is None or float(match[1]) == 0:
        return None
    speed = float(match[1]) * _KPH.get(match[2] or "", 1.0)
    return min(max(speed, SLOWEST_KPH), FASTEST_KPH)


def count(text: str) -> int:
    """First whole number in a tag such as ``lanes=3;2``; 0 where there is none."""
    match = re.match(r"\s*(\d{1,2})", text)
    return int(match[1]) if match else 0


def _lanes(tags: Tags, direction: str, both_ways: bool) -> int:
    if told := count(tags.get(f"lanes:{direction}", "")):
        return told
    lanes = count(tags.get("lanes", ""))
    return (lanes + 1) // 2 if both_ways else lanes
