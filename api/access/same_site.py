"""No other site acts in a reader's name (CSRF): what a browser says of where a writing request comes from must be us.

The cookie is SameSite=Strict already; this holds where a browser does not know that, or a page of a neighbouring
subdomain asks. Programs send neither header and carry their token themselves: a foreign page cannot.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import problem
from api.settings import settings

READING = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = frozenset({"same-origin", "none"})


class SameSite:
    """Refuses writing requests that come from pages of other sites."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 403."""
        if scope["type"] == "http" and scope["method"] not in READING and _is_foreign(Headers(scope=scope)):
            answer = problem(403, "请求来自其他网站,已拒绝。(The request comes from another site.)", "NotAllowed")
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_foreign(headers: Headers) -> bool:
    if "authorization" in headers:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in OURS
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc not in _own_hosts(headers)


def _own_hosts(headers: Headers) -> set[str]:
    return {headers.get("host", ""), urlsplit(settings().public_url or "").netloc} - {""}
