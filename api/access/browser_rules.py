"""What a browser may do with an answer, said in every one."""

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.sessions import is_secure

RULES = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HTTPS_ONLY = "max-age=31536000"


class BrowserRules:
    """Adds headers that a route has not set itself.

    Parameters
    ----------
    app : ASGIApp
    policy : str
        The Content-Security-Policy of pages.
    """

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._rules = {"Content-Security-Policy": policy, **RULES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with the rules."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, rule in self._rules.items():
                    headers.setdefault(name, rule)
                if is_secure(HTTPConnection(scope)):
                    headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
            await send(message)

        await self._app(scope, receive, tell)
