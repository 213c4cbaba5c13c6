"""Print how travel times scatter in the scenarios, and what working them out costs.

    python -m tools.measure_spread [--network FILE] [--trips N]

Trips lead from one random junction to another within the built-up middle of the network and take 18 to 22 minutes at 17:00 of a weekday.
"""

import argparse
import time
from datetime import datetime
from pathlib import Path

import numpy as np

from api.wiring import SCHEMATIC_OFFSET_M, load_network
from dispatch.arrival import forecast_in_scenarios, travel_log_sd
from dispatch.location import Position
from dispatch.policy.policy import ArrivalModel
from dispatch.ports import TravelTimes
from dispatch.unit import GUANGZHOU_TIME
from geo_data.roads.directions import Way
from geo_data.roads.network import Network
from geo_data.roads.routing import Router
from geo_data.roads.speeds import speed_log_sd, speed_ratio
from geo_data.scenarios import Scenarios, sizes_of
from geo_data.trip_times import MOST_UNITS, TripTimes

NOW = datetime(2026, 11, 18, 17, tzinfo=GUANGZHOU_TIME)
SHORTEST_S, LONGEST_S = 18 * 60.0, 22 * 60.0
CENTRE, REACH_DEG = Position(113.30, 23.13), 0.12
SEED = 1


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--network", type=Path)
    options.add_argument("--trips", type=int, default=400)
    given = options.parse_args()
    network = load_network(given.network)
    router, scenarios = Router(network, max_offset_m=SCHEMATIC_OFFSET_M), Scenarios(network)
    ways = trips(router, given.trips)
    show_shares(ways, scenarios)
    show_spread(ways, scenarios)
    show_cost(router, scenarios)


def trips(router: Router, wanted: int) -> list[Way]:
    """Ways of the length asked for."""
    draw, at = np.random.default_rng(SEED), junctions(router.network)
    found: list[Way] = []
    while len(found) < wanted:
        origins = [at[i] for i in draw.integers(len(at), size=50)]
        goal = at[draw.integers(len(at))]
        seconds = router.travel_times(origins, goal, NOW).seconds
        fit = [o for o, s in zip(origins, seconds, strict=True) if SHORTEST_S <= s <= LONGEST_S]
        found += router.ways(fit, goal)
    return found[:wanted]


def junctions(network: Network) -> list[Position]:
    """Nodes around the centre."""
    near = np.abs(network.node_lon - CENTRE.lon) < REACH_DEG
    near &= np.abs(network.node_lat - CENTRE.lat) < REACH_DEG
    return [Position(float(network.node_lon[i]), float(network.node_lat[i])) for i in np.flatnonzero(near)]


def show_shares(ways: list[Way], scenarios: Scenarios) -> None:
    """Sums of squared shares of the time, by corridor and by edge."""
    by_corridor = [squared_shares(scenarios.corridor[way.edges], way.free_flow_s) for way in ways]
    by_edge = [squared_shares(way.edges, way.free_flow_s) for way in ways]
    print(f"{len(ways)} trips of 18 to 22 minutes; edges on a way: {np.median([len(w.edges) for w in ways]):.0f}")
    for name, left in (("corridors", by_corridor), ("edges", by_edge)):
        print(f"left of the variance of {name}: {quartiles(np.array(left), 3)}")


def squared_shares(keys: np.ndarray, seconds: np.ndarray) -> float:
    """Sum over keys of the squared share of all seconds."""
    _, row = np.unique(keys, return_inverse=True)
    return float(np.sum((np.bincount(row, weights=seconds) / seconds.sum()) ** 2))


def show_spread(ways: list[Way], scenarios: Scenarios) -> None:
    """Log-sd of whole trips with what is added beyond the roads, against what the policy assumes."""
    model, hour = ArrivalModel(), speed_log_sd(NOW)
    sizes = sizes_of(hour)
    factors = scenarios.factors(ways, sizes)
    roads = np.log(factors).std(axis=1)
    print(f"log-sd of roads in the scenarios: {quartiles(roads, 3)}; typical as assumed {sizes.typical_trip:.3f}")
    whole = []
    for way, factor in zip(ways, factors, strict=True):
        usual_s = float(way.free_flow_s.sum() / speed_ratio(NOW))
        seen = forecast_in_scenarios(
            usual_s * factor, sizes.typical_trip, usual_s, model, departed=True, hour_log_sd=hour
        )
        whole.append(np.log(seen.quantile_s(0.8413) / seen.quantile_s(0.1587)) / 2)
    wanted = travel_log_sd(1200.0, model, hour)
    print(f"log-sd of whole trips: {quartiles(np.array(whole), 3)}; the policy assumes {wanted:.3f} for 20 minutes")


def show_cost(router: Router, scenarios: Scenarios) -> None:
    """Milliseconds for the scenarios of the nearest units, ways included, over random scenes and fleets."""
    draw, at = np.random.default_rng(SEED), junctions(router.network)
    times, plain, unpacking, mixing = TripTimes(router, scenarios), [], [], []
    whole, weighing, model = [], [], ArrivalModel()
    for _ in range(60):
        fleet, scene = [at[i] for i in draw.integers(len(at), size=MOST_UNITS)], at[draw.integers(len(at))]
        whole.append(clocked(lambda fleet=fleet, scene=scene: times(fleet, scene, NOW)))
        found = times(fleet, scene, NOW)
        weighing.append(clocked(lambda found=found: [weighed(found, i, model) for i in range(MOST_UNITS)]))
        plain.append(clocked(lambda fleet=fleet, scene=scene: router.travel_times(fleet, scene, NOW)))
        unpacking.append(clocked(lambda fleet=fleet, scene=scene: router.ways(fleet, scene)))
        ways = router.ways(fleet, scene)
        mixing.append(clocked(lambda ways=ways: scenarios.factors(ways, sizes_of(speed_log_sd(NOW)))))
    print(f"probability, median and 90 % quantile of {MOST_UNITS} units: {quartiles(np.array(weighing), 1)} ms")
    print(f"travel times of {MOST_UNITS} units in scenarios: {quartiles(np.array(whole), 1)} ms; of these")
    print(f"  without scenarios {quartiles(np.array(plain), 1)} ms")
    print(
        f"  their ways {quartiles(np.array(unpacking), 1)} ms, scenarios on these {quartiles(np.array(mixing), 1)} ms"
    )


def weighed(times: TravelTimes, i: int, model: ArrivalModel) -> tuple[float, float, float]:
    """What the desk asks of one unit's forecast."""
    assert times.scenario_s is not None  # noqa: S101
    assert times.scenario_log_sd is not None  # noqa: S101
    seen = forecast_in_scenarios(
        times.scenario_s[i], times.scenario_log_sd, float(times.seconds[i]), model, hour_log_sd=times.hour_log_sd
    )
    return seen.p_within(1800.0), seen.median_s, seen.quantile_s(0.9)


def clocked(call: object) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    call()  # type: ignore[operator]
    return 1000 * (time.perf_counter() - began)


def quartiles(values: np.ndarray, digits: int) -> str:
    """Median and quartiles."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


if __name__ == "__main__":
    main()
