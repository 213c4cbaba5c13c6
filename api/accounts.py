"""Accounts in the database."""

from collections.abc import Collection

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from api.security import Account, hash_password, password_matches
from geo_data.schema import users

_SOME = text("SELECT name, role, unit_id FROM users WHERE name = ANY(CAST(:names AS text[]))")
_NOBODY = hash_password("nobody")


def find(connection: Connection, name: str) -> Account | None:
    """Look an account up by name."""
    row = connection.execute(select(users).where(users.c.name == name)).mappings().first()
    return Account(row["name"], row["role"], row["unit_id"]) if row else None


def find_all(connection: Connection, names: Collection[str]) -> dict[str, Account]:
    """Look some accounts up by name; those that are not there are left out."""
    rows = connection.execute(_SOME, {"names": sorted(names)})
    return {name: Account(name, role, unit_id) for name, role, unit_id in rows}


def sign_in(connection: Connection, name: str, password: str) -> Account | None:
    """The account, when name and password agree; a wrong name takes as long as a wrong password."""
    row = connection.execute(select(users).where(users.c.name == name)).mappings().first()
    matches = password_matches(password, row["password_hash"] if row else _NOBODY)
    return Account(row["name"], row["role"], row["unit_id"]) if row and matches else None


def save(connection: Connection, account: Account, password: str) -> None:
    """Add an account, or give it a new password."""
    values = {"role": account.role, "unit_id": account.unit_id, "password_hash": hash_password(password)}
    statement = insert(users).values(name=account.username, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[users.c.name], set_=values))
