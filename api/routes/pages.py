"""The pages people look at, their files, and the map's tiles."""

from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from sqlalchemy.exc import OperationalError

import maps
from api import security, wiring
from api.dependencies import SignedIn, Transaction, token_of, visitor
from api.outage import watch
from api.security import Account
from geo_data.database import DatabaseAway, transaction
from geo_data.vector_tiles import etag as map_etag
from geo_data.vector_tiles import tile as cut_tile
from maps.page_files import with_preloads

WEB = Path(maps.__file__).parent / "web"
VENDOR = WEB / "node_modules"
# What browsers load of the npm packages, and nothing else.
VENDOR_FOLDERS = {
    "maplibre-gl": "maplibre-gl/dist",
    "leaflet": "leaflet/dist",
    "swagger-ui-dist": "swagger-ui-dist",
    "idb": "idb/build",
}
ROOTS = {"/assets": WEB} | {f"/vendor/{name}": VENDOR / folder for name, folder in VENDOR_FOLDERS.items()}
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "worker-src 'self' blob:; connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'"
)

router = APIRouter(include_in_schema=False)


def _visitor(request: Request) -> Account | None:
    """Who asks for a page; while no database can be asked, whom the token names: a page holds nobody's data."""
    try:
        watch.check()
        with transaction(wiring.database()) as connection:
            return visitor(request, connection)
    except (DatabaseAway, OperationalError):
        watch.doubt()
        return security.remembered(token_of(request), wiring.secret())


Visitor = Annotated[Account | None, Depends(_visitor, scope="function")]


def _page(name: str, who: Account | None, path: str) -> Response:
    if who is None:
        return RedirectResponse(f"/login?next={path}", status_code=303)
    return HTMLResponse(_text(name), headers={"Cache-Control": "no-cache"})


@cache
def _text(name: str) -> str:
    return with_preloads(WEB / f"{name}.html", ROOTS)


@router.get("/")
def console(who: Visitor) -> Response:
    """The dispatcher's console; a surveyor is led to the phone page."""
    if who is not None and who.role == "surveyor":
        return RedirectResponse("/surveyor", status_code=303)
    return _page("console", who, "/")


@router.get("/surveyor")
def surveyor(who: Visitor) -> Response:
    """The surveyor's phone page."""
    return _page("surveyor", who, "/surveyor")


@router.get("/management")
def management(who: Visitor) -> Response:
    """The manager's page; a surveyor is led to the phone page."""
    if who is not None and who.role == "surveyor":
        return RedirectResponse("/surveyor", status_code=303)
    return _page("management", who, "/management")


@router.get("/promises")
def promises(who: Visitor) -> Response:
    """What is promised, by when and to whom; a surveyor is led to the phone page."""
    if who is not None and who.role == "surveyor":
        return RedirectResponse("/surveyor", status_code=303)
    return _page("promises", who, "/promises")


@router.get("/login")
def login() -> Response:
    """Sign in."""
    return FileResponse(WEB / "login.html")


@router.get("/docs")
def docs() -> Response:
    """The API described, from local files."""
    return FileResponse(WEB / "docs.html")


@router.get("/tiles/{z}/{x}/{y}.mvt")
def tile(z: int, x: int, y: int, request: Request, transaction: Transaction, _: SignedIn) -> Response:
    """One vector tile of the offline map."""
    etag = f'"{map_etag(transaction)}"'
    headers = {"ETag": etag, "Cache-Control": "private, max-age=60"}
    if request.headers.get("If-None-Match") == etag:
        return Response(status_code=304, headers=headers)
    body = cut_tile(transaction, z, x, y)
    return Response(body, media_type="application/vnd.mapbox-vector-tile", headers=headers)
