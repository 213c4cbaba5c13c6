"""Accounts in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, text, update
from sqlalchemy.dialects.postgresql import insert

from api.credentials.security import ROLES, Account, hash_password, password_matches
from dispatch.errors import InvalidInput, UnknownId
from geo_data.principal import ACCOUNT, ENABLED, as_owner
from geo_data.stores import session_store
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.organisation_store import PostgisOrganisations
from geo_data.tables.access_schema import organisations
from geo_data.tables.schema import users

_FIND = text(f"SELECT {ACCOUNT}, users.password_hash FROM {ENABLED} WHERE users.name = :name")  # noqa: S608
_NOBODY = hash_password("nobody")


def vouched_for(connection: Connection, name: str) -> Account | None:
    """The account of a name that somebody vouches for; None where there is none here, or it is disabled."""
    row = _found(connection, name)
    return Account.of(row) if row else None


def sign_in(connection: Connection, name: str, password: str) -> Account | None:
    """The account, when name and password agree; a wrong name takes as long as a wrong password."""
    row = _found(connection, name)
    matches = password_matches(password, row.password_hash if row else _NOBODY)
    return Account.of(row) if row and matches else None


def _found(connection: Connection, name: str) -> Any | None:
    with as_owner(connection):  # before somebody is known nobody may look at an account
        return connection.execute(_FIND, {"name": name}).first()


def hold(connection: Connection, name: str) -> None:
    """Let nobody else change an account until the transaction ends; the owner's."""
    connection.execute(select(users.c.name).where(users.c.name == name).with_for_update(key_share=True))


def save(connection: Connection, account: Account, password: str) -> None:
    """Add an account, or give it a new password, role and organisation; one that was disabled may sign in again.

    Raises
    ------
    InvalidInput, UnknownId
        As `check`.
    """
    check(connection, account)
    values = {**_place(account), "password_hash": hash_password(password), "disabled_at": None}
    statement = insert(users).values(name=account.username, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[users.c.name], set_=values))


def check(connection: Connection, account: Account) -> None:
    """Whether an account may have its role, organisation and unit.

    Raises
    ------
    InvalidInput
        Where the organisation does not exist, has no place for the role, or the unit is another's.
    UnknownId
        Where there is no such unit.
    """
    if account.role not in ROLES:
        raise InvalidInput(f"没有角色 {account.role}:{'、'.join(ROLES)}。(No such role.)")
    query = select(organisations.c.kind).where(organisations.c.id == account.organisation_id)
    kind = connection.execute(query).scalar()
    if kind is None:
        raise InvalidInput(f"没有组织 {account.organisation_id}。(No such organisation: gzdispatch organisation list.)")
    if Account(account.username, account.role, kind=kind).seat == "nobody":
        raise InvalidInput(f"{kind} 组织没有 {account.role} 角色。(No such role there: see docs/access.md.)")
    if account.role == "surveyor" and account.unit_id is None:
        raise InvalidInput("surveyor 账号须指定作业单元。(A surveyor needs a unit.)")
    if account.unit_id is not None:
        PostgisFleet(connection).unit(account.unit_id)
        if PostgisOrganisations(connection).of_unit(account.unit_id) != account.organisation_id:
            raise InvalidInput(f"作业单元 {account.unit_id} 属于其他组织。(The unit is another organisation's.)")


def place(connection: Connection, account: Account) -> None:
    """Give an account that exists its role, organisation and unit, which `check` has seen."""
    connection.execute(update(users).where(users.c.name == account.username).values(**_place(account)))


def set_password(connection: Connection, name: str, password: str) -> None:
    """Give an account that exists another password."""
    connection.execute(update(users).where(users.c.name == name).values(password_hash=hash_password(password)))


def _place(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in ("role", "unit_id", "organisation_id")}


def disable(connection: Connection, name: str, now: datetime) -> None:
    """Shut an account out at once, with its sessions and open streams; raises `UnknownId`."""
    done = connection.execute(update(users).where(users.c.name == name).values(disabled_at=now))
    if done.rowcount == 0:
        raise UnknownId(f"没有账号 {name}。(No such account: gzdispatch user list.)")
    session_store.end_all(connection, name, now)
