"""The load script: its points lie in the city, and what is refused is no failure of the service."""

from random import Random

import pytest

from geo_data.builtin.places import builtin_places
from geo_data.districts import district_of
from tools.load import city
from tools.load.plan import Outcome


def test_every_point_lies_in_the_city_and_is_sent_as_it_was_looked_at() -> None:
    points = [city.near(place.position, Random(n)) for n, place in enumerate(builtin_places())]
    assert [p for p in points if district_of(p) is None] == []
    assert all((p.lon, p.lat) == (round(p.lon, 5), round(p.lat, 5)) for p in points)


@pytest.mark.parametrize(
    ("status", "refused"), [(422, True), (403, True), (200, True), (0, False), (429, False), (500, False), (503, False)]
)
def test_what_the_service_would_not_do_is_counted_apart_from_what_it_could_not(status: int, refused: bool) -> None:
    outcome = Outcome()
    for _ in range(2):
        outcome.miss("report", status, b"why")
    hit, other = (outcome.refused, outcome.failed) if refused else (outcome.failed, outcome.refused)
    assert hit["report"] == {f"{status} b'why'": 2}
    assert other["report"] == {}
