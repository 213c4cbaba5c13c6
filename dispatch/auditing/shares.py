"""Shares of promises kept, each with its n and its interval: one piece of code for our own events and for any other log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from math import fsum, sqrt

import numpy as np
import numpy.typing as npt

from dispatch.auditing.record import RESPONSE, Record
from dispatch.auditing.stages import Stage
from dispatch.errors import InvalidInput
from dispatch.policy.audit_rules import AuditRules
from dispatch.track_matching import ArrivalEvidence
from dispatch.vocabulary import INTERVALS, Interval, Verdict

Z95 = 1.959963984540054  # normal quantile at 0.975
VERDICTS = (Verdict.KEPT, Verdict.MISSED, Verdict.OPEN, Verdict.EXCLUDED)
EVIDENCE = tuple(ArrivalEvidence)
UNKNOWN = "unknown"
HOURS = tuple(f"{hour:02d}" for hour in range(24))
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Share:
    """``kept`` of ``n`` with a 95 % Wilson score interval; the three are None where n is 0.

    Wilson, J. Am. Stat. Assoc. 22 (1927) 209, equation of the score interval; its tests
    compare it with `scipy.stats.binomtest`, which is too slow to import and to call once a cell.
    """

    kept: int
    n: int
    p: float | None
    low: float | None
    high: float | None


def share(kept: int, n: int) -> Share:
    """State a share with its interval.

    Parameters
    ----------
    kept, n : int
        0 ≤ kept ≤ n.

    Returns
    -------
    Share
    """
    if n == 0:
        return Share(0, 0, None, None, None)
    p, z2 = kept / n, Z95**2
    centre, spread = p + z2 / (2 * n), Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    scale = 1 + z2 / n
    return Share(kept, n, p, max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of a group of incidents; always ``reported == kept + missed + open + excluded``.

    Attributes
    ----------
    excluded : int
        What is left out by a listed reason, see `dispatch.auditing.record.Exclusion`.
    timed : int
        Incidents with a trusted response time, kept or late.
    late : int
        Those of them that came after the limit; the rest of ``missed`` has a `Problem`.
    confirmed, unconfirmed, contradicted : int
        Arrivals the track agrees with, those it says nothing of (yet), and those it is against; all 0 where no track is kept.
    p50_s, p90_s : float or None
        Response of the ``timed`` ones, linear interpolation; the other ``reported - timed`` are not in it.
    """

    reported: int
    kept: int
    missed: int
    open: int
    excluded: int
    timed: int
    late: int
    confirmed: int
    unconfirmed: int
    contradicted: int
    simulated: int
    p50_s: float | None
    p90_s: float | None

    def __post_init__(self) -> None:
        if self.reported != self.kept + self.missed + self.open + self.excluded:
            raise InvalidInput("A tally lost incidents: reported must equal kept + missed + open + excluded.")

    @property
    def share_kept(self) -> Share:
        """Kept among those that are due: the headline."""
        return share(self.kept, self.kept + self.missed)

    @property
    def share_with_excluded(self) -> Share:
        """The headline with every excluded incident put back and counted as not kept: what exclusions can hide at most."""
        return share(self.kept, self.kept + self.missed + self.excluded)

    @property
    def share_strict(self) -> Share:
        """Kept among all reported, the open and the excluded ones counted as not kept."""
        return share(self.kept, self.reported)

    @property
    def share_timed(self) -> Share:
        """Kept among those with a trusted time: flatters, because what is missing is left out."""
        return share(self.kept, self.timed)


