"""Response times and promises kept, summed up by cell or district, by the same rules as the audit's."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dispatch.auditing.shares import Share, percentiles, share
from dispatch.errors import InvalidInput
from dispatch.vocabulary import Verdict

COLUMNS = ("lon", "lat", "district", "zone", "response_s", "verdict", "reported_at", "simulated")

Records = pd.DataFrame | Sequence[Mapping[str, Any]] | Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSummary:
    """What is known of one group of incidents.

    Parameters
    ----------
    kept : Share
        Promises kept out of the ``kept.n`` judged, with its 95 % Wilson interval.
    open : int
        Not due yet; outside ``kept.n``.
    timed : int
        Judged incidents with a trusted response time; the percentiles are of these alone.
    p50_s, p90_s : float or None
        Response, reported → on scene, in seconds; None where ``timed`` is 0.
    """

    kept: Share
    open: int
    timed: int
    p50_s: float | None
    p90_s: float | None

    @property
    def untimed(self) -> int:
        """Judged incidents without a trusted response time: in the share, not in the percentiles."""
        return self.kept.n - self.timed


def as_table(records: Records) -> pd.DataFrame:
    """Bring records into a table and check them.

    Parameters
    ----------
    records : DataFrame or sequence of mappings or dataclasses
        With `COLUMNS`: WGS-84 degrees (NaN where not located), district name or None, zone, response in seconds (NaN where missing
        or not to be trusted), verdict (kept, missed, open), time of report, and whether it is simulated.

    Returns
    -------
    DataFrame
        A copy with exactly `COLUMNS`.

    Raises
    ------
    InvalidInput
        For a missing column or an unknown verdict.
    """
    table = records if isinstance(records, pd.DataFrame) else pd.DataFrame(list(records))
    if table.empty:
        return pd.DataFrame({c: [] for c in COLUMNS})
    absent = [c for c in COLUMNS if c not in table.columns]
    if absent:
        raise InvalidInput(f"Records for a heatmap lack {', '.join(absent)}; they need {', '.join(COLUMNS)}.")
    table = table[list(COLUMNS)].astype({"verdict": str, "lon": float, "lat": float, "response_s": float})
    unknown = set(table["verdict"]) - {v.value for v in Verdict}
    if unknown:
        raise InvalidInput(f"Unknown verdict {', '.join(sorted(unknown))}: use {', '.join(v.value for v in Verdict)}.")
    return table


def summarise(table: pd.DataFrame) -> ResponseSummary:
    """Sum up all rows of a table made by `as_table`."""
    verdicts = table["verdict"].to_numpy()
    kept = int((verdicts == Verdict.KEPT.value).sum())
    missed = int((verdicts == Verdict.MISSED.value).sum())
    pending = int((verdicts == Verdict.OPEN.value).sum())
    times = table["response_s"].to_numpy(dtype=float)[verdicts != Verdict.OPEN.value]
    times = times[~np.isnan(times)]
    p50_s, p90_s = percentiles(times.tolist())
    return ResponseSummary(kept=share(kept, kept + missed), open=pending, timed=len(times), p50_s=p50_s, p90_s=p90_s)


def summarise_by(table: pd.DataFrame, groups: Sequence[str | None]) -> dict[Hashable, ResponseSummary]:
    """Sum up each group; ``groups`` holds one label a row, and rows labelled None are left out."""
    labels = pd.Series(list(groups), index=table.index, dtype=object)
    return {key: summarise(rows) for key, rows in table.groupby(labels, sort=True)}
