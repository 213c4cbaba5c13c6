"""What travels over HTTP about people, sessions and organisations, for the administrator."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.credentials.device_kind import DeviceKind
from api.credentials.security import AccountRole, Seat
from api.forms.request_body import Body
from dispatch.vocabulary import AdministrativeAct
from geo_data.tables.access_schema import HOUSE

Key = Annotated[str, Field(min_length=1, max_length=64)]
Line = Annotated[str, Field(min_length=1, max_length=40)]
Kind = Literal["insurer", "client", "shop", "tow"]


class PlaceIn(Body):
    """What an account may do, and for whom; a surveyor has a unit."""

    role: AccountRole
    organisation_id: Key = HOUSE
    unit_id: Annotated[str | None, Field(max_length=40)] = None


class PersonIn(PlaceIn):
    """Somebody who is to sign in."""

    name: Key


class PersonOut(BaseModel):
    """An account; ``seat`` is what the role may do in an organisation of that kind."""

    name: str
    role: AccountRole
    seat: Seat
    organisation_id: str
    organisation: str
    unit_id: str | None
    unit: str | None
    disabled_at: datetime | None
    organisation_disabled: bool
    last_sign_in_at: datetime | None
    sessions: int
    locked_until: datetime | None


class PasswordOut(BaseModel):
    """A password made for somebody: in this answer, and never again."""

    name: str
    password: str


class OwnPasswordIn(Body):
    """One's own password, and what it shall be: both as they were typed, spaces too, and no longer than a log-in takes."""

    model_config = ConfigDict(str_strip_whitespace=False)

    current_password: Annotated[str, Field(max_length=1000)]
    new_password: Annotated[str, Field(max_length=1000)]


class SignedInOut(BaseModel):
    """A session that still opens something; ``device`` is what the browser said of itself."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    account: str
    way: str
    device: DeviceKind | None
    begun_at: datetime
    seen_at: datetime
    until: datetime


class UnitChoiceOut(BaseModel):
    """A unit that a surveyor's account may have; ``organisation_id`` is whose it is."""

    id: str
    name: str
    organisation_id: str


class OrganisationChangeIn(Body):
    """Another name, or number in the ledger of services."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    client_id: Annotated[str | None, Field(max_length=12)] = None


class OrganisationIn(OrganisationChangeIn):
    """An organisation with what is its own: plates of a client, units of a tow company, repair shops of a partner."""

    id: Annotated[str, Field(min_length=1, max_length=40)]
    kind: Literal["client", "shop", "tow"]
    plates: Annotated[tuple[Line, ...], Field(max_length=5000)] = ()
    units: Annotated[tuple[Line, ...], Field(max_length=500)] = ()
    shops: Annotated[tuple[Line, ...], Field(max_length=500)] = ()


class OrganisationOut(BaseModel):
    """An organisation, and how many vehicles, units and shops are its own."""

    id: str
    kind: Kind
    name: str
    client_id: str | None
    plates: int
    units: int
    shops: int
    disabled_at: datetime | None


class ActOut(BaseModel):
    """Something an administrator did."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    by: str
    act: AdministrativeAct
    about: str
    words: str
