"""The map of incidents over HTTP: layers, comparisons, cover, tables, files, and who may see plates."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from promises import taken, trip
from sqlalchemy import Engine

from api.service import keeping_judged
from dispatch import events as ev
from dispatch.auditing.audit import Basis, audit
from geo_data.database import transaction
from geo_data.stores.postgis_log import PostgisLog

PLATE = "粤A12345"


@pytest.fixture
def filled(client: TestClient, fleet: Engine) -> Engine:
    """Twelve accidents of the last hours at one crossing, ten of them kept, one late, one nobody came to."""
    shift = datetime.now(UTC) - timedelta(hours=5) - datetime(2026, 11, 22, 4, tzinfo=UTC)
    with transaction(fleet) as connection:
        log = PostgisLog(connection)
        for n in range(12):
            key = f"GZ-{n:02d}"
            arrival = trip(key, 600 + 20 * n if n else 1900) if n < 11 else ()
            moved = [moved_by(e, shift) for e in (*taken(key), *arrival)]
            last = {"incident_id": key, "at": moved[-1].at + timedelta(hours=1)}
            if n < 11:
                moved.append(ev.UnitCleared(**last, assignment_id=f"{key}-1", unit_id=f"{key}-u1"))
            closed = ev.IncidentClosed(**last, reason="完")
            log.append([*moved, closed], after=0)
    return fleet


def moved_by(event, shift):
    times = {f.name: getattr(event, f.name) for f in fields(event)}
    changed = {name: at + shift for name, at in times.items() if isinstance(at, datetime)}
    plate = {"plate": PLATE} if isinstance(event, ev.IncidentReported) else {}
    return replace(event, **changed, **plate)


def test_a_layer_counts_what_the_audit_counts_before_and_after_the_projection(client, dispatcher, filled):
    with transaction(filled) as connection:
        totals = audit(
            PostgisLog(connection).all_events(),
            datetime.now(UTC),
            Basis(title="", source="", judged_at=datetime.now(UTC)),
        ).totals
    before = client.get("/v1/heat?by=district", headers=dispatcher).json()
    assert keeping_judged.catch_up(filled) == 12
    after = client.get("/v1/heat?by=district", headers=dispatcher).json()
    assert before["features"] == after["features"]
    (one,) = after["features"]
    told = one["properties"]
    assert (told["area"], told["n"], told["judged"], told["kept"][3]) == ("天河区", 12, 12, 12)
    assert (told["kept"][0], told["missed"][0]) == (pytest.approx(totals.share_kept.p, abs=1e-4), totals.missed)
    assert told["p50"][0] == pytest.approx(totals.p50_s, abs=0.1)
    assert after["provenance"]["policy_version"] == "test"


def test_filters_compare_and_refuse_what_cannot_be(client, dispatcher, filled):
    assert client.get("/v1/heat?tier=injury", headers=dispatcher).json()["totals"]["n"] == 0
    day = datetime.now(UTC).date()
    same = client.get(
        f"/v1/heat?resolution=7&earlier_since={day - timedelta(9)}&earlier_until={day - timedelta(8)}",
        headers=dispatcher,
    ).json()
    assert (same["features"], same["earlier"]["n"], same["resolution"]) == ([], 0, 7)
    for wrong in (
        "hours=9",
        "hours=9-9",
        "since=2026-02-02&until=2026-02-01",
        "until=0001-01-01",
        "earlier_since=2026-02-02",
        "resolution=4",
        "since=2020-01-01",
    ):
        answer = client.get(f"/v1/heat?{wrong}", headers=dispatcher)
        assert answer.status_code == 422, wrong
        assert answer.json()["detail"]


def test_cover_tells_a_probability_for_every_cell_now_and_at_an_hour(client, dispatcher, filled):
    for query in ("", "?hour=9", "?hour=9&by=district"):
        found = client.get(f"/v1/heat/cover{query}", headers=dispatcher).json()
        p = [one["properties"]["cover"][0] for one in found["features"]]
        assert len(p) > 8
        assert all(0 <= one <= 1 for one in p)
        assert max(p) > 0.9


def test_plates_are_whole_for_dispatchers_and_masked_for_managers(client, dispatcher, manager, surveyor, filled):
    seen, hidden = (client.get("/v1/heat/tables/vehicles", headers=who) for who in (dispatcher, manager))
    assert seen.json()["lines"][0]["plate"] == PLATE
    assert hidden.json()["lines"][0]["plate"] == "粤A·1***5"
    files = [client.get("/v1/heat/tables/vehicles/csv", headers=who).text for who in (dispatcher, manager)]
    assert [PLATE in file for file in files] == [True, False]
    assert client.get("/v1/heat/tables/vehicles", headers=surveyor).status_code == 403
    units = client.get("/v1/heat/tables/units", headers=manager).json()
    assert (units["lines"], units["left_out"]) == ([], 11)


@pytest.mark.parametrize("form", ["gpkg", "parquet", "csv", "png"])
def test_files_are_had_of_the_layer_and_of_cover(client, manager, filled, form):
    for query in ("by=district", "measure=cover&hour=9"):
        answer = client.get(f"/v1/heat/file?form={form}&{query}", headers=manager)
        assert answer.status_code == 200
        assert f".{form}" in answer.headers["content-disposition"]
        assert len(answer.content) > 100
    if form == "csv":
        assert len(pd.read_csv(BytesIO(client.get("/v1/heat/file?form=csv&by=district", headers=manager).content))) == 1
