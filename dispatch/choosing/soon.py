"""Units that will soon be free: an incident may be better off waiting for one of them than with whoever is free now.

How long the work on scene still takes is held to be lognormal, given that it has taken so long already; on the way there the
expected arrival comes first. The sum with turnout and road is matched by one lognormal of the same mean and variance, as
`dispatch.arrival` does. Nothing is offered to a unit that is busy: the incident goes on waiting, and every window looks anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import exp, log

import numpy as np
from scipy.special import ndtr

from dispatch.choosing.arrivals import Arrivals, Floats
from dispatch.choosing.situation import Situation
from dispatch.incident import Assignment, Incident
from dispatch.policy.policy import Choosing, Policy
from dispatch.unit import Fix, UnitState
from dispatch.vocabulary import AssignmentStatus, Role

UNDER_WAY = frozenset({AssignmentStatus.EN_ROUTE, AssignmentStatus.ON_SCENE})
OVERDUE_S = 120.0  # a unit that should have been there by now arrives after so long, and no sooner
DRIVE_LOG_SD = 0.3  # of what is left of its way there
LONGEST_Z = 3.0  # work that takes longer than all but 0.13 % counts as such a work


@dataclass(frozen=True, slots=True)
class Soon:
    """A busy unit as if it stood, free, where it works now.

    Parameters
    ----------
    state : UnitState
        Without its assignment, its fix at the scene.
    mean_s, variance_s2 : float
        Of the seconds until it is free.
    """

    state: UnitState
    mean_s: float
    variance_s2: float


SoonOf = Callable[[Sequence[UnitState], Mapping[str, Incident], Role, datetime, Policy], list[Soon]]


def soon_free(
    states: Sequence[UnitState], incidents: Mapping[str, Incident], role: Role, now: datetime, policy: Policy
) -> list[Soon]:
    """Busy units of a role that are under way or on scene, and still on shift by the time they are free, by id."""
    found = []
    for s in sorted(states, key=lambda s: s.unit.id):
        incident = incidents.get(s.assignment.incident_id) if s.assignment else None
        if s.unit.role is not role or not s.on_duty(now) or incident is None or s.assignment is None:
            continue
        assignment = incident.assignment(s.assignment.assignment_id)
        place = incident.destination(role)
        if assignment.status not in UNDER_WAY or place is None:
            continue
        mean_s, variance_s2 = until_free(assignment, now, policy.choosing)
        if s.unit.shift.left_s(now) <= mean_s + policy.duty.last_offer_s:
            continue
        fix = Fix(unit_id=s.unit.id, position=place.position, at=now)
        found.append(Soon(replace(s, assignment=None, fix=fix), mean_s, variance_s2))
    return found


def until_free(assignment: Assignment, now: datetime, policy: Choosing) -> tuple[float, float]:
    """Mean and variance of the seconds until a unit under way or on scene is free."""
    if assignment.claimed_at is not None:
        return work_left_s((now - assignment.claimed_at).total_seconds(), policy)
    drive_s = max((assignment.eta_at - now).total_seconds(), OVERDUE_S)
    mean_s, variance_s2 = work_left_s(0.0, policy)
    return drive_s + mean_s, (DRIVE_LOG_SD * drive_s) ** 2 + variance_s2


def work_left_s(elapsed_s: float, policy: Choosing) -> tuple[float, float]:
    """Mean and variance of the rest of a work on scene that has taken ``elapsed_s``.

    For a lognormal W with log-median m and log-sd s, E[W^k | W > e] = exp(km + k²s²/2) N(ks - z) / N(-z) with
    z = (ln e - m) / s.
    """
    m, s = log(policy.on_scene_median_s), policy.on_scene_log_sd
    z = (log(elapsed_s) - m) / s if elapsed_s > 0 else -np.inf
    if z > LONGEST_Z:
        z, elapsed_s = LONGEST_Z, exp(m + LONGEST_Z * s)
    first, second = (exp(k * m + (k * s) ** 2 / 2) * float(ndtr(k * s - z) / ndtr(-z)) for k in (1, 2))
    return first - elapsed_s, max(second - first**2, 0.0)


def looking_ahead(now_free: Situation, later: Situation, soon: Sequence[Soon]) -> Situation:
    """One situation of those who are free, and after them those who will be.

    Parameters
    ----------
    now_free : Situation
    later : Situation
        The same scenes and the units of ``soon`` as if they were free already, in their order.
    soon : sequence of Soon
    """
    mean_s = np.array([u.mean_s for u in soon])
    variance_s2 = np.array([u.variance_s2 for u in soon])
    log_medians, log_sds = _delayed(later.arrivals, mean_s, variance_s2)
    early = now_free.arrivals
    bound = (now_free.current >= 0)[:, None]  # who has a unit does not give it up for one that is not free
    return replace(
        now_free,
        units=(*now_free.units, *later.units),
        travel_s=np.hstack([now_free.travel_s, np.where(bound, np.inf, later.travel_s)]),
        arrivals=Arrivals(
            np.hstack([early.log_medians, np.where(bound, np.inf, log_medians)]),
            np.hstack([early.log_sds, log_sds]),
            early.scenarios,
            early.shape,
        ),
        jobs=np.concatenate([now_free.jobs, later.jobs]),
        # the price of cover counts units that are free, not those that will be
        cover_loss=np.concatenate(
            [now_free.cover_loss * (len(now_free.units) / (len(now_free.units) + len(soon))), np.zeros(len(soon))]
        ),
    )


def _delayed(arrivals: Arrivals, mean_s: Floats, variance_s2: Floats) -> tuple[Floats, Floats]:
    """Log-medians and log-sds of arrivals that begin so much later."""
    reached = np.isfinite(arrivals.log_medians)
    m = np.where(reached, arrivals.log_medians, 0.0)
    mean = np.exp(m + arrivals.log_sds**2 / 2)
    variance = mean**2 * np.expm1(arrivals.log_sds**2) + variance_s2
    mean = mean + mean_s
    log_variance = np.log1p(variance / mean**2)
    return np.where(reached, np.log(mean) - log_variance / 2, np.inf), np.sqrt(log_variance)
