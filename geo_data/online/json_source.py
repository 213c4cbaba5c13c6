"""One GET for one JSON answer, within a time limit and without ever writing the address, which holds a key, anywhere."""

import json
from collections.abc import Mapping
from time import monotonic
from urllib.parse import urlsplit

import httpx2

from dispatch.errors import InvalidInput, Unavailable
from geo_data.online.bounded_get import bounded_get

LARGEST_ANSWER = 1_000_000  # bytes; real answers have a few thousand


class JsonSource:
    """A web service that answers in JSON; threads may share it.

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
        body = bounded_get(
            self._transport,
            self._base + path,
            until=monotonic() + limit_s,
            most_bytes=LARGEST_ANSWER,
            params=params,
            headers=self._headers,
        )
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise Unavailable("the answer is not JSON") from None
