"""The body of a request, read with a bound: what is too long is never kept."""

from fastapi import Request
from starlette.requests import ClientDisconnect

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
