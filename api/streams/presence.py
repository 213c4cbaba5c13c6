"""Who has which incident open: told by each console every few seconds, passed on between workers, kept nowhere.

A console tells its worker; the worker tells all workers by NOTIFY, itself included; each keeps what it heard for
`KEPT_S`. So a console that vanishes is forgotten by itself, and nothing outlives the processes.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy import Connection, text

from api.forms.request_body import Body

CHANNEL = "gz_presence"
KEPT_S = 8.0  # consoles tell every 3 s; one that vanished without a word is gone within 10 s


class PresenceIn(Body):
    """What a console has open; ``console`` is its own random name, ``gone`` its last word."""

    console: Annotated[str, Field(min_length=8, max_length=40, pattern="^[A-Za-z0-9-]+$")]
    incident_id: Annotated[str, Field(max_length=40)] | None = None
    writing: bool = False
    gone: bool = False


class PresenceOut(BaseModel):
    """Who sits at a console and has which incident open."""

    console: str
    name: str
    incident_id: str | None
    writing: bool


class _Told(PresenceOut):
    gone: bool


_LIST = TypeAdapter(list[PresenceOut])


def tell(connection: Connection, name: str, body: PresenceIn) -> None:
    """Tell every worker what a console has open, when the transaction commits."""
    told = _Told(name=name, **body.model_dump())
    connection.execute(text("SELECT pg_notify(:channel, :told)"), {"channel": CHANNEL, "told": told.model_dump_json()})


class Presence:
    """What one worker has heard lately."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[PresenceOut, datetime]] = {}

    def hear(self, payload: str, now: datetime) -> bool:
        """Take what a console told; whether that is news."""
        told = _Told.model_validate_json(payload)
        known, _ = self._seen.get(told.console, (None, now))
        if told.gone:
            self._seen.pop(told.console, None)
            return known is not None
        fresh = PresenceOut(**told.model_dump(exclude={"gone"}))
        self._seen[told.console] = (fresh, now)
        return fresh != known

    def forget(self, now: datetime) -> bool:
        """Let go of consoles not heard of for `KEPT_S`; whether there were any."""
        silent = [key for key, (_, at) in self._seen.items() if (now - at).total_seconds() > KEPT_S]
        for key in silent:
            del self._seen[key]
        return bool(silent)

    def to_json(self) -> str:
        """Everybody who is there, as a JSON list."""
        return _LIST.dump_json([who for who, _ in self._seen.values()]).decode()
