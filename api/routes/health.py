"""For whoever runs the service: does it answer, can it work, and the numbers of it."""

import hmac
import threading
import time
from dataclasses import asdict
from functools import lru_cache
from ipaddress import ip_address

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from api import wiring
from api.observing import metrics
from api.observing.facts import Facts
from api.queue.taking import n_waiting
from api.readiness import Part, parts
from api.settings import settings
from api.views.kept_free import kept_free

KEPT_S = 1.0
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")

router = APIRouter(tags=["health"])
_asking = threading.Lock()
_kept: dict[int, tuple[float, dict[str, Part]]] = {}


@router.get("/health")
def health() -> dict[str, str]:
    """Whether this worker answers, and nothing more: a database that is away is no reason to start it anew."""
    return {"status": "ok"}


@router.get("/ready", responses={503: {"description": "Not ready; `parts` says why."}})
def ready(request: Request) -> JSONResponse:
    """Whether this worker can do its work, part by part; 503 where it cannot. Looked at once a second at most."""
    live = request.app.state.live
    with _asking:
        at, found = _kept.get(id(live), (float("-inf"), {}))
        if time.monotonic() - at >= KEPT_S:
            found = parts(live)
            _kept.clear()
            _kept[id(live)] = (time.monotonic(), found)
    is_ready = all(part.ok for part in found.values())
    told = {"ready": is_ready, "parts": {name: asdict(part) for name, part in found.items()}}
    return JSONResponse(told, 200 if is_ready else 503, headers={"Cache-Control": "no-store"})


@router.get("/metrics", include_in_schema=False)
def numbers(request: Request) -> Response:
    """The numbers in the text form of Prometheus: with the token of the settings; without one, from this very machine."""
    if not _may_read(request):
        raise HTTPException(403, "仅限监控系统读取。(For the monitoring only: see GZ_METRICS_TOKEN.)")
    for sample in request.app.state.samples:
        sample()
    return Response(metrics.exposition(_facts()), media_type=metrics.MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def _may_read(request: Request) -> bool:
    token = settings().metrics_token
    if token is not None and token.get_secret_value():
        wanted = f"Bearer {token.get_secret_value()}"
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), wanted.encode())
    if any(name in request.headers for name in FORWARDED):
        return False  # through a proxy on this machine, for somebody who may be anywhere
    try:
        return ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=1)
def _facts() -> Facts:
    return Facts(wiring.database_url, settings().state, n_waiting, lambda: kept_free().now())
