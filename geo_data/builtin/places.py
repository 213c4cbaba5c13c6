"""The built-in gazetteer: named points of Guangzhou with the other names people use for them."""

from dataclasses import dataclass
from functools import cache

from dispatch.location import Position
from geo_data.builtin.named_junctions import builtin_junctions
from geo_data.builtin.roads import named_points
from geo_data.builtin.tables import rows, split


@dataclass(frozen=True, slots=True)
class Place:
    """A named point.

    Parameters
    ----------
    name : str
        The usual full name, e.g. ``体育西路站``.
    aliases : tuple of str
        What people also say, e.g. ``小蛮腰``; may be empty.
    kind : str
        ``metro_station``, ``railway_station``, ``bus_terminal``, ``airport``, ``port``, ``hospital``, ``university``,
        ``mall``, ``market``, ``government``, ``landmark``, ``town``, ``village``, ``interchange``, ``junction``,
        ``bridge``, ``tunnel`` and the like. From an OpenStreetMap extract also ``metro_entrance``, ``bus_stop``,
        ``tram_stop``, ``shop``, ``building``, ``lamp_pole`` and ``address`` (a house number alone); ``company`` is one
        of a company's own.
    position : Position
        WGS-84, rounded to four decimals (about 10 m); most are good to 200 m, see ``source``.
    district : str
        One of the 11 districts, e.g. ``天河区``.
    source : str
        Where the position comes from.
    """

    name: str
    aliases: tuple[str, ...]
    kind: str
    position: Position
    district: str
    source: str


TOLL_GATE = "收费站"
POINTS_PEOPLE_NAME = ("interchange", "junction", "bridge", "tunnel")


@cache
def builtin_places() -> tuple[Place, ...]:
    """Return every place of the built-in gazetteer: the table of places, the named points it lacks, the junctions."""
    places = [_place(row) for row in rows("places")]
    known = {place.name for place in places}
    points = [point for point in named_points().values() if point.kind in POINTS_PEOPLE_NAME]
    for point in points:
        if point.name not in known and point.district.endswith("区"):
            gates = tuple(alias for alias in point.aliases if alias.endswith(TOLL_GATE))
            others = tuple(alias for alias in point.aliases if alias not in gates)
            places.append(Place(point.name, others, point.kind, point.position, point.district, point.source))
            places += [Place(gate, (), "toll_gate", point.position, point.district, point.source) for gate in gates]
    places += [Place(j.name, j.aliases, "junction", j.position, j.district, j.source) for j in builtin_junctions()]
    return tuple(places)


def _place(row: dict[str, str]) -> Place:
    return Place(
        name=row["name"],
        aliases=split(row["aliases"]),
        kind=row["kind"],
        position=Position(float(row["lon"]), float(row["lat"])),
        district=row["district"],
        source=row["source"],
    )
