"""What is sent in a run, and what came of it."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

KINDS = ("fix", "list", "report", "close", "picture")
BUSY = (408, 429)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Rates a second and numbers of streams.

    Phones of the page send one list of the fixes they kept each ``phone_every_s``, trackers by the OsmAnd protocol one fix
    a request; together ``fixes`` a second. Of the ``fixes`` the share ``by_phone`` comes from phones.
    """

    seconds: float = 600.0
    warm_s: float = 20.0
    fixes: float = 1000.0
    by_phone: float = 0.4
    reports: float = 50.0
    pictures: float = 1.0
    consoles: int = 200
    phones: int = 2000
    units: int = 2000
    open_most: int = 500

    @property
    def each_list(self) -> float:
        """Fixes a list of the phone page: one, as on a good signal."""
        return 1.0


@dataclass(slots=True)
class Outcome:
    """What the generator saw; times in seconds since the intended moment of sending."""

    took_s: dict[str, array[float]] = field(default_factory=lambda: {k: array("d") for k in KINDS})
    failed: dict[str, dict[str, int]] = field(default_factory=lambda: {k: {} for k in KINDS})  # why → how often
    refused: dict[str, dict[str, int]] = field(default_factory=lambda: {k: {} for k in KINDS})
    asked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    seen_s: array[float] = field(default_factory=lambda: array("d"))  # from a fix to a console that shows it
    kept: dict[int, array[int]] = field(default_factory=dict)  # unit → µs since 1970 of acknowledged fixes
    sent_fixes: int = 0
    reported: list[str] = field(default_factory=list)
    sent_reports: int = 0
    closed: list[str] = field(default_factory=list)
    streams_cut: dict[str, int] = field(default_factory=lambda: {"console": 0, "phone": 0})
    streams_open: dict[str, int] = field(default_factory=lambda: {"console": 0, "phone": 0})
    stream_bytes: int = 0
    measured_s: float = 0.0

    def miss(self, kind: str, status: int, body: bytes) -> None:
        """Count a request that did not get what it asked for.

        Refused is what the service understood and would not do, for what was asked: it says something of the sender. All else
        failed: no answer, a fault of the service, or its word that there is too much to do.
        """
        refused = status not in BUSY and 200 <= status < 500
        counted, why = (self.refused if refused else self.failed)[kind], f"{status} {body[:80]!r}"
        counted[why] = counted.get(why, 0) + 1
