"""A stream of server-sent events that lets go of a screen which does not read."""

import logging
from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

log = logging.getLogger(__name__)

SLOWEST_S = 10.0  # a screen that takes nothing for so long has gone, or will never catch up
PING_S = 15


class EventStream(EventSourceResponse):
    """Events of ``source`` until it ends, the screen leaves, or what is sent is not read for `SLOWEST_S`."""

    def __init__(self, source: AsyncIterator[bytes | ServerSentEvent], status_code: int = 200) -> None:
        # FastAPI reads the status of this class from the signature.
        super().__init__(source, status_code=status_code, ping=PING_S, send_timeout=SLOWEST_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send; a screen that is cut off opens the stream anew when it can."""
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            log.warning("a screen took nothing for %.0f s: its stream was ended", SLOWEST_S)
