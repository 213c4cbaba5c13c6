"""Simulated incidents (模拟) as columns, many millions drawn fast: what `tools.measure_batch` measures on."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from api.commands.simulate_forms import as_csv
from api.simulating.days import Days, play_days
from dispatch.auditing.audit import Basis
from dispatch.vocabulary import Tier, Zone
from geo_data.batch.columns import SCENE, metadata, schema
from geo_data.batch.own_records import TERMS
from geo_data.batch.writing import GROUP_ROWS

FIRST, MONTHS = date(2024, 1, 1), 36
UNITS, CLIENTS = 300, 20
DISTRICTS = (
    "越秀区",
    "海珠区",
    "荔湾区",
    "天河区",
    "白云区",
    "黄埔区",
    "花都区",
    "番禺区",
    "南沙区",
    "从化区",
    "增城区",
)
NOBODY, MERGED, EDITED, UNCONFIRMED = 0.015, 0.005, 0.02, 0.05  # shares of incidents
ANSWER_S, TURNOUT_S, WORK_S = 12.0, 80.0, 1320.0  # medians, as the simulation has them
SEED = 1


def sample(path: Path) -> dict[str, np.ndarray]:
    """One simulated day, an incident a line, as ``gzdispatch simulate --out`` writes it; played where the file is missing."""
    if not path.exists():
        path.write_text(as_csv(play_days(Days(first=date(2026, 3, 2), days=1, per_day=720.0), SEED)), encoding="utf-8")
    with path.open(encoding="utf-8") as text:
        lines = [line for line in csv.DictReader(text) if line["response_s"]]
    return {
        name: np.array([line[name] for line in lines]) for name in ("zone", "tier", "hour", "limit_s", "response_s")
    }


def write(folder: Path, incidents: int, day: dict[str, np.ndarray], whole_seconds: bool) -> Iterator[Path]:
    """Write a file a month; those that are there already are left as they are."""
    basis = Basis(title="模拟案件 simulated incidents", source="simulated", judged_at=datetime(2027, 1, 1, tzinfo=UTC))
    told = schema(ready=False).with_metadata(metadata(TERMS, basis))
    for month in range(MONTHS):
        n = incidents * (month + 1) // MONTHS - incidents * month // MONTHS
        first = np.datetime64(FIRST, "M") + month
        path = folder / f"month={first}" / "incidents.parquet"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            pq.write_table(
                _month(first, n, incidents * month // MONTHS, day, whole_seconds, told),
                part,
                compression="zstd",
                row_group_size=GROUP_ROWS,
            )
            part.replace(path)
        yield path


def _month(first, n, number, day, whole_seconds, told):
    draw = np.random.default_rng([SEED, number])
    line = draw.integers(len(day["zone"]), size=n)
    hour = day["hour"][line].astype(np.int64)
    days = (first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")
    on = draw.integers(days.astype(int), size=n)
    local = first.astype("datetime64[us]") + (on * 86400 + hour * 3600).astype("timedelta64[s]")
    reported = local - np.timedelta64(8, "h") + _us(draw.uniform(0, 3600, n), whole_seconds)
    answer, turnout, work = (median * draw.lognormal(0, 0.5, n) for median in (ANSWER_S, TURNOUT_S, WORK_S))
    response = np.maximum(day["response_s"][line].astype(float) * draw.lognormal(0, 0.05, n), answer + turnout + 1)
    reached, merged = draw.random(n) >= NOBODY, draw.random(n) < MERGED
    there = reached & ~merged
    ends = {
        "assigned_at": answer,
        "en_route_at": answer + turnout,
        "on_scene_at": response,
        "cleared_at": response + work,
    }
    late = response > day["limit_s"][line].astype(float)
    unit = draw.integers(UNITS, size=n)
    columns = {
        "incident": pa.array([f"SIM{k:08d}" for k in range(number, number + n)]),
        "reported_at": _instants(reported, np.ones(n, dtype=bool)),
        **{name: _instants(reported + _us(after, whole_seconds), there) for name, after in ends.items()},
        "limit_s": pa.array(day["limit_s"][line].astype(float)),
        "problem": _words(("no_arrival",), np.zeros(n, dtype=int), ~reached & ~merged),
        "excluded": _words(("merged_duplicate",), np.zeros(n, dtype=int), merged),
        "cause": _words(("traffic", "no_unit", "late_accept"), draw.integers(3, size=n), there & late),
        "zone": _same(Zone, day["zone"][line]),
        "tier": _same(Tier, day["tier"][line]),
        "district": _words(DISTRICTS, draw.integers(len(DISTRICTS), size=n)),
        "unit": _words([f"S{k:03d}" for k in range(UNITS)], unit),
        "unit_name": _words([f"模拟查勘员 {k}" for k in range(UNITS)], unit),
        "client": _words([f"模拟客户 {k}" for k in range(CLIENTS)], draw.integers(CLIENTS, size=n)),
        "hour": pa.array(hour.astype(np.int8)),
        "day": pa.array(local.astype("datetime64[D]")),
        "edits": _edits(draw.random(n) < EDITED),
        "evidence": _words(("confirmed", "unconfirmed"), (draw.random(n) < UNCONFIRMED).astype(int), there),
        "simulated": pa.array(np.ones(n, dtype=bool)),
        SCENE: pa.array(shapely.to_wkb(shapely.points(draw.normal(113.3, 0.1, n), draw.normal(23.13, 0.08, n)))),
    }  # fmt: skip
    found = {f.name: columns[f.name] if f.name in columns else _nothing(f, n) for f in told}
    return pa.table(found).cast(told)


def _us(seconds: np.ndarray, whole_seconds: bool) -> np.ndarray:
    return np.rint(seconds * (1 if whole_seconds else 1e6)).astype(
        "timedelta64[s]" if whole_seconds else "timedelta64[us]"
    )


def _instants(at: np.ndarray, known: np.ndarray) -> pa.Array:
    return pa.array(at.astype("datetime64[us]").astype(np.int64), mask=~known).cast(pa.timestamp("us", tz="UTC"))


def _words(words: object, index: np.ndarray, known: np.ndarray | None = None) -> pa.Array:
    codes = pa.array(index.astype(np.int32), mask=None if known is None else ~known)
    return pa.DictionaryArray.from_arrays(codes, pa.array(list(words))).cast(pa.string())  # type: ignore[call-overload]


def _same(kind: type[Zone] | type[Tier], values: np.ndarray) -> pa.Array:
    number = {word.value: k for k, word in enumerate(kind)}
    return _words(number, np.array([number[v] for v in values.tolist()]))


def _edits(edited: np.ndarray) -> pa.Array:
    ends = np.concatenate([[0], np.cumsum(edited)]).astype(np.int32)
    return pa.ListArray.from_arrays(
        ends, pa.array(["location_corrected@after_assignment"] * int(ends[-1]), pa.string())
    )


def _nothing(field: pa.Field, n: int) -> pa.Array:
    return pa.array(np.zeros(n, dtype=bool)) if field.type == pa.bool_() else pa.nulls(n, field.type)
