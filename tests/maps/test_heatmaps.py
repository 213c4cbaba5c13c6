import re
from datetime import UTC, datetime

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from dispatch.auditing.shares import percentiles, share
from dispatch.errors import InvalidInput
from maps.folium_local import LEAFLET_FILES, LocalMap, content_policy, heatmap_page
from maps.heatmaps import THIN, Background, describe, heatmap
from maps.palette import NO_DATA, RAMP, RESPONSE_CLASSES, SHARE_CLASSES
from maps.response_summary import as_table, summarise, summarise_by

NONCE = "bm9uY2Utbm9uY2Utbm9uY2U="
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def records(times_s, *, district="天河区", lon=113.33, lat=23.13, limit_s=1800, simulated=True):
    """One judged incident a time; NaN never arrived and is missed."""
    return [
        {
            "lon": lon,
            "lat": lat,
            "district": district,
            "zone": "urban",
            "response_s": t,
            "verdict": "kept" if t <= limit_s else "missed",
            "reported_at": NOON,
            "simulated": simulated,
        }
        for t in times_s
    ]


@pytest.fixture
def districts():
    return gpd.GeoDataFrame(
        {"district": ["天河区", "越秀区"]},
        geometry=[box(113.30, 23.10, 113.40, 23.20), box(113.25, 23.10, 113.30, 23.20)],
        crs="EPSG:4326",
    )


def page(*args, **options):
    return heatmap_page(heatmap(*args, **options), NONCE)


