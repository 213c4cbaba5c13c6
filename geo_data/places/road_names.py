"""Which known roads a spoken road name may mean: its parts, its short forms, a slip of one character."""

import re
from collections.abc import Iterable
from functools import cached_property

from rapidfuzz import fuzz, process

from geo_data.places.sounds import Sounds

_CLASS = re.compile(
    r"(?:高速公路|高速路|高速|快速公路|快速路|快速干线|快速|高架路|高架|公路|立交桥|立交|大桥|隧道)(?=[东西南北中]?[段线]?$)"
)
_PART = re.compile(r"(?<=.{2}[道路街线])[东西南北中]$|[东西南北中一二三四五六]+段$|\(.*\)$|[主辅]路$")
_SLIP = 74.0  # rapidfuzz ratio: one character in four or more
_TELLING = frozenset("东西南北中上下左右前后新旧大小一二三四五六七八九十0123456789")


def base_name(name: str) -> str:
    """Name of the whole road a part belongs to: ``黄埔大道西`` is of ``黄埔大道``, ``北京南路`` of ``北京路``."""
    whole = _PART.sub("", name)
    if re.search(r"[东西南北中][路街]$", whole) and len(whole) > 3:
        return whole[:-2] + whole[-1]
    return whole


def short_name(name: str) -> str:
    """Road name without the word for its kind: ``广州环城高速公路`` and ``环城高速`` are both ``环城``."""
    return _CLASS.sub("", base_name(name)).removeprefix("广州市").removeprefix("广州")


class RoadNames:
    """Look-up of road names as people say them.

    Parameters
    ----------
    names : iterable of str
        Known names, parts of a road each with their own.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.known = frozenset(names)
        self._by_base: dict[str, list[str]] = {}
        self._by_short: dict[str, list[str]] = {}
        for name in sorted(self.known):
            self._by_base.setdefault(base_name(name), []).append(name)
            if _CLASS.search(name):
                self._by_short.setdefault(short_name(name), []).append(name)
        self._resolved: dict[str, tuple[str, ...]] = {}

    def resolve(self, spoken: str) -> tuple[str, ...]:
        """Known names that ``spoken`` may mean, all parts of one road; empty when it is not known."""
        if spoken not in self._resolved:
            self._resolved[spoken] = self._resolve(spoken)
        return self._resolved[spoken]

    def _resolve(self, spoken: str) -> tuple[str, ...]:
        # The parser may have caught a word in front of the name: 夏茅夏华一路 is 夏华一路 in 夏茅.
        endings = [spoken, *(spoken[start:] for start in range(2, len(spoken) - 2))]
        for ending in endings:
            if found := self._plain(ending):
                return found
        # Another part of the same road is near; 体育西路 is another road than 体育东路, and is not.
        return tuple(self._by_base.get(_PART.sub("", spoken), ())) or self._alike(spoken) or self._with_a_slip(spoken)

    def resolve_exactly(self, spoken: str) -> tuple[str, ...]:
        """The one known name that ends ``spoken``, itself included; empty when there is none."""
        endings = (spoken, *(spoken[start:] for start in range(2, len(spoken) - 2)))
        return next(((ending,) for ending in endings if ending in self.known), ())

    def _plain(self, name: str) -> tuple[str, ...]:
        if name in self.known and name not in self._by_base:
            return (name,)
        if name in self._by_base:
            return tuple(self._by_base[name])
        if _CLASS.search(name) and len(short_name(name)) > 1:
            return tuple(self._by_short.get(short_name(name), ()))
        return ()

    def _alike(self, name: str) -> tuple[str, ...]:
        """The road that sounds so, if there is but one."""
        alike = self.sounds.like(name)
        return (alike[0],) if len(alike) == 1 else ()

    @cached_property
    def _in_order(self) -> list[str]:
        """The known names; of a set, ties would come in another order in every process."""
        return sorted(self.known)

    @cached_property
    def sounds(self) -> Sounds:
        """The known names by sound."""
        return Sounds(self._in_order)

    def _with_a_slip(self, name: str) -> tuple[str, ...]:
        if len(name) < 4:
            return ()
        near = process.extract(name, self._in_order, scorer=fuzz.ratio, score_cutoff=_SLIP, limit=None)
        slips = [other for other, _, _ in near if _may_be_a_slip(name, other)]
        return (slips[0],) if len(slips) == 1 else ()


def _may_be_a_slip(a: str, b: str) -> bool:
    """Whether two names differ by something that is not itself a name: 体育东路 is never 体育西路."""
    if len(a) != len(b):
        return False
    differing = {char for pair in zip(a, b, strict=True) if pair[0] != pair[1] for char in pair}
    return not differing & _TELLING
