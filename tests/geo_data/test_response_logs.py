import csv
import gzip
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dispatch.auditing.audit import summarise
from dispatch.auditing.record import Problem
from dispatch.errors import InvalidInput, Unavailable
from dispatch.vocabulary import INTERVALS
from geo_data.logs.log_map import load_map, parse_map
from geo_data.logs.response_logs import read_log

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, tzinfo=UTC)
CELLS = {
    "incident": "no", "zone": "area", "date": "day", "dispatched": "out", "en_route": "rolling",
    "on_scene": "there", "cleared": "free", "cells": "unit=time",
}  # fmt: skip
HEAD = "no,area,day,out,rolling,there,free"
PLAIN = {"incident": "no", "unit": "who", "reported": "call", "dispatched": "out", "on_scene": "there"}


def mapping(columns, limits=None, **more):
    return parse_map({"timezone": "Asia/Shanghai", "columns": columns, "limits": limits or {"default": 540}} | more)


def read(tmp_path, text, log_map, **period):
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    return read_log(path, log_map, judged_at=NOW, **period)


def only(tmp_path, line, columns=CELLS, head=HEAD, **more):
    [record] = read(tmp_path, f"{head}\n{line}\n", mapping(columns, **more)).records
    return record


def test_several_units_in_one_cell_and_the_first_to_arrive_stops_the_clock(tmp_path):
    record = only(
        tmp_path, '1,A,2020-01-05,"M5=07:05:00, W1=07:00:00","W1=07:02:00","M5=07:20:00, W1=07:08:30",W1=07:40:00'
    )
    legs = dict(zip((i.name for i in INTERVALS), record.legs_s, strict=True))
    assert legs == {"call_handling": None, "turnout": 120, "travel": 390, "response": 510, "on_scene": 1890}
    assert (record.hour, record.zone, record.verdict.value) == (7, "A", "kept")


def test_an_arrival_past_midnight_belongs_to_the_next_day(tmp_path):
    record = only(tmp_path, '1,A,2020-01-05,"M5=23:58:00, W1=00:01:00",,"W1=00:03:00, M5=00:07:00",')
    assert (record.response_s, record.hour) == (300, 23)


def test_a_long_incident_goes_on_counting_over_midnight(tmp_path):
    record = only(tmp_path, '1,A,2020-01-05,"A=22:22:49, B=09:21:33",,"A=22:39:03, B=09:49:42",')
    assert record.response_s == 974


def test_an_arrival_shortly_before_its_dispatch_is_named_and_not_taken_for_the_next_day(tmp_path):
    assert only(tmp_path, "1,A,2020-01-05,A=10:00:00,,A=09:55:00,").problem is Problem.ARRIVAL_BEFORE_START


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1,A,2020-01-05,A=10:00:00,,,", Problem.NO_ARRIVAL),
        ("1,A,2020-01-05,,,A=10:00:00,", Problem.NO_START),
        ("1,A,2020-01-05,A=10:00:00,,A=25:61:00,", Problem.UNREADABLE_TIME),
        ('1,A,2020-01-05,"A=10:00:00, B=soon",,A=10:05:00,', Problem.UNREADABLE_TIME),
        ("1,A,2020-01-05,A=10:00:00,,A=10:00:00,", Problem.ZERO_INTERVAL),
        ("1,A,2020-01-05,A=10:00:00,,A=15:00:00,", Problem.TOO_LONG),
        (",A,2020-01-05,A=10:00:00,,A=10:05:00,", Problem.NO_INCIDENT_NUMBER),
    ],
)
def test_what_cannot_be_judged_is_named_and_not_kept(tmp_path, line, problem):
    record = only(tmp_path, line)
    assert (record.problem, record.verdict.value) == (problem, "missed")


def test_a_zone_without_a_limit_is_named(tmp_path):
    record = only(tmp_path, "1,B,2020-01-05,A=10:00:00,,A=10:05:00,", limits={"A": 540})
    assert record.problem is Problem.NO_LIMIT


def test_limits_go_by_zone_and_may_be_given_in_minutes(tmp_path):
    log_map = mapping(CELLS, {"default": 10, "A": 4}, limit_unit="min")
    text = f"{HEAD}\n1,A,2020-01-05,A=10:00:00,,A=10:05:00,\n2,B,2020-01-05,A=10:00:00,,A=10:05:00,\n"
    assert [(r.limit_s, r.verdict.value) for r in read(tmp_path, text, log_map).records] == [
        (240, "missed"),
        (600, "kept"),
    ]


