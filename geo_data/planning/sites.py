"""Where standby posts could be: named places with room to park and wait, thinned out evenly over the city."""

from collections.abc import Sequence

from dispatch.location import Position, distance_m
from geo_data.builtin.places import Place
from geo_data.demo_fleet import spread
from geo_data.residents import shared_out

FITTING = (
    "metro_station", "railway_station", "bus_terminal", "hospital", "mall", "market", "government", "university",
    "town", "village", "service_area", "industrial", "park", "stadium", "hotel", "exhibition",
)  # fmt: skip
CANDIDATES = 200
SAME_M = 200.0  # places of the gazetteer are good to that much


def candidate_sites(places: Sequence[Place], n: int = CANDIDATES) -> list[Place]:
    """Choose candidates: ``n`` places shared out over the districts by residents, spread over each.

    A list no longer than ``n`` comes back whole, as does one of another city, where districts are not known.
    """
    if len(places) <= n:
        return list(places)
    return spread(places, shared_out(n), kinds=FITTING) or list(places[:n])


def with_posts(sites: Sequence[Place], posts: Sequence[Position]) -> tuple[list[Place], list[int]]:
    """Add present posts to the candidates.

    Returns
    -------
    list of Place
        The candidates that are not within `SAME_M` of a post, after the posts.
    list of int
        Rows of the posts.
    """
    new = [site for site in sites if all(distance_m(site.position, post) > SAME_M for post in posts)]
    names = {site.position: site for site in sites}
    present = [_named(post, names, sites) for post in posts]
    return [*present, *new], list(range(len(present)))


def _named(post: Position, names: dict[Position, Place], sites: Sequence[Place]) -> Place:
    if post in names:
        return names[post]
    near = min(sites, key=lambda site: distance_m(site.position, post), default=None)
    name = f"现有驻点({near.name}附近)" if near else "现有驻点"
    return Place(name, (), "company", post, near.district if near else "", "现有驻点")
