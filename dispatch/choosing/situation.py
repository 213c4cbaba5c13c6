"""What a decision is made on: incidents as rows, units as columns, in arrays; nothing here decides."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dispatch.choosing.arrivals import Arrivals, Floats, forecast_arrivals
from dispatch.choosing.cover import covers, last_adds, missed_in
from dispatch.events import SHARES, Candidate, StatedForecast
from dispatch.location import EARTH_RADIUS_M, Position
from dispatch.policy.policy import Policy
from dispatch.ports import Reach, TravelTable, TravelTimes
from dispatch.prediction.fitted import Fitted
from dispatch.prediction.predictor import Conditions
from dispatch.unit import UnitState

NOBODY = -1
MEDIAN, P90 = SHARES.index(0.5), SHARES.index(0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An incident as a decision sees it.

    Parameters
    ----------
    incident_id : str
    position : Position
    uncertainty_m : float
    time_left_s : float
        Until the commitment is due; negative once overdue.
    waited_s : float
        Since the report.
    priority : float
        1 for most; how many times a second of it counts.
    unit_id : str or None
        Whom it has now, where that unit has not set off.
    barred : collection of str
        Units that may not go to it, e.g. because they declined.
    """

    incident_id: str
    position: Position
    uncertainty_m: float
    time_left_s: float
    waited_s: float = 0.0
    priority: float = 1.0
    unit_id: str | None = None
    barred: Collection[str] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Cover:
    """Which unit covers what.

    Parameters
    ----------
    covered : (k, c) float64
        1 where a unit at a place covers the cell, else 0.
    place : (u,) int
        Row of the place each unit is at.
    last : (c,) float64
        Share of accidents that the last of the units there adds to the expected cover of a cell.
    area : tuple of str
        Of each cell; see `Reach`.
    """

    covered: Floats
    place: npt.NDArray[np.intp]
    last: Floats
    area: tuple[str, ...]

    @property
    def loss(self) -> Floats:
        """(u,) share of accidents, 0 to 1, that nobody would be near for if the unit left."""
        return np.asarray((self.covered @ self.last)[self.place])


@dataclass(frozen=True, eq=False, kw_only=True)
class Situation:
    """Waiting incidents (rows) and units that may go (columns, by id) in one role, at one moment.

    Parameters
    ----------
    scenes : tuple of Scene
    units : tuple of UnitState
    travel_s : (i, u) float64
        Road seconds; inf where no road leads or the unit may not go there.
    arrivals : Arrivals
    time_left_s, waited_s, priority : (i,) float64
        See `Scene`.
    jobs : (u,) float64
        How many each unit has taken lately.
    cover_loss : (u,) float64
        Share of accidents, 0 to 1, that nobody would be near for if the unit left; 0 where cover is not known.
    cover : Cover or None
        Where that loss would be; None where it is not known.
    fitted : Fitted
        What the arrivals were forecast with.
    conditions : Conditions or None
        Under which; None where nobody asked.
    current : (i,) int
        Column of the unit an incident has now, `NOBODY` where it has none.
    metric : str
        Names the weights that gave ``travel_s``.
    """

    scenes: tuple[Scene, ...]
    units: tuple[UnitState, ...]
    travel_s: Floats
    arrivals: Arrivals
    time_left_s: Floats
    waited_s: Floats
    priority: Floats
    jobs: Floats
    cover_loss: Floats
    current: npt.NDArray[np.intp]
    metric: str = ""
    cover: Cover | None = None
    fitted: Fitted = field(default_factory=Fitted)
    conditions: Conditions | None = None

    @cached_property
    def straight_m(self) -> Floats:
        """(i, u) metres along the straight line."""
        return _straight_m([s.position for s in self.scenes], [s.fix.position for s in self.units if s.fix])

    @cached_property
    def p_kept(self) -> Floats:
        """(i, u) probability of arriving in time."""
        return self.arrivals.p_within(self.time_left_s)

    @cached_property
    def p_stated(self) -> Floats:
        """(i, u) the same as it is stated: 0 where nothing is left, else never quite 0 or 1."""
        return np.where(self.reached & (self.time_left_s > 0)[:, None], self.fitted.stated(self.p_kept), self.p_kept)

    @cached_property
    def lateness_s(self) -> Floats:
        """(i, u) expected seconds past the limit."""
        return self.arrivals.lateness_s(self.time_left_s)

    @cached_property
    def reached(self) -> npt.NDArray[np.bool_]:
        """(i, u) whether the unit may and can go there."""
        return np.isfinite(self.travel_s)

    def candidates(self, row: int, columns: Sequence[int], cost: Floats) -> list[Candidate]:
        """Write some units out as candidates for one incident; ``cost`` (i, u) is what a rule made of the situation."""
        at = np.asarray(columns, dtype=np.intp)
        times_s = self.arrivals.quantiles_s(SHARES, row, at)
        median_s, p90_s = times_s[[MEDIAN, P90]].tolist()
        forecasts = self._stated(row, at, times_s)
        travel_s, p_kept, late_s, cost_s = (
            of[row, at].tolist() for of in (self.travel_s, self.p_stated, self.lateness_s, cost)
        )
        jobs, cover_loss = self.jobs[at].tolist(), self.cover_loss[at].tolist()
        area = self._missed_in(at)
        return [
            Candidate(
                unit_id=self.units[c].unit.id,
                unit_name=self.units[c].unit.name,
                simulated=self.units[c].unit.simulated,
                travel_s=travel_s[k],
                eta_s=median_s[k],
                eta_p90_s=p90_s[k],
                p_kept=p_kept[k],
                late_s=late_s[k],
                jobs=int(jobs[k]),
                cover_loss=None if self.cover is None else cover_loss[k],
                cover_area=area[k],
                cost_s=cost_s[k],
                forecast=forecasts[k],
            )
            for k, c in enumerate(columns)
        ]

    def _stated(self, row: int, at: npt.NDArray[np.intp], times_s: Floats) -> list[StatedForecast]:
        scene, known = self.scenes[row], self.conditions
        travel_s, straight_m = self.travel_s[row, at].tolist(), self.straight_m[row, at].round(1).tolist()
        return [
            StatedForecast(
                travel_s=travel_s[k],
                straight_m=straight_m[k],
                uncertainty_m=scene.uncertainty_m,
                day_kind=known.day_kind if known else "",
                wet=known.wet if known else None,
                model=self.fitted.name,
                quantiles_s=tuple(column),
            )
            for k, column in enumerate(times_s.T.round(1).tolist())
        ]

    def _missed_in(self, columns: npt.NDArray[np.intp]) -> list[str]:
        if self.cover is None:
            return [""] * len(columns)
        return missed_in(self.cover.covered[self.cover.place[columns]], self.cover.last, self.cover.area)


