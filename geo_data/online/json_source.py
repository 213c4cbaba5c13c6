"""One GET for one JSON answer, within a time limit and without ever writing the address, which holds a key, anywhere."""

import json
from collections.abc import Mapping
from time import monotonic
from urllib.parse import urlsplit

import httpx2

from dispatch.errors import InvalidInput, Unavailable

LARGEST_ANSWER = 1_000_000  # bytes; real answers have a few thousand


class JsonSource:
    """A web service that answers in JSON; threads may share it.

    It speaks through the transport, not through a client: a client logs every address with its key, follows
    redirects with it, and takes proxies from the environment, which only the settings may read.

    Parameters
    ----------
    base_url : str
        Scheme, host and, where there is one, a first part of the path.
    headers : mapping

    Raises
    ------
    InvalidInput
        When ``base_url`` is no address of a web service.
    """

    def __init__(self, base_url: str, headers: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput("A place service needs an address such as https://example.org: check GZ_*_URL.")
        self._base = base_url.rstrip("/")
        self._headers = {"Accept": "application/json"} | dict(headers or {})
        self._transport = httpx2.HTTPTransport()

    def get(self, path: str, params: Mapping[str, str], *, limit_s: float) -> object:
        """Fetch and read an answer.

        Raises
        ------
        Unavailable
            With a reason that holds no part of the address.
        """
        until = monotonic() + limit_s
        try:
            return json.loads(self._fetch(path, params, until))
        except httpx2.TimeoutException:
            raise Unavailable("no answer in time") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
            raise Unavailable(f"not reached ({type(error).__name__})") from None
        except (ValueError, RecursionError):
            raise Unavailable("the answer is not JSON") from None

    def _fetch(self, path: str, params: Mapping[str, str], until: float) -> bytes:
        left_s = max(0.01, until - monotonic())
        request = httpx2.Request(
            "GET",
            self._base + path,
            params=dict(params),
            headers=self._headers,
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), left_s)},
        )
        response = self._transport.handle_request(request)
        try:
            if response.status_code != httpx2.codes.OK:
                raise Unavailable(f"status {response.status_code}")
            return _body(response, until)
        finally:
            response.close()


def _body(response: httpx2.Response, until: float) -> bytes:
    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise Unavailable("the answer is too long")
        if monotonic() > until:  # a server that drips keeps within every single time limit
            raise Unavailable("no answer in time")
    return body
