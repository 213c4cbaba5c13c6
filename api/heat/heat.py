"""Incidents on the map: what is read, divided and drawn, on what is made once a process."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

import h3.api.basic_int as h3
import numpy as np
import polars as pl
from sqlalchemy import Connection

from api import wiring
from api.building import heatmap_background
from api.wiring import Ground
from dispatch.location import Position
from dispatch.policy.policy import Policy
from dispatch.unit import GUANGZHOU_TIME
from geo_data.districts import district_polygons
from geo_data.kept_cover import KeptCells, KeptCover
from geo_data.roads.crossings import Crossings
from geo_data.roads.network import Network
from geo_data.stores.judged_store import PostgisJudged
from maps.heat import frequent
from maps.heat.areas import RESOLUTIONS, Areas, best_resolution, district_shapes
from maps.heat.layer import comparison, layer
from maps.heat.measures import COVER, legend
from maps.heat.selection import Selection, numbers, provenance

By = Literal["h3", "district"]
Kind = Literal["vehicles", "crossings", "units"]
COVER_RESOLUTION = 7


@lru_cache(maxsize=1)
def shapes() -> dict[str, Mapping[str, Any]]:
    """The districts as GeoJSON by name."""
    districts = district_polygons()
    return district_shapes(list(districts["name"]), list(districts.geometry))


def rows(connection: Connection, selection: Selection, now: datetime) -> pl.DataFrame:
    """Incidents of a selection as they are judged at ``now``."""
    since, until = selection.bounds
    return selection.of(PostgisJudged(connection, wiring.policy().audit).table(since, until, now))


def drawn(
    connection: Connection, selection: Selection, other: Selection | None, now: datetime, by: By, resolution: int | None
) -> dict[str, Any]:
    """A layer of the selection, or of its difference to an ``other`` period; cells of the resolution asked for or the best."""
    found = rows(connection, selection, now)
    own = (found, selection.exposure_days(now), provenance(selection, found, now))
    if other is None:
        return layer(own[0], _areas(found, by, resolution), own[1], own[2])
    before = rows(connection, other, now)
    areas = _areas(min(found, before, key=len), by, resolution)
    return comparison(own, (before, other.exposure_days(now), provenance(other, before, now)), areas)


def _areas(found: pl.DataFrame, by: By, resolution: int | None) -> Areas:
    if by == "district":
        return Areas("district", shapes=shapes())
    return Areas("h3", best_resolution(found) if resolution is None else resolution)


def table(
    connection: Connection,
    on: Ground,
    kind: Kind,
    selection: Selection,
    now: datetime,
    names: Mapping[str, str],
    *,
    whole: bool,
) -> dict[str, Any]:
    """A table of what comes up often; ``whole`` plates for who may see them."""
    found, days = rows(connection, selection, now), selection.exposure_days(now)
    if kind == "vehicles":
        read = PostgisJudged(connection, wiring.policy().audit).plate
        made = frequent.vehicles(found, days, whole=whole, read=read)
    elif kind == "units":
        made = frequent.units(found, names, days)
    else:
        at = [numbers(found[name]) for name in ("lon", "lat", "uncertainty_m")]
        made = frequent.crossings(found, _crossings(on.network).of(*at), days)
    return made.document(provenance(selection, found, now))


_crossings = lru_cache(maxsize=1)(Crossings)


@lru_cache(maxsize=4)
def _kept_cells(network: Network, policy: Policy, resolution: int) -> KeptCells:
    limits, zones = policy.arrival_commitment, policy.zones
    return KeptCells(network, lambda district, at: limits.limit_s(zones.of(district, at)), resolution)


def cover(
    on: Ground, origins: Sequence[Position], at: datetime, who: str, now: datetime, by: By, resolution: int | None
) -> dict[str, Any]:
    """Probability that a report would be kept, by area, as a layer; ``who`` says from where units would go."""
    resolution = COVER_RESOLUTION if resolution is None else resolution
    areas = Areas("h3", resolution) if by == "h3" else Areas("district", shapes=shapes())
    found = _kept_cells(on.network, on.policy, resolution or RESOLUTIONS[0]).at(
        on.router, origins, on.policy.arrival, at
    )
    values = _by_cell(found) if by == "h3" else _by_district(found)
    whole = round(float(found.p_node.mean()), 4) if len(found.p_node) else None
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": areas.geometry(area),
                "properties": {"area": area, "n": n, "cover": [p, None, None, n]},
            }
            for area, p, n in values
        ],
        "by": by,
        "resolution": resolution if by == "h3" else None,
        "measures": [legend(COVER)],
        "totals": {"n": len(found.p_node), "cover": [whole, None, None, len(found.p_node)]},
        "units": len(origins),
        "provenance": {
            "since": f"{at.astimezone(GUANGZHOU_TIME):%Y-%m-%d %H:%M}",
            "until": "",
            "filters": who,
            "n": len(origins),
            "simulated": 0,
            "metric": on.router.metric(at).name,
            "policy_version": on.policy.version,
            "generated_at": now.astimezone(GUANGZHOU_TIME).replace(microsecond=0).isoformat(),
            "interval": "none: a forecast, not a count",
        },
    }


def _by_cell(found: KeptCover) -> list[tuple[str, float, int]]:
    lines = zip(found.cells.tolist(), found.p_kept.tolist(), found.junctions.tolist(), strict=True)
    return [(h3.int_to_str(cell), round(p, 4), n) for cell, p, n in lines]


def _by_district(found: KeptCover) -> list[tuple[str, float, int]]:
    names = [name for name in shapes() if (found.district == name).any()]
    return [
        (n, round(float(np.mean(found.p_node[found.district == n])), 4), int((found.district == n).sum()))
        for n in names
    ]


def ground_under(network: Network) -> dict[str, Any]:
    """What a picture is drawn over."""
    under = heatmap_background(network)
    return {
        "outlines": list(shapes().values()),
        "water": under.water,
        "roads": under.roads,
        "schematic": under.schematic,
    }


def at_hour(now: datetime, hour: int) -> datetime:
    """The next time that the clock in Guangzhou shows a full hour."""
    clock = now.astimezone(GUANGZHOU_TIME)
    return clock.replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=int(hour <= clock.hour))
