"""Who goes, with stored reasons: a ranking that explains itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from dispatch.choosing.arrivals import Floats
from dispatch.choosing.reasons import (
    by_straight_line,
    by_straight_line_in_english,
    say_probability,
    why,
    why_in_english,
)
from dispatch.choosing.rules import Rule, name_of, ranked
from dispatch.choosing.situation import Situation
from dispatch.errors import Conflict, InvalidInput, UnknownId
from dispatch.events import Candidate, RefusedUnit, UnitOffered
from dispatch.incident import Incident
from dispatch.ports import is_straight_line
from dispatch.vocabulary import Refusal, Role, Skill, count_reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A ranking for one incident and role; ``options[0]`` is the advice, none when nobody can go."""

    role: Role
    options: tuple[Candidate, ...]
    refused: tuple[RefusedUnit, ...]
    rule: str
    metric: str

    def without(self, taken: Candidate) -> "Advice":
        """The same advice after ``taken`` went to somebody else."""
        gone = RefusedUnit(unit_id=taken.unit_id, unit_name=taken.unit_name, reason=Refusal.BUSY)
        left = tuple(c for c in self.options if c.unit_id != taken.unit_id)
        return replace(self, options=left, refused=(*self.refused, gone))

    def in_order(self, unit_ids: Sequence[str]) -> "Advice":
        """The same advice with its options in another order, which names all of them."""
        by_id = {c.unit_id: c for c in self.options}
        return replace(self, options=tuple(by_id[unit_id] for unit_id in unit_ids))

    @property
    def explanation(self) -> str:
        """One Chinese sentence an operator can read aloud."""
        if is_straight_line(self.metric) and self.options:
            return by_straight_line(self.options)
        return explain(self.role, self.options, self.refused)

    @property
    def explanation_in_english(self) -> str:
        """The same in English; empty when nobody can go."""
        if is_straight_line(self.metric) and self.options:
            return by_straight_line_in_english(self.options)
        return explain_in_english(self.options)


def choose(
    situation: Situation,
    rule: Rule,
    *,
    role: Role,
    refused: Sequence[RefusedUnit],
    shown: int,
    wanted: str | None = None,
) -> Advice:
    """Rank those who may go to the only incident of a situation.

    Parameters
    ----------
    situation : Situation
        With one row.
    rule : Rule
    role : Role
    refused : sequence of RefusedUnit
        Those already refused; whom no road leads from joins them.
    shown : int
        How many of the best are written out; the nearest by road is always among them.
    wanted : str or None
        A unit that is written out, wherever it stands.

    Returns
    -------
    Advice
    """
    cost = rule(situation)
    return advice_of(situation, cost, 0, role=role, refused=refused, rule=rule, shown=shown, wanted=wanted)


def advice_of(
    situation: Situation,
    cost: Floats,
    row: int,
    *,
    role: Role,
    refused: Sequence[RefusedUnit],
    rule: Rule,
    shown: int,
    wanted: str | None = None,
    first: int | None = None,
    taken: Collection[int] = (),
) -> Advice:
    """Write out the ranking of one row.

    ``first`` is the column that stands before all others, the rule's best else; ``taken`` are columns that go elsewhere.
    """
    order = [c for c in ranked(situation, cost, row) if c not in taken]
    if first is not None:
        order.remove(first)
        order.insert(0, first)
    nearest = min(order, key=situation.travel_s[row].tolist().__getitem__, default=None)
    named = [c for c in order if situation.units[c].unit.id == wanted] if wanted is not None else []
    columns = list(dict.fromkeys([*order[:shown], *([] if nearest is None else [nearest]), *named]))
    cut_off = [(c, Refusal.UNREACHABLE) for c in np.flatnonzero(~situation.reached[row]).tolist() if c not in taken]
    gone = [(c, Refusal.BUSY) for c in sorted(taken)]
    others = [
        RefusedUnit(unit_id=situation.units[c].unit.id, unit_name=situation.units[c].unit.name, reason=reason)
        for c, reason in (*cut_off, *gone)
    ]
    return Advice(
        role=role,
        options=tuple(situation.candidates(row, columns, cost)),
        refused=(*refused, *others),
        rule=name_of(rule),
        metric=situation.metric,
    )


