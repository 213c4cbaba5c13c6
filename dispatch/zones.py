"""Which limit a place falls under: by its district, and where a district is split, by the position in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.rings import first_crossing, inside
from dispatch.vocabulary import Zone

DISTRICTS = (
    "越秀区", "海珠区", "荔湾区", "天河区", "白云区", "黄埔区", "番禺区", "花都区", "南沙区", "从化区", "增城区",
)  # fmt: skip
NEAR_GUANGZHOU = (Position(112.0, 22.0), Position(115.0, 25.0))  # a point outside this box is a slip of the pen
ACROSS = {"north": +1, "south": -1, "east": +1, "west": -1}
CITY_ZONES = (Zone.URBAN, Zone.SUBURBAN)
PART_KEYS = ("district", "zone", "polygon", "line", "side")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonePart:
    """A part of one district: what lies inside a polygon, or on one side of a line.

    Parameters
    ----------
    district : str
        E.g. ``白云区``.
    zone : Zone
        Of that part; the rest of the district keeps the district's own zone.
    polygon : tuple of Position
        A ring that does not cross itself; the first point need not be repeated.
    line : tuple of Position
        Instead of a polygon: a line that runs from west to east (``side`` north or south) or from south to north
        (``side`` east or west), never turning back; or the same backwards. Beyond its ends it goes on along the
        parallel or the meridian of its last point.
    side : str
        ``north``, ``south``, ``east`` or ``west`` of the line; a point on the line belongs to that side.

    Raises
    ------
    InvalidInput
        Naming the district and what to mend.
    """

    district: str
    zone: Zone
    polygon: tuple[Position, ...] = ()
    line: tuple[Position, ...] = ()
    side: str = ""

    def __post_init__(self) -> None:
        require_districts([self.district])
        if bool(self.polygon) == bool(self.line):
            raise self._wrong("give either a polygon or a line with its side.")
        _require_near(self)
        if self.polygon:
            self._check_polygon()
        else:
            self._check_line()

    def holds(self, position: Position) -> bool:
        """Whether a position of the district lies in this part."""
        if self.polygon:
            return inside(self.polygon, position)
        along, across = _axes(self.line, self.side)
        here, off = _axes((position,), self.side)
        order = np.argsort(along)
        return bool((off[0] - np.interp(here[0], along[order], across[order])) * ACROSS[self.side] >= 0)

    def _check_polygon(self) -> None:
        ring = self.polygon[:-1] if self.polygon[0] == self.polygon[-1] else self.polygon
        if len(ring) < 3 or len(set(ring)) < len(ring):
            raise self._wrong("a polygon needs three different points or more, none of them twice.")
        crossing = first_crossing(ring)
        if crossing is not None:
            one, other = (number + 1 for number in crossing)
            raise self._wrong(
                f"the polygon crosses itself: the sides after points {one} and {other} meet; mend the order."
            )
        if self.side:
            raise self._wrong("a polygon has no side; leave it out.")

    def _check_line(self) -> None:
        if self.side not in ACROSS:
            raise self._wrong(f"the line needs a side, one of {', '.join(ACROSS)}.")
        steps = np.diff(_axes(self.line, self.side)[0])
        if len(steps) == 0 or not (bool(np.all(steps > 0)) or bool(np.all(steps < 0))):
            way = "west to east" if self.side in ("north", "south") else "south to north"
            raise self._wrong(f"a line with side {self.side} needs two points or more, in order from {way}.")

    def _wrong(self, what: str) -> InvalidInput:
        return InvalidInput(f"policy [[zones.part]] {self.district}: {what}")


@dataclass(frozen=True, slots=True)
class Zones:
    """Which districts are urban; every other district is suburban, an unknown one is urban (the stricter).

    ``part`` splits districts; of several parts that hold a position the first counts.
    """

    urban: tuple[str, ...] = ("越秀区", "海珠区", "荔湾区", "天河区", "白云区", "黄埔区", "番禺区")
    part: tuple[ZonePart, ...] = ()

    def __post_init__(self) -> None:
        require_districts(self.urban)

    def of(self, district: str | None, position: Position | None) -> Zone:
        """Zone of a position in a district; urban, the stricter one, where either is unknown."""
        if district is None or position is None:
            return Zone.URBAN
        for part in self.part:
            if part.district == district and part.holds(position):
                return part.zone
        return Zone.URBAN if district in self.urban else Zone.SUBURBAN


def require_districts(names: Sequence[str]) -> None:
    """Refuse a name that is no district: a slip would quietly make a city district suburban."""
    for name in names:
        if name not in DISTRICTS:
            raise InvalidInput(f"policy [zones]: {name!r} is no district; known are {'、'.join(DISTRICTS)}.")


def read_parts(tables: Any) -> tuple[ZonePart, ...]:
    """Read the ``[[zones.part]]`` tables of a policy file; raises `InvalidInput` for what cannot be used."""
    if not isinstance(tables, list):
        raise InvalidInput("policy [zones]: part must be written as [[zones.part]] tables.")
    return tuple(_read_part(table) for table in tables)


def _read_part(table: Any) -> ZonePart:
    if not isinstance(table, Mapping) or not isinstance(table.get("district"), str):
        raise InvalidInput('policy [[zones.part]] needs a district, e.g. district = "白云区".')
    where = f"policy [[zones.part]] {table['district']}"
    for key in table:
        if key not in PART_KEYS:
            raise InvalidInput(f"{where}: unknown key {key!r}; known are {', '.join(PART_KEYS)}.")
    if table.get("zone") not in CITY_ZONES:
        raise InvalidInput(f"{where}: zone must be one of {', '.join(CITY_ZONES)}.")
    return ZonePart(
        district=table["district"],
        zone=Zone(table["zone"]),
        polygon=_positions(f"{where} polygon", table.get("polygon", [])),
        line=_positions(f"{where} line", table.get("line", [])),
        side=str(table.get("side", "")),
    )


def _positions(where: str, points: Any) -> tuple[Position, ...]:
    try:
        return tuple(Position(float(lon), float(lat)) for lon, lat in points)
    except InvalidInput as error:
        raise InvalidInput(f"{where}: {error}") from None
    except (TypeError, ValueError):
        raise InvalidInput(f"{where} must be a list of [longitude, latitude] pairs.") from None


def _require_near(part: ZonePart) -> None:
    low, high = NEAR_GUANGZHOU
    for p in (*part.polygon, *part.line):
        if not (low.lon <= p.lon <= high.lon and low.lat <= p.lat <= high.lat):
            raise InvalidInput(
                f"policy [[zones.part]] {part.district}: ({p.lon}, {p.lat}) is far from Guangzhou: "
                "give longitude first, then latitude, WGS-84 degrees."
            )


def _axes(points: Sequence[Position], side: str) -> tuple[Any, Any]:
    """Coordinates along a line with that side, and across it, rising towards north or east."""
    lon, lat = np.array([p.lon for p in points]), np.array([p.lat for p in points])
    return (lon, lat) if side in ("north", "south") else (lat, lon)
