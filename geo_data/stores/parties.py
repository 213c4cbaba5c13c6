"""Whose a case is besides the insurer's, kept with its events: the client's, the shop's, the tow company's.

A client's by a plate of its fleet: the one reported, or the only one in the caller's words where none was. The plates of reports merged into the case count while they are merged. A
shop's while a vehicle is to be brought there or was. A tow company's once one of its units was offered the job.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from dispatch import events as ev
from dispatch.incident import Incident
from dispatch.triage.report_words import plates_in

DECIDING = (
    ev.IncidentReported,
    ev.DuplicateJoined,
    ev.DuplicateParted,
    ev.UnitOffered,
    ev.RepairShopChosen,
    ev.AssignmentReleased,
    ev.AssignmentDeclined,
)
_DECIDE = text("SELECT gz_decide_parties(:incident, :plates, :merged, :shop, :bound)")


def write(connection: Connection, events: Sequence[ev.Event], state: Incident) -> None:
    """Decide anew whose a case is, where events just appended may have changed that; inside the caller's transaction."""
    if not any(isinstance(e, DECIDING) for e in events):
        return
    bound = {
        "incident": state.id,
        "plates": sorted(_plates(state)),
        "merged": sorted(state.duplicates),
        "shop": state.shop.shop.shop_id if state.shop else None,
        "bound": sorted({a.unit_id for a in state.assignments.values()}),
    }
    connection.execute(_DECIDE, bound)


def _plates(state: Incident) -> frozenset[str]:
    told = plates_in("", state.reported.plate)
    said = plates_in(state.reported.text)
    return told or (said if len(said) == 1 else frozenset())  # of two cars in the words the other may be a stranger's
