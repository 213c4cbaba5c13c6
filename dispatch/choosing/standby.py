"""Where idle units should wait: at the post where they add most expected cover (DMEXCLP relocation).

C. J. Jagtenberg, S. Bhulai and R. D. van der Mei, Operations Research for Health Care 4, 2015: a unit that becomes idle goes
to the post with the largest marginal expected cover, the others staying where they are. See `dispatch.choosing.cover`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dispatch.choosing import cover

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Move:
    """An idle unit that would be worth more elsewhere.

    Parameters
    ----------
    unit : int
        Row of the units.
    post : int
        Row of the posts.
    gain : float
        Share of accidents, 0 to 1, that are covered more with the unit there.
    """

    unit: int
    post: int
    gain: float


def moves(units: Floats, posts: Floats, weight: Floats, busy_share: float, least_gain: float) -> list[Move]:
    """Advise idle units to posts, one after the other, the largest gain first; each moves once at most.

    Parameters
    ----------
    units : (u, c) float64
        1 where an idle unit covers a cell from where it is, else 0.
    posts : (p, c) float64
        1 where a unit at the post would.
    weight : (c,) float64
        Share of accidents expected in each cell.
    busy_share : float
        How often a unit is taken.
    least_gain : float
        Smaller gains are not worth the drive.

    Returns
    -------
    list of Move
        None where no post gains enough; the gains are those of doing all of them in this order.
    """
    where = units.copy()
    still = np.ones(len(units), dtype=np.bool_)
    found: list[Move] = []
    while still.any() and len(posts):
        move = _best_move(where, still, posts, weight, busy_share)
        if move.gain < least_gain:
            break
        where[move.unit], still[move.unit] = posts[move.post], False
        found.append(move)
    return found


def _best_move(where: Floats, still: npt.NDArray[np.bool_], posts: Floats, weight: Floats, busy_share: float) -> Move:
    """The largest gain of any unit that has not moved yet; the lower rows break ties.

    A unit that leaves takes its last share of each cell along; what a post adds then depends on whether the unit helped to
    cover the cell before: a cell of n units is worth (1 - q) q^n to a newcomer, and 1/q of that to one of the n themselves.
    """
    loss = cover.lost(where, weight, busy_share)
    newcomer = weight * (1 - busy_share) * busy_share ** where.sum(axis=0)
    back = newcomer * (1 / busy_share - 1)
    gain = (posts @ newcomer)[None] + (where * back) @ posts.T - loss[:, None]
    gain[~still] = -np.inf
    unit, post = np.unravel_index(int(np.argmax(gain)), gain.shape)
    return Move(int(unit), int(post), float(gain[unit, post]))
