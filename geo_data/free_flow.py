"""Free-flow speeds by road class, for roads whose speed limit the map does not tell."""

from geo_data.network import RAMP

# km/h. Upper classes follow the design speeds of CJJ 37-2012 (Code for design of urban road engineering, table 3.2.1:
# expressways 60-100, arterials 40-60, secondary roads 30-50, branches 20-40); motorway and ramp speeds follow
# JTG B01-2014 (100 and 40). One value inside each range; measured speeds are laid over them elsewhere.
FREE_FLOW_KPH: dict[str, float] = {
    "motorway": 100.0,
    "trunk": 70.0,
    "primary": 55.0,
    "secondary": 45.0,
    "tertiary": 35.0,
    "unclassified": 30.0,
    "residential": 30.0,
    "living_street": 20.0,
    "service": 15.0,
}

RAMP_KPH = 40.0


def free_flow_kph(road_class: str, flags: int = 0) -> float:
    """Default speed of a road class in km/h; a ramp is never faster than `RAMP_KPH`."""
    speed = FREE_FLOW_KPH[road_class]
    return min(speed, RAMP_KPH) if flags & RAMP else speed
