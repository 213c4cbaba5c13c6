"""Plausible names for generated streets: short local names that no drawn road bears."""

from collections.abc import Set as AbstractSet

import numpy as np

# Auspicious and everyday words of Cantonese street signs; none of them names one known street by itself.
_FIRST = "安宝昌德东恩福富高冠光广贵和恒宏华吉嘉建锦景居康兰乐礼丽联良龙隆茂美民明南宁平庆泉仁荣瑞善尚盛顺泰桃同文祥新信兴秀义迎永裕源云长振正忠"
_SECOND = "安昌成德芳福富贵和华辉吉佳康乐丽龙宁平庆荣瑞善胜泰祥兴秀雅义裕源泽"
_KINDS = {"through": ("路", "街"), "small": ("街", "巷", "里", "横街", "一巷", "二巷")}
NAMED_SHARE = {"through": 0.85, "small": 0.45}


def street_names(
    through: "np.typing.NDArray[np.bool_]", taken: AbstractSet[str], random: np.random.Generator
) -> list[str]:
    """Name generated streets; some, and most small ones, have none.

    Parameters
    ----------
    through : (n,) bool
        Whether each street is a through street.
    taken : set of str
        Names of drawn roads and known places; none is given again.

    Returns
    -------
    list of str
        Empty where a street has no name. Names recur across the city, as they do.
    """
    pools = {kind: _pool(kind, taken) for kind in _KINDS}
    names = []
    for is_through, chance, pick in zip(through, random.random(len(through)), random.random(len(through)), strict=True):
        kind = "through" if is_through else "small"
        pool = pools[kind]
        names.append(pool[int(pick * len(pool))] if chance < NAMED_SHARE[kind] else "")
    return names


def _pool(kind: str, taken: AbstractSet[str]) -> list[str]:
    pairs = {name[i : i + 2] for name in taken for i in range(len(name) - 1)}
    stems = [a + b for a in _FIRST for b in _SECOND if a != b and a + b not in pairs]
    return [stem + ending for stem in stems for ending in _KINDS[kind]]
