"""What an audit measures legs against, and which organisation a client number belongs to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.errors import InvalidInput

Organisations = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AuditRules:
    """Our own targets for the legs of a response, in seconds; the contract names none of them, only the whole.

    They decide no verdict: they say of each leg how often it stayed within its target, and what is taken for no delay when
    the cause of a miss is looked for. ``organisations`` are pairs of the beginning of a client number and the name of the
    organisation it belongs to; the longest beginning wins.
    """

    call_handling_s: float = 120.0
    turnout_s: float = 120.0
    travel_s: float = 1500.0
    on_scene_s: float = 2700.0
    organisations: Organisations = ()

    def target_s(self, leg: str) -> float | None:
        """Target in seconds of the interval called ``leg``; None for the response, whose limit is the promise's."""
        return getattr(self, f"{leg}_s", None)

    def organisation(self, client: str) -> str | None:
        """Name of the organisation that a client number belongs to; None where none is known."""
        number = bare(client)
        known = [(len(bare(start)), name) for start, name in self.organisations if number.startswith(bare(start))]
        return max(known, default=(0, None))[1] if number else None


def bare(number: str) -> str:
    """A client number without spaces, dots and dashes, in capitals."""
    return re.sub(r"[\s·•・.\-]", "", number).upper()


def read_organisations(table: Any) -> Organisations:
    """Read ``[audit.organisations]``: beginning of a client number = "name"; raises `InvalidInput`."""
    if not isinstance(table, Mapping) or not all(isinstance(name, str) and name.strip() for name in table.values()):
        raise InvalidInput('policy [audit.organisations] must hold lines such as "HP-" = "黄埔环卫".')
    if not all(bare(start) for start in table):
        raise InvalidInput("policy [audit.organisations]: an empty beginning would take every client; leave it out.")
    return tuple((start, name.strip()) for start, name in table.items())
