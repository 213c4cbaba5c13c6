"""The audit that a statistic stands for: equal to `dispatch.auditing.audit.summarise` of the same incidents."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import polars as pl

from dispatch.auditing.audit import Audit, Basis
from dispatch.auditing.edits import EditKind, EditPhase
from dispatch.auditing.record import Cause, Exclusion, Problem
from dispatch.auditing.shares import HOURS, UNKNOWN, VERDICTS, IntervalStat, Tally
from dispatch.auditing.track_shares import TrackStat
from dispatch.track_matching import ArrivalEvidence
from dispatch.vocabulary import INTERVALS
from geo_data.batch import percentiles as pc
from geo_data.batch.percentiles import NOTHING, Floats, Key, Seconds
from geo_data.batch.statistic import ALL, EDIT, FLAG, FLAGS, LEG, MISSING, MONTH, TRACK, WITHIN, ZERO, Statistic, whole

E = TypeVar("E", Problem, Exclusion, Cause)
Fetch = Callable[[pl.DataFrame], pl.DataFrame]
BETWEEN = "@"  # kind of an edit and how far the incident was


def account(total: Statistic, basis: Basis, fetch: Fetch) -> Audit:
    """Write the account.

    Parameters
    ----------
    total : Statistic
        Of all incidents.
    basis : Basis
    fetch : callable
        Takes the seconds (``by``, ``name``, ``second``) that hold unequal times a percentile falls among and answers all times in them,
        as `geo_data.batch.statistic.within` does; not called where the statistic knows everything.

    Returns
    -------
    Audit
        Without the lists that name single incidents (``misses``, ``edited``) and ``stages``: columns do not hold them.
    """
    ledger = _Ledger(whole(total), basis, fetch)
    flags = {flag: ledger.n(FLAG, flag) for flag in FLAGS}
    hours = dict.fromkeys(HOURS, ledger.tally(ALL, "nobody")) | ledger.groups("hour")
    return Audit(
        basis=basis,
        totals=ledger.tally(ALL, ""),
        by_zone=ledger.groups("zone"),
        by_district=ledger.groups("district"),
        by_hour=hours,
        by_tier=ledger.groups("tier"),
        by_unit=ledger.groups("unit"),
        by_client=ledger.groups("client"),
        by_month=ledger.groups(MONTH),
        by_day=ledger.groups("day"),
        unit_names=dict(total.names.select("unit", "unit_name").rows()),
        not_judged=ledger.reasons("problem", Problem),
        excluded=ledger.reasons("excluded", Exclusion),
        cancelled_late=ledger.reasons("cancelled_late", Exclusion),
        causes=ledger.reasons("cause", Cause),
        edits=ledger.edits(),
        intervals=ledger.intervals(""),
        intervals_by_zone={zone: ledger.intervals(zone) for zone in ledger.names("zone")},
        track=ledger.track(flags),
        quick=flags["quick"],
        by_video=flags["by_video"],
        sent_later=flags["sent_later"],
        kept_by_capture=flags["kept_by_capture"],
        doubted=flags["doubted"],
    )


class _Ledger:
    """A statistic by group, and the times within the seconds that percentiles fall into."""

    def __init__(self, total: Statistic, basis: Basis, fetch: Fetch) -> None:
        self._counts: dict[str, dict[str, pl.DataFrame]] = {}
        names = {number: (by, name) for by, name, number in total.groups.rows()}
        for (number,), part in total.counts.partition_by(["group"], as_dict=True).items():
            by, name = names[number]
            self._counts.setdefault(by, {})[name] = part
        self._rules = basis.rules
        self._seconds = pc.by_group(total)
        wanted = pc.wanted(self._seconds)
        self._times = pc.fetched(fetch(wanted)) if len(wanted) else {}

    def names(self, by: str) -> list[str]:
        """Names of groups in order, the unknown last."""
        return sorted(self._counts.get(by, {}), key=lambda name: (name == UNKNOWN, name))

    def groups(self, by: str) -> dict[str, Tally]:
        """What became of each group."""
        return {name: self.tally(by, name) for name in self.names(by)}

    def n(self, by: str, name: str) -> int:
        """How many incidents a group has; of all groups where the name is empty."""
        parts = self._counts.get(by, {})
        if name == "" and by != ALL:
            return sum(int(part["n"].sum()) for part in parts.values())
        return int(parts[name]["n"].sum()) if name in parts else 0

    def tally(self, by: str, name: str) -> Tally:
        """What became of a group."""
        part = self._counts.get(by, {}).get(name)
        lines = [] if part is None else part.select("verdict", "evidence", "simulated", "n").rows()
        kept, missed, still_open, excluded = (sum(n for v, _, _, n in lines if v == i) for i in range(len(VERDICTS)))
        timed, p50_s, p90_s = self._times_of((by, name))
        return Tally(
            reported=sum(n for *_, n in lines),
            kept=kept,
            missed=missed,
            open=still_open,
            excluded=excluded,
            timed=timed,
            late=timed - kept,
            **{word.value: sum(n for _, told, _, n in lines if told == word) for word in ArrivalEvidence},
            simulated=sum(n for _, _, simulated, n in lines if simulated),
            p50_s=p50_s,
            p90_s=p90_s,
        )

    def track(self, flags: Mapping[str, int]) -> TrackStat:
        """The button beside the track."""
        n, p50_s, p90_s = self._times_of((TRACK, ""))
        by_button, by_track, opposite = (flags[flag] for flag in ("kept_by_button", "kept_by_track", "opposite"))
        return TrackStat(
            n=n, kept_by_button=by_button, kept_by_track=by_track, p50_s=p50_s, p90_s=p90_s, opposite=opposite
        )

    def reasons(self, by: str, kind: type[E]) -> dict[E, int]:
        """How often each reason was given, the most common first, of equal ones the one met first."""
        met = {name: (-self.n(by, name), part["first"].min()) for name, part in self._counts.get(by, {}).items()}
        return {kind(name): self.n(by, name) for name in sorted(met, key=lambda name: met[name])}

    def edits(self) -> Mapping[EditKind, Mapping[EditPhase, int]]:
        """Edits by kind and by how far the incident was, both in their own order."""
        n = {(k, p): self.n(EDIT, k.value + BETWEEN + p.value) for k in EditKind for p in EditPhase}
        found = {k: {p: n[k, p] for p in EditPhase if n[k, p]} for k in EditKind}
        return {kind: phases for kind, phases in found.items() if phases}

    def intervals(self, zone: str) -> tuple[IntervalStat, ...]:
        """Each interval in a zone, or in all where its name is empty."""
        return tuple(self._interval(index, zone) for index in range(len(INTERVALS)))

    def _interval(self, index: int, zone: str) -> IntervalStat:
        leg = INTERVALS[index].name
        n, p50_s, p90_s = self._times_of((LEG + leg, zone))
        missing = self.n(MISSING + leg, zone)
        return IntervalStat(
            interval=INTERVALS[index],
            n=n,
            missing=missing,
            doubtful=self.n("zone", zone) - missing - n,
            zero=self.n(ZERO + leg, zone),
            p50_s=p50_s,
            p90_s=p90_s,
            target_s=self._rules.target_s(leg),
            within=self.n(WITHIN + leg, zone),
        )

    def _times_of(self, key: Key) -> tuple[int, float | None, float | None]:
        """How many times a group has, P50 and P90."""
        found: Seconds | None = self._seconds.get(key)

        def look(second: int) -> Floats:
            return self._times.get((*key, second), NOTHING)

        return 0 if found is None else found.total, *pc.percentiles(found, look)
