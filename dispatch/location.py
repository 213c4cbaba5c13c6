"""Where something is, and how well that is known. All coordinates are WGS-84."""

from dataclasses import dataclass, field
from math import asin, cos, isfinite, radians, sin, sqrt

from dispatch.errors import InvalidInput
from dispatch.vocabulary import Confidence, MatchCode

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG


@dataclass(frozen=True, slots=True)
class Position:
    """A point on the ground.

    Parameters
    ----------
    lon, lat : float
        WGS-84 degrees.

    Raises
    ------
    InvalidInput
        When a coordinate is not a number or is off the globe.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (isfinite(self.lon) and isfinite(self.lat)):
            raise InvalidInput("Longitude and latitude must be numbers.")
        if abs(self.lon) > 180 or abs(self.lat) > 90:
            raise InvalidInput(
                f"({self.lon}, {self.lat}) is off the globe: give longitude first, then latitude, in degrees."
            )


@dataclass(frozen=True, slots=True)
class Location:
    """A place found for some words, with what is known about its quality.

    Parameters
    ----------
    position : Position
        Best estimate.
    match_code : MatchCode
        How the words matched.
    confidence : Confidence
        How far it may be trusted.
    uncertainty_m : float
        Radius in metres meant to hold the true place nine times in ten.
    matched_text : str
        The name of what was matched, e.g. ``黄埔大道西 / 猎德大道``.
    district : str or None
        One of the 11 districts, e.g. ``天河区``; None where unknown.
    alternatives : tuple of Location
        Other places the words may mean, best first; their own alternatives are empty.
    question : str
        What to ask the caller to narrow it most, in Chinese; empty when nothing is open.
    bearing_deg : float or None
        Degrees from north that traffic on its carriageway heads for; None where the words do not say, or the road is not
        divided there.
    not_reached : tuple of str
        Services that were asked and did not answer; it says nothing of the place.
    """

    position: Position
    match_code: MatchCode
    confidence: Confidence
    uncertainty_m: float
    matched_text: str
    district: str | None = None
    alternatives: tuple["Location", ...] = field(default=())
    question: str = ""
    bearing_deg: float | None = None
    not_reached: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class NotLocated:
    """The honest answer when the words name no place we know.

    Parameters
    ----------
    reason : str
        What was missing and what to ask the caller, in Chinese.
    city : str or None
        Another city, or a district of one, that the words plainly speak of, e.g. ``佛山`` or ``南海``; None where they
        name none.
    not_reached : tuple of str
        Services that were asked and did not answer.
    """

    reason: str
    city: str | None = None
    not_reached: tuple[str, ...] = field(default=(), compare=False)


def distance_m(a: Position, b: Position) -> float:
    """Great-circle distance in metres (haversine; R. W. Sinnott, Sky and Telescope 68, 1984)."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))
