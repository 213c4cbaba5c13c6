"""The cities of Guangdong outside Guangzhou, and the partners who recover vehicles there."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from dispatch.errors import InvalidInput
from dispatch.location import Position

# The other 20 prefecture-level cities, each with the districts that people name without it.
CITIES: dict[str, tuple[str, ...]] = {
    "深圳市": ("福田", "罗湖", "南山", "宝安", "龙岗", "盐田", "龙华", "坪山", "光明新"),
    "珠海市": ("香洲", "斗门", "金湾"),
    "汕头市": (),
    "佛山市": ("南海", "禅城", "顺德", "三水", "高明"),
    "韶关市": (),
    "湛江市": (),
    "肇庆市": ("端州", "鼎湖", "高要"),
    "江门市": ("蓬江", "江海", "新会"),
    "茂名市": (),
    "惠州市": ("惠城", "惠阳"),
    "梅州市": (),
    "汕尾市": (),
    "河源市": (),
    "阳江市": (),
    "清远市": ("清城", "清新"),
    "东莞市": (),
    "中山市": (),
    "潮州市": (),
    "揭阳市": (),
    "云浮市": (),
}
BOX = (Position(109.6, 20.1), Position(117.4, 25.6))  # around Guangdong, its islands and a little more
_CITY_OF = {name: city for city, districts in CITIES.items() for name in (city, city.removesuffix("市"), *districts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Who recovers vehicles in a city, and what was agreed with them: seconds from the report."""

    city: str
    name: str
    telephone: str
    contact_within_s: float
    on_scene_within_s: float


def city_of(name: str) -> str | None:
    """The city of the province a name speaks of, e.g. ``南海`` is ``佛山市``; None for one outside Guangdong."""
    return _CITY_OF.get(name)


def may_hold(position: Position) -> bool:
    """Whether a position may lie in the province: in the box around it, which holds parts of its neighbours too."""
    low, high = BOX
    return low.lon <= position.lon <= high.lon and low.lat <= position.lat <= high.lat


def read_partners(tables: Any) -> tuple[Partner, ...]:
    """Read the ``[[recovery.partners]]`` tables of a policy file; raises `InvalidInput` for what cannot be used."""
    if not isinstance(tables, list):
        raise InvalidInput("policy [recovery]: partners must be written as [[recovery.partners]] tables.")
    partners = tuple(_read_partner(table) for table in tables)
    for city in {p.city for p in partners}:
        if sum(p.city == city for p in partners) > 1:
            raise InvalidInput(f"policy [[recovery.partners]]: {city} has two partners; leave one.")
    return partners


def _read_partner(table: Any) -> Partner:
    if not isinstance(table, Mapping) or table.get("city") not in CITIES:
        raise InvalidInput(f"policy [[recovery.partners]] needs a city, one of {'、'.join(CITIES)}.")
    where = f"policy [[recovery.partners]] {table['city']}"
    known = [f.name for f in fields(Partner)]
    for key in {*table, *known}:
        if key not in known:
            raise InvalidInput(f"{where}: unknown key {key!r}; known are {', '.join(known)}.")
        if key not in table:
            raise InvalidInput(f"{where}: {key} is missing.")
    for key in ("name", "telephone"):
        if not isinstance(table[key], str) or not table[key].strip():
            raise InvalidInput(f"{where}: {key} must be text.")
    for key in ("contact_within_s", "on_scene_within_s"):
        value = table[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise InvalidInput(f"{where}: {key} must be a number of seconds above 0.")
    return Partner(**{key: table[key] for key in known})
