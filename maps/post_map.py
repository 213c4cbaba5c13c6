"""Standby posts on a map: those planned, those of today, and how well each part of the city is reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import folium

from dispatch.errors import Unavailable
from dispatch.location import Position
from maps.folium_local import LocalMap
from maps.heatmaps import Background, add_background
from maps.palette import OUTLINE, PAPER, SHARE_CLASSES

PLANNED, GIVEN_UP = "#0b57a4", "#6b6b6b"


@dataclass(frozen=True, slots=True)
class Dot:
    """A post or a cell of demand; ``words`` is what its tooltip says."""

    position: Position
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostMap:
    """What to draw.

    Parameters
    ----------
    title : str
    notes : tuple of str
        Lines above the map: what it rests on, and that data are simulated or roads schematic.
    planned, given_up : sequence of Dot
        At least one; posts of the plan, and those of today that it does without.
    cells : sequence of (Dot, share of demand, probability of being in time)
    """

    title: str
    notes: tuple[str, ...]
    planned: Sequence[Dot]
    given_up: Sequence[Dot]
    cells: Sequence[tuple[Dot, float, float]]


def post_page(plan: PostMap, background: Background, leaflet: Path) -> str:
    """Draw a plan as one HTML file that loads nothing, not even from this service.

    Parameters
    ----------
    plan : PostMap
    background : Background
    leaflet : Path
        The ``dist`` folder of the npm package leaflet 1.9; its script and style go into the page.

    Raises
    ------
    Unavailable
        When the package is not installed.
    """
    chart = LocalMap(zoom_control=True, attribution_control=False, zoom_snap=0.25, prefer_canvas=True)
    chart.default_js, chart.default_css = [], []
    add_background(chart, background, {})
    for cell, weight, share in plan.cells:
        _circle(cell, 3 + 60 * weight**0.5, SHARE_CLASSES.colour(share), 0.75, OUTLINE, 0.3).add_to(chart)
    for post in plan.given_up:
        _circle(post, 6, "#ffffff", 0.9, GIVEN_UP, 2).add_to(chart)
    for post in plan.planned:
        _circle(post, 7, PLANNED, 1.0, "#ffffff", 2).add_to(chart)
    at = [post.position for post in (*plan.planned, *plan.given_up)]
    lat, lon = [p.lat for p in at], [p.lon for p in at]
    chart.fit_bounds([[min(lat), min(lon)], [max(lat), max(lon)]], padding=(24, 24))
    root: Any = chart.get_root()
    root.title = plan.title
    root.header.add_child(folium.Element(_leaflet(leaflet) + STYLE), name="leaflet", index=0)
    root.html.add_child(folium.Element(_words(plan)), name="words")
    page: str = root.render()
    return page.replace("<html>", '<html lang="zh-CN">', 1)


def _circle(dot: Dot, radius: float, fill: str, opacity: float, line: str, width: float) -> folium.CircleMarker:
    return folium.CircleMarker(
        (dot.position.lat, dot.position.lon),
        radius=radius,
        color=line,
        weight=width,
        fill_color=fill,
        fill_opacity=opacity,
        tooltip=escape(dot.words),
    )


def _leaflet(folder: Path) -> str:
    try:
        script = (folder / "leaflet.js").read_text(encoding="utf-8")
        style = (folder / "leaflet.css").read_text(encoding="utf-8")
    except OSError:
        raise Unavailable("地图组件 Leaflet 未安装。(Leaflet is not installed: run `make setup`.)") from None
    raw = "{% raw %}", "{% endraw %}"
    return f"{raw[0]}<script>{script}</script><style>{style}</style>{raw[1]}"


STYLE = f"""<link rel="icon" href="data:,"><style>
body {{ display: flex; flex-direction: column; background: {PAPER}; font: 14px/1.5 system-ui, "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; }}
.folium-map.leaflet-container {{ flex: 1 1 auto; height: auto !important; min-height: 0; background: {PAPER}; }}
header {{ order: -1; padding: 8px 12px; background: #fff; border-bottom: 1px solid #d4d4ce; }}
header h1 {{ margin: 0; font-size: 15px; }} header p {{ margin: 2px 0 0; font-size: 13px; color: #3c4650; }}
header i {{ display: inline-block; width: 12px; height: 12px; margin: 0 4px 0 10px; border-radius: 9px; border: 1px solid {OUTLINE}; vertical-align: -1px; }}
</style>"""


def _words(plan: PostMap) -> str:
    notes = "".join(f"<p>{escape(note)}</p>" for note in plan.notes)
    steps = "".join(
        f'<i style="background:{colour}"></i>{escape(label)}'
        for colour, label in zip(SHARE_CLASSES.colours, SHARE_CLASSES.labels, strict=True)
    )
    posts = (
        f'<i style="background:{PLANNED}"></i>规划驻点 planned'
        f'<i style="background:#fff;border-color:{GIVEN_UP}"></i>不再使用的现有驻点 given up · 需求点准时概率 p on time:'
    )
    return f"<header><h1>{escape(plan.title)}</h1>{notes}<p>{posts}{steps}</p></header>"
