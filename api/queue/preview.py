"""What can be said of a report while there is no database: by the same ground and the same rules as the desk's."""

import logging
from dataclasses import replace

from api import wiring
from api.queue.schemas import LABELS, Lack, LackOut, Preview
from api.views import views
from dispatch.errors import DispatchError, InvalidInput
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.intake import taken_in
from dispatch.location import Location
from dispatch.recovery.provincial import partner_for
from dispatch.report import Report

log = logging.getLogger(__name__)


def offline_ground() -> wiring.Ground:
    """Roads and places as this process knew them last; no service is asked."""
    return replace(wiring.ground(), geocoder=wiring.places().latest)


def preview(report: Report, *more_lacks: Lack) -> Preview:
    """Find the place, the tiers and the promise.

    Raises
    ------
    InvalidInput
        Where the desk would refuse the report too, e.g. in another province: nothing is kept.
    """
    try:
        place, incident = _as_incident(report)
    except InvalidInput:
        raise
    except Exception:  # the report is taken whatever fails here
        log.exception("no preview")
        return Preview(lacks=_lacks("number", "place", "advice", "duplicates", *more_lacks))
    promise = incident.commitment
    return Preview(
        location=views.location(place) if place else None,
        question=incident.question,
        tiers=[f.tier.label for f in incident.reported.findings],
        due_at=promise.due_at if promise else None,
        partner=incident.partner.engaged.partner if incident.partner else "",
        lacks=_lacks("number", *_of(report, located=place is not None), *more_lacks),
    )


def _as_incident(report: Report) -> tuple[Location | None, Incident]:
    on = offline_ground()
    found = on.geocode(report.text, hint=report.position, hint_accuracy_m=report.position_accuracy_m)
    inside = report.position is not None and on.area.district_of(report.position) is not None
    partner = partner_for(found, report.position, inside=inside, policy=on.policy)
    incident = fold(taken_in("Q", report, found, None, on.policy, "queue", partner=partner))
    return found if isinstance(found, Location) else None, incident


def _of(report: Report, *, located: bool) -> list[Lack]:
    missing: dict[Lack, bool] = {
        "place": not located,
        "advice": True,
        "duplicates": True,
        "hospital": bool(report.hospital.strip()),
        "online_places": _asks_services(),
    }
    return [lack for lack, is_missing in missing.items() if is_missing]


def _asks_services() -> bool:
    try:
        return wiring.enquiry() is not None
    except DispatchError:
        return False


def _lacks(*lacks: Lack) -> list[LackOut]:
    return [LackOut(lack=one, label=LABELS[one]) for one in lacks]
