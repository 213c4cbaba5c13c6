"""Vehicles are brought to a repair shop, in another city by a partner."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.events.base import AssignmentEvent, Event, StepEvent
from dispatch.location import Position
from dispatch.vocabulary import PartnerStep, ShopRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOption:
    """One repair shop as it was weighed: ``leg_s`` from the scene, ``arrive_s`` from the decision to the shop."""

    shop_id: str
    shop_name: str
    position: Position
    designated: bool
    leg_s: float
    arrive_s: float
    arrive_p90_s: float
    capacity: int | None = None
    taken: int = 0
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedShop:
    """A repair shop the vehicle is not brought to, and why."""

    shop_id: str
    shop_name: str
    reason: ShopRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairShopChosen(AssignmentEvent):
    """Where the tow brings the vehicle; keeps the whole decision it came from.

    ``to_scene_s`` and ``loading_s`` are what was still to come of them then; ``eta_at`` is the arrival at the shop.
    """

    shop: ShopOption
    to_scene_s: float
    loading_s: float
    eta_at: datetime
    runners_up: tuple[ShopOption, ...]
    refused: tuple[RefusedShop, ...]
    make: str = ""
    metric: str = ""
    override_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleDelivered(StepEvent):
    """The tow brought the vehicle to the shop: the end of its second leg; ``position`` is where, if the phone knew."""

    shop_id: str
    position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerEngaged(Event):
    """The incident lies in another city of the province and is given to the partner there; its due times are frozen."""

    city: str
    partner: str
    telephone: str
    contact_due_at: datetime
    on_scene_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerReported(Event):
    """The partner told, by telephone, how far it has come; ``at`` is when that was by its own account."""

    step: PartnerStep
    told_by: str
