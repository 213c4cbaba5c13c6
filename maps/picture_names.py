"""Which names a picture of a road network carries, in what order they ask for room, and how they look."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
import shapely.ops
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch

from maps.picture_labels import Lettering, Sheet, beside
from maps.picture_scene import Roads, Scene, Spot, View
from maps.picture_style import (
    DISTRICT_TEXT,
    FAINT,
    GREEN_TEXT,
    HALO,
    MARKS,
    MOTORWAY_SHIELD,
    NATIONAL_SHIELD,
    PROVINCIAL_SHIELD,
    STYLES,
    TEXT,
    WATER_TEXT,
)

NAMED_FROM_PT = 1.9  # a road drawn narrower than this is not named; expressways always are
SMOOTH_PT = 1.5
REPEAT_PT = 420.0
ROOM_FOR_RIVER = 2.0  # times the length of its name that a river must show
SHIELD_PT = 8.0
SHIELD_REPEAT_PT = 260.0


def write_names(axes: Axes, sheet: Sheet, scene: Scene, lines: Any, view: View) -> list[Lettering]:
    """Write names while there is room, and draw the marks of places and the shields of routes.

    Returns
    -------
    list of Lettering
        The letters, still to be drawn.
    """
    looks = [*_districts(sheet, scene, view), *_spots(axes, sheet, scene, view, last_rank=1)]
    _shields(axes, sheet, scene.roads, lines)
    looks += [_rivers(sheet, scene, view), _hills(sheet, scene, view)]
    looks += _roads(sheet, scene.roads, lines, view, ranks=(0, 1))
    looks += _spots(axes, sheet, scene, view, last_rank=2, first_rank=2)
    looks += _roads(sheet, scene.roads, lines, view, ranks=(2, 3, 4, 5))
    looks += _spots(axes, sheet, scene, view, last_rank=9, first_rank=3)
    return looks


def _districts(sheet: Sheet, scene: Scene, view: View) -> Iterator[Lettering]:
    look = Lettering(19 if view.m_per_pt > 20 else 24, DISTRICT_TEXT, f"{HALO}d0", 3)
    window = shapely.box(0, 0, view.across, view.down)
    for area in scene.districts:
        shape = shapely.transform(area.shape, view.points).buffer(0).intersection(window)
        if shape.area < 1500:
            continue
        centre_x, centre_y = shapely.get_coordinates(shapely.maximum_inscribed_circle(shape, tolerance=2))[0]
        any(sheet.write(look, area.name, x, y) for x, y in _around(centre_x, centre_y, look.size))
    yield look
    faint = Lettering(17, FAINT, "")
    for spot in scene.neighbours:
        (x, y), *_ = view.points(np.array([[spot.lon, spot.lat]]))
        sheet.write(faint, spot.name, x, y)
    yield faint


def _around(x: float, y: float, size: float) -> Iterator[tuple[float, float]]:
    yield x, y
    for reach in (1.2, 2.4, 3.6):
        for dx, dy in ((0, -1), (0, 1), (1, 0), (-1, 0)):
            yield x + dx * reach * size, y + dy * reach * size


def _rivers(sheet: Sheet, scene: Scene, view: View) -> Lettering:
    look = Lettering(11, WATER_TEXT, "#d6eaf6", 1.8)
    window = shapely.box(0, 0, view.across, view.down)
    rivers = [(r.width_m, r.name, shapely.transform(r.line, view.points)) for r in scene.rivers]
    names = dict.fromkeys(name for _, name, _ in sorted(rivers, key=lambda r: -r[0] * r[2].length) if name)
    for name in names:
        merged = shapely.line_merge(shapely.union_all([line for _, other, line in rivers if other == name]))
        course = merged.intersection(window)
        if course.length > ROOM_FOR_RIVER * sheet.measure(name, look.size)[0]:
            _along(sheet, look, name, course, most=2, advance=1.5)
    return look


def _hills(sheet: Sheet, scene: Scene, view: View) -> Lettering:
    look = Lettering(10, GREEN_TEXT, f"{HALO}c0", 1.8)
    window = shapely.box(0, 0, view.across, view.down)
    for area in sorted(scene.greens, key=lambda a: -a.shape.area):
        shape = shapely.transform(area.shape, view.points).buffer(0).intersection(window)
        if area.name and shape.area >= 150:
            middle = shape.representative_point()
            near = (at for at in _around(middle.x, middle.y, look.size) if shape.contains(shapely.Point(at)))
            any(sheet.write(look, area.name, x, y) for x, y in near)
    return look


def _roads(sheet: Sheet, roads: Roads, lines: Any, view: View, *, ranks: tuple[int, ...]) -> Iterator[Lettering]:
    seen = np.array([line is not None for line in lines]) & (roads.name >= 0) & ~roads.ramp
    window = shapely.box(0, 0, view.across, view.down)
    for rank in ranks:
        width = STYLES[min(rank, 5)].width(view.m_per_pt)
        look = Lettering(min(max(9.0, width * 1.7), 11.5), TEXT, HALO, 2.2)
        here = (
            np.flatnonzero(seen & (np.minimum(roads.rank, 5) == rank))
            if width >= NAMED_FROM_PT or rank == 0
            else np.array([])
        )
        for name, course in _by_name(roads.name, here, lines):
            _along(sheet, look, roads.names[name], course.intersection(window), most=4)
        yield look


def _by_name(key: Any, members: Any, lines: Any) -> list[tuple[int, Any]]:
    """Lines of one name each, joined end to end, the longest first."""
    order = members[np.argsort(key[members], kind="stable")] if len(members) else members
    names, first = np.unique(key[order], return_index=True) if len(order) else ((), np.array([0]))
    courses = [
        (int(name), shapely.line_merge(shapely.multilinestrings(some)))
        for name, some in zip(names, np.split(lines[order], first[1:]) if len(order) else (), strict=True)
    ]
    return sorted(courses, key=lambda course: -course[1].length)


def _along(sheet: Sheet, look: Lettering, text: str, course: Any, *, most: int, advance: float = 1.12) -> None:
    """Write a name along the longest pieces of a course, each time well away from the last."""
    parts = [p for p in shapely.get_parts(course) if p.geom_type == "LineString"]
    written: list[Any] = []
    for part in sorted(parts, key=lambda p: -p.length):
        for piece in _pieces(part):
            if len(written) >= most:
                return
            if any(piece.centroid.distance(other) < REPEAT_PT for other in written):
                continue
            line = shapely.get_coordinates(piece.simplify(SMOOTH_PT))
            if sheet.write_along(look, text, line, advance=advance):
                written.append(piece.centroid)


def _pieces(line: Any) -> list[Any]:
    count = max(1, round(line.length / REPEAT_PT))
    step = line.length / count
    return [shapely.ops.substring(line, i * step, (i + 1) * step) for i in range(count)]


def _spots(
    axes: Axes, sheet: Sheet, scene: Scene, view: View, *, last_rank: int, first_rank: int = 0
) -> list[Lettering]:
    looks: dict[tuple[float, str], Lettering] = {}
    wanted = [s for s in scene.spots if first_rank <= s.rank <= last_rank and _shows(s, view)]
    for spot in sorted(wanted, key=lambda s: (s.rank, list(MARKS).index(s.kind))):
        mark = MARKS[spot.kind]
        look = looks.setdefault(
            (mark.text, mark.colour), Lettering(mark.text, TEXT if mark.marker else mark.colour, HALO)
        )
        (x, y), *_ = view.points(np.array([[spot.lon, spot.lat]]))
        if _name_spot(sheet, look, spot, x, y) and mark.marker:
            axes.add_line(
                Line2D(
                    [x], [y], marker=mark.marker, markersize=mark.size, color=mark.colour, mec=HALO, mew=0.7, zorder=15
                )
            )
    return list(looks.values())


def _shows(spot: Spot, view: View) -> bool:
    inside = view.west < spot.lon < view.east and view.south < spot.lat < view.north
    return inside and spot.kind in MARKS and view.m_per_pt <= MARKS[spot.kind].up_to_m_per_pt


def _name_spot(sheet: Sheet, look: Lettering, spot: Spot, x: float, y: float) -> bool:
    mark = MARKS[spot.kind]
    if not mark.marker:
        return sheet.write(look, spot.name, x, y)
    dot = (x - mark.size / 2, y - mark.size / 2, x + mark.size / 2, y + mark.size / 2)
    if not sheet.is_free([dot]):
        return False
    width, height = sheet.measure(spot.name, look.size)
    if any(sheet.write(look, spot.name, *place, pad=0.8) for place in beside(x, y, width, height, mark.size / 2 + 2)):
        sheet.take([dot])
        return True
    return False


def _shields(axes: Axes, sheet: Sheet, roads: Roads, lines: Any) -> None:
    """Route numbers in shields: green on expressways, red on national roads, yellow on others."""
    numbered = np.flatnonzero((roads.ref >= 0) & ~roads.ramp & np.array([line is not None for line in lines]))
    for ref, course in _by_name(roads.ref, numbered, lines):
        members = numbered[roads.ref[numbered] == ref]
        expressway = bool((roads.rank[members] == 0).mean() > 0.5)
        text = roads.names[ref]
        colour = MOTORWAY_SHIELD if expressway else NATIONAL_SHIELD if text.startswith("G") else PROVINCIAL_SHIELD
        placed: list[Any] = []
        for part in sorted(shapely.get_parts(course), key=lambda p: -p.length):
            for at in np.arange(40, part.length, 30):
                spot = part.interpolate(at)
                if all(spot.distance(other) > SHIELD_REPEAT_PT for other in placed) and _shield(
                    axes, sheet, text, spot, colour
                ):
                    placed.append(spot)


def _shield(axes: Axes, sheet: Sheet, text: str, spot: Any, colour: str) -> bool:
    width, height = sheet.measure(text, SHIELD_PT)[0] + 6, SHIELD_PT + 4
    x, y = spot.x - width / 2, spot.y - height / 2
    if not sheet.is_free([(x - 2, y - 2, x + width + 2, y + height + 2)]):
        return False
    sheet.take([(x - 1, y - 1, x + width + 1, y + height + 1)])
    style = "round,pad=0,rounding_size=2"
    axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=style, fc=colour, ec=HALO, lw=0.8, zorder=16))
    axes.text(
        spot.x, spot.y, text, size=SHIELD_PT, color=HALO, ha="center", va="center_baseline", zorder=17, parse_math=False
    )
    return True
