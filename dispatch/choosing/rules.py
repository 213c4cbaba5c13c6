"""Rules of choice, all with one signature: from a `Situation` to the cost in seconds of sending each unit to each incident.

A term is a rule too. The rule of the house adds the terms that are on; the others are baselines to compare it with. What may
not be sent costs inf.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from dispatch.choosing.arrivals import Floats
from dispatch.choosing.situation import Situation
from dispatch.policy.policy import Choosing

Rule = Callable[[Situation], Floats]


def nearness(s: Situation) -> Floats:
    """Expected seconds until the unit is there."""
    return s.arrivals.mean_s


def lateness(s: Situation) -> Floats:
    """Expected seconds past the limit."""
    return s.lateness_s


def late(s: Situation) -> Floats:
    """Probability of coming too late; to be priced."""
    return 1 - s.p_kept


def fairness(s: Situation) -> Floats:
    """Jobs the unit has taken beyond those of whoever has taken least; to be priced."""
    return np.broadcast_to(s.jobs - s.jobs.min(initial=np.inf), s.travel_s.shape)


def cover(s: Situation) -> Floats:
    """Accidents that nobody would be near for while the unit is away, for each one that a unit is taken by; to be priced.

    How many accidents happen in that time follows from how busy units are (J. D. C. Little, "A proof for the queuing formula
    L = λW", Operations Research 9(3), 1961): with a share q of them taken, there are q / (1 - q) for each that is free. The
    share of them that is lost is the loss of cover; q is left to the price.
    """
    return np.broadcast_to(s.cover_loss * len(s.units), s.travel_s.shape)


INCIDENT_TERMS: Mapping[str, Rule] = {
    "nearness": nearness,
    "lateness": lateness,
    "late": late,
}  # its own: priority counts
CITY_TERMS: Mapping[str, Rule] = {"fairness": fairness, "cover": cover}  # what the others bear


@dataclass(frozen=True, slots=True)
class ExpectedCost:
    """The sum of the terms that are on, each with its weight or price.

    Parameters
    ----------
    policy : Choosing
    """

    policy: Choosing

    @property
    def name(self) -> str:
        """As stored with a decision, e.g. ``expected_cost(nearness, late)``."""
        return f"expected_cost({', '.join(self.policy.terms)})"

    def __call__(self, s: Situation) -> Floats:
        """(i, u) seconds; inf where a unit may not go."""
        priority = s.priority[:, None] if "priority" in self.policy.terms else 1.0
        own = priority * self._sum(INCIDENT_TERMS, s)
        return np.where(s.reached, own + self._sum(CITY_TERMS, s), np.inf)

    def _sum(self, terms: Mapping[str, Rule], s: Situation) -> Floats:
        """Of the terms that are on; 0 for whoever may not go."""
        on = [
            self._weight(name) * np.where(s.reached, term(s), 0.0)
            for name, term in terms.items()
            if name in self.policy.terms
        ]
        return np.asarray(sum(on, np.zeros_like(s.travel_s)))

    def _weight(self, name: str) -> float:
        p = self.policy
        return {
            "nearness": p.nearness_weight,
            "lateness": p.lateness_weight,
            "late": p.late_price_s,
            "fairness": p.job_price_s,
            "cover": p.cover_price_s * p.busy_share / (1 - p.busy_share),
        }[name]


def nearest_by_road(s: Situation) -> Floats:
    """Road seconds: the habit of the field."""
    return s.travel_s


def nearest_in_a_straight_line(s: Situation) -> Floats:
    """Metres along the straight line, at 1 m/s."""
    return np.where(s.reached, s.straight_m, np.inf)


def least_cover_lost(s: Situation) -> Floats:
    """Among units that can be on time the one whose leaving costs least cover, else the nearest (DMEXCLP dispatching).

    C. J. Jagtenberg, S. Bhulai and R. D. van der Mei, Health Care Management Science 20, 2017. On time is who has an even
    chance of being so. The cost orders units and prices nothing: a share below 1 for those on time, above it for others.
    """
    return np.where(s.reached, np.where(s.p_kept >= 0.5, s.cover_loss, 1 + s.travel_s), np.inf)


BASELINES: Mapping[str, Rule] = {
    rule.__name__: rule for rule in (nearest_by_road, nearest_in_a_straight_line, least_cover_lost)
}


def rule_of(policy: Choosing) -> Rule:
    """The rule a policy names."""
    return BASELINES.get(policy.rule) or ExpectedCost(policy)


def name_of(rule: Rule) -> str:
    """What a rule is called in a stored decision."""
    return str(getattr(rule, "name", None) or getattr(rule, "__name__", type(rule).__name__))


def ranked(s: Situation, cost: Floats, row: int) -> list[int]:
    """Columns of the units that can go to one incident, the least cost first; the nearer, then the lower id, breaks ties."""
    order = np.lexsort((s.travel_s[row], cost[row]))  # stable, and columns go by id
    columns: list[int] = order[np.isfinite(cost[row, order])].tolist()
    return columns
