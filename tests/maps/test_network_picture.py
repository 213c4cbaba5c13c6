"""Pictures of a road network: size, names, and room for them."""

from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dispatch.errors import InvalidInput, Unavailable
from maps import picture_fonts
from maps.network_picture import draw_picture
from maps.picture_fonts import font_for
from maps.picture_frame import round_length
from maps.picture_labels import Lettering, Sheet, Track
from maps.picture_scene import Area, River, Roads, Scene, Spot, View, Words

WORDS = Words("样板路网", "并非实测", "手工", {"motorway": "高速公路", "street": "街巷", "water": "水系"})
CROSS = Roads(
    lon=np.array([113.30, 113.36, 113.33, 113.33, 113.31, 113.35]),
    lat=np.array([23.10, 23.10, 23.08, 23.12, 23.09, 23.11]),
    first=np.array([0, 2, 4, 6]),
    rank=np.array([0, 2, 6]),
    ramp=np.array([False, False, True]),
    tunnel=np.array([False, True, False]),
    name=np.array([0, 1, -1]),
    ref=np.array([2, -1, -1]),
    names=("样板高速", "样板隧道", "S1"),
)
SCENE = Scene(
    roads=CROSS,
    water=[Area("", shapely.box(113.30, 23.085, 113.36, 23.09))],
    rivers=[River("样板河", shapely.LineString([(113.30, 23.0875), (113.36, 23.0875)]), 500)],
    greens=[Area("样板山", shapely.box(113.34, 23.105, 113.355, 23.118))],
    districts=[Area("样板区", shapely.box(113.29, 23.07, 113.37, 23.13))],
    spots=[Spot("样板站", "metro_station", 3, 113.32, 23.11), Spot("样板桥", "bridge", 4, 113.33, 23.0875)],
    words=WORDS,
)
VIEW = View(113.30, 23.08, 113.36, 23.12, 500)


def colours(picture: bytes) -> set[tuple[int, int, int]]:
    image = Image.open(BytesIO(picture)).convert("RGB")
    return {colour for _, colour in image.getcolors(1 << 24) or ()}  # type: ignore[misc]


@pytest.mark.parametrize("width", [320, 333, 1000])
def test_a_png_has_exactly_the_pixels_asked_for(width: int) -> None:
    view = View(113.30, 23.08, 113.36, 23.12, width)
    image = Image.open(BytesIO(draw_picture(SCENE, view, "png")))
    assert image.size == (width, view.height)


def test_water_hills_and_roads_are_there_in_their_colours() -> None:
    drawn = colours(draw_picture(SCENE, VIEW, "png"))
    assert {(0xA8, 0xCF, 0xE6), (0xCF, 0xE3, 0xBB), (0xEE, 0x8F, 0x4A)} <= drawn


def test_an_svg_carries_size_title_and_source_as_text() -> None:
    text = draw_picture(SCENE, VIEW, "svg").decode()
    assert f'width="{VIEW.width}" height="{VIEW.height}"' in text
    assert "样板路网 · 并非实测" in text
    assert "手工" in text


@pytest.mark.parametrize("form", ["png", "svg"])
def test_the_same_scene_gives_the_same_bytes(form: str) -> None:
    assert draw_picture(SCENE, VIEW, form) == draw_picture(SCENE, VIEW, form)


def test_a_kilometre_is_as_long_to_the_north_as_to_the_east() -> None:
    (x, _), (_, y) = VIEW.points(np.array([[113.31, 23.12], [113.30, 23.12 - 0.01 * np.cos(np.radians(23.1))]]))
    assert x == pytest.approx(y, rel=1e-6)


@pytest.mark.parametrize("corners", [(113.4, 23.0, 113.3, 23.1), (113.3, 23.1, 113.4, 23.1), (113.3, -91, 113.4, 23.1)])
def test_a_view_without_extent_is_refused(corners: tuple[float, float, float, float]) -> None:
    with pytest.raises(InvalidInput, match="west,south,east,north"):
        View(*corners, width=800)


@pytest.mark.parametrize("width", [0, 319, 8001])
def test_a_width_nobody_can_use_is_refused(width: int) -> None:
    with pytest.raises(InvalidInput, match="320 to 8000"):
        View(113.3, 23.0, 113.4, 23.1, width)


