from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st
from promises import NOON, SCENE, cases

from dispatch.auditing.audit import Basis, audit, summarise
from dispatch.auditing.record import Exclusion, Problem, Record
from dispatch.policy.audit_rules import AuditRules
from dispatch.track_matching import ArrivalEvidence
from dispatch.tracked import Track
from geo_data.batch import columns
from geo_data.batch.auditing import audit_records
from geo_data.batch.columns import TOLD, TYPES, Terms
from geo_data.batch.log_records import export_log, terms_of
from geo_data.batch.own_records import TERMS, export_histories
from geo_data.batch.pieces import find_records
from geo_data.batch.writing import MonthWriter, whole_folder
from geo_data.logs.log_map import parse_map
from geo_data.logs.response_logs import judge_log, read_log

NOW = NOON + timedelta(hours=2)
HISTORIES = list(cases())


RULES = AuditRules(turnout_s=1.0, organisations=(("HP-", "黄埔环卫"),))


def basis(now=NOW, **more):
    return Basis(title="本系统", source="event log", judged_at=now, rules=RULES, **more)


def bulk(account):
    """What columns hold of an account: all but the lists that name single incidents."""
    return replace(account, misses=(), edited=(), stages=())


def exported(folder, histories, now=NOW):
    with whole_folder(folder) as part, MonthWriter(part, TERMS, basis(now)) as writer:
        export_histories(histories, now, writer, RULES)
    return folder


def audited(place, rows=500_000):
    return audit_records(find_records(place, NOW, rows))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(HISTORIES), max_size=30), st.integers(0, 7300), st.integers(1, 40))
def test_our_own_events_exported_and_audited_in_bulk_are_the_audit_of_the_events(chosen, after_s, rows):
    now = NOON + timedelta(seconds=after_s)
    with TemporaryDirectory() as tmp:
        found = audited(exported(Path(tmp) / "out", [*chosen, []], now), rows)
    wanted = bulk(audit([*chosen, []], now, basis(now)))
    assert found == wanted
    assert list(found.not_judged) == list(wanted.not_judged)


def test_every_rule_of_our_own_audit_is_met_in_what_is_exported(tmp_path):
    account = audit(HISTORIES, NOW)
    assert len(account.not_judged) >= 6
    assert audited(exported(tmp_path / "out", HISTORIES)).not_judged == account.not_judged


def test_exports_go_by_month_and_other_programs_see_points(tmp_path):
    out = exported(tmp_path / "out", HISTORIES)
    assert [p.relative_to(out).as_posix() for p in out.rglob("*.parquet")] == ["month=2026-11/incidents.parquet"]
    frame = gpd.read_parquet(out / "month=2026-11" / "incidents.parquet")
    assert frame.crs.equals("OGC:CRS84")
    assert frame.geometry.iloc[0].coords[0] == (SCENE.lon, SCENE.lat)
    assert not list(tmp_path.glob("*.part"))


# -- logs -------------------------------------------------------------------------------------------------------

CLOCKS = st.sampled_from(["", "08:00", "08:00:30", "08:05", "8:20", "23:58", "00:03", "soon", "13:00"])
FULL = st.sampled_from(
    ["", "2024-03-01 08:00:00.25", "2024-03-01 08:00", "2024-03-01T08:10:00.123456", "2024-03-31T23:59:59.9Z", "2024-04-01 08:10", "x"]
)  # fmt: skip
SECS = st.sampled_from(["", "0", "-3", "312.4567", "540", "540.0000001", "99999", "many"])
KEYS = st.sampled_from(["1", "2", "3", "4", "5", "6", ""])
COLUMNS = ("no", "who", "area", "call", "out", "rolling", "there", "free", "secs")
SHARED = {"incident": "no", "unit": "who", "zone": "area"}
TIMED = SHARED | {"dispatched": "out", "en_route": "rolling", "on_scene": "there", "cleared": "free"}
MAPS = (
    TIMED,
    TIMED | {"reported": "call"},
    TIMED | {"reported": "call", "response_s": "secs"},
    SHARED | {"response_s": "secs"},
)


def log_map(named, limits):
    return parse_map({"timezone": "Asia/Shanghai", "columns": named, "limits": limits})


def lines(times):
    who, area = st.sampled_from(["A", "B"]), st.sampled_from(["N", "S", ""])
    return st.lists(st.tuples(KEYS, who, area, times, times, times, times, times, SECS).map(",".join), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    lines(CLOCKS) | lines(FULL),
    st.sampled_from(MAPS),
    st.sampled_from([{"default": 540}, {"N": 300}]),
    st.sampled_from([None, NOW.date(), datetime(2024, 3, 2, tzinfo=UTC).date()]),
)
def test_a_log_turned_into_columns_is_judged_as_the_log_itself(rows, named, limits, until):
    told = log_map(named, limits)
    with TemporaryDirectory() as tmp:
        path = Path(tmp) / "log.csv"
        path.write_text("\n".join([",".join(COLUMNS), *rows, ""]), encoding="utf-8")
        log = judge_log(path, told, judged_at=NOW, until=until)
        with MonthWriter(Path(tmp), terms_of(told), log.basis) as writer:
            export_log(log, terms_of(told), writer)
        found = audited(Path(tmp), 3)
        read = read_log(path, told, judged_at=NOW, until=until)
    assert found == bulk(summarise(read.records, read.basis))


# -- columns of other hands ---------------------------------------------------------------------------------------


