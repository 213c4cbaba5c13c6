"""What an incident adds to statistics once time alone can no longer change its verdict: a row that may be kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from dispatch.auditing.audit import broken, judge
from dispatch.auditing.record import Exclusion, Record
from dispatch.errors import DispatchError
from dispatch.events import Event, IncidentReported
from dispatch.folding import fold
from dispatch.location import Position
from dispatch.policy.audit_rules import AuditRules
from dispatch.triage.report_words import plates_in

END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One incident as maps and tables see it: the audit's record, and where, when and who.

    Parameters
    ----------
    record : Record
        Exactly what `dispatch.auditing.audit.audit` adds up.
    version : int
        Number of events it was judged from.
    settled : bool
        Whether the verdict and all else but the cause stays as it is until another event comes, however much time passes.
    lasting : bool
        Whether the whole record does: what an incident waits beyond its limit grows, and with it what caused that.
    reported_at : datetime or None
        Aware; None for a history without a report.
    position : Position or None
    uncertainty_m : float or None
    unit_id : str or None
        The surveyor who arrived first, else who was assigned last; None where nobody of ours was.
    plates : tuple of str
        Whole plates that the report names.
    policy_version : str or None
        Of the promise.
    """

    record: Record
    version: int
    settled: bool
    lasting: bool
    reported_at: datetime | None
    position: Position | None = None
    uncertainty_m: float | None = None
    unit_id: str | None = None
    plates: tuple[str, ...] = ()
    policy_version: str | None = None

    @property
    def response_s(self) -> float | None:
        """Trusted response time in seconds."""
        return self.record.response_s if self.record.problem is None else None

    @property
    def merged(self) -> bool:
        """Whether another incident is counted in its stead."""
        return self.record.excluded is Exclusion.MERGED


def judged(history: Sequence[Event], now: datetime, rules: AuditRules) -> Judged:
    """Judge one incident for statistics.

    Parameters
    ----------
    history : sequence of Event
        At least one, all of the incident in order.
    now : datetime
        Aware.
    rules : AuditRules

    Notes
    -----
    Time passes one mark of an incident at most: its limit while nobody has come, or an arrival claimed for later than now;
    while it waits beyond its limit, what it waited grows. So what is the same now and at the end of time is the
    same at all moments between.
    """
    try:
        incident = fold(history)
        record = judge(history, now, rules, folded=incident).record
        later = judge(history, END_OF_TIME, rules, folded=incident).record
    except DispatchError:
        first = next((e for e in history if isinstance(e, IncidentReported)), None)
        return Judged(
            record=broken(history),
            version=len(history),
            settled=True,
            lasting=True,
            reported_at=first.at if first else None,
        )
    place = incident.location
    return Judged(
        record=record,
        version=len(history),
        settled=replace(later, blame=None) == replace(record, blame=None),
        lasting=later == record,
        reported_at=incident.reported.at,
        position=place.position if place else None,
        uncertainty_m=place.uncertainty_m if place else None,
        unit_id=record.unit if incident.partner is None else None,
        plates=tuple(sorted(plates_in(incident.reported.text, incident.reported.plate))),
        policy_version=incident.commitment.policy_version if incident.commitment else None,
    )
