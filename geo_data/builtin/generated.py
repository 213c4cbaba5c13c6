"""Streets between the drawn roads, made by rule and not by survey: the same tables give the same streets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString
from shapely.ops import substring

from geo_data.builtin.blocks import SHORTEST_M, Shapes, Streets, fill
from geo_data.builtin.built_up import Spacing, street_spacing
from geo_data.builtin.courses import Course
from geo_data.builtin.junctions import Stations, meet
from geo_data.builtin.places import builtin_places
from geo_data.builtin.tables import rows
from geo_data.builtin.water import greens_in_plane, water_in_plane
from geo_data.roads.plane import to_plane

SEED = 20160801
BANK_M = 14.0  # streets stay this far from the water
BESIDE_EXPRESSWAY_M = 30.0  # small streets end this far from one; larger ones pass under it
SECONDARY_M, TERTIARY_M = 1500.0, 650.0  # cuts longer than this are through streets
CLOSED_SHARE = (0.33, 0.33, 0.33)  # of small, tertiary and secondary streets that are closed at one end
CLOSED_M = 26.0
ONE_WAY_SHARE = 0.6  # of parallel neighbours that make a one-way pair
ONE_WAY_ABOVE_M, ONE_WAY_BELOW_M = 180.0, 260.0  # length of such a street, and spacing around it


@dataclass(frozen=True, eq=False)
class Plan:
    """Generated streets and their junctions.

    Parameters
    ----------
    streets : Streets
    stations : Stations
    one_way : (n,) int8
        1 along the line only, -1 against it only, 0 both ways.
    spacing : Spacing
    """

    streets: Streets
    stations: Stations
    one_way: npt.NDArray[np.int8]
    spacing: Spacing


def plan_streets(courses: Sequence[Course], used: dict[str, int]) -> Plan:
    """Draw streets between the open roads; their junctions become knots of the courses.

    Parameters
    ----------
    courses : sequence of Course
        All drawn roads, joined.
    used : mapping of str to int
        How many roads know each place; new places are entered.
    """
    random = np.random.default_rng(SEED)
    surface = [course for course in courses if not course.road.limited and course.road.structure != "tunnel"]
    lines = [course.line for course in surface]
    spacing = street_spacing(builtin_places(), lines, greens_in_plane())
    streets = fill(_blocks(lines), spacing, random)
    streets = _cut_by_expressways(streets, [c for c in courses if c.road.limited and c.road.structure != "tunnel"])
    streets = _closed(streets, random)
    one_way = _one_way(streets, spacing, random)
    return Plan(streets, meet(surface, used, streets.line), one_way, spacing)


def _blocks(lines: Sequence[LineString]) -> Shapes:
    """Dry land between open roads, inside the city's border, without hills."""
    city = _city()
    shapely.prepare(city)
    around = shapely.union_all([*lines, city.exterior])
    blocks = shapely.get_parts(shapely.polygonize([around]))
    blocks = blocks[shapely.contains(city, shapely.point_on_surface(blocks))]
    closed = shapely.union_all([water_in_plane().buffer(BANK_M), greens_in_plane()])
    pieces = shapely.get_parts(shapely.difference(blocks, closed))
    return np.asarray(pieces[shapely.area(pieces) > SHORTEST_M**2])


def _city() -> shapely.Polygon:
    shared = {row["name"]: f"{row['lon']} {row['lat']}" for row in rows("border_points")}
    borders = []
    for row in rows("borders"):
        corners = [shared.get(text.strip(), text.strip()).split() for text in row["points"].split(";")]
        borders.append(LineString(to_plane([c[0] for c in corners], [c[1] for c in corners])))
    parts = shapely.get_parts(shapely.union_all(shapely.get_parts(shapely.polygonize(borders))))
    return shapely.Polygon(max(parts, key=shapely.area).exterior)


def _cut_by_expressways(streets: Streets, expressways: Sequence[Course]) -> Streets:
    strip = shapely.union_all(
        [c.line.buffer(BESIDE_EXPRESSWAY_M) for c in expressways if c.road.structure != "elevated"]
    )
    shapely.prepare(strip)
    small = (streets.width_m < SECONDARY_M) & shapely.intersects(strip, streets.line)
    cut = streets.line.copy()
    cut[small] = shapely.difference(cut[small], strip)
    parts, of = shapely.get_parts(cut, return_index=True)
    good = ~shapely.is_empty(parts) & (shapely.length(parts) > SHORTEST_M * 0.7)
    return streets.take(of[good], parts[good])


def _closed(streets: Streets, random: np.random.Generator) -> Streets:
    """Close some streets at one end, as gated estates, walls and railways do: nobody drives through there."""
    size = np.searchsorted([TERTIARY_M, SECONDARY_M], streets.width_m)
    chosen = (random.random(len(size)) < np.array(CLOSED_SHARE)[size]) & (streets.parent >= 0)
    at_start = random.random(len(size)) < 0.5
    gap_m = np.maximum(CLOSED_M, 0.2 * np.minimum(shapely.length(streets.line), 400.0))
    line = streets.line.copy()
    for i in np.flatnonzero(chosen):
        length_m, gap = line[i].length, gap_m[i]
        line[i] = substring(line[i], gap, length_m) if at_start[i] else substring(line[i], 0.0, length_m - gap)
    return streets.take(np.arange(len(line)), line)


def _one_way(streets: Streets, spacing: Spacing, random: np.random.Generator) -> npt.NDArray[np.int8]:
    """Neighbours that run side by side become one-way pairs where streets lie close."""
    start = shapely.get_coordinates(shapely.get_point(streets.line, 0))
    end = shapely.get_coordinates(shapely.get_point(streets.line, -1))
    middle = (start + end) / 2
    length = shapely.length(streets.line)
    near = (streets.parent >= 0) & (length > ONE_WAY_ABOVE_M) & (spacing.at(middle) < ONE_WAY_BELOW_M)
    fit = np.flatnonzero(near)
    fit = fit[np.argsort(streets.parent[fit], kind="stable")]
    a, b = fit[:-1], fit[1:]
    along = (end - start) / length[:, None]
    alike = (along[a] * along[b]).sum(axis=1)
    apart = np.abs(along[a, 0] * (middle[b] - middle[a])[:, 1] - along[a, 1] * (middle[b] - middle[a])[:, 0])
    pair = (streets.parent[a] == streets.parent[b]) & (np.abs(alike) > 0.9) & (apart > 60)
    pair &= random.random(len(pair)) < ONE_WAY_SHARE
    way = np.zeros(len(streets.line), dtype=np.int8)
    way[a[pair]] = 1
    way[b[pair]] = np.where(alike[pair] > 0, -1, 1)
    return way
