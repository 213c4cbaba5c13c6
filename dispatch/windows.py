"""A short window: waiting incidents and units matched together, and what was matched carried out.

A window only proposes. Proposals of one chain depend on one another: they are carried out together or not at all, and
the log refuses them where an incident or a unit has moved on since.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

import numpy as np

from dispatch import events as ev
from dispatch.candidates import eligible
from dispatch.choosing.arrivals import Floats
from dispatch.choosing.matching import Match, match
from dispatch.choosing.scenes import is_pressing, may_be_swapped, scene_of
from dispatch.choosing.situation import NOBODY, Scene, Situation
from dispatch.choosing.soon import Soon, SoonOf, looking_ahead, soon_free
from dispatch.decision import Advice, advice_of
from dispatch.desk import Desk
from dispatch.errors import Conflict
from dispatch.folding import advance
from dispatch.incident import Assignment, Incident
from dispatch.unit import UnitState
from dispatch.vocabulary import Role

SWAPPED = "优化改派"  # the reason of a release that an exchange made


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a window would do with one incident.

    Parameters
    ----------
    incident : Incident
        As it stood.
    role : Role
    chain : int
        Proposals with the same number belong together.
    advice : Advice or None
        Its first option is who should go; None where the incident had better go on waiting.
    ends : Assignment or None
        What is released for it: an exchange.
    gain_s : float
        Seconds of cost an exchange saves over its whole chain; 0 for a plain offer.
    elsewhere : tuple of str
        Name of the nearest unit and the incident it goes to instead; empty where the nearest is not needed elsewhere.
    awaited : Soon or None
        The busy unit for which the incident had better wait.
    """

    incident: Incident
    role: Role
    chain: int
    advice: Advice | None
    ends: Assignment | None = None
    gain_s: float = 0.0
    elsewhere: tuple[str, ...] = ()
    awaited: Soon | None = None

    @property
    def explanation(self) -> str:
        """One Chinese sentence an operator can read aloud."""
        if self.awaited is not None:
            minutes = self.awaited.mean_s / 60
            return f"暂不派单:预计{self.awaited.state.unit.name}约 {minutes:.0f} 分钟后空出,等候更合算。"
        if self.advice is None:
            return "暂不派单:可派人员代价都高于等候,等候下一轮匹配。"
        if self.ends is None:
            nearer = "最近的{}同批派往案件 {};其余人员中,".format(*self.elsewhere) if self.elsewhere else ""
            return nearer + self.advice.explanation
        best, old = self.advice.options[0], self.ends.offer.chosen
        return (
            f"建议换派:{old.unit_name}尚未出发,改由{best.unit_name}前往({best.travel_s / 60:.1f} 分钟),"
            f"连同对调各案合计少 {self.gain_s / 60:.1f} 分钟代价。"
        )

    @property
    def explanation_in_english(self) -> str:
        """The same in English."""
        if self.awaited is not None:
            name, minutes = self.awaited.state.unit.name, self.awaited.mean_s / 60
            return f"Wait: {name} should be free in about {minutes:.0f} min, which costs less than sending anybody now."
        if self.advice is None:
            return "Wait: sending anybody now costs more than waiting for the next window."
        if self.ends is None:
            nearer = "The nearest, {}, goes to {} in this window; of the others: "
            return (nearer.format(*self.elsewhere) if self.elsewhere else "") + self.advice.explanation_in_english
        best, old = self.advice.options[0], self.ends.offer.chosen
        return (
            f"Exchange: {old.unit_name} has not set off, {best.unit_name} goes instead ({best.travel_s / 60:.1f} min); "
            f"all incidents of the exchange together save {self.gain_s / 60:.1f} min of cost."
        )


