"""What a caller's words say besides the place: number plates, telephone numbers, cars, what happened.

Only what two callers of one accident would both say is read. The weights say how many times likelier it is that both
mention a thing when they speak of one accident than when they do not: rare words weigh more. They are set by judgement.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

PLAIN = str.maketrans(
    "粵輛車貨電動單環衛豐雙奔馳寶馬歐紅藍黃綠銀隔離墩護欄樹頭調轉變倒側翻擦撞蹭颳連輪計機寫號龍鵬長奧達瀋贛遼魯蘇閩陝",
    "粤辆车货电动单环卫丰双奔驰宝马欧红蓝黄绿银隔离墩护栏树头调转变倒侧翻擦撞蹭刮连轮计机写号龙鹏长奥达沈赣辽鲁苏闽陕",
)
SPOKEN = str.maketrans("零〇洞幺一二两三四五六七八九拐勾", "0001122345678979")

# Private and official plates of the mainland: GA 36-2018 (province, letter, five characters; six with a D or F and the
# like for new-energy cars). O and I are not used: who writes them means 0 and 1.
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
GAP = r"[\s·・•‧.\-_—]{0,2}"
HEAD = rf"([{PROVINCES}]){GAP}([A-Z]){GAP}"
NEW_ENERGY = re.compile(rf"{HEAD}([A-HJK][A-Z0-9]\d{{4}}|\d{{5}}[A-HJK])(?![A-Z0-9])")
ORDINARY = re.compile(rf"{HEAD}([A-Z0-9](?:{GAP}[A-Z0-9]){{3}}{GAP}(?:[A-Z0-9](?![A-Z0-9])|[学警港澳挂领使]))")
IN_WORDS = re.compile(rf"{HEAD}((?:[A-Z]{GAP})?[零〇洞幺一二两三四五六七八九拐勾]{{4,6}})")
TAIL = re.compile(
    rf"(?<!手机)(?<!电话)(?<!号码)(?:尾号|尾数|牌尾|末尾|后[三四五]位)码?(?:是|为|:)?{GAP}"
    r"([A-Z0-9]{2,5}(?![A-Z0-9])|[零〇洞幺一二两三四五六七八九拐勾]{2,5})"
)
HEADLESS = re.compile(
    r"(?<![A-Z0-9+])[A-FHJL-RT-Z](?=[A-Z]{0,2}\d{3})([A-Z0-9]{5})(?![A-Z0-9+])"
)  # "A12345", no province said; G, K and S are roads and posts
MOBILE = re.compile(r"(?<!\d)(?:\+?86)?(1[3-9]\d)[\s-]?(\d{4})[\s-]?(\d{4})(?!\d)")

CARS = re.compile(r"(?<!\d)([两二2双三3四4五5])(?:[辆台部]|小)*(?:轿|客|货|机动)?车(?!道|站|厂|位|队|头)")
ALONE = ("单车事故", "单方事故", "撞护栏", "撞到护栏", "碰到护栏", "撞树", "撞到树", "隔离墩", "撞墙", "撞灯柱", "花基")
COUNTS = {"两": 2, "二": 2, "2": 2, "双": 2, "三": 3, "3": 3, "四": 4, "4": 4, "五": 5, "5": 5}

# canonical word: (weight, other ways to say it); the first group tells what happened, the second who took part.
HAPPENED: dict[str, tuple[float, tuple[str, ...]]] = {
    "追尾": (2.0, ("追撞", "撞到前车", "撞上前车", "撞前车")),
    "剐蹭": (2.0, ("刮蹭", "刮擦", "剐擦", "擦碰", "擦到", "刮到", "刮花", "蹭到")),
    "变道": (4.0, ("变更车道", "并线", "加塞", "切线")),
    "倒车": (4.0, ("后退时",)),
    "掉头": (5.0, ("调头",)),
    "闯红灯": (6.0, ("冲红灯", "冲灯")),
    "翻车": (12.0, ("侧翻", "翻侧", "翻了")),
    "起火": (12.0, ("着火", "自燃", "冒烟")),
    "涉水": (6.0, ("水浸", "泡水", "水淹")),
    "撞护栏": (4.0, ("碰到护栏", "撞到护栏", "撞上护栏", "撞栏杆")),
    "撞隔离墩": (5.0, ("隔离墩", "水马", "石墩", "花基")),
    "撞树": (6.0, ("撞到树", "撞上树", "树木")),
    "连环": (4.0, ("多车", "连续追尾")),
    "逃逸": (5.0, ("跑了", "肇事逃")),
}
TOOK_PART: dict[str, tuple[float, tuple[str, ...]]] = {
    "环卫车": (8.0, ("洒水车", "垃圾车", "清扫车")),
    "泥头车": (6.0, ("渣土车", "自卸车")),
    "货车": (2.5, ("卡车", "厢货")),
    "公交车": (5.0, ("公交", "巴士", "大巴", "客车")),
    "出租车": (4.0, ("的士", "出租")),
    "网约车": (4.0, ("滴滴",)),
    "电动车": (2.0, ("电动自行车", "电单车", "电瓶车", "电动单车")),
    "摩托车": (4.0, ("摩托",)),
    "三轮车": (8.0, ("三轮",)),
    "面包车": (4.0, ()),
    "校车": (12.0, ()),
    "油罐车": (12.0, ("槽罐车", "危化车")),
    "行人": (4.0, ("过马路的人", "路人")),
}
COLOURS: dict[str, float] = {
    "白色": 1.8, "黑色": 1.8, "银色": 2.5, "灰色": 2.5, "红色": 4.0, "蓝色": 4.0, "黄色": 5.0, "绿色": 4.0, "棕色": 6.0,
}  # fmt: skip
MAKES: dict[str, float] = dict.fromkeys(("丰田", "本田", "大众", "比亚迪"), 6.0) | dict.fromkeys(
    ("日产", "宝马", "奔驰", "奥迪", "特斯拉", "别克", "福特", "现代", "马自达", "吉利", "长安", "哈弗", "五菱", "传祺",
     "埃安", "小鹏", "理想", "蔚来", "问界", "雷克萨斯", "保时捷", "沃尔沃", "路虎", "凯迪拉克", "三菱", "起亚", "雪佛兰",
     "荣威", "名爵", "奇瑞", "红旗", "极氪", "江淮", "东风", "解放", "重汽", "陕汽", "依维柯", "金龙", "宇通"),
    10.0,
)  # fmt: skip
COLOURED = re.compile(r"([白黑银灰红蓝黄绿棕])(?:色)?的?(?=[小轿货客卡汽]?车|" + "|".join(MAKES) + ")")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was read from one report.

    Parameters
    ----------
    plates : frozenset of str
        Whole plates as ``粤A12345``.
    tails : frozenset of str
        Ends of plates, 2 to 5 characters.
    phones : frozenset of str
        Digits, at most the last 11.
    cars : int or None
        How many cars took part; None where nobody said.
    happened, took_part : frozenset of str
        Keys of `HAPPENED` and `TOOK_PART`.
    colours, makes : frozenset of str
        Keys of `COLOURS` and `MAKES`.
    painted : frozenset of str
        Colour and make said together, as ``白色丰田``.
    """

    plates: frozenset[str]
    tails: frozenset[str]
    phones: frozenset[str]
    cars: int | None
    happened: frozenset[str]
    took_part: frozenset[str]
    colours: frozenset[str]
    makes: frozenset[str]
    painted: frozenset[str]

    @property
    def names_every_car(self) -> bool:
        """Whether a whole plate is known for each car that took part."""
        return bool(self.plates) and len(self.plates) >= (self.cars or 2)