def words(html):
    """The page with the escapes of its script strings undone."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), html)


def test_the_page_asks_nobody_outside_and_loads_only_listed_leaflet_files(districts):
    html = page(records([600] * 8), districts)
    found = re.findall(r"<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=[\"']([^\"']+)", html)
    loaded = [address for address in found if address != "data:,"]  # an icon of nothing, so that none is asked for
    assert loaded
    assert all(address.removeprefix("/vendor/leaflet/") in LEAFLET_FILES for address in loaded)
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", html)
    assert not re.search(r"@import|url\(\s*[\"']?(?:https?:)?//", html)


def test_every_script_carries_the_nonce_that_the_policy_names_and_nothing_is_evaluated(districts):
    html = page(records([600] * 8), districts)
    tags = re.findall(r"<script[^>]*>", html)
    assert tags
    assert all(f'nonce="{NONCE}"' in tag for tag in tags)
    assert not re.search(r"\beval\(|new Function|\son\w+\s*=", html)
    assert f"'nonce-{NONCE}'" in content_policy(NONCE)
    assert "unsafe-eval" not in content_policy(NONCE)


def test_a_map_that_would_load_from_outside_is_refused(districts):
    chart = heatmap(records([600] * 8), districts)
    chart.add_js_link("elsewhere", "https://example.org/x.js")
    with pytest.raises(InvalidInput, match="from outside"):
        heatmap_page(chart, NONCE)


@pytest.mark.parametrize("nonce", ["", "short", 'aaaaaaaaaaaaaaaa"><script>'])
def test_a_nonce_that_could_break_out_of_its_quotes_is_refused(nonce):
    with pytest.raises(InvalidInput, match="nonce"):
        heatmap_page(LocalMap(), nonce)


def test_two_maps_do_not_share_their_links():
    first, second = LocalMap(vendor="/a"), LocalMap(vendor="/b")
    assert first.default_js == [("leaflet", "/a/leaflet/leaflet.js")]
    assert second.default_js == [("leaflet", "/b/leaflet/leaflet.js")]


def test_a_thin_cell_is_not_drawn_and_the_page_says_so(districts):
    thick = records([600] * THIN)
    thin = records([900] * (THIN - 1), lon=113.38, lat=23.18)
    html = words(page(thick + thin, districts))
    assert html.count(f"n = {THIN} 起") == 3  # once a layer
    assert f"n = {THIN - 1} 起" not in html
    assert f"1 个网格不足 {THIN} 起（共 {THIN - 1} 起），不着色" in html


def test_incidents_without_a_place_are_counted_aloud(districts):
    html = page(records([600] * 6) + records([600] * 2, lon=np.nan, lat=np.nan), districts)
    assert "2 起未能定位，不在图上" in html


def test_district_maps_keep_districts_without_incidents_visible_but_grey(districts):
    html = words(page(records([600] * 6), districts, by="district"))
    assert "越秀区" in html
    assert "没有案件" in html
    assert NO_DATA in html


def test_simulated_and_schematic_are_said_and_left_out_where_untrue(districts):
    assert "模拟数据" in page(records([600] * 6), districts)
    assert "含模拟 6 起" in page(records([600] * 6) + records([600], simulated=False), districts)
    real = page(records([600] * 6, simulated=False), districts, background=Background(schematic=False))
    assert "模拟" not in real
    assert "示意路网" not in real


def test_no_incidents_give_a_map_that_explains_itself(districts):
    for by in ("h3", "district"):
        assert "没有案件" in page([], districts, by=by)


def test_a_district_name_cannot_smuggle_in_markup():
    evil = gpd.GeoDataFrame({"district": ["<img src=x>"]}, geometry=[box(113, 23, 114, 24)], crs="EPSG:4326")
    html = words(page(records([600] * 6, district="<img src=x>"), evil, by="district"))
    assert "<img" not in html
    assert "&lt;img src=x&gt;" in html


def test_districts_in_another_projection_land_in_the_same_place(districts):
    def outline(html):
        return sorted({round(float(x), 3) for x in re.findall(r"11[34]\.\d{3,}", html)})

    assert outline(page([], districts)) == outline(page([], districts.to_crs("EPSG:32649")))


def test_background_is_drawn_under_panes_that_let_the_mouse_through(districts):
    road = {"type": "LineString", "coordinates": [[113.30, 23.11], [113.31, 23.12345]]}
    html = page(records([600] * 6), districts, background=Background(roads=road))
    assert "23.12345" in html
    assert html.count('"pane": "roads"') == 1


@pytest.mark.parametrize("resolution", [4, 11])
def test_a_resolution_out_of_range_is_refused(districts, resolution):
    with pytest.raises(InvalidInput, match="resolution"):
        heatmap(records([600]), districts, resolution=resolution)


def test_records_that_lack_a_column_or_invent_a_verdict_are_refused(districts):
    with pytest.raises(InvalidInput, match="lack lat"):
        heatmap([{k: v for k, v in records([600])[0].items() if k != "lat"}], districts)
    with pytest.raises(InvalidInput, match="Unknown verdict late"):
        heatmap([records([600])[0] | {"verdict": "late"}], districts)
    with pytest.raises(InvalidInput, match="district"):
        heatmap(records([600]), districts.rename(columns={"district": "name"}))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.one_of(st.floats(60, 7200), st.just(float("nan"))), min_size=1, max_size=60))
def test_a_group_is_judged_whole_and_its_percentiles_say_how_many_they_rest_on(times_s):
    summary = summarise(as_table(records(times_s)))
    timed = [t for t in times_s if not np.isnan(t)]
    assert summary.kept == share(sum(t <= 1800 for t in timed), len(times_s))
    assert summary.timed + summary.untimed == len(times_s)
    assert (summary.p50_s, summary.p90_s) == percentiles(timed)


def test_open_incidents_stand_outside_every_figure():
    rows = records([600] * 6)
    rows.append(rows[0] | {"verdict": "open", "response_s": 1.0})
    summary = summarise(as_table(rows))
    assert (summary.kept.n, summary.open, summary.p50_s) == (6, 1, 600)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(113.1, 113.6), st.floats(22.9, 23.4)), min_size=1, max_size=40))
def test_cells_lose_nobody(points):
    table = as_table([records([600], lon=lon, lat=lat)[0] for lon, lat in points])
    keys = [h3.latlng_to_cell(lat, lon, 8) for lon, lat in points]
    assert sum(s.kept.n for s in summarise_by(table, keys).values()) == len(points)


def test_a_table_and_a_list_of_rows_say_the_same():
    rows = records([600, 1900, float("nan")])
    assert summarise(as_table(rows)) == summarise(as_table(pd.DataFrame(rows)))


def test_the_tooltip_states_both_ends_n_and_the_interval():
    text = describe("天河区", summarise(as_table(records([600] * 8 + [2400, float("nan")]))))
    assert "报案→到场" in text
    assert "n = 10 起" in text
    assert "另 1 起无到场时间" in text
    assert "守时率 80%（8/10，95% 区间 49–94%）" in text  # Wilson: 0.490 to 0.943


def test_darker_is_worse_on_both_scales_and_limits_belong_to_the_better_class():
    assert [RESPONSE_CLASSES.colour(60 * m) for m in (5, 30, 30.01, 90)] == [RAMP[0], RAMP[3], RAMP[4], RAMP[6]]
    assert [SHARE_CLASSES.colour(p) for p in (1.0, 0.95, 0.9499, 0.1)] == [RAMP[0], RAMP[0], RAMP[1], RAMP[6]]
    assert RESPONSE_CLASSES.colour(None) == NO_DATA == SHARE_CLASSES.colour(None)
    for classes in (RESPONSE_CLASSES, SHARE_CLASSES):
        assert len(classes.colours) == len(classes.labels) == len(classes.breaks) + 1
