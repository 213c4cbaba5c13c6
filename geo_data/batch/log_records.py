"""Another system's log as columns in bulk: its times in UTC, and what only its texts show; the times are judged again."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from geo_data.batch.columns import FLAGS, INSTANT, READY, TOLD, Terms, schema
from geo_data.batch.writing import NO_MONTH, MonthWriter
from geo_data.logs.log_map import GROUPS, LogMap
from geo_data.logs.log_times import DAY_S, Floats
from geo_data.logs.response_logs import JudgedLog


def terms_of(log_map: LogMap) -> Terms:
    """What the times of a log mean, as its map says."""
    return Terms(
        start=log_map.start,
        timezone=log_map.timezone.key,
        longest_s=log_map.longest_s,
        told=tuple(name for name in TOLD if name != READY or READY in log_map.columns),
    )


def export_log(log: JudgedLog, terms: Terms, writer: MonthWriter) -> None:
    """Write the incidents of a log that lie in its period."""
    lines = np.flatnonzero(log.inside)
    writer.add(_table(log, terms).take(pa.array(lines)), [_month(s) for s in log.day_s[lines].tolist()])


def _month(day_s: float) -> str:
    if np.isnan(day_s):
        return NO_MONTH
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=day_s):%Y-%m}"


def _table(log: JudgedLog, terms: Terms) -> pa.Table:
    n = len(log.names)
    problem = np.full(n, None, dtype=object)
    for reason, holds in reversed(list(log.stated.items())):  # the first of several counts
        problem[holds] = reason.value
    told = {
        "incident": pa.array(log.names.tolist(), pa.string()),
        **{f"{end}_at": _instants(log.ends_s[end]) for end in log.ends_s},
        "limit_s": _numbers(log.limit_s),
        "problem": pa.array(problem.tolist(), pa.string()),
        **{group: pa.array(log.groups[group].tolist(), pa.string()) for group in GROUPS if group in log.groups},
        "unit": pa.array(log.units.tolist(), pa.string()),
        "hour": _numbers(log.hour).cast(pa.int8()),
        "day": _numbers(log.day_s / DAY_S).cast(pa.int32()).cast(pa.date32()),
        **{flag: pa.array(np.zeros(n, dtype=bool)) for flag in FLAGS},
    }
    if terms.ready:
        told[READY] = _numbers(log.legs_s["response"])
    return pa.table({f.name: told[f.name] if f.name in told else pa.nulls(n, f.type) for f in schema(terms.ready)})


def _numbers(values: Floats) -> pa.Array:
    return pa.array(values, pa.float64(), mask=np.isnan(values))


def _instants(epoch_s: Floats) -> pa.Array:
    micros = np.rint(np.nan_to_num(epoch_s) * 1e6).astype(np.int64)
    return pa.array(micros, pa.int64(), mask=np.isnan(epoch_s)).cast(INSTANT)
