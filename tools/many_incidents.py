"""Many finished incidents made up (模拟) and appended to the log as the service itself would, one history at a time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from math import exp, hypot
from random import Random

from sqlalchemy import Engine

from dispatch import events as ev
from dispatch.location import Position
from dispatch.policy.policy import Policy
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Channel, Confidence, MatchCode, Role, Tier
from geo_data.builtin.places import builtin_places
from geo_data.database import transaction
from geo_data.districts import district_of
from geo_data.stores.postgis_log import PostgisLog

AT_ONCE = 500
BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 8, 10, 8, 6, 6, 6, 6, 6, 6, 7, 9, 10, 8, 6, 5, 4, 3)
TIERS = (Tier.STANDARD,) * 6 + (Tier.MINOR,) * 3 + (Tier.MULTI_VEHICLE, Tier.HEAVY_LOSS, Tier.EXPRESSWAY, Tier.INJURY)
CENTRE = Position(113.30, 23.13)
UNITS, CARS, REGULARS = 160, 400_000, 300  # a few hundred cars have an accident much more often


class Made:
    """Finished incidents of some days up to a moment.

    Parameters
    ----------
    count, days : int
    until : datetime
        When the last of them may be reported.
    seed : int
    """

    def __init__(self, count: int, days: float, until: datetime, seed: int = 7) -> None:
        self.random, self.policy = Random(seed), Policy()  # noqa: S311
        self.places = builtin_places()
        self.weight = [
            exp(-hypot(p.position.lon - CENTRE.lon, p.position.lat - CENTRE.lat) / 0.15) for p in self.places
        ]
        until = until.astimezone(GUANGZHOU_TIME)
        moments = sorted(self._moment(until, days) for _ in range(count))
        self.moments = [at for at in moments if at < until]

    def _moment(self, until: datetime, days: float) -> datetime:
        day = until - timedelta(days=self.random.uniform(0, days))
        (hour,) = self.random.choices(range(24), BY_HOUR)
        clock = day.replace(hour=hour, minute=self.random.randrange(60), second=self.random.randrange(60))
        return clock if clock < until else clock - timedelta(days=1)

    def histories(self) -> Iterator[list[ev.Event]]:
        """Whole histories in the order of intake."""
        for number, at in enumerate(self.moments):
            yield list(self._history(f"GZ{at:%y%m%d}-M{number:06d}", at))

    def _history(self, key: str, at: datetime) -> Iterator[ev.Event]:
        random, policy = self.random, self.policy
        (place,) = random.choices(self.places, self.weight)
        where = Position(place.position.lon + random.gauss(0, 0.006), place.position.lat + random.gauss(0, 0.006))
        district, tier = district_of(where), random.choice(TIERS)
        zone = policy.zones.of(district, where)
        limit_s = policy.limit_s([tier], zone)
        yield ev.IncidentReported(
            incident_id=key, at=at, text=f"{place.name}附近两车追尾(模拟)", channel=Channel.SIMULATION, tier=tier,
            plate=self._plate(), simulated=True,
        )  # fmt: skip
        yield ev.IncidentLocated(
            incident_id=key, at=at, position=where, uncertainty_m=80.0, match_code=MatchCode.GOOD,
            confidence=Confidence.HIGH, matched_text=place.name, district=district,
        )  # fmt: skip
        yield ev.CommitmentMade(
            incident_id=key, at=at, kind="arrival", zone=zone, tier=tier, starts_at=at,
            due_at=at + timedelta(seconds=limit_s), limit_s=limit_s, policy_version=policy.version,
        )  # fmt: skip
        far = hypot(where.lon - CENTRE.lon, where.lat - CENTRE.lat)
        response_s = random.lognormvariate(6.75 + 1.6 * far + 0.25 * (at.hour in (0, 9, 10, 23)), 0.35)
        yield from self._trip(key, at, response_s, where)

    def _trip(self, key: str, at: datetime, response_s: float, where: Position) -> Iterator[ev.Event]:
        unit = f"M{self.random.randrange(UNITS):03d}"
        head = {"incident_id": key, "assignment_id": f"{key}-1", "unit_id": unit}
        if unit == "M013":
            response_s *= 1.5  # somebody for the funnel to find

        def after(share: float) -> datetime:
            return at + timedelta(seconds=share * response_s)

        chosen = ev.Candidate(
            unit_id=unit, unit_name=unit, travel_s=600, eta_s=700, eta_p90_s=900, p_kept=0.9, simulated=True
        )
        yield ev.UnitOffered(
            **head, at=after(0.02), role=Role.SURVEYOR, eta_at=after(1.0), p_kept=0.9, chosen=chosen, runners_up=(),
            refused=(), rule="made",
        )  # fmt: skip
        yield ev.AssignmentAccepted(**head, at=after(0.05))
        yield ev.UnitDeparted(**head, at=after(0.12))
        if self.random.random() < 0.01:
            yield ev.AssignmentReleased(**head, at=after(0.8), reason="另派")
        else:
            yield ev.ArrivalClaimed(**head, at=after(1.0), position=where)
            yield ev.ArrivalConfirmed(**head, at=after(1.05), distance_m=20)
            yield ev.UnitCleared(**head, at=after(2.0))
        yield ev.IncidentClosed(incident_id=key, at=after(2.1), reason="处理完毕")

    def _plate(self) -> str:
        car = self.random.randrange(REGULARS) if self.random.random() < 0.03 else self.random.randrange(CARS)
        return f"粤A{car:05d}" if car >= 10_000 else f"粤A{car % 10}K{car:03d}"[:7]


def write(made: Made, database: Engine) -> int:
    """Append all histories; returns how many."""
    done, histories = 0, made.histories()
    while batch := list(islice(histories, AT_ONCE)):
        with transaction(database) as connection:
            log = PostgisLog(connection)
            for history in batch:
                log.append(history, after=0)
        done += len(batch)
    return done
