"""Free-flow speeds by road class, for roads whose speed limit the map does not tell."""

from geo_data.roads.network import RAMP

# km/h, one value inside the range of design speeds each class has in:
#   CJJ 37-2012 (2016 revision), Code for design of urban road engineering, table 3.2.1: expressways 快速路 100, 80, 60;
#   arterials 主干路 60, 50, 40; secondary roads 次干路 50, 40, 30; branches 支路 40, 30, 20.
#   JTG B01-2014, Technical standard of highway engineering: motorways 高速 120, 100, 80; first class 一级 100, 80, 60;
#   second 二级 80, 60; third 三级 40, 30; fourth 四级 30, 20.
#   Road traffic safety regulations (道路交通安全法实施条例), article 45: where no sign says more, city roads without a
#   centre line 30, one lane each way 50; article 78: motorways 120 at most.
# They meet the one measurement at hand: of 214 anonymous Guangzhou roads (2016) the middle four fifths have a free flow
# (95th percentile of speeds) of 40 to 59 km/h, median 47.5. Hours are laid over them in `geo_data.roads.speeds`.
FREE_FLOW_KPH: dict[str, float] = {
    "motorway": 100.0,  # 高速公路
    "trunk": 70.0,  # 快速路 and 一级公路, between their grades of 60 and 80
    "primary": 55.0,  # 主干路, between 50 and 60; 二级公路 through towns
    "secondary": 45.0,  # 次干路, between 40 and 50
    "tertiary": 35.0,  # 支路, between 30 and 40; 三级公路
    "unclassified": 30.0,  # 支路 and 四级公路; article 45
    "residential": 30.0,  # article 45
    "living_street": 20.0,  # lowest grade of 支路
    "service": 15.0,  # no design speed: an assumption
}

RAMP_KPH = 40.0  # among the ramp design speeds of JTG D20-2017, 30 to 80


def free_flow_kph(road_class: str, flags: int = 0) -> float:
    """Default speed of a road class in km/h; a ramp is never faster than `RAMP_KPH`."""
    speed = FREE_FLOW_KPH[road_class]
    return min(speed, RAMP_KPH) if flags & RAMP else speed
