"""What kind of accident a caller's words speak of; words that fit none are left alone."""

from functools import lru_cache

from dispatch.vocabulary import Labelled


class AccidentKind(Labelled):
    """Kinds of accident a driver can do something about; one report may speak of several."""

    REAR_END = "rear_end", "追尾"
    REVERSING = "reversing", "倒车碰撞"
    SCRAPE = "scrape", "变道或剐蹭"
    FIXED_OBJECT = "fixed_object", "碰撞固定物"
    TWO_WHEELER = "two_wheeler", "与骑车人、行人"
    SLIPPERY = "slippery", "湿滑或涉水"


WORDS: dict[AccidentKind, tuple[str, ...]] = {
    AccidentKind.REAR_END: ("追尾", "刹车不及"),
    AccidentKind.REVERSING: ("倒车",),
    AccidentKind.SCRAPE: ("变道", "剐蹭", "刮蹭", "刮擦", "剐擦", "擦碰", "并线"),
    AccidentKind.FIXED_OBJECT: ("护栏", "隔离墩", "撞树", "路灯", "灯杆", "石墩", "花坛", "撞墙", "限高"),
    AccidentKind.TWO_WHEELER: ("电动车", "自行车", "摩托", "骑车", "行人"),
    AccidentKind.SLIPPERY: ("打滑", "涉水", "雨天", "积水"),
}


@lru_cache(maxsize=4096)  # simulated callers and forms repeat themselves
def kinds_of(text: str) -> tuple[AccidentKind, ...]:
    """Kinds that the words name, in the order of `AccidentKind`; empty where they name none."""
    return tuple(kind for kind, words in WORDS.items() if any(word in text for word in words))
