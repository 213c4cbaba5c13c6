"""A layer as a PNG over our own background, with legend, n and what it rests on: to hand on as it is."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from dispatch.errors import InvalidInput
from maps.heat.measures import COVER, MEASURES, Measure
from maps.palette import CHANGE, OUTLINE, PAPER, ROAD, WATER
from maps.picture_fonts import font_for

SIZE_INCH, DPI = (11.0, 8.5), 130
MAP_SHARE = 0.88  # of the height, the words have the rest
AROUND = 0.06  # of the extent, left free around what is shown
CORE = (113.20, 23.05, 113.45, 23.20)  # old town to Huangpu: always in view
LAT_SCALE = 1 / 0.92  # of a degree of longitude, near 23° north
PALE = 0.35
GeoJson = Mapping[str, Any]


def picture(
    layer: Mapping[str, Any],
    key: str,
    *,
    outlines: Iterable[GeoJson] = (),
    water: GeoJson | None = None,
    roads: GeoJson | None = None,
    schematic: bool = True,
) -> bytes:
    """Draw one measure of a layer or of a comparison.

    Parameters
    ----------
    layer : mapping
        See `maps.heat.layer`; a comparison is known by its ``earlier``.
    key : str
        Of the measure.
    outlines, water, roads : GeoJSON
        What lies under and over the areas, WGS-84.
    schematic : bool
        Whether the roads are schematic: said on the picture.

    Raises
    ------
    InvalidInput
        For an unknown measure.
    Unavailable
        Where no font with Chinese characters is installed.
    """
    measure = (MEASURES | {"cover": COVER}).get(key)
    if measure is None:
        raise InvalidInput(f"没有指标 {key}:请用 {'、'.join(MEASURES)}。(Unknown measure.)")
    figure = Figure(figsize=SIZE_INCH, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, MAP_SHARE), facecolor=PAPER)
    _ground(axes, water, roads)
    changed = "earlier" in layer
    for feature in layer["features"]:
        _draw(axes, feature, measure, changed=changed)
    _outline(axes, outlines)
    _view(axes, layer["features"])
    _words(figure, axes, layer, measure, schematic=schematic)
    out = BytesIO()
    figure.savefig(out, format="png", metadata={"Title": measure.label, "Source": str(layer["provenance"])})
    return out.getvalue()


def _ground(axes: Axes, water: GeoJson | None, roads: GeoJson | None) -> None:
    if water is not None:
        axes.add_collection(PolyCollection(list(_rings(water)), facecolor=WATER, edgecolor="none", zorder=1))
    if roads is not None:
        axes.add_collection(LineCollection(list(_lines(roads)), colors=ROAD, linewidths=0.7, zorder=2))


def _outline(axes: Axes, outlines: Iterable[GeoJson]) -> None:
    rings = [ring for one in outlines for ring in _rings(one)]
    axes.add_collection(PolyCollection(rings, facecolor="none", edgecolor=OUTLINE, linewidth=0.8, zorder=5))


def _draw(axes: Axes, feature: GeoJson, measure: Measure, *, changed: bool) -> None:
    found = feature["properties"].get(measure.key)
    value = found[0] if found else None
    colour, alpha = measure.colour(value), 0.8
    if changed:
        colour = measure.change_colour(value)
        clear = bool(found) and None not in found[1:3] and (found[1] > 0 or found[2] < 0)
        alpha = 0.9 if clear else PALE
    if value is None:
        alpha = PALE
    rings = list(_rings(feature["geometry"]))
    axes.add_collection(
        PolyCollection(rings, facecolor=colour, edgecolor="white", linewidth=0.4, alpha=alpha, zorder=3)
    )


def _view(axes: Axes, features: Sequence[GeoJson]) -> None:
    points = [point for one in features for ring in _rings(one["geometry"]) for point in ring]
    lon, lat = [CORE[0], CORE[2], *(p[0] for p in points)], [CORE[1], CORE[3], *(p[1] for p in points)]
    wide, tall = ((1 + 2 * AROUND) * (max(one) - min(one)) for one in (lon, lat))
    shape = SIZE_INCH[0] / (SIZE_INCH[1] * MAP_SHARE)  # of the map on the paper
    wide, tall = max(wide, tall * LAT_SCALE * shape), max(tall, wide / LAT_SCALE / shape)
    middle_x, middle_y = (max(lon) + min(lon)) / 2, (max(lat) + min(lat)) / 2
    axes.set_xlim(middle_x - wide / 2, middle_x + wide / 2)
    axes.set_ylim(middle_y - tall / 2, middle_y + tall / 2)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)


def _words(figure: Figure, axes: Axes, layer: Mapping[str, Any], measure: Measure, *, schematic: bool) -> None:
    source, earlier = layer["provenance"], layer.get("earlier")
    title = f"{measure.label} {measure.english}" + (" · 两期之差" if earlier else "")
    lines = [
        _period(source),
        *([f"减去 {_period(earlier)}"] if earlier else []),
        " · ".join(_kinds(source, earlier, schematic=schematic)),
    ]
    font = font_for(title + "".join(lines))
    figure.text(0.02, 0.965, title, fontproperties=font, fontsize=17, va="center")
    for n, line in enumerate(lines):
        figure.text(0.02, 0.935 - 0.022 * n, line, fontproperties=font, fontsize=10, va="center", color="#3c4650")
    patches = [Patch(facecolor=colour, label=label) for colour, label in _legend(measure, changed=bool(earlier))]
    legend = axes.legend(handles=patches, loc="lower left", prop=font, framealpha=0.93, fontsize=10)
    legend.set_zorder(10)


def _period(source: Mapping[str, Any]) -> str:
    until = f" 至 {source['until']}" if source["until"] else ""
    return f"{source['since']}{until} · {source['filters']} · n = {source['n']:,}"


def _kinds(source: Mapping[str, Any], earlier: Mapping[str, Any] | None, *, schematic: bool) -> Iterable[str]:
    simulated = source["simulated"] + (earlier["simulated"] if earlier else 0)
    if simulated:
        yield f"模拟数据 simulated:{simulated:,} 起"
    if schematic:
        yield "示意路网 schematic roads"
    yield f"规则版本 {source['policy_version']}"
    yield f"生成于 {source['generated_at']}"
    yield "全色:95% 区间不含 0" if earlier else "少于 5 起不显示"


def _legend(measure: Measure, *, changed: bool) -> Iterable[tuple[str, str]]:
    if not changed:
        return zip(measure.classes.colours, measure.classes.labels, strict=True)
    breaks = [_said(b, measure) for b in measure.changes]
    labels = [f"< {breaks[0]}", *(f"{a} 至 {b}" for a, b in pairwise(breaks)), f"> {breaks[-1]}"]
    colours = CHANGE if measure.worse_is_more is not False else CHANGE[::-1]
    return zip(colours, labels, strict=True)


def _said(value: float, measure: Measure) -> str:
    if measure.unit == "s":
        return f"{value / 60:+g} 分"
    return f"{100 * value:+g} 点" if measure.unit == "share" else f"{value:+g} 起/天"


def _rings(geometry: GeoJson) -> Iterable[Sequence[Sequence[float]]]:
    """Outlines of all polygons; holes are drawn over."""
    if geometry["type"] == "FeatureCollection":
        for feature in geometry["features"]:
            yield from _rings(feature["geometry"])
    elif geometry["type"] == "Polygon":
        yield geometry["coordinates"][0]
    elif geometry["type"] == "MultiPolygon":
        yield from (part[0] for part in geometry["coordinates"])


def _lines(geometry: GeoJson) -> Iterable[Sequence[Sequence[float]]]:
    if geometry["type"] == "FeatureCollection":
        for feature in geometry["features"]:
            yield from _lines(feature["geometry"])
    elif geometry["type"] == "LineString":
        yield geometry["coordinates"]
    elif geometry["type"] == "MultiLineString":
        yield from geometry["coordinates"]
