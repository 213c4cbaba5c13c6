"""What a real day would have been with another roster, other posts or another policy (模拟).

The callers of the day are taken from the event log as they called, where the desk located them. Both sides are simulated
with the same hidden trips and the same work on scene: the day as it was staffed, and the day with the change. What was
recorded stands beside them; how far it lies from the first side says how good the simulation is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from api import wiring
from api.settings import settings
from api.simulating.stage import stage
from dispatch.days import midnight
from dispatch.errors import InvalidInput
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.policy.policy import Policy
from dispatch.report import Report
from dispatch.simulation.calls import Call
from dispatch.simulation.outcomes import Outcomes, Tally
from dispatch.simulation.traffic import Traffic
from dispatch.unit import Unit
from dispatch.vocabulary import Channel, Tier
from geo_data.database import transaction
from geo_data.fleet_file import moved_to_posts, read_units
from geo_data.stores.fleet_store import PostgisFleet

AFTER = timedelta(hours=6)  # so that the last callers of the day are served


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What is changed; None leaves it as it was."""

    roster: Path | None = None
    posts: Path | None = None
    policy: Path | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """The day as recorded, simulated as it was, and simulated with the change."""

    real: Outcomes
    was: Outcomes
    would_be: Outcomes


def replay(of: date, change: Roster, seed: int) -> Replayed:
    """Replay a day of the service's own event log.

    Raises
    ------
    InvalidInput
        When nothing was reported and located that day.
    """
    began = midnight(of)
    with wiring.event_log() as log:
        incidents = [fold(h) for h in log.all_events(began, began + timedelta(days=1))]
    with transaction(wiring.database()) as connection:
        units = [s.unit for s in PostgisFleet(connection).states(began)]
    if not any(i.location for i in incidents):
        raise InvalidInput(f"Nothing was reported and located on {of}: choose another day.")
    policy = wiring.load_policy(settings().policy)
    changed = moved(units, change)
    other = wiring.load_policy(change.policy) if change.policy else policy
    return Replayed(
        recorded(incidents, units, began + timedelta(days=1) + AFTER),
        play_again(incidents, units, policy, began, seed),
        play_again(incidents, changed, other, began, seed),
    )


def moved(units: Sequence[Unit], change: Roster) -> list[Unit]:
    """The units with another roster and other posts."""
    found = read_units(change.roster) if change.roster else list(units)
    return moved_to_posts(found, change.posts) if change.posts else found


def play_again(
    incidents: Sequence[Incident], units: Sequence[Unit], policy: Policy, began: datetime, seed: int
) -> Outcomes:
    """Simulate the callers of a day with these units under this policy."""
    staff = [replace(u, simulated=True) for u in units]
    played = stage(staff, calls_of(incidents), began, seed=seed, traffic=Traffic(seed), policy=policy)
    end = began + timedelta(days=1) + AFTER
    played.play_until(end)
    return played.outcomes(end)


def recorded(incidents: Sequence[Incident], units: Sequence[Unit], now: datetime) -> Outcomes:
    """What was recorded, added up in the same way; merged reports left out."""
    tally = Tally([(u.id, u.role) for u in units])
    return tally.outcomes(_located(incidents), now)


def calls_of(incidents: Sequence[Incident]) -> Iterator[Call]:
    """The callers of these incidents as the desk understood them; unlocated and merged ones are left out."""
    for incident in sorted(_located(incidents), key=lambda i: (i.reported.at, i.id)):
        place, said = incident.location, incident.reported
        if place is not None:
            yield Call(
                Report(
                    text=f"{place.district or ''}:{said.text}"[:2000],
                    received_at=said.at,
                    channel=Channel.SIMULATION,
                    position=place.position,
                    position_accuracy_m=place.uncertainty_m,
                    plate=said.plate,
                    injured=incident.tier is Tier.INJURY,
                    simulated=True,
                ),
                place.position,
            )


def _located(incidents: Sequence[Incident]) -> list[Incident]:
    return [i for i in incidents if i.location is not None and i.merged_into is None]
