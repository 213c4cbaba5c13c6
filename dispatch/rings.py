"""Rings of positions, in degrees: what they hold, and whether they cross themselves."""

from collections.abc import Sequence
from itertools import combinations, pairwise

from dispatch.location import Position

Side = tuple[Position, Position]


def inside(ring: Sequence[Position], p: Position) -> bool:
    """Even-odd rule on half-open sides: a point on the border of two rings that share it lies in exactly one."""
    odd = False
    for a, b in pairwise((*ring, ring[0])):
        if (a.lat > p.lat) != (b.lat > p.lat):
            odd ^= p.lon < a.lon + (p.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon)
    return odd


def first_crossing(ring: Sequence[Position]) -> tuple[int, int] | None:
    """Numbers of the first two sides that meet elsewhere than in their common corner; None for a simple ring.

    Side ``i`` runs from point ``i`` to the next. ``ring`` holds three different points or more, none of them twice.
    """
    sides = list(pairwise((*ring, ring[0])))
    for (i, a), (j, b) in combinations(enumerate(sides), 2):
        neighbours = j - i in (1, len(sides) - 1)
        if _folded(a, b) if neighbours else _touch(a, b):
            return i, j
    return None


def _turn(a: Position, b: Position, c: Position) -> float:
    return (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon)


def _touch(one: Side, other: Side) -> bool:
    """Whether two sides have a point in common."""
    (a, b), (c, d) = one, other
    if max(a.lon, b.lon) < min(c.lon, d.lon) or max(c.lon, d.lon) < min(a.lon, b.lon):
        return False
    if max(a.lat, b.lat) < min(c.lat, d.lat) or max(c.lat, d.lat) < min(a.lat, b.lat):
        return False
    return _turn(a, b, c) * _turn(a, b, d) <= 0 and _turn(c, d, a) * _turn(c, d, b) <= 0


def _folded(one: Side, other: Side) -> bool:
    """Whether two neighbouring sides run back over each other."""
    shared = set(one) & set(other)
    (corner,) = shared
    (a,), (b,) = set(one) - shared, set(other) - shared
    dot = (a.lon - corner.lon) * (b.lon - corner.lon) + (a.lat - corner.lat) * (b.lat - corner.lat)
    return _turn(corner, a, b) == 0 and dot > 0
