"""The console's map in a real browser: marks that can be pointed at, roads that are closed by keyboard, a company's map in place."""

from collections.abc import Iterator
from io import BytesIO
from math import asinh, hypot, pi, radians, tan

import numpy as np
import pytest
from pages import DESK, PATIENCE_MS, SignIn
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from replayed_services import Answer, Replay, replaying
from service import served
from sqlalchemy import Engine

from api import place_services
from api.settings import settings
from dispatch.location import Position
from geo_data.coordinates import Datum, from_wgs84
from geo_data.online import basemap

pytestmark = pytest.mark.browser

MARK = Position(113.3245, 23.1064)
ZOOM = 16
COLOURS = {"ground": (236, 232, 214), "mark": (255, 0, 255)}

LOOK = """([lon, lat, zoom]) => import("/assets/js/console/map_view.js").then(async ({theMap}) => {
    const map = theMap();
    map.jumpTo({center: [lon, lat], zoom});
    await new Promise((seen) => map.once("idle", seen));
    const {x, y} = map.project([lon, lat]);
    const box = map.getCanvas().getBoundingClientRect();
    return {x: x + box.left, y: y + box.top};
})"""


def in_tiles(at: Position, zoom: int) -> tuple[float, float]:
    """Where a place lies in the usual grid."""
    return (at.lon + 180) / 360 * 2**zoom, (1 - asinh(tan(radians(at.lat))) / pi) / 2 * 2**zoom


def painted(x: int, y: int, zoom: int) -> bytes:
    """A tile of a map drawn in GCJ-02, with a dot at the mark's place in GCJ-02."""
    tile = Image.new("RGB", (256, 256), COLOURS["ground"])
    mark_x, mark_y = in_tiles(from_wgs84(MARK, Datum.GCJ02), zoom)
    at_x, at_y = 256 * (mark_x - x), 256 * (mark_y - y)
    ImageDraw.Draw(tile).ellipse((at_x - 5, at_y - 5, at_x + 5, at_y + 5), fill=COLOURS["mark"])
    body = BytesIO()
    tile.save(body, "PNG")
    return body.getvalue()


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch, wired: str) -> Iterator[Replay]:
    """A company's tile server around the mark, in GCJ-02."""
    with replaying() as replay:
        for zoom in (ZOOM, ZOOM + 1):  # half-size tiles are asked for one level deeper
            x, y = map(int, in_tiles(MARK, zoom))
            for column in range(x - 6, x + 8):
                for row in range(y - 5, y + 6):
                    replay.answers[f"/{zoom}/{column}/{row}.png"] = Answer(painted(column, row, zoom))
        monkeypatch.setenv("GZ_BASEMAP_URL", f"{replay.url}/{{z}}/{{x}}/{{y}}.png?key=secret")
        monkeypatch.setenv("GZ_BASEMAP_ATTRIBUTION", "某图商(测试)")
        monkeypatch.setattr(basemap, "LIMIT_S", PATIENCE_MS / 1000)  # a busy machine is no gap in their map
        settings.cache_clear()
        place_services.basemap.cache_clear()
        yield replay
    place_services.basemap.cache_clear()


def dot(page: Page, near: dict[str, float]) -> tuple[float, float]:
    """How far the middle of the dot's pixels lies from a place of the screen; the distortion would put it out of sight."""
    left, top = round(near["x"]) - 60, round(near["y"]) - 60
    seen = np.asarray(Image.open(BytesIO(page.screenshot())).convert("RGB")).astype(int)[
        top : top + 120, left : left + 120
    ]
    y, x = np.nonzero(np.minimum(seen[:, :, 0], seen[:, :, 2]) - seen[:, :, 1] > 60)
    assert len(x), "no dot on the screen"
    return float(x.mean() + 0.5 + left - near["x"]), float(y.mean() + 0.5 + top - near["y"])


@pytest.mark.usefixtures("fleet")
def test_a_company_map_in_gcj02_lies_where_our_marks_are_and_only_the_service_asks_for_it(
    company: Replay, sign_in: SignIn
) -> None:
    with served() as address:
        desk = sign_in(address, "dispatcher", "/", viewport=DESK)
        expect(desk.get_by_test_id("basemap")).to_be_visible(timeout=PATIENCE_MS)
        expect(desk.locator("#map-source")).to_contain_text("某图商")
        ours = desk.evaluate(LOOK, [MARK.lon, MARK.lat, ZOOM])
        east, south = dot(desk, ours)
        assert hypot(east, south) < 2.0
        assert company.asked
        desk.get_by_test_id("basemap").click()
        expect(desk.locator("#map-source")).to_contain_text("路网")
        desk.context.close()


def test_a_road_is_closed_and_opened_again_without_the_mouse(address: str, sign_in: SignIn) -> None:
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    expect(desk.locator("#map[data-ready=true]")).to_be_visible(timeout=PATIENCE_MS)
    desk.evaluate(LOOK, [113.3297, 23.1196, 14])
    desk.get_by_test_id("roads").press("Enter")
    desk.get_by_test_id("road-add").press("Enter")
    desk.get_by_test_id("pin-use").press("Enter")
    desk.get_by_test_id("road-kind").select_option("flood")
    desk.get_by_test_id("road-reason").fill("暴雨积水")
    desk.get_by_test_id("road-reason").press("Enter")
    told = desk.get_by_test_id("road-condition")
    expect(told).to_contain_text("积水中断", timeout=PATIENCE_MS)
    expect(told).to_contain_text("暴雨积水")
    drawn = """import("/assets/js/console/map_view.js").then(async ({theMap}) => {
        while (!theMap().loaded()) await new Promise(requestAnimationFrame);
        return theMap().queryRenderedFeatures({layers: ["told-fill"]}).length > 0;
    })"""
    desk.wait_for_function(drawn)
    told.get_by_test_id("road-end").press("Enter")
    expect(told).to_have_count(0, timeout=PATIENCE_MS)


def test_a_unit_is_named_where_it_is_pointed_at(address: str, sign_in: SignIn, fleet: Engine) -> None:
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    expect(desk.locator("#map[data-ready=true]")).to_be_visible(timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("live-badge")).to_have_attribute("data-state", "live")  # the units are known
    at = desk.evaluate(LOOK, [113.36, 23.13, 13])
    desk.mouse.move(at["x"] + 3, at["y"])
    expect(desk.locator(".hover-card")).to_contain_text("查勘员001")
    desk.mouse.move(at["x"] + 60, at["y"] + 60)
    expect(desk.locator(".hover-card")).to_have_count(0)
