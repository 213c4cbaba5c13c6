"""People and organisations as the administrator's page shows them."""

from api.administration.listing import Person
from api.forms.administration_schemas import OrganisationOut, PersonOut
from geo_data.stores.organisation_store import Listed


def person(one: Person) -> PersonOut:
    """An account; never its password."""
    who = one.account
    return PersonOut(
        name=who.username,
        role=who.role,
        seat=who.seat,
        organisation_id=who.organisation_id,
        organisation=one.organisation,
        unit_id=who.unit_id,
        unit=one.unit,
        disabled_at=one.disabled_at,
        organisation_disabled=one.organisation_disabled,
        last_sign_in_at=one.last_sign_in_at,
        sessions=one.sessions,
        locked_until=one.locked_until,
    )


def organisation(one: Listed) -> OrganisationOut:
    """An organisation, and how much is its own."""
    of = one.organisation
    told = {"id": of.id, "kind": of.kind, "name": of.name, "client_id": of.client_id, "disabled_at": one.disabled_at}
    return OrganisationOut.model_validate(told | {"plates": one.plates, "units": one.units, "shops": one.shops})
