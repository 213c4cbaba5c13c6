"""Cantonese words of place in the written standard form."""

import re

# Read after the script is simplified. 隔离 is also a barrier, 油站 also the end of 加油站, 架桥 also of 高架桥.
STANDARD = {
    "喺": "在",
    "嘅": "的",
    "咗": "了",
    "嚟到|去到": "到",
    "(?:嗰|𠮶)(?=[边个条间])": "那",
    "(?:嗰|𠮶)度": "那里",
    "呢(?=[边个条间])": "这",
    "呢度": "这里",
    "隔篱|隔离(?![带栏墩护区点酒网墙设岛桩柱板开病观器层])": "隔壁",
    "侧边": "旁边",
    "前便": "前面",
    "[后後]便": "后面",
    "转角位": "转角",
    "路口位": "路口",
    "(?:红绿|交通)灯位": "红绿灯",
    "行车天桥": "高架桥",
    "(?<!高)架桥(?=[底下上面])": "高架桥",
    "落桥[位处]": "下桥处",
    "上桥位": "上桥处",
    "(?<!加)油站": "加油站",
    "埗头": "码头",
    "埗": "步",  # 增埗 and 增步 are one place
    "巴士站": "公交站",
    "同埋": "和",
}
_WORDS = re.compile("|".join(f"({word})" for word in STANDARD))
_FORMS = tuple(STANDARD.values())


def to_standard(text: str) -> str:
    """``喺天河路嗰个转角位`` is ``在天河路那个转角``; the text comes in simplified script."""
    return _WORDS.sub(lambda match: _FORMS[(match.lastindex or 1) - 1], text)
