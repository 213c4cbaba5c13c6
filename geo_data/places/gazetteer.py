"""Places by name: an index of character pairs that finds the names a text contains, whole or nearly."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_data.builtin.places import Place
from geo_data.places.place_names import plain_name

ENDS_A_WORD = frozenset("省市区县镇街道路巷村号近与和在交至到的")
MOST_COMMON = 0.04  # pairs found in a larger share of all names say nothing about which


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A place whose name a text contains.

    Parameters
    ----------
    place : int
        Index into `Gazetteer.places`.
    name : str
        The name or alias that matched.
    name_share : float
        Information of the name that the text holds, 0 to 1.
    text_share : float
        Information of the text that the name holds, 0 to 1.
    at_start : bool
        The text begins with the name, or the name stands behind a word that ends (路, 区, 号 …).
    """

    place: int
    name: str
    name_share: float
    text_share: float
    at_start: bool


class Gazetteer:
    """Places found by what is said of them.

    Parameters
    ----------
    places : sequence of Place
        Built-in ones and a company's own; every alias is a further name, addresses included.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = tuple(places)
        named = [(i, plain_name(name)) for i, place in enumerate(places) for name in (place.name, *place.aliases)]
        named += [(i, name.removeprefix("广州")) for i, name in named if name.startswith("广州") and len(name) > 4]
        named = [(i, name) for i, name in named if len(name) > 1]
        self._names = [name for _, name in named]
        self._place_of = np.array([i for i, _ in named], dtype=np.int64)
        self._postings, self._weights = _postings(self._names)
        self._totals = np.array([self._information(_pairs(name)) for name in self._names])

    def search(self, text: str, limit: int = 20) -> list[NameMatch]:
        """Names most alike to ``text`` or contained in it, best first, one a place."""
        said = plain_name(text)
        pairs = _pairs(said)
        known = [pair for pair in pairs if pair in self._postings]
        if not known:
            return []
        where = np.concatenate([self._postings[pair] for pair in known])
        weight = np.repeat([self._weights[pair] for pair in known], [len(self._postings[pair]) for pair in known])
        names, place = np.unique(where, return_inverse=True)
        shared = np.bincount(place, weights=weight)
        name_share = shared / self._totals[names]
        text_share = shared / self._information(pairs)
        rank = name_share * (0.5 + 0.5 * text_share)
        matches: dict[int, NameMatch] = {}
        for i in np.argsort(-rank, kind="stable")[: 3 * limit]:
            name = self._names[names[i]]
            match = NameMatch(
                int(self._place_of[names[i]]), name, float(name_share[i]), float(text_share[i]), _begins(name, said)
            )
            matches.setdefault(match.place, match)
        return list(matches.values())[:limit]

    def _information(self, pairs: Iterable[str]) -> float:
        unseen = float(np.log(len(self._names) + 1.0))
        return sum(self._weights.get(pair, unseen) for pair in pairs) or 1.0


def _begins(name: str, text: str) -> bool:
    at = text.find(name)
    return at <= 0 or text[at - 1] in ENDS_A_WORD or text[at - 1].isdigit()


def _pairs(name: str) -> list[str]:
    return list(dict.fromkeys(name[i : i + 2] for i in range(len(name) - 1)))


def _postings(names: Sequence[str]) -> tuple[dict[str, npt.NDArray[np.int64]], dict[str, float]]:
    lists: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        for pair in _pairs(name):
            lists.setdefault(pair, []).append(i)
    most = max(200, MOST_COMMON * len(names))
    weights = {pair: float(np.log((len(names) + 1) / len(where))) for pair, where in lists.items()}
    return {pair: np.array(where) for pair, where in lists.items() if len(where) <= most}, weights
