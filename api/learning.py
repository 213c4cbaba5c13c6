"""Arrivals learned from the service's own finished trips: what ``gzdispatch learn`` does, and set-up of a demonstration with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from api import wiring
from dispatch.auditing.shares import Share
from dispatch.errors import DispatchError, InvalidInput
from dispatch.events import Event
from dispatch.folding import fold
from dispatch.prediction.calibration import Calibration
from dispatch.prediction.fit import fit
from dispatch.prediction.held_out import held_out
from dispatch.prediction.learned import Learned
from dispatch.prediction.learned_file import named
from dispatch.prediction.moments import Moment
from dispatch.prediction.trips import Statement, Trip, statements_of, trips_of
from geo_data.day_kinds import day_kind
from geo_data.stores.postgis_log import PostgisLog


@dataclass(frozen=True, slots=True)
class Lesson:
    """A learned model, how it did on what came later than it was taught, and how many histories could not be read.

    The model is learned from all; ``held_out`` is of one that was not shown the last quarter of the time.
    """

    model: Learned
    held_out: Mapping[str, Calibration]
    unreadable: int


def learn_from(connection: Connection, now: datetime, days: int, *, simulated: bool) -> Lesson:
    """Learn from the finished trips of the last ``days``; those that were simulated count only where that is asked for.

    Raises
    ------
    InvalidInput
        When there is none.
    """
    histories = PostgisLog(connection).all_events(now - timedelta(days=days))
    trips, statements, unreadable = facts_of(histories, now, simulated=simulated)
    if not trips:
        hint = "" if simulated else " Simulated trips are left out: add --simulated to learn from them, too."
        raise InvalidInput(f"No finished trip of the last {days} days to learn from.{hint}")
    prior = wiring.policy().arrival
    source = f"own events of {days} days until {now:%Y-%m-%d}, network {wiring.ground().network.fingerprint[:12]}"
    model = named(fit(trips, statements, prior, source=source))
    return Lesson(model, held_out(trips, statements, prior, now), unreadable)


def facts_of(
    histories: Iterable[Sequence[Event]], now: datetime, *, simulated: bool
) -> tuple[list[Trip], list[Statement], int]:
    """Finished trips, statements of promises that are judged, and how many histories contradict themselves."""
    trips: list[Trip] = []
    statements: list[Statement] = []
    unreadable = 0
    for history in histories:
        try:
            incident = fold(history)
        except DispatchError:
            unreadable += 1
            continue
        if simulated or not incident.simulated:
            trips += trips_of(incident)
            statements += statements_of(history, now)
    kinds = [replace(t, conditions=replace(t.conditions, day_kind=day_kind(t.at).value)) for t in trips]
    return kinds, statements, unreadable


def in_words(lesson: Lesson) -> list[str]:
    """What was learned, and a line a moment on how that did on what came later."""
    about = lesson.model.about
    taught = (
        f"{lesson.model.name} · {about.trips:,} 次出车 trips, {about.days} 天 days ({about.first} – {about.last}), "
        f"模拟 simulated {about.simulated:,}; 未读 unreadable {lesson.unreadable}"
    )
    return [taught, *(_checked(Moment(name), found) for name, found in lesson.held_out.items())]


def _checked(moment: Moment, found: Calibration) -> str:
    inside = ", ".join(f"{nominal:.0%}: {_percent(share)}" for nominal, share in found.covered.items())
    return f"留出检验 held out, {moment.label} {moment.value}: n={found.n}; 区间内 within {inside}"


def _percent(share: Share) -> str:
    if share.p is None or share.low is None or share.high is None:
        return "–"
    return f"{share.p:.0%} ({share.low:.0%} – {share.high:.0%})"
