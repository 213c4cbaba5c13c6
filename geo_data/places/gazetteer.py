"""Places by name: an index of character pairs that finds the names a text contains, whole or nearly."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo_data.builtin.places import Place
from geo_data.places.address_words import ENDS_A_WORD
from geo_data.places.name_search import best_names
from geo_data.places.place_names import plain_name
from geo_data.roads.network import Floats
from geo_data.roads.plane import points_of

INSIDE_A_WORD = 0.6  # trust in a name that begins inside a word: 新沙路口 in 高新沙路口 is hardly meant
MOST_COMMON = 0.04  # pairs found in a larger share of all names say nothing about which
NAMES_A_PLACE = 3  # how many names are looked at for each place asked for

Codes = npt.NDArray[np.uint64]


class NameMatch(NamedTuple):
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

    Attributes
    ----------
    places : tuple of Place
    points : (n, 2) float64
        Where they are, in metres.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = tuple(places)
        self.points = points_of(place.position for place in places)
        named = [(i, plain_name(name)) for i, place in enumerate(places) for name in (place.name, *place.aliases)]
        named += [(i, name.removeprefix("广州")) for i, name in named if name.startswith("广州") and len(name) > 4]
        named = [(i, name) for i, name in named if len(name) > 1]
        self._names = [name for _, name in named]
        self._place_of = np.array([i for i, _ in named], dtype=np.int64)
        self._unseen = float(np.log(len(named) + 1.0))
        self._index()

    def search(self, text: str, limit: int = 20) -> list[NameMatch]:
        """Names most alike to ``text`` or contained in it, best first, one a place."""
        said = plain_name(text)
        pairs = _pairs(said)
        slots = [self._slots[pair] for pair in pairs if pair in self._slots]
        known = np.array([slot for slot in slots if self._telling[slot]], dtype=np.int64)
        if not len(known):
            return []
        information = float(self._weights[slots].sum()) + self._unseen * (len(pairs) - len(slots))
        names, shared = best_names(
            self._first, self._holders, known, self._weights, self._totals, information, NAMES_A_PLACE * limit
        )
        columns = (names, self._place_of[names], shared / self._totals[names], shared / information)
        matches: dict[int, NameMatch] = {}
        for i, place, name_share, text_share in zip(*(column.tolist() for column in columns), strict=True):
            if place not in matches:
                name = self._names[i]
                matches[place] = NameMatch(place, name, name_share, text_share, _begins(name, said))
                if len(matches) == limit:
                    break
        return list(matches.values())

    def names(self) -> list[tuple[int, str]]:
        """Every name that is searched, with the index of its place."""
        return list(zip(self._place_of.tolist(), self._names, strict=True))

    def _index(self) -> None:
        """Which names hold each pair, what the pair tells, and what all pairs of a name tell together."""
        pair_codes, holder = _pairs_of_all(self._names)
        codes, slot, counts = np.unique(pair_codes, return_inverse=True, return_counts=True)
        self._weights: Floats = np.log((len(self._names) + 1) / counts)
        totals = np.bincount(holder, weights=self._weights[slot], minlength=len(self._names))
        self._totals: Floats = np.where(totals > 0.0, totals, 1.0)  # 0: a name of pairs that all names have
        self._slots = {chr(code >> 32) + chr(code & 0xFFFF_FFFF): i for i, code in enumerate(codes.tolist())}
        self._telling = (counts <= max(200, MOST_COMMON * len(self._names))).tolist()
        self._first = np.concatenate([[0], np.cumsum(counts)])
        self._holders = holder[np.argsort(slot, kind="stable")].astype(np.int32)


def _begins(name: str, text: str) -> bool:
    at = text.find(name)
    return at <= 0 or text[at - 1] in ENDS_A_WORD or text[at - 1].isdigit()


def _pairs(name: str) -> list[str]:
    return list(dict.fromkeys(name[i : i + 2] for i in range(len(name) - 1)))


def _pairs_of_all(names: Iterable[str]) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Every pair of characters, once a name, as one number, and the index of the name; by name, in reading order."""
    lengths = np.array([len(name) for name in names], dtype=np.int64)
    letters = np.frombuffer("".join(names).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    holder = np.repeat(np.arange(len(lengths)), lengths)
    inside = holder[1:] == holder[:-1]
    codes, holder = ((letters[:-1] << np.uint64(32)) | letters[1:])[inside], holder[:-1][inside]
    order = np.lexsort((codes, holder))
    again = (codes[order][1:] == codes[order][:-1]) & (holder[order][1:] == holder[order][:-1])
    kept = np.sort(np.delete(order, np.flatnonzero(again) + 1))
    return codes[kept], holder[kept]
