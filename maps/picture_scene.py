"""What a picture of a road network shows, as plain arrays and shapes, and the window it is seen through."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from dispatch.errors import InvalidInput
from dispatch.location import EARTH_RADIUS_M

Floats = npt.NDArray[np.float64]

M_PER_DEGREE = radians(1) * EARTH_RADIUS_M
NARROWEST, WIDEST = 320, 8000  # pixels
USUAL_WIDTH, USUAL_POINTS = 1600, 1100
CORNERS_WANTED = "An area is west,south,east,north in degrees, e.g. 113.22,23.08,113.40,23.18."
SLIMMEST = 3.0  # times as long as broad; a thinner area is widened


@dataclass(frozen=True, slots=True)
class Roads:
    """Lines of roads: ``m`` of them with ``p`` points.

    Parameters
    ----------
    lon, lat : (p,) float64
        WGS-84 degrees.
    first : (m+1,) int
        Points ``first[i]:first[i+1]`` draw line i.
    rank : (m,) int
        0 motorway, 1 trunk, 2 primary, 3 secondary, 4 tertiary, more for lesser streets.
    ramp, tunnel : (m,) bool
    name, ref : (m,) int
        Index into ``names``, -1 where none.
    names : sequence of str
    """

    lon: Floats
    lat: Floats
    first: npt.NDArray[Any]
    rank: npt.NDArray[Any]
    ramp: npt.NDArray[np.bool_]
    tunnel: npt.NDArray[np.bool_]
    name: npt.NDArray[Any]
    ref: npt.NDArray[Any]
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Area:
    """A named polygon in WGS-84; an empty name is not written."""

    name: str
    shape: Any


@dataclass(frozen=True, slots=True)
class River:
    """The centre line of a river, to write its name along; WGS-84, ``width_m`` in metres."""

    name: str
    line: Any
    width_m: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A named point; a lower ``rank`` is named first. ``kind`` chooses its mark."""

    name: str
    kind: str
    rank: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Words:
    """Every text of the frame, in the reader's language."""

    title: str
    subtitle: str
    source: str
    legend: dict[str, str]
    """Key of `maps.picture_frame.LEGEND` to its words."""


@dataclass(frozen=True, slots=True)
class Scene:
    """All a picture may show; what lies outside the view is left out."""

    roads: Roads
    water: Sequence[Area]
    rivers: Sequence[River]
    greens: Sequence[Area]
    districts: Sequence[Area]
    spots: Sequence[Spot]
    words: Words
    neighbours: Sequence[Spot] = ()
    """Cities around, named faintly."""


@dataclass(frozen=True, slots=True)
class View:
    """A window on the world: west, south, east, north in WGS-84 degrees, drawn ``width`` pixels wide.

    The picture is laid out in points. A wider picture has more points, and more pixels to a point: it shows more names
    and is sharper as well. Degrees of longitude are shortened by the cosine of the middle latitude, so a kilometre is
    the same everywhere in a picture of a city.
    """

    west: float
    south: float
    east: float
    north: float
    width: int = 1600

    def __post_init__(self) -> None:
        if not (-180 <= self.west < self.east <= 180 and -85 <= self.south < self.north <= 85):
            raise InvalidInput(CORNERS_WANTED)
        if not NARROWEST <= self.width <= WIDEST:
            raise InvalidInput(f"A width of {self.width} pixels: use {NARROWEST} to {WIDEST}.")

    @property
    def across(self) -> float:
        """Width in points."""
        return USUAL_POINTS * sqrt(self.width / USUAL_WIDTH)

    @property
    def down(self) -> float:
        """Height in points, a whole number of pixels."""
        return self.height * self.across / self.width

    @property
    def height(self) -> int:
        """Height in pixels."""
        return round(self.width * (self.north - self.south) / (self.east - self.west) / self._shortening)

    @property
    def m_per_pt(self) -> float:
        """Metres of ground to a point."""
        return (self.east - self.west) * M_PER_DEGREE * self._shortening / self.across

    @property
    def _shortening(self) -> float:
        return cos(radians((self.south + self.north) / 2))

    def points(self, lonlat: Floats) -> Floats:
        """WGS-84 degrees, (n, 2), as points to the right and down from the upper left corner."""
        scale = M_PER_DEGREE / self.m_per_pt
        return np.asarray((lonlat - [self.west, self.north]) * [scale * self._shortening, -scale])

    def roomy(self) -> "View":
        """Return the view itself, or one widened to no more than `SLIMMEST` times as long as broad."""
        across, down = (self.east - self.west) * self._shortening, self.north - self.south
        aside = max(0.0, down / SLIMMEST - across) / self._shortening / 2
        above = max(0.0, across / SLIMMEST - down) / 2
        return View(self.west - aside, self.south - above, self.east + aside, self.north + above, self.width)
