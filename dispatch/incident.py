"""One accident, folded from its events; nothing here is stored anywhere else."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import singledispatch

from dispatch import events as ev
from dispatch.errors import IllegalTransition, UnknownId
from dispatch.location import Position
from dispatch.partner import PartnerService
from dispatch.vocabulary import OPEN_STATUSES, AssignmentStatus, IncidentStatus, Role, Tier, Zone, pressing_first

AFTER_CLOSE = (ev.MergeUndone, ev.DuplicateParted)  # a mistaken merge is undone however things stand
UNANSWERED = "无应答"  # the reason of a release that the desk made because nobody answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One unit bound to one incident in one role; each time is None until it happened."""

    id: str
    unit_id: str
    role: Role
    status: AssignmentStatus
    offer: ev.UnitOffered
    eta_at: datetime
    p_kept: float
    offered_at: datetime
    accepted_at: datetime | None = None
    departed_at: datetime | None = None
    claimed_at: datetime | None = None
    claimed_from: Position | None = None
    confirmed_at: datetime | None = None
    delivered_at: datetime | None = None
    cleared_at: datetime | None = None
    ended_reason: str = ""
    ended_at: datetime | None = None
    replacement: ev.ReplacementProposed | None = None

    @property
    def was_refused(self) -> bool:
        """Whether the unit declined, or never answered."""
        unanswered = self.status is AssignmentStatus.RELEASED and self.ended_reason == UNANSWERED
        return unanswered or self.status is AssignmentStatus.DECLINED


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSurvey:
    """A survey by video; ``ended`` is None while it runs."""

    started: ev.RemoteSurveyStarted
    ended: ev.RemoteSurveyEnded | None = None

    @property
    def completed(self) -> bool:
        """Whether it took the place of a survey on scene."""
        return self.ended is not None and self.ended.completed


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The state of one accident.

    ``version`` is the number of events folded; a writer hands it back so that two writers cannot both win.
    ``raised`` are alarms not yet cleared; `risks` are those that still matter. ``merged_into`` names the incident this one
    was closed as a duplicate of; ``duplicates`` are the reports merged into this one, by id; ``apart_from`` are incidents it
    was merged with by mistake. ``tier_change`` is the last word of a person on the tiers, who knew of the duplicates
    ``ruled_on``; ``waived`` the needs a person took off, by role; ``shops`` are the repair shops chosen, by the
    tow's assignment; ``partner`` serves an incident in another city.
    """

    id: str
    version: int
    reported: ev.IncidentReported
    location: ev.IncidentLocated | None = None
    commitment: ev.CommitmentMade | None = None
    assignments: dict[str, Assignment] = field(default_factory=dict)
    closed_at: datetime | None = None
    merged_into: str | None = None
    duplicates: dict[str, ev.DuplicateJoined] = field(default_factory=dict)
    apart_from: frozenset[str] = frozenset()
    shops: dict[str, ev.RepairShopChosen] = field(default_factory=dict)
    partner: PartnerService | None = None
    tier_change: ev.TierChanged | None = None
    ruled_on: frozenset[str] = frozenset()
    waived: dict[Role, ev.NeedWaived] = field(default_factory=dict)
    hospital: ev.HospitalNamed | None = None
    remote: RemoteSurvey | None = None
    raised: tuple[ev.RiskRaised, ...] = ()

    @property
    def risks(self) -> list[ev.RiskRaised]:
        """What endangers the promise still: alarms raised and not cleared whose assignment is still on its way."""
        going = {a.id for a in self.open_assignments if a.status is not AssignmentStatus.ON_SCENE}
        waits = self.open_in(Role.SURVEYOR) is None and not self.is_surveyed and self.closed_at is None
        return [r for r in self.raised if (waits if r.assignment_id is None else r.assignment_id in going)]

    @property
    def open_assignments(self) -> list[Assignment]:
        """Assignments whose unit is still bound, oldest first."""
        return [a for a in self.assignments.values() if a.status.is_open]

    def open_in(self, role: Role) -> Assignment | None:
        """The open assignment in ``role``, if any."""
        return next((a for a in self.open_assignments if a.role is role), None)

    def assignment(self, assignment_id: str) -> Assignment:
        """Look an assignment up; raises `UnknownId`."""
        try:
            return self.assignments[assignment_id]
        except KeyError:
            raise UnknownId(f"No assignment {assignment_id}: reload the incident.") from None

    @property
    def refusers(self) -> set[str]:
        """Units that declined this incident or left it unanswered."""
        return {a.unit_id for a in self.assignments.values() if a.was_refused}

    @property
    def unanswered_roles(self) -> list[Role]:
        """Roles whose last offer was refused and that nobody fills now: the job is still to be given."""
        last = {a.role: a for a in self.assignments.values() if a.role not in self.waived}
        return [role for role, a in last.items() if a.was_refused and not (role is Role.SURVEYOR and self.is_surveyed)]

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """What all its callers spoke of, or what a person put it into and what callers said since; most pressing first.

        The commitment keeps the tier it was made under.
        """
        said = self.tier_change.tiers if self.tier_change else (self.reported.tier, *self.reported.tiers)
        joined = [t for key, d in self.duplicates.items() if key not in self.ruled_on for t in (d.tier, *d.tiers)]
        return pressing_first((*said, *joined))

    @property
    def shop(self) -> ev.RepairShopChosen | None:
        """Where the vehicle is brought, or was brought last; None where no tow has been given a shop."""
        chosen = [s for s in self.shops.values() if self._brings(self.assignments[s.assignment_id])]
        return chosen[-1] if chosen else None

    @property
    def shop_eta_at(self) -> datetime | None:
        """When the vehicle is expected at `shop`, by the tow's last forecast or its arrival on scene."""
        chosen = self.shop
        if chosen is None:
            return None
        tow = self.assignments[chosen.assignment_id]
        if tow.claimed_at is not None and tow.claimed_at <= chosen.at:
            return chosen.eta_at  # chosen while the tow stood there
        return (tow.claimed_at or tow.eta_at) + timedelta(seconds=chosen.loading_s + chosen.shop.leg_s)

    @staticmethod
    def _brings(tow: Assignment) -> bool:
        return tow.status.is_open or tow.delivered_at is not None

    @property
    def tier(self) -> Tier:
        """The most pressing of its tiers."""
        return self.tiers[0]

    @property
    def is_surveyed(self) -> bool:
        """Whether a surveyor has been on scene, or has done it by video."""
        return self.arrived_at is not None or (self.remote is not None and self.remote.completed)

    @property
    def remote_runs(self) -> bool:
        """Whether somebody surveys by video now."""
        return self.remote is not None and self.remote.ended is None

    @property
    def is_with_partner(self) -> bool:
        """Whether a partner in another city serves it: until somebody finds its place in our own."""
        return self.partner is not None and self.location is None

    def destination(self, role: Role) -> ev.IncidentLocated | ev.HospitalNamed | None:
        """Where a unit of ``role`` goes: the specialist to the hospital where one is known, all others to the scene."""
        return self.hospital if role is Role.SPECIALIST and self.hospital else self.location

    @property
    def simulated(self) -> bool:
        """Whether the report or any unit that was offered it is simulated."""
        return self.reported.simulated or any(a.offer.chosen.simulated for a in self.assignments.values())

    @property
    def arrived_at(self) -> datetime | None:
        """When the first surveyor claimed to be on scene, or the partner told that it was."""
        if self.partner is not None and self.partner.claimed_at is not None:
            return self.partner.claimed_at
        times = [a.claimed_at for a in self.assignments.values() if a.role is Role.SURVEYOR and a.claimed_at]
        return min(times, default=None)

    @property
    def zone(self) -> Zone | None:
        """Zone of the commitment."""
        return self.commitment.zone if self.commitment else None

    @property
    def status(self) -> IncidentStatus:
        """Where the incident stands: as far as its furthest open surveyor."""
        if self.closed_at is not None:
            return IncidentStatus.CLOSED
        surveyor = self.open_in(Role.SURVEYOR)
        if surveyor is not None:
            return IncidentStatus(surveyor.status.value)
        if self.partner is not None and self.is_with_partner:
            return self.partner.status
        if self.arrived_at is not None:
            return IncidentStatus.ON_SCENE
        return IncidentStatus.WAITING if self.location else IncidentStatus.UNLOCATED


