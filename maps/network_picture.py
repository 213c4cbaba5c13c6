"""A picture of a road network: ground, roads by class, and names, as PNG or SVG."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.path import Path as Outline
from PIL import Image
from scipy.spatial import KDTree

from maps.picture_fonts import font_for
from maps.picture_frame import draw_frame
from maps.picture_labels import Lettering, Sheet
from maps.picture_names import write_names
from maps.picture_roads import FINEST_PT, draw_roads, road_lines
from maps.picture_scene import Floats, Scene, View
from maps.picture_style import (
    ABROAD,
    BORDER,
    GREEN,
    LAND,
    MARKS,
    RIVER_FROM,
    SHIELDS,
    STREET_FILL,
    STYLES,
    TEXT,
    WATER,
)

MOST_COLOURS = 256
OWN_COLOURS: tuple[str, ...] = (
    *(LAND, ABROAD, WATER, GREEN, BORDER, TEXT, STREET_FILL, *SHIELDS),
    *(colour for style in STYLES[:-1] for colour in (style.fill, style.casing)),
    *dict.fromkeys(mark.colour for mark in MARKS.values()),
)
POINTS_PER_INCH = 72
SETTINGS: Any = {
    "svg.fonttype": "path",
    "svg.hashsalt": "gzdispatch",
    "path.simplify": False,
    "agg.path.chunksize": 20000,
}


def draw_picture(scene: Scene, view: View, form: str) -> bytes:
    """Draw what of a scene lies in a view.

    Parameters
    ----------
    scene : Scene
    view : View
    form : str
        ``png`` or ``svg``.

    Returns
    -------
    bytes
        The file. A PNG has exactly ``view.width`` times ``view.height`` pixels; the same scene and view give the same
        bytes with the same libraries and fonts.

    Raises
    ------
    Unavailable
        When there are Chinese names and no font for them.
    """
    font = font_for("".join(_texts(scene)))
    with mpl.rc_context({**SETTINGS, "font.family": font.get_family()}):
        size = (view.across / POINTS_PER_INCH, view.down / POINTS_PER_INCH)
        figure = Figure(size, dpi=POINTS_PER_INCH * view.width / view.across, facecolor=LAND)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, view.across), ylim=(view.down, 0))
        axes.set_axis_off()
        lines = road_lines(scene.roads, view)
        _draw_ground(axes, scene, view)
        draw_roads(axes, scene.roads, lines, view)
        sheet = Sheet(view.across, view.down, font)
        draw_frame(axes, sheet, scene, view)
        _ink(axes, write_names(axes, sheet, scene, lines, view))
        return _svg(figure, scene, view) if form == "svg" else _png(figure, view)


def _draw_ground(axes: Axes, scene: Scene, view: View) -> None:
    districts = _in_view([area.shape for area in scene.districts], view)
    axes.set_facecolor(ABROAD if districts else LAND)
    axes.add_patch(_sheet_patch(view, ABROAD if districts else LAND))
    width = 0.8 if view.m_per_pt > 30 else 1.2
    _fill(axes, districts, LAND, 1)
    _fill(axes, _in_view([area.shape for area in scene.greens], view), GREEN, 2)
    _fill(axes, _in_view([area.shape for area in scene.water], view), WATER, 3)
    _draw_rivers(axes, scene, view)
    borders = [line for shape in districts for line in _rings(shape)]
    for colour, breadth, dashes in ((f"{BORDER}30", width * 3, "solid"), (BORDER, width, (0, (6, 2, 1.2, 2)))):
        axes.add_collection(LineCollection(borders, colors=colour, linewidths=breadth, linestyles=[dashes], zorder=4))


def _draw_rivers(axes: Axes, scene: Scene, view: View) -> None:
    """Small rivers stay visible at a small scale."""
    lines = [shapely.get_coordinates(shapely.transform(river.line, view.points)) for river in scene.rivers]
    widths = [max(RIVER_FROM, river.width_m / view.m_per_pt) for river in scene.rivers]
    axes.add_collection(LineCollection(lines, colors=WATER, linewidths=widths, capstyle="round", zorder=3))


def _sheet_patch(view: View, colour: str) -> Any:
    return Rectangle((0, 0), view.across, view.down, facecolor=colour, edgecolor="none", zorder=0)


def _in_view(shapes: Sequence[Any], view: View) -> list[Any]:
    placed = [shapely.transform(shape, view.points) for shape in shapes]
    window = shapely.box(-20, -20, view.across + 20, view.down + 20)
    return [shapely.simplify(s.buffer(0), FINEST_PT) for s in placed if s.intersects(window)]


def _fill(axes: Axes, shapes: Sequence[Any], colour: str, zorder: float) -> None:
    if not shapes:
        return
    parts = [p for p in shapely.get_parts(shapely.get_parts(shapely.union_all(shapes))) if p.geom_type == "Polygon"]
    outlines = [Outline.make_compound_path(*(Outline(ring, closed=True) for ring in _rings(p))) for p in parts]
    axes.add_collection(PathCollection(outlines, facecolors=colour, edgecolors="none", zorder=zorder))


def _rings(shape: Any) -> list[Floats]:
    polygons = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    return [shapely.get_coordinates(ring) for p in polygons for ring in (p.exterior, *p.interiors)]


def _ink(axes: Axes, looks: Sequence[Lettering]) -> None:
    """Draw the letters: first every halo, then every letter, so that no halo eats a neighbour."""
    for zorder, is_halo in ((20, True), (21, False)):
        for look in looks:
            if not look.outlines or (is_halo and not look.halo):
                continue
            fill, edge, width = (look.halo, look.halo, look.halo_pt) if is_halo else (look.colour, "none", 0.0)
            letters = PathCollection(
                look.outlines, facecolors=fill, edgecolors=edge, linewidths=width, joinstyle="round", zorder=zorder
            )
            axes.add_collection(letters)


def _texts(scene: Scene) -> list[str]:
    words = scene.words
    named: list[Any] = [*scene.water, *scene.rivers, *scene.greens, *scene.districts, *scene.spots, *scene.neighbours]
    road_names = scene.roads.names if (scene.roads.name >= 0).any() else ()
    return [words.title, words.subtitle, words.source, *words.legend.values(), *road_names, *(n.name for n in named)]


def _png(figure: Figure, view: View) -> bytes:
    figure.set_size_inches(view.width / figure.dpi, view.height / figure.dpi)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
    small = BytesIO()
    _with_few_colours(picture).save(small, "png", optimize=True)
    return small.getvalue()


def _with_few_colours(picture: Image.Image) -> Image.Image:
    """Give it a palette of the map's own colours and the most frequent mixed ones: the file is a third as large."""
    own = np.array([to_rgb(colour) for colour in OWN_COLOURS]) * 255
    mixed = picture.quantize(MOST_COLOURS - len(own), dither=Image.Dither.NONE).getpalette() or []
    palette = np.vstack([own.round(), np.reshape(mixed, (-1, 3))]).astype(np.uint8)
    channels: npt.NDArray[np.int64] = np.asarray(picture).astype(np.int64)
    pixels = channels[:, :, 0] << 16 | channels[:, :, 1] << 8 | channels[:, :, 2]
    found, places = np.unique(pixels, return_inverse=True)
    channels = np.column_stack([found >> 16, found >> 8 & 255, found & 255])
    nearest = KDTree(palette).query(channels)[1].astype(np.uint8)
    small = Image.fromarray(nearest[places].reshape(pixels.shape), mode="P")
    small.putpalette(palette.tobytes())
    return small


def _svg(figure: Figure, scene: Scene, view: View) -> bytes:
    drawn = BytesIO()
    about = {
        "Title": f"{scene.words.title} · {scene.words.subtitle}".strip(" ·"),
        "Rights": scene.words.source,
        "Date": None,
    }
    figure.savefig(drawn, format="svg", metadata=about)
    text = drawn.getvalue().decode()
    size = f'width="{view.width}" height="{view.height}"'
    return re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', size, text, count=1).encode()
