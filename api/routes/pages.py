"""The pages people look at, their files, and the map's tiles."""

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

import maps
from api.access.dependencies import SignedIn, Transaction
from api.credentials.security import Account, Bearer
from api.remembering import PerhapsRemembered
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
    "worker-src 'self' blob:; connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'"
)

router = APIRouter(include_in_schema=False)


HOMES = {
    "surveyor": "/surveyor",
    "client": "/own",
    "partner": "/own",
    "administrator": "/administration",
    "nobody": "/own",
}


def _page(name: str, who: Account | Bearer | None, path: str) -> Response:
    """A page, for whoever it is made for; others are led to theirs, and who is not signed in to the log-in page."""
    if who is None:
        return RedirectResponse(f"/login?next={path}", status_code=303)
    home = HOMES.get(who.seat, "/" if path in ("/own", "/administration") else path)
    if path not in (home, "/surveyor"):
        return RedirectResponse(home, status_code=303)
    return HTMLResponse(_text(name), headers={"Cache-Control": "no-cache"})


@cache
def _text(name: str) -> str:
    return with_preloads(WEB / f"{name}.html", ROOTS)


@router.get("/")
def console(who: PerhapsRemembered) -> Response:
    """The dispatcher's console."""
    return _page("console", who, "/")


@router.get("/surveyor")
def surveyor(who: PerhapsRemembered) -> Response:
    """The surveyor's phone page."""
    return _page("surveyor", who, "/surveyor")


@router.get("/management")
def management(who: PerhapsRemembered) -> Response:
    """The manager's page."""
    return _page("management", who, "/management")


@router.get("/promises")
def promises(who: PerhapsRemembered) -> Response:
    """What is promised, by when and to whom."""
    return _page("promises", who, "/promises")


@router.get("/own")
def own(who: PerhapsRemembered) -> Response:
    """What a client or a partner sees: its own cases."""
    return _page("own", who, "/own")


@router.get("/administration")
def administration(who: PerhapsRemembered) -> Response:
    """People, sessions, devices and organisations."""
    return _page("administration", who, "/administration")


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
