"""One accident, folded from its events; nothing here is stored anywhere else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from dispatch import events as ev
from dispatch.caller import CallerSide
from dispatch.capture import Capture
from dispatch.claim import Claim
from dispatch.errors import UnknownId
from dispatch.location import Position
from dispatch.partner import PartnerService
from dispatch.vocabulary import (
    AssignmentStatus,
    IncidentStatus,
    NeedStatus,
    RiskKind,
    Role,
    Tier,
    Zone,
    pressing_first,
)

UNANSWERED = "无应答"  # the reason of a release that the desk made because nobody answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One unit bound to one incident in one role; each time is None until it happened.

    ``captures`` says of each step that a phone captured what it claimed, by the status the step led to.
    ``metric`` is what the times behind ``eta_at`` and ``p_kept`` were worked out with, or the kind of day it begins with.
    """

    id: str
    unit_id: str
    role: Role
    status: AssignmentStatus
    offer: ev.UnitOffered
    eta_at: datetime
    p_kept: float
    metric: str
    offered_at: datetime
    accepted_at: datetime | None = None
    departed_at: datetime | None = None
    claimed_at: datetime | None = None
    claimed_from: Position | None = None
    confirmed_at: datetime | None = None
    confirmed: ev.ArrivalConfirmed | None = None
    contradicted: ev.ArrivalContradicted | None = None
    delivered_at: datetime | None = None
    cleared_at: datetime | None = None
    ended_reason: str = ""
    ended_at: datetime | None = None
    replacement: ev.ReplacementProposed | None = None
    captures: dict[AssignmentStatus, Capture] = field(default_factory=dict)

    @property
    def last_step_at(self) -> datetime:
        """When the latest step of the unit counted; the offer where it has not answered."""
        return self.cleared_at or self.claimed_at or self.departed_at or self.accepted_at or self.offered_at

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
    tow's assignment; ``partner`` serves an incident in another city; ``hospital_told`` is a hospital whose place is still
    to be asked. ``photos`` and ``surveys`` (the forms filled in on the scene) are by their sha256, as they arrived.
    ``claim`` and ``caller`` go on after it is closed. While it is ``held`` nobody is sent; ``hold_ended`` says how the last
    hold came to its end. ``closed`` says why it was closed, None while open or merged. ``foreseen`` is the forecast made when
    the place became known, None where none was made.
    """

    id: str
    version: int
    reported: ev.IncidentReported
    location: ev.IncidentLocated | None = None
    commitment: ev.CommitmentMade | None = None
    assignments: dict[str, Assignment] = field(default_factory=dict)
    closed_at: datetime | None = None
    closed: ev.IncidentClosed | None = None
    held: ev.IncidentHeld | None = None
    hold_ended: ev.HoldEnded | None = None
    merged_into: str | None = None
    duplicates: dict[str, ev.DuplicateJoined] = field(default_factory=dict)
    apart_from: frozenset[str] = frozenset()
    shops: dict[str, ev.RepairShopChosen] = field(default_factory=dict)
    partner: PartnerService | None = None
    tier_change: ev.TierChanged | None = None
    ruled_on: frozenset[str] = frozenset()
    waived: dict[Role, ev.NeedWaived] = field(default_factory=dict)
    hospital: ev.HospitalNamed | None = None
    hospital_told: ev.HospitalTold | None = None
    remote: RemoteSurvey | None = None
    raised: tuple[ev.RiskRaised, ...] = ()
    claim: Claim = field(default_factory=Claim)
    caller: CallerSide = field(default_factory=CallerSide)
    photos: dict[str, ev.PhotoTaken] = field(default_factory=dict)
    surveys: dict[str, ev.SceneSurveyed] = field(default_factory=dict)
    foreseen: ev.ArrivalForeseen | None = None

    @property
    def waits_for_surveyor(self) -> bool:
        """Whether a surveyor is wanted and none is bound: none has been there, none surveys by video, nobody waived it."""
        served = self.is_surveyed or self.remote_runs or Role.SURVEYOR in self.waived
        return not served and self.open_in(Role.SURVEYOR) is None

    @property
    def risks(self) -> list[ev.RiskRaised]:
        """What is amiss still: alarms raised and not cleared whose assignment is on its way, or whose role nobody fills."""
        going = {a.id for a in self.open_assignments if a.status is not AssignmentStatus.ON_SCENE}
        return [r for r in self.raised if (self._lacks(r) if r.assignment_id is None else r.assignment_id in going)]

    def _lacks(self, raised: ev.RiskRaised) -> bool:
        """Whether an alarm that nobody is assigned may still be true."""
        if self.closed_at is not None:
            return False
        if raised.risk is RiskKind.NOBODY_NEEDED:
            return not self.open_assignments and not self.waits_for_surveyor
        if raised.role is Role.SURVEYOR:
            return self.waits_for_surveyor
        return raised.role not in self.waived and self.open_in(raised.role) is None

    def is_left_over(self, needs: Iterable[NeedStatus]) -> bool:
        """Whether every need was waived while nobody served any: nothing is left to do, and only a person may close it.

        Nobody having come is a broken promise unless somebody says why it is none, so it does not close by itself.
        """
        idle = not (self.open_assignments or self.remote_runs or self.unanswered_roles or self.is_surveyed)
        return idle and all(status is NeedStatus.WAIVED for status in needs)

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
    def survey(self) -> ev.SceneSurveyed | None:
        """The survey form as it was last corrected; None where none has arrived."""
        return next(reversed(self.surveys.values()), None)

    @property
    def proposed_tiers(self) -> tuple[Tier, ...] | None:
        """The tiers it would have by its survey form, which tells of injuries: for a person to decide, who has not yet.

        None where nothing is proposed.
        """
        last = self.survey
        if last is None or not last.report.injured or Tier.INJURY in self.tiers:
            return None
        same = takewhile(lambda e: e.report.injured == last.report.injured, reversed(self.surveys.values()))
        told_at = min(e.at for e in same)  # a correction of something else asks nobody again
        ruled = self.tier_change is not None and self.tier_change.at >= told_at
        return None if ruled else pressing_first((*self.tiers, Tier.INJURY))

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
        """Where a unit of ``role`` goes: the specialist to the hospital where one is known, all others to the scene.

        None while there is no place, and for the specialist while it is still to be asked which hospital was meant.
        """
        if role is not Role.SPECIALIST:
            return self.location
        return None if self.hospital_told else self.hospital or self.location

    @property
    def question(self) -> str:
        """What to ask the caller of the place; empty when nothing is open."""
        return self.location.question if self.location else self.reported.question

    def is_to_deliver(self, assignment: Assignment) -> bool:
        """Whether it is a tow on scene that is still to bring the vehicle to a repair shop."""
        to_shop = assignment.id in self.shops and assignment.delivered_at is None
        return to_shop and assignment.status is AssignmentStatus.ON_SCENE

    def next_stop(self, assignment: Assignment) -> Position | None:
        """Where the unit of an assignment is to drive next: a tow on scene to the repair shop, others to their destination.

        None once the assignment has ended, and while there is no place yet.
        """
        if not assignment.status.is_open:
            return None
        chosen = self.shops.get(assignment.id)
        if chosen is not None and assignment.status is AssignmentStatus.ON_SCENE:
            return chosen.shop.position
        destination = self.destination(assignment.role)
        return destination.position if destination else None

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
    def surveyed_at(self) -> datetime | None:
        """When the survey took place: on scene, by video, or taken off by a person; None while it is to come."""
        served_at = self.arrived_at or (self.partner.cleared_at if self.partner else None)
        if served_at is not None:
            return served_at
        if self.remote is not None and self.remote.ended is not None and self.remote.completed:
            return self.remote.ended.at
        waived = self.waived.get(Role.SURVEYOR)
        return waived.at if waived else None

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
        if self.held is not None:
            return IncidentStatus.HELD
        return IncidentStatus.WAITING if self.location else IncidentStatus.UNLOCATED
