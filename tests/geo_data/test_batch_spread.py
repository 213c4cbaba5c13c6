import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dispatch.errors import InvalidInput, Unavailable
from geo_data.batch.auditing import audit_records
from geo_data.batch.columns import TYPES
from geo_data.batch.pieces import find_records
from geo_data.batch.writing import whole_folder

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BASE = datetime(2026, 3, 1, tzinfo=UTC)


def plain(n, seed=0, **more):
    """Incidents of somebody else's system: only the columns that are needed."""
    took = np.random.default_rng(seed).uniform(200, 2500, n)
    return {
        "incident": [f"{seed}-{k}" for k in range(n)],
        "reported_at": [BASE] * n,
        "on_scene_at": [BASE + timedelta(seconds=s) for s in took],
        "limit_s": [1800.0] * n,
    } | more


def write(path, columns, **options):
    pq.write_table(
        pa.table({name: pa.array(values, TYPES.get(name)) for name, values in columns.items()}), path, **options
    )
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("records")
    for seed in range(3):
        write(made / f"{seed}.parquet", plain(500, seed), row_group_size=200)
    return made


def test_processes_and_dask_give_the_same_account_to_the_last_bit(folder):
    distributed = pytest.importorskip("distributed")
    records = find_records(folder, NOW, 200)
    told = []
    here = audit_records(records, progress=told.append)
    assert (len(records.pieces), sum(told), here.totals.reported) == (9, 1500, 1500)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert repr(audit_records(records, pool)) == repr(here)
    with distributed.Client(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as client:
        assert repr(audit_records(records, client.get_executor())) == repr(here)


def test_hour_and_day_follow_from_the_report_where_nobody_tells_them(folder):
    account = audit_records(find_records(folder, NOW))
    assert account.by_hour["08"].reported == 1500
    assert list(account.by_day) == ["2026-03-01"]


def refused(place, match, error=InvalidInput):
    with pytest.raises(error, match=match):
        audit_records(find_records(place, NOW))


def test_a_truncated_file_is_named(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "records")
    victim = tmp_path / "records" / "1.parquet"
    os.truncate(victim, victim.stat().st_size - 100)
    refused(tmp_path / "records", r"1\.parquet is not a whole Parquet file")


def test_a_damaged_column_is_named_with_its_row_group(tmp_path):
    path = write(tmp_path / "a.parquet", plain(900), row_group_size=300, compression="zstd")
    column = pq.ParquetFile(path).metadata.row_group(1).column(2)
    assert column.path_in_schema == "on_scene_at"
    with path.open("r+b") as file:
        file.seek(column.dictionary_page_offset or column.data_page_offset)
        file.write(b"\xff" * column.total_compressed_size)
    refused(path, r"a\.parquet, row group 1, column on_scene_at is damaged")


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        ("limit_s", 0.0, "row group 1, column limit_s: incident '0-250' has 0.0; a limit"),
        ("limit_s", float("nan"), "row group 1, column limit_s"),
        ("problem", "lost", "row group 1, column problem: incident '0-250' has 'lost'; known are no_arrival"),
        ("excluded", "merged_duplicate", "row group 1, column excluded.* somebody arrived: judge it"),
        ("open", True, "row group 1, column open.* somebody arrived"),
        ("hour", 24, "row group 1, column hour"),
        ("cause", "luck", "row group 1, column cause"),
        ("edits", ["moved"], "row group 1, column edits.*kind@phase"),
    ],
)
def test_what_cannot_be_is_refused_with_file_row_group_and_column(tmp_path, name, value, match):
    columns = plain(400)
    columns[name] = [*columns.get(name, [None] * 400)]
    columns[name][250] = value
    refused(write(tmp_path / "a.parquet", columns, row_group_size=200), rf"a\.parquet, {match}")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"limit_s": None}, "column limit_s is missing"),
        ({"reported_at": None}, "column reported_at is missing"),
        ({"on_scene_at": pa.array(["08:00"])}, "column on_scene_at is string, wanted is a timestamp with a time zone"),
        ({"on_scene_at": pa.array([BASE.replace(tzinfo=None)])}, r"on_scene_at is timestamp\[us\], wanted"),
        ({"simulated": pa.array([1])}, "column simulated is int64, wanted is bool"),
    ],
)
def test_columns_that_are_missing_or_of_another_kind_are_named(tmp_path, change, match):
    columns = {name: pa.array(values, TYPES[name]) for name, values in plain(1).items()} | change
    pq.write_table(pa.table({name: c for name, c in columns.items() if c is not None}), tmp_path / "a.parquet")
    refused(tmp_path, match)


def test_where_there_is_nothing_it_says_what_to_give(tmp_path):
    refused(tmp_path, "No records at", Unavailable)


def _fail_in(out):
    with whole_folder(out) as part:
        (part / "a").write_text("half")
        raise ZeroDivisionError


def test_a_folder_is_written_whole_or_not_at_all(tmp_path):
    with pytest.raises(ZeroDivisionError):
        _fail_in(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("keep")
    with pytest.raises(InvalidInput, match="is there already"), whole_folder(tmp_path / "out"):
        pass
    assert (tmp_path / "out" / "mine").read_text() == "keep"
