"""The tables of named points and roads, as facts: nothing here is computed."""

from dataclasses import dataclass
from functools import cache

from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.builtin.tables import rows, split
from geo_data.roads.network import BRIDGE, TUNNEL

STRUCTURES = {"": 0, "elevated": 0, "bridge": BRIDGE, "tunnel": TUNNEL}


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A point roads are told by.

    Parameters
    ----------
    name : str
        Key in the table of roads, and what people call it.
    aliases : tuple of str
        What drivers also call it.
    kind : str
        ``interchange`` (ramps join the roads that share it), ``junction``, ``bridge``, ``tunnel``, ``crossing`` (over
        water, named only by what crosses what) or ``edge`` (the drawn road leaves the map).
    position : Position
        WGS-84.
    district : str
        One of the 11 districts, or the neighbouring city.
    source : str
        Where the position comes from.
    """

    name: str
    aliases: tuple[str, ...]
    kind: str
    position: Position
    district: str
    source: str


@dataclass(frozen=True, slots=True)
class Waypoint:
    """One stop of a road's course: a named point, or a bend (empty ``name``)."""

    name: str
    position: Position

    @property
    def key(self) -> str:
        """What roads share when they meet here: the name, else the coordinates."""
        return self.name or f"{self.position.lon:.4f} {self.position.lat:.4f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """One row of the table of roads.

    Parameters
    ----------
    name, ref : str
        Empty where the road has no certain name or route number.
    road_class : str
        One of `geo_data.roads.network.ROAD_CLASSES`.
    lanes : int
        In each direction.
    speed_kph : float
        Free-flow speed.
    oneway : bool
        Only in the order of the waypoints.
    dual : bool
        Two carriageways.
    limited : bool
        Joined to other roads only by ramps at named interchanges.
    structure : str
        Key of `STRUCTURES`: what the whole row is.
    waypoints : tuple of Waypoint
    source : str
    """

    name: str
    ref: str
    road_class: str
    lanes: int
    speed_kph: float
    oneway: bool
    dual: bool
    limited: bool
    structure: str
    waypoints: tuple[Waypoint, ...]
    source: str


@cache
def named_points() -> dict[str, NamedPoint]:
    """Return the table of named points by name."""
    return {row["name"]: _point(row) for row in rows("points")}


def _point(row: dict[str, str]) -> NamedPoint:
    return NamedPoint(
        name=row["name"],
        aliases=split(row["aliases"]),
        kind=row["kind"],
        position=Position(float(row["lon"]), float(row["lat"])),
        district=row["district"],
        source=row["source"],
    )


@cache
def builtin_roads() -> tuple[Road, ...]:
    """Return the table of roads, in its order.

    Raises
    ------
    InvalidInput
        When a row names an unknown point.
    """
    return tuple(_road(row) for row in rows("roads"))


def _road(row: dict[str, str]) -> Road:
    return Road(
        name=row["name"],
        ref=row["ref"],
        road_class=row["class"],
        lanes=int(row["lanes"]),
        speed_kph=float(row["speed_kph"]),
        oneway=row["oneway"] == "yes",
        dual=row["dual"] == "yes",
        limited=row["access"] == "limited",
        structure=row["structure"],
        waypoints=tuple(_waypoint(part.strip(), row["name"]) for part in row["points"].split(";")),
        source=row["source"],
    )


def _waypoint(text: str, road: str) -> Waypoint:
    if text in named_points():
        return Waypoint(text, named_points()[text].position)
    try:
        lon, lat = map(float, text.split())
    except ValueError:
        raise InvalidInput(f"roads.csv, {road}: no point named {text!r} in points.csv.") from None
    return Waypoint("", Position(lon, lat))
