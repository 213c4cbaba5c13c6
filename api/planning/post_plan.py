"""What a plan of standby posts is made from, and the forms it is written in; `geo_data.planning.choose_posts` chooses."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

import maps
from api.building import heatmap_background
from api.planning.planning import Demand, limits_s
from api.wiring import Ground
from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.builtin.places import Place
from geo_data.planning.choose_posts import ChosenPosts, Post, choose_posts
from geo_data.planning.post_table import post_table
from geo_data.planning.posts import Model
from geo_data.planning.sites import with_posts
from maps.post_map import Dot, PostMap, post_page

LEAFLET = Path(maps.__file__).parent / "web" / "node_modules" / "leaflet" / "dist"
COLUMNS = ("name", "district", "lon", "lat", "status", "demand_share", "mean_minutes")
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for: see `gzdispatch plan posts --help`."""

    model: Model
    n: int
    share: float
    p_least: float
    keep: bool
    handling_s: float
    at: datetime


@dataclass(frozen=True, eq=False, slots=True)
class PostPlan:
    """What was chosen, for which demand, and what it rests on in words."""

    chosen: ChosenPosts
    demand: Demand
    wish: Wish
    notes: tuple[str, ...]


def plan_posts(
    ground: Ground, demand: Demand, sites: Sequence[Place], today: Sequence[Position], wish: Wish, say: Progress
) -> PostPlan:
    """Choose posts among ``sites`` and those of today, and compare."""
    every, present = with_posts(sites, today)
    limit_s = limits_s(ground, demand, wish.handling_s)
    table = post_table(
        ground.router,
        [site.position for site in every],
        demand.cells,
        limit_s,
        ground.policy.arrival,
        wish.at,
        lambda done, of: say(f"行车时间 travel times {done}/{of} …"),
    )
    say("选址求解 solving …")
    chosen = choose_posts(
        table,
        every,
        present,
        model=wish.model,
        n=wish.n,
        share=wish.share,
        p_least=wish.p_least,
        keep=wish.keep,
        tried=lambda n, of: say(f"试 {n} 个驻点 trying {n} posts of {of} …"),
    )
    return PostPlan(chosen, demand, wish, _notes(ground, demand, wish, len(every)))


def _notes(ground: Ground, demand: Demand, wish: Wish, sites: int) -> tuple[str, ...]:
    roads = "示意路网 schematic roads" if ground.network.schematic else "导入路网 imported roads"
    return (
        f"{demand.source};{roads};{ground.router.metric(wish.at).name},候选点 candidates {sites}",
        f"准时=派单后 P(到场 ≤ 时限 - 接报 {wish.handling_s / 60:g} 分) ≥ {wish.p_least:g};假定每个驻点都有人空闲 one free unit at every post",
    )


def as_csv(plan: PostPlan) -> str:
    """One post a line; importable again with ``--sites`` or ``--today``."""
    page = io.StringIO()
    lines = csv.writer(page, lineterminator="\n")
    lines.writerow(COLUMNS)
    for post in plan.chosen.posts:
        lines.writerow(_properties(post).values())
    return page.getvalue()


def as_geojson(plan: PostPlan) -> str:
    """A FeatureCollection of points, what it rests on beside it."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [post.place.position.lon, post.place.position.lat]},
            "properties": _properties(post),
        }
        for post in plan.chosen.posts
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, "notes": plan.notes}, ensure_ascii=False)


def as_html(plan: PostPlan, ground: Ground) -> str:
    """A map of one file."""
    planned = [Dot(p.place.position, _words(p)) for p in plan.chosen.posts if p.status != "given up"]
    gone = [Dot(p.place.position, _words(p)) for p in plan.chosen.posts if p.status == "given up"]
    cells = [
        (Dot(at, f"{district} 需求 {w:.2%},准时概率 p on time {p:.0%}"), float(w), float(p))
        for at, district, w, p in zip(
            plan.demand.cells.position,
            plan.demand.district,
            plan.demand.cells.weight,
            plan.chosen.p_on_time,
            strict=True,
        )
    ]
    found = PostMap(title="驻点规划 Standby posts", notes=plan.notes, planned=planned, given_up=gone, cells=cells)
    return post_page(found, heatmap_background(ground.network), LEAFLET)


FORMS = (".csv", ".geojson", ".html")


def written(plan: PostPlan, ground: Ground, path: Path) -> str:
    """The plan in the form the file's name asks for; see `check_form`."""
    if path.suffix == ".html":
        return as_html(plan, ground)
    return as_csv(plan) if path.suffix == ".csv" else as_geojson(plan)


def check_form(path: Path) -> None:
    """Raise `InvalidInput` for a file that is none of `FORMS`: before the work, not after."""
    if path.suffix not in FORMS:
        raise InvalidInput(
            f"--out {path}: 用 .csv、.geojson 或 .html 结尾。(End the name in one of {', '.join(FORMS)}.)"
        )


def _properties(post: Post) -> dict[str, object]:
    at = post.place.position
    minutes = "" if np.isnan(post.mean_s) else round(post.mean_s / 60, 1)
    row = (post.place.name, post.place.district, at.lon, at.lat, post.status, round(post.demand_share, 4), minutes)
    return dict(zip(COLUMNS, row, strict=True))


def _words(post: Post) -> str:
    served = "" if np.isnan(post.mean_s) else f" · {post.demand_share:.1%}, {post.mean_s / 60:.0f} min"
    return f"{post.place.district} {post.place.name}({post.status}){served}"
