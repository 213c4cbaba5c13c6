"""What stands around a picture of a road network: title, source, scale bar, legend."""

from math import floor, log10

import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Rectangle

from maps.picture_labels import Sheet
from maps.picture_scene import Scene, View
from maps.picture_style import BORDER, GREEN, MARKS, STYLES, TEXT, WATER, RoadStyle

EDGE = 14.0
LINE = 15.5
ZORDER = 30
SWATCH = 24.0
FAINT_TEXT = "#5c5c5c"


def draw_frame(axes: Axes, sheet: Sheet, scene: Scene, view: View) -> None:
    """Draw title, scale bar and legend, and keep names off them."""
    _title(axes, sheet, scene)
    _scale_bar(axes, sheet, view)
    _legend(axes, sheet, scene, view)


def _panel(axes: Axes, sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    style = "round,pad=0,rounding_size=4"
    panel = FancyBboxPatch(
        (x, y), width, height, boxstyle=style, fc="#ffffff", ec="#c9c4b8", lw=0.8, alpha=0.92, zorder=ZORDER
    )
    axes.add_patch(panel)
    sheet.take([(x - 3, y - 3, x + width + 3, y + height + 3)])


def _title(axes: Axes, sheet: Sheet, scene: Scene) -> None:
    words = scene.words
    rows = [(words.title, 23.0, TEXT), (words.subtitle, 10.5, FAINT_TEXT), (words.source, 9.0, FAINT_TEXT)]
    rows = [row for row in rows if row[0]]
    width = max(sheet.measure(text, size)[0] for text, size, _ in rows) + 24
    height = sum(size * 1.45 for _, size, _ in rows) + 14
    _panel(axes, sheet, EDGE, EDGE, width, height)
    y = EDGE + 9
    for text, size, colour in rows:
        axes.text(EDGE + 12, y, text, size=size, color=colour, va="top", zorder=ZORDER + 1, parse_math=False)
        y += size * 1.45


def _scale_bar(axes: Axes, sheet: Sheet, view: View) -> None:
    metres = round_length(view.m_per_pt * min(170.0, view.across / 5))
    length = metres / view.m_per_pt
    x, y = EDGE + 10, view.down - EDGE - 10
    _panel(axes, sheet, EDGE, y - 22, length + 34, 32)
    for half, colour in ((0, TEXT), (1, "#ffffff")):
        axes.add_patch(
            Rectangle((x + half * length / 2, y - 4), length / 2, 4, fc=colour, ec=TEXT, lw=0.8, zorder=ZORDER + 1)
        )
    for at, share in ((0.0, 0.0), (length / 2, 0.5), (length, 1.0)):
        label = say_length(metres * share, unit=share == 1)
        axes.text(x + at, y - 8, label, size=8.5, color=TEXT, ha="center", va="bottom", zorder=ZORDER + 1)


def round_length(metres: float) -> float:
    """Return the longest of 1, 2 and 5 times a power of ten that is no longer than ``metres``."""
    power = 10.0 ** floor(log10(metres))
    return max(step * power for step in (1, 2, 5) if step * power <= metres * (1 + 1e-9))


def say_length(metres: float, *, unit: bool) -> str:
    """``5 km`` or ``500 m``; the bare number without the unit of a whole bar."""
    if unit:
        return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    return f"{metres / 1000:g}" if metres >= 500 else f"{metres:g}"


def _legend(axes: Axes, sheet: Sheet, scene: Scene, view: View) -> None:
    keys = [*_shown_roads(scene), *_shown_areas(scene, view), *_shown_marks(scene, view)]
    keys = [key for key in keys if key in scene.words.legend]
    words = scene.words.legend
    width = max(sheet.measure(words[key], 10)[0] for key in keys) + SWATCH + 32
    height = len(keys) * LINE + 12
    x, y = view.across - EDGE - width, view.down - EDGE - height
    _panel(axes, sheet, x, y, width, height)
    for row, key in enumerate(keys):
        middle = y + 6 + (row + 0.5) * LINE
        _swatch(axes, key, x + 10, middle, view)
        axes.text(x + 18 + SWATCH, middle, words[key], size=10, color=TEXT, va="center_baseline", zorder=ZORDER + 1)


def _shown_roads(scene: Scene) -> list[str]:
    ranks = scene.roads.rank.clip(max=len(STYLES) - 1)
    return [style.key for rank, style in enumerate(STYLES) if (ranks == rank).any()]


def _shown_areas(scene: Scene, view: View) -> list[str]:
    window = shapely.box(view.west, view.south, view.east, view.north)
    areas = {"district": scene.districts, "water": scene.water, "green": scene.greens}
    return [key for key, some in areas.items() if any(area.shape.intersects(window) for area in some)]


def _shown_marks(scene: Scene, view: View) -> list[str]:
    inside = {
        spot.kind for spot in scene.spots if view.west < spot.lon < view.east and view.south < spot.lat < view.north
    }
    return [k for k, m in MARKS.items() if k in inside and m.marker and view.m_per_pt <= m.up_to_m_per_pt]


def _swatch(axes: Axes, key: str, x: float, y: float, view: View) -> None:
    roads = {style.key: style for style in STYLES}
    if key in roads:
        _road_swatch(axes, roads[key], x, y, view)
    elif key in MARKS:
        mark = MARKS[key]
        _line(axes, [x + SWATCH / 2], [y], marker=mark.marker, markersize=mark.size + 1, color=mark.colour)
    elif key == "district":
        _line(axes, [x, x + SWATCH], [y, y], color=BORDER, lw=1.2, dashes=(6, 2, 1.2, 2))
    else:
        colour = WATER if key == "water" else GREEN
        axes.add_patch(Rectangle((x, y - 4.5), SWATCH, 9, fc=colour, ec="none", zorder=ZORDER + 1))


def _road_swatch(axes: Axes, style: RoadStyle, x: float, y: float, view: View) -> None:
    width = min(max(style.width(view.m_per_pt), 0.9), 6.0)
    pale = style.fill == "#ffffff"
    ends = [x, x + SWATCH], [y, y]
    if pale or width >= 1.5:
        _line(axes, *ends, color=style.casing, lw=width + (1.1 if width >= 1.5 else 0))
    if not pale or width >= 1.5:
        _line(axes, *ends, color=style.fill, lw=width)


def _line(axes: Axes, x: list[float], y: list[float], **look: object) -> None:
    axes.add_line(Line2D(x, y, zorder=ZORDER + 1, **look))  # type: ignore[arg-type]