def fold(history: Iterable[ev.Event]) -> Incident:
    """Replay an incident's events.

    Parameters
    ----------
    history : iterable of Event
        All events of one incident, in the order they were recorded.

    Returns
    -------
    Incident

    Raises
    ------
    UnknownId
        For an empty history.
    IllegalTransition
        When an event does not follow from those before it.
    """
    stream = iter(history)
    first = next(stream, None)
    if first is None:
        raise UnknownId("No such incident.")
    if not isinstance(first, ev.IncidentReported):
        raise IllegalTransition(f"A history starts with IncidentReported, not {type(first).__name__}.")
    incident = Incident(id=first.incident_id, version=1, reported=first)
    for event in stream:
        incident = advance(incident, event)
    return incident


def advance(incident: Incident, event: ev.Event) -> Incident:
    """Apply one event; raises `IllegalTransition` where it does not follow."""
    if incident.closed_at is not None and not isinstance(event, AFTER_CLOSE):
        raise IllegalTransition(f"案件 {incident.id} 已结束。(The incident is closed.)")
    return replace(_apply(event, incident), version=incident.version + 1)


@singledispatch
def _apply(event: ev.Event, incident: Incident) -> Incident:
    raise IllegalTransition(f"{type(event).__name__} cannot follow on incident {incident.id}.")


