"""Everything suspicious in some incidents and the tracks that go with them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.errors import IllegalTransition, UnknownId
from dispatch.events import Event
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.policy.suspicion_rules import SuspicionRules
from dispatch.suspicion.claims import in_claims
from dispatch.suspicion.findings import Finding, Pattern
from dispatch.suspicion.spikes import in_spikes
from dispatch.suspicion.tracks import Tracks, in_tracks
from dispatch.vocabulary import Role

LEAD, LAG = timedelta(minutes=2), timedelta(minutes=3)  # of the track around a job

MOST_JOBS = 3000  # a day of a large city; more tracks at once would not fit a small server's memory

Job = tuple[str, datetime, datetime]
TracksOf = Callable[[Sequence[Job]], Tracks]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicions:
    """What was found, in how much.

    Parameters
    ----------
    findings : tuple of Finding
        By pattern, then by time.
    incidents, units, claims : int
        Incidents looked at, units that worked on them, arrivals claimed.
    unreadable : int
        Incidents whose history does not fold: the audit lists them, nothing is looked for in them.
    jobs, tracked : int
        Accepted jobs, and those whose tracks were looked at: the newest `MOST_JOBS` of them.
    """

    findings: tuple[Finding, ...]
    incidents: int
    units: int
    claims: int
    unreadable: int = 0
    jobs: int = 0
    tracked: int = 0

    @property
    def counts(self) -> dict[Pattern, int]:
        """How many findings of each pattern; all patterns, also those without any."""
        found = Counter(f.pattern for f in self.findings)
        return {pattern: found[pattern] for pattern in Pattern}

    @property
    def accused(self) -> int:
        """How many incidents have a finding of their own."""
        return len({f.incident_id for f in self.findings if f.incident_id})


def suspicions(histories: Iterable[Sequence[Event]], tracks_of: TracksOf, rules: SuspicionRules) -> Suspicions:
    """Look for every pattern.

    Parameters
    ----------
    histories : iterable of sequence of Event
        One an incident, in order.
    tracks_of : callable
        Fixes by unit within the times of some jobs, each once; without units of which none are kept.
    rules : SuspicionRules

    Returns
    -------
    Suspicions
        A history that does not fold is counted in it, not looked at.
    """
    found, slack, jobs = list[Finding](), defaultdict[str, list[float]](list), list[Job]()
    incidents, claims, unreadable = 0, 0, 0
    for history in histories:
        try:
            incident = fold(history)
        except (IllegalTransition, UnknownId):
            unreadable += 1
            continue
        incidents += 1
        found += in_claims(incident, history, rules)
        claims += sum(a.claimed_at is not None for a in incident.assignments.values())
        _note_slack(incident, slack)
        jobs += _jobs(incident)
    tracked = sorted(jobs, key=lambda job: job[1])[-MOST_JOBS:]
    found += in_tracks(tracks_of(tracked), rules)
    found += in_spikes(slack, rules)
    found.sort(key=lambda f: (list(Pattern).index(f.pattern), f.at is None, f.at, f.unit_id or ""))
    return Suspicions(
        findings=tuple(found),
        incidents=incidents,
        units=len({unit_id for unit_id, _, _ in jobs}),
        claims=claims,
        unreadable=unreadable,
        jobs=len(jobs),
        tracked=len(tracked),
    )


def _jobs(incident: Incident) -> list[Job]:
    """From when to when the track of each assignment is looked at."""
    taken = ((a, a.accepted_at) for a in incident.assignments.values() if a.accepted_at is not None)
    return [(a.unit_id, at - LEAD, (a.claimed_at or a.ended_at or a.last_step_at) + LAG) for a, at in taken]


def _note_slack(incident: Incident, slack: dict[str, list[float]]) -> None:
    """Seconds that were left of the promise when the first surveyor arrived, by unit."""
    arrived = [a for a in incident.assignments.values() if a.role is Role.SURVEYOR and a.claimed_at is not None]
    if not arrived or incident.commitment is None or incident.merged_into is not None:
        return
    first = min(arrived, key=lambda a: a.claimed_at or incident.reported.at)
    response_s = ((first.claimed_at or incident.reported.at) - incident.reported.at).total_seconds()
    slack[first.unit_id].append(incident.commitment.limit_s - response_s)
