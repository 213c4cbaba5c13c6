"""The service: routes, errors, live feed, static files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig
from starlette.concurrency import run_in_threadpool

from api import errors, own_database, wiring
from api.access.browser_rules import BrowserRules
from api.access.dependencies import now
from api.access.public_doors import Doorman
from api.access.same_site import SameSite
from api.access.striking import Striking
from api.access.turnstile import Turnstile
from api.health.database_watch import probe_of, watch
from api.intake.door import PositionsDoor
from api.observing import tracing
from api.observing.middleware import Observed
from api.observing.private_words import guard_logs
from api.observing.sampling import OwnProcess, pool_of, sampling
from api.privacy.reading import READS, Noted
from api.queue.door import QueueDoor
from api.reports.promises_kept import keep_rules
from api.routes import (
    administration,
    assignments,
    audit,
    basemap,
    calibration,
    caller,
    case_photos,
    cases,
    choosing,
    clients,
    company_sign_in,
    cover,
    devices,
    duplicates,
    follow_up,
    handshake,
    health,
    heat,
    holding,
    incidents,
    live,
    messages,
    operators,
    organisations,
    osmand,
    own_cases,
    pages,
    phone,
    photos,
    privacy,
    promises,
    push,
    queue,
    recovery,
    reports,
    response,
    road_conditions,
    scene_reports,
    service_reports,
    session,
    status,
    suspicions,
    units,
)
from api.settings import settings
from api.streams.case_live import CaseFeed
from api.streams.live import LiveFeed
from dispatch.errors import Unavailable
from geo_data.database import close

DESCRIPTION = """
Accident report in, the right people on the road, every promise accounted for.

Sign in with `POST /v1/session`; send the token as `Authorization: Bearer …`, or keep the cookie. All positions are
WGS-84 unless a body says `crs`; all times carry a zone; durations are seconds. Errors answer
`{"detail": what is wrong and what to do, "kind": …}`.
"""

NO_TELEMETRY_OF_ITS_OWN: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}  # it would send paths and queries, which hold tokens, to wherever traces go; `api.observing` makes our spans

ROUTERS = tuple(
    m.router
    for m in (
        health,
        session,
        company_sign_in,
        status,
        reports,
        queue,
        operators,
        incidents,
        holding,
        response,
        duplicates,
        recovery,
        photos,
        scene_reports,
        assignments,
        handshake,
        choosing,
        units,
        devices,
        osmand,
        push,
        cover,
        road_conditions,
        basemap,
        audit,
        service_reports,
        suspicions,
        calibration,
        heat,
        follow_up,
        promises,
        clients,
        own_cases,
        caller,
        cases,
        case_photos,
        live,
        messages,
        phone,
        pages,
        privacy,
        administration,
        organisations,
    )
)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the ground once and listen to the database while the service runs."""
    probe = probe_of(wiring.database_url)
    await run_in_threadpool(watch.start, probe, wiring.places().load, keep_rules)
    app.state.cases = CaseFeed()
    app.state.live = LiveFeed(app.state.cases)
    app.state.live.start()
    app.state.samples = (OwnProcess("web"), _sample_pool, app.state.live.sample)
    tracing.begin(settings().trace_exporter)
    with sampling(*app.state.samples):
        yield
    await app.state.live.stop()
    watch.stop()
    own_database.positions.leave()
    own_database.knocks.leave()
    with suppress(Unavailable):  # there never was one
        close(wiring.database())  # a request that is cut off goes on in its thread for a moment


def _sample_pool() -> None:
    with suppress(Unavailable):
        pool_of(wiring.database())()


def create_app() -> FastAPI:
    """Wire the service."""
    app = FastAPI(
        title="广州调度 Guangzhou Dispatch",
        version=version("gzdispatch"),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY_OF_ITS_OWN,
    )
    app.state.turnstile = Turnstile()
    errors.install(app)
    app.add_middleware(QueueDoor)
    app.add_middleware(BrowserRules, policy=pages.POLICY)
    app.add_middleware(Striking)
    app.add_middleware(
        GZipMiddleware, minimum_size=1000, compresslevel=4
    )  # a third of the time of 9 for a twelfth more bytes
    app.add_middleware(Doorman)
    app.add_middleware(PositionsDoor, clock=lambda: app.dependency_overrides.get(now, now)())  # noqa: PLW0108  (tests change it later)
    app.add_middleware(SameSite)
    app.add_middleware(Observed, internal=errors.internal)
    guard_logs()
    for router in ROUTERS:
        # the queue writes its readings down itself (`api.remembering`): there may be no database
        shows = router is not queue.router and any(getattr(route, "path", "") in READS for route in router.routes)
        app.include_router(router, dependencies=[Noted] if shows else [])
    app.mount("/assets", StaticFiles(directory=pages.WEB), name="assets")
    for package, folder in pages.VENDOR_FOLDERS.items():
        files = StaticFiles(directory=pages.VENDOR / folder, check_dir=False)
        app.mount(f"/vendor/{package}", files, name=package)
    return app
