"""Posts by location models: brute force on small instances, and what must always hold."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.planning.on_time import p_on_time
from dispatch.policy.policy import ArrivalModel
from geo_data.builtin.places import Place
from geo_data.planning.choose_posts import ChosenPosts, choose_posts
from geo_data.planning.post_table import PostTable, score
from geo_data.planning.posts import Model, fewest_posts, place_posts

P = 0.8
SEEDS = st.integers(0, 10_000)


def table(seed: int, sites: int = 8, cells: int = 14) -> PostTable:
    random = np.random.default_rng(seed)
    travel_s = random.uniform(60, 3600, (sites, cells))
    limit_s = random.choice([1740.0, 3540.0], cells)
    return PostTable(travel_s, p_on_time(travel_s, limit_s, ArrivalModel()), random.dirichlet(np.ones(cells)))


@given(seed=SEEDS, n=st.integers(1, 4))
@settings(max_examples=4, deadline=None)
def test_no_other_posts_cover_more_or_are_nearer(seed: int, n: int) -> None:
    one = table(seed)
    every = [score(one, rows, P) for rows in combinations(range(8), n)]
    covered = score(one, place_posts(one, n, Model.MCLP, P), P).covered
    assert covered == pytest.approx(max(s.covered for s in every))
    mean_s = score(one, place_posts(one, n, Model.PMEDIAN, P), P).mean_s
    assert mean_s == pytest.approx(min(s.mean_s for s in every))


@given(seed=SEEDS, share=st.floats(0.1, 1))
@settings(max_examples=4, deadline=None)
def test_no_fewer_posts_cover_the_share(seed: int, share: float) -> None:
    one = table(seed)
    most = score(one, range(8), P).covered
    found = fewest_posts(one, share * most, P)
    assert score(one, found, P).covered >= share * most - 1e-9
    fewer = combinations(range(8), len(found) - 1)
    assert all(score(one, rows, P).covered < share * most for rows in fewer)


@given(seed=SEEDS, kept=st.sets(st.integers(0, 7), min_size=1, max_size=3))
@settings(max_examples=4, deadline=None)
def test_posts_to_keep_are_kept(seed: int, kept: set[int]) -> None:
    one = table(seed)
    for model in (Model.MCLP, Model.PMEDIAN):
        found = place_posts(one, 4, model, P, sorted(kept))
        assert kept <= set(found)
        assert len(found) == 4
    assert kept <= set(fewest_posts(one, 0.5, P, sorted(kept)))


@given(seed=SEEDS)
@settings(max_examples=2, deadline=None)
def test_more_posts_never_cover_less(seed: int) -> None:
    one = table(seed)
    covered = [score(one, place_posts(one, n, Model.MCLP, P), P).covered for n in (1, 2, 4, 6)]
    assert (np.diff(covered) >= -1e-9).all()


def test_posts_left_over_when_all_is_covered_shorten_the_way() -> None:
    travel_s = np.array([[300.0, 300.0], [3000.0, 60.0], [2900.0, 2900.0]])
    one = PostTable(travel_s, p_on_time(travel_s, np.full(2, 1740.0), ArrivalModel()), np.array([0.5, 0.5]))
    assert place_posts(one, 2, Model.MCLP, P) == [0, 1]


def test_what_cannot_be_done_is_told_with_the_most_there_is() -> None:
    one = table(1)
    far = PostTable(one.travel_s, one.p_on_time * 0.0, one.weight)
    with pytest.raises(InvalidInput, match=r"0\.0%"):
        fewest_posts(far, 0.5, P)
    with pytest.raises(InvalidInput, match="8"):
        place_posts(one, 9, Model.MCLP, P)
    with pytest.raises(InvalidInput, match="--n 1"):
        place_posts(one, 1, Model.MCLP, P, [0, 3])


def test_the_solver_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    place_posts(table(1), 2, Model.MCLP, P)
    assert capfd.readouterr().out == ""


def test_chosen_posts_say_what_is_kept_new_and_given_up_and_share_the_demand() -> None:
    one = table(3)
    sites = [Place(f"第{n}点", (), "site", Position(113.3, 23.1), "天河区", "made up for this test") for n in range(8)]

    def chosen(*, keep: bool) -> ChosenPosts:
        return choose_posts(
            one, sites, [0, 1], model=Model.PMEDIAN, n=3, share=1, p_least=P, keep=keep, tried=lambda *_: None
        )

    kept = chosen(keep=True)
    assert sorted(p.status for p in kept.posts) == ["kept", "kept", "new"]
    assert sum(p.demand_share for p in kept.posts) == pytest.approx(1)
    free = chosen(keep=False)
    gone = {sites[0].name, sites[1].name} - {p.place.name for p in free.posts if p.status == "kept"}
    assert {p.place.name for p in free.posts if p.status == "given up"} == gone
    assert free.planned.mean_s <= kept.planned.mean_s <= kept.today.mean_s
    assert free.best.mean_s <= free.planned.mean_s
