"""One incident as a line of the ledger: how its promise was judged, and what else a service report speaks of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dispatch.auditing.audit import broken, judge
from dispatch.auditing.record import Record
from dispatch.claim import Claim
from dispatch.errors import DispatchError
from dispatch.events import Event, IncidentLocated, IncidentReported
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.policy.audit_rules import AuditRules
from dispatch.prediction.trips import Statement, statements_in
from dispatch.reporting.kinds import AccidentKind, kinds_of
from dispatch.vocabulary import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One incident.

    Parameters
    ----------
    record : Record
        How it was judged.
    reported_at, due_at, arrived_at, surveyed_at : datetime or None
        Aware; None where it did not happen, or no promise was made.
    plate, client, surveyor : str
        Empty where unknown.
    place : IncidentLocated or None
    kinds : tuple of AccidentKind
        What the caller's words speak of.
    p_kept : float or None
        The probability of keeping the promise stated when the first surveyor was offered the job.
    statements : tuple of Statement
        Every probability stated of its promise, beside what came of it; empty while it is not due.
    stars : int or None
        The caller's rating.
    commented : bool
        Whether the caller wrote something with it.
    claim : Claim
    is_accident : bool
        False for a duplicate, and for what was called off: it would count one accident twice, or one that never was.
    """

    record: Record
    reported_at: datetime | None
    due_at: datetime | None = None
    arrived_at: datetime | None = None
    surveyed_at: datetime | None = None
    plate: str = ""
    client: str = ""
    surveyor: str = ""
    place: IncidentLocated | None = None
    kinds: tuple[AccidentKind, ...] = ()
    p_kept: float | None = None
    statements: tuple[Statement, ...] = ()
    stars: int | None = None
    commented: bool = False
    claim: Claim = field(default_factory=Claim)
    is_accident: bool = True


def line_of(history: Sequence[Event], now: datetime, rules: AuditRules) -> Line:
    """Judge one incident and put it on a line; a history that contradicts itself is not kept, with that as the reason."""
    try:
        incident = fold(history)
        judged = judge(history, now, rules, folded=incident)
    except DispatchError:
        return _broken_line(history)
    surveyors = [a for a in incident.assignments.values() if a.role is Role.SURVEYOR]
    return Line(
        record=judged.record,
        reported_at=incident.reported.at,
        due_at=judged.due_at,
        arrived_at=judged.arrived_at,
        surveyed_at=incident.surveyed_at,
        plate=incident.reported.plate,
        client=judged.record.client or incident.reported.client,
        surveyor=judged.record.unit_name or "",
        place=incident.location,
        kinds=kinds_of(incident.reported.text),
        p_kept=surveyors[0].p_kept if surveyors else None,
        statements=tuple(statements_in(incident, history, judged.record)),
        stars=incident.caller.rating.stars if incident.caller.rating else None,
        commented=bool(incident.caller.rating and incident.caller.rating.words.strip()),
        claim=incident.claim,
        is_accident=_is_accident(incident),
    )


def _is_accident(incident: Incident) -> bool:
    code = incident.closed.code if incident.closed else None
    return incident.merged_into is None and not (code is not None and code.is_cancelled)


def _broken_line(history: Sequence[Event]) -> Line:
    reported = next((e for e in history if isinstance(e, IncidentReported)), None)
    return Line(
        record=broken(history),
        reported_at=reported.at if reported else None,
        plate=reported.plate if reported else "",
        client=reported.client if reported else "",
    )
