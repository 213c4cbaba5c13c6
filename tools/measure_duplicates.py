"""Measure the proposals of duplicates on simulated callers: how many of the true pairs are found, how many pairs are false.

Accidents happen where and when the demonstration's do, at the rate given. Some get a second caller, who tells the same
spot anew, says the same events in other words or nothing of them, and names the other car's plate, the same, or none. The places go
through the real geocoder on the built-in schematic network. Simulated words, simulated ground: it shows that the
proposals behave, not how often they are right on real calls. Shares with n and 95 % Wilson intervals.

Run: ``python tools/measure_duplicates.py [--days 5] [--per-day 400]``.
"""

import argparse
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter

from api.wiring import load_network
from dispatch import events as ev
from dispatch.auditing.shares import Share, share
from dispatch.duplicates import USUAL, Likeness, likeness, proposals
from dispatch.incident import Incident
from dispatch.location import Location
from dispatch.report import Report
from dispatch.triage.triage import triage
from dispatch.vocabulary import Channel
from geo_data.builtin.places import builtin_places
from geo_data.demand.words import CallerWords
from geo_data.districts import district_of
from geo_data.places.geocoder import Geocoder

START = datetime(2026, 11, 23, tzinfo=UTC)
OPEN_FOR = timedelta(minutes=60)
SEED = 5
# The same accident in two people's words.
TELLINGS = (
    ("两车追尾,无人受伤", "被后面的车追尾了"),
    ("小车与货车剐蹭,车辆可行驶", "和一台大货车刮蹭"),
    ("三车连环追尾,一人受伤", "几台车撞在一起,有人受伤"),
    ("环卫车倒车碰到护栏", "垃圾车撞到护栏"),
    ("小车撞上隔离墩,车辆无法行驶", "有台车撞到水马"),
    ("电动车与小车碰撞,骑车人受伤", "撞到电单车,有人受伤"),
    ("变道剐蹭,双方争执", "对方变更车道擦碰"),
    ("停车场出口擦碰", "车被刮花"),
)


def main() -> None:
    """Simulate, compare every two incidents that are open together, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--days", type=float, default=5)
    arguments.add_argument("--per-day", type=float, default=400)
    asked = arguments.parse_args()
    network = load_network()
    places = builtin_places()
    callers = Callers(CallerWords(network, places, SEED), Geocoder(network, places, district_of), Random(SEED))  # noqa: S311
    incidents, accident = callers.days(asked.days, asked.per_day)
    pairs = open_together(incidents)
    alike = [(accident[a.id] == accident[b.id], likeness(a, b)) for a, b in pairs]
    print(
        f"{len(incidents)} reports, {len(pairs)} pairs open together, {sum(true for true, _ in alike)} of one accident"
    )
    say(alike, len(incidents))
    say_speed(incidents)


class Callers:
    """Simulated callers, some of them second ones."""

    def __init__(self, words: CallerWords, geocoder: Geocoder, random: Random) -> None:
        self._words, self._geocoder, self._random = words, geocoder, random

    def days(self, days: float, per_day: float) -> tuple[list[Incident], dict[str, int]]:
        """Incidents in order of their reports, and the accident each speaks of."""
        random, told, accident = self._random, [], {}
        for number in range(round(days * per_day * (1 - USUAL.p_second))):
            at = START + timedelta(days=random.uniform(0, days))
            spot, words = self._words.draw(random), random.choice(TELLINGS)
            plates = ["粤A" + "".join(random.choices("0123456789", k=5)) for _ in "ab"]
            told.append((at, number, self._tell(spot, words[0], plates[0])))
            if random.random() < USUAL.p_second / (1 - USUAL.p_second):
                later = at + timedelta(seconds=USUAL.delay_s * (random.random() ** -0.5 - 1))
                said = random.choices((words[1], "撞车了"), (0.7, 0.3))[0]
                named = random.choices((plates[1], plates[0], ""), (0.5, 0.2, 0.3))[0]
                told.append((later, number, self._tell(spot, said, named)))
        found = []
        for key, (at, number, (text, plate)) in enumerate(sorted(told)):
            accident[f"{key:06d}"] = number
            found.append(self._incident(f"{key:06d}", at, text, plate))
        return found, accident

    def _tell(self, spot: int, events: str, plate: str) -> tuple[str, str]:
        return f"{self._words.where(self._random, spot)},{events}", plate

    def _incident(self, key: str, at: datetime, text: str, plate: str) -> Incident:
        tier = triage(Report(text=text, received_at=at, channel=Channel.SIMULATION))[0].tier
        reported = ev.IncidentReported(
            incident_id=key, at=at, text=text, channel=Channel.SIMULATION, tier=tier, plate=plate
        )
        place = self._geocoder.geocode(text)
        located = None
        if isinstance(place, Location):
            located = ev.IncidentLocated(
                incident_id=key, at=at, position=place.position, uncertainty_m=place.uncertainty_m,
                match_code=place.match_code, confidence=place.confidence, matched_text=place.matched_text,
                district=place.district,
            )  # fmt: skip
        return Incident(id=key, version=2, reported=reported, location=located)


def open_together(incidents: list[Incident]) -> list[tuple[Incident, Incident]]:
    """Pairs reported within the time an incident stays open."""
    found, first = [], 0
    for i, later in enumerate(incidents):
        while later.reported.at - incidents[first].reported.at > OPEN_FOR:
            first += 1
        found += [(earlier, later) for earlier in incidents[first:i]]
    return found


def say(alike: list[tuple[bool, Likeness | None]], reports: int) -> None:
    """Found and false at several thresholds, and whether the likeness means what it says."""
    true = sum(same for same, _ in alike)
    for limit in (0.3, 0.5, 0.7, 0.9):
        proposed = [same for same, one in alike if one is not None and one.p_same >= limit]
        false = len(proposed) - sum(proposed)
        print(
            f"p >= {limit}: found {words(share(sum(proposed), true))}; right {words(share(sum(proposed), len(proposed)))}; "
            f"false {100 * false / reports:.1f} in 100 reports"
        )
    bands: dict[int, Counter[bool]] = {}
    for same, one in alike:
        if one is not None:
            bands.setdefault(min(9, int(10 * one.p_same)), Counter())[same] += 1
    for band, counts in sorted(bands.items()):
        print(
            f"  p {band / 10:.1f}-{band / 10 + 0.1:.1f}: one accident in {words(share(counts[True], counts.total()))}"
        )


def words(s: Share) -> str:
    """A share with n and interval."""
    return (
        "none"
        if s.p is None or s.low is None or s.high is None
        else f"{s.kept}/{s.n} = {s.p:.1%} ({s.low:.1%}-{s.high:.1%})"
    )


def say_speed(incidents: list[Incident]) -> None:
    """Seconds for the proposals of many open incidents at once."""
    for n in (50, 200, 500):
        few = incidents[:n]
        begin = perf_counter()
        proposals(few)
        print(f"proposals among {len(few)} open incidents: {1e3 * (perf_counter() - begin):.1f} ms")


if __name__ == "__main__":
    main()