@_apply.register
def _(event: ev.IncidentLocated, incident: Incident) -> Incident:
    return replace(incident, location=event)


@_apply.register
def _(event: ev.CommitmentMade, incident: Incident) -> Incident:
    if incident.commitment is not None:
        raise IllegalTransition(f"Incident {incident.id} has its commitment: it is frozen at intake.")
    return replace(incident, commitment=event)


@_apply.register
def _(event: ev.UnitOffered, incident: Incident) -> Incident:
    if event.assignment_id in incident.assignments or incident.open_in(event.role):
        raise IllegalTransition(f"案件 {incident.id} 已有{event.role.label}任务:先改派。(Release it first.)")
    assignment = Assignment(
        id=event.assignment_id,
        unit_id=event.unit_id,
        role=event.role,
        status=AssignmentStatus.OFFERED,
        offer=event,
        eta_at=event.eta_at,
        p_kept=event.p_kept,
        offered_at=event.at,
    )
    waived = {role: w for role, w in incident.waived.items() if role is not event.role}  # so it is needed after all
    return _with(replace(incident, waived=waived), assignment)


@_apply.register
def _(event: ev.AssignmentAccepted, incident: Incident) -> Incident:
    now = _expect(incident, event, AssignmentStatus.OFFERED)
    return _with(incident, replace(now, status=AssignmentStatus.ACCEPTED, accepted_at=event.at))


@_apply.register
def _(event: ev.AssignmentDeclined, incident: Incident) -> Incident:
    now = _expect(incident, event, AssignmentStatus.OFFERED)
    return _with(incident, replace(now, status=AssignmentStatus.DECLINED, ended_reason=event.reason, ended_at=event.at))


@_apply.register
def _(event: ev.UnitDeparted, incident: Incident) -> Incident:
    now = _expect(incident, event, AssignmentStatus.ACCEPTED)
    return _with(incident, replace(now, status=AssignmentStatus.EN_ROUTE, departed_at=event.at))


@_apply.register
def _(event: ev.ForecastRevised, incident: Incident) -> Incident:
    now = _expect(incident, event, AssignmentStatus.ACCEPTED, AssignmentStatus.EN_ROUTE)
    return _with(incident, replace(now, eta_at=event.eta_at, p_kept=event.p_kept))


@_apply.register
def _(event: ev.ArrivalClaimed, incident: Incident) -> Incident:
    now = _expect(incident, event, AssignmentStatus.EN_ROUTE)
    return _with(
        incident, replace(now, status=AssignmentStatus.ON_SCENE, claimed_at=event.at, claimed_from=event.position)
    )