Groups = Mapping[str, Tally]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalStat:
    """One interval over a group; ``n + missing + doubtful`` is the number of incidents.

    ``doubtful`` values are negative, or belong to a response time that is not trusted; they are in no percentile.
    ``within`` of the ``n`` took no longer than ``target_s``, our own target for the leg; None and 0 for the response.
    """

    interval: Interval
    n: int
    missing: int
    doubtful: int
    zero: int
    p50_s: float | None
    p90_s: float | None
    target_s: float | None = None
    within: int = 0

    @property
    def share_within(self) -> Share:
        """Share within the target among the ``n``; a share of nothing where there is none."""
        return share(self.within, self.n if self.target_s is not None else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStat:
    """One stage over the misses: ``n`` of them spent time in it, ``actual_s`` and ``planned_s`` in sum."""

    stage: Stage
    n: int
    actual_s: float
    planned_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Records side by side, ``n`` lines, so that a million of them add up in a second.

    Parameters
    ----------
    verdict : (n,) int8
        Index into `VERDICTS`.
    time_s : (n,) float64
        Trusted response time, NaN where there is none.
    evidence : (n,) int8
        Index into `EVIDENCE`, -1 where nobody arrived or no track is kept.
    simulated : (n,) bool
    legs_s : (n, 5) float64
        Seconds of each of `INTERVALS` as the source has them, NaN where an end is missing.
    trusted : (n,) bool
        Whether no problem is named: the response may be used.
    """

    verdict: npt.NDArray[np.int8]
    time_s: Floats
    evidence: npt.NDArray[np.int8]
    simulated: npt.NDArray[np.bool_]
    legs_s: Floats
    trusted: npt.NDArray[np.bool_]

    def take(self, lines: npt.NDArray[np.int64]) -> "Columns":
        """Only these lines."""
        return Columns(**{f.name: getattr(self, f.name)[lines] for f in fields(self)})


def columns(records: Sequence[Record]) -> Columns:
    """Lay records out in columns."""
    n = len(records)
    legs_s = np.array([r.legs_s for r in records], dtype=np.float64).reshape(n, len(INTERVALS))
    limit_s = np.array([r.limit_s for r in records], dtype=np.float64)
    trusted = np.array([r.problem is None for r in records], dtype=np.bool_)
    excluded = np.array([r.excluded is not None for r in records], dtype=np.bool_)
    time_s = np.where(trusted, legs_s[:, RESPONSE], np.nan)
    return Columns(
        verdict=verdicts(time_s, limit_s, trusted, excluded),
        time_s=time_s,
        evidence=np.array(
            [-1 if r.track is None else EVIDENCE.index(r.track.evidence) for r in records], dtype=np.int8
        ),
        simulated=np.array([r.simulated for r in records], dtype=np.bool_),
        legs_s=legs_s,
        trusted=trusted,
    )


def verdicts(
    time_s: Floats, limit_s: Floats, trusted: npt.NDArray[np.bool_], excluded: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int8]:
    """`Record.verdict` of many at once, as indices into `VERDICTS`.

    Parameters
    ----------
    time_s, limit_s : (n,) float64
        Trusted response and limit, NaN where there is none.
    trusted, excluded : (n,) bool
        Whether no problem is named; whether it is left out.
    """
    kept, missed, still_open, left_out = range(len(VERDICTS))
    late = np.where(time_s <= limit_s, kept, missed)
    judged = np.where(np.isnan(time_s) | np.isnan(limit_s), still_open, late)
    return np.where(excluded, left_out, np.where(trusted, judged, missed)).astype(np.int8)


def tally(group: Columns) -> Tally:
    """Count a group of records."""
    kept, missed, still_open, excluded = np.bincount(group.verdict, minlength=len(VERDICTS)).tolist()
    times_s = group.time_s[~np.isnan(group.time_s)]
    p50_s, p90_s = percentiles(times_s)
    return Tally(
        reported=len(group.verdict),
        kept=kept,
        missed=missed,
        open=still_open,
        excluded=excluded,
        timed=len(times_s),
        late=len(times_s) - kept,
        **{word.value: int((group.evidence == i).sum()) for i, word in enumerate(EVIDENCE)},
        simulated=int(group.simulated.sum()),
        p50_s=p50_s,
        p90_s=p90_s,
    )


def grouped(keys: Iterable[str | None]) -> dict[str, npt.NDArray[np.int64]]:
    """The lines of each group.

    Parameters
    ----------
    keys : iterable of str or None
        The group of each line.

    Returns
    -------
    dict
        Line numbers by group, in order of name, the unknown last.
    """
    given = list(keys)
    number = {key: i for i, key in enumerate(dict.fromkeys(given))}
    few = np.int16 if len(number) < 2**15 else np.int64  # small numbers are sorted faster
    codes = np.fromiter(map(number.__getitem__, given), dtype=few, count=len(given))
    lines = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes, minlength=len(number)))[:-1])
    named: dict[str, npt.NDArray[np.int64]] = {}
    for key, at in number.items():
        name = key or UNKNOWN
        named[name] = np.concatenate([named[name], lines[at]]) if name in named else lines[at]
    return {name: named[name] for name in sorted(named, key=lambda name: (name == UNKNOWN, name))}


def months_of(days: Mapping[str, npt.NDArray[np.int64]]) -> dict[str, npt.NDArray[np.int64]]:
    """Lines by month from lines by day, YYYY-MM-DD."""
    months: dict[str, list[npt.NDArray[np.int64]]] = {}
    for day, lines in days.items():
        months.setdefault(day if day == UNKNOWN else day[:7], []).append(lines)
    return {month: np.concatenate(lines) for month, lines in months.items()}


def tally_by(whole: Columns, groups: Mapping[str, npt.NDArray[np.int64]]) -> dict[str, Tally]:
    """Count records by group, see `grouped`."""
    return {name: tally(whole.take(lines)) for name, lines in groups.items()}


def interval_stats(whole: Columns, rules: AuditRules) -> tuple[IntervalStat, ...]:
    """Percentiles of each of `INTERVALS`, the share within our target for it, and what is in neither."""
    return tuple(_interval_stat(whole, index, rules.target_s(i.name)) for index, i in enumerate(INTERVALS))


def _interval_stat(whole: Columns, index: int, target_s: float | None) -> IntervalStat:
    given_s = whole.legs_s[:, index]
    used = given_s >= 0
    if index == RESPONSE:
        used &= whole.trusted
    taken_s = given_s[used]
    missing = int(np.isnan(given_s).sum())
    p50_s, p90_s = percentiles(taken_s)
    return IntervalStat(
        interval=INTERVALS[index],
        n=len(taken_s),
        missing=missing,
        doubtful=len(given_s) - missing - len(taken_s),
        zero=int((taken_s == 0).sum()),
        p50_s=p50_s,
        p90_s=p90_s,
        target_s=target_s,
        within=0 if target_s is None else int((taken_s <= target_s).sum()),
    )


def stage_stats(missed: Iterable[Record]) -> tuple[StageStat, ...]:
    """Where the time of missed promises went, stage by stage, the same in whatever order; those without a blame are in none."""
    parts = [part for record in missed if record.blame for part in record.blame.parts]
    found = {stage: [part for part in parts if part.stage is stage] for stage in Stage}
    return tuple(
        StageStat(
            stage=stage,
            n=len(own),
            actual_s=fsum(part.actual_s for part in own),
            planned_s=fsum(part.planned_s for part in own),
        )
        for stage, own in found.items()
        if own
    )


def percentiles(times_s: Sequence[float] | npt.NDArray[np.float64]) -> tuple[float | None, float | None]:
    """P50 and P90 in seconds; None where there is nothing to take them of."""
    if not len(times_s):
        return None, None
    p50_s, p90_s = np.quantile(np.asarray(times_s, dtype=np.float64), (0.5, 0.9))
    return float(p50_s), float(p90_s)
