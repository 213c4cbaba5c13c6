"""Two callers, one crash: how likely two open incidents are the same accident, and why.

The odds are Bayes' rule in the manner of I. P. Fellegi and A. B. Sunter (J. Am. Stat. Assoc. 64, 1969, 1183): how often
a report speaks of an accident already reported, times how much likelier the distance, the minutes, the plates, the
telephone and the words are for one accident than for two. The numbers of `Model` are assumptions; `p_same` ranks and
proposes, and a person decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import exp, hypot, log, pi, prod, sqrt

from dispatch.incident import Incident
from dispatch.location import distance_m
from dispatch.triage.report_words import COLOURS, HAPPENED, MAKES, TOOK_PART, Told, read_words
from dispatch.vocabulary import Labelled, Tier

RADIUS_SDS = sqrt(2 * log(10))  # a radius that holds nine of ten of a round normal spread, in standard deviations


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Assumptions of the likeness.

    Parameters
    ----------
    p_second : float
        Share of reports that speak of an accident somebody has reported before.
    reports_per_day : float
        Of all accidents together.
    ground_m2 : float
        Area on which evenly spread accidents would lie as close together as real ones: pi r^2 over the share of pairs
        within r. The 23,252 injury accidents of São Paulo in 2014 (CC0) give 310 km² at 200 m and 545 km² at 500 m.
    delay_s : float
        Scale of the time from the first report to the second: Pareto's second kind with exponent 2, median 0.41 of it.
    window_s : float
        Reports farther apart than this are never compared.
    scene_m, scene_sd_m : float
        How far callers at one scene stand apart at most, and usually.
    p_propose : float
        From this likeness on a merge is proposed. Low, because a pair missed may cost a second surveyor and a pair too many a
        glance.
    """

    p_second: float = 0.08
    reports_per_day: float = 400.0
    ground_m2: float = 400e6
    delay_s: float = 600.0
    window_s: float = 7200.0
    scene_m: float = 100.0
    scene_sd_m: float = 50.0
    p_propose: float = 0.3


SAME_PLATE = 1000.0
SAME_PHONE = 30.0
OTHER_CARS = 1 / 50
OTHER_COUNT = 0.4
OTHER_EVENT = 0.4
BOTH_HURT = 1.7
MOST_BY_WORDS = 40.0  # words may be chance together: they alone cannot carry the odds farther
USUAL = Model()


