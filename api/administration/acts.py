"""Every act of administration is a fact in the second chain: who did what about whom, sealed as all facts are."""

from datetime import datetime

from sqlalchemy import Connection, text

from dispatch.service.kinds import ADMINISTRATION_STREAM, AdministrationDone
from dispatch.vocabulary import AdministrativeAct
from geo_data.stores.ledger_store import PostgisLedger

COMMAND_LINE = "command line"
ONE_AT_A_TIME = 0x677A_6164  # advisory lock: two administrators at once cannot each take the other's seat


class Acting:
    """Somebody who administers, inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction (read committed).
    now : datetime
        Aware.
    by : str
        The administrator's account, or `COMMAND_LINE`.
    """

    def __init__(self, connection: Connection, now: datetime, by: str) -> None:
        self.connection, self.now, self.by = connection, now, by
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})

    def note(self, act: AdministrativeAct, about: str, words: str = "") -> None:
        """Keep what was done."""
        ledger = PostgisLedger(self.connection)
        fact = AdministrationDone(
            stream=ADMINISTRATION_STREAM,
            at=self.now,
            recorded_at=self.now,
            by=self.by,
            act=act,
            about=about,
            words=words,
        )
        ledger.append(fact, after=ledger.length(ADMINISTRATION_STREAM))


def acts(connection: Connection, limit: int) -> list[AdministrationDone]:
    """What was done last, the newest first."""
    facts = [entry.fact for entry in PostgisLedger(connection).stream(ADMINISTRATION_STREAM)[-limit:]]
    return [fact for fact in reversed(facts) if isinstance(fact, AdministrationDone)]
