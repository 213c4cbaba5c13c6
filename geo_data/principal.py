"""Who a transaction is: what row-level security goes by. Nothing of it outlives the transaction.

A request's transaction begins as the owner's, says who asks, and gives up the owner's rights in the same statement
(`SET LOCAL ROLE`); the policies of `geo_data.tables.row_security` then decide what it sees. Background, command line and
migrations say nothing and stay the owner.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import DBAPIError

from dispatch.errors import Unavailable
from geo_data.tables.row_security import ROLE

NOBODY = "nobody"
_SAY = ", ".join(
    f"set_config('gz.{name}', :{name}, true)" for name in ("seat", "account", "organisation", "unit", "cases", "token")
)
_ASSUME = text(f"SELECT {_SAY}, set_config('role', '{ROLE}', true)")
ACCOUNT = "users.name, users.role, users.unit_id, users.organisation_id, organisations.kind"
ENABLED = (
    "users JOIN organisations ON organisations.id = users.organisation_id"
    " AND users.disabled_at IS NULL AND organisations.disabled_at IS NULL"
)
_OWNER = text("SELECT set_config('role', 'none', true)")
_ROLE = text("SELECT current_setting('role')")
_BACK = text("SELECT set_config('role', :role, true)")
_MAKE = text(f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN; END IF;
    IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN EXECUTE format('GRANT {ROLE} TO %I', current_user); END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
""")


def entering(who: str) -> TextClause:
    """A statement that finds an account and is that account for the rest of the transaction, the owner's until then.

    Parameters
    ----------
    who : str
        Selects one row of `ACCOUNT` from `ENABLED`, with other columns behind if wanted: the statement returns it.
    """
    return text(f"""
        SELECT who.*,
            set_config('gz.seat', gz_seat_of(role, kind), true), set_config('gz.account', name, true),
            set_config('gz.organisation', organisation_id, true), set_config('gz.unit', coalesce(unit_id, ''), true),
            set_config('gz.cases', '', true), set_config('gz.token', '', true), set_config('role', '{ROLE}', true)
        FROM ({who} OFFSET 0) AS who
    """)  # noqa: S608  (put together from constants)


_ENTER = entering(f"SELECT {ACCOUNT} FROM {ENABLED} WHERE users.name = :name")  # noqa: S608


def enter(connection: Connection, name: str) -> Any | None:
    """Become the account of this name for the rest of the transaction, which must be the owner's still.

    Returns
    -------
    row or None
        ``name, role, unit_id, organisation_id, kind``; None for no such account, or one that is disabled: then nobody.
    """
    row = connection.execute(_ENTER, {"name": name}).first()
    if row is None:
        assume(connection, NOBODY)
    return row


def assume(
    connection: Connection,
    seat: str,
    *,
    unit: str = "",
    cases: Sequence[str] = (),
    token: bytes = b"",
) -> None:
    """Become somebody for the rest of the transaction; what is not said is empty, and opens nothing."""
    who = {"seat": seat, "account": "", "organisation": "", "unit": unit}
    connection.execute(_ASSUME, {**who, "cases": ",".join(cases), "token": token.hex()})


@contextmanager
def as_owner(connection: Connection) -> Iterator[None]:
    """Be the owner for the block: for what the house keeps for all, whoever happens to ask."""
    with connection.begin_nested():  # what fails inside takes the owner's rights back with it
        before = connection.execute(_ROLE).scalar_one()
        connection.execute(_OWNER)
        yield
        connection.execute(_BACK, {"role": before})


def make_role(connection: Connection) -> None:
    """Make the role requests run as; nothing where it is there.

    Raises
    ------
    Unavailable
        When the database's user may not.
    """
    try:
        connection.execute(_MAKE)
    except DBAPIError as error:
        raise Unavailable(
            f"The role {ROLE} is missing, and the user of DATABASE_URL may not make it: as a superuser run "
            f"`CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO` that user. ({str(error.orig).splitlines()[0]})"
        ) from None
