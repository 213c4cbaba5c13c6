"""Tow and repair shop as one plan: the vehicle goes where it arrives first, among the shops that may take it.

Both legs count: the tow's way to the scene, loading, and the way on to the shop. A shop must be open when the vehicle
would get there, take its make, and have a place left that day; designated shops come first as the policy says.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp, expm1, inf, isfinite, log

import numpy as np

from dispatch.arrival import SHORTEST_TRAVEL_S, Floats, travel_log_sds
from dispatch.bookings import Booking
from dispatch.events import RefusedShop, ShopOption
from dispatch.policy.policy import ArrivalModel, Recovery
from dispatch.unit import GUANGZHOU_TIME, PartnerRepairShop
from dispatch.vocabulary import ShopRefusal, count_reasons, counted

Z90 = 1.2815515655  # nine tenths of a normal variable lie below


@dataclass(frozen=True, slots=True, kw_only=True)
class TowLeg:
    """A tow's first leg: seconds until it is on scene (median, 90 %; 0 once there), and of loading still to come."""

    unit_id: str
    unit_name: str
    eta_s: float
    eta_p90_s: float
    loading_s: float

    @property
    def loaded_s(self) -> float:
        """Seconds until it leaves the scene with the vehicle."""
        return self.eta_s + self.loading_s


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopLeg:
    """A shop and the road seconds from the scene to it; inf where no road leads."""

    shop: PartnerRepairShop
    leg_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryPlan:
    """Which tow brings the vehicle to which shop; ``options[0]`` is the advice, none when no shop can take it.

    ``tows`` are all that could go, the advised one first. ``refused`` also names the shops that were quicker but are not
    designated: an owner may still wish for one of them, so they stay among the options.
    """

    tows: tuple[TowLeg, ...]
    options: tuple[ShopOption, ...]
    refused: tuple[RefusedShop, ...]
    make: str
    metric: str = ""

    @property
    def explanation(self) -> str:
        """One Chinese sentence an operator can read aloud."""
        return explain(self)

    @property
    def explanation_in_english(self) -> str:
        """The same in English."""
        return explain_in_english(self)


def plan(
    tows: Sequence[TowLeg],
    shops: Sequence[ShopLeg],
    *,
    make: str,
    taken: Mapping[Booking, int],
    now: datetime,
    policy: Recovery,
    model: ArrivalModel,
    metric: str = "",
) -> RecoveryPlan:
    """Choose tow and shop together: least time until the vehicle is at the shop, designated shops first.

    Parameters
    ----------
    tows : sequence of TowLeg
        Those that may go, in the order of the desk's rule, which breaks ties.
    shops : sequence of ShopLeg
    make : str
        Of the vehicle; empty where unknown, and then only shops that take every make will do.
    taken : mapping
        Vehicles booked by shop and day; the day of arrival counts.
    now : datetime
    policy, model, metric

    Returns
    -------
    RecoveryPlan
    """
    if not tows:
        return RecoveryPlan(tows=(), options=(), refused=(), make=make, metric=metric)
    judge = _Judge(make, taken, now)
    ranked, limit_s = _in_order(tows, shops, judge, policy)
    tow = ranked[0]
    looks = [judge.look(tow, leg) for leg in shops]
    reasons = {leg.shop.id: reason for leg, (reason, _) in zip(shops, looks, strict=True)}
    able = [(leg, booked) for leg, (reason, booked) in zip(shops, looks, strict=True) if reason is None]
    p90_s = _arrive_p90_s(tow, np.array([leg.leg_s for leg, _ in able]), policy, model).tolist()
    options = sorted(
        (_option(tow, leg, booked, late_s) for (leg, booked), late_s in zip(able, p90_s, strict=True)),
        key=lambda o: (not (policy.designated_first and o.designated and o.arrive_s <= limit_s), o.arrive_s, o.shop_id),
    )
    passed_over = {o.shop_id for o in options if o.arrive_s < options[0].arrive_s}
    refused = [
        RefusedShop(shop_id=leg.shop.id, shop_name=leg.shop.name, reason=reason)
        for leg in shops
        if (reason := ShopRefusal.NOT_DESIGNATED if leg.shop.id in passed_over else reasons[leg.shop.id])
    ]
    return RecoveryPlan(tows=tuple(ranked), options=tuple(options), refused=tuple(refused), make=make, metric=metric)


def in_order(
    tows: Sequence[TowLeg],
    shops: Sequence[ShopLeg],
    *,
    make: str,
    taken: Mapping[Booking, int],
    now: datetime,
    policy: Recovery,
) -> list[TowLeg]:
    """The tows of a `plan` in its order, where nobody asks for the shops."""
    return _in_order(tows, shops, _Judge(make, taken, now), policy)[0]


