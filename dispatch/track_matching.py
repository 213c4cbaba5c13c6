"""What the roads say of a track: the port of map matching, and the words for what a track proves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.location import Position
from dispatch.unit import Fix
from dispatch.vocabulary import Labelled


class ArrivalEvidence(Labelled):
    """What the track says of a claimed arrival."""

    CONFIRMED = "confirmed", "轨迹已核实"
    UNCONFIRMED = "unconfirmed", "无轨迹证据"
    CONTRADICTED = "contradicted", "轨迹不符"


class Carriageway(Labelled):
    """On which side of a divided road a unit stood, against the side the scene is known to be on."""

    RIGHT = "right", "同侧车道"
    OPPOSITE = "opposite", "对向车道"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedFix:
    """The place on the road of one fix.

    Parameters
    ----------
    position : Position
    offset_m : float
        From the fix to it.
    heading_deg : float
        Degrees from north that its carriageway leads.
    p : float
        How sure road and direction are, 0 to 1.
    divided : bool
        Whether it is one carriageway of a divided road.
    fast : bool
        Whether it is a motorway or trunk road, which nobody crosses on foot.
    """

    position: Position
    offset_m: float
    heading_deg: float
    p: float
    divided: bool
    fast: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedTrack:
    """A track on the roads, one entry a fix; None for a fix that names no road. ``confidence`` is from 0 to 1."""

    fixes: tuple[MatchedFix | None, ...]
    confidence: float


class MatchTrack(Protocol):
    """Finds the roads that a unit drove."""

    def __call__(self, track: Sequence[Fix]) -> MatchedTrack:
        """Match the fixes of one unit, in any order; raises `Unavailable` where that cannot be done now."""
        ...
