"""Who waits at which post of a plan: each to the one that is nearest to where they wait now, all together."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.unit import Unit
from geo_data.roads.plane import to_plane


def man_posts(units: Sequence[Unit], posts: Sequence[Position]) -> list[Unit]:
    """Move the people of one shift to new posts, as few metres in sum as can be (in a straight line), one to a post.

    Parameters
    ----------
    units : sequence of Unit
        Of one shift.
    posts : sequence of Position
        As many as units.

    Returns
    -------
    list of Unit
        The same units in the same order, each with its new post.

    Raises
    ------
    InvalidInput
        When there are not as many posts as units.
    """
    if len(units) != len(posts):
        raise InvalidInput(f"{len(posts)} posts for {len(units)} units: plan as many posts as people of the shift.")
    now, then = (to_plane([p.lon for p in some], [p.lat for p in some]) for some in ([u.standby for u in units], posts))
    away_m = np.hypot(*np.moveaxis(now[:, None] - then[None], -1, 0))
    _, chosen = linear_sum_assignment(away_m)
    return [replace(unit, standby=posts[k]) for unit, k in zip(units, chosen.tolist(), strict=True)]
