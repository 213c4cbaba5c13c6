"""What a demonstration (模拟) left open when it was stopped for long, a laptop shut for the night say: it ended then, and says so.

Nobody was there to keep those promises, and no company broke them. They are closed at the moment the simulation was last seen,
under a code of their own that the audit counts apart. What people have reported is no part of it.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from dispatch.closing import closing
from dispatch.desk import Desk
from dispatch.errors import Conflict
from dispatch.incident import Incident
from dispatch.vocabulary import CloseCode

LONG = timedelta(minutes=10)  # a shorter pause is played over
BY = "simulation"


def end_what_stood(desk: Desk, now: datetime) -> int:
    """Close the simulated incidents that are open since before a long standstill.

    Parameters
    ----------
    desk : Desk
    now : datetime
        When the simulation goes on.

    Returns
    -------
    int
        How many; 0 after a short pause, and where the simulation was never seen.
    """
    stopped_at = max((s.fix.at for s in desk.fleet.states(now) if s.unit.simulated and s.fix), default=now)
    if now - stopped_at <= LONG:
        return 0
    return sum(
        _end(desk, incident, stopped_at) for incident in desk.log.open_incidents() if incident.reported.simulated
    )


def _end(desk: Desk, incident: Incident, stopped_at: datetime) -> bool:
    at = max(stopped_at, desk.log.history(incident.id)[-1].at)
    with suppress(Conflict):  # somebody else has ended it by now
        desk.record(incident, *closing(incident, at, reason="", code=CloseCode.DEMO_STOPPED, by=BY))
        return True
    return False
