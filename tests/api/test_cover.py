"""Isochrones and cover over HTTP."""

from itertools import pairwise
from typing import Any

import h3
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import Point, shape
from sqlalchemy import Engine

from api import wiring
from geo_data.tables import schema

Headers = dict[str, str]
LIEDE = {"lon": 113.3297, "lat": 23.1196}


def ask(client: TestClient, who: Headers, **query: Any) -> dict[str, Any]:
    answer = client.get("/v1/isochrones", params=query, headers=who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_isochrones_of_a_unit_are_nested_polygons_around_it(client: TestClient, dispatcher: Headers) -> None:
    found = ask(client, dispatcher, unit="S000", minutes="5,10,15")
    assert found["type"] == "FeatureCollection"
    assert found["origins"] == 1
    assert found["schematic"] is True
    assert [f["properties"]["minutes"] for f in found["features"]] == [15, 10, 5]
    shapes = [shape(f["geometry"]) for f in found["features"]]
    assert all(s.is_valid and s.contains(Point(LIEDE["lon"], LIEDE["lat"])) for s in shapes)
    for outer, inner in pairwise(shapes):
        assert outer.buffer(2e-5).contains(inner)


def test_all_free_units_reach_farther_than_one(client: TestClient, manager: Headers) -> None:
    one, all_free = (ask(client, manager, minutes="10", **who) for who in ({"unit": "S000"}, {}))
    assert all_free["origins"] == 3
    areas = [shape(found["features"][0]["geometry"]).area for found in (one, all_free)]
    assert areas[1] > areas[0]


def test_a_point_an_incident_and_the_posts_can_be_asked_for(client: TestClient, dispatcher: Headers) -> None:
    report = client.post("/v1/reports", json={"text": "猎德大道与黄埔大道西交叉口"}, headers=dispatcher).json()
    for query in ({"incident": report["id"]}, LIEDE, {"of": "posts", "role": "tow_unit"}):
        found = ask(client, dispatcher, minutes="5", **query)
        assert found["origins"] == 1
        assert not shape(found["features"][0]["geometry"]).is_empty


def test_rings_share_the_ground_out(client: TestClient, dispatcher: Headers) -> None:
    whole, rings = (ask(client, dispatcher, unit="S000", minutes="5,10", rings=r) for r in (False, True))
    outer, inner = (shape(f["geometry"]).area for f in whole["features"])
    assert [shape(f["geometry"]).area for f in rings["features"]] == pytest.approx([outer - inner, inner])


def test_gaps_can_be_closed(client: TestClient, dispatcher: Headers) -> None:
    found = ask(client, dispatcher, minutes="10,20", gaps=False)
    for feature in found["features"]:
        assert all(not part.interiors for part in shape(feature["geometry"]).geoms)


def test_without_free_units_there_are_no_polygons_and_no_cells(
    client: TestClient, dispatcher: Headers, fleet: Engine
) -> None:
    with fleet.begin() as connection:
        connection.execute(schema.latest_fixes.delete())
    found = ask(client, dispatcher)
    assert found["origins"] == 0
    assert all(shape(f["geometry"]).is_empty for f in found["features"])
    cover = client.get("/v1/cover", headers=dispatcher).json()
    assert (cover["units"], cover["cells"], cover["p_within"]) == (0, [], 0)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"minutes": "ten"}, 422),
        ({"minutes": ""}, 422),
        ({"minutes": "0"}, 422),
        ({"minutes": "nan"}, 422),
        ({"minutes": "241"}, 422),
        ({"minutes": "1,2,3,4,5,6,7,8,9"}, 422),
        ({"lon": 113.3}, 422),
        ({"unit": "S000", **LIEDE}, 422),
        ({"unit": "nobody"}, 404),
        ({"incident": "none"}, 404),
        ({"of": "shops"}, 422),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_sentence(
    client: TestClient, dispatcher: Headers, query: dict[str, Any], status: int
) -> None:
    answer = client.get("/v1/isochrones", params=query, headers=dispatcher)
    assert answer.status_code == status
    assert len(answer.json()["detail"]) > 5


def test_cover_names_cells_within_the_limit_and_the_residents_within_theirs(
    client: TestClient, dispatcher: Headers
) -> None:
    cover = client.get("/v1/cover", params={"minutes": 10}, headers=dispatcher).json()
    assert cover["units"] == 3
    seconds = {one["cell"]: one["seconds"] for one in cover["cells"]}
    assert max(seconds.values()) <= 600
    assert seconds[h3.latlng_to_cell(LIEDE["lat"], LIEDE["lon"], 8)] < 120
    share = {one["district"]: one["p_within"] for one in cover["districts"]}
    assert share["天河区"] > share["从化区"]
    assert cover["residents_within"] == pytest.approx(cover["p_within"] * cover["residents"], abs=1)
    wider = client.get("/v1/cover", params={"minutes": 30, "resolution": 7}, headers=dispatcher).json()
    assert wider["p_within"] == cover["p_within"]  # residents are judged by the policy's limits, not by the map's
    assert wiring.ground().policy.arrival_commitment.urban_limit_s == 1800


def test_a_surveyor_may_not_look(client: TestClient, surveyor: Headers) -> None:
    assert client.get("/v1/isochrones", headers=surveyor).status_code == 403
    assert client.get("/v1/cover", headers=surveyor).status_code == 403
