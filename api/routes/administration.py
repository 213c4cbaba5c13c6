"""People and their sessions, for the administrator."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Connection, func, select

from api.access.dependencies import Now, Transaction, only
from api.access.idempotency import OnceRoute
from api.administration.acts import acts
from api.administration.listing import everybody
from api.administration.people import People, new_password
from api.credentials.security import Account
from api.forms.administration_schemas import (
    ActOut,
    PasswordOut,
    PersonIn,
    PersonOut,
    PlaceIn,
    SignedInOut,
    UnitChoiceOut,
)
from api.views import people_views
from geo_data.stores import session_store
from geo_data.tables.access_schema import HOUSE, organisation_units
from geo_data.tables.schema import units

router = APIRouter(route_class=OnceRoute, prefix="/v1/administration", tags=["administration"])

Administrator = Annotated[Account, Depends(only("administrator"), scope="function")]
Overseer = Annotated[Account, Depends(only("manager", "auditor", "administrator"), scope="function")]


def people(transaction: Transaction, now: Now, who: Administrator) -> People:
    """What the administrator who asks may do about people."""
    return People(transaction, now, who.username)


Acting = Annotated[People, Depends(people, scope="function")]


@router.get("/people")
def list_people(transaction: Transaction, now: Now, _: Administrator) -> list[PersonOut]:
    """Every account, disabled ones too; never a password."""
    return [people_views.person(one) for one in everybody(transaction, now)]


@router.post("/people", status_code=201)
def add(body: PersonIn, acting: Acting) -> PasswordOut:
    """Add somebody; the first password is shown in this answer and never again."""
    password = new_password()
    acting.add(_account(body.name, body), password)
    return PasswordOut(name=body.name, password=password)


@router.post("/people/{name}")
def change(name: str, body: PlaceIn, acting: Acting) -> PersonOut:
    """Give somebody another role, organisation or unit, and end their sessions."""
    acting.change(_account(name, body))
    return _shown(acting, name)


@router.post("/people/{name}/disable")
def disable(name: str, acting: Acting) -> PersonOut:
    """Shut somebody out at once, sessions and open streams included; not yourself, and not the last administrator."""
    acting.disable(name)
    return _shown(acting, name)


@router.post("/people/{name}/enable")
def enable(name: str, acting: Acting) -> PersonOut:
    """Let somebody sign in again, with the password they had."""
    acting.enable(name)
    return _shown(acting, name)


@router.post("/people/{name}/password")
def reset_password(name: str, acting: Acting) -> PasswordOut:
    """Make another password, shown in this answer and never again; sessions end, and wrong tries are forgotten."""
    password = new_password()
    acting.reset_password(name, password)
    return PasswordOut(name=name, password=password)


@router.post("/people/{name}/unlock")
def unlock(name: str, acting: Acting) -> PersonOut:
    """Forget the wrong passwords tried for a name, so that nobody has to wait for it."""
    acting.unlock(name)
    return _shown(acting, name)


@router.delete("/people/{name}/sessions", status_code=204)
def end_sessions(name: str, acting: Acting) -> None:
    """End every session of somebody."""
    acting.end_sessions(name)


@router.get("/sessions")
def list_sessions(transaction: Transaction, now: Now, _: Administrator) -> list[SignedInOut]:
    """Who is signed in, the last seen first; being seen is noted once a minute."""
    return [SignedInOut.model_validate(one, from_attributes=True) for one in session_store.all_living(transaction, now)]


@router.delete("/sessions/{session_id}", status_code=204)
def end_session(session_id: UUID, acting: Acting) -> None:
    """End one session."""
    acting.end_session(session_id)


@router.get("/units")
def list_units(transaction: Transaction, _: Administrator) -> list[UnitChoiceOut]:
    """Units that a surveyor's account may have, and whose each is."""
    return [UnitChoiceOut(id=key, name=name, organisation_id=whose) for key, name, whose in _units(transaction)]


@router.get("/acts")
def list_acts(transaction: Transaction, _: Overseer, limit: Annotated[int, Query(ge=1, le=2000)] = 200) -> list[ActOut]:
    """What administrators did, the newest first, by the page or the command line; devices keep their own."""
    return [ActOut.model_validate(one) for one in acts(transaction, limit)]


def _account(name: str, body: PlaceIn) -> Account:
    return Account(name, body.role, body.unit_id or None, body.organisation_id)


def _shown(acting: People, name: str) -> PersonOut:
    return next(
        people_views.person(one) for one in everybody(acting.connection, acting.now) if one.account.username == name
    )


def _units(connection: Connection) -> list[tuple[str, str, str]]:
    whose = func.coalesce(organisation_units.c.organisation_id, HOUSE)
    query = select(units.c.id, units.c.name, whose).outerjoin(organisation_units).order_by(units.c.id)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]
