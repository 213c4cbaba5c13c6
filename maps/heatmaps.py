"""Heatmaps of response times and promises kept, for management: H3 cells or districts on our own background."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import isnan
from typing import Any, Literal

import folium
import h3
import pandas as pd
from folium.map import CustomPane

from dispatch.auditing.shares import Share
from dispatch.errors import InvalidInput
from maps.folium_local import LocalMap
from maps.heatmap_frame import Frame, add_frame
from maps.palette import NO_DATA, OUTLINE, RESPONSE_CLASSES, ROAD, SHARE_CLASSES, WATER, Classes
from maps.response_summary import Records, ResponseSummary, as_table, summarise, summarise_by

GeoJson = Mapping[str, Any]
THIN = 5
MANY = 100  # from here on a decimal says something
CORE = ((113.20, 23.05), (113.45, 23.20))  # old town to Huangpu, south-west and north-east: always in view


@dataclass(frozen=True, slots=True)
class Measure:
    """One switchable layer: what it shows, how it is coloured, and its value in a summary."""

    label: str
    classes: Classes
    value: Callable[[ResponseSummary], float | None]


MEASURES = (
    Measure("到场时效 P50", RESPONSE_CLASSES, lambda s: s.p50_s),
    Measure("到场时效 P90", RESPONSE_CLASSES, lambda s: s.p90_s),
    Measure("守时率", SHARE_CLASSES, lambda s: s.kept.p),
)


@dataclass(frozen=True, slots=True)
class Background:
    """What lies under the cells, as GeoJSON in WGS-84, simplified by the caller; None leaves it out."""

    water: GeoJson | None = None
    roads: GeoJson | None = None
    schematic: bool = True


@dataclass(frozen=True, slots=True)
class Area:
    """A cell or district: GeoJSON geometry, name and summary; ``summary`` is None where nothing was reported."""

    name: str
    geometry: GeoJson
    summary: ResponseSummary | None


def heatmap(
    records: Records,
    districts: Any,
    *,
    by: Literal["h3", "district"] = "h3",
    resolution: int = 8,
    background: Background = Background(),
    period: str = "",
) -> folium.Map:
    """Draw response times and shares kept.

    Parameters
    ----------
    records : DataFrame or sequence
        One row an incident, see `maps.response_summary.as_table`.
    districts : GeoDataFrame
        Column ``district`` with the names used in ``records``, polygons in any stated CRS.
    by : {"h3", "district"}
        H3 cells, or the districts themselves.
    resolution : int
        Of the H3 cells, 5 (250 km²) to 10 (0.015 km²); 8 is 0.74 km².
    background : Background
    period : str
        Said in the title, e.g. ``近 7 天``.

    Returns
    -------
    folium.Map
        A `LocalMap`; render it with `maps.folium_local.heatmap_page`. Groups of fewer than `THIN` judged incidents are
        not coloured, and the page says how many.

    Raises
    ------
    InvalidInput
        For records or districts that lack a column, or a resolution out of range.
    """
    table, shapes = as_table(records), _district_shapes(districts)
    areas = _cells(table, resolution) if by == "h3" else _by_district(table, shapes)
    chart = LocalMap(zoom_control=True, attribution_control=False, zoom_snap=0.25)
    add_background(chart, background, shapes)
    _add_names(chart, districts)
    for measure in MEASURES:
        _add_measure(chart, measure, areas, shown=measure is MEASURES[0])
    folium.LayerControl(collapsed=False, position="topright").add_to(chart)
    add_frame(chart, _frame(table, areas, by=by, background=background, period=period))
    chart.fit_bounds(_extent(areas, shapes), padding=(12, 12))
    return chart


def _district_shapes(districts: Any) -> dict[str, GeoJson]:
    if "district" not in districts.columns:
        raise InvalidInput("Districts for a heatmap need a column named district.")
    frame = districts.to_crs("EPSG:4326") if districts.crs is not None else districts
    return {str(r["properties"]["district"]): r["geometry"] for r in frame[["district", "geometry"]].iterfeatures()}


def _cells(table: pd.DataFrame, resolution: int) -> list[Area]:
    if not 5 <= resolution <= 10:
        raise InvalidInput(f"H3 resolution {resolution}: use 5 to 10.")
    keys = [
        None if isnan(lon) or isnan(lat) else h3.latlng_to_cell(lat, lon, resolution)
        for lon, lat in zip(table["lon"], table["lat"], strict=True)
    ]
    return [Area("", _hexagon(str(key)), summary) for key, summary in summarise_by(table, keys).items()]


def _hexagon(cell: str) -> GeoJson:
    ring = [[round(lon, 5), round(lat, 5)] for lat, lon in h3.cell_to_boundary(cell)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def _by_district(table: pd.DataFrame, shapes: Mapping[str, GeoJson]) -> list[Area]:
    names = table["district"].where(table["district"].notna(), None)
    summaries = summarise_by(table, names.tolist())
    return [Area(name, shape, summaries.get(name)) for name, shape in shapes.items()]


def is_thin(summary: ResponseSummary | None) -> bool:
    """Whether a group is too small to be coloured."""
    return summary is None or summary.kept.n < THIN


def add_background(chart: folium.Map, background: Background, shapes: Mapping[str, GeoJson]) -> None:
    """Put water, roads and outlines under whatever is drawn later."""
    for name, z_index in (("water", 250), ("roads", 300), ("outlines", 450)):
        CustomPane(name, z_index=z_index, pointer_events=False).add_to(chart)
    outlines = [_feature(shape, {}) for shape in shapes.values()]
    lines = {"color": OUTLINE, "weight": 1.2, "opacity": 0.75, "fill": False}
    _add_plain(chart, _collection(outlines), "outlines", lines)
    if background.water is not None:
        _add_plain(chart, background.water, "water", {"stroke": False, "fillColor": WATER, "fillOpacity": 1})
    if background.roads is not None:
        _add_plain(chart, background.roads, "roads", {"color": ROAD, "weight": 1.2, "fill": False})


def _add_names(chart: folium.Map, districts: Any) -> None:
    inside = districts.to_crs("EPSG:4326").representative_point() if districts.crs else districts.representative_point()
    for name, point in zip(districts["district"], inside, strict=True):
        label = folium.DivIcon(html=escape(str(name)), class_name="name", icon_size=(80, 20), icon_anchor=(40, 10))
        folium.Marker([point.y, point.x], icon=label, pane="outlines", interactive=False, keyboard=False).add_to(chart)


def _add_plain(chart: folium.Map, data: GeoJson, pane: str, style: Mapping[str, Any]) -> None:
    features = data["features"] if data.get("type") == "FeatureCollection" else [_feature(data, {})]
    bare = [_feature(f["geometry"], {"style": dict(style)}) for f in features]
    folium.GeoJson(_collection(bare), control=False, pane=pane, interactive=False).add_to(chart)


def _add_measure(chart: folium.Map, measure: Measure, areas: Sequence[Area], *, shown: bool) -> None:
    features = [_coloured(area, measure) for area in areas if area.name or not is_thin(area.summary)]
    layer = folium.GeoJson(_collection(features), name=measure.label, overlay=False, show=shown)
    if features:
        folium.GeoJsonTooltip(["tip"], labels=False, class_name="tip").add_to(layer)
    layer.add_to(chart)


def _coloured(area: Area, measure: Measure) -> dict[str, Any]:
    thin = area.summary is None or is_thin(area.summary)
    colour = NO_DATA if area.summary is None or thin else measure.classes.colour(measure.value(area.summary))
    style = {"fillColor": colour, "fillOpacity": 0.35 if thin else 0.78, "color": "#ffffff", "weight": 0.6}
    return _feature(area.geometry, {"style": style, "tip": describe(area.name, area.summary)})


def describe(name: str, summary: ResponseSummary | None) -> str:
    """Say a group in a few short lines of HTML: n, percentiles with both ends, share kept with its interval."""
    title = [f"<b>{escape(name)}</b>"] if name else []
    if summary is None or (summary.kept.n == 0 and summary.open == 0):
        return "<br>".join([*title, "没有案件"])
    waiting = f"，另有 {summary.open} 起未到期" if summary.open else ""
    lines = [*title, f"n = {summary.kept.n:,} 起{waiting}"]
    if is_thin(summary):
        return "<br>".join([*lines, f"少于 {THIN} 起，不作统计"])
    missing = f"（另 {summary.untimed} 起无到场时间）" if summary.untimed else ""
    lines.append(f"报案→到场 P50 {_minutes(summary.p50_s)} · P90 {_minutes(summary.p90_s)}{missing}")
    return "<br>".join([*lines, f"守时率 {say_share(summary.kept)}"])


def say_share(share: Share) -> str:
    """``82%（41/50，95% 区间 69–90%）``; a dash where nothing was judged."""
    if share.p is None or share.low is None or share.high is None:
        return "—"
    digits = 1 if share.n >= MANY else 0
    interval = f"{100 * share.low:.{digits}f}–{share.high:.{digits}%}"
    return f"{share.p:.{digits}%}（{share.kept:,}/{share.n:,}，95% 区间 {interval}）"


def _minutes(seconds: float | None) -> str:
    return "—" if seconds is None else f"{seconds / 60:.1f} 分"


def _frame(table: pd.DataFrame, areas: Sequence[Area], *, by: str, background: Background, period: str) -> Frame:
    total = summarise(table)
    thin = [a.summary for a in areas if a.summary is not None and is_thin(a.summary)]
    unit = "网格" if by == "h3" else "行政区"
    placed = sum(a.summary.kept.n + a.summary.open for a in areas if a.summary is not None)
    return Frame(
        title=f"到场时效（报案→到场）{'按 H3 网格' if by == 'h3' else '按行政区'}",
        period=period,
        simulated=int(table["simulated"].astype(bool).sum()),
        schematic=background.schematic,
        headline=describe("", total).replace("<br>", " · ") if len(table) else "",
        notes=tuple(_notes(len(table) - placed, thin, unit)),
        legends=tuple((m.label, tuple(zip(m.classes.colours, m.classes.labels, strict=True))) for m in MEASURES),
        reported=len(table),
    )


def _notes(unplaced: int, thin: Sequence[ResponseSummary], unit: str) -> Iterable[str]:
    if thin:
        yield f"{len(thin)} 个{unit}不足 {THIN} 起（共 {sum(s.kept.n for s in thin)} 起），不着色"
    if unplaced:
        yield f"{unplaced} 起{'未能定位' if unit == '网格' else '行政区不明'}，不在图上"


def _extent(areas: Sequence[Area], shapes: Mapping[str, GeoJson]) -> list[list[float]]:
    shown = [a.geometry for a in areas if not is_thin(a.summary)] or list(shapes.values())
    points = [*CORE, *(p for shape in shown for p in _points(shape["coordinates"]))]
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    return [[min(lats), min(lons)], [max(lats), max(lons)]]


def _points(coordinates: Any) -> Iterable[Sequence[float]]:
    if isinstance(coordinates[0], int | float):
        yield coordinates
        return
    for part in coordinates:
        yield from _points(part)


def _feature(geometry: GeoJson, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": dict(properties)}


def _collection(features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
