"""The audit that a statistic stands for: equal to `dispatch.audit.summarise` of the same incidents."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import polars as pl

from dispatch.audit import Audit, Basis
from dispatch.record import Exclusion, Problem
from dispatch.shares import HOURS, UNKNOWN, VERDICTS, IntervalStat, Tally
from dispatch.vocabulary import INTERVALS
from geo_data.batch import percentiles as pc
from geo_data.batch.percentiles import NOTHING, Floats, Key, Seconds
from geo_data.batch.statistic import ALL, EXCLUDED, FLAG, FLAGS, GROUPS, LEG, MISSING, PROBLEM, ZERO, Statistic

E = TypeVar("E", Problem, Exclusion)
Fetch = Callable[[pl.DataFrame], pl.DataFrame]


class _Ledger:
    """A statistic by group, and the times within the seconds that percentiles fall into."""

    def __init__(self, total: Statistic, fetch: Fetch) -> None:
        self.counts: dict[str, dict[str, pl.DataFrame]] = {}
        for (by, name), part in total.counts.partition_by(["by", "name"], as_dict=True).items():
            self.counts.setdefault(str(by), {})[str(name)] = part
        self.seconds = pc.by_group(total.seconds)
        wanted = pc.wanted(self.seconds)
        self._times = pc.fetched(fetch(wanted)) if len(wanted) else {}

    def n(self, by: str, name: str) -> int:
        """How many incidents a group has."""
        part = self.counts.get(by, {}).get(name)
        return 0 if part is None else int(part["n"].sum())

    def times(self, key: Key) -> tuple[Seconds | None, float | None, float | None]:
        """Times of a group, P50 and P90."""
        found = self.seconds.get(key)

        def look(second: int) -> Floats:
            return self._times.get((*key, second), NOTHING)

        return found, *pc.percentiles(found, look)

    def tally(self, by: str, name: str) -> Tally:
        """What became of a group."""
        part = self.counts.get(by, {}).get(name)
        lines = [] if part is None else part.select("verdict", "confirmed", "simulated", "n").rows()
        kept, missed, still_open, excluded = (sum(n for v, _, _, n in lines if v == i) for i in range(len(VERDICTS)))
        found, p50_s, p90_s = self.times((by, name))
        timed = 0 if found is None else found.total
        return Tally(
            reported=sum(n for *_, n in lines),
            kept=kept,
            missed=missed,
            open=still_open,
            excluded=excluded,
            timed=timed,
            late=timed - kept,
            confirmed=sum(n for _, confirmed, _, n in lines if confirmed is True),
            unconfirmed=sum(n for _, confirmed, _, n in lines if confirmed is False),
            simulated=sum(n for _, _, simulated, n in lines if simulated),
            p50_s=p50_s,
            p90_s=p90_s,
        )

    def groups(self, by: str) -> dict[str, Tally]:
        """Groups in order of name, the unknown last."""
        order = sorted(self.counts.get(by, {}), key=lambda name: (name == UNKNOWN, name))
        return {name: self.tally(by, name) for name in order}

    def reasons(self, by: str, kind: type[E]) -> dict[E, int]:
        """How often each reason was given, the most common first, of equal ones the one met first."""
        met = {name: (-self.n(by, name), part["first"].min()) for name, part in self.counts.get(by, {}).items()}
        return {kind(name): self.n(by, name) for name in sorted(met, key=lambda name: met[name])}

    def leg(self, index: int) -> IntervalStat:
        """One interval over all."""
        name = INTERVALS[index].name
        found, p50_s, p90_s = self.times((LEG, name))
        n, missing = 0 if found is None else found.total, self.n(MISSING, name)
        return IntervalStat(
            interval=INTERVALS[index],
            n=n,
            missing=missing,
            doubtful=self.n(ALL, "") - missing - n,
            zero=self.n(ZERO, name),
            p50_s=p50_s,
            p90_s=p90_s,
        )


def account(total: Statistic, basis: Basis, fetch: Fetch) -> Audit:
    """Write the account.

    Parameters
    ----------
    total : Statistic
        Of all incidents.
    basis : Basis
    fetch : callable
        Takes the seconds (`SECOND_KEYS`) that hold unequal times a percentile falls among and answers all times in them,
        as `geo_data.batch.statistic.within` does; not called where the statistic knows everything.
    """
    ledger = _Ledger(total, fetch)
    groups: Mapping[str, dict[str, Tally]] = {by: ledger.groups(by) for by in GROUPS}
    nobody = ledger.tally(ALL, "nobody")
    flags = {flag: ledger.n(FLAG, flag) for flag in FLAGS}
    return Audit(
        basis=basis,
        totals=ledger.tally(ALL, ""),
        by_zone=groups["zone"],
        by_district=groups["district"],
        by_hour=dict.fromkeys(HOURS, nobody) | groups["hour"],
        by_tier=groups["tier"],
        not_judged=ledger.reasons(PROBLEM, Problem),
        excluded=ledger.reasons(EXCLUDED, Exclusion),
        intervals=tuple(ledger.leg(i) for i in range(len(INTERVALS))),
        quick=flags["quick"],
        by_video=flags["by_video"],
        sent_later=flags["sent_later"],
        kept_by_capture=flags["kept_by_capture"],
        doubted=flags["doubted"],
    )