@lru_cache(maxsize=4096)
def read_words(text: str, plate: str = "", phone: str = "") -> Told:
    """Read a report.

    Parameters
    ----------
    text : str
        The caller's words, in any width and in either script.
    plate, phone : str
        The form's own fields; empty where not given.

    Returns
    -------
    Told
    """
    words = plain(text)
    plates, rest = _plates(plain(plate) + "\n" + words)
    tails = {_latin(tail) for tail in TAIL.findall(rest)} | set(HEADLESS.findall(rest))
    bare = re.sub(r"[^A-Z0-9]", "", plain(plate))
    if not _plates(plain(plate))[0] and 2 <= len(bare) <= 6:
        tails.add(_digits(bare[-5:]))
    coloured = COLOURED.findall(words)
    makes = frozenset(m for m in MAKES if m in words)
    return Told(
        plates=frozenset(plates),
        tails=frozenset(tails),
        phones=frozenset({*("".join(m) for m in MOBILE.findall(words)), *_phone(phone)}),
        cars=_cars(words),
        happened=_mentioned(words, HAPPENED),
        took_part=_mentioned(words, TOOK_PART),
        colours=frozenset({f"{c}色" for c in coloured} | {c for c in COLOURS if c in words}),
        makes=makes,
        painted=frozenset(colour + make for colour in COLOURS for make in makes if _painted(words, colour[0], make)),
    )


def plates_in(text: str, plate: str = "") -> frozenset[str]:
    """Whole plates in a report, as `Told` has them."""
    return frozenset(_plates(plain(plate) + "\n" + plain(text))[0])


def plain(text: str) -> str:
    """One way to write it: half width, capitals, simplified characters where these tables need them."""
    return normalize("NFKC", text).upper().translate(PLAIN)


def _plates(words: str) -> tuple[set[str], str]:
    """Whole plates, and the words without them."""
    found: set[str] = set()
    for pattern in (NEW_ENERGY, ORDINARY, IN_WORDS):
        for province, letter, serial in pattern.findall(words):
            found.add(province + letter + _serial(serial))
        words = pattern.sub("\n", words)
    return found, words


def _serial(said: str) -> str:
    serial = _latin(re.sub(rf"{GAP}", "", said))
    new_energy = re.fullmatch(r"[A-HJK][A-Z0-9]\d{4}|\d{5}[A-HJK]", serial)
    return serial if new_energy else serial[:5]


def _latin(said: str) -> str:
    return _digits(said.translate(SPOKEN))


def _digits(said: str) -> str:
    return said.replace("O", "0").replace("I", "1")


def _phone(phone: str) -> Iterable[str]:
    digits = re.sub(r"\D", "", normalize("NFKC", phone))
    return [digits[-11:]] if len(digits) >= 7 else []


def _cars(words: str) -> int | None:
    counts = [COUNTS[said] for said in CARS.findall(words)]
    if counts:
        return max(counts)
    return 1 if any(word in words for word in ALONE) else None


def _mentioned(words: str, table: dict[str, tuple[float, tuple[str, ...]]]) -> frozenset[str]:
    return frozenset(name for name, (_, others) in table.items() if any(w in words for w in (name, *others)))


def _painted(words: str, colour: str, make: str) -> bool:
    return any(f"{colour}{between}{make}" in words for between in ("", "色", "色的", "色小车"))
