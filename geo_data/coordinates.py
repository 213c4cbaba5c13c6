"""Conversion between the datums that phones and maps in China speak; the only place that does it.

WGS-84 is the world's datum and ours. GCJ-02 is WGS-84 with a state-ordered distortion of some 500 m; BD-09 distorts
GCJ-02 once more. The formulas are public: the ``eviltransform`` project and its many descendants (``coordtransform``,
``gcoord``). Their inverse of GCJ-02 is a one-step guess, off by metres; here it is iterated until it is exact.
"""

from collections.abc import Callable
from enum import StrEnum
from math import atan2, cos, pi, radians, sin, sqrt

from dispatch.location import Position

AXIS_M = 6_378_245.0  # semi-major axis of the Krasovsky 1940 ellipsoid, which GCJ-02 uses
ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943_23
BD_TURN = pi * 3000.0 / 180.0
BD_SHIFT_LON, BD_SHIFT_LAT = 0.0065, 0.006

# Outside this box GCJ-02 and BD-09 are WGS-84 (the box of the published formula).
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271

INVERSE_STEPS = 12
INVERSE_TOLERANCE_DEG = 1e-10  # a hundredth of a millimetre


class Datum(StrEnum):
    """Which datum a coordinate is given in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs84(position: Position, datum: Datum) -> Position:
    """Read ``position``, whose numbers are of ``datum``, as WGS-84.

    Parameters
    ----------
    position : Position
        Degrees of ``datum``.
    datum : Datum

    Returns
    -------
    Position
        WGS-84 degrees, exact to well under 0.5 m inside China and unchanged outside.
    """
    if datum is Datum.WGS84 or _is_outside_china(position):
        return position
    return _invert(_FORWARD[datum], position)


def from_wgs84(position: Position, datum: Datum) -> Position:
    """Express a WGS-84 ``position`` in ``datum``; unchanged outside China.

    Parameters
    ----------
    position : Position
        WGS-84 degrees.
    datum : Datum

    Returns
    -------
    Position
        Degrees of ``datum``.
    """
    if datum is Datum.WGS84 or _is_outside_china(position):
        return position
    return _FORWARD[datum](position)


def _is_outside_china(position: Position) -> bool:
    return not (WEST <= position.lon <= EAST and SOUTH <= position.lat <= NORTH)


def _invert(forward: Callable[[Position], Position], target: Position) -> Position:
    # The distortion changes by less than a thousandth over its own length, so this fixed point converges at once.
    guess = target
    for _ in range(INVERSE_STEPS):
        reached = forward(guess)
        d_lon, d_lat = target.lon - reached.lon, target.lat - reached.lat
        guess = Position(guess.lon + d_lon, guess.lat + d_lat)
        if abs(d_lon) + abs(d_lat) < INVERSE_TOLERANCE_DEG:
            break
    return guess


def _gcj02(position: Position) -> Position:
    lon, lat = position.lon, position.lat
    east, north = _distortion(lon - 105.0, lat - 35.0)
    phi = radians(lat)
    magic = 1 - ECCENTRICITY_SQUARED * sin(phi) ** 2
    meridian = AXIS_M * (1 - ECCENTRICITY_SQUARED) / (magic * sqrt(magic))
    parallel = AXIS_M / sqrt(magic) * cos(phi)
    return Position(lon + east / radians(parallel), lat + north / radians(meridian))


def _distortion(x: float, y: float) -> tuple[float, float]:
    """Metres east and north, as ordered; x, y are degrees from 105 E, 35 N."""
    ripple = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += (ripple + 20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += (ripple + 20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    return east, north


def _bd09(position: Position) -> Position:
    gcj = _gcj02(position)
    radius = sqrt(gcj.lon**2 + gcj.lat**2) + 0.00002 * sin(gcj.lat * BD_TURN)
    angle = atan2(gcj.lat, gcj.lon) + 0.000003 * cos(gcj.lon * BD_TURN)
    return Position(radius * cos(angle) + BD_SHIFT_LON, radius * sin(angle) + BD_SHIFT_LAT)


_FORWARD: dict[Datum, Callable[[Position], Position]] = {Datum.GCJ02: _gcj02, Datum.BD09: _bd09}
