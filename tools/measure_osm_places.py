"""Measure what an OpenStreetMap extract gives the geocoder: places by kind, house numbers, corners of named roads.

House numbers: each is taken out and placed by the other numbers of its road (a number beside it counts, the same number does
not). Corners, closed loop: pairs of roads that meet are drawn, asked for by name and compared with where the roads meet; it
measures reading and weighing on real street geometry, not the geometry itself. Stops: bus stops of the extract that are
named for two of its roads, as they are written, asked for with the roads alone; a stop stands beside its corner, not on it.

Run: ``python -m tools.measure_osm_places EXTRACT [--most 500] [--seed 3]`` with an .osm, .osm.gz or .osm.pbf.
"""

import argparse
import re
import resource
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dispatch.auditing.shares import share
from dispatch.errors import InvalidInput
from dispatch.location import Location, Position, distance_m
from geo_data.builtin.places import Place
from geo_data.imports.openstreetmap import import_osm
from geo_data.imports.osm_places import read_places
from geo_data.network_places import own_places, pack
from geo_data.places.geocoder import Geocoder
from geo_data.places.house_numbers import locate_number
from geo_data.roads.network import Network
from geo_data.roads.plane import Points, point_of, position_of
from geo_data.service_area import area_of

LIMITS_M = (100, 150, 300, 500)
DRAWS = 2000
SAME_CORNER_M = 150.0
NUMBERED = re.compile(r"^(?P<road>.*?[^\d\s])\s?(?P<number>\d{1,5})号?$")

Errors = npt.NDArray[np.float64]
Corner = tuple[str, str, Position]


def main() -> None:
    """Print the figures of one extract."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extract", type=Path)
    parser.add_argument("--most", type=int, default=500, help="corners drawn")
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    network = show_import(options.extract)
    bare = replace(network, places=pack([]))
    places = own_places(network)
    roads, errors = numbers(places, frozenset(network.names))
    show(f"house numbers on {roads} roads, each by the others of its road", errors, rng)
    drawn = draw(corners(network), options.most, rng)
    for title, known in (("roads alone", []), ("roads and places of the extract", places)):
        area = area_of(network)
        geocoder = Geocoder(bare, known, area.district_of, area.city)
        told = [(f"{a}与{b}交叉口", position) for a, b, position in drawn]
        show(f"corners, closed loop, {title}", ask(geocoder, told), rng)
        once = Counter(frozenset(corner[:2]) for corner in corners(network))
        single = [one for one, (a, b, _) in zip(told, drawn, strict=True) if once[frozenset((a, b))] == 1]
        show(f"  of these, roads that meet once, {title}", ask(geocoder, single), rng)
        if not known:
            show("stops named for two roads, roads alone", ask(geocoder, stops(places, network)), rng)


def show_import(extract: Path) -> Network:
    """Import, and print counts, processor time and the most memory the process has held."""
    begun = time.process_time()
    places = read_places(extract)
    read_s = time.process_time() - begun
    begun = time.process_time()
    network = import_osm(extract)
    whole_s = time.process_time() - begun
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{extract.name}: {len(places)} places in {read_s:.1f} s of {whole_s:.1f} s for the import, {peak_mb:.0f} MB")
    for kind, count in Counter(place.kind for place in places).most_common():
        print(f"  {kind:<16} {count:>7,}")
    return network


def numbers(places: Sequence[Place], roads: frozenset[str]) -> tuple[int, Errors]:
    """How many roads have two numbers or more, and error and radius of each number there, (n, 2) metres."""
    known: dict[str, list[tuple[int, Points]]] = {}
    for place in places:
        for name in (place.name, *place.aliases):
            found = NUMBERED.match(name)
            if found and found["road"] in roads:
                known.setdefault(found["road"], []).append((int(found["number"]), point_of(place.position)))
    errors = []
    for of_road in known.values():
        for number, point in of_road:
            if others := [one for one in of_road if one[0] != number]:
                guess = locate_number(number, others)
                errors.append((distance_m(position_of(guess.point), position_of(point)), guess.radius_m))
    roads_used = sum(len({number for number, _ in of_road}) > 1 for of_road in known.values())
    return roads_used, np.array(errors).reshape(-1, 2)


def corners(network: Network) -> list[Corner]:
    """Where two roads of different names meet; nodes of one pair close together are one corner."""
    base = np.flatnonzero((network.edge_origin == np.arange(network.n_edges)) & (network.name >= 0))
    names: dict[int, set[str]] = {}
    for end in (network.tail, network.head):
        for node, name in zip(network.node_origin[end[base]].tolist(), network.name[base].tolist(), strict=True):
            names.setdefault(node, set()).add(network.names[name])
    spots: dict[tuple[str, str], list[Position]] = {}
    for node, roads in sorted(names.items()):
        here = Position(float(network.node_lon[node]), float(network.node_lat[node]))
        ordered = sorted(roads)
        for pair in ((a, b) for i, a in enumerate(ordered) for b in ordered[i + 1 :]):
            met = spots.setdefault(pair, [])
            if all(distance_m(here, other) > SAME_CORNER_M for other in met):
                met.append(here)
    return [(a, b, position) for (a, b), met in spots.items() for position in met]


def draw(found: Sequence[Corner], most: int, rng: np.random.Generator) -> list[Corner]:
    """At most so many of them, each as likely."""
    return [found[i] for i in sorted(rng.permutation(len(found))[:most].tolist())]


def stops(places: Sequence[Place], network: Network) -> list[tuple[str, Position]]:
    """Bus stops whose name is two names of roads, as it is written, with their point."""
    roads = frozenset(network.names)
    return [
        (place.name, place.position)
        for place in places
        if place.kind == "bus_stop"
        and any(place.name[:i] in roads and place.name[i:] in roads for i in range(2, len(place.name) - 1))
    ]


def ask(geocoder: Geocoder, told: Sequence[tuple[str, Position]]) -> Errors:
    """Error of each answer and the radius it states, (n, 2) metres; infinite and NaN where there is none."""
    answers = []
    for text, truth in told:
        try:
            answer = geocoder.geocode(text)
        except InvalidInput:
            answer = None
        located = isinstance(answer, Location)
        answers.append((distance_m(answer.position, truth), answer.uncertainty_m) if located else (np.inf, np.nan))
    return np.array(answers).reshape(-1, 2)


def show(title: str, answers: Errors, rng: np.random.Generator) -> None:
    """Print shares with their Wilson intervals, and the median with that of draws with replacement."""
    errors, radii = answers.T
    print(f"\n== {title}: n={len(errors)}")
    if not len(errors):
        return
    for limit in LIMITS_M:
        show_share(f"within {limit:>4} m", errors <= limit)
    located = np.isfinite(errors)
    show_share("located", located)
    show_share("inside radius", (errors <= radii)[located])
    print(f"  median radius  {np.median(radii[located]):.0f} m")
    medians = np.median(errors[rng.integers(len(errors), size=(DRAWS, len(errors)))], axis=1)
    low, high = np.quantile(medians, (0.025, 0.975), method="lower")
    print(f"  median         {np.median(errors):.0f} m ({low:.0f}-{high:.0f})")


def show_share(title: str, hits: npt.NDArray[np.bool_]) -> None:
    """Print one share with its Wilson interval."""
    told = share(int(hits.sum()), len(hits))
    if told.p is not None:
        print(f"  {title:<14} {told.p:6.1%} ({told.low:.1%}-{told.high:.1%}, n={told.n})")


if __name__ == "__main__":
    main()
