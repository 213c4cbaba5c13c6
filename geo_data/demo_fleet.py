"""A demonstration fleet (模拟): 120 surveyors in three shifts, 40 tow units, 80 partner repair shops, and one you.

Sizes are an assumption about a city insurer, not a finding. Standby posts are named places, drawn from the built-in
gazetteer so that the centre has more of them; the same seed gives the same fleet.
"""

from collections.abc import Sequence
from datetime import time
from math import exp
from random import Random

from dispatch.location import Position, distance_m
from dispatch.unit import ALWAYS, PartnerRepairShop, Shift, Unit
from dispatch.vocabulary import Role
from geo_data.builtin.places import Place

SEED = 20261122
YOU = "S000"  # the surveyor a person plays on the phone page
SHIFTS = (Shift(time(7), time(15, 30)), Shift(time(15), time(23, 30)), Shift(time(23), time(7, 30)))
ON_SHIFT = (48, 48, 24)  # day, evening, night
TOW_UNITS, SHOPS = 40, 80
CENTRE = Position(113.31, 23.11)
TYPICAL_REACH_M = 20_000.0


def demo_units(places: Sequence[Place]) -> list[Unit]:
    """Surveyors ``S001`` on, tow units ``T01`` on, and ``S000``, which nobody simulates."""
    random = Random(SEED)
    surveyors = [
        _unit(random, places, f"S{number:03d}", Role.SURVEYOR, shift)
        for number, shift in enumerate((s for s, n in zip(SHIFTS, ON_SHIFT, strict=True) for _ in range(n)), start=1)
    ]
    tows = [_unit(random, places, f"T{n:02d}", Role.TOW_UNIT, ALWAYS) for n in range(1, TOW_UNITS + 1)]
    you = Unit(id=YOU, name="查勘员000(您)", role=Role.SURVEYOR, standby=CENTRE)
    return [you, *surveyors, *tows]


def demo_shops(places: Sequence[Place]) -> list[PartnerRepairShop]:
    """Partner repair shops ``R01`` on, three quarters of them designated."""
    random = Random(SEED + 1)
    towns = [p for p in places if p.kind in ("town", "village", "market")]
    chosen = _spread(random, towns, SHOPS)
    return [
        PartnerRepairShop(
            id=f"R{n:02d}",
            name=f"{place.name}定点维修厂(模拟)",
            position=_near(random, place.position),
            designated=n % 4 != 0,
            simulated=True,
        )
        for n, place in enumerate(chosen, start=1)
    ]


def _unit(random: Random, places: Sequence[Place], key: str, role: Role, shift: Shift) -> Unit:
    post = _spread(random, places, 1)[0]
    return Unit(
        id=key,
        name=f"{role.label}{key[1:]}",
        role=role,
        standby=_near(random, post.position),
        shift=shift,
        plate="粤A" + "".join(random.choices("0123456789", k=5)),
        simulated=True,
    )


def _spread(random: Random, places: Sequence[Place], n: int) -> list[Place]:
    weights = [exp(-distance_m(p.position, CENTRE) / TYPICAL_REACH_M) for p in places]
    return random.choices(places, weights, k=n)


def _near(random: Random, position: Position) -> Position:
    return Position(round(position.lon + random.gauss(0, 0.002), 5), round(position.lat + random.gauss(0, 0.002), 5))
