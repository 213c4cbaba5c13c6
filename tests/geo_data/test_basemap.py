"""A company's tiles are brought to WGS-84: what is painted at a place of theirs appears at that place of ours."""

from io import BytesIO
from math import asinh, pi, radians, tan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from replayed_services import Answer, replaying

from dispatch.errors import InvalidInput, Unavailable
from dispatch.location import Position
from geo_data.coordinates import Datum, from_wgs84
from geo_data.online.basemap import REST_S, TILE_PX, Basemap, Fetch, tiles_of

GROUND, DOT = (200, 220, 200), (255, 0, 0)


def in_pixels(at: Position, zoom: int) -> tuple[float, float]:
    """The oracle: web mercator by its textbook formula (OpenStreetMap wiki, Slippy map tilenames)."""
    n = 256 * 2**zoom
    return (at.lon + 180) / 360 * n, (1 - asinh(tan(radians(at.lat))) / pi) / 2 * n


def answering(body: bytes) -> Fetch:
    def fetch(*_: int) -> bytes:
        return body

    return fetch


def map_with_dot(at: Position, zoom: int, datum: Datum) -> Fetch:
    mark_x, mark_y = in_pixels(from_wgs84(at, datum), zoom)

    def fetch(z: int, x: int, y: int) -> bytes:
        tile = Image.new("RGB", (TILE_PX, TILE_PX), GROUND)
        left, top = round(mark_x) - 256 * x - 2, round(mark_y) - 256 * y - 2
        tile.paste(DOT, (left, top, left + 5, top + 5))
        body = BytesIO()
        tile.save(body, "PNG")
        return body.getvalue()

    return fetch


def middle_of_dot(body: bytes) -> tuple[float, float]:
    seen = np.asarray(Image.open(BytesIO(body)).convert("RGB")).astype(float)
    redness = np.clip(seen[:, :, 0] - seen[:, :, 1], 0, None)
    assert redness.sum() > 0, "no dot in the tile"
    y, x = np.indices(redness.shape) + 0.5
    return float((x * redness).sum() / redness.sum()), float((y * redness).sum() / redness.sum())


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.GCJ02])
@settings(deadline=None, max_examples=30)
@given(lon=st.floats(112.95, 114.05), lat=st.floats(22.55, 23.95), zoom=st.integers(9, 18))
def test_a_dot_painted_in_their_datum_appears_at_its_place_in_ours(
    datum: Datum, lon: float, lat: float, zoom: int
) -> None:
    at = Position(lon, lat)
    x, y = in_pixels(at, zoom)
    column, row = int(x // 256), int(y // 256)
    if not (4 < x % 256 < 252 and 4 < y % 256 < 252):
        return  # the dot lies across an edge; its middle is no mean of one tile
    body, whole = Basemap(map_with_dot(at, zoom, datum), datum, 18).tile(zoom, column, row)
    seen_x, seen_y = middle_of_dot(body)
    assert whole
    assert abs(seen_x - (x - 256 * column)) < 1.5
    assert abs(seen_y - (y - 256 * row)) < 1.5


def test_what_cannot_be_had_is_transparent_said_and_left_alone_for_a_while() -> None:
    asked, now = [], [0.0]

    def fetch(z: int, x: int, y: int) -> bytes:
        asked.append((z, x, y))
        raise Unavailable("status 503")

    on = Basemap(fetch, Datum.GCJ02, 18, clock=lambda: now[0])
    body, whole = on.tile(16, 53395, 28430)
    assert not whole
    assert on.problem == "status 503"
    assert Image.open(BytesIO(body)).convert("RGBA").getextrema()[3] == (0, 0)
    assert len(asked) == 1  # the others of this tile were not even asked for
    now[0] = REST_S + 1
    on.tile(16, 53395, 28430)
    assert len(asked) == 2


def test_where_their_map_ends_there_is_nothing_and_nobody_is_left_alone_for_it() -> None:
    with replaying() as replay:
        on = Basemap(tiles_of(f"{replay.url}/{{z}}/{{x}}/{{y}}.png"), Datum.WGS84, 18)
        body, whole = on.tile(16, 53395, 28430)  # 404
        assert whole
        assert on.problem == ""
        assert Image.open(BytesIO(body)).getextrema()[3] == (0, 0)
        replay.answers["/16/53396/28430.png"] = Answer(status=503)
        assert on.tile(16, 53396, 28430)[1] is False


def test_a_page_of_words_is_no_tile() -> None:
    on = Basemap(answering(b"<html>please log in</html>"), Datum.WGS84, 18)
    assert on.tile(10, 834, 444)[1] is False
    assert "not a picture" in on.problem


@pytest.mark.parametrize("place", [(2, 0, 0), (19, 0, 0), (10, 1024, 0), (10, 0, -1)])
def test_a_tile_that_does_not_exist_is_refused(place: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidInput):
        Basemap(answering(b""), Datum.WGS84, 18).tile(*place)


@pytest.mark.parametrize("template", ["https://example.org/tiles", "ftp://example.org/{z}/{x}/{y}", "{z}{x}{y}"])
def test_an_address_without_a_place_for_the_tile_is_refused(template: str) -> None:
    with pytest.raises(InvalidInput, match="GZ_BASEMAP_URL"):
        tiles_of(template)


def test_a_map_in_bd09_is_refused_for_its_grid_is_another() -> None:
    with pytest.raises(InvalidInput, match="BD-09"):
        Basemap(answering(b""), Datum.BD09, 18)
