"""The one question whose answer would narrow a place the most."""

import re
from collections.abc import Sequence
from math import log2

from geo_data.places.address import SpokenPlace
from geo_data.places.weighing import Weighed

MOST_NAMED = 3  # choices read out over the telephone
_POSTED = re.compile(r"高速|快速|国道|环线|^[GS]\d")


def best_question(
    best: Weighed, rivals: Sequence[Weighed], spoken: SpokenPlace, *, divided: bool, levels: str = ""
) -> str:
    """What to ask the caller, in Chinese; empty when nothing is open.

    Parameters
    ----------
    best : Weighed
    rivals : sequence of Weighed
        Other places that the words may mean.
    spoken : SpokenPlace
    divided : bool
        Whether the best place lies on a road of two carriageways.
    levels : str
        A choice that is open there, e.g. ``桥上还是桥下``.
    """
    if rivals:
        return _between([best, *rivals])
    name = best.candidate.text
    if best.candidate.kind == "road":
        return (
            f"在{name}的几公里处、往哪个方向?"
            if _POSTED.search(name)
            else f"在{name}的哪一段:靠近哪个路口、门牌号或地标?"
        )
    if not best.candidate.exact:
        return f"在{name}的哪条路上,靠近哪个路口或地标?"
    if levels:
        return f"在{levels}?"
    return "车往哪个方向行驶,在道路的哪一侧?" if divided and spoken.travel_direction is None else ""


def _between(places: Sequence[Weighed]) -> str:
    """The district or the name: whichever parts the likely places more evenly (Shannon's entropy, in bits)."""
    by_district = _shares(places, [place.candidate.district or "" for place in places])
    by_name = _shares(places, [place.candidate.text for place in places])
    if len(by_name) == 1 and len(by_district) == 1:
        return f"{places[0].candidate.text}有几处:附近有什么路口、出入口或地标?"
    if "" not in by_district and _entropy(by_district) >= _entropy(by_name):
        return f"在{_listed(by_district)}?"
    return f"是{_listed(by_name)}?"


def _shares(places: Sequence[Weighed], keys: Sequence[str]) -> dict[str, float]:
    shares: dict[str, float] = {}
    for place, key in zip(places, keys, strict=True):
        shares[key] = shares.get(key, 0.0) + place.score
    whole = sum(shares.values())
    return {key: share / whole for key, share in sorted(shares.items(), key=lambda item: -item[1])}


def _entropy(shares: dict[str, float]) -> float:
    return -sum(share * log2(share) for share in shares.values() if share > 0)


def _listed(shares: dict[str, float]) -> str:
    return "还是".join(list(shares)[:MOST_NAMED])
