"""Peers of the geocoder: a plain fuzzy match, and a published parser of Chinese addresses before the same match.

Both look in the same places as ours and say one point, no radius. `rapidfuzz` compares the words with every name and alias;
the best score wins, of equals the first. `cpca` 0.5.5 (MIT, PyPI) takes province, city and district off; the rest is
compared with the places of that district, with all of them where it found none of ours. It is an extra (``bench``).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any

from rapidfuzz import fuzz, process

from dispatch.location import Position
from geo_data.builtin.places import Place

Peer = Callable[[str], Position]
SCORERS: dict[str, Callable[..., float]] = {"WRatio": fuzz.WRatio, "partial_ratio": fuzz.partial_ratio}
NOT_INSTALLED = "not installed: the address parser cpca (extra `bench`)"


class Names:
    """Names and aliases of places, all together and by district."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._all: dict[int, str] = {}
        self._in: dict[str, dict[int, str]] = defaultdict(dict)
        self._at: list[Position] = []
        for place in places:
            for name in (place.name, *place.aliases):
                self._all[len(self._at)] = self._in[place.district][len(self._at)] = name
                self._at.append(place.position)

    def best(self, text: str, scorer: Callable[..., float], district: str = "") -> Position:
        """Where the name most like ``text`` lies, in ``district`` if that has places."""
        among = self._in.get(district, self._all) if district else self._all
        found = process.extractOne(text, among, scorer=scorer)
        return self._at[found[2]]


def parser() -> Any | None:
    """The address parser; None where it is not installed."""
    try:
        return import_module("cpca")
    except ImportError:
        return None


def peers(places: Sequence[Place]) -> dict[str, Peer]:
    """Every peer that is installed, by name, with these places to look in."""
    names, published = Names(places), parser()
    found: dict[str, Peer] = {f"fuzzy match, {key}": partial(names.best, scorer=s) for key, s in SCORERS.items()}
    if published is not None:
        for key, scorer in SCORERS.items():
            found[f"cpca, then {key}"] = partial(_parsed, published, names, scorer)
    return found


def _parsed(published: Any, names: Names, scorer: Callable[..., float], text: str) -> Position:
    row = published.transform([text]).iloc[0]
    district, rest = row["区"], row["地址"]
    return names.best(
        rest if isinstance(rest, str) and rest else text, scorer, district if isinstance(district, str) else ""
    )
