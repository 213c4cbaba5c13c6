"""The one way out to push services: only to hosts that the settings name, never into a private network.

A browser tells us the address to push to, so the address is a stranger's word: taken as it comes it would let anybody
with an account make this service speak to any machine it can reach. So the host must be one of a short list; the name is
looked up once, every address behind it must be public, and the connection goes to the very address that was looked at.
"""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

import httpx2

from dispatch.errors import InvalidInput, Unavailable

LIMIT_S = 5.0  # for each step of one try
NOT_ALLOWED = "推送地址不在允许的推送服务之列。(Not a push service this desk may use: see GZ_PUSH_HOSTS.)"


@dataclass(frozen=True, slots=True)
class PushDoor:
    """Lets pushes out.

    Parameters
    ----------
    hosts : tuple of str
        Host names; one that begins with ``*.`` stands for every host below it.
    loopback : bool
        Let them out to this very machine, without encryption and on any port: for tests, and for nothing else.
    """

    hosts: tuple[str, ...]
    loopback: bool = False

    def check(self, endpoint: str) -> str:
        """The origin of an endpoint that pushes may go to; raises `InvalidInput` for any other."""
        try:
            parts = urlsplit(endpoint)
            port = parts.port
        except ValueError:
            raise InvalidInput(NOT_ALLOWED) from None
        if not endpoint.isascii() or not endpoint.isprintable() or parts.username is not None or " " in endpoint:
            raise InvalidInput(NOT_ALLOWED)
        if self._is_ours(parts):
            return f"http://{parts.netloc}"
        if parts.scheme != "https" or port not in (None, 443) or not self._is_listed(parts.hostname or ""):
            raise InvalidInput(NOT_ALLOWED)
        return f"https://{parts.hostname}"

    def post(self, endpoint: str, body: bytes, headers: Mapping[str, str]) -> httpx2.Response:
        """Post once, follow nothing, and take no proxy from the environment.

        Raises
        ------
        InvalidInput
            When the endpoint is not allowed, or the host lies in a private network.
        Unavailable
            When nobody answers; without the address, which is a secret of the browser.
        """
        self.check(endpoint)
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), LIMIT_S)
        last = "no address"
        for found in self._addresses(host, parts.port or (443 if parts.scheme == "https" else 80)):
            request = httpx2.Request(
                "POST",
                parts._replace(netloc=_netloc(found, parts.port)).geturl(),
                content=body,
                headers={**headers, "Host": parts.netloc},
                extensions={"timeout": timeout, "sni_hostname": host},
            )
            try:
                return _once(request)
            except httpx2.ConnectError as error:
                last = type(error).__name__  # the next address may answer
            except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
                raise Unavailable(f"push service not reached ({type(error).__name__})") from None
        raise Unavailable(f"push service not reached ({last})")

    def _is_ours(self, parts: SplitResult) -> bool:
        return self.loopback and parts.scheme == "http" and parts.hostname == "127.0.0.1"

    def _is_listed(self, host: str) -> bool:
        return any(host.endswith(one[1:]) if one.startswith("*.") else host == one for one in self.hosts)

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Unavailable("push service not reached (its name is not known)") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not all(self._is_public(one) for one in addresses):
            raise InvalidInput("推送服务解析到内网地址,已拒绝。(The push service lies in a private network.)")
        return addresses

    def _is_public(self, address: str) -> bool:
        parsed = ip_address(address.partition("%")[0])
        if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        return (parsed.is_global and not parsed.is_multicast) or (self.loopback and parsed.is_loopback)


def _netloc(address: str, port: int | None) -> str:
    bare = f"[{address}]" if ":" in address else address
    return bare if port is None else f"{bare}:{port}"


def _once(request: httpx2.Request) -> httpx2.Response:
    """One request on a connection of its own; what the service answers beyond its status is not read."""
    with httpx2.HTTPTransport(verify=_certificates()) as transport:
        response = transport.handle_request(request)
        response.close()
        return response


_certificates = lru_cache(maxsize=1)(ssl.create_default_context)  # slow to load
