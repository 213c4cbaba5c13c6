"""Points told by a number: lamp poles, kilometre posts, houses."""

from collections.abc import Iterator

import numpy as np

from geo_data.builtin.kilometres import Post, posts_at
from geo_data.builtin.road_aliases import road_aliases
from geo_data.places.address import SpokenPlace
from geo_data.places.candidate import Candidate, Sources
from geo_data.places.house_numbers import locate_number, neighbours
from geo_data.places.road_index import RoadShape
from geo_data.roads.plane import Points, point_of

POLE_RADIUS_M = 30.0
SEVERAL_POSTS = 0.8  # a number of several roads, or a count that may begin at either end
POINT_M = 1000.0  # numbers known further off only tell the part of the road


def on_poles(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    """Lamp poles of the very number."""
    for place in sources.poles.find(spoken.pole, spoken.roads) if spoken.pole else ():
        point = point_of(place.position)
        yield Candidate(point, POLE_RADIUS_M, 1.0, place.name, "pole", district=place.district or None)


def posted(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    """Kilometre posts."""
    if spoken.kilometre_post is None:
        return
    shapes = sources.shapes_of(spoken)
    for road in spoken.roads:
        meant = (road, *sources.roads.names.resolve(road), *(one.road for one in road_aliases().get(road, ())))
        posts = {post for name in meant for post in posts_at(name, spoken.kilometre_post)}
        weight = 1.0 if len(posts) == 1 else SEVERAL_POSTS
        for post in sorted(posts, key=lambda post: (post.road, post.position.lat)):
            point = _on_the_road(post, shapes.get(road))
            text = f"{post.road}K{spoken.kilometre_post:g}"
            yield Candidate(point, post.uncertainty_m, weight, text, "post")


def _on_the_road(post: Post, shape: RoadShape | None) -> Points:
    """Where the post stands on the road as this network has it."""
    point = point_of(post.position)
    if shape is None or shape.gap_m(point) > post.uncertainty_m:
        return point
    return np.asarray(shape.points[shape.tree.query(point)[1]])


def numbered(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    """House numbers between those that are known, and at each of them."""
    if spoken.number is None or spoken.numbered_road is None:
        return
    for name in dict.fromkeys((spoken.numbered_road, *sources.roads.names.resolve(spoken.numbered_road))):
        if known := sources.evidence.numbers.get(name):
            found = locate_number(spoken.number, known)
            text, exact = f"{name}{spoken.number}号", found.radius_m < POINT_M
            kind = "whole name" if found.known else "number"  # a known address is as good as a name told whole
            yield Candidate(found.point, found.radius_m, 1.0, text, kind, exact=exact)
            for point, radius in neighbours(spoken.number, known):
                yield Candidate(point, radius, 1.0, text, "number", exact=False)
