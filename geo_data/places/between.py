"""…与…之间: the two ends of a stretch, as told."""

import re
from itertools import product

_BETWEEN = re.compile(r"之间的?|中间(?!位置|车道|的?隔)的?")
_STRETCH = re.compile(r"(?<=[路街道速线口桥站])(?:区间)?路?段(?=$|[^\u4e00-\u9fff]|[东西南北往由,处])")
_LINKS = ("与", "跟", "及", "至", "到", "和", "同")  # the last two begin or end many names: 太和, 同德
_STRETCH_LINKS = ("至", "到")
_START = re.compile(r"[,\s()在于的从]")
_A_PLACE = re.compile(
    r"(?:路|道|街|巷|高速|快速|线|站|桥|立交|隧道|村|城|园|场|厦|中心|医院|学校|大学|小学|中学|小区|酒店|国道|环|口|公司)$"
)
_TAIL = re.compile(r"(?:交叉口|出口|入口|(?<=[路街道])口)$")
LEAST, MOST = 2, 18


def stretch_ends(text: str) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]] | None:
    """Spans of the first end, of the second, and of all the words, ``之间`` included; None where none is told.

    The first end may have more before it: 体育西路天河路与天河北路之间 gives 体育西路天河路 for it.
    """
    for mark, links in ((_BETWEEN, _LINKS), (_STRETCH, _STRETCH_LINKS)):
        for match in mark.finditer(text):
            if found := _ends(text, match.start(), links):
                first, second = found
                return first, second, (first[0], match.end())
    return None


def end_name(words: str) -> str:
    """An end without the words for its corner: ``天河路口`` is ``天河路``."""
    return _TAIL.sub("", words) or words


def _ends(text: str, stop: int, links: tuple[str, ...]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The link whose two sides end like places; else the most trusted that has two sides."""
    starts = [match.end() for match in _START.finditer(text, 0, stop)]
    start = max((at for at in starts if at < stop - LEAST and any(link in text[at:stop] for link in links)), default=0)
    splits = [
        ((start, at), (at + 1, stop))
        for link, at in product(links, range(start + LEAST, stop - LEAST))
        if text[at] == link and at - start <= MOST and stop - at - 1 <= MOST
    ]
    sure = [(a, b) for a, b in splits if _A_PLACE.search(text[slice(*a)]) and _A_PLACE.search(text[slice(*b)])]
    return next(iter(sure or splits), None)
