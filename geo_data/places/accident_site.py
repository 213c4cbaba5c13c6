"""Where in a long account it happened: …行驶至【某路口处】时,与…

Accounts of accidents tell a journey and then a place: by then somebody has come *to* it, or something happens *at* it. All
else with a road in it (where a journey began, where a witness lives, what hospital) is not the scene.
"""

import re
from dataclasses import dataclass

_ARRIVED = re.compile(
    r"(?:(?:行驶|驶|行|开|骑|走|去|逃|转)(?:至|到|经|进|入|抵)|途[经径]|经过|(?<=[,，、)）\]>车])至|(?<=摩托)至|(?<=[)）车])至)"
)
_AT = re.compile(r"(?<![正现停存实所])在(?=[^,，。;；]{3,40}?(?:路|街|道|线|村|段|处|口|院内|栋|市场|小区))")
# What follows the scene: an hour's end, a turn, another party, what happened.
_END = re.compile(
    r"(?=[,，。;；:：(（]|时(?![代光候])|(?<=.{2})(?:与(?=[^,，。路道街口]{1,20}?(?:发生|相撞|驾驶|某|骑|行驶|驶来))|和(?=[^,，。]{1,12}?(?:发生|相撞)))"
    r"|被(?=执勤|民警|交警|公安)|(?<!可)(?:左|右)(?:转弯|拐)|(?:向|往)[东南西北左右](?:转|拐|行|侧翻)|逆向|掉头|调头|追尾|碰撞|撞到|撞上|撞击|发生|由[东南西北](?:向|往|至)"
    r"|自[东南西北](?:向|往)|将(?=行人|被害人|路)|没有|未(?=靠|确|让|按)|停下|与对向|与相对|与同|行驶|倒车|驾驶|误将|横过|因(?=操作|超|疏))"
)
_NOT_THERE = re.compile(
    r"(?:医院|派出所|法院|公安局|看守所|家中|[一1]审|期间|过程中|情况下|案发|事故中|现场)$|等候|抓获|审查|抽血|^(?:案|现场|该处|被|此|其|该车|上述|对|超|接受|道路上|公路上|车)"
)
_PLACE = re.compile(
    r"路|街|道|线|村|镇|县|区|市|桥|口|门|处|段|院|站|场|城|米|公里|KM|km|Km|[Kk]\d|店|厂|栋|岛|坡|屯|组|方向|对面|附近|侧$|南|北|东|西"
)
_ALONG = re.compile(r"沿着?([^,，。;；]{2,20}?)(?=行驶|行至|行到|驶至|驶到|开至|开到|逆行|[,，])")
_THEN = re.compile(r"(?:[左右]转弯|(?:向|往)[东南西北左右]转弯|逆向行驶)?时")
LONGEST = 45


def accident_site(text: str) -> tuple[int, int] | None:
    """Begin and end of the words that name the scene; None where none is told.

    Parameters
    ----------
    text : str
        One or more sentences.
    """
    best = _best(text)
    return None if best is None else (best.begin, best.end)


def scene_clauses(text: str) -> list[str]:
    """The words that name where somebody came to, then those of the road that was being driven; empty where nobody did."""
    site = _best(text)
    if site is None or not site.arrived:
        return []
    along = _ALONG.findall(text[: site.begin])
    return [text[site.begin : site.end], *along[-1:]]


@dataclass(frozen=True, slots=True)
class _Site:
    """Words that may name the scene; somebody has arrived there, and then something happened."""

    begin: int
    end: int
    arrived: bool
    then: bool


def _best(text: str) -> _Site | None:
    """What follows 时 happened there; else the first place reached; what is said *at* a place counts last."""
    found = [site for mark in (*_ARRIVED.finditer(text), *_AT.finditer(text)) if (site := _site(text, mark))]
    return min(found, key=lambda site: (not site.arrived, not site.then), default=None)


def _site(text: str, mark: re.Match[str]) -> _Site | None:
    begin = mark.end()
    stop = _END.search(text, begin)
    end = stop.start() if stop else len(text)
    words = text[begin:end]
    if not 2 <= len(words) <= LONGEST or not _PLACE.search(words) or _NOT_THERE.search(words):
        return None
    return _Site(begin, end, arrived=mark.re is _ARRIVED, then=_THEN.match(text, end) is not None)
