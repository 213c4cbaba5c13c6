"""The rules that are compared, and how each is put to work in a simulated day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from dispatch.choosing.soon import Soon, soon_free
from dispatch.desk import Desk
from dispatch.errors import Conflict
from dispatch.incident import Incident
from dispatch.journey import CRUISE_MPS
from dispatch.location import distance_m
from dispatch.policy.policy import TERMS, Policy
from dispatch.simulation.dispatcher import FollowAdvice
from dispatch.simulation.engine import Simulation
from dispatch.standby import advise_standby
from dispatch.unit import Fix, UnitState
from dispatch.vocabulary import Role
from dispatch.windows import carry_out, propose

STANDBY_EVERY_S = 120.0  # idle units are advised so often at most
AGAIN_S = 30.0  # what waits is looked at again so often


@dataclass(frozen=True, slots=True)
class Variant:
    """A rule with its parts.

    Parameters
    ----------
    name : str
    choosing : mapping
        Keys of the policy's section ``[choosing]`` that differ from the policy file.
    matched : bool
        Incidents and units are matched together in windows; else each incident is decided when it is its turn, the one due first
        before the others.
    window_s : float
        Of the windows; 0 decides at once.
    standby : bool
        Idle units follow the advice where to wait; else they wait at their own posts.
    """

    name: str
    choosing: Mapping[str, Any] = field(default_factory=dict)
    matched: bool = False
    window_s: float = 0.0
    standby: bool = False

    def policy(self, base: Policy) -> Policy:
        """The policy file with what differs."""
        return replace(base, choosing=replace(base.choosing, **self.choosing))


class Dispatchers:
    """Carries a variant out; called whenever there may be something to decide."""

    def __init__(self, simulation: Simulation, variant: Variant, *, posted: bool) -> None:
        self._simulation, self._variant, self._posted = simulation, variant, posted
        self._one_by_one = FollowAdvice(simulation.waiting, simulation.free)
        self._advised_at: datetime | None = None
        self._again_at: datetime | None = None

    def __call__(self, desk: Desk, now: datetime) -> None:
        """Decide what waits, then advise who is idle."""
        if self._simulation.waiting or self._variant.matched:
            self._decide(desk, now)
        if self._variant.standby and not self._posted:
            self._advise(desk, now)
        lasts = self._posted or self._variant.matched
        if lasts and self._simulation.waiting and (self._again_at is None or self._again_at <= now):
            self._again_at = now + timedelta(seconds=AGAIN_S)
            self._simulation.agenda.add(self._again_at, lambda at: self(desk, at))

    def _decide(self, desk: Desk, now: datetime) -> None:
        if not self._variant.matched:
            self._one_by_one(desk, now)
            return
        proposals = propose(desk, Role.SURVEYOR, now, soon_of=self._at_posts if self._posted else soon_free)
        for chain in dict.fromkeys(p.chain for p in proposals):
            try:
                carry_out(desk, [p for p in proposals if p.chain == chain], now)
            except Conflict:
                continue  # somebody has moved on: the next window sees to it

    def _at_posts(
        self, states: Sequence[UnitState], incidents: Mapping[str, Incident], role: Role, now: datetime, policy: Policy
    ) -> list[Soon]:
        """Who will soon be free where units answer from their posts only: the drive home is added."""
        homeward = [
            s for s in states if s.unit.role is role and s.assignment is None and s.fix is None and s.on_duty(now)
        ]
        free = [Soon(s, 0.0, 0.0) for s in homeward if s.unit.shift.left_s(now) > policy.duty.last_offer_s]
        found = []
        for soon in (*soon_free(states, incidents, role, now, policy), *free):
            unit, fix = soon.state.unit, soon.state.fix
            at = fix.position if fix else self._simulation.whereabouts.position(unit.id, now)
            home = Fix(unit_id=unit.id, position=unit.standby, at=now)
            home_s = distance_m(at, unit.standby) / CRUISE_MPS
            found.append(replace(soon, state=replace(soon.state, fix=home), mean_s=soon.mean_s + home_s))
        return sorted(found, key=lambda soon: soon.state.unit.id)

    def _advise(self, desk: Desk, now: datetime) -> None:
        if self._advised_at is not None and now - self._advised_at < timedelta(seconds=STANDBY_EVERY_S):
            return
        self._advised_at = now
        for advice in advise_standby(desk, Role.SURVEYOR, now).advice:
            self._simulation.send(advice.unit.unit.id, advice.post, now)


ROAD = Variant("closest by road", {"rule": "nearest_by_road"})
BASELINES = (
    Variant("closest by straight line", {"rule": "nearest_in_a_straight_line"}),
    Variant("DMEXCLP: whom to send", {"rule": "least_cover_lost"}),
    Variant("closest by road, DMEXCLP standby", {"rule": "nearest_by_road"}, standby=True),
)
OURS = Variant("ours", matched=True, window_s=20.0)
OURS_MOVING = replace(OURS, name="ours, and standby moves", standby=True)
PARTS = ("nearness", "lateness", "late", "priority", "fairness", "cover", "windows", "swaps", "soon")
ALONE = ("lateness", "late", "fairness", "cover", "windows", "swaps", "soon", "standby")

MISJUDGED = tuple(
    replace(OURS, name=f"ours, surveys held to take {minutes} min", choosing={"on_scene_median_s": 60.0 * minutes})
    for minutes in (15, 33)
)  # they take 22 min in the median


def without(part: str) -> Variant:
    """Ours with one part off; without windows there are neither exchanges nor units awaited."""
    if part == "windows":
        return replace(OURS, name="without windows", matched=False, window_s=0.0)
    if part in TERMS:
        return _changed(OURS, f"without {part}", terms=tuple(t for t in TERMS if t != part))
    return _changed(OURS, f"without {part}", **{part: False})


def only(part: str) -> Variant:
    """The expected arrival, and one part beside it."""
    plain = Variant("", {"terms": ("nearness",), "swaps": part == "swaps", "soon": part == "soon"})
    if part in TERMS:
        return _changed(plain, f"only {part}", terms=("nearness", part))
    matched = part in ("windows", "swaps", "soon")
    return replace(
        plain, name=f"only {part}", matched=matched, window_s=20.0 if matched else 0.0, standby=part == "standby"
    )


def _changed(variant: Variant, name: str, **keys: Any) -> Variant:
    return replace(variant, name=name, choosing={**variant.choosing, **keys})
