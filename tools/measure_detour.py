"""Print how much longer the road is than the straight line, and how fast it is driven: what manual mode assumes.

    python -m tools.measure_detour [--network FILE] [--trips N]

Trips lead between random places within the built-up middle of the network, 2 to 20 km apart in a straight line, at 8:00, 14:00
and 18:00 of a weekday. Bounded by the number of trips.
"""

import argparse
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from api.wiring import SCHEMATIC_OFFSET_M, load_network
from dispatch.location import Position, distance_m
from dispatch.unit import GUANGZHOU_TIME
from geo_data.roads.routing import Router
from geo_data.roads.straight_line import DETOUR, SPEED_KPH

HOURS = (8, 14, 18)
CENTRE, REACH_DEG = Position(113.30, 23.13), 0.12
NEAREST_M, FARTHEST_M = 2_000.0, 20_000.0
SEED = 1


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--network", type=Path)
    options.add_argument("--trips", type=int, default=300)
    given = options.parse_args()
    network = load_network(given.network)
    router = Router(network, max_offset_m=SCHEMATIC_OFFSET_M) if network.schematic else Router(network)
    rows = np.array([row for hour in HOURS for row in trips(router, hour, given.trips // len(HOURS))])
    line_m, road_m, road_s = rows.T
    print(f"{network.meta.get('title')}: {len(rows)} trips, hours {HOURS}")
    say("road / straight line", road_m / line_m)
    say("km/h on the road", road_m / road_s * 3.6)
    guessed_s = line_m * DETOUR / (SPEED_KPH / 3.6)
    say(f"estimate / road time (detour {DETOUR}, {SPEED_KPH:g} km/h)", guessed_s / road_s)
    wrong = np.abs(np.log(guessed_s / road_s))
    print(
        f"half of the estimates are within a factor of {np.exp(np.median(wrong)):.2f}, nine in ten within {np.exp(np.quantile(wrong, 0.9)):.2f}"
    )


def trips(router: Router, hour: int, wanted: int) -> list[tuple[float, float, float]]:
    """Straight metres, road metres and road seconds of random trips."""
    draw, at = np.random.default_rng(SEED + hour), datetime(2026, 11, 18, hour, tzinfo=GUANGZHOU_TIME)
    found: list[tuple[float, float, float]] = []
    for _ in range(50 * wanted):
        if len(found) == wanted:
            break
        offsets = draw.uniform(-REACH_DEG, REACH_DEG, (2, 2))
        start, stop = (Position(CENTRE.lon + x, CENTRE.lat + y) for x, y in offsets.tolist())
        line_m = distance_m(start, stop)
        if not NEAREST_M <= line_m <= FARTHEST_M:
            continue
        way = router.route(start, stop, at)
        if way is not None:
            found.append((line_m, way.metres, way.seconds))
    return found


def say(what: str, values: npt.NDArray[np.float64]) -> None:
    """Print a mean with its 95 % interval, and the middle eight tenths."""
    half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    low, high = np.quantile(values, [0.1, 0.9])
    print(f"{what}: {values.mean():.3f} ± {half:.3f} (n = {len(values)}), eight tenths {low:.2f} to {high:.2f}")


if __name__ == "__main__":
    main()
