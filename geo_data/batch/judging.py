"""Times in columns become legs, problems and groups: what `geo_data.batch.statistic` counts."""

import numpy as np
import polars as pl

from dispatch.auditing.record import Problem
from dispatch.vocabulary import INTERVALS
from geo_data.batch.columns import Terms
from geo_data.logs.log_judging import NONE, PROBLEMS, Flags, problem_codes

ENDS = {
    "reported": pl.col("reported_at"),
    "assigned": pl.col("assigned_at"),
    "en_route": pl.col("en_route_at"),
    "on_scene": pl.col("on_scene_at"),
    "cleared": pl.col("cleared_at"),
}
FIRST_ASSIGNED = pl.coalesce(
    "first_assigned_at", "assigned_at"
)  # of whichever unit, not only of the one that came first


def judged(rows: pl.DataFrame, terms: Terms, first: int) -> pl.DataFrame:
    """Judge a table as `geo_data.batch.reading.read` gives it; ``first`` is the line number it starts with.

    What the source states (``problem``, ``excluded``, ``open``) holds; all else follows from times and limit by
    `problem_codes`, the rule of csv logs.
    """
    start = ENDS["reported"] if terms.start == "reported" else FIRST_ASSIGNED
    spans = {i.name: ENDS[i.stop] - ENDS[i.start] for i in INTERVALS} | {
        "call_handling": FIRST_ASSIGNED - ENDS["reported"],
        "response": ENDS["on_scene"] - start,
        "received_s": pl.col("received_at") - start,
        "track_s": pl.col("track_at") - start,
    }
    lines = rows.with_columns(*_seconds(rows.select(**spans)), start_at=start)
    if terms.ready:
        lines = lines.with_columns(response="response_s")
    lines = lines.with_columns(hour=_hour(terms), day=_day(terms))
    return lines.with_columns(
        problem=_problems(lines, terms), row=pl.int_range(first, first + pl.len(), dtype=pl.Int64)
    )


def _seconds(spans: pl.DataFrame) -> list[pl.Series]:
    """Durations in seconds, rounded once, as `timedelta.total_seconds` does it; polars would multiply by a rounded 1e-6."""
    micros = spans.select(pl.all().dt.total_microseconds().cast(pl.Float64))
    return [pl.Series(span.name, span.to_numpy() / 1e6, nan_to_null=True) for span in micros]


def _hour(terms: Terms) -> pl.Expr:
    return (pl.col("hour") if "hour" in terms.told else _local(terms).dt.hour()).cast(pl.String).str.zfill(2)


def _day(terms: Terms) -> pl.Expr:
    return (pl.col("day") if "day" in terms.told else _local(terms).dt.date()).cast(pl.String)


def _local(terms: Terms) -> pl.Expr:
    return pl.col("start_at").dt.convert_time_zone(terms.timezone)


def _problems(lines: pl.DataFrame, terms: Terms) -> pl.Series:
    incident = lines["incident"].fill_null("").str.strip_chars()
    stated = lines["problem"]
    settled = (stated.is_not_null() | lines["excluded"].is_not_null() | lines["open"]).to_numpy()
    no_start: Flags = np.zeros(len(lines), dtype=bool) if terms.ready else lines["start_at"].is_null().to_numpy()
    codes = problem_codes(
        lines["response"].to_numpy(),
        lines["limit_s"].to_numpy(),
        no_start,
        terms.longest_s,
        {Problem.NO_INCIDENT_NUMBER: (incident == "").to_numpy()},
    )
    codes[settled] = NONE
    words = pl.Series("problem", [*(p.value for p in PROBLEMS), None], dtype=pl.String)
    return stated.fill_null(words.gather(np.where(codes == NONE, len(PROBLEMS), codes)))
