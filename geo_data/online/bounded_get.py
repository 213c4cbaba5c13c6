"""One GET for one answer, within a limit of time and length, without ever writing the address, which may hold a key.

It speaks through the transport, not through a client: a client logs every address with its key, follows redirects with
it, and takes proxies from the environment, which only the settings may read.
"""

from collections.abc import Collection, Mapping
from time import monotonic

import httpx2

from dispatch.errors import Unavailable


def bounded_get(
    transport: httpx2.BaseTransport,
    url: str,
    *,
    until: float,
    most_bytes: int,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    nothing: Collection[int] = (),
) -> bytes:
    """Fetch a body.

    Parameters
    ----------
    until : float
        Moment of `time.monotonic` by which all must be there.
    nothing : collection of int
        Status codes that mean that there is nothing: the body is empty then.

    Raises
    ------
    Unavailable
        With a reason that holds no part of the address.
    """
    left_s = max(0.01, until - monotonic())
    try:
        request = httpx2.Request(
            "GET",
            url,
            params=dict(params) if params else None,
            headers=dict(headers or {}),
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), left_s)},
        )
        response = transport.handle_request(request)
        try:
            if response.status_code in nothing:
                return b""
            if response.status_code != httpx2.codes.OK:
                raise Unavailable(f"status {response.status_code}")
            return _body(response, until, most_bytes)
        finally:
            response.close()
    except httpx2.TimeoutException:
        raise Unavailable("no answer in time") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
        raise Unavailable(f"not reached ({type(error).__name__})") from None


def _body(response: httpx2.Response, until: float, most_bytes: int) -> bytes:
    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > most_bytes:
            raise Unavailable("the answer is too long")
        if monotonic() > until:  # a server that drips keeps within every single time limit
            raise Unavailable("no answer in time")
    return body
