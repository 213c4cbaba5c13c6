"""A demonstration fleet (模拟): 120 surveyors in three shifts, 12 specialists, 40 tow units, 80 repair shops, and one you.

Sizes are an assumption about a city insurer, not a finding. Standby posts are named places, shared out over the districts
by residents and spread over each district's named places; every district has one at any hour. The day and the evening
shift man the same 44 posts, the night shift 32 of them. Skills are dealt out in turn. The same places give the same fleet.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import time
from random import Random

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from dispatch.location import Position
from dispatch.unit import ALWAYS, PartnerRepairShop, Shift, Unit
from dispatch.vocabulary import Role, Skill
from geo_data.builtin.places import Place
from geo_data.residents import shared_out
from geo_data.roads.plane import to_plane

SEED = 20261122
YOU = "S000"  # the surveyor a person plays on the phone page
YOUR_POST = Position(113.31, 23.11)
SHIFTS = (Shift(time(7), time(15, 30)), Shift(time(15), time(23, 30)), Shift(time(23), time(7, 30)))
ON_SHIFT = (44, 44, 32)  # day, evening, night
TOW_UNITS, SHOPS = 40, 80
BACKUPS = 3  # surveyors named in advance, called up in order; one tow unit beside them
SPECIALISTS = 12  # like tow units they share the 24 hours out among themselves
# Of how many units of a role one has the skill, the first with it counted from 0.
SKILLED = {
    Role.SURVEYOR: {Skill.HEAVY_LOSS: (4, 0), Skill.NEW_ENERGY: (3, 1)},
    Role.TOW_UNIT: {Skill.EXPRESSWAY: (2, 0), Skill.HEAVY_TOW: (4, 2)},
    Role.SPECIALIST: {},
}
SHOP_HOURS = (ALWAYS, Shift(time(7), time(22)), Shift(time(8), time(20)), Shift(time(8, 30), time(18)))
SHOP_HOURS_WEIGHTS = (3, 2, 4, 1)
MAKES = ("大众", "丰田", "本田", "日产", "比亚迪", "广汽传祺", "特斯拉", "宝马", "奔驰", "奥迪")
SOME_MAKES_ONLY = 0.3  # share of shops that take two to four makes and no other
CAPACITIES = (6, 10, 15, 20, 30)  # vehicles a day
ON_THE_ROAD = ("interchange", "service_area", "bus_terminal", "town", "village", "market")  # where tow units wait
WORKSHOPS = ("town", "village", "market", "industrial")  # where repair shops are


def demo_units(places: Sequence[Place]) -> list[Unit]:
    """Surveyors ``S001`` on, tow units ``T01`` on, specialists ``P01`` on, back-ups ``S991`` on and ``T91``, and ``S000``, which nobody simulates."""
    random = Random(SEED)
    shifts = [(post, shift) for shift, n in zip(SHIFTS, ON_SHIFT, strict=True) for post in _manned(places, n)]
    surveyors = [
        _unit(random, "S", number, 3, Role.SURVEYOR, post, shift)
        for number, (post, shift) in enumerate(shifts, start=1)
    ]
    waiting = spread(places, shared_out(TOW_UNITS), kinds=ON_THE_ROAD)
    tows = [_unit(random, "T", n, 2, Role.TOW_UNIT, post, ALWAYS) for n, post in enumerate(waiting, start=1)]
    offices = spread(places, shared_out(SPECIALISTS))
    specialists = [_unit(random, "P", n, 2, Role.SPECIALIST, post, ALWAYS) for n, post in enumerate(offices, start=1)]
    backups = [
        _backup(random, letter, number, role, waiting[rank], rank)
        for letter, number, role, n in (("S", 990, Role.SURVEYOR, BACKUPS), ("T", 90, Role.TOW_UNIT, 1))
        for rank in range(1, n + 1)
    ]
    you = Unit(id=YOU, name="查勘员000(您)", role=Role.SURVEYOR, standby=YOUR_POST)
    return [you, *surveyors, *tows, *specialists, *backups]


def demo_shops(places: Sequence[Place]) -> list[PartnerRepairShop]:
    """Partner repair shops ``R01`` on, three quarters of them designated; hours, makes and capacity are drawn."""
    random, kinds = Random(SEED + 1), Random(SEED + 2)
    return [
        PartnerRepairShop(
            id=f"R{n:02d}",
            name=f"{place.name}定点维修厂(模拟)",
            position=_near(random, place.position),
            designated=n % 4 != 0,
            simulated=True,
            hours=kinds.choices(SHOP_HOURS, SHOP_HOURS_WEIGHTS)[0],
            makes=frozenset(kinds.sample(MAKES, kinds.randint(2, 4)) if kinds.random() < SOME_MAKES_ONLY else ()),
            capacity=kinds.choice(CAPACITIES),
        )
        for n, place in enumerate(spread(places, shared_out(SHOPS), kinds=WORKSHOPS), start=1)
    ]


def spread(places: Sequence[Place], wanted: dict[str, int], *, kinds: Collection[str] = ()) -> list[Place]:
    """Choose so many places of each district, one in the middle of each cluster of its places, larger clusters first.

    Parameters
    ----------
    places : sequence of Place
    wanted : dict
        How many by district; a district with fewer places gives all it has.
    kinds : collection of str
        Preferred; others stand in where a district has too few of them.
    """
    chosen = []
    for district, n in wanted.items():
        here = [p for p in places if p.district == district]
        preferred = [p for p in here if p.kind in kinds]
        chosen += _middles(preferred if len(preferred) >= n else here, n)
    return chosen


def _manned(places: Sequence[Place], n: int) -> list[Place]:
    """The posts ``n`` surveyors man: the first of each district's."""
    posts = spread(places, shared_out(max(ON_SHIFT)))
    return [p for name, few in shared_out(n).items() for p in [p for p in posts if p.district == name][:few]]


def _middles(places: Sequence[Place], n: int) -> list[Place]:
    if len(places) <= n or n == 0:
        return list(places[:n])
    points = to_plane([p.position.lon for p in places], [p.position.lat for p in places])
    label = fcluster(linkage(points, "ward"), n, criterion="maxclust")
    names, sizes = np.unique(label, return_counts=True)
    middles = []
    for name in names[np.argsort(-sizes, kind="stable")]:
        members = np.flatnonzero(label == name)
        off = points[members] - points[members].mean(axis=0)
        middles.append(places[members[np.hypot(off[:, 0], off[:, 1]).argmin()]])
    return middles


def _unit(random: Random, letter: str, number: int, digits: int, role: Role, post: Place, shift: Shift) -> Unit:
    skills = {skill for skill, (every, first) in SKILLED[role].items() if number % every == first}
    return Unit(
        id=f"{letter}{number:0{digits}d}",
        name=f"{role.label}{number:0{digits}d}",
        role=role,
        standby=post.position,
        shift=shift,
        plate="粤A" + "".join(random.choices("0123456789", k=5)),
        simulated=True,
        skills=frozenset(skills),
    )


def _backup(random: Random, letter: str, number: int, role: Role, post: Place, rank: int) -> Unit:
    regular = _unit(random, letter, number + rank, 2, role, post, ALWAYS)
    contacts = (f"模拟电话 {rank}01", f"模拟企业微信 {regular.id}")
    return replace(regular, name=f"后备{role.label}{rank}", backup_rank=rank, contacts=contacts)


def _near(random: Random, position: Position) -> Position:
    return Position(round(position.lon + random.gauss(0, 0.002), 5), round(position.lat + random.gauss(0, 0.002), 5))