@_apply.register
def _(event: ev.ArrivalConfirmed, incident: Incident) -> Incident:
    now = _expect(incident, event, AssignmentStatus.ON_SCENE)
    return _with(incident, replace(now, confirmed_at=event.at))


@_apply.register
def _(event: ev.AssignmentReleased, incident: Incident) -> Incident:
    now = _expect(incident, event, AssignmentStatus.OFFERED, AssignmentStatus.ACCEPTED, AssignmentStatus.EN_ROUTE)
    return _with(incident, replace(now, status=AssignmentStatus.RELEASED, ended_reason=event.reason, ended_at=event.at))


@_apply.register
def _(event: ev.UnitCleared, incident: Incident) -> Incident:
    now = _expect(incident, event, AssignmentStatus.ON_SCENE)
    return _with(incident, replace(now, status=AssignmentStatus.CLEARED, cleared_at=event.at))


@_apply.register
def _(event: ev.RiskRaised, incident: Incident) -> Incident:
    others = tuple(r for r in incident.raised if not _same_risk(r, event))
    return replace(incident, raised=(*others, event))


@_apply.register
def _(event: ev.RiskCleared, incident: Incident) -> Incident:
    left = tuple(r for r in incident.raised if not _same_risk(r, event))
    if len(left) == len(incident.raised):
        raise IllegalTransition(f"案件 {incident.id} 没有此预警。(No such alarm: reload.)")
    return replace(incident, raised=left)


def _same_risk(raised: ev.RiskRaised, event: ev.RiskRaised | ev.RiskCleared) -> bool:
    return (raised.risk, raised.assignment_id) == (event.risk, event.assignment_id)


@_apply.register
def _(event: ev.BackupCalled, incident: Incident) -> Incident:  # noqa: ARG001  (a fact to read, it changes no state)
    return incident


@_apply.register
def _(event: ev.ReplacementProposed, incident: Incident) -> Incident:
    now = incident.assignment(event.assignment_id)
    if not now.status.is_open or now.replacement is not None:
        raise IllegalTransition(
            f"任务 {now.id} 已结束或已有待批准的更换。(It has ended, or a replacement waits already.)"
        )
    return _with(incident, replace(now, replacement=event))


@_apply.register
def _(event: ev.ReplacementDecided, incident: Incident) -> Incident:
    now = incident.assignment(event.assignment_id)
    if now.replacement is None:
        raise IllegalTransition(f"任务 {now.id} 没有待批准的更换。(No replacement waits: reload.)")
    return _with(incident, replace(now, replacement=None))


@_apply.register
def _(event: ev.RepairShopChosen, incident: Incident) -> Incident:
    tow = _expect(incident, event, *OPEN_STATUSES)
    if tow.role is not Role.TOW_UNIT or tow.delivered_at is not None:
        raise IllegalTransition(f"任务 {tow.id} 不是待送修的施救任务。(Only an open tow job gets a shop.)")
    return replace(incident, shops={**incident.shops, tow.id: event})


@_apply.register
def _(event: ev.VehicleDelivered, incident: Incident) -> Incident:
    now = _expect(incident, event, AssignmentStatus.ON_SCENE)
    chosen = incident.shops.get(now.id)
    if chosen is None or chosen.shop.shop_id != event.shop_id or now.delivered_at is not None:
        raise IllegalTransition(f"任务 {now.id} 没有待送达的维修厂:请先选厂。(Choose the repair shop first.)")
    return _with(incident, replace(now, delivered_at=event.at))


@_apply.register
def _(event: ev.PartnerEngaged, incident: Incident) -> Incident:
    if incident.partner is not None:
        raise IllegalTransition(f"案件 {incident.id} 已交合作单位。(A partner has it already.)")
    return replace(incident, partner=PartnerService(engaged=event))


@_apply.register
def _(event: ev.PartnerReported, incident: Incident) -> Incident:
    if incident.partner is None:
        raise IllegalTransition(f"案件 {incident.id} 不由合作单位救援。(No partner has it.)")
    return replace(incident, partner=incident.partner.told(event))


