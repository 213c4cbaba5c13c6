"""The part of a place's name that tells it from others."""

import re
from functools import lru_cache

from geo_data.places.address_words import HOME_PREFIX
from geo_data.places.wording import normalise

_TAIL = re.compile(
    r"(?:(?:公交|公共|新能源|专用|地面|地下|地上|露天|室内|首层|负?[一二三四\d]+[层楼]|后门|正门)*"
    r"(?:充电站|停车场(?:出?入?口)?|停车楼|车库|招呼站|临时站|总站|站|\d+区|[A-Z]区|[一二三四五六]期|\d+|内))+$"
)
_ASIDE = re.compile(r"\((?:停?[东西南北]行|临时|直流[^)]*|交流[^)]*|暂停[^)]*)\)")
# 洛溪桥 is 洛溪大桥, 岑村立交桥 is 岑村立交, 福和墟 is 福和.
_FORMS = (
    (re.compile(r"(?<!大)(?<!立交)(?<!高架)(?<!天)桥$"), "大桥"),
    (re.compile(r"立交桥$"), "立交"),
    (re.compile(r"(?<=..)[墟圩]$"), ""),
    (re.compile(r"工业园区?$"), "工业区"),
    (re.compile(r"经济区$"), "开发区"),
    (re.compile(r"工业区$"), "工业园"),
)
_HEAD = re.compile(r"^(?:招呼站|临时站)(?=\()")
_MARKS = re.compile(r"[^\w]+")
_MOUTH = re.compile(r"(?<=村)路口|(?<=路)口")


def spellings(name: str) -> list[str]:
    """``name`` and what else the place it names may be called."""
    return [name, *(pattern.sub(form, name) for pattern, form in _FORMS if pattern.search(name))]


@lru_cache(maxsize=65536)
def plain_name(name: str) -> str:
    """Strip a name of city, brackets and the generic words at its end: ``广州圆大厦充电站`` is ``广州圆大厦``."""
    text = _ASIDE.sub("", normalise(name))
    text = HOME_PREFIX.sub("", text)
    text = _MARKS.sub("", _HEAD.sub("", text))
    return _MOUTH.sub("", _TAIL.sub("", text) or text)
