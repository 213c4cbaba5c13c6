"""The surveyor's page as an app: manifest, icons, the worker that keeps its files, and the time to set its clock by."""

import json
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from api.access.dependencies import Now
from api.routes.pages import ROOTS, WEB
from maps.app_icon import app_icon
from maps.page_files import bodies, page_files, version_of

router = APIRouter()
PAGE, WORKER = WEB / "surveyor.html", WEB / "js" / "phone" / "worker.js"
NEVER_STALE = {"Cache-Control": "no-cache"}


class TimeOut(BaseModel):
    """The service's clock."""

    at: datetime


@router.get("/v1/time", tags=["session"])
def time(now: Now, response: Response) -> TimeOut:
    """The service's clock, for a phone to measure its own against; open to everybody."""
    response.headers["Cache-Control"] = "no-store"
    return TimeOut(at=now)


@router.get("/surveyor/shell", include_in_schema=False)
def shell() -> FileResponse:
    """The page without anybody's data, for its worker to keep; whoever opens it is asked to sign in by its script."""
    return FileResponse(PAGE, headers=NEVER_STALE)


@router.get("/surveyor/worker.js", include_in_schema=False)
def worker() -> Response:
    """The page's worker, with the version and the files it keeps in front: any change of them is a new worker."""
    files = page_files(PAGE, ROOTS)
    mark = version_of(iter([WORKER.read_bytes(), *bodies(PAGE, files, ROOTS)]))
    kept = json.dumps({"version": mark, "page": "/surveyor/shell", "files": files}, indent=1)
    headers = NEVER_STALE | {"Service-Worker-Allowed": "/surveyor"}
    text = f"const SHELL = {kept};\n{WORKER.read_text(encoding='utf-8')}"
    return Response(text, media_type="text/javascript", headers=headers)


@router.get("/surveyor/manifest.webmanifest", include_in_schema=False)
def manifest() -> FileResponse:
    """What a phone needs to know to install the page."""
    return FileResponse(WEB / "surveyor.webmanifest", media_type="application/manifest+json", headers=NEVER_STALE)


@router.get("/surveyor/icon-{size}.png", include_in_schema=False)
def icon(size: Literal["180", "192", "512", "512-maskable"]) -> Response:
    """The app's icon."""
    pixels, _, cut = size.partition("-")
    return Response(
        app_icon(int(pixels), maskable=bool(cut)), media_type="image/png", headers={"Cache-Control": "max-age=86400"}
    )
