"""Histories of tow jobs, for the tests of the logs."""

from datetime import datetime, timedelta

from dispatch.events import (
    ArrivalClaimed,
    AssignmentAccepted,
    Candidate,
    Event,
    IncidentReported,
    RepairShopChosen,
    ShopOption,
    UnitDeparted,
    UnitOffered,
)
from dispatch.location import Position
from dispatch.vocabulary import Channel, Role, Tier


def towed(key: str, unit: str, at: datetime) -> list[Event]:
    """A report and an offer to a tow: two events, assignment ``key-1``."""
    chosen = Candidate(unit_id=unit, unit_name=unit, travel_s=600.0, eta_s=690.0, eta_p90_s=1100.0, p_kept=0.9)
    return [
        IncidentReported(incident_id=key, at=at, text="追尾", channel=Channel.TELEPHONE, tier=Tier.STANDARD),
        UnitOffered(
            incident_id=key,
            at=at,
            assignment_id=f"{key}-1",
            unit_id=unit,
            role=Role.TOW_UNIT,
            eta_at=at + timedelta(seconds=690),
            p_kept=0.9,
            chosen=chosen,
            runners_up=(),
            refused=(),
            rule="nearest_by_road",
        ),
    ]


def going_to(key: str, unit: str, shop: str, at: datetime, *, capacity: int | None = 1) -> RepairShopChosen:
    """The shop of that tow, reached an hour later."""
    option = ShopOption(
        shop_id=shop,
        shop_name=shop,
        position=Position(113.3, 23.1),
        designated=True,
        leg_s=600.0,
        arrive_s=3600.0,
        arrive_p90_s=5000.0,
        capacity=capacity,
    )
    return RepairShopChosen(
        incident_id=key,
        at=at,
        assignment_id=f"{key}-1",
        unit_id=unit,
        shop=option,
        to_scene_s=690.0,
        loading_s=900.0,
        eta_at=at + timedelta(hours=1),
        runners_up=(),
        refused=(),
    )


def arrived(key: str, unit: str, at: datetime) -> list[Event]:
    """Accept, depart and arrive: three events."""
    kinds = (AssignmentAccepted, UnitDeparted, ArrivalClaimed)
    return [kind(incident_id=key, at=at, assignment_id=f"{key}-1", unit_id=unit) for kind in kinds]
