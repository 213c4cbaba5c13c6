"""Who goes, with stored reasons: a rule ranks, the ranking explains itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
import numpy.typing as npt

from dispatch.arrival import Forecast, forecast_arrival, forecast_in_scenarios
from dispatch.events import Candidate, RefusedUnit, UnitOffered
from dispatch.policy import ArrivalModel
from dispatch.unit import UnitState
from dispatch.vocabulary import Refusal, Role

Floats = npt.NDArray[np.float64]
Rule = Callable[[Sequence[Candidate]], list[Candidate]]


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
        return explain(self.role, self.options, self.refused)


def nearest_by_road(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Rank by road travel time, unit id breaking ties."""
    return sorted(candidates, key=lambda c: (c.travel_s, c.unit_id))


def weigh(
    state: UnitState,
    travel_s: float,
    time_left_s: float,
    model: ArrivalModel,
    uncertainty_m: float = 0.0,
    hour_log_sd: float | None = None,
    scenario_s: Floats | None = None,
    scenario_log_sd: float | None = None,
) -> Candidate:
    """Turn a travel time into a candidate with arrival times and the probability of keeping the commitment.

    ``scenario_s`` are the seconds of the trip in scenarios that a typical trip scatters over by ``scenario_log_sd``; nan
    where there are none.
    """
    forecast: Forecast
    if scenario_s is None or scenario_log_sd is None or np.isnan(scenario_s).any():
        forecast = forecast_arrival(travel_s, model, uncertainty_m=uncertainty_m, hour_log_sd=hour_log_sd)
    else:
        forecast = forecast_in_scenarios(
            scenario_s, scenario_log_sd, travel_s, model, uncertainty_m=uncertainty_m, hour_log_sd=hour_log_sd
        )
    return Candidate(
        unit_id=state.unit.id,
        unit_name=state.unit.name,
        simulated=state.unit.simulated,
        travel_s=travel_s,
        eta_s=forecast.median_s,
        eta_p90_s=forecast.quantile_s(0.9),
        p_kept=forecast.p_within(time_left_s),
    )


def choose(
    able: Sequence[UnitState],
    travel_s: Sequence[float],
    *,
    role: Role,
    refused: Sequence[RefusedUnit],
    time_left_s: float,
    model: ArrivalModel,
    uncertainty_m: float = 0.0,
    metric: str,
    hour_log_sd: float | None = None,
    scenario_s: Floats | None = None,
    scenario_log_sd: float | None = None,
    rule: Rule = nearest_by_road,
) -> Advice:
    """Weigh those who may go and rank them.

    Parameters
    ----------
    able : sequence of UnitState
    travel_s : sequence of float
        Road seconds, one per unit; inf where no road leads, which refuses the unit.
    role : Role
    refused : sequence of RefusedUnit
        Those already refused.
    time_left_s : float
        Until the commitment is due; negative once overdue.
    model : ArrivalModel
    uncertainty_m : float
        Of the scene.
    metric : str
        Names the weights that gave ``travel_s``.
    hour_log_sd : float or None
        Spread of road speeds in this hour; see `dispatch.ports.TravelTimes`.
    scenario_s, scenario_log_sd
        The same trips in scenarios, one row a unit; see `dispatch.ports.TravelTimes`.
    rule : callable
        Ranks candidates; swappable.

    Returns
    -------
    Advice
    """
    rows: Sequence[Floats | None] = [None] * len(able) if scenario_s is None else list(scenario_s)
    weighed = [
        weigh(s, t, time_left_s, model, uncertainty_m, hour_log_sd, row, scenario_log_sd)
        for s, t, row in zip(able, travel_s, rows, strict=True)
        if isfinite(t)
    ]
    cut_off = [
        RefusedUnit(unit_id=s.unit.id, unit_name=s.unit.name, reason=Refusal.UNREACHABLE)
        for s, t in zip(able, travel_s, strict=True)
        if not isfinite(t)
    ]
    return Advice(
        role=role,
        options=tuple(rule(weighed)),
        refused=(*refused, *cut_off),
        rule=getattr(rule, "__name__", str(rule)),
        metric=metric,
    )


def explain(role: Role, options: Sequence[Candidate], refused: Sequence[RefusedUnit]) -> str:
    """Say a ranking in one Chinese sentence."""
    if not options:
        return f"没有可派的{role.label}:{_count_reasons(refused) or '名册中没有此类单元'}。"
    best, *others = options
    sentence = (
        f"{best.unit_name}道路时间最短({best.travel_s / 60:.1f} 分钟),按时到场概率 {say_probability(best.p_kept)}"
    )
    return sentence + (f";其次{_say(others[0])}。" if others else "。")


def explain_offer(offer: UnitOffered) -> str:
    """Say why a unit was offered the job: the rule's choice, or an operator's."""
    if not offer.override_reason:
        return explain(offer.role, [offer.chosen, *offer.runners_up], offer.refused)
    advised = f";系统推荐{_say(offer.runners_up[0])}" if offer.runners_up else ""
    return f"调度员指定{_say(offer.chosen)},原因:{offer.override_reason}{advised}。"


def say_probability(p: float) -> str:
    """A probability in per cent, never as certain as 0 or 100."""
    return "<1%" if p < 0.01 else ">99%" if p > 0.99 else f"{p:.0%}"


def _say(c: Candidate) -> str:
    return f"{c.unit_name}({c.travel_s / 60:.1f} 分钟,{say_probability(c.p_kept)})"


def _count_reasons(refused: Sequence[RefusedUnit]) -> str:
    counts: dict[Refusal, int] = {}
    for unit in refused:
        counts[unit.reason] = counts.get(unit.reason, 0) + 1
    return ",".join(f"{reason.label} {n}" for reason, n in counts.items())
