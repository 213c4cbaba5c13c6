"""The console without a service: its real pages and files, a picture made up in the service's own form, no tiles.

What the page asks for is answered here; its stream is made in a thread beside it (`console_replay.js`).
"""

import json
import mimetypes
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Route
from sqlalchemy import Engine

from api.forms.schemas import NetworkOut, PictureOut
from api.routes.pages import POLICY, ROOTS, VENDOR, VENDOR_FOLDERS, WEB
from api.views import views
from dispatch.folding import fold
from dispatch.unit import OpenAssignment, Unit, UnitState
from dispatch.vocabulary import AssignmentStatus, Role
from maps.page_files import with_preloads
from tools.console_world import ON_THE_WAY, City, World, sent, unit_id_of

ADDRESS = "http://console.replayed"
STREAM = Path(__file__).with_name("console_replay.js")
ANSWERS = {
    "/v1/session": {"username": "dispatcher", "role": "dispatcher", "unit_id": None, "token": ""},
    "/v1/road-conditions": {"as_of": "", "metric": "", "conditions": []},
    "/v1/basemap": None,
    "/v1/caller-tasks": [],
}
WAY = {
    "metres": 8000.0,
    "geometry": {"type": "LineString", "coordinates": [[113.2 + n / 400, 23.1 + n % 7 / 400] for n in range(60)]},
}


def picture(world: World) -> PictureOut:
    """A picture as the service would give it: units on their drives, open incidents, most with a unit under way."""
    now = datetime.now(UTC)
    city = City(world, cast(Engine, None))
    incidents, bound = [], {}
    for n in range(world.incidents):
        key, unit_id = f"R{n:04d}", unit_id_of(10 * (n // 8) + n % 8)
        facts = city.intake(key, now, city.random.choice(city.places))
        if n < ON_THE_WAY * world.incidents:
            facts += sent(key, now, unit_id)
            bound[unit_id] = OpenAssignment(assignment_id=f"{key}-1", incident_id=key, status=AssignmentStatus.EN_ROUTE)
        incidents.append(views.in_short(views.incident(fold(facts), now)))
    units = [
        UnitState(
            unit=Unit(id=unit_id_of(n), name=f"单元{n:04d}", role=Role.SURVEYOR, standby=home, simulated=True),
            fix=city.fix(n, now),
            assignment=bound.get(unit_id_of(n)),
        )
        for n, home in enumerate(city.home)
    ]
    network = NetworkOut(title="", schematic=True, fingerprint="", nodes=0, edges=0)
    shown = [views.unit(state, now) for state in units]
    return PictureOut(
        as_of=now,
        network=network,
        incidents=incidents,
        units=shown,
        shops=[],
        auto_offer=False,
        answer_within_s=90.0,
        fix_max_age_s=300.0,
        fix_max_accuracy_m=500.0,
    )


def replay(context: BrowserContext, world: World) -> None:
    """Answer all that pages of this context ask for."""
    context.add_init_script(path=STREAM)
    made = picture(world)
    whole = made.model_dump_json()
    incidents = {f"/v1/incidents/{one.id}": one for one in made.incidents}
    page = with_preloads(WEB / "console.html", ROOTS)

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/":
            route.fulfill(body=page, content_type="text/html", headers={"Content-Security-Policy": POLICY})
        elif path == "/v1/picture":
            route.fulfill(body=whole, content_type="application/json")
        elif path in incidents:  # asked for anew where the stream was lost for a moment
            route.fulfill(body=incidents[path].model_dump_json(), content_type="application/json")
        elif path.endswith("/route"):
            route.fulfill(body=json.dumps(WAY), content_type="application/json")
        elif path.startswith("/v1/"):
            route.fulfill(body=json.dumps(ANSWERS.get(path, [])), content_type="application/json")
        elif (file := _file(path)) is not None and file.is_file():
            kind = "text/javascript" if file.suffix == ".mjs" else mimetypes.guess_type(file.name)[0] or "text/plain"
            route.fulfill(body=file.read_bytes(), content_type=kind, headers={"Content-Security-Policy": POLICY})
        else:
            route.fulfill(status=204)

    context.route("**/*", answer)


def _file(path: str) -> Path | None:
    first, _, rest = path.lstrip("/").partition("/")
    if first == "assets":
        return WEB / rest
    package, _, name = rest.partition("/")
    return VENDOR / VENDOR_FOLDERS[package] / name if first == "vendor" and package in VENDOR_FOLDERS else None
