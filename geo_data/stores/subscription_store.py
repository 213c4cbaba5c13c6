"""Browsers that want to be told of offers, on PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from geo_data.tables.schema import push_subscriptions as table
from geo_data.tables.schema import users

MOST_PER_ACCOUNT = 5  # phones and browsers of one person; the oldest goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Where a browser is reached, and the keys only it can read with (base64url)."""

    id: int
    endpoint: str
    p256dh: str
    auth: str


class PostgisSubscriptions:
    """The subscriptions, inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, account: str, *, endpoint: str, p256dh: str, auth: str, now: datetime) -> None:
        """Keep a browser for an account; one that is known already passes to it, with its new keys."""
        values = {"p256dh": p256dh, "auth": auth, "account": account, "created_at": now}
        clean = values | {"failed_at": None, "last_error": ""}
        query = insert(table).values(endpoint=endpoint, **values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["endpoint"], set_=clean))
        of_account = select(table.c.id).where(table.c.account == account)
        newest = of_account.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(MOST_PER_ACCOUNT)
        self._connection.execute(delete(table).where(table.c.account == account, table.c.id.not_in(newest)))

    def forget(self, account: str, endpoint: str) -> None:
        """Drop an account's browser; nothing where it is another's or unknown."""
        self._connection.execute(delete(table).where(table.c.account == account, table.c.endpoint == endpoint))

    def count(self, account: str) -> int:
        """How many browsers an account has."""
        query = select(func.count()).where(table.c.account == account)
        return int(self._connection.execute(query).scalar_one())

    def of_unit(self, unit_id: str) -> list[Subscription]:
        """The browsers of whoever signs in for a unit, oldest first."""
        columns = (table.c.id, table.c.endpoint, table.c.p256dh, table.c.auth)
        query = select(*columns).join(users, users.c.name == table.c.account).where(users.c.unit_id == unit_id)
        rows = self._connection.execute(query.order_by(table.c.id))
        return [Subscription(id=key, endpoint=where, p256dh=dh, auth=auth) for key, where, dh, auth in rows]

    def gone(self, subscription_id: int) -> None:
        """Drop a browser that the push service no longer knows."""
        self._connection.execute(delete(table).where(table.c.id == subscription_id))

    def failed(self, subscription_id: int, error: str, now: datetime) -> None:
        """Keep why a browser could not be reached."""
        values = {"failed_at": now, "last_error": error}
        self._connection.execute(update(table).where(table.c.id == subscription_id).values(**values))
