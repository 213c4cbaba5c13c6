"""Which repair shop an incident's vehicle is booked at, and for which day: what a shop's capacity is counted from."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from dispatch.errors import ShopFull
from dispatch.incident import Incident
from dispatch.unit import GUANGZHOU_TIME


class Booking(NamedTuple):
    """A place in a shop on one day, Guangzhou time."""

    shop_id: str
    day: date


class Demand(NamedTuple):
    """A booking as an assignment wants it; ``capacity`` is what the shop takes in a day, None without a limit."""

    booking: Booking
    capacity: int | None


def day_of(at: datetime) -> date:
    """The day in Guangzhou."""
    return at.astimezone(GUANGZHOU_TIME).date()


def demands(incident: Incident) -> dict[str, Demand]:
    """Places the incident holds, by the tow's assignment.

    A place is held from the choice of the shop for as long as the tow is bound to bring the vehicle, and for good once it
    is there; the day is that of the expected arrival.
    """
    return {
        key: Demand(Booking(chosen.shop.shop_id, day_of(chosen.eta_at)), chosen.shop.capacity)
        for key, chosen in incident.shops.items()
        if incident.assignments[key].status.is_open or incident.assignments[key].delivered_at is not None
    }


def changes(before: Incident | None, after: Incident) -> tuple[dict[str, Demand], dict[str, Demand]]:
    """Places an incident gives up and places it takes between two of its states, by assignment."""
    old, new = demands(before) if before is not None else {}, demands(after)
    given_up = {key: d for key, d in old.items() if key not in new or new[key].booking != d.booking}
    taken = {key: d for key, d in new.items() if key not in old or old[key].booking != d.booking}
    return given_up, taken


class MemoryBookings:
    """Places taken, counted as incidents move on."""

    def __init__(self) -> None:
        self._by_day: defaultdict[date, Counter[Booking]] = defaultdict(Counter)

    def copy(self) -> "MemoryBookings":
        """The same count, to try on what may be refused."""
        trial = MemoryBookings()
        trial._by_day.update({day: Counter(taken) for day, taken in self._by_day.items()})
        return trial

    def exchange(self, before: Incident | None, after: Incident) -> None:
        """Count what an incident gives up and takes; raises `ShopFull`, and then counts nothing."""
        if not after.shops and (before is None or not before.shops):
            return
        given_up, wanted = changes(before, after)
        if not given_up and not wanted:
            return
        taken = Counter(d.booking for d in wanted.values())
        taken.subtract(d.booking for d in given_up.values())
        for place, capacity in wanted.values():
            if capacity is not None and self._by_day[place.day][place] + taken[place] > capacity:
                raise full(place.shop_id)
        for place, n in taken.items():
            self._by_day[place.day][place] += n

    def taken(self, days: Collection[date]) -> dict[Booking, int]:
        """How many vehicles each shop has taken on each of some days; none are left out."""
        known = [self._by_day[day] for day in sorted(self._by_day.keys() & set(days))]
        return {place: n for one in known for place, n in one.items() if n}

    def forget(self, before: date) -> None:
        """Count no more what was booked for days before ``before``."""
        for day in [day for day in self._by_day if day < before]:
            del self._by_day[day]


def full(shop_id: str) -> ShopFull:
    """The refusal of a place in a full shop."""
    return ShopFull(f"维修厂 {shop_id} 当日已满:请另选。(The shop is full that day: choose another.)")
