"""The built-in Guangzhou: hand-compiled tables of facts and the code that turns them into a network (示意路网)."""

from geo_data.builtin.assemble import builtin_network
from geo_data.builtin.places import Place, builtin_places
from geo_data.builtin.water import green_polygons, water_polygons

__all__ = ["Place", "builtin_network", "builtin_places", "green_polygons", "water_polygons"]
