"""Organisations, for the administrator."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.access.dependencies import Now, Transaction
from api.access.idempotency import OnceRoute
from api.administration.organisations import Organisations
from api.forms.administration_schemas import OrganisationChangeIn, OrganisationIn, OrganisationOut
from api.routes.administration import Administrator
from api.views import people_views
from geo_data.stores.organisation_store import Organisation, PostgisOrganisations

router = APIRouter(route_class=OnceRoute, prefix="/v1/administration/organisations", tags=["administration"])


def organisations(transaction: Transaction, now: Now, who: Administrator) -> Organisations:
    """What the administrator who asks may do about organisations."""
    return Organisations(transaction, now, who.username)


Acting = Annotated[Organisations, Depends(organisations, scope="function")]


@router.get("")
def list_all(transaction: Transaction, _: Administrator) -> list[OrganisationOut]:
    """Every organisation, the house first."""
    return [people_views.organisation(one) for one in PostgisOrganisations(transaction).all()]


@router.post("", status_code=201)
def add(body: OrganisationIn, acting: Acting) -> OrganisationOut:
    """Add a client, a repair shop or a tow company; cases reported from now on are decided by it."""
    made = Organisation(id=body.id, kind=body.kind, name=body.name, client_id=body.client_id or None)
    acting.add(made, plates=body.plates, units=body.units, shops=body.shops)
    return _shown(acting, body.id)


@router.post("/{organisation_id}")
def change(organisation_id: str, body: OrganisationChangeIn, acting: Acting) -> OrganisationOut:
    """Give an organisation another name or client number."""
    acting.change(organisation_id, body.name, body.client_id or None)
    return _shown(acting, organisation_id)


@router.post("/{organisation_id}/disable")
def disable(organisation_id: str, acting: Acting) -> OrganisationOut:
    """Shut everybody of an organisation out at once; its cases, vehicles and units stay its own."""
    acting.disable(organisation_id)
    return _shown(acting, organisation_id)


@router.post("/{organisation_id}/enable")
def enable(organisation_id: str, acting: Acting) -> OrganisationOut:
    """Let the people of an organisation sign in again."""
    acting.enable(organisation_id)
    return _shown(acting, organisation_id)


def _shown(acting: Organisations, organisation_id: str) -> OrganisationOut:
    return people_views.organisation(PostgisOrganisations(acting.connection).one(organisation_id))
