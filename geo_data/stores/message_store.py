"""Messages on PostgreSQL: an outbox, written with the facts that cause them and emptied by the background."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from dispatch.background import Backlog
from dispatch.message import Kind, Means, Message, State
from dispatch.messages.trying import Next
from geo_data.tables.message_schema import messages as table

MOST_AT_ONCE = 200
TOLD = (State.SENT.value, State.KEPT.value)
_COLUMNS = ("cause", "recipient", "kind", "incident_id", "about", "words", "simulated", "caused_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message that is to be sent, and how far that has come."""

    id: int
    message: Message
    tries: int
    on: int
    reached: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message as the console shows it; ``channel`` is None before the first try."""

    id: int
    kind: Kind
    recipient: str
    channel: Means | None
    state: State
    caused_at: datetime
    settled_at: datetime | None
    why: str


def write(connection: Connection, caused: Sequence[Message]) -> None:
    """Write messages beside the facts just appended; one that is there already stays as it is."""
    if not caused:
        return
    rows = [
        {"cause": m.cause, "recipient": m.recipient, "kind": m.kind.value, "incident_id": m.incident_id}
        | {"about": m.about, "words": dict(m.words), "simulated": m.simulated}
        | {"caused_at": m.caused_at, "next_try_at": m.caused_at}
        for m in caused
    ]
    # Inline, so that nothing is asked back: who writes a message may not be who may read it.
    connection.execute(insert(table).on_conflict_do_nothing().inline(), rows)


class PostgisMessages:
    """The outbox, inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(self, now: datetime) -> list[Waiting]:
        """Messages to be looked at now, the newest first: it is worth most."""
        query = (
            select(table.c.id, table.c.tries, table.c.on_channel, table.c.reached, *(table.c[n] for n in _COLUMNS))
            .where(table.c.next_try_at <= now)
            .order_by(table.c.caused_at.desc(), table.c.id)
            .limit(MOST_AT_ONCE)
        )
        return [_waiting(row) for row in self._connection.execute(query)]

    def backlog(self, now: datetime) -> Backlog:
        """Messages that are due at ``now``; those to be tried again later are not."""
        query = select(func.count(), func.min(table.c.next_try_at)).where(table.c.next_try_at <= now)
        return Backlog(*self._connection.execute(query).one())

    def settle(self, one: Waiting, following: Next, now: datetime, **said: Any) -> None:
        """Keep how a message stands.

        Parameters
        ----------
        one : Waiting
        following : Next
        now : datetime
        **said
            ``channel`` that was used, addresses ``reached``, and ``why`` it failed.
        """
        same = following.on == one.on
        values = {
            "tries": one.tries + 1 if same else 0,
            "on_channel": following.on,
            "next_try_at": following.at,
            "state": following.state.value,
            "settled_at": None if following.at else now,
            **said,
        }
        self._connection.execute(update(table).where(table.c.id == one.id).values(**values))

    def let_pass(self, now: datetime) -> None:
        """Settle all that is due by ``now`` as out of date: of a past that is only written, nobody waits for a message."""
        values = {"state": State.EXPIRED.value, "next_try_at": None, "settled_at": now}
        self._connection.execute(update(table).where(table.c.next_try_at <= now).values(**values))

    def put_off(self, one: Waiting, until: datetime) -> None:
        """Look at a message again later, without a try."""
        self._connection.execute(update(table).where(table.c.id == one.id).values(next_try_at=until))

    def told_eta(self, incident_id: str, assignment_id: str) -> datetime | None:
        """The arrival of an assignment that was told last; None where none was."""
        query = (
            select(table.c.words["eta_at"].astext)
            .where(
                table.c.about == assignment_id,
                table.c.incident_id == incident_id,
                table.c.kind.in_((Kind.ACCEPTED.value, Kind.LATER.value)),
                table.c.state.in_(TOLD),
            )
            .order_by(table.c.id.desc())
            .limit(1)
        )
        found: str | None = self._connection.execute(query).scalar()
        return datetime.fromisoformat(found) if found else None

    def of_incident(self, incident_id: str) -> list[Told]:
        """What was told, or is to be, of an incident, the first first."""
        return self._told(table.c.incident_id == incident_id)

    def failed_since(self, moment: datetime) -> int:
        """How many messages were given up since a moment."""
        gone = (table.c.state == State.FAILED.value) & (table.c.settled_at >= moment)
        return self._connection.execute(select(func.count()).select_from(table).where(gone)).scalar_one()

    def _told(self, which: ColumnElement[bool]) -> list[Told]:
        names = ("id", "kind", "recipient", "channel", "state", "caused_at", "settled_at", "why")
        query = select(*(table.c[name] for name in names)).where(which).order_by(table.c.id)
        return [
            Told(
                id=row.id,
                kind=Kind(row.kind),
                recipient=row.recipient,
                channel=Means(row.channel) if row.channel else None,
                state=State(row.state),
                caused_at=row.caused_at,
                settled_at=row.settled_at,
                why=row.why,
            )
            for row in self._connection.execute(query)
        ]


def _waiting(row: Any) -> Waiting:
    said = {name: getattr(row, name) for name in _COLUMNS} | {"kind": Kind(row.kind)}
    return Waiting(
        id=row.id, message=Message(**said), tries=row.tries, on=row.on_channel, reached=frozenset(row.reached)
    )