@given(east=st.floats(0.001, 1), north=st.floats(0.001, 1))
def test_a_roomy_view_holds_the_first_and_is_never_a_mere_strip(east: float, north: float) -> None:
    first = View(113.0, 23.0, 113.0 + east, 23.0 + north, 800)
    view = first.roomy()
    assert view.west <= first.west < first.east <= view.east
    assert view.south <= first.south < first.north <= view.north
    assert 1 / 3.1 < view.height / view.width < 3.1


@given(st.floats(1, 1e6))
def test_a_scale_bar_is_a_round_length_that_fills_most_of_its_room(metres: float) -> None:
    length = round_length(metres)
    assert metres * 0.4 < length <= metres * (1 + 1e-6)
    assert f"{length:e}"[0] in "125"


names = st.sampled_from(["广州大道", "G4", "Pearl River", "白云山"])
places = st.tuples(names, st.floats(0, 400), st.floats(0, 300), st.floats(-90, 90))


@given(st.lists(places, max_size=12))
def test_no_name_is_written_over_another_or_off_the_sheet(wanted: list[tuple[str, float, float, float]]) -> None:
    sheet = Sheet(400, 300, font_for("广"))
    looks = []
    for name, x, y, angle in wanted:
        look = Lettering(12, "#000000", "")
        if sheet.write(look, name, x, y, angle=angle):
            looks.append(look)
    drawn = [shapely.MultiPoint(look.outlines[0].vertices).convex_hull for look in looks]
    assert all(shapely.box(0, 0, 400, 300).contains(shape) for shape in drawn)
    assert not any(a.intersects(b) for i, a in enumerate(drawn) for b in drawn[:i])


@pytest.mark.parametrize(
    ("line", "axis"), [([(350, 150), (50, 155)], 0), ([(200, 280), (205, 20)], 1), ([(200, 20), (205, 280)], 1)]
)
def test_a_name_along_a_road_reads_from_left_to_right_or_from_top_to_bottom(
    line: list[tuple[float, float]], axis: int
) -> None:
    sheet, look = Sheet(400, 300, font_for("广")), Lettering(12, "#000000", "")
    assert sheet.write_along(look, "一二三", np.array(line, dtype=float))
    middles = [outline.vertices[:, axis].mean() for outline in look.outlines]
    assert middles == sorted(middles)


def test_a_name_longer_than_its_road_or_on_a_sharp_bend_is_not_written() -> None:
    sheet, look = Sheet(400, 300, font_for("广")), Lettering(12, "#000000", "")
    assert not sheet.write_along(look, "一二三四五六", np.array([[100.0, 100.0], [150.0, 100.0]]))
    bend = np.array([[100.0, 130.0], [120.0, 100.0], [140.0, 130.0]])
    assert not sheet.write_along(look, "一二三四", bend)
    assert look.outlines == []


@pytest.mark.parametrize("name", ["人民 南路", "C$$路", "A$B$C", "路\u3000口"])
def test_names_with_blanks_and_signs_are_written_as_they_are(name: str) -> None:
    sheet, look = Sheet(400, 300, font_for("广")), Lettering(12, "#000000", "")
    assert sheet.write_along(look, name, np.array([[50.0, 100.0], [350.0, 100.0]]))
    assert sheet.write(look, name, 200, 200)
    assert not sheet.write_along(look, " ", np.array([[50.0, 250.0], [350.0, 250.0]]))


def test_walking_along_a_line_measures_its_length() -> None:
    track = Track(np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 10.0]]))
    assert (track.length, track.point(5), track.point(8)) == (11.0, (3.0, 4.0), (3.0, 7.0))


def test_without_a_chinese_font_the_package_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    picture_fonts._newly_installed.cache_clear()
    monkeypatch.setattr(picture_fonts, "fontManager", SimpleNamespace(ttflist=[]))
    monkeypatch.setattr(picture_fonts, "findSystemFonts", list)
    try:
        assert font_for("Liwan").get_family() == ["DejaVu Sans"]
        with pytest.raises(Unavailable, match="fonts-wqy-microhei"):
            font_for("荔湾区")
    finally:
        picture_fonts._newly_installed.cache_clear()