def test_rows_of_one_incident_are_merged_and_counted(tmp_path):
    text = "no,who,call,out,there\n7,A,2020-01-05 23:50,2020-01-05 23:52,2020-01-06 00:04\n7,B,2020-01-05 23:50,2020-01-05 23:51,2020-01-06 00:01\n"
    log = read(tmp_path, text, mapping(PLAIN))
    [record] = log.records
    assert (record.response_s, log.basis.rows, log.basis.merged_rows) == (660, 2, 1)
    assert record.legs_s[0] == 60


def test_where_merged_rows_disagree_on_the_zone_the_strictest_limit_holds(tmp_path):
    text = f"{HEAD}\n1,B,2020-01-05,A=10:00:00,,A=10:05:00,\n1,A,2020-01-05,A=10:00:00,,A=10:05:00,\n1,,,,,,\n"
    [record] = read(tmp_path, text, mapping(CELLS, {"default": 60, "A": 300, "B": 900})).records
    assert (record.zone, record.limit_s) == ("A", 300)


@pytest.mark.parametrize(
    ("call", "there"),
    [
        ("2024-03-01T08:00:00Z", "2024-03-01T16:05:00+08:00"),
        ("2024/3/1 8:00", "2024年3月1日 8:05"),
        ("2024-03-01 08:00:00.000", "2024-03-01T08:05"),
        ("08:00", "08:05:00"),
        ("11:58 PM", "12:03 AM"),
    ],
)
def test_times_are_read_in_many_spellings(tmp_path, call, there):
    assert only(tmp_path, f"1,A,{call},,{there}", PLAIN, "no,who,call,out,there").response_s == 300


def test_a_named_time_format_is_obeyed(tmp_path):
    columns = PLAIN | {"time_format": "%d.%m.%Y %H:%M"}
    record = only(tmp_path, "1,A,01.02.2024 08:00,,01.02.2024 08:05", columns, "no,who,call,out,there")
    assert record.response_s == 300


def test_a_clock_time_and_a_full_time_of_one_incident_meet_on_one_day(tmp_path):
    record = only(tmp_path, "1,A,2024-03-01 23:58,00:01,00:04", PLAIN, "no,who,call,out,there")
    assert (record.response_s, record.legs_s[0]) == (360, 180)


def test_the_spring_clock_change_is_not_an_hour_of_driving(tmp_path):
    log_map = mapping(PLAIN, timezone="America/New_York")
    text = "no,who,call,out,there\n1,A,2024-03-10 01:55,,2024-03-10 03:04\n"
    assert read(tmp_path, text, log_map).records[0].response_s == 540


def test_a_ready_response_time_is_taken_as_it_is(tmp_path):
    columns = {"incident": "no", "response_s": "secs", "zone": "area"}
    text = "no,secs,area\n1,400,A\n2,900,A\n3,,A\n4,-5,A\n5,x,A\n1,350,A\n"
    log = read(tmp_path, text, mapping(columns))
    assert [r.response_s for r in log.records] == [350, 900, None, -5, None]
    assert [r.problem and r.problem.value for r in log.records] == [
        None,
        None,
        "no_arrival",
        "arrival_before_start",
        "unreadable_time",
    ]


def test_a_log_that_knows_no_report_says_that_this_flatters(tmp_path):
    text = f"{HEAD}\n1,A,2020-01-05,A=10:00:00,,A=10:05:00,\n"
    log = read(tmp_path, text, mapping(CELLS))
    assert log.basis.start == "dispatched"
    assert "flatters" in log.basis.notes[0]


def test_a_period_takes_both_its_days_and_counts_what_has_no_date(tmp_path):
    days = ["2020-01-04", "2020-01-05", "2020-01-06", "2020-01-07", "??"]
    text = HEAD + "\n" + "".join(f"{i},A,{d},A=10:00:00,,A=10:05:00,\n" for i, d in enumerate(days))
    log = read(tmp_path, text, mapping(CELLS), since=date(2020, 1, 5), until=date(2020, 1, 6))
    assert [r.incident for r in log.records] == ["1", "2"]
    assert any(note.startswith("1 ") for note in log.basis.notes)


