"""One spelling for what callers type and say: width, script, spoken numbers, and the words that are not a place."""

import re
import unicodedata
from functools import cache

from opencc import OpenCC  # type: ignore[import-untyped]

from geo_data.places.cantonese import to_standard

DIGITS = {"零": 0, "〇": 0, "幺": 1, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9}
UNITS = {"十": 10, "百": 100, "千": 1000}

_SPOKEN = "零〇幺一二两三四五六七八九十百千"
SPOKEN_NUMBER = re.compile(rf"(?<![\d点])[{_SPOKEN}]+(?=号(?!线)|大院|公里|米)")
SPOKEN_DECIMAL = re.compile(rf"([{_SPOKEN}]+)点([零〇一二三四五六七八九]+)(?=公里)")
ROUND_NUMBER = re.compile(r"(\d{1,2})([百千])(?=米)")

# From the first of these on, a clause tells what happened, not where.
HAPPENED = re.compile(
    r"(发生|追尾|碰撞|相撞|对撞|连环|刮擦|刮碰|擦碰|剐蹭|被撞|撞到|撞上|撞了|撞|事故|抛锚|侧翻|翻车|起火|着火|自燃|爆胎|熄火|水浸"
    r"|(?<!第)[一两二三四五六七八九十多几\d]+(?:辆|台|部|车|人(?!民)|个人|名)|(?:小|货|客|轿|大|面包|电动|摩托|泥头|垃圾|洒水|清扫|环卫)车(?!站|场|城|厂)"
    r"|有人|无人|没人|受伤|伤者|人伤|报案|查勘|保险|车牌|粤A|请派|请速|需要|司机|电话|联系)"
)
CLOCK = re.compile(
    r"(?:(?:\d{2,4}年)?\d{1,2}月\d{1,2}[日号])?(?:今天|今日|昨天|昨晚|今早|今晚|刚才|刚刚|目前|现在)?"
    r"(?:凌晨|早上|上午|中午|下午|傍晚|晚上|夜里)?(?:[\d一二三四五六七八九十]{1,3}(?:点|时|:)(?:半|[\d一二三四五六七八九十]{1,3}分?)?(?:许|左右)?)?"
)
LEAD_IN = re.compile(
    r"^(?:喂|你好|您好|我(?:现在|的车|[部架台]车)?|这[里边]系?|本人|客户|车(?:辆|(?=[在于行停开]))|标的车?|在|于|位于|行驶至|行驶到|行至|开到|途经|途径|沿着?|经过?|地址|地点|事故地点|出险地点|[是为:,\s])+"
)
CLAUSE_ENDS = re.compile(r"[,。;!?\n\r\t|]+")
KEPT_SYMBOLS = frozenset("+-/&×.,:;!?()#~<>[]|'\"@*")


def normalise(text: str) -> str:
    """Bring ``text`` to half width, simplified script, standard words and Arabic house numbers; odd symbols become spaces.

    Parameters
    ----------
    text : str
        Anything a caller may send.

    Returns
    -------
    str
        Printable text with single spaces; empty when nothing is left.
    """
    plain = unicodedata.normalize("NFKC", text).replace("。", ",").replace("、", "/")
    plain = plain.translate(_KEPT)
    plain = plain if all(map(_is_simplified, plain)) else _simplifier().convert(plain)
    return " ".join(_in_digits(to_standard(plain)).split())


def _in_digits(text: str) -> str:
    text = SPOKEN_DECIMAL.sub(lambda match: f"{spoken_number(match[1])}.{spoken_number(match[2])}", text)
    text = ROUND_NUMBER.sub(lambda match: str(int(match[1]) * UNITS[match[2]]), text)
    return SPOKEN_NUMBER.sub(lambda match: str(spoken_number(match.group())), text)


class _Kept(dict[int, str]):
    """What becomes of each character, looked up once: letters, digits and some symbols stay, the rest are spaces."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kept = char in KEPT_SYMBOLS or unicodedata.category(char)[0] in "LN"
        return self.setdefault(code, char if kept else " ")


_KEPT = _Kept()


@cache
def _is_simplified(char: str) -> bool:
    """Whether the character stays as it is; a text of such characters need not be converted, which is slow."""
    return bool(_simplifier().convert(char) == char)


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def spoken_number(words: str) -> int:
    """Value of a spoken number: ``幺二三`` is 123 and ``一百二十三`` is 123."""
    if not any(char in UNITS for char in words):
        return int("".join(str(DIGITS[char]) for char in words))
    total, digit = 0, 0
    for char in words:
        if char in UNITS:
            total += (digit or 1) * UNITS[char]
            digit = 0
        else:
            digit = DIGITS[char]
    return total + digit


def place_clauses(text: str) -> list[str]:
    """Split normalised text into the clauses that speak of a place, each cut where it turns to what happened."""
    clauses = []
    for clause in CLAUSE_ENDS.split(text):
        rest = LEAD_IN.sub("", _without_clock(clause.strip()))
        happened = HAPPENED.search(rest)
        if happened and happened.start() < 2:  # "追尾了在天河路": the place may follow
            rest = rest[happened.end() :].partition("在")[2]
            happened = HAPPENED.search(rest)
        kept = rest[: happened.start()] if happened else rest
        if len(kept.strip()) > 1:
            clauses.append(kept.strip())
    return clauses


def _without_clock(clause: str) -> str:
    match = CLOCK.match(clause)
    return clause[match.end() :] if match else clause
