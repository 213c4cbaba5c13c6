"""The body of a request, read with a bound: what is too long is never kept; and heard again by whoever is asked next."""

from collections.abc import Iterable

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from dispatch.errors import InvalidInput


async def bounded_body(request: Request, most_bytes: int, *, heard_out: int = 1) -> bytes | None:
    """The body as it came, None where it is longer than ``most_bytes``.

    Parameters
    ----------
    heard_out : int
        How many times the bound is listened to, without being kept, before the sender is cut off: whoever is heard out
        hears the answer.

    Raises
    ------
    InvalidInput
        When the signal was lost on the way: nobody hears it, and nothing is logged as a fault of ours.
    """
    body, heard = bytearray(), 0
    try:
        async for part in request.stream():
            heard += len(part)
            if heard <= most_bytes:
                body += part
            else:
                body.clear()
            if heard > heard_out * most_bytes:
                break
    except ClientDisconnect:
        raise InvalidInput("没有传完:请重发。(It broke off on the way: send it again.)") from None
    return bytes(body) if heard <= most_bytes else None


def heard_again(messages: Iterable[Message], receive: Receive) -> Receive:
    """Hear messages that were received already, then those still to come."""
    before = iter(messages)

    async def hear() -> Message:
        message = next(before, None)
        return message if message is not None else await receive()

    return hear


def said(body: bytes) -> Message:
    """A whole body as one message."""
    return {"type": "http.request", "body": body, "more_body": False}