def propose(desk: Desk, role: Role, now: datetime, *, soon_of: SoonOf = soon_free) -> list[Proposal]:
    """Match every incident that waits for ``role`` with the units that may go, and exchange those that have not set off.

    ``soon_of`` tells who will soon be free, and where; an incident may go on waiting for one of them.
    """
    states = {s.unit.id: s for s in desk.fleet.states(now)}
    incidents = {i.id: i for i in desk.log.open_incidents()}  # read later: each holds all that its units were bound to
    able, refused = eligible(list(states.values()), role, now, desk.policy)
    swappable = _swappable(desk, incidents, states, role, now)
    scenes = [
        _scene(desk, i, role, now, units=states.values(), swapped=swappable.get(i.id))
        for i in incidents.values()
        if i.id in swappable or _is_waiting(desk, i, role)
    ]
    if not scenes:
        return []
    seen = desk.look(scenes, [*able, *swappable.values()], now)
    soon = soon_of(list(states.values()), incidents, role, now, desk.policy) if desk.policy.choosing.soon else []
    ahead = looking_ahead(seen, desk.look(scenes, [u.state for u in soon], now), soon) if soon else seen
    cost = _priced(desk, incidents, ahead, role, now)
    matches = match(ahead, cost, desk.policy.choosing)
    free, shown = len(seen.units), desk.policy.offers.runners_up + 1
    cost = cost[:, :free]
    sent = {m.column: scenes[m.row].incident_id for m in matches if 0 <= m.column < free}

    def proposal(m: Match) -> Proposal:
        incident = incidents[scenes[m.row].incident_id]
        if m.column == NOBODY:
            return Proposal(incident=incident, role=role, chain=m.chain, advice=None)
        if m.column >= free:
            return Proposal(incident=incident, role=role, chain=m.chain, advice=None, awaited=soon[m.column - free])
        nearest = int(seen.travel_s[m.row].argmin())
        return Proposal(
            incident=incident,
            role=role,
            chain=m.chain,
            advice=advice_of(
                seen,
                cost,
                m.row,
                role=role,
                refused=refused,
                rule=desk.priced_by,
                shown=shown,
                first=m.column,
                taken=sent.keys() - {m.column},
            ),
            ends=None if m.before == NOBODY else incident.open_in(role),
            gain_s=m.gain_s,
            elsewhere=(seen.units[nearest].unit.name, sent[nearest]) if nearest in sent.keys() - {m.column} else (),
        )

    return [proposal(m) for m in matches if m.column == NOBODY or m.column != m.before]


def _priced(desk: Desk, incidents: Mapping[str, Incident], s: Situation, role: Role, now: datetime) -> Floats:
    """(i, u) what the rule says; of a tow also how late its vehicle comes to a repair shop."""
    cost = desk.priced_by(s)
    return cost + _to_shops_s(desk, incidents, s, now) if role is Role.TOW_UNIT else cost


def _to_shops_s(desk: Desk, incidents: Mapping[str, Incident], seen: Situation, now: datetime) -> Floats:
    """(i, u) seconds that each tow's vehicle comes later to a shop than it need, as `Towing.jointly` has it for one."""
    extra_s = np.zeros(seen.travel_s.shape)
    for row, scene in enumerate(seen.scenes):
        columns = np.flatnonzero(seen.reached[row])
        etas_s = np.exp(seen.arrivals.log_medians[row, columns]).tolist()
        extra_s[row, columns] = desk.towing.burdens_s(incidents[scene.incident_id], etas_s, now)
    return extra_s


def carry_out(desk: Desk, proposals: Sequence[Proposal], now: datetime, *, by: str = "desk") -> None:
    """Offer what one chain proposes, all or nothing: units are released first, then offered in order of their incidents.

    Raises
    ------
    Conflict
        An incident or a unit has moved on since the window was looked at.
    """
    sent = sorted((p for p in proposals if p.advice is not None), key=lambda p: p.incident.id)
    releases = [(p.incident, [_release(p, p.ends, now, by)]) for p in sent if p.ends is not None]
    freed = {incident.id: reduce(advance, events, incident) for incident, events in releases}
    offers = [(i := freed.get(p.incident.id, p.incident), _offer(desk, i, p.advice, now, by)) for p in sent if p.advice]
    desk.log.append_all([(events, incident.version) for incident, events in (*releases, *offers)])


