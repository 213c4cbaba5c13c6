"""Which sites become posts, what each of them then serves, and what that gains over today's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from geo_data.builtin.places import Place
from geo_data.planning.post_table import PostTable, Score, score
from geo_data.planning.posts import Model, fewest_posts, place_posts
from geo_data.roads.network import Floats


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the plan.

    Parameters
    ----------
    place : Place
    status : str
        ``kept``, ``new`` or ``given up``.
    demand_share : float
        Share of demand, 0 to 1, nearest to it; 0 for one given up.
    mean_s : float
        Mean travel to that demand; NaN where there is none.
    """

    place: Place
    status: str
    demand_share: float
    mean_s: float


@dataclass(frozen=True, eq=False, slots=True)
class ChosenPosts:
    """Posts and how they serve, beside today's.

    ``best`` is what all candidates together would give; ``today`` is judged by the same table. ``p_on_time`` (c,) holds
    for the demand's cells.
    """

    posts: list[Post]
    today: Score
    planned: Score
    best: Score
    p_on_time: Floats


def choose_posts(
    table: PostTable,
    sites: Sequence[Place],
    present: Sequence[int],
    *,
    model: Model,
    n: int,
    share: float,
    p_least: float,
    keep: bool,
    tried: Callable[[int, int], None],
) -> ChosenPosts:
    """Choose posts among ``sites``.

    Parameters
    ----------
    table : PostTable
        Its rows are the sites.
    sites : sequence of Place
    present : sequence of int
        Rows of today's posts.
    model, n, share, p_least
        See `geo_data.planning.posts`; ``share`` counts for `Model.LSCP` alone, ``n`` for the others.
    keep : bool
        Whether today's posts stay.
    tried : callable
        Told of each number of posts that `Model.LSCP` tries, and of how many there are.
    """
    kept = list(present) if keep else []
    if model is Model.LSCP:
        chosen = fewest_posts(table, share, p_least, kept, tried)
    else:
        chosen = place_posts(table, n, model, p_least, kept)
    return ChosenPosts(
        posts=_posts(table, sites, chosen, present),
        today=score(table, present, p_least),
        planned=score(table, chosen, p_least),
        best=score(table, range(len(sites)), p_least),
        p_on_time=table.p_on_time[chosen].max(axis=0),
    )


def _posts(table: PostTable, sites: Sequence[Place], chosen: Sequence[int], present: Sequence[int]) -> list[Post]:
    nearest = np.array(chosen)[table.travel_s[list(chosen)].argmin(axis=0)]
    share = np.bincount(nearest, table.weight, len(sites))
    way_s = table.travel_s[nearest, np.arange(len(nearest))]
    spent_s = np.bincount(nearest, table.weight * way_s, len(sites))
    posts = [
        Post(sites[row], "kept" if row in present else "new", float(share[row]), _ratio(spent_s[row], share[row]))
        for row in chosen
    ]
    gone = [Post(sites[row], "given up", 0.0, float("nan")) for row in present if row not in chosen]
    return sorted(posts, key=lambda post: -post.demand_share) + gone


def _ratio(total: float, share: float) -> float:
    return float(total / share) if share > 0 else float("nan")
