"""The service: routes, errors, live feed, static files."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles

from api import errors, wiring
from api.case_live import CaseFeed
from api.degradations import away_anywhere
from api.live import LiveFeed
from api.outage import probe_of, watch
from api.promises_kept import keep_rules
from api.public_doors import Doorman, guard_logs
from api.queue.door import QueueDoor
from api.routes import (
    assignments,
    audit,
    basemap,
    calibration,
    caller,
    cases,
    choosing,
    clients,
    cover,
    devices,
    duplicates,
    follow_up,
    handshake,
    heat,
    holding,
    incidents,
    live,
    operators,
    osmand,
    pages,
    phone,
    photos,
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
from dispatch.errors import Unavailable
from geo_data.database import close

DESCRIPTION = """
Accident report in, the right people on the road, every promise accounted for.

Sign in with `POST /v1/session`; send the token as `Authorization: Bearer …`, or keep the cookie. All positions are
WGS-84 unless a body says `crs`; all times carry a zone; durations are seconds. Errors answer
`{"detail": what is wrong and what to do, "kind": …}`.
"""

ROUTERS = tuple(
    m.router
    for m in (
        session,
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
        caller,
        cases,
        live,
        phone,
        pages,
    )
)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the ground once and listen to the database while the service runs."""
    watch.start(probe_of(wiring.database_url), wiring.places().load, keep_rules)
    app.state.cases = CaseFeed()
    app.state.live = LiveFeed(app.state.cases)
    app.state.live.start()
    yield
    await app.state.live.stop()
    watch.stop()
    with suppress(Unavailable):  # there never was one
        close(wiring.database())  # a request that is cut off goes on in its thread for a moment


def health() -> dict[str, str]:
    """Whether this worker takes reports: `ok`, or `degraded` while it goes on without something (`/v1/status` says what)."""
    return {"status": "degraded" if away_anywhere() else "ok"}


async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Say in every answer what a browser may do with it."""
    response = await call_next(request)
    response.headers.setdefault("Content-Security-Policy", pages.POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response


def create_app() -> FastAPI:
    """Wire the service."""
    app = FastAPI(
        title="广州调度 Guangzhou Dispatch",
        version=version("gzdispatch"),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    errors.install(app)
    app.add_middleware(QueueDoor)
    app.middleware("http")(guard)
    app.add_middleware(
        GZipMiddleware, minimum_size=1000, compresslevel=4
    )  # a third of the time of 9 for a twelfth more bytes
    app.add_middleware(Doorman)
    guard_logs()
    app.get("/health", tags=["session"])(health)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/assets", StaticFiles(directory=pages.WEB), name="assets")
    for package, folder in pages.VENDOR_FOLDERS.items():
        files = StaticFiles(directory=pages.VENDOR / folder, check_dir=False)
        app.mount(f"/vendor/{package}", files, name=package)
    return app
