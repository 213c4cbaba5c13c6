"""Advice to idle units: where to wait, said in a sentence. Nobody is moved by it; a person reads it or leaves it."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.candidates import eligible
from dispatch.choosing import standby
from dispatch.choosing.cover import covers, expected_cover
from dispatch.desk import Desk
from dispatch.location import Position
from dispatch.ports import one_by_one
from dispatch.unit import UnitState
from dispatch.vocabulary import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class StandbyAdvice:
    """One idle unit that would be worth more at a post.

    Parameters
    ----------
    unit : UnitState
    post : Position
    area : str
        What people call the part of town the post lies in.
    travel_s : float
        Road seconds to the post.
    gain : float
        Share of accidents, 0 to 1, that are covered more with the unit there.
    """

    unit: UnitState
    post: Position
    area: str
    travel_s: float
    gain: float

    @property
    def explanation(self) -> str:
        """One Chinese sentence an operator can read aloud."""
        return (
            f"建议{self.unit.unit.name}到{self.area}驻点待命(约 {self.travel_s / 60:.0f} 分钟):"
            f"全市预期覆盖提高 {100 * self.gain:.1f} 个百分点。"
        )

    @property
    def explanation_in_english(self) -> str:
        """The same in English."""
        return (
            f"{self.unit.unit.name} should wait at the post in {self.area} (about {self.travel_s / 60:.0f} min): "
            f"{100 * self.gain:.1f} points more of the city's expected cover."
        )


@dataclass(frozen=True, slots=True)
class Standby:
    """How well idle units cover the city, and what would cover it better.

    Parameters
    ----------
    cover : float or None
        Expected share of accidents, 0 to 1, for which somebody near enough is free; None where demand is not known.
    advice : tuple of StandbyAdvice
        In the order in which the gains were reckoned; empty with the policy's ``standby`` off.
    """

    cover: float | None
    advice: tuple[StandbyAdvice, ...]


def advise_standby(desk: Desk, role: Role, now: datetime) -> Standby:
    """Advise the idle units of a role to the standby posts of that role, those of units off shift included."""
    choosing = desk.policy.choosing
    states = desk.fleet.states(now)
    idle, _ = eligible(states, role, now, desk.policy)
    if desk.reach is None:
        return Standby(None, ())
    at = [s.fix.position for s in idle if s.fix is not None]
    posts = list(dict.fromkeys(s.unit.standby for s in states if s.unit.role is role))
    here, there = (desk.reach(positions, now) for positions in (at, posts))
    weight = here.weight
    covered, at_posts = (covers(reach, desk.policy)[reach.place] for reach in (here, there))
    share = expected_cover(covered, weight, choosing.busy_share)
    if not choosing.standby:
        return Standby(share, ())
    moves = standby.moves(covered, at_posts, weight, choosing.busy_share, choosing.standby_gain)
    between = desk.travel_between or one_by_one(desk.travel_times)
    seconds = between([at[m.unit] for m in moves], [posts[m.post] for m in moves], now).seconds
    advice = (
        StandbyAdvice(
            unit=idle[m.unit],
            post=posts[m.post],
            area=desk.district_of(posts[m.post]) or "",
            travel_s=float(seconds[k, k]),
            gain=m.gain,
        )
        for k, m in enumerate(moves)
    )
    return Standby(share, tuple(advice))
