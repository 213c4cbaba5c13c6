"""What came of simulated days (模拟): one line an incident, in columns, so that a year of them adds up in a second."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import nan
from typing import Any

import numpy as np
import numpy.typing as npt

from dispatch.auditing.shares import Share, share
from dispatch.incident import Incident
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Role, Tier, Zone

Floats = npt.NDArray[np.float64]
ZONES, TIERS, ROLES = tuple(Zone), tuple(Tier), tuple(Role)
BY_INCIDENT = ("zone", "tier", "hour", "reported_s", "response_s", "limit_s", "judged")


@dataclass(frozen=True, eq=False, slots=True)
class Outcomes:
    """Incidents and units of a simulation.

    Parameters
    ----------
    zone, tier, hour : (n,) int64
        Index into `ZONES` and `TIERS`; hour of the report in Guangzhou.
    reported_s : (n,) float64
        POSIX time of the report.
    response_s : (n,) float64
        Report to surveyor on scene; NaN where nobody had come by the end.
    limit_s : (n,) float64
        What was promised.
    judged : (n,) bool
        False where the promise was neither kept nor broken yet at the end.
    units : tuple of str
    role : (u,) int64
        Index into `ROLES`.
    jobs : (u,) float64
        Assignments finished.
    busy_s : (u,) float64
        Seconds from yes to clear of those.
    """

    zone: npt.NDArray[np.int64]
    tier: npt.NDArray[np.int64]
    hour: npt.NDArray[np.int64]
    reported_s: Floats
    response_s: Floats
    limit_s: Floats
    judged: npt.NDArray[np.bool_]
    units: tuple[str, ...]
    role: npt.NDArray[np.int64]
    jobs: Floats
    busy_s: Floats

    def __len__(self) -> int:
        return len(self.zone)

    @property
    def late(self) -> npt.NDArray[np.bool_]:
        """(n,) whether the promise was broken; nobody there in time is late."""
        return self.judged & ~(self.response_s <= self.limit_s)

    def late_share(self, rows: npt.NDArray[np.bool_] | None = None) -> Share:
        """Broken promises among those judged, of some rows or all; ``kept`` of the result counts the late ones."""
        judged = self.judged if rows is None else self.judged & rows
        return share(int((self.late & judged).sum()), int(judged.sum()))

    def response(self, rows: npt.NDArray[np.bool_] | None = None) -> tuple[float, float]:
        """Mean and 90th percentile of the response in seconds, of those reached; NaN where there is none."""
        seconds = self.response_s if rows is None else self.response_s[rows]
        seconds = seconds[~np.isnan(seconds)]
        return (float(seconds.mean()), float(np.quantile(seconds, 0.9))) if len(seconds) else (nan, nan)

    def gini(self, role: Role) -> float:
        """Gini coefficient of the jobs of the units in a role: 0 when all did the same, NaN where nobody did any."""
        jobs = np.sort(self.jobs[self.role == ROLES.index(role)])
        if not jobs.sum() > 0:
            return nan
        rank = np.arange(1, len(jobs) + 1)
        return float(2 * (rank * jobs).sum() / (len(jobs) * jobs.sum()) - (len(jobs) + 1) / len(jobs))


class Tally:
    """Adds incidents up as they end.

    Parameters
    ----------
    units : sequence of (str, Role)
        Ids and roles.
    counted : (datetime, datetime) or None
        Only incidents reported from the first until before the second moment are added; None adds all.
    """

    def __init__(self, units: Sequence[tuple[str, Role]], counted: tuple[datetime, datetime] | None = None) -> None:
        self._counted = counted
        self._units = tuple(unit_id for unit_id, _ in units)
        self._role = np.array([ROLES.index(role) for _, role in units], dtype=np.int64)
        self._rows = {unit_id: row for row, unit_id in enumerate(self._units)}
        self._jobs, self._busy_s = [0.0] * len(units), [0.0] * len(units)
        self._small = [array("b") for _ in range(3)]
        self._large = [array("d") for _ in range(3)]
        self._judged = array("b")

    def add(self, incident: Incident, *, ended_at: datetime | None = None) -> None:
        """Add an incident as it stands when it closes, or as it stands at the end of the simulation."""
        promise, reported = incident.commitment, incident.reported
        if promise is None or not self._counts(reported.at):
            return
        arrived = incident.arrived_at
        small = ZONES.index(promise.zone), TIERS.index(incident.tier), reported.at.astimezone(GUANGZHOU_TIME).hour
        response_s = (arrived - reported.at).total_seconds() if arrived else nan
        for column, number in zip(self._small, small, strict=True):
            column.append(number)
        for values, value in zip(self._large, (reported.at.timestamp(), response_s, promise.limit_s), strict=True):
            values.append(value)
        self._judged.append(arrived is not None or ended_at is None or promise.due_at <= ended_at)
        for a in incident.assignments.values():
            row = self._rows.get(a.unit_id)
            if row is not None and a.cleared_at is not None:
                self._jobs[row] += 1
                self._busy_s[row] += (a.cleared_at - (a.accepted_at or a.offered_at)).total_seconds()

    def _counts(self, reported_at: datetime) -> bool:
        return self._counted is None or self._counted[0] <= reported_at < self._counted[1]

    def outcomes(self, still_open: Iterable[Incident], ended_at: datetime) -> Outcomes:
        """All incidents added, and those that are open at the end."""
        for incident in still_open:
            self.add(incident, ended_at=ended_at)
        zone, tier, hour = (np.array(column, dtype=np.int64) for column in self._small)
        reported_s, response_s, limit_s = (np.array(column, dtype=np.float64) for column in self._large)
        return Outcomes(
            zone=zone,
            tier=tier,
            hour=hour,
            reported_s=reported_s,
            response_s=response_s,
            limit_s=limit_s,
            judged=np.array(self._judged, dtype=np.bool_),
            units=self._units,
            role=self._role,
            jobs=np.array(self._jobs),
            busy_s=np.array(self._busy_s),
        )


def together(parts: Sequence[Outcomes]) -> Outcomes:
    """Several replications of one fleet as one: incidents one after another, jobs of a unit added up."""
    joined: dict[str, Any] = {name: np.concatenate([getattr(p, name) for p in parts]) for name in BY_INCIDENT}
    jobs, busy_s = (np.sum([getattr(p, name) for p in parts], axis=0) for name in ("jobs", "busy_s"))
    return Outcomes(**joined, units=parts[0].units, role=parts[0].role, jobs=jobs, busy_s=busy_s)
