"""The service: routes, errors, live feed, static files."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles
from sqlalchemy import text

from api import errors, wiring
from api.access.striking import Striking
from api.case_live import CaseFeed
from api.dependencies import Transaction
from api.live import LiveFeed
from api.promises_kept import keep_rules
from api.public_doors import Doorman, guard_logs
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
    own_cases,
    pages,
    phone,
    photos,
    promises,
    push,
    recovery,
    reports,
    response,
    road_conditions,
    scene_reports,
    service_reports,
    session,
    suspicions,
    units,
)
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
        reports,
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
        live,
        phone,
        pages,
    )
)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the ground once and listen to the database while the service runs."""
    wiring.places().load()
    keep_rules()
    app.state.cases = CaseFeed()
    app.state.live = LiveFeed(app.state.cases)
    app.state.live.start()
    yield
    await app.state.live.stop()
    close(wiring.database())  # a request that is cut off goes on in its thread for a moment


def health(transaction: Transaction) -> dict[str, str]:
    """Whether this worker answers and its database with it."""
    transaction.execute(text("SELECT 1"))
    return {"status": "ok"}


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
    app.middleware("http")(guard)
    app.add_middleware(Striking)
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
