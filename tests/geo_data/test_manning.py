"""Who waits at which post: against trying every order."""

from itertools import permutations
from random import Random

import pytest

from dispatch.errors import InvalidInput
from dispatch.location import Position, distance_m
from dispatch.unit import Unit
from dispatch.vocabulary import Role
from geo_data.planning.manning import man_posts


def somewhere(random: Random) -> Position:
    return Position(113.2 + random.random() * 0.3, 23.0 + random.random() * 0.3)


def test_no_other_order_moves_people_less() -> None:
    random = Random(3)
    units = [Unit(id=f"S{k}", name=f"S{k}", role=Role.SURVEYOR, standby=somewhere(random)) for k in range(5)]
    posts = [somewhere(random) for _ in units]
    moved = man_posts(units, posts)
    assert [u.id for u in moved] == [u.id for u in units]
    assert {u.standby for u in moved} == set(posts)
    metres = sum(distance_m(u.standby, m.standby) for u, m in zip(units, moved, strict=True))
    least = min(
        sum(distance_m(u.standby, p) for u, p in zip(units, order, strict=True)) for order in permutations(posts)
    )
    assert metres == pytest.approx(least, rel=1e-3)


def test_posts_without_people_are_refused() -> None:
    with pytest.raises(InvalidInput, match="1 posts for 0 units"):
        man_posts([], [Position(113.3, 23.1)])
