"""The second half of a tow job: which shop its vehicle goes to, decided with the ports of the desk."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from dispatch.bookings import Booking, day_of, demands
from dispatch.decision import Advice
from dispatch.errors import Conflict, IllegalTransition, InvalidInput, UnknownId
from dispatch.events import Candidate, RepairShopChosen, ShopOption
from dispatch.incident import Assignment, Incident
from dispatch.location import Position
from dispatch.log import EventLog
from dispatch.policy.policy import Policy
from dispatch.ports import Fleet, TravelTimesFrom
from dispatch.recovery.recovery import RecoveryPlan, ShopLeg, TowLeg, burdens_s, in_order, plan, without
from dispatch.vocabulary import Role, ShopRefusal


@dataclass(frozen=True, slots=True)
class _Shops:
    """The second legs of a tow job, the days on which one may end, and the weights they were found with."""

    legs: list[ShopLeg]
    days: set[date]
    metric: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Towing:
    """Plans tow and shop together; it reads and decides, the desk records.

    Parameters
    ----------
    fleet : Fleet
    log : EventLog
        Tells how many vehicles each shop has taken.
    onward : TravelTimesFrom
        Seconds from the scene to the shops.
    policy : Policy
    """

    fleet: Fleet
    log: EventLog
    onward: TravelTimesFrom
    policy: Policy

    def plan(self, incident: Incident, tows: Sequence[TowLeg], now: datetime, *, make: str = "") -> RecoveryPlan:
        """Choose among ``tows`` and all shops; raises `InvalidInput` while the incident has no place.

        The make is the one given, else the one the shop was last chosen for, else the one reported.
        """
        if incident.location is None:
            raise InvalidInput("案件尚未定位:请先在地图上标出地点。(Set the place on the map first.)")
        make = make.strip() or self._make(incident)
        shops = self._shops(incident.location.position, tows, now)
        if not shops.legs:
            return RecoveryPlan(tows=tuple(tows), options=(), refused=(), make=make)
        return plan(
            tows,
            shops.legs,
            make=make,
            taken=self._taken(incident, shops.days),
            now=now,
            policy=self.policy.recovery,
            model=self.policy.arrival,
            metric=shops.metric,
        )

    def _shops(self, scene: Position, tows: Sequence[TowLeg], now: datetime) -> "_Shops":
        """All shops, how far each is, and the days on which a vehicle may get there."""
        shops = self.fleet.shops()
        if not shops:
            return _Shops([], set(), "")
        leaves_at = now + timedelta(seconds=min((tow.loaded_s for tow in tows), default=0.0))
        times = self.onward(scene, [s.position for s in shops], leaves_at)
        seconds = times.seconds.tolist()
        longest_s = float(np.max(times.seconds, where=np.isfinite(times.seconds), initial=0.0))
        latest = (
            leaves_at + timedelta(seconds=longest_s) + timedelta(seconds=max((t.loaded_s for t in tows), default=0.0))
        )
        days = {day_of(leaves_at) + timedelta(days=n) for n in range((day_of(latest) - day_of(leaves_at)).days + 1)}
        return _Shops([ShopLeg(shop=s, leg_s=t) for s, t in zip(shops, seconds, strict=True)], days, times.metric)

    @staticmethod
    def _make(incident: Incident) -> str:
        return (incident.shop.make if incident.shop else "") or incident.reported.make

    def _taken(self, incident: Incident, days: Collection[date]) -> dict[Booking, int]:
        """Places taken by others: the one this very vehicle holds is free to it."""
        taken = Counter(self.log.shop_load(days))
        if incident.shops:
            stored = self.log.incident(incident.id)
            held = (d.booking for key, d in demands(stored).items() if stored.assignments[key].status.is_open)
            taken.subtract(held)
        return taken

    def jointly(self, incident: Incident, advice: Advice, now: datetime) -> Advice:
        """Rank tow units by when the vehicle would be at a shop; other roles, and no shops at all, as they were."""
        if advice.role is not Role.TOW_UNIT or not advice.options:
            return advice
        if incident.location is None:
            return advice
        tows, make = self.legs_of(advice.options), self._make(incident)
        shops = self._shops(incident.location.position, tows, now)
        if not shops.legs:
            return advice
        taken = self._taken(incident, shops.days)
        order = in_order(tows, shops.legs, make=make, taken=taken, now=now, policy=self.policy.recovery)
        return advice.in_order([tow.unit_id for tow in order])

    def burdens_s(self, incident: Incident, etas_s: Sequence[float], now: datetime) -> list[float]:
        """What bringing the vehicle to a shop adds to tows that would be on scene after ``etas_s``, for a window's prices.

        See `dispatch.recovery.recovery.burdens_s`; what is endless there counts as the price of waiting, so that such a tow goes only
        where no other can.
        """
        loading_s = self.policy.recovery.loading_s
        tows = [TowLeg(unit_id="", unit_name="", eta_s=s, eta_p90_s=s, loading_s=loading_s) for s in etas_s]
        if incident.location is None or not tows:
            return [0.0] * len(tows)
        shops = self._shops(incident.location.position, tows, now)
        taken, make = self._taken(incident, shops.days), self._make(incident)
        found = burdens_s(tows, shops.legs, make=make, taken=taken, now=now, policy=self.policy.recovery)
        return [min(one, self.policy.choosing.wait_price_s) for one in found]

    def chosen_for(
        self, incident: Incident, tow: Assignment, now: datetime, *, by: str, full: Collection[str] = ()
    ) -> RepairShopChosen | None:
        """The shop a tow's job ends at, as an event; None for other roles, and where no shop can take the vehicle.

        A shop the owner wished for before stays the wish. ``full`` names shops that somebody else filled meanwhile.
        """
        if tow.role is not Role.TOW_UNIT:
            return None
        known = without(self.plan(incident, [self.leg_of(tow, now)], now), full)
        wished = next((s for s in reversed(incident.shops.values()) if s.override_reason), None)
        for option in known.options:
            if wished is not None and option.shop_id == wished.shop.shop_id:
                return _event(known, option, tow, now, by, wished.override_reason, self.policy)
        return _event(known, known.options[0], tow, now, by, "", self.policy) if known.options else None

    def rechosen(
        self, incident: Incident, now: datetime, *, shop_id: str | None, reason: str, make: str, by: str
    ) -> RepairShopChosen:
        """The best shop, or the one an owner wishes for, for the tow that is bound now.

        Raises
        ------
        InvalidInput
            Another shop than the advised one without a reason.
        Conflict
            No tow is bound, or the shop cannot take the vehicle; the message says why.
        UnknownId
            No such shop.
        """
        tow = incident.open_in(Role.TOW_UNIT)
        if tow is None:
            raise IllegalTransition("请先派施救车,再选维修厂。(Send a tow unit first, then choose the shop.)")
        known = self.plan(incident, [self.leg_of(tow, now)], now, make=make)
        option = _wished(known, shop_id)
        advised = option is known.options[0]
        if not advised and not reason.strip():
            raise InvalidInput("选择非推荐维修厂须填写原因。(Choosing another shop needs a reason.)")
        return _event(known, option, tow, now, by, "" if advised else reason, self.policy)

    def legs_of(self, options: Sequence[Candidate]) -> list[TowLeg]:
        """First legs of units that could be sent."""
        loading_s = self.policy.recovery.loading_s
        return [
            TowLeg(unit_id=c.unit_id, unit_name=c.unit_name, eta_s=c.eta_s, eta_p90_s=c.eta_p90_s, loading_s=loading_s)
            for c in options
        ]

    def leg_of(self, tow: Assignment, now: datetime) -> TowLeg:
        """What is left of the first leg of a unit that is bound, by its last forecast; nothing once it is there."""
        loading_s, chosen = self.policy.recovery.loading_s, tow.offer.chosen
        if tow.claimed_at is not None:
            spent_s = (now - tow.claimed_at).total_seconds()
            left_s, spread_s, loading_s = 0.0, 0.0, max(0.0, loading_s - spent_s)
        else:
            left_s = max(0.0, (tow.eta_at - now).total_seconds())
            spread_s = chosen.eta_p90_s - chosen.eta_s
        return TowLeg(
            unit_id=tow.unit_id,
            unit_name=chosen.unit_name,
            eta_s=left_s,
            eta_p90_s=left_s + spread_s,
            loading_s=loading_s,
        )


def _wished(known: RecoveryPlan, shop_id: str | None) -> ShopOption:
    if shop_id is None:
        if not known.options:
            raise Conflict(known.explanation)
        return known.options[0]
    option = next((o for o in known.options if o.shop_id == shop_id), None)
    if option is not None:
        return option
    refused = next((r for r in known.refused if r.shop_id == shop_id), None)
    if refused is None:
        raise UnknownId(f"没有维修厂 {shop_id}。(No such shop: see /v1/shops.)")
    hint = ",请补充车辆品牌" if refused.reason is ShopRefusal.MAKE_UNKNOWN else ""
    raise Conflict(f"{refused.shop_name}不能接车:{refused.reason.label}{hint}。(This shop cannot: choose another.)")


def _event(
    known: RecoveryPlan, option: ShopOption, tow: Assignment, now: datetime, by: str, reason: str, policy: Policy
) -> RepairShopChosen:
    leg = known.tows[0]
    passed_over = {r.shop_id for r in known.refused}
    others = [o for o in known.options if o is not option and o.shop_id not in passed_over]
    return RepairShopChosen(
        incident_id=tow.offer.incident_id,
        at=now,
        by=by,
        assignment_id=tow.id,
        unit_id=tow.unit_id,
        shop=option,
        to_scene_s=leg.eta_s,
        loading_s=leg.loading_s,
        eta_at=now + timedelta(seconds=option.arrive_s),
        runners_up=tuple(others[: policy.recovery.runners_up]),
        refused=tuple(r for r in known.refused if r.shop_id != option.shop_id),
        make=known.make,
        metric=known.metric,
        override_reason=reason,
    )