def explain(role: Role, options: Sequence[Candidate], refused: Sequence[RefusedUnit]) -> str:
    """Say a ranking in one Chinese sentence."""
    if not options:
        return f"没有可派的{role.label}:{count_reasons(r.reason for r in refused) or '名册中没有此类单元'}。"
    best, *others = options
    nearest = _nearest(options)
    if nearest is not best:
        return why(best, nearest)
    sentence = (
        f"{best.unit_name}道路时间最短({best.travel_s / 60:.1f} 分钟),按时到场概率 {say_probability(best.p_kept)}"
    )
    return sentence + (f";其次{_say(others[0])}。" if others else "。")


def explain_in_english(options: Sequence[Candidate]) -> str:
    """Say a ranking in one English sentence; empty where nobody can go."""
    if not options:
        return ""
    best, nearest = options[0], _nearest(options)
    if nearest is not best:
        return why_in_english(best, nearest)
    return f"{best.unit_name} is nearest by road ({best.travel_s / 60:.1f} min), in time with {say_probability(best.p_kept)}."


def explain_offer(offer: UnitOffered) -> str:
    """Say why a unit was offered the job: the rule's choice, or an operator's."""
    if is_straight_line(offer.metric):
        said = by_straight_line([offer.chosen])
        return f"调度员指定,原因:{offer.override_reason};{said}" if offer.override_reason else said
    if not offer.override_reason:
        return explain(offer.role, [offer.chosen, *offer.runners_up], offer.refused)
    advised = f";系统推荐{_say(offer.runners_up[0])}" if offer.runners_up else ""
    return f"调度员指定{_say(offer.chosen)},原因:{offer.override_reason}{advised}。"


def pick(advice: Advice, unit_id: str | None, reason: str) -> Candidate:
    """The advised unit, or the one an operator names with a reason; raises where nobody can go or that one cannot."""
    if not advice.options and unit_id is None:
        raise Conflict(advice.explanation)
    if unit_id is None:
        return advice.options[0]
    chosen = next((c for c in advice.options if c.unit_id == unit_id), None)
    if chosen is None:
        why = next((r.reason.label for r in advice.refused if r.unit_id == unit_id), None)
        if why is None:
            raise UnknownId(f"{unit_id!r} 不在名册或角色不符。(No such unit in this role: see /v1/units.)")
        raise Conflict(f"{unit_id} 不能派:{why}。(This unit cannot go: choose another.)")
    if chosen is not advice.options[0] and not reason.strip():
        raise InvalidInput("选择非推荐单元须填写原因。(Choosing another unit needs a reason.)")
    return chosen


def offer_event(
    incident: Incident,
    advice: Advice,
    chosen: Candidate,
    now: datetime,
    *,
    runners_up: int,
    skills: Collection[Skill] = (),
    reason: str = "",
    by: str = "desk",
) -> UnitOffered:
    """The offer of a job to ``chosen``, with the decision it came from; the nearest by road is stored with it."""
    others = [c for c in advice.options if c.unit_id != chosen.unit_id]
    kept = [replace(c, forecast=None) for c in others[:runners_up]]
    nearest = min(others, key=lambda c: c.travel_s, default=None)
    if nearest is not None and nearest.unit_id not in {c.unit_id for c in kept}:
        kept.append(replace(nearest, forecast=None))
    return UnitOffered(
        incident_id=incident.id,
        at=now,
        by=by,
        assignment_id=f"{incident.id}-{len(incident.assignments) + 1}",
        unit_id=chosen.unit_id,
        role=advice.role,
        eta_at=now + timedelta(seconds=chosen.eta_s),
        p_kept=chosen.p_kept,
        chosen=chosen,
        runners_up=tuple(kept),
        refused=advice.refused,
        rule=advice.rule,
        metric=advice.metric,
        override_reason=reason if chosen.unit_id != advice.options[0].unit_id else "",
        skills=tuple(sorted(skills)),
    )


def _nearest(options: Sequence[Candidate]) -> Candidate:
    """The nearest by road of those written out; the first of equals."""
    return min(options, key=lambda c: c.travel_s)


def _say(c: Candidate) -> str:
    return f"{c.unit_name}({c.travel_s / 60:.1f} 分钟,{say_probability(c.p_kept)})"
