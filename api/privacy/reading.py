"""Every reading of personal data is written down, in the transaction of the reading."""

from typing import Annotated

from fastapi import Depends, Request

from api.access.dependencies import Now, Transaction, visitor
from api.credentials.security import Account
from api.observing.asked import current
from geo_data.stores.access_log import Reading, write_reading

READS = {
    "/v1/incidents/{incident_id}": "case",
    "/v1/incidents/{incident_id}/events": "case",
    "/v1/incidents/{incident_id}/duplicates": "case",
    "/v1/incidents/{incident_id}/services": "case",
    "/v1/incidents/{incident_id}/scene-reports": "case",
    "/v1/incidents/{incident_id}/photos": "case",
    "/v1/incidents/{incident_id}/photos/{sha256}": "photo",
    "/v1/incidents/{incident_id}/photos/{sha256}/thumbnail": "photo",
    "/v1/incidents": "list",
    "/v1/picture": "list",
    "/v1/live": "list",
    "/v1/duplicates": "list",
    "/v1/caller-tasks": "list",
    "/v1/exceptions": "list",
    "/v1/backups": "list",
    "/v1/promises": "list",
    "/v1/units/{unit_id}/assignments": "list",
    "/v1/units/{unit_id}/day": "list",
    "/v1/clients": "list",
    "/v1/clients/{client_id}": "client",
    "/v1/client/cases": "list",
    "/v1/client/cases/{incident_id}": "case",
    "/v1/client/promises": "list",
    "/v1/partner/cases": "list",
    "/v1/partner/cases/{incident_id}": "case",
    "/v1/search": "search",
    "/v1/queue": "list",
    "/management/report": "export",
    "/management/audit": "export",
    "/v1/audit/suspicions": "export",
    "/v1/heat/tables/{kind}": "export",
    "/v1/heat/tables/{kind}/csv": "export",
    "/v1/privacy/access": "log",
    "/v1/administration/people": "people",
    "/v1/administration/sessions": "people",
}
"""What is read by each GET, by path template; a route that shows personal data and is not here is a fault."""

IMPERSONAL = {
    "/v1/incidents/{incident_id}/recommendation",
    "/v1/incidents/{incident_id}/recovery",
    "/v1/incidents/{incident_id}/messages",
}
"""Routes about one incident that say nothing of its caller."""


def note(
    request: Request,
    transaction: Transaction,
    now: Now,
    who: Annotated[Account | None, Depends(visitor, scope="function")],
) -> None:
    """Write down who reads what; nothing for what is not personal, and for a caller who reads their own case."""
    template = getattr(request.scope.get("route"), "path", "")
    if who is None or request.method != "GET" or template not in READS:
        return
    at, asked = request.path_params, current()
    reading = Reading(
        at=now,
        who=who.username,
        role=who.role,
        what=READS[template],
        subject=str(at.get("incident_id") or at.get("client_id") or ""),
        route=f"GET {template}",
        request_id=asked.request_id if asked else "",
    )
    write_reading(transaction, reading)


Noted = Depends(note)
