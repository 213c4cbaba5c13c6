"""Incidents summed up by area, compared, listed and written to files: nobody gets lost, and files read back alike."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import polars as pl
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from shapely.geometry import box

from dispatch.auditing.shares import percentiles, share
from dispatch.errors import InvalidInput
from dispatch.vocabulary import Tier, Zone
from maps.heat import frequent
from maps.heat.areas import Areas, best_resolution, district_shapes
from maps.heat.files import layer_file, table_file
from maps.heat.layer import comparison, layer
from maps.heat.measures import MEASURES
from maps.heat.picture import picture
from maps.heat.selection import Selection, provenance
from maps.heat.summary import THIN, summarise, summarise_by

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
WEEK = Selection(since=date(2026, 11, 16), until=date(2026, 11, 22))
SHAPES = district_shapes(["天河区", "越秀区"], [box(113.3, 23.1, 113.4, 23.2), box(113.25, 23.1, 113.3, 23.2)])
DISTRICTS = Areas("district", shapes=SHAPES)
SCHEMA = {
    "reported_at": pl.Float64, "lon": pl.Float64, "lat": pl.Float64, "uncertainty_m": pl.Float64, "district": pl.String,
    "zone": pl.String, "tier": pl.String, "hour": pl.Int64, "response_s": pl.Float64, "verdict": pl.String,
    "merged": pl.Boolean, "simulated": pl.Boolean, "unit_id": pl.String, "plates": pl.String, "policy_version": pl.String,
}  # fmt: skip


def line(response_s=900.0, verdict="kept", **more):
    usual = {
        "reported_at": NOW.timestamp() - 3600, "lon": 113.33, "lat": 23.13, "uncertainty_m": 50.0, "district": "天河区",
        "zone": "urban", "tier": "standard", "hour": 11, "response_s": response_s, "verdict": verdict, "merged": False,
        "simulated": True, "unit_id": "S1", "plates": "", "policy_version": "1",
    }  # fmt: skip
    return usual | more


def rows(lines):
    return pl.DataFrame(lines, schema=SCHEMA)


@st.composite
def incidents(draw):
    verdict = draw(st.sampled_from(["kept", "missed", "open", "excluded"]))
    timed = verdict in ("kept", "missed") and draw(st.booleans())
    placed = draw(st.booleans())
    return line(
        draw(st.floats(1, 5000)) if timed else None,
        verdict,
        merged=verdict == "excluded" and draw(st.booleans()),
        lon=draw(st.sampled_from([113.31, 113.33, 113.28])) if placed else None,
        lat=23.13 if placed else None,
        district=draw(st.sampled_from(["天河区", "越秀区", "佛山", None])),
        hour=draw(st.one_of(st.none(), st.integers(0, 23))),
        tier=draw(st.one_of(st.none(), st.sampled_from([t.value for t in Tier]))),
        zone=draw(st.one_of(st.none(), st.sampled_from([z.value for z in Zone]))),
    )


quick = settings(max_examples=40, deadline=None)
tables = st.lists(incidents(), max_size=60).map(rows)


@quick
@given(tables, st.sampled_from([DISTRICTS, Areas("h3", 6), Areas("h3", 8)]))
def test_areas_shown_hidden_unplaced_and_merged_add_up_to_all(table, areas):
    found = layer(table, areas, 7.0, provenance(WEEK, table, NOW))
    shown = sum(one["properties"]["n"] for one in found["features"])
    assert shown + found["hidden"]["n"] + found["unplaced"] + found["provenance"]["merged"] == len(table)
    assert found["provenance"]["n"] == found["totals"]["n"]
    assert all(one["properties"]["n"] >= THIN for one in found["features"])


@quick
@given(tables)
def test_figures_are_those_of_the_audit(table):
    whole = summarise(table, 7.0)
    judged = table.filter(pl.col("verdict").is_in(["kept", "missed"]))
    kept = int((judged["verdict"] == "kept").sum())
    expected = share(kept, len(judged))
    assert (whole.share_kept.value, whole.share_kept.low, whole.share_kept.n) == (expected.p, expected.low, expected.n)
    p50_s, p90_s = percentiles(judged["response_s"].drop_nulls().to_list())
    assert whole.p50.value == (p50_s if p50_s is None else pytest.approx(p50_s))
    assert whole.p90.value == (p90_s if p90_s is None else pytest.approx(p90_s))
    assert whole.reported == whole.kept + whole.missed + whole.open + whole.excluded


@quick
@given(tables, st.integers(1, 23))
def test_filters_part_the_incidents_into_heaps_that_add_up(table, at):
    first, second = (Selection(since=WEEK.since, until=WEEK.until, hours=h) for h in ((0, at), (at, 24)))
    known = int(table["hour"].is_not_null().sum())
    assert len(first.of(table)) + len(second.of(table)) == known
    around = Selection(since=WEEK.since, until=WEEK.until, hours=(23, at)) if at < 23 else None
    if around:
        assert set(around.of(table)["hour"]) <= {23, *range(at)}
    for column, kinds in (("tier", Tier), ("zone", Zone)):
        parts = [len(Selection(since=WEEK.since, until=WEEK.until, **{column: kind}).of(table)) for kind in kinds]
        assert sum(parts) == int(table[column].is_not_null().sum())
    assert WEEK.of(table).equals(table)


def test_a_selection_that_cannot_be_is_refused_with_what_to_do():
    for wrong in (
        {"since": date(2026, 2, 2), "until": date(2026, 2, 1)},
        {"since": date(2024, 2, 2), "until": date(2026, 2, 1)},
        {"since": date(1999, 2, 2), "until": date(1999, 2, 3)},
        {"since": date(2026, 2, 1), "until": date(2026, 2, 2), "hours": (7, 7)},
        {"since": date(2026, 2, 1), "until": date(2026, 2, 2), "hours": (24, 3)},
    ):
        with pytest.raises(InvalidInput):
            Selection(**wrong)
    assert WEEK.before == Selection(since=date(2026, 11, 9), until=date(2026, 11, 15))
    assert WEEK.exposure_days(NOW) == pytest.approx(6.5)


def test_days_that_have_not_come_are_no_exposure_and_bounds_are_guangzhou_midnights():
    since, until = WEEK.bounds
    assert (until - since) == timedelta(days=7)
    assert since == datetime(2026, 11, 15, 16, tzinfo=UTC)


def test_a_measure_of_few_cases_is_not_told_though_the_area_is_shown():
    table = rows([line(None, "open")] * 4 + [line()] * 2)
    (one,) = layer(table, DISTRICTS, 7.0, {})["features"]
    assert one["properties"]["kept"] is None
    assert one["properties"]["daily"][0] == pytest.approx(6 / 7, abs=1e-4)


@quick
@given(tables, tables)
def test_a_period_compared_with_itself_shows_no_difference_and_never_a_clear_one(table, other):
    same = comparison((table, 7.0, provenance(WEEK, table, NOW)), (table, 7.0, provenance(WEEK, table, NOW)), DISTRICTS)
    for one in same["features"]:
        for key in MEASURES:
            figure = one["properties"][key]
            assert figure is None or figure[0] == 0
    assert all(tests["clear"] == 0 for tests in same["compared"].values())
    there = comparison((table, 7.0, {}), (other, 7.0, {}), DISTRICTS)
    back = comparison((other, 7.0, {}), (table, 7.0, {}), DISTRICTS)
    for one, two in zip(there["features"], back["features"], strict=True):
        a, b = one["properties"]["kept"], two["properties"]["kept"]
        assert (a is None) == (b is None)
        assert a is None or a[0] == pytest.approx(-b[0])


def test_counts_are_compared_by_the_day():
    long, short = rows([line()] * 60), rows([line()] * 10)
    found = comparison((long, 30.0, {}), (short, 5.0, {}), DISTRICTS)
    assert found["totals"]["demand"][0] == 0


def test_the_resolution_grows_with_the_number_of_incidents():
    spread = np.random.default_rng(3).normal((113.33, 23.13), 0.02, (2000, 2))
    few, many = (rows([line(lon=x, lat=y) for x, y in spread[:n].tolist()]) for n in (60, 2000))
    assert best_resolution(rows([])) == 6
    assert best_resolution(few) < best_resolution(many) <= 9


def test_cells_hold_the_places_they_count():
    table = rows([line()] * 6)
    (area,) = summarise_by(Areas("h3", 8).label(table), 7.0)
    assert area == h3.latlng_to_cell(23.13, 113.33, 8)


# -- tables ------------------------------------------------------------------------------------------------------


def test_plates_are_counted_whole_and_shown_masked():
    table = rows([line(plates="粤A12345")] * 3 + [line(plates="粤A99945 粤A12345")] + [line(plates="粤A99945")])
    seen, hidden = (frequent.vehicles(table, 30.0, whole=whole) for whole in (True, False))
    assert [(one["plate"], one["n"]) for one in seen.lines] == [("粤A12345", 4)]
    assert [(one["plate"], one["n"]) for one in hidden.lines] == [("粤A·1***5", 4)]
    assert seen.left_out == 1
    assert "12345" not in str(hidden)


def test_a_unit_below_what_chance_explains_is_flagged_first_and_the_suburbs_are_no_fault():
    good = [line(unit_id="A") for _ in range(60)] + [line(2000.0, "missed", unit_id="A") for _ in range(4)]
    bad = [line(unit_id="B") for _ in range(12)] + [line(2000.0, "missed", unit_id="B") for _ in range(12)]
    far = [line(4000.0, "missed" if n % 2 else "kept", unit_id="C", zone="suburban") for n in range(40)]
    found = frequent.units(rows(good + bad + far + [line(unit_id="D")] * 3), {"A": "甲"}, 30.0)
    assert [(one["name"], one["flag"]) for one in found.lines] == [("B", "alarm"), ("甲", ""), ("C", "")]
    assert (found.left_out, found.least) == (1, frequent.LEAST_UNIT)


def test_crossings_are_listed_with_rate_and_share():
    table = rows([line()] * 6 + [line(2000.0, "missed")] * 2 + [line()] * 3)
    names = ["甲路 × 乙路"] * 8 + ["丙路 × 丁路"] * 2 + [None]
    (one,) = frequent.crossings(table, names, 30.0).lines
    assert (one["name"], one["n"], one["kept"][0], one["monthly"][0]) == ("甲路 × 乙路", 8, 0.75, 8.0)


# -- files -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn():
    table = rows([line()] * 8 + [line(2000.0, "missed", district="越秀区", lon=113.27)] * 7)
    return layer(table, DISTRICTS, 7.0, provenance(WEEK, table, NOW))


@pytest.mark.parametrize("form", ["gpkg", "parquet"])
def test_geographic_files_read_back_as_they_were_written(drawn, form, tmp_path):
    path = tmp_path / f"heat.{form}"
    path.write_bytes(layer_file(drawn, form))
    read = gpd.read_parquet(path) if form == "parquet" else gpd.read_file(path, layer="areas")
    assert read.crs.to_epsg() == 4326
    assert read["area"].tolist() == [one["properties"]["area"] for one in drawn["features"]]
    drawn_shapes = gpd.GeoDataFrame.from_features(drawn["features"]).geometry
    assert all(a.equals(b) for a, b in zip(read.geometry, drawn_shapes, strict=True))
    assert read["kept"].tolist() == [one["properties"]["kept"][0] for one in drawn["features"]]
    assert read["kept_n"].tolist() == [8, 7]
    assert set(read["source_simulated"]) == {15}
    assert set(read["source_since"].astype(str)) == {"2026-11-16"}
    if form == "gpkg":
        assert pyogrio.read_dataframe(path, layer="provenance")["source_n"].tolist() == [15]


def test_csv_opens_in_excel_and_a_cell_is_no_formula(drawn):
    body = layer_file(drawn, "csv")
    assert body.startswith(b"\xef\xbb\xbf")
    read = pd.read_csv(BytesIO(body))
    assert read["area"].tolist() == ["天河区", "越秀区"]
    assert read["source_policy_version"].tolist() == [1, 1]
    wicked = frequent.Table("units", 1, [{"name": "=1+1", "kept": None, "monthly": None, "p50": None}], 0)
    assert b"'=1+1" in table_file(wicked.document({"n": 1}))


def test_a_layer_without_areas_is_a_file_too(tmp_path):
    empty = layer(rows([]), DISTRICTS, 7.0, provenance(WEEK, rows([]), NOW))
    for form in ("gpkg", "parquet", "csv"):
        assert layer_file(empty, form)
    assert picture(empty, "p50").startswith(b"\x89PNG")


def test_a_picture_shows_the_colours_of_its_areas_and_refuses_an_unknown_measure(drawn):
    image = Image.open(BytesIO(picture(drawn, "kept"))).convert("RGB")
    seen = {colour for _, colour in image.getcolors(1 << 24)}
    assert len(seen) > 50
    with pytest.raises(InvalidInput, match="Unknown measure"):
        picture(drawn, "beauty")
