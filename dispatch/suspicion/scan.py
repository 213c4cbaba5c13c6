"""Everything suspicious in some incidents and the tracks that go with them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.errors import IllegalTransition, UnknownId
from dispatch.events import Event
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.suspicion.claims import in_claims
from dispatch.suspicion.findings import Finding, Pattern
from dispatch.suspicion.spikes import in_spikes
from dispatch.suspicion.tracks import in_tracks
from dispatch.suspicion_rules import SuspicionRules
from dispatch.unit import Fix
from dispatch.vocabulary import Role

LEAD, LAG = timedelta(minutes=2), timedelta(minutes=3)  # of the track around a job

TrackOf = Callable[[str, datetime, datetime], Sequence[Fix]]


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
    """

    findings: tuple[Finding, ...]
    incidents: int
    units: int
    claims: int
    unreadable: int = 0

    @property
    def counts(self) -> dict[Pattern, int]:
        """How many findings of each pattern; all patterns, also those without any."""
        found = Counter(f.pattern for f in self.findings)
        return {pattern: found[pattern] for pattern in Pattern}

    @property
    def accused(self) -> int:
        """How many incidents have a finding of their own."""
        return len({f.incident_id for f in self.findings if f.incident_id})


def suspicions(histories: Iterable[Sequence[Event]], track_of: TrackOf, rules: SuspicionRules) -> Suspicions:
    """Look for every pattern.

    Parameters
    ----------
    histories : iterable of sequence of Event
        One an incident, in order.
    track_of : callable
        Fixes of a unit between two moments; empty where they have been deleted.
    rules : SuspicionRules

    Returns
    -------
    Suspicions
        A history that does not fold is counted in it, not looked at.
    """
    found, slack, tracks = list[Finding](), defaultdict[str, list[float]](list), defaultdict[str, list[Fix]](list)
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
        for assignment in incident.assignments.values():
            if assignment.accepted_at is not None:
                until = (assignment.claimed_at or assignment.ended_at or assignment.last_step_at) + LAG
                tracks[assignment.unit_id] += track_of(assignment.unit_id, assignment.accepted_at - LEAD, until)
    found += in_tracks({unit: _once(track) for unit, track in tracks.items()}, rules)
    found += in_spikes(slack, rules)
    found.sort(key=lambda f: (list(Pattern).index(f.pattern), f.at is None, f.at, f.unit_id or ""))
    return Suspicions(
        findings=tuple(found), incidents=incidents, units=len(tracks), claims=claims, unreadable=unreadable
    )


def _note_slack(incident: Incident, slack: dict[str, list[float]]) -> None:
    """Seconds that were left of the promise when the first surveyor arrived, by unit."""
    arrived = [a for a in incident.assignments.values() if a.role is Role.SURVEYOR and a.claimed_at is not None]
    if not arrived or incident.commitment is None or incident.merged_into is not None:
        return
    first = min(arrived, key=lambda a: a.claimed_at or incident.reported.at)
    response_s = ((first.claimed_at or incident.reported.at) - incident.reported.at).total_seconds()
    slack[first.unit_id].append(incident.commitment.limit_s - response_s)


def _once(track: Sequence[Fix]) -> list[Fix]:
    """A fix that lies in the windows of two jobs counts once."""
    return list({(fix.at, fix.position): fix for fix in track}.values())
