"""Every JSON answer to an auditor passes through here, so that no route can forget to leave phones and plates out."""

import json

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.fields import struck

STRUCK_FOR = ("auditor",)


class Striking:
    """Strikes phone numbers and plates out of JSON answers to whoever may not see them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back without what the asker may not see."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        held: list[Message] = []

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_for_an_auditor(state, message):
                held.append(message)
            elif held:
                held.append(message)
                if not message.get("more_body"):
                    for part in _without(held):
                        await send(part)
            else:
                await send(message)

        await self._app(scope, receive, tell)


def _is_for_an_auditor(state: dict[str, object], start: Message) -> bool:
    who = getattr(state.get("present"), "account", None)
    kind = MutableHeaders(scope=start).get("content-type", "")
    return getattr(who, "seat", "") in STRUCK_FOR and kind.startswith("application/json")


def _without(held: list[Message]) -> tuple[Message, Message]:
    start, *parts = held
    whole = b"".join(part.get("body", b"") for part in parts)
    body = json.dumps(struck(json.loads(whole)), ensure_ascii=False, separators=(",", ":")).encode() if whole else b""
    MutableHeaders(scope=start)["content-length"] = str(len(body))
    return start, {"type": "http.response.body", "body": body, "more_body": False}