def accept(
    desk: Desk, incident_id: str, role: Role, now: datetime, *, shown: Collection[str] = (), by: str
) -> list[Incident]:
    """Carry out what is proposed for an incident and what belongs to it; the incidents concerned come back.

    Parameters
    ----------
    shown : collection of str
        The units that whoever decides had before their eyes; nobody else is sent. Empty where nobody says.

    Raises
    ------
    Conflict
        Nothing is proposed for it now, other units than those shown are, or one of them has moved on since.
    UnknownId
        For an incident that is not known.
    """
    desk.incident(incident_id)  # known, and held where the desk holds what it reads
    found = propose(desk, role, now)
    chains = {p.chain for p in found if p.incident.id == incident_id and p.advice is not None}
    if not chains:
        raise Conflict("该案件现无派单建议:请刷新。(Nothing is proposed for this incident now: reload.)")
    together = [p for p in found if p.chain in chains]
    if shown and sorted(shown) != sorted(p.advice.options[0].unit_id for p in together if p.advice):
        raise Conflict("匹配建议已变化,请重新查看。(What is proposed has changed: look again.)")
    carry_out(desk, together, now, by=by)
    return [desk.incident(p.incident.id) for p in together]


def awaited(desk: Desk, role: Role, now: datetime) -> dict[str, Soon]:
    """Incidents that had better wait for a unit soon free than be sent anybody now, by id, each with that unit."""
    return {p.incident.id: p.awaited for p in propose(desk, role, now) if p.awaited is not None}


def run_window(desk: Desk, now: datetime) -> None:
    """Carry a window out for every role for which one is due; a chain that loses a race is left to the next window."""
    for role in Role:
        if is_due(desk, role, now):
            match_role(desk, role, now)


def match_role(desk: Desk, role: Role, now: datetime) -> None:
    """Propose for a role and carry every chain out, due or not; a chain that loses a race is left to the next window."""
    proposals = propose(desk, role, now)
    for chain in dict.fromkeys(p.chain for p in proposals):
        with suppress(Conflict):
            carry_out(desk, [p for p in proposals if p.chain == chain], now)


def is_due(desk: Desk, role: Role, now: datetime) -> bool:
    """Whether somebody pressing waits, or anybody has waited as long as a window lasts."""
    waiting = [i for i in desk.log.open_incidents() if _is_waiting(desk, i, role)]
    window_s = desk.policy.choosing.window_s
    return any(is_pressing(i) or (now - i.reported.at).total_seconds() >= window_s for i in waiting)


def _is_waiting(desk: Desk, incident: Incident, role: Role) -> bool:
    """Whether somebody of ``role`` is still to be found for it."""
    if incident.closed_at is not None or incident.is_with_partner or incident.commitment is None or incident.held:
        return False
    if incident.destination(role) is None:
        return False
    if incident.open_in(role) is not None:
        return False  # the usual case, told quickly
    return role in incident.unanswered_roles or role in desk.open_roles(incident)


def _scene(
    desk: Desk, incident: Incident, role: Role, now: datetime, *, units: Iterable[UnitState], swapped: UnitState | None
) -> Scene:
    plan = desk.plan(incident)
    skills = plan.skills(role)
    barred = incident.refusers | {s.unit.id for s in units if not skills <= s.unit.skills}
    unit_id = swapped.unit.id if swapped else None
    return scene_of(incident, role, now, priority=plan.priority, barred=barred, unit_id=unit_id)


def _swappable(
    desk: Desk, incidents: dict[str, Incident], states: dict[str, UnitState], role: Role, now: datetime
) -> dict[str, UnitState]:
    """By incident: units that have a job in ``role``, have not set off, and could be sent anew if they had none."""
    if not desk.policy.choosing.swaps:
        return {}
    bound = {i.id: a.unit_id for i in incidents.values() if i.location and (a := may_be_swapped(i, role))}
    freed = [replace(states[unit_id], assignment=None) for unit_id in bound.values() if unit_id in states]
    able, _ = eligible(freed, role, now, desk.policy)
    by_id = {s.unit.id: s for s in able}
    return {incident_id: by_id[unit_id] for incident_id, unit_id in bound.items() if unit_id in by_id}


def _release(p: Proposal, ends: Assignment, now: datetime, by: str) -> ev.Event:
    return ev.AssignmentReleased(
        incident_id=p.incident.id, at=now, by=by, assignment_id=ends.id, unit_id=ends.unit_id, reason=SWAPPED
    )


def _offer(desk: Desk, incident: Incident, advice: Advice, now: datetime, by: str) -> list[ev.Event]:
    """The offer, a tow's together with its shop."""
    offer = desk.offer_to(incident, advice, advice.options[0], now, by=by)
    after = advance(incident, offer)
    shop = desk.towing.chosen_for(after, after.assignment(offer.assignment_id), now, by=by)
    return [offer, shop] if shop else [offer]