def instant(base=datetime(2026, 3, 1, tzinfo=UTC)):
    near = st.sampled_from([0, 1, 59_999_999, 60_000_000, 540_000_000, 540_000_001, 14_400_000_000, 14_400_000_001])
    return st.none() | (near | st.integers(-10_000_000, 20_000_000_000)).map(
        lambda us: base + timedelta(microseconds=us)
    )


def row():
    chosen = dict.fromkeys(TYPES, st.none())
    chosen |= dict.fromkeys(columns.TIMES, instant())
    chosen |= {
        "incident": st.sampled_from([None, "", " ", "a", "b"]),
        "limit_s": st.none() | st.sampled_from([540.0, 0.5]),
    }
    chosen |= {"problem": st.sampled_from([None, None, "no_arrival", "claimed_away_from_scene"])}
    chosen |= {
        "cancelled_late": st.sampled_from([None, "withdrawn"]),
        "day": st.none() | st.dates(date(2026, 1, 30), date(2026, 2, 3)),
    }
    chosen |= {"evidence": st.none() | st.sampled_from([e.value for e in ArrivalEvidence])}
    chosen |= {"unit": st.sampled_from([None, "", "u"]), "unit_name": st.sampled_from([None, "甲"])}
    chosen |= {"zone": st.sampled_from([None, "", "urban"]), "hour": st.none() | st.integers(0, 23)}
    chosen |= dict.fromkeys(("opposite", "simulated", "by_video", "doubted"), st.none() | st.booleans())
    chosen |= {"response_s": st.none() | st.sampled_from([0.0, -0.0, -1.0, 540.0, 540.1, 14_400.0, 14_400.1])}
    fixed = st.fixed_dictionaries(chosen)
    unset = {"problem": None, "on_scene_at": None, "response_s": None}
    return (
        fixed
        | fixed.map(lambda r: r | unset | {"open": True})
        | fixed.map(lambda r: r | unset | {"excluded": "merged_duplicate"})
    )


def scalar(told, terms):
    """One row judged in plain Python: what the columns must agree with on every branch."""

    def between(a, b):
        return None if a is None or b is None else (b - a).total_seconds()

    first = told["first_assigned_at"] or told["assigned_at"]
    start = told["reported_at"] if terms.start == "reported" else first
    response_s = told["response_s"] if terms.ready else between(start, told["on_scene_at"])
    legs = (
        between(told["reported_at"], first),
        between(told["assigned_at"], told["en_route_at"]),
        between(told["en_route_at"], told["on_scene_at"]),
        response_s,
        between(told["on_scene_at"], told["cleared_at"]),
    )
    local = start and start.astimezone(ZoneInfo(terms.timezone))
    hour = told["hour"] if "hour" in terms.told else local and local.hour
    day = told["day"] if "day" in terms.told else local and local.date()
    return Record(
        incident=told["incident"] or "",
        limit_s=told["limit_s"],
        legs_s=legs,
        problem=found_problem(told, terms, start, response_s),
        excluded=told["excluded"] and Exclusion(told["excluded"]),
        received_s=between(start, told["received_at"]),
        hour=hour,
        day=day and day.isoformat(),
        cancelled_late=told["cancelled_late"] and Exclusion(told["cancelled_late"]),
        **{k: told[k] for k in columns.GROUPS},
        track=told_track(told, between(start, told["track_at"])),
        **{k: bool(told[k]) for k in ("simulated", "by_video", "doubted")},
    )


def told_track(told, arrived_s):
    return told["evidence"] and Track(
        evidence=ArrivalEvidence(told["evidence"]), arrived_s=arrived_s, opposite=bool(told["opposite"])
    )


def found_problem(told, terms, start, response_s):
    if told["problem"]:
        return Problem(told["problem"])
    if told["excluded"] or told["open"]:
        return None
    if not (told["incident"] or "").strip():
        return Problem.NO_INCIDENT_NUMBER
    if start is None and not terms.ready:
        return Problem.NO_START
    if response_s is None:
        return Problem.NO_ARRIVAL
    if response_s <= 0:
        return Problem.ZERO_INTERVAL if response_s == 0 else Problem.ARRIVAL_BEFORE_START
    if terms.longest_s is not None and response_s > terms.longest_s:
        return Problem.TOO_LONG
    return None if told["limit_s"] is not None else Problem.NO_LIMIT


def written(folder, rows, terms, groups=3, name="a.parquet"):
    left_out = [n for n in TOLD if n not in terms.told]
    schema = pa.schema([pa.field(n, kind) for n, kind in TYPES.items() if n not in left_out])
    table = pa.Table.from_pylist(rows, schema=schema.with_metadata(columns.metadata(terms, basis(start=terms.start))))
    pq.write_table(table, folder / name, row_group_size=groups)
    return folder / name


@settings(max_examples=80, deadline=None)
@given(
    st.lists(row(), max_size=12),
    st.builds(
        Terms,
        start=st.sampled_from(["reported", "dispatched"]),
        timezone=st.sampled_from(["Asia/Shanghai", "America/New_York"]),
        longest_s=st.sampled_from([None, 14_400.0]),
        told=st.sets(st.sampled_from(TOLD)).map(lambda told: tuple(n for n in TOLD if n in told)),
    ),
)
def test_columns_are_judged_as_one_row_after_another_would_be(rows, terms):
    rows = [r if terms.ready or "response_s" not in r else r | {"response_s": None} for r in rows]
    with TemporaryDirectory() as tmp:
        found = audited(written(Path(tmp), rows, terms), 4)
    assert found == bulk(summarise([scalar(r, terms) for r in rows], basis(start=terms.start)))