class Against(Labelled):
    """What speaks against one accident."""

    PLATES = "plates", "车牌不同"
    CARS = "cars", "说的车辆数不同"
    EVENTS = "events", "说的经过不同"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How like two incidents are; ``kept_id`` is the one due first, which a merge would keep.

    Parameters
    ----------
    kept_id, duplicate_id : str
    p_same : float
        0 to 1.
    distance_m : float or None
        Between the two places; None while one of them has none.
    apart_s : float
        Between the two reports, 0 or more.
    plates : tuple of str
        Plates, or ends of plates, that both name.
    words : tuple of str
        What both mention.
    same_phone : bool
    against : tuple of Against
    """

    kept_id: str
    duplicate_id: str
    p_same: float
    distance_m: float | None
    apart_s: float
    plates: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    same_phone: bool = False
    against: tuple[Against, ...] = ()

    @property
    def sentence(self) -> str:
        """The reasons, to be read aloud: ``两起报案相距120米、相隔4分钟,都提到白色丰田``."""
        parts = [f"两起报案{_how_far(self.distance_m)}、{_how_long(self.apart_s)}"]
        if self.plates:
            parts.append(f"车牌同为{'、'.join(self.plates)}")
        if self.same_phone:
            parts.append("电话相同")
        if self.words:
            parts.append(f"都提到{'、'.join(self.words)}")
        if self.against:
            parts.append("但" + "、".join(a.label for a in self.against))
        return ",".join(parts)


def in_order(a: Incident, b: Incident) -> tuple[Incident, Incident]:
    """The incident a merge keeps and the other: the promise due first stays, else the earlier report."""
    first, second = sorted((a, b), key=_due)
    return first, second


def _due(incident: Incident) -> tuple[datetime, datetime, str]:
    reported_at = incident.reported.at
    return (incident.commitment.due_at if incident.commitment else reported_at, reported_at, incident.id)


def proposals(incidents: Sequence[Incident], model: Model = USUAL) -> list[Likeness]:
    """Pairs of open incidents that may be one accident.

    Parameters
    ----------
    incidents : sequence of Incident
        Closed ones are passed over.
    model : Model, optional

    Returns
    -------
    list of Likeness
        Those of at least ``model.p_propose``, the likeliest first.
    """
    still_open = sorted((i for i in incidents if i.closed_at is None), key=lambda i: i.reported.at)
    found = [likeness(a, b, model) for a, b in combinations(still_open, 2) if _comparable(a, b, model)]
    likely = [one for one in found if one is not None and one.p_same >= model.p_propose]
    return sorted(likely, key=lambda one: (-one.p_same, one.duplicate_id))


def likeness(a: Incident, b: Incident, model: Model = USUAL) -> Likeness | None:
    """How likely two incidents are one accident; the order of the two does not matter.

    Returns
    -------
    Likeness or None
        None where they cannot be: reported too long apart, farther apart than both radii and the scene allow, one
        simulated and the other not, or parted by a person before.
    """
    if not _comparable(a, b, model):
        return None
    kept, duplicate = in_order(a, b)
    one, other = (read_words(i.reported.text, i.reported.plate, i.reported.phone) for i in (kept, duplicate))
    apart_s = abs((a.reported.at - b.reported.at).total_seconds())
    plates, same_phone = _same_plates(one, other), bool(one.phones & other.phones)
    against = _against(one, other) if not plates else ()
    words = _in_common(one, other)
    odds = _odds_of_place_and_time(a, b, apart_s, model) * _odds_of_plates(plates) * (SAME_PHONE if same_phone else 1.0)
    odds *= min(MOST_BY_WORDS, prod(words.values())) * prod(ODDS_AGAINST[reason] for reason in against)
    odds *= BOTH_HURT if Tier.INJURY in a.tiers and Tier.INJURY in b.tiers else 1.0
    return Likeness(
        kept_id=kept.id,
        duplicate_id=duplicate.id,
        p_same=odds / (1 + odds),
        distance_m=_apart_m(a, b),
        apart_s=apart_s,
        plates=plates,
        words=tuple(words),
        same_phone=same_phone,
        against=against,
    )


ODDS_AGAINST = {Against.PLATES: OTHER_CARS, Against.CARS: OTHER_COUNT, Against.EVENTS: OTHER_EVENT}


def _comparable(a: Incident, b: Incident, model: Model) -> bool:
    if a.id == b.id or a.reported.simulated != b.reported.simulated or b.id in a.apart_from or a.id in b.apart_from:
        return False
    if abs((a.reported.at - b.reported.at).total_seconds()) > model.window_s:
        return False
    if a.location is None or b.location is None:
        return True
    reach_m = a.location.uncertainty_m + b.location.uncertainty_m + model.scene_m
    north_m = (
        abs(a.location.position.lat - b.location.position.lat) * 110_500
    )  # no degree is shorter: cheap, before the real distance
    return north_m <= reach_m and distance_m(a.location.position, b.location.position) <= reach_m


def _odds_of_place_and_time(a: Incident, b: Incident, apart_s: float, model: Model) -> float:
    """Density of a second report here and now, over that of reports of other accidents."""
    delay = 2 / model.delay_s * (1 + apart_s / model.delay_s) ** -3
    odds = model.p_second * delay / (model.reports_per_day / 86400)
    metres = _apart_m(a, b)
    if metres is None or a.location is None or b.location is None:
        return odds
    spread_m = hypot(a.location.uncertainty_m, b.location.uncertainty_m) / RADIUS_SDS
    variance = spread_m**2 + model.scene_sd_m**2
    return odds * model.ground_m2 * exp(-(metres**2) / (2 * variance)) / (2 * pi * variance)


def _apart_m(a: Incident, b: Incident) -> float | None:
    if a.location is None or b.location is None:
        return None
    return distance_m(a.location.position, b.location.position)


def _same_plates(one: Told, other: Told) -> tuple[str, ...]:
    """Plates both name; an end of a plate stands for the whole where that is known."""
    same = set(one.plates & other.plates)
    for mine, theirs in ((one, other), (other, one)):
        same |= {plate for plate in mine.plates for tail in theirs.tails if plate.endswith(tail)}
    return tuple(sorted(same)) or tuple(sorted(one.tails & other.tails))


def _odds_of_plates(plates: Sequence[str]) -> float:
    """A whole plate is as good as proof; of an end each character counts, at three in ten of its ten digits' worth."""
    return max((min(SAME_PLATE, 0.3 * 10 ** len(plate)) for plate in plates), default=1.0)


def _in_common(one: Told, other: Told) -> dict[str, float]:
    """What both mention, with its weight; a colour and a make said together are told together."""
    painted = one.painted & other.painted
    colours = one.colours & other.colours - {p[:2] for p in painted}
    makes = one.makes & other.makes - {p[2:] for p in painted}
    common = {p: COLOURS[p[:2]] * MAKES[p[2:]] for p in sorted(painted)}
    common |= {c: COLOURS[c] for c in sorted(colours)} | {m: MAKES[m] for m in sorted(makes)}
    common |= {w: TOOK_PART[w][0] for w in sorted(one.took_part & other.took_part)}
    return common | {w: HAPPENED[w][0] for w in sorted(one.happened & other.happened)}


def _against(one: Told, other: Told) -> tuple[Against, ...]:
    strangers = one.plates and other.plates and (one.names_every_car or other.names_every_car)
    counts_differ = one.cars is not None and other.cars is not None and one.cars != other.cars
    events_differ = bool(one.happened and other.happened) and not one.happened & other.happened
    found = {Against.PLATES: strangers, Against.CARS: counts_differ, Against.EVENTS: events_differ}
    return tuple(reason for reason, holds in found.items() if holds)


def _how_far(metres: float | None) -> str:
    if metres is None:
        return "尚有一起未定位"
    if metres < 15:
        return "地点相同"
    return f"相距{round(metres, -1):.0f}米" if metres < 1000 else f"相距{metres / 1000:.1f}公里"


def _how_long(seconds: float) -> str:
    return "相隔不到1分钟" if seconds < 60 else f"相隔{round(seconds / 60)}分钟"
