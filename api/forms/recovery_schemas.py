"""What travels over HTTP about vehicles that cannot drive: shops, both legs of a tow, partners in other cities."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.forms.request_body import Body, Moment
from dispatch.vocabulary import PartnerStep, ShopRefusal


class ShopOptionOut(BaseModel):
    """A repair shop as it was weighed; seconds from the decision until the vehicle is there (median, 90 %)."""

    shop_id: str
    shop_name: str
    lon: float
    lat: float
    designated: bool
    simulated: bool
    leg_s: float
    arrive_s: float
    arrive_p90_s: float
    capacity: int | None
    taken: int


class RefusedShopOut(BaseModel):
    """A repair shop the vehicle is not brought to, and why."""

    shop_id: str
    shop_name: str
    reason: ShopRefusal
    reason_label: str


class ShopChosenOut(BaseModel):
    """Where a tow brings the vehicle: both legs and loading in seconds as expected at ``chosen_at``.

    ``eta_at`` is when it is expected there by the tow's last forecast; ``delivered_at`` is null while the vehicle is not there.
    """

    assignment_id: str
    unit_id: str
    chosen_at: datetime
    shop: ShopOptionOut
    to_scene_s: float
    loading_s: float
    eta_at: datetime
    delivered_at: datetime | None
    make: str
    override_reason: str


class RecoveryOut(BaseModel):
    """Tow and shop as one plan: for the tow that is bound, else for the best that could go.

    ``options`` are ranked, the first is the advice; empty when no shop can take the vehicle. Quicker shops that are
    passed over as not designated are in both lists.
    """

    incident_id: str
    unit_id: str | None
    unit_name: str | None
    to_scene_s: float | None
    loading_s: float | None
    make: str
    chosen: ShopChosenOut | None
    options: list[ShopOptionOut]
    refused: list[RefusedShopOut]
    explanation: str
    explanation_in_english: str
    metric: str


class ChooseShopIn(Body):
    """Another shop; without ``shop_id`` the best one now. Any but the advised one needs a reason."""

    shop_id: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    reason: Annotated[str, Field(max_length=200)] = ""
    make: Annotated[str, Field(max_length=40)] = ""


class PartnerOut(BaseModel):
    """A partner in another city and what it told; each time is null until then."""

    city: str
    name: str
    telephone: str
    contact_due_at: datetime
    on_scene_due_at: datetime
    accepted_at: datetime | None
    on_scene_at: datetime | None
    delivered_at: datetime | None
    told_by: str


class PartnerReportIn(Body):
    """What a partner told by telephone; ``at`` is when that was, now where it is left out."""

    step: PartnerStep
    told_by: Annotated[str, Field(min_length=1, max_length=60)]
    at: Moment | None = None
