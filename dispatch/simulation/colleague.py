"""A simulated colleague (模拟同事): a dispatcher at the same desk as people, for a demonstration in which nobody may be there.

It carries out what the desk's windows propose for simulated incidents, as a person who follows the console would, and
lets some time pass first, so that somebody who is there may be quicker. What people have reported is left to people, and so
is a unit that a person chose.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from dispatch.choosing.scenes import is_pressing
from dispatch.desk import Desk
from dispatch.errors import Conflict, InvalidInput
from dispatch.simulation.waiting import Waiting
from dispatch.vocabulary import Role
from dispatch.windows import Proposal, carry_out, propose

BY = "simulated colleague"
LEAVES = timedelta(seconds=60)  # to people, before it acts …
LEAVES_PRESSING = timedelta(seconds=15)  # … and where somebody is hurt
AGAIN = timedelta(seconds=15)  # between two looks at a window
MACHINES = frozenset({BY, "desk", "simulation"})
Later = Callable[[datetime, Callable[[datetime], None]], None]


class Colleague:
    """A `Dispatcher` that acts like a person who does what the console proposes.

    Parameters
    ----------
    waiting : Waiting
        Simulated incidents, and whom they wait for.
    later : callable
        Calls this dispatcher again at a moment.
    came_at : datetime
        Who was not there does nothing: where the service stood for hours, what waits is looked at once, and not again
        for each moment of those hours.
    """

    def __init__(self, waiting: Waiting, later: Later, came_at: datetime) -> None:
        self._waiting = waiting
        self._later = later
        self._came_at = came_at
        self._is_called = False
        self._due_at: dict[Role, dict[str, datetime]] = {}
        self._again_at: dict[Role, datetime] = {}

    def __call__(self, desk: Desk, now: datetime) -> None:
        """Act on what has waited long enough at ``now``, and come back for the rest."""
        if now < self._came_at:
            if not self._is_called:
                self._is_called = True
                self._come_back(desk, self._came_at)
            return
        for role in Role:
            waiting = self._waiting.first(role)
            self._due_at[role] = {one: self._due(role, one) or self._first_due(desk, one, now) for one in waiting}
            due = [one for one in waiting if self._due_at[role][one] <= now]
            if due and now >= self._again_at.get(role, now):
                self._again_at[role] = self._come_back(desk, now + AGAIN)
                self._serve(desk, role, due, now)

    def _due(self, role: Role, incident_id: str) -> datetime | None:
        return self._due_at.get(role, {}).get(incident_id)

    def _first_due(self, desk: Desk, incident_id: str, now: datetime) -> datetime:
        pressing = is_pressing(desk.incident(incident_id))
        return self._come_back(desk, now + (LEAVES_PRESSING if pressing else LEAVES))

    def _come_back(self, desk: Desk, at: datetime) -> datetime:
        self._later(at, lambda then: self(desk, then))
        return at

    def _serve(self, desk: Desk, role: Role, due: Sequence[str], now: datetime) -> None:
        """Look at the window of a role once."""
        proposals = propose(desk, role, now)
        for chain in dict.fromkeys(p.chain for p in proposals):
            together = [p for p in proposals if p.chain == chain]
            if all(map(_may_touch, together)) and any(p.incident.id in due for p in together):
                with suppress(Conflict):
                    carry_out(desk, together, now, by=BY)
        seen = {p.incident.id for p in proposals}
        for incident_id in (one for one in due if one not in seen):  # a tow, say, that turns out to be needed
            with suppress(Conflict, InvalidInput):
                desk.offer(incident_id, role, now, by=BY)


def nobody(_desk: Desk, _now: datetime) -> None:
    """A `Dispatcher` that leaves everything to people."""


def _may_touch(p: Proposal) -> bool:
    """Whether it is a simulated incident, and no unit that a person sent is taken away from it."""
    return p.incident.reported.simulated and (p.ends is None or p.ends.offer.by in MACHINES)
