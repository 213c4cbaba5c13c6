"""The service report as a value: everything that its three forms show, judged once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dispatch.auditing.audit import Audit, Basis, record_of, summarise
from dispatch.auditing.record import Record
from dispatch.auditing.shares import Tally, columns, tally
from dispatch.events import Event, IncidentReported
from dispatch.policy.audit_rules import AuditRules
from dispatch.prediction.calibration import Calibration
from dispatch.prediction.moments import Moment
from dispatch.reporting.advice import Advice, advise_drivers
from dispatch.reporting.beside import Beside
from dispatch.reporting.forecasts import forecasts
from dispatch.reporting.line import Line, line_of
from dispatch.reporting.often import Often, often_places, often_vehicles
from dispatch.reporting.period import Period
from dispatch.reporting.satisfaction import Satisfaction, Step, claim_steps, decisions, satisfaction
from dispatch.reporting.uncertainty import Difference, Quantile, difference, quantile
from dispatch.seals import Seal
from dispatch.service.book import PromiseTally
from dispatch.suspicion.findings import Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReport:
    """A month or a quarter, as it goes to a client.

    Parameters
    ----------
    period : Period
    client : str
        Whose incidents these are; empty for all clients together, whose plates are masked then.
    made_at : datetime
        Aware; what was due by then is judged.
    lines : tuple of Line
        The ledger, oldest first.
    audit, before : Audit
        Of this period and of the one before.
    change : Difference or None
        Of the shares kept; None where one of the periods has nothing due.
    p50, p90 : Quantile
        Of the trusted response times.
    forecasts : mapping
        How the stated probabilities did, by moment.
    promises : tuple of PromiseTally
        What became of the promises beyond arrival that fall due in the period.
    suspicions : mapping or None
        How many findings of each pattern; None where nobody looked, and in a report for one client.
    by_day : mapping
        Tally by Guangzhou day, e.g. ``2026-10-01``; days without incidents have one of zeros.
    """

    period: Period
    client: str
    made_at: datetime
    lines: tuple[Line, ...]
    audit: Audit
    before: Audit
    change: Difference | None
    p50: Quantile
    p90: Quantile
    by_day: Mapping[str, Tally]
    satisfaction: Satisfaction
    steps: tuple[Step, ...]
    paid: int
    refused: int
    vehicles: tuple[Often, ...]
    places: tuple[Often, ...]
    forecasts: Mapping[Moment, Calibration]
    promises: tuple[PromiseTally, ...]
    suspicions: Mapping[Pattern, int] | None
    advice: tuple[Advice, ...]

    @property
    def is_simulated(self) -> bool:
        """Whether any incident of it, or of the period it is compared with, is simulated."""
        return self.audit.totals.simulated + self.before.totals.simulated > 0

    @property
    def is_running(self) -> bool:
        """Whether the period had not ended when it was made."""
        return self.made_at < self.period.end_at

    @property
    def is_masked(self) -> bool:
        """Whether plates are masked in it: it is of several clients."""
        return not self.client


def service_report(
    now_histories: Iterable[Sequence[Event]],
    before_records: Iterable[Record],
    period: Period,
    made_at: datetime,
    *,
    client: str = "",
    seal: Seal | None = None,
    rules: AuditRules | None = None,
    beside: Beside | None = None,
) -> ServiceReport:
    """Judge two periods and add up.

    Parameters
    ----------
    now_histories : iterable of sequence of Event
        Of the incidents reported in ``period``.
    before_records : iterable of Record
        Of those reported in the one before it, the client's own only; see `records_of`.
    period : Period
    made_at : datetime
        Aware.
    client : str
        Take the incidents of this organisation only, or of this client number; empty for all.
    seal : Seal or None
        The last seal over the events.
    rules : AuditRules, optional
        Targets of legs, and which client numbers belong to which organisation.
    beside : Beside, optional
        What is judged beside the arrivals.
    """
    beside, rules = beside or Beside(), rules or AuditRules()
    lines = tuple(line_of(h, made_at, rules) for h in now_histories if _is_of(h, client, rules))
    basis = Basis(
        title=f"{client or '全部客户'} {period.label}",
        source="本系统事件记录",
        judged_at=made_at,
        since=period.first,
        until=period.last,
        seal=seal,
        rules=rules,
    )
    audit = summarise([line.record for line in lines], basis)
    earlier = replace(basis, seal=None, since=period.previous.first, until=period.previous.last)
    before = summarise(list(before_records), earlier)
    trusted_s = _trusted_s(lines)
    vehicles, places = often_vehicles(lines, masked=not client), often_places(lines)
    paid, refused = decisions(lines)
    return ServiceReport(
        period=period,
        client=client,
        made_at=made_at,
        lines=lines,
        audit=audit,
        before=before,
        change=difference(audit.totals.share_kept, before.totals.share_kept),
        p50=quantile(trusted_s, 0.5),
        p90=quantile(trusted_s, 0.9),
        by_day=_by_day(audit, period),
        satisfaction=satisfaction(lines),
        steps=claim_steps(lines),
        paid=paid,
        refused=refused,
        vehicles=vehicles,
        places=places,
        forecasts=forecasts(lines),
        promises=beside.tallies({line.record.incident for line in lines} if client else None),
        suspicions=None if client else beside.suspicions,
        advice=advise_drivers(lines, vehicles, places),
    )


def _trusted_s(lines: Sequence[Line]) -> list[float]:
    """Response times in seconds that can be trusted."""
    times_s = [line.record.response_s for line in lines if line.record.problem is None]
    return [s for s in times_s if s is not None]


def records_of(histories: Iterable[Sequence[Event]], made_at: datetime, client: str, rules: AuditRules) -> list[Record]:
    """Judge the incidents of a client, of all clients where it is empty."""
    return [record_of(h, made_at, rules) for h in histories if _is_of(h, client, rules)]


def _is_of(history: Sequence[Event], client: str, rules: AuditRules) -> bool:
    if not client:
        return True
    numbers = [e.client for e in history if isinstance(e, IncidentReported)]
    return any(client in (number, rules.organisation(number)) for number in numbers)


def _by_day(audit: Audit, period: Period) -> dict[str, Tally]:
    nobody = tally(columns(()))
    return dict.fromkeys((day.isoformat() for day in period.days), nobody) | dict(audit.by_day)
