"""The core of a place's name, without the words for its kind, side and stop: 三沙 of 三沙村口 and of 三沙路口站."""

import re
from collections.abc import Iterable
from functools import lru_cache

from geo_data.places.place_names import plain_name

LONGEST_STEM = 6
MOST_PLACES = 40  # of one stem: more are a word (新村), not a name
_KIND = (
    "高速公路|快速路|大马路|公路|大道|马路|大街|横路|环路|路|街道办事处|街道办|街道|街|巷|特大桥|大桥|立交桥|立交|涌桥|桥|隧道|高架"
    "|村委会|村委|新村|村民委员会|村|社区|居委会|居委|小区|花园|苑|工业园|工业区|开发区|产业园|科技园|创意园|市场|广场|公园|牌坊|墟|圩|码头"
    "|小学|中学|学校|大学|学院|医院|卫生院|酒店|宾馆|大厦|商场|中心|派出所|镇政府|镇|客运站|车站|公交总站|总站|临时站|招呼站|站"
)
_END = re.compile(
    rf"(?<=..)(?:交叉口|路口|[东西南北中]?门|{_KIND}|[东西南北中]?[底脚头口尾]|[东西南北中一二三四五六七八九十\d])$"
)
_BETWEEN = re.compile(r"与|(?<=.(?:路|街|巷))(?=..+[路口]$)|(?<=大道)(?=..+[路口]$)")


@lru_cache(maxsize=65536)
def stem(name: str) -> str:
    """Strip a name down to its core of two characters or more: ``琶洲大桥南站`` is ``琶洲``."""
    while (shorter := _END.sub("", name)) != name:
        name = shorter
    return name


def parts(name: str) -> list[str]:
    """Names that a name is made of: 石井大道石沙路口 is both, and so is 高普路软件路口."""
    return [part for part in _BETWEEN.split(name) if len(part) > 1]


class Stems:
    """Places by the core of their names and of the parts of these.

    Parameters
    ----------
    names : iterable of (int, str)
        Index of a place and one of its names, as `plain_name` leaves it; names of one place stand together.
    """

    def __init__(self, names: Iterable[tuple[int, str]]) -> None:
        self._places: dict[str, list[tuple[int, str]]] = {}
        for i, name in names:
            for part in parts(name):
                core = stem(part)
                if 2 <= len(core) <= LONGEST_STEM:
                    known = self._places.setdefault(core, [])
                    if not known or known[-1][0] != i:
                        known.append((i, part))

    def of(self, name: str) -> list[tuple[int, str]]:
        """Places, by index and part of a name, that have the same core as ``name``."""
        return self._named(stem(plain_name(name)))

    def leading(self, name: str) -> list[tuple[int, str]]:
        """Places whose core begins ``name``, of the longest such core: Chinese tells the larger place first."""
        plain = plain_name(name)
        longest = min(LONGEST_STEM, len(plain) - 2)
        return next((found for n in range(longest, 1, -1) if (found := self._named(plain[:n]))), [])

    def _named(self, core: str) -> list[tuple[int, str]]:
        found = self._places.get(core, [])
        return found if len(found) <= MOST_PLACES else []
