"""How exact an answer is, by the level of match that AMap and Tianditu state.

The levels are those of AMap's documentation of ``/v3/geocode/geo``; Tianditu uses the same words. The radii are
judged from what each level means, not measured: no key was at hand.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """How exact a kind of answer is.

    Parameters
    ----------
    radius_m : float
        Meant to hold the true place nine times in ten.
    exact : bool
        One point, not a road or an area.
    """

    radius_m: float
    exact: bool = True


POINT_OF_INTEREST = Level(200.0)

LEVELS = {
    "道路交叉路口": Level(120.0),
    "门牌号": Level(120.0),
    "门址": Level(120.0),
    "单元号": Level(120.0),
    "公交地铁站点": Level(200.0),
    "公交站台、地铁站": Level(200.0),
    "兴趣点": POINT_OF_INTEREST,
    "住宅区": Level(300.0),
    "热点商圈": Level(1000.0, exact=False),
    "村庄": Level(1000.0, exact=False),
    "小巷": Level(500.0, exact=False),
    "道路": Level(2000.0, exact=False),
    "乡镇": Level(4000.0, exact=False),
    "开发区": Level(3000.0, exact=False),
}
"""Levels worth having; coarser ones (区县, 市 …) and unknown ones say less than the offline geocoder reads itself."""
