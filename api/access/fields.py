"""What each seat is shown of what it may see: the one place where fields are left out.

The insurer's dispatchers and managers see every field. An auditor sees everything but phone numbers and plates (`struck`).
A client and a partner get forms of their own, in which a field is there because somebody needs it.
"""

import re
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from dispatch.auditing.audit import judge
from dispatch.incident import Assignment, Incident
from dispatch.triage.report_words import PROVINCES
from dispatch.vocabulary import AssignmentStatus, IncidentStatus, Role, Verdict

PERSONAL = frozenset({"phone", "plate", "plates", "telephone", "contacts", "contact", "tails", "phones"})
STRUCK = "＊＊＊"
_PLATE = rf"[{PROVINCES}][\s·.•-]*[A-Z][\s·.•-]*(?:[A-Z0-9][\s·.•-]*){{4,5}}[A-Z0-9港澳警学领]"
_PHONE = r"(?<![0-9A-Z])(?:\+?86[\s-]?)?(?:1[3-9]\d(?:[\s-]?\d){8}|0\d{2,3}[\s-]?\d{7,8})(?![0-9A-Z])"
_SAID = re.compile(f"{_PLATE}|{_PHONE}", re.IGNORECASE)


def struck(document: Any) -> Any:
    """A JSON document without phone numbers and plates, in fields of their own and in words."""
    if isinstance(document, dict):
        return {key: _without(value) if key in PERSONAL else struck(value) for key, value in document.items()}
    if isinstance(document, list):
        return [struck(one) for one in document]
    return _SAID.sub(STRUCK, document) if isinstance(document, str) else document


def _without(value: Any) -> Any:
    if isinstance(value, list):
        return []
    if isinstance(value, str):
        return STRUCK if value else ""
    return struck(value)


class CasePlaceOut(BaseModel):
    """Where a case is."""

    lon: float
    lat: float
    words: str
    district: str | None


class ProgressOut(BaseModel):
    """How far somebody sent is."""

    role: Role
    role_label: str
    status: AssignmentStatus
    status_label: str
    eta_at: datetime
    arrived_at: datetime | None
    ended_at: datetime | None


class ClientCaseOut(BaseModel):
    """A case of a client's vehicle: how it stands, and how its promise."""

    id: str
    status: IncidentStatus
    status_label: str
    tier_label: str
    simulated: bool
    plate: str
    reported_at: datetime
    closed_at: datetime | None
    place: CasePlaceOut | None
    due_at: datetime | None
    verdict: Verdict | None
    verdict_label: str
    arrived_at: datetime | None
    sent: list[ProgressOut]
    shop_name: str


class PartnerCaseOut(BaseModel):
    """A case at a partner's shop or with its unit; ``phone`` is the driver's, and only while the job is open."""

    id: str
    simulated: bool
    reported_at: datetime
    place: CasePlaceOut | None
    plate: str
    make: str
    open: bool
    phone: str
    unit_ids: list[str]
    shop_name: str
    shop_eta_at: datetime | None
    delivered_at: datetime | None
    sent: list[ProgressOut]


class ShareOut(BaseModel):
    """How the arrivals promised to a client came out; the interval is Wilson's, 95 %, null without any."""

    judged_at: datetime
    since: datetime
    n: int
    kept: int
    missed: int
    open: int
    excluded: int
    share_kept: float | None
    low: float | None
    high: float | None


def client_case(i: Incident, now: datetime) -> ClientCaseOut:
    """A case as its client may see it."""
    verdict = judge(i, now).record.verdict if i.commitment else None
    return ClientCaseOut(
        id=i.id,
        status=i.status,
        status_label=i.status.label,
        tier_label=i.tier.label,
        simulated=i.simulated,
        plate=i.reported.plate,
        reported_at=i.reported.at,
        closed_at=i.closed_at,
        place=_place(i),
        due_at=i.commitment.due_at if i.commitment else None,
        verdict=verdict,
        verdict_label=verdict.label if verdict else "",
        arrived_at=i.arrived_at,
        sent=[_progress(a) for a in i.assignments.values()],
        shop_name=i.shop.shop.shop_name if i.shop else "",
    )


def partner_case(i: Incident, units: frozenset[str], shops: frozenset[str]) -> PartnerCaseOut:
    """A case as the partner with these units and shops may see it."""
    own = [a for a in i.assignments.values() if a.unit_id in units]
    shop = i.shop if i.shop and (i.shop.shop.shop_id in shops or i.shop.assignment_id in {a.id for a in own}) else None
    bringing = i.assignments[shop.assignment_id] if shop else None
    is_open = any(a.status.is_open for a in own) or (bringing is not None and bringing.status.is_open)
    return PartnerCaseOut(
        id=i.id,
        simulated=i.simulated,
        reported_at=i.reported.at,
        place=_place(i),
        plate=i.reported.plate,
        make=i.reported.make,
        open=is_open,
        phone=i.reported.phone if is_open else "",
        unit_ids=sorted({a.unit_id for a in own}),
        shop_name=shop.shop.shop_name if shop else "",
        shop_eta_at=i.shop_eta_at if shop and is_open else None,
        delivered_at=bringing.delivered_at if bringing else None,
        sent=[_progress(a) for a in own],
    )


def _place(i: Incident) -> CasePlaceOut | None:
    at = i.location
    if at is None:
        return None
    return CasePlaceOut(lon=at.position.lon, lat=at.position.lat, words=at.matched_text, district=at.district)


def _progress(a: Assignment) -> ProgressOut:
    return ProgressOut(
        role=a.role,
        role_label=a.role.label,
        status=a.status,
        status_label=a.status.label,
        eta_at=a.eta_at,
        arrived_at=a.claimed_at,
        ended_at=a.cleared_at,
    )
