"""The table of doors: which seat may knock at which route. A route that is not in it opens to nobody who signs in.

A seat is a role in an organisation (`api.credentials.security.Account.seat`): the manager of a client sits elsewhere than the
insurer's. The table says who may ask; what they then see is decided by the database (`geo_data.tables.row_security`) and what
they are shown of it by `api.access.fields`.
"""

from collections.abc import Iterable

from starlette.requests import Request

OPEN = frozenset({"anybody"})  # also to who is not signed in; such a request sees no case and no person in the database
EVERYBODY = frozenset({"dispatcher", "surveyor", "manager", "auditor", "client", "partner", "administrator", "nobody"})
HOUSE = frozenset({"dispatcher", "surveyor", "manager", "auditor"})
READERS = frozenset({"dispatcher", "manager", "auditor"})
DISPATCHER = frozenset({"dispatcher"})
FIELD = frozenset({"dispatcher", "surveyor"})
ON_CASES = frozenset({"dispatcher", "manager"})

_TABLE: tuple[tuple[frozenset[str], str], ...] = (
    (
        OPEN,
        """
        POST /v1/session           DELETE /v1/session         GET /v1/meta               GET /v1/time
        GET /login                 GET /docs                  GET /surveyor/shell        GET /surveyor/worker.js
        GET /surveyor/manifest.webmanifest                    GET /surveyor/icon-{size}.png
        GET /report                GET /v1/caller/desk        POST /v1/caller/reports    GET /v1/caller/places
        GET /v1/caller/place       GET /v1/caller/tiles/{z}/{x}/{y}.mvt
        GET /case/{token}          GET /v1/cases/{token}      GET /v1/cases/{token}/live POST /v1/cases/{token}/place
        POST /v1/cases/{token}/callback                       POST /v1/cases/{token}/rating
        POST /v1/cases/{token}/photos                         POST /v1/queue/caller-reports
        GET /v1/osmand             POST /v1/osmand            GET /health                GET /ready
        GET /metrics               GET /v1/session/company    GET /v1/session/company/back
        """,
    ),
    (
        EVERYBODY,
        """
        GET /v1/session            POST /v1/session/password  GET /v1/network            GET /tiles/{z}/{x}/{y}.mvt
        GET /                      GET /surveyor              GET /management            GET /promises
        GET /own                   GET /administration        GET /v1/status
        GET /v1/push               POST /v1/push/subscribe    POST /v1/push/unsubscribe
        """,
    ),
    (HOUSE, "GET /v1/geocode GET /v1/geocode/reverse GET /v1/queue/geocode GET /v1/queue/geocode/reverse"),
    (
        HOUSE,  # of a surveyor only what is its own
        """
        GET /v1/live               GET /v1/units/{unit_id}    GET /v1/units/{unit_id}/assignments
        GET /v1/units/{unit_id}/day                           GET /v1/assignments/{assignment_id}/route
        GET /v1/incidents/{incident_id}/photos                GET /v1/incidents/{incident_id}/scene-reports
        """,
    ),
    (
        HOUSE - {"auditor"},  # a photograph shows plates
        """
        GET /v1/incidents/{incident_id}/photos/{sha256}       GET /v1/incidents/{incident_id}/photos/{sha256}/thumbnail
        """,
    ),
    (
        FIELD,
        """
        POST /v1/assignments/{assignment_id}/accept           POST /v1/assignments/{assignment_id}/decline
        POST /v1/assignments/{assignment_id}/depart           POST /v1/assignments/{assignment_id}/arrive
        POST /v1/assignments/{assignment_id}/clear            POST /v1/assignments/{assignment_id}/deliver
        POST /v1/incidents/{incident_id}/photos               POST /v1/incidents/{incident_id}/scene-reports
        POST /v1/units/{unit_id}/duty                         POST /v1/positions
        """,
    ),
    (
        READERS,
        """
        GET /v1/picture            GET /v1/incidents          GET /v1/incidents/{incident_id}
        GET /v1/incidents/{incident_id}/events                GET /v1/incidents/{incident_id}/recommendation
        GET /v1/incidents/{incident_id}/duplicates            GET /v1/incidents/{incident_id}/recovery
        GET /v1/incidents/{incident_id}/services              GET /v1/duplicates         GET /v1/exceptions
        GET /v1/proposals          GET /v1/standby            GET /v1/units              GET /v1/shops
        GET /v1/isochrones         GET /v1/cover              GET /v1/road-conditions    GET /v1/basemap
        GET /basemap/{z}/{x}/{y}.png                          GET /v1/caller-tasks       GET /v1/promises
        GET /v1/clients            GET /v1/clients/{client_id}
        GET /v1/audit              GET /management/audit      GET /v1/audit/seal         GET /v1/audit/suspicions
        GET /v1/calibration        GET /v1/heat               GET /v1/heat/cover         GET /v1/heat/file
        GET /v1/heat/tables/{kind} GET /v1/heat/tables/{kind}/csv                        GET /management/heatmap
        GET /management/report
        """,
    ),
    (ON_CASES, "GET /v1/search"),  # finds by plate and phone
    (
        DISPATCHER,
        """
        POST /v1/reports           POST /v1/presence          GET /v1/backups            POST /v1/road-conditions
        DELETE /v1/road-conditions/{condition_id}             POST /v1/proposals/{incident_id}
        POST /v1/assignments/{assignment_id}/release          POST /v1/assignments/{assignment_id}/reassign
        POST /v1/assignments/{assignment_id}/replacement      POST /v1/assignments/{assignment_id}/replacement/decision
        POST /v1/incidents/{incident_id}/location             POST /v1/incidents/{incident_id}/assignments
        POST /v1/incidents/{incident_id}/hold                 POST /v1/incidents/{incident_id}/hold/end
        POST /v1/incidents/{incident_id}/close                POST /v1/incidents/{incident_id}/tier
        POST /v1/incidents/{incident_id}/waive                POST /v1/incidents/{incident_id}/hospital
        POST /v1/incidents/{incident_id}/remote/start         POST /v1/incidents/{incident_id}/remote/end
        POST /v1/incidents/{incident_id}/merge                POST /v1/incidents/{incident_id}/unmerge
        POST /v1/incidents/{incident_id}/recovery/shop        POST /v1/incidents/{incident_id}/partner/reports
        POST /v1/incidents/{incident_id}/backup               POST /v1/incidents/{incident_id}/callback
        POST /v1/incidents/{incident_id}/doubt                POST /v1/incidents/{incident_id}/claim/assessed
        POST /v1/incidents/{incident_id}/claim/reviewed       POST /v1/incidents/{incident_id}/claim/paid
        POST /v1/incidents/{incident_id}/claim/refused        POST /v1/incidents/{incident_id}/claim/told
        POST /v1/incidents/{incident_id}/contacts             POST /v1/incidents/{incident_id}/excuses
        POST /v1/incidents/{incident_id}/wanted               POST /v1/incidents/{incident_id}/case-link
        POST /v1/clients           POST /v1/clients/{client_id}/end
        POST /v1/clients/{client_id}/contacts                 POST /v1/clients/{client_id}/reports
        POST /v1/clients/{client_id}/problems                 POST /v1/clients/{client_id}/problems/{number}/solved
        POST /v1/clients/{client_id}/problems/{number}/told   POST /v1/clients/{client_id}/excuses
        POST /v1/clients/{client_id}/wanted                   POST /v1/clients/{client_id}/facts/{number}/withdraw
        """,
    ),
    (frozenset({"dispatcher", "manager", "administrator"}), "POST /v1/devices DELETE /v1/devices/{device_id}"),
    (READERS | {"administrator"}, "GET /v1/devices"),
    (DISPATCHER, "GET /v1/queue POST /v1/queue/reports POST /v1/queue/{number}/again"),
    (READERS, "GET /v1/messages/failed GET /v1/incidents/{incident_id}/messages"),
    (frozenset({"manager", "auditor", "administrator"}), "GET /v1/privacy/access"),
    (frozenset({"manager", "auditor", "administrator"}), "GET /v1/administration/acts"),
    (
        frozenset({"administrator"}),
        """
        GET /v1/administration/people                         POST /v1/administration/people
        POST /v1/administration/people/{name}                 POST /v1/administration/people/{name}/disable
        POST /v1/administration/people/{name}/enable          POST /v1/administration/people/{name}/password
        POST /v1/administration/people/{name}/unlock          DELETE /v1/administration/people/{name}/sessions
        GET /v1/administration/sessions                       DELETE /v1/administration/sessions/{session_id}
        GET /v1/administration/organisations                  POST /v1/administration/organisations
        POST /v1/administration/organisations/{organisation_id}
        POST /v1/administration/organisations/{organisation_id}/disable
        POST /v1/administration/organisations/{organisation_id}/enable
        GET /v1/administration/units
        """,
    ),
    (frozenset({"client"}), "GET /v1/client/cases GET /v1/client/cases/{incident_id} GET /v1/client/promises"),
    (frozenset({"partner"}), "GET /v1/partner/cases GET /v1/partner/cases/{incident_id}"),
)


def _read(table: Iterable[tuple[frozenset[str], str]]) -> dict[tuple[str, str], frozenset[str]]:
    found: dict[tuple[str, str], frozenset[str]] = {}
    for seats, doors in table:
        words = doors.split()
        for method, path in zip(words[::2], words[1::2], strict=True):
            if (method, path) in found:
                raise ValueError(f"{method} {path} stands twice in the table of doors")
            found[method, path] = seats
    return found


DOORS = _read(_TABLE)


def open_to(seat: str, request: Request) -> bool:
    """Whether a seat may pass the door this request knocked at."""
    path = getattr(request.scope.get("route"), "path", "")
    seats = DOORS.get((request.method, path), frozenset())
    return seat in seats or seats == OPEN
