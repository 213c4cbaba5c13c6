"""Isochrones and cover as they travel over HTTP, drawn on what is made once a process."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

import h3.api.basic_int as h3
import shapely

from api.forms.cover_schemas import CellOut, CoverOut, ServedOut
from api.wiring import Ground
from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.policy.policy import Policy
from geo_data.builtin.water import water_polygons
from geo_data.cover import Cells, Homes
from geo_data.roads.isochrones import Isochrone, Isochrones, check_limits
from geo_data.roads.network import Network

SIMPLER_DEG, GRID_DEG = 1.5e-4, 1e-5  # some 15 m and 1 m: finer than a screen, and than the outlines themselves


@lru_cache(maxsize=1)
def _isochrones(network: Network) -> Isochrones:
    """The built-in rivers part the built-in network; those of another network are not known."""
    return Isochrones(network, water_polygons().union_all() if network.schematic else None)


@lru_cache(maxsize=2)
def _cells(network: Network, resolution: int) -> Cells:
    return Cells(network, resolution)


@lru_cache(maxsize=1)
def _homes(network: Network, policy: Policy) -> Homes:
    return Homes(network, lambda name, at: policy.arrival_commitment.limit_s(policy.zones.of(name, at)))


def limits_s(minutes: str) -> list[float]:
    """Read ``10,20,30``; raises `InvalidInput` for what cannot be used."""
    try:
        limits = [60 * float(part) for part in minutes.replace(",", ",").split(",")]
    except ValueError:
        raise InvalidInput(f"minutes={minutes}: 写成 10,20,30 的形式。(Write it as 10,20,30.)") from None
    return check_limits(limits)


def isochrones(
    on: Ground, origins: Sequence[Position], limits: Sequence[float], now: datetime, *, gaps: bool, rings: bool
) -> dict[str, Any]:
    """A GeoJSON FeatureCollection, the longest limit first; with ``rings`` each without what a shorter one holds."""
    drawn = _isochrones(on.network).around(on.router, origins, limits, now, gaps=gaps)
    shapes = _simpler(drawn)
    if rings:
        shapes = [shapes[0], *(shapely.difference(outer, inner) for inner, outer in pairwise(shapes))]
    return {
        "type": "FeatureCollection",
        "features": [_feature(one, shape) for one, shape in zip(drawn, shapes, strict=True)][::-1],
        "as_of": now.isoformat(),
        "metric": on.router.metric(now).name,
        "schematic": on.network.schematic,
        "origins": len(origins),
    }


def _simpler(drawn: Sequence[Isochrone]) -> list[Any]:
    """Shapes with fewer points, each still holding the one before."""
    shapes: list[Any] = []
    for one in drawn:
        shape = shapely.set_precision(shapely.make_valid(shapely.simplify(one.shape, SIMPLER_DEG)), GRID_DEG)
        shapes.append(shapely.union(shape, shapes[-1], grid_size=GRID_DEG) if shapes else shape)
    return shapes


def _feature(one: Isochrone, shape: Any) -> dict[str, Any]:
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    geometry = json.loads(shapely.to_geojson(shapely.MultiPolygon(parts)))
    return {"type": "Feature", "geometry": geometry, "properties": {"minutes": one.limit_s / 60}}


def cover(on: Ground, origins: Sequence[Position], limit_s: float, now: datetime, *, resolution: int) -> CoverOut:
    """Cells within a limit, and the residents within the limit of the place they live at."""
    found = _cells(on.network, resolution).cover(on.router, origins, now)
    within = found.seconds <= limit_s
    served = _homes(on.network, on.policy).served(found.node_s)
    return CoverOut(
        as_of=now,
        metric=found.metric,
        schematic=on.network.schematic,
        units=len(origins),
        resolution=resolution,
        cells=[
            CellOut(cell=h3.int_to_str(cell), seconds=round(seconds))
            for cell, seconds in zip(found.cells[within].tolist(), found.seconds[within].tolist(), strict=True)
        ],
        residents=sum(s.residents for s in served),
        residents_within=round(sum(s.within for s in served)),
        p_within=sum(s.within for s in served) / sum(s.residents for s in served) if served else None,
        districts=[
            ServedOut(district=s.area, residents=s.residents, p_within=s.within / s.residents, junctions=s.junctions)
            for s in served
        ],
    )