def burdens_s(
    tows: Sequence[TowLeg],
    shops: Sequence[ShopLeg],
    *,
    make: str,
    taken: Mapping[Booking, int],
    now: datetime,
    policy: Recovery,
) -> list[float]:
    """Seconds by which each tow's second leg is longer than it need be, as nearer shops are shut or full when it comes.

    Infinite for one that no shop takes the vehicle from, and for one that misses the designated shops that others reach;
    0 for all where no tow finds a shop.
    """
    ranks, _ = _ranks(tows, shops, _Judge(make, taken, now), policy)
    best = min((passed_over for passed_over, _ in ranks), default=True)
    legs_s = [
        arrive_s - tow.loaded_s if passed_over is best else inf
        for tow, (passed_over, arrive_s) in zip(tows, ranks, strict=True)
    ]
    least_s = min(legs_s, default=inf)
    return [leg_s - least_s for leg_s in legs_s] if isfinite(least_s) else [0.0] * len(tows)


def without(known: RecoveryPlan, shop_ids: Collection[str]) -> RecoveryPlan:
    """The same plan after some of its shops were filled by somebody else."""
    gone = [o for o in known.options if o.shop_id in shop_ids]
    kept = [r for r in known.refused if r.shop_id not in shop_ids]
    filled = [RefusedShop(shop_id=o.shop_id, shop_name=o.shop_name, reason=ShopRefusal.FULL) for o in gone]
    return replace(known, options=tuple(o for o in known.options if o not in gone), refused=(*kept, *filled))


class _Judge:
    """Tells whether a shop may take the vehicle when a tow brings it."""

    def __init__(self, make: str, taken: Mapping[Booking, int], now: datetime) -> None:
        self._make, self._taken = make, taken
        self._now = now.astimezone(GUANGZHOU_TIME)  # once: shops open and fill by its clock

    def look(self, tow: TowLeg, leg: ShopLeg) -> tuple[ShopRefusal | None, int]:
        """First reason why not, None when the shop may take it; and how many vehicles it has by then, where that matters."""
        shop = leg.shop
        if shop.makes and not takes_make(shop, self._make):
            return (ShopRefusal.MAKE_NOT_TAKEN if self._make.strip() else ShopRefusal.MAKE_UNKNOWN), 0
        if not isfinite(leg.leg_s):
            return ShopRefusal.UNREACHABLE, 0
        at = self._now + timedelta(seconds=tow.loaded_s + leg.leg_s)
        if not shop.hours.covers(at):
            return ShopRefusal.CLOSED, 0
        booked = self._taken.get(Booking(shop.id, at.date()), 0)
        return (ShopRefusal.FULL if shop.capacity is not None and booked >= shop.capacity else None), booked


def takes_make(shop: PartnerRepairShop, make: str) -> bool:
    """Whether a shop takes a make, however it is spelled in upper and lower case."""
    return not shop.makes or make.strip().casefold() in {m.strip().casefold() for m in shop.makes}


def _in_order(
    tows: Sequence[TowLeg], shops: Sequence[ShopLeg], judge: _Judge, policy: Recovery
) -> tuple[list[TowLeg], float]:
    """The tows, the one to send first; and until when a designated shop comes before a quicker other one, in seconds."""
    ranks, limit_s = _ranks(tows, shops, judge, policy)
    return [tows[i] for i in sorted(range(len(tows)), key=lambda i: (ranks[i], i))], limit_s


def _ranks(
    tows: Sequence[TowLeg], shops: Sequence[ShopLeg], judge: _Judge, policy: Recovery
) -> tuple[list[tuple[bool, float]], float]:
    """The rank of each tow, and the limit that `_in_order` tells of."""
    nearest = sorted(shops, key=lambda s: (s.leg_s, s.shop.id))
    firsts = [_firsts(tow, nearest, judge) for tow in tows]
    limit_s = min((min(pair) for pair in firsts), default=inf) + 60 * policy.designated_detour_min
    return [_rank(*pair, limit_s, policy) for pair in firsts], limit_s


def _firsts(tow: TowLeg, nearest: Sequence[ShopLeg], judge: _Judge) -> tuple[float, float]:
    """Seconds until the vehicle is at the first designated shop that takes it, and at the first other one."""
    found = {True: inf, False: inf}
    for leg in nearest:
        if not isfinite(leg.leg_s) or all(map(isfinite, found.values())):
            break
        if not isfinite(found[leg.shop.designated]) and judge.look(tow, leg)[0] is None:
            found[leg.shop.designated] = tow.loaded_s + leg.leg_s
    return found[True], found[False]


