"""How often strangers knock: counted in the database, so that all workers count together."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import Connection, text

EVERYBODY = b""
_COUNT = text("""
INSERT INTO public_requests AS known (door, who, window_at, n) VALUES (:door, :who, :now, 1)
ON CONFLICT (door, who) DO UPDATE SET
    window_at = CASE WHEN known.window_at <= :began THEN excluded.window_at ELSE known.window_at END,
    n = CASE WHEN known.window_at <= :began THEN 1 ELSE known.n + 1 END
RETURNING n, window_at
""")
_TAKE_BACK = text("UPDATE public_requests SET n = n - 1 WHERE door = :door AND who = :who AND n > 0")
_MANY = text("SELECT who, n, window_at FROM public_requests WHERE door = :door AND n >= :least AND window_at > :since")
_FORGIVE = text("DELETE FROM public_requests WHERE door = :door AND substring(who FROM 1 FOR length(:mark)) = :mark")
_FORGET = text("DELETE FROM public_requests WHERE window_at < :old")


@dataclass(frozen=True, slots=True)
class Knock:
    """How often somebody knocked in the window, this time included, and when a new window begins."""

    n: int
    again_at: datetime


def count(connection: Connection, door: str, who: bytes, now: datetime, window_s: float) -> Knock:
    """Count a knock at ``door``; in a transaction that is not the request's, so that it counts however that ends."""
    window = timedelta(seconds=window_s)
    n, window_at = connection.execute(_COUNT, {"door": door, "who": who, "now": now, "began": now - window}).one()
    return Knock(int(n), window_at + window)


def take_back(connection: Connection, door: str, who: bytes) -> None:
    """Let a knock not count after all."""
    connection.execute(_TAKE_BACK, {"door": door, "who": who})


def forget_before(connection: Connection, moment: datetime) -> int:
    """Delete the counts of windows that began before ``moment``; returns how many."""
    return connection.execute(_FORGET, {"old": moment}).rowcount


def many(connection: Connection, door: str, least: int, since: datetime, window: timedelta) -> dict[bytes, Knock]:
    """Who knocked ``least`` times or more at a door in a window that began after ``since``."""
    rows = connection.execute(_MANY, {"door": door, "least": least, "since": since})
    return {bytes(who): Knock(int(n), window_at + window) for who, n, window_at in rows}


def forgive(connection: Connection, door: str, beginning: bytes) -> None:
    """Forget the knocks of everybody whose mark begins so."""
    connection.execute(_FORGIVE, {"door": door, "mark": beginning})


def someone(address: str, secret: str) -> bytes:
    """A mark of an address that cannot be read back; the addresses of one IPv6 network count as one."""
    try:
        known = ip_address(address)
    except ValueError:
        plain = address
    else:
        plain = str(IPv6Address(int(known) >> 64 << 64)) if known.version == 6 else str(known)
    return hashlib.blake2b(plain.encode(), key=secret.encode()[:64], digest_size=16).digest()