@_apply.register
def _(event: ev.IncidentClosed, incident: Incident) -> Incident:
    if incident.open_assignments:
        raise IllegalTransition(f"案件 {incident.id} 还有未完成的任务。(Clear or release its units first.)")
    if incident.remote_runs:
        raise IllegalTransition(f"案件 {incident.id} 正在视频查勘。(End the survey by video first.)")
    return replace(incident, closed_at=event.at)


@_apply.register
def _(event: ev.IncidentMerged, incident: Incident) -> Incident:
    served = incident.is_surveyed or incident.remote_runs
    if incident.open_assignments or served or event.kept_id == incident.id:
        raise IllegalTransition(f"案件 {incident.id} 已有人处理,不能并入他案。(It is being served: release its units.)")
    return replace(incident, closed_at=event.at, merged_into=event.kept_id)


@_apply.register
def _(event: ev.DuplicateJoined, incident: Incident) -> Incident:
    if event.duplicate_id in {incident.id, *incident.duplicates}:
        raise IllegalTransition(f"{event.duplicate_id} 已并入案件 {incident.id}。(Merged already: reload.)")
    return replace(incident, duplicates={**incident.duplicates, event.duplicate_id: event})


@_apply.register
def _(event: ev.MergeUndone, incident: Incident) -> Incident:
    if incident.merged_into is None or incident.merged_into != event.kept_id:
        raise IllegalTransition(f"案件 {incident.id} 未并入 {event.kept_id}。(Not merged: reload.)")
    apart_from = incident.apart_from | {event.kept_id}
    return replace(incident, closed_at=None, merged_into=None, apart_from=apart_from)


@_apply.register
def _(event: ev.DuplicateParted, incident: Incident) -> Incident:
    if event.duplicate_id not in incident.duplicates:
        raise IllegalTransition(f"{event.duplicate_id} 未并入案件 {incident.id}。(Not merged: reload.)")
    others = {key: joined for key, joined in incident.duplicates.items() if key != event.duplicate_id}
    return replace(incident, duplicates=others, apart_from=incident.apart_from | {event.duplicate_id})


@_apply.register
def _(event: ev.TierChanged, incident: Incident) -> Incident:
    if not event.tiers:
        raise IllegalTransition(f"Incident {incident.id} needs a tier: name one or more.")
    return replace(incident, tier_change=event, ruled_on=frozenset(incident.duplicates))


@_apply.register
def _(event: ev.NeedWaived, incident: Incident) -> Incident:
    return replace(incident, waived={**incident.waived, event.role: event})


@_apply.register
def _(event: ev.HospitalNamed, incident: Incident) -> Incident:
    return replace(incident, hospital=event)


@_apply.register
def _(event: ev.RemoteSurveyStarted, incident: Incident) -> Incident:
    if incident.open_in(Role.SURVEYOR) or incident.is_surveyed or incident.remote_runs:
        raise IllegalTransition(f"案件 {incident.id} 已有人查勘:先改派。(Somebody surveys it: release them first.)")
    return replace(incident, remote=RemoteSurvey(started=event))


@_apply.register
def _(event: ev.RemoteSurveyEnded, incident: Incident) -> Incident:
    if incident.remote is None or incident.remote.ended is not None:
        raise IllegalTransition(f"案件 {incident.id} 没有进行中的视频查勘。(No survey by video is running.)")
    return replace(incident, remote=replace(incident.remote, ended=event))


def _with(incident: Incident, assignment: Assignment) -> Incident:
    return replace(incident, assignments={**incident.assignments, assignment.id: assignment})


def _expect(incident: Incident, event: ev.AssignmentEvent, *allowed: AssignmentStatus) -> Assignment:
    now = incident.assignment(event.assignment_id)
    if now.status not in allowed:
        wanted = "、".join(s.label for s in allowed)
        raise IllegalTransition(
            f"任务 {now.id} 现在是{now.status.label},只有{wanted}时可以这样做。(Reload and try again.)"
        )
    return now