def _rank(designated_s: float, other_s: float, limit_s: float, policy: Recovery) -> tuple[bool, float]:
    if policy.designated_first and isfinite(designated_s) and designated_s <= limit_s:
        return False, designated_s
    return True, min(designated_s, other_s)


def _option(tow: TowLeg, leg: ShopLeg, taken: int, arrive_p90_s: float) -> ShopOption:
    return ShopOption(
        shop_id=leg.shop.id,
        shop_name=leg.shop.name,
        position=leg.shop.position,
        designated=leg.shop.designated,
        leg_s=leg.leg_s,
        arrive_s=tow.loaded_s + leg.leg_s,
        arrive_p90_s=arrive_p90_s,
        capacity=leg.shop.capacity,
        taken=taken,
        simulated=leg.shop.simulated,
    )


def _arrive_p90_s(tow: TowLeg, legs_s: Floats, policy: Recovery, model: ArrivalModel) -> Floats:
    """(n,) nine tenths of the sum of both legs and loading, each lognormal, for second legs (n,); as in `dispatch.arrival`."""
    legs_s = np.maximum(legs_s, SHORTEST_TRAVEL_S)
    log_sds = travel_log_sds(legs_s, model)
    means = legs_s * np.exp(log_sds**2 / 2)
    variance = means**2 * np.expm1(log_sds**2)
    parts = [(tow.loading_s, policy.loading_log_sd)]
    if tow.eta_s > 0:
        parts.append((tow.eta_s, max(log(max(tow.eta_p90_s, tow.eta_s) / tow.eta_s), 0.0) / Z90))
    for median, sd in parts:
        mean = median * exp(sd**2 / 2)
        means = means + mean
        variance = variance + mean**2 * expm1(sd**2)
    log_variance = np.log1p(variance / means**2)
    matched_s = means * np.exp(Z90 * np.sqrt(log_variance) - log_variance / 2)
    # Where one leg scatters beyond all measure the match falls below the medians' sum, which the arrival is told by.
    return np.maximum(matched_s, legs_s + sum(median for median, _ in parts))


def explain(known: RecoveryPlan) -> str:
    """Say a plan in one Chinese sentence."""
    if not known.tows:
        return "没有可派的施救车,暂不能安排送修。"
    tow = known.tows[0]
    if not known.options:
        return f"{tow.unit_name}可到场,但没有能接车的维修厂:{count_reasons(r.reason for r in known.refused) or '名册中没有维修厂'}。"
    best, *others = known.options
    to_scene = f"约 {tow.eta_s / 60:.0f} 分钟到场" if tow.eta_s > 0 else "已在现场"
    kind = "定点厂" if best.designated else "非定点厂"
    sentence = f"{tow.unit_name}{to_scene},装车后行驶 {best.leg_s / 60:.0f} 分钟送{best.shop_name}({kind}),共约 {best.arrive_s / 60:.0f} 分钟"
    passed = sum(r.reason is ShopRefusal.NOT_DESIGNATED for r in known.refused)
    if passed:
        sentence += f";另有 {passed} 家非定点厂更快,按约定定点优先"
    elif others:
        sentence += f";其次{others[0].shop_name}({others[0].arrive_s / 60:.0f} 分钟)"
    return sentence + "。"


def explain_in_english(known: RecoveryPlan) -> str:
    """Say a plan in one English sentence."""
    if not known.tows:
        return "No tow unit can be sent: the vehicle cannot be brought to a shop yet."
    tow = known.tows[0]
    if not known.options:
        why = ", ".join(f"{reason.value} {n}" for reason, n in counted(r.reason for r in known.refused))
        return f"{tow.unit_name} can be there, but no repair shop takes the vehicle: {why or 'none is on the roster'}."
    best, *others = known.options
    to_scene = f"is on scene in about {tow.eta_s / 60:.0f} min" if tow.eta_s > 0 else "is on scene"
    kind = "designated" if best.designated else "not designated"
    sentence = (
        f"{tow.unit_name} {to_scene} and brings the vehicle in {best.leg_s / 60:.0f} min of driving to {best.shop_name} "
        f"({kind}), about {best.arrive_s / 60:.0f} min in all"
    )
    passed = sum(r.reason is ShopRefusal.NOT_DESIGNATED for r in known.refused)
    if passed:
        sentence += f"; {passed} quicker shops are not designated, and designated ones come first"
    elif others:
        sentence += f"; next is {others[0].shop_name} ({others[0].arrive_s / 60:.0f} min)"
    return sentence + "."
