"""Kilometre posts: where counting begins, which way it runs, and when there is no answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.location import distance_m
from geo_data.builtin.kilometres import Post, PostedRoad, extent_km, posted_roads, posts_at
from geo_data.builtin.roads import named_points

ROADS = posted_roads()


def posts(posted: PostedRoad, km: float) -> list[Post]:
    """Posts of this very road; its number may be that of others."""
    return [post for post in posts_at(posted.road, km) if post.road == posted.road]


@pytest.mark.parametrize("posted", ROADS, ids=lambda posted: posted.road)
def test_counting_begins_at_the_named_origin_and_runs_the_named_way(posted: PostedRoad) -> None:
    first_km, last_km = extent_km(posted)
    assert distance_m(posts(posted, first_km)[0].position, named_points()[posted.origin].position) < 30
    assert distance_m(posts(posted, last_km)[0].position, named_points()[posted.towards].position) < 30


@given(posted=st.sampled_from(ROADS), share=st.floats(0, 1), further=st.floats(0, 1))
def test_two_posts_are_never_further_apart_than_their_kilometres(
    posted: PostedRoad, share: float, further: float
) -> None:
    first_km, last_km = extent_km(posted)
    here_km, there_km = (min(first_km + part * (last_km - first_km), last_km) for part in (share, further))
    apart_m = distance_m(posts(posted, here_km)[0].position, posts(posted, there_km)[0].position)
    assert apart_m <= abs(there_km - here_km) * 1000 * 1.01 + 1


@given(posted=st.sampled_from([posted for posted in ROADS if posted.either_end]), share=st.floats(0, 1))
def test_a_count_that_may_begin_at_either_end_gives_both_places(posted: PostedRoad, share: float) -> None:
    first_km, last_km = extent_km(posted)
    km = min(first_km + share * (last_km - first_km), last_km)
    one, other = posts(posted, km)
    mirrored_km = min(max(first_km, first_km + last_km - km), last_km)
    assert distance_m(one.position, posts(posted, mirrored_km)[1].position) < 2
    assert distance_m(other.position, posts(posted, mirrored_km)[0].position) < 2


def test_a_post_lies_between_the_interchanges_it_should() -> None:
    (post,) = posts_at("机场高速", 10.0)
    south, north = named_points()["黄石立交"].position, named_points()["人和立交"].position
    assert south.lat < post.position.lat < north.lat


def test_the_northern_extension_counts_on_where_the_airport_expressway_is_left() -> None:
    (post,) = posts_at("机场高速北延线", 22.6)
    assert distance_m(post.position, named_points()["机场立交"].position) < 1_000


def test_a_number_of_several_roads_means_the_one_that_has_such_a_post() -> None:
    assert [post.road for post in posts_at("G4", 2103)] == ["京港澳高速"]
    assert [post.road for post in posts_at("G4", 20)] == ["广深高速"]
    assert posts_at("S2", 12.5) == posts_at("广河高速", 12.5)


@pytest.mark.parametrize(
    ("road", "km"),
    [("京港澳高速", 2200.0), ("广河高速", 400.0), ("广河高速", -1.0), ("无名路", 1.0), ("环城高速", 3.0), ("", 1.0)],
)
def test_there_is_no_post_where_the_tables_know_none(road: str, km: float) -> None:
    assert posts_at(road, km) == ()


def test_every_road_with_posts_states_how_far_to_trust_them() -> None:
    assert len(ROADS) >= 20
    assert all(500 <= posted.uncertainty_m <= 5_000 for posted in ROADS)