def situation(
    scenes: Sequence[Scene],
    units: Sequence[UnitState],
    times: TravelTimes | TravelTable,
    *,
    policy: Policy,
    jobs: Mapping[str, int],
    reach: Reach | None = None,
    fitted: Fitted | None = None,
    conditions: Conditions | None = None,
) -> Situation:
    """Put what is known into arrays.

    Parameters
    ----------
    scenes : sequence of Scene
    units : sequence of UnitState
        With fixes, by id.
    times : TravelTimes or TravelTable
        From every unit to every scene; `TravelTimes` where there is only one.
    policy : Policy
    jobs : mapping
        By unit id; 0 for those left out.
    reach : Reach or None
        From every unit to the demand; None where cover is not known.
    fitted : Fitted or None
        What arrivals are forecast with; None goes by the policy.
    conditions : Conditions or None
        Stored with the forecasts.
    """
    seconds = times.seconds.reshape(len(units), len(scenes)).T
    travel_s = np.where(_barred(scenes, units), np.inf, seconds)
    cover = _cover(reach, policy)
    fitted = fitted or Fitted(policy.arrival)
    return Situation(
        scenes=tuple(scenes),
        units=tuple(units),
        travel_s=travel_s,
        arrivals=_arrivals(scenes, units, travel_s, times, fitted),
        time_left_s=np.array([s.time_left_s for s in scenes]),
        waited_s=np.array([s.waited_s for s in scenes]),
        priority=np.array([s.priority for s in scenes]),
        jobs=np.array([jobs.get(s.unit.id, 0) for s in units], dtype=np.float64),
        cover_loss=np.zeros(len(units)) if cover is None else cover.loss,
        current=_current(scenes, units),
        metric=times.metric,
        cover=cover,
        fitted=fitted,
        conditions=conditions,
    )


def _arrivals(
    scenes: Sequence[Scene],
    units: Sequence[UnitState],
    travel_s: Floats,
    times: TravelTimes | TravelTable,
    fitted: Fitted,
) -> Arrivals:
    straight_m = None
    if fitted.pace_power:
        straight_m = _straight_m([s.position for s in scenes], [s.fix.position for s in units if s.fix])
    slowness = fitted.slowness(travel_s, straight_m)
    alone = times if isinstance(times, TravelTimes) else None
    scenario_s = alone.scenario_s if alone else None
    found = forecast_arrivals(
        travel_s * slowness,
        fitted.model,
        uncertainty_m=np.array([s.uncertainty_m for s in scenes]),
        hour_log_sd=times.hour_log_sd,
        scenario_s=None if scenario_s is None else scenario_s[None] * slowness[:, :, None],
        scenario_log_sd=alone.scenario_log_sd if alone else None,
    )
    return found if fitted.shape.is_plain else replace(found, shape=fitted.shape)


def _barred(scenes: Sequence[Scene], units: Sequence[UnitState]) -> npt.NDArray[np.bool_]:
    found = np.zeros((len(scenes), len(units)), dtype=np.bool_)
    for row, scene in enumerate(scenes):
        if scene.barred:
            found[row] = [s.unit.id in scene.barred for s in units]
    return found


def _current(scenes: Sequence[Scene], units: Sequence[UnitState]) -> npt.NDArray[np.intp]:
    wanted = {s.unit_id for s in scenes if s.unit_id}
    column = {s.unit.id: c for c, s in enumerate(units) if s.unit.id in wanted} if wanted else {}
    return np.array([column.get(s.unit_id or "", NOBODY) for s in scenes], dtype=np.intp)


def _cover(reach: Reach | None, policy: Policy) -> Cover | None:
    if reach is None:
        return None
    covered = covers(reach, policy)
    units_there = np.bincount(reach.place, minlength=len(covered)).astype(np.float64)
    last = last_adds(units_there @ covered, reach.weight, policy.choosing.busy_share)
    return Cover(covered, reach.place, last, reach.area)


def _straight_m(scenes: Sequence[Position], units: Sequence[Position]) -> Floats:
    """Haversine, as `dispatch.location.distance_m`."""
    scene, unit = (np.radians([(p.lon, p.lat) for p in at]).reshape(-1, 2) for at in (scenes, units))
    lon, lat = (scene[:, None, k] - unit[None, :, k] for k in (0, 1))
    half = np.sin(lat / 2) ** 2 + np.cos(scene[:, None, 1]) * np.cos(unit[None, :, 1]) * np.sin(lon / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(half))))
