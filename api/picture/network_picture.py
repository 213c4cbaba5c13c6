"""A picture of a compiled network on the built-in ground: what it shows, and of which area."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from api.picture.picture_words import GENERATED as MOSTLY_GENERATED
from api.picture.picture_words import LEGEND, Language, in_language
from api.whole_file import write_whole
from dispatch.errors import InvalidInput
from geo_data.builtin.places import builtin_places
from geo_data.builtin.tables import rows
from geo_data.builtin.water import green_polygons, water_polygons
from geo_data.districts import district_polygons
from geo_data.map_layers import LAST_RANK, PLACE_RANKS, drawn_edges
from geo_data.roads.network import GENERATED, RAMP, TUNNEL, Network
from geo_data.roads.road_edges import ragged_take
from maps.network_picture import draw_picture
from maps.picture_scene import CORNERS_WANTED, Area, River, Roads, Scene, Spot, View, Words

WHOLE = "全市"
FORMS = {".png": "png", ".svg": "svg"}
MARGIN = 0.03  # of the longer side
ATTRIBUTION = "© OpenStreetMap contributors (ODbL)"

# Where the names of the cities around stand: about half way from our border to their own middle.
NEIGHBOURS = (
    ("佛山市", 113.06, 23.06),
    ("东莞市", 113.74, 22.98),
    ("清远市", 113.06, 23.68),
    ("惠州市", 113.99, 23.24),
    ("中山市", 113.36, 22.63),
    ("韶关市", 113.72, 23.98),
)


def write_picture(network: Network, file: Path, view: View, language: Language) -> None:
    """Draw a network into a file; an existing file is replaced only by a whole picture.

    Raises
    ------
    InvalidInput
        When no road lies in view.
    Unavailable
        When the file cannot be written, or no font for Chinese is installed.
    """
    picture = draw_picture(scene(network, language), view, picture_form(file))
    write_whole(file, picture)


def picture_form(file: Path) -> str:
    """``png`` or ``svg`` by a file's ending; raises InvalidInput for another, or where no file can be made."""
    if file.suffix.lower() not in FORMS:
        raise InvalidInput(f"{file}: give a file that ends in .png or .svg.")
    if not file.parent.is_dir():
        raise InvalidInput(f"There is no folder {file.parent}: make it first, or give another --out.")
    if file.is_dir() or not os.access(file.parent, os.W_OK):
        raise InvalidInput(f"{file} cannot be written: give another file with --out.")
    return FORMS[file.suffix.lower()]


def view_of(network: Network, area: str, width: int) -> View:
    """Find the window an area asks for.

    Parameters
    ----------
    network : Network
    area : str
        ``全市`` for all there is, a district by its Chinese or English name, or ``west,south,east,north`` in degrees.
    width : int
        In pixels.

    Raises
    ------
    InvalidInput
        When there is no such district, or no road of the network in view.
    """
    bounds = _bounds(network, area.strip())
    view = View(*bounds, width=width).roomy()
    inside = (network.point_lon > view.west) & (network.point_lon < view.east)
    inside &= (network.point_lat > view.south) & (network.point_lat < view.north)
    if not inside.any():
        west, east, south, north = (f(a) for a in (network.node_lon, network.node_lat) for f in (np.min, np.max))
        raise InvalidInput(
            f"No road of this network lies in {area}: it reaches from {west:.3f},{south:.3f} to {east:.3f},{north:.3f}."
        )
    return view


def _bounds(network: Network, area: str) -> tuple[float, float, float, float]:
    if area in (WHOLE, "all"):
        return _padded(_whole(network))
    corners = [part.strip() for part in area.replace("，", ",").split(",")]
    if len(corners) > 1:
        return _corners(area, corners)
    districts = district_polygons()
    for name, english, shape in zip(districts["name"], districts["name_en"], districts.geometry, strict=True):
        if area.lower() in (name, name.removesuffix("区"), english.lower()):
            return _padded(shape.bounds)
    known = "、".join(f"{n} {e}" for n, e in zip(districts["name"], districts["name_en"], strict=True))
    raise InvalidInput(f"No district {area}. Give one of {known}; or {WHOLE}; or west,south,east,north in degrees.")


