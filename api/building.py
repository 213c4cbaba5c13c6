"""What is built once and looked at often: the compiled built-in network, the map's tables, the heatmap's ground."""

from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection

from geo_data import map_layers
from geo_data.builtin.assemble import builtin_network
from geo_data.builtin.places import builtin_places
from geo_data.builtin.water import green_polygons, water_polygons
from geo_data.districts import district_polygons
from geo_data.roads.network import Network
from geo_data.roads.network_file import save
from geo_data.roads.road_lines import main_roads
from maps.heatmaps import Background


def compile_builtin(path: Path) -> None:
    """Compile the built-in network from its tables into ``path``; earlier ones beside it are removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save(builtin_network(), path)
    for old in path.parent.glob("guangzhou-*.net"):
        if old != path:
            old.unlink(missing_ok=True)


def load_map(connection: Connection, network: Network) -> None:
    """Load what the map shows into the database; nothing when it is there already."""
    map_layers.load_map(connection, network, district_polygons(), water_polygons(), builtin_places(), green_polygons())


@lru_cache(maxsize=1)
def heatmap_background(network: Network) -> Background:
    """Water and main roads under the heatmap."""
    return Background(
        water=water_polygons().geometry.simplify(0.0005).__geo_interface__,
        roads=main_roads(network),
        schematic=network.schematic,
    )
