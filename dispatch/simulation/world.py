"""How simulated people and roads behave (模拟): assumptions, drawn by name, hidden from the desk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from dispatch.location import Position, distance_m
from dispatch.simulation.draws import Draws
from dispatch.simulation.traffic import Traffic, Trip
from dispatch.vocabulary import Role, Tier

WORK_BY_TIER: Mapping[Tier, float] = MappingProxyType(
    {Tier.MINOR: 0.7, Tier.MULTI_VEHICLE: 1.5, Tier.HEAVY_LOSS: 1.8, Tier.EXPRESSWAY: 1.2, Tier.INJURY: 1.4}
)  # against an ordinary incident
HURRY_BY_TIER: Mapping[Tier, float] = MappingProxyType({Tier.INJURY: 0.8, Tier.GREEN_CHANNEL: 0.8})  # of turnout


class World(Protocol):
    """What simulated units meet; every answer follows from its arguments alone."""

    def answer_s(self, incident_id: str, unit_id: str) -> float | None:
        """Seconds until the unit answers an offer; None when it never does."""
        ...

    def declines(self, incident_id: str, unit_id: str) -> bool:
        """Whether the answer is no."""
        ...

    def turnout_s(self, tier: Tier, incident_id: str, unit_id: str) -> float:
        """Seconds from yes to wheels turning."""
        ...

    def trip_s(self, trip: Trip) -> float:
        """Seconds a trip takes."""
        ...

    def search_s(self, stated: Position, scene: Position) -> float:
        """Seconds from the stated place to the true one."""
        ...

    def work_s(self, tier: Tier, role: Role, incident_id: str) -> float:
        """Seconds on scene; for a tow unit those of loading the vehicle."""
        ...

    def needs_tow(self, incident_id: str) -> bool:
        """Whether the vehicle cannot drive."""
        ...


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Medians in seconds with log-sds; shares from 0 to 1. Assumptions, not findings."""

    answer_s: float = 12.0
    answer_log_sd: float = 0.4
    turnout_s: float = 80.0
    turnout_log_sd: float = 0.5
    on_scene_s: float = 1320.0
    on_scene_log_sd: float = 0.4
    loading_s: float = 900.0
    loading_log_sd: float = 0.3
    search_mps: float = 5.0
    p_silent: float = 0.02
    p_decline: float = 0.04
    p_tow: float = 0.25


@dataclass(frozen=True, slots=True)
class HiddenWorld:
    """The usual `World`.

    Parameters
    ----------
    traffic : Traffic
    draws : Draws
    behaviour : Behaviour
    """

    traffic: Traffic
    draws: Draws
    behaviour: Behaviour = field(default_factory=Behaviour)

    def answer_s(self, incident_id: str, unit_id: str) -> float | None:
        """Seconds until the unit answers an offer; None when it never does."""
        b = self.behaviour
        if self.draws.uniform("silent", incident_id, unit_id) < b.p_silent:
            return None
        return self.draws.lognormal(b.answer_s, b.answer_log_sd, "answer", incident_id, unit_id)

    def declines(self, incident_id: str, unit_id: str) -> bool:
        """Whether the answer is no."""
        return self.draws.uniform("decline", incident_id, unit_id) < self.behaviour.p_decline

    def turnout_s(self, tier: Tier, incident_id: str, unit_id: str) -> float:
        """Seconds from yes to wheels turning."""
        b = self.behaviour
        seconds = self.draws.lognormal(b.turnout_s, b.turnout_log_sd, "turnout", incident_id, unit_id)
        return seconds * HURRY_BY_TIER.get(tier, 1.0)

    def trip_s(self, trip: Trip) -> float:
        """Seconds a trip takes; see `Traffic.trip_s`."""
        return self.traffic.trip_s(trip)

    def search_s(self, stated: Position, scene: Position) -> float:
        """Seconds from the stated place to the true one."""
        return distance_m(stated, scene) / self.behaviour.search_mps if stated != scene else 0.0

    def work_s(self, tier: Tier, role: Role, incident_id: str) -> float:
        """Seconds on scene, the same whoever works; for a tow unit those of loading the vehicle."""
        b = self.behaviour
        if role is Role.TOW_UNIT:
            return self.draws.lognormal(b.loading_s, b.loading_log_sd, "loading", incident_id)
        seconds = self.draws.lognormal(b.on_scene_s, b.on_scene_log_sd, "work", incident_id, role.value)
        return seconds * WORK_BY_TIER.get(tier, 1.0)

    def needs_tow(self, incident_id: str) -> bool:
        """Whether the vehicle cannot drive."""
        return self.draws.uniform("tow", incident_id) < self.behaviour.p_tow