def _corners(area: str, corners: list[str]) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = map(float, corners)
    except ValueError:
        raise InvalidInput(f"{area}: {CORNERS_WANTED}") from None
    return west, south, east, north


def _whole(network: Network) -> tuple[float, float, float, float]:
    if network.schematic:
        return tuple(district_polygons().total_bounds.tolist())
    lon, lat = network.node_lon, network.node_lat
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _padded(bounds: Any) -> tuple[float, float, float, float]:
    west, south, east, north = bounds
    margin = MARGIN * max(east - west, north - south, 0.005)
    return west - margin, south - margin, east + margin, north + margin


def scene(network: Network, language: Language) -> Scene:
    """Everything a picture of this network may show, named in one language."""
    districts, column = district_polygons(), "name" if language == "zh" else "name_en"
    return Scene(
        roads=_roads(network, language),
        water=[Area("", shape) for shape in water_polygons().geometry],
        rivers=_rivers(language),
        greens=_areas(green_polygons(), "name", language),
        districts=[Area(str(n), shape) for n, shape in zip(districts[column], districts.geometry, strict=True)],
        spots=_spots(language),
        words=_words(network, language),
        neighbours=[
            Spot(in_language(name, language), "", 0, lon, lat) for name, lon, lat in NEIGHBOURS if network.schematic
        ],
    )


def _roads(network: Network, language: Language) -> Roads:
    edges = drawn_edges(network)
    points, first = ragged_take(network.first_point, edges)
    flags = network.flags[edges]
    # A generated street has an invented name: it is not shown. English names of roads are not known.
    named = (flags & GENERATED == 0) & (language == "zh")
    return Roads(
        lon=network.point_lon[points],
        lat=network.point_lat[points],
        first=first,
        rank=network.road_class[edges],
        ramp=flags & RAMP > 0,
        tunnel=flags & TUNNEL > 0,
        name=np.where(named, network.name[edges], -1),
        ref=network.ref[edges],
        names=network.names,
    )


def _rivers(language: Language) -> list[River]:
    found = []
    for row in rows("rivers"):
        line = shapely.LineString([tuple(map(float, corner.split())) for corner in row["points"].split(";")])
        found.append(River(in_language(row["name"], language), line, float(row["width_m"])))
    return found


def _areas(frame: Any, column: str, language: Language) -> list[Area]:
    return [Area(in_language(str(n), language), s) for n, s in zip(frame[column], frame.geometry, strict=True)]


def _spots(language: Language) -> list[Spot]:
    return [
        Spot(name, p.kind, PLACE_RANKS.get(p.kind, LAST_RANK), p.position.lon, p.position.lat)
        for p in builtin_places()
        if (name := in_language(p.name, language))
    ]


def _words(network: Network, language: Language) -> Words:
    legend = dict(LEGEND[language])
    if not network.schematic:
        ours = shapely.box(*_whole(network)).intersects(shapely.box(*district_polygons().total_bounds))
        note = "水系、区界与地名为示意" if language == "zh" else "water, borders and places are schematic"
        source = f"{network.meta.get('source', '')} · {ATTRIBUTION}".strip(" ·")
        return Words(str(network.meta.get("title", "")), note if ours else "", source, legend)
    legend["street"] = MOSTLY_GENERATED[language]
    if language == "en":
        subtitle = "Main roads drawn by hand, streets between them generated: not a survey"
        return Words("Guangzhou · schematic network", subtitle, "示意路网 · built-in tables", legend)
    subtitle = "主要道路据手工表绘制，其间街巷由程序生成，并非实测"
    return Words("广州 · 示意路网", subtitle, "schematic · 内置数据表，不含地图服务数据", legend)