def test_several_columns_may_name_an_incident(tmp_path):
    columns = PLAIN | {"incident": ["year", "no"]}
    text = "year,no,who,call,out,there\n2020,1,A,08:00,,08:05\n2021,1,A,08:00,,08:05\n"
    assert len(read(tmp_path, text, mapping(columns)).records) == 2


def test_an_empty_log_with_its_heading_is_an_audit_of_nothing(tmp_path):
    assert read(tmp_path, HEAD + "\n", mapping(CELLS)).records == []


def test_a_missing_column_is_named_with_those_that_exist(tmp_path):
    with pytest.raises(InvalidInput, match=r"no column rolling, there, free; it has no, area, day, out"):
        read(tmp_path, "no,area,day,out\n", mapping(CELLS))


@pytest.mark.parametrize(
    "content", [b"", b"\x1f\x8bnot gzip at all", b"\xff\xfe\x00\x01", gzip.compress(b"no,area\n" * 9000, mtime=0)[:40]]
)
def test_what_is_not_a_whole_csv_is_refused(tmp_path, content):
    path = tmp_path / "log.csv.gz"
    path.write_bytes(content)
    with pytest.raises(InvalidInput):
        read_log(path, mapping(CELLS), judged_at=NOW)


def test_a_missing_log_or_map_is_said_to_be_missing(tmp_path):
    with pytest.raises(Unavailable, match="No log"):
        read_log(tmp_path / "none.csv", mapping(CELLS), judged_at=NOW)
    with pytest.raises(Unavailable, match="No map"):
        load_map(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colums": {}}, "did you mean 'columns'"),
        ({"columns": {"incident": "no", "on_sene": "x"}}, "did you mean 'on_scene'"),
        ({"columns": {"incident": "no", "on_scene": "x"}}, "nothing to judge"),
        ({"columns": {"on_scene": "x", "dispatched": "y"}}, "incident must be given"),
        ({"columns": CELLS | {"cells": "unit"}}, "cells must read like"),
        ({"timezone": "Asia/Canton"}, "unknown timezone"),
        ({"limits": {}}, "missing or empty"),
        ({"limits": {"default": "fast"}}, "number above 0"),
        ({"limit_unit": "h"}, "limit_unit"),
    ],
)
def test_a_faulty_map_says_what_to_mend(change, message):
    with pytest.raises(InvalidInput, match=message):
        parse_map({"timezone": "Asia/Shanghai", "columns": CELLS, "limits": {"default": 540}} | change)


def test_a_map_that_is_not_toml_is_refused(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text("title = ", encoding="utf-8")
    with pytest.raises(InvalidInput, match="not a readable TOML"):
        load_map(path)


def test_the_real_log_agrees_with_an_independent_count(shared_data):
    path = shared_data / "response_logs" / "rvfd_ems_calls_2010_2020.csv.gz"
    log = read_log(path, load_map(ROOT / "docs" / "examples" / "rvfd.map.toml"), judged_at=NOW)
    totals = summarise(log.records, log.basis)
    found = Counter(r.problem.value if r.problem else r.verdict.value for r in log.records)
    suspicious = found.pop("arrival_before_start") + found.pop("too_long")
    assert found | {"suspicious": suspicious} == independent_count(path)
    assert (totals.totals.reported, log.basis.rows, log.basis.merged_rows) == (19_513, 19_520, 7)


def independent_count(path):
    """Count with the standard library alone: the lists of that log stand in order of time."""
    incidents = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            ends = incidents.setdefault(row["incident_num"], ([], []))
            for times, column in zip(ends, ("Unit_Dispatch_Times", "Unit_Arrive_Times"), strict=True):
                for entry in filter(None, row[column].split(",")):
                    h, m, s = map(int, entry.split("=")[1].split(":"))
                    times.append(h * 3600 + m * 60 + s)
    return Counter(_outcome(*ends) for ends in incidents.values())


def _outcome(out, there):
    if not out or not there:
        return "no_arrival" if out else "no_start"
    seconds = (there[0] - out[0]) % 86_400
    if not 0 < seconds <= 4 * 3600:
        return "suspicious"
    return "kept" if seconds <= 540 else "missed"
