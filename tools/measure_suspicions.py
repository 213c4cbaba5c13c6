"""Print how often honest days are suspected, and how much of each kind of gaming is found, on made-up incidents (模拟).

    python -m tools.measure_suspicions [--incidents N] [--seed S]

An honest incident is falsely suspected where it has a finding of its own or its unit one by its track in that time; found are
gamed incidents that have the finding of their kind. Intervals are 95 % Wilson. Spikes are judged by whole months: 20 months for
each row, each with its own numbers.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from dispatch.auditing.shares import share
from dispatch.policy.suspicion_rules import SuspicionRules
from dispatch.suspicion.findings import Pattern
from dispatch.suspicion.scan import Suspicions, suspicions
from tools.suspect_days import UNITS, Days, days

SEED, MONTHS = 20261127, 20
GAMED, GAMED_P = 400, 0.25  # incidents, and share of them that somebody games
STRENGTHS: dict[Pattern, tuple[str, Sequence[float]]] = {
    Pattern.BUTTON_FAR: ("s too soon", (60, 120, 240, 480)),
    Pattern.CONTRADICTED: ("s too soon", (120, 240, 480)),
    Pattern.TRACK_LATER: ("s too soon", (60, 120, 170, 240)),
    Pattern.NO_INTERVAL: ("s trip", (10, 5, 0)),
    Pattern.TELEPORT: ("s of the drive made up", (60, 180, 360)),
    Pattern.MOCKED: ("s mocked", (60, 300)),
    Pattern.SAME_TRACK: ("fixes copied", (6, 12, 30)),
    Pattern.CLOCK_SKEW: ("s off", (120, 360)),
    Pattern.TIME_DOUBTED: ("s before its step", (600, 3600)),
    Pattern.SCENE_MOVED: ("m moved", (200, 400)),
    Pattern.TIER_LATE: ("", (1,)),
}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--incidents", type=int, default=2000)
    options.add_argument("--seed", type=int, default=SEED)
    given = options.parse_args()
    honest = look(days(np.random.default_rng(given.seed), given.incidents))
    print(f"{given.incidents} honest incidents, {UNITS} units (模拟), seed {given.seed}")
    print(f"incidents with a finding of their own: {shown(honest.accused, honest.incidents)}")
    for pattern, n in honest.counts.items():
        print(f"  {pattern}: {shown(n, honest.incidents)}")
    print(f"\n{GAMED} incidents, {GAMED_P:.0%} of them gamed: share found")
    for pattern, (unit, strengths) in STRENGTHS.items():
        for strength in strengths:
            made = days(np.random.default_rng([given.seed, int(strength)]), GAMED, pattern, GAMED_P, strength)
            print(
                f"  {pattern} {strength:g} {unit}: {shown(caught(look(made), made, pattern), len(made.gamed))}",
                flush=True,
            )
    print("\nmonths in which a spike is named (share of those up to 5 min late that press in time)")
    for n in (500, 2000):
        for part in (0.0, 0.2, 0.4, 0.8):
            print(f"  {n} incidents a month, {part:.0%}: {shown(spiked(given.seed, n, part), MONTHS)}", flush=True)


def look(made: Days) -> Suspicions:
    """Everything suspicious in them."""
    return suspicions(made.histories, made.tracks_of, SuspicionRules())


def caught(found: Suspicions, made: Days, pattern: Pattern) -> int:
    """How many gamed incidents are found; by unit and time where the finding is about a track."""
    ours = [f for f in found.findings if f.pattern is pattern]
    if pattern is Pattern.MOCKED or pattern is Pattern.SAME_TRACK:
        units = {f.unit_id for f in ours} | {u for f in ours for u in f.zh.split() if u.startswith("S")}
        return sum(_unit(key) in units for key in made.gamed)
    if pattern is Pattern.TELEPORT:
        begins = {h[0].incident_id: h[0].at for h in made.histories}
        return sum(
            any(f.unit_id == _unit(key) and f.at and 0 <= (f.at - begins[key]).total_seconds() < 7200 for f in ours)
            for key in made.gamed
        )
    return len({f.incident_id for f in ours} & made.gamed)


def _unit(key: str) -> str:
    return f"S{int(key.removeprefix('GZ-')) % UNITS:03d}"


def spiked(seed: int, n: int, part: float) -> int:
    """Months of ``n`` incidents in which a spike of all units together is named."""
    found = 0
    for month in range(MONTHS):
        made = days(
            np.random.default_rng([seed, n, int(100 * part), month]), n, Pattern.SPIKE, part, 300.0, tracked=False
        )
        findings = suspicions(made.histories, lambda _: {}, SuspicionRules()).findings
        found += any(f.pattern is Pattern.SPIKE and f.unit_id is None for f in findings)
    return found


def shown(k: int, n: int) -> str:
    """A share with its numbers and interval."""
    of = share(k, n)
    return f"{k}/{n} = {of.p or 0:.1%} [{of.low or 0:.1%}, {of.high or 0:.1%}]"


if __name__ == "__main__":
    main()
