"""From the tables of facts to the compiled network."""

from dataclasses import replace

import numpy as np

from dispatch.location import Position
from geo_data.builtin.courses import draw
from geo_data.builtin.drawing import Drawing
from geo_data.builtin.expressways import add_expressways
from geo_data.builtin.generated import plan_streets
from geo_data.builtin.generated_edges import with_streets
from geo_data.builtin.meetings import join_open_roads, uses
from geo_data.builtin.ramps import add_ramps
from geo_data.builtin.roads import Road, Waypoint, builtin_roads, named_points
from geo_data.builtin.streets import add_streets
from geo_data.roads.compile import compile_network
from geo_data.roads.network import GENERATED, Network
from geo_data.roads.road_edges import RoadEdges
from geo_data.roads.turn_costs import assumed_turn_costs

TITLE = "广州示意路网 (schematic)"
SOURCE = "hand-compiled tables of named points and roads; see docs/builtin-network.md"


def builtin_network() -> Network:
    """Draw, join and compile the built-in roads; the same tables give the same bytes.

    Returns
    -------
    Network
        Schematic: positions are good to about 200 m in the city and 500 m outside, see docs/builtin-network.md.
    """
    edges = builtin_edges()
    costs = assumed_turn_costs(edges)
    network = compile_network(edges, costs=costs, title=TITLE, source=SOURCE, schematic=True)
    generated = network.flags & GENERATED > 0
    drawn_nodes = np.unique(np.concatenate([network.tail[~generated], network.head[~generated]]))
    counts = {"generated_edges": int(generated.sum()), "generated_nodes": network.n_nodes - len(drawn_nodes)}
    return replace(network, meta={**network.meta, **counts})


def builtin_edges() -> RoadEdges:
    """Return the edges of all built-in roads, and of the streets generated between them, before anything is dropped."""
    interchanges = [point.name for point in named_points().values() if point.kind == "interchange"]
    courses = [draw(_opened(road)) for road in builtin_roads()]
    join_open_roads(courses)
    used = uses(courses)
    plan = plan_streets(courses, used)
    drawing = Drawing()
    streets = add_streets(drawing, courses, used)
    ramp_ends = add_expressways(drawing, courses, interchanges, streets)
    add_ramps(drawing, ramp_ends, streets)
    return with_streets(drawing.build(), streets, plan)


def _opened(road: Road) -> Road:
    """Start a limited-access ring on open road, halfway to its second point, so that no interchange is cut in two."""
    first, *others = road.waypoints
    if not road.limited or first.key != others[-1].key:
        return road
    a, b = first.position, others[0].position
    start = Waypoint("", Position(round((a.lon + b.lon) / 2, 6), round((a.lat + b.lat) / 2, 6)))
    values = {name: getattr(road, name) for name in Road.__dataclass_fields__}
    return Road(**{**values, "waypoints": (start, *others, start)})
