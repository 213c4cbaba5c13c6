"""Blocks between the drawn roads, halved again and again until streets lie as closely as they should.

Each block is cut across its longer side, square to the main direction of its own border, so that streets follow the
roads around them (after the subdivision of lots in Vanegas et al., "Procedural generation of parcels in urban
modeling", Computer Graphics Forum 31, 2012).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo_data.builtin.built_up import Spacing
from geo_data.roads.plane import Points

Shapes = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.float64]

DEEPEST = 22
SMALLEST_M2 = 2_500.0
SHORTEST_M = 60.0  # a shorter street is not worth its corners
LONGER_THAN_WIDE = 1.7
BENT_ABOVE_M = 170.0  # shorter streets are straight
STUB_SHARE = 0.08  # of blocks that hold a dead end
CURVE_POINTS = 13
BEND = 0.06  # how far a long street leaves the straight line, as a share of its length


@dataclass(frozen=True, eq=False)
class Streets:
    """Generated streets; those of earlier rows were there first.

    Parameters
    ----------
    line : (n,) LineString
    width_m : (n,) float64
        Length of the cut that made it: long ones are through streets.
    parent : (n,) int64
        The block whose half was cut; two streets of one parent are neighbours. -1 for a dead end.
    """

    line: Shapes
    width_m: Numbers
    parent: npt.NDArray[np.int64]

    def take(self, rows: npt.NDArray[np.int64], line: Shapes) -> "Streets":
        """Rows by index with lines of their own."""
        return Streets(line, self.width_m[rows], self.parent[rows])


@dataclass(frozen=True, eq=False)
class _Frames:
    """The own axes of blocks: ``along`` the longer side, and the extent on both axes."""

    along: Points
    across: Points
    low: Points
    high: Points

    def take(self, rows: npt.NDArray[np.bool_]) -> "_Frames":
        return _Frames(self.along[rows], self.across[rows], self.low[rows], self.high[rows])

    @property
    def size_m(self) -> Points:
        """Length and width."""
        return self.high - self.low


def fill(blocks: Shapes, spacing: Spacing, random: np.random.Generator) -> Streets:
    """Cut every block until it is no larger than the spacing of streets there asks; some get a dead end inside."""
    found: list[Streets] = []
    ended: list[Shapes] = []
    parent = np.arange(len(blocks))
    number = len(blocks)
    for _ in range(DEEPEST):
        frames = _frames(blocks)
        wanted = _too_large(blocks, frames, spacing)
        ended.append(blocks[~wanted])
        blocks, parent, frames = blocks[wanted], parent[wanted], frames.take(wanted)
        if not len(blocks):
            break
        cut, side, other = _cuts(frames, random)
        found.append(_as_streets(_common(cut, blocks), parent))
        halves = _common(np.tile(blocks, 2), np.concatenate([side, other]))
        owner = np.tile(np.arange(len(blocks)), 2) + number
        number += len(blocks)
        blocks, parent = _polygons(halves, owner)
    found.append(_stubs(np.concatenate(ended), spacing, random))
    return Streets(*(np.concatenate([getattr(s, key) for s in found]) for key in ("line", "width_m", "parent")))


def _frames(blocks: Shapes) -> _Frames:
    points, owner = shapely.get_coordinates(shapely.get_exterior_ring(blocks), return_index=True)
    first = np.searchsorted(owner, np.arange(len(blocks)))
    step = np.diff(points, axis=0)
    own = owner[1:] == owner[:-1]
    length = np.hypot(*step.T) * own
    heading = length * np.exp(4j * np.arctan2(step[:, 1], step[:, 0]))  # a wall and its square count alike
    mean = np.zeros(len(blocks), dtype=complex)
    np.add.at(mean, owner[1:], heading)
    angle = np.angle(mean) / 4
    axis = np.column_stack([np.cos(angle), np.sin(angle)])
    square = np.column_stack([-axis[:, 1], axis[:, 0]])
    local = np.column_stack([(points * axis[owner]).sum(axis=1), (points * square[owner]).sum(axis=1)])
    low, high = np.minimum.reduceat(local, first), np.maximum.reduceat(local, first)
    turned = (high - low)[:, 1] > (high - low)[:, 0]
    along, across = np.where(turned[:, None], square, axis), np.where(turned[:, None], -axis, square)
    turned_low = np.column_stack([low[:, 1], -high[:, 0]])
    turned_high = np.column_stack([high[:, 1], -low[:, 0]])
    low, high = np.where(turned[:, None], turned_low, low), np.where(turned[:, None], turned_high, high)
    return _Frames(along, across, low, high)


def _too_large(blocks: Shapes, frames: _Frames, spacing: Spacing) -> npt.NDArray[np.bool_]:
    size = frames.size_m
    centre = shapely.get_coordinates(shapely.centroid(blocks))
    allowed = spacing.at(centre, size[:, 0])
    return np.asarray((size[:, 1] > allowed) | (size[:, 0] > LONGER_THAN_WIDE * allowed))


def _common(a: Shapes, b: Shapes) -> Shapes:
    """Intersections pair by pair, on two processors."""
    with ThreadPoolExecutor(2) as pool:
        return np.concatenate(list(pool.map(shapely.intersection, np.array_split(a, 2), np.array_split(b, 2))))


def _cuts(frames: _Frames, random: np.random.Generator) -> tuple[Shapes, Shapes, Shapes]:
    """Lines across the middle of blocks, a little off and bent where long, and what lies on either side of each."""
    n = len(frames.along)
    size = frames.size_m
    middle = frames.low[:, 0] + size[:, 0] * np.clip(random.normal(0.5, 0.04, n), 0.4, 0.6)
    share = np.linspace(-0.02, 1.02, CURVE_POINTS)
    bend = np.where(
        size[:, 1] > BENT_ABOVE_M,
        np.minimum(BEND * np.minimum(size[:, 1] / 700.0, 1.0) * size[:, 1], 0.12 * size[:, 0]),
        0.0,
    )
    waves = random.uniform(0.7, 2.0, (n, 1)) * np.clip(size[:, 1:] / 900.0, 1.0, 3.0)
    wave = np.sin(np.pi * (share * waves + random.uniform(0, 2, (n, 1)))) / np.sqrt(np.maximum(waves / 1.4, 1.0))
    wave -= wave.mean(axis=1, keepdims=True)
    a = middle[:, None] + bend[:, None] * wave
    b = frames.low[:, 1:] + size[:, 1:] * share
    line = a[..., None] * frames.along[:, None] + b[..., None] * frames.across[:, None]
    away = ((size[:, 0] + 100.0)[:, None] * frames.along)[:, None]
    sides = [np.concatenate([line, line[:, -1:] + way, line[:, :1] + way], axis=1) for way in (-away, away)]
    straight = bend == 0
    lines = np.asarray(shapely.linestrings(line))
    lines[straight] = shapely.linestrings(line[straight][:, [0, -1]])
    return lines, np.asarray(shapely.polygons(sides[0])), np.asarray(shapely.polygons(sides[1]))


def _as_streets(cuts: Shapes, parent: npt.NDArray[np.int64]) -> Streets:
    parts, of = shapely.get_parts(cuts, return_index=True)
    good = (shapely.get_type_id(parts) == 1) & (shapely.length(parts) > SHORTEST_M)
    return Streets(parts[good], shapely.length(parts[good]), parent[of[good]])


def _polygons(shapes: Shapes, owner: npt.NDArray[np.int64]) -> tuple[Shapes, npt.NDArray[np.int64]]:
    parts, of = shapely.get_parts(shapes, return_index=True)
    parts, of_part = shapely.get_parts(parts, return_index=True)  # twice: a collection may hold multipolygons
    good = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) > SMALLEST_M2)
    return parts[good], owner[of[of_part[good]]]


def _stubs(blocks: Shapes, spacing: Spacing, random: np.random.Generator) -> Streets:
    """Dead ends from a long side to the middle of some blocks."""
    centre = shapely.get_coordinates(shapely.centroid(blocks))
    some = (random.random(len(blocks)) < STUB_SHARE) & np.isfinite(spacing.at(centre))
    blocks, centre = blocks[some], centre[some]
    frames = _frames(blocks)
    shift = random.uniform(-0.25, 0.25, len(blocks)) * frames.size_m[:, 0]
    inner = centre + shift[:, None] * frames.along
    way = np.where(random.random(len(blocks)) < 0.5, 1.0, -1.0)
    outer = inner + (way * frames.size_m[:, 1])[:, None] * frames.across
    lines = shapely.intersection(shapely.linestrings(np.stack([outer, inner], axis=1)), blocks)
    simple = (shapely.get_type_id(lines) == 1) & (shapely.length(lines) > SHORTEST_M * 0.7)
    lines = lines[simple]
    return Streets(lines, np.zeros(len(lines)), np.full(len(lines), -1, dtype=np.int64))
