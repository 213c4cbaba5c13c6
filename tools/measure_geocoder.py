"""Measure the geocoder on real Guangzhou addresses and junction stops, with and without company tables, beside two peers.

Leave-one-out in folds: for every fold the tested points and their twins (the same name or address, or within 30 m) are taken
out of the tables before the geocoder, and the peers, are built. Prints hit rates with n and 95 % Wilson intervals, and what
the tables know at all of what is named. Then a closed loop: words for points on the built-in roads are geocoded again.

Run: ``python -m tools.measure_geocoder [--worst 20] [--folds 8]`` with GZ_SHARED naming the data folder.
"""

import argparse
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from api.wiring import load_network
from dispatch.auditing.shares import share as share_of
from dispatch.errors import InvalidInput
from dispatch.location import Location, NotLocated, Position, distance_m
from geo_data.builtin.places import Place, builtin_places
from geo_data.districts import district_of
from geo_data.places.address import SpokenPlace, parse
from geo_data.places.candidate import Sources
from geo_data.places.geocoder import Geocoder
from geo_data.places.propose_names import AREAS
from geo_data.places.weighing import hear
from geo_data.roads.network import GENERATED, Network
from geo_data.roads.plane import position_of, to_plane
from tools.geocoder_peers import NOT_INSTALLED, parser, peers

LIMITS_M = (100, 150, 500, 1000)
LOOP_LIMITS_M = (100, 300)
LOOP_POINTS, LOOP_SEED = 500, 3
TOLD_FROM = "路口|立交|以[东南西北]+约"  # a corner, an interchange or a landmark that metres are told from
TWIN_M = 30.0
WHOLE_NAME = 0.999  # of a name's information in the text: all of it
DATA = Path(os.environ.get("GZ_SHARED", Path(__file__).resolve().parents[2] / "shared" / "data")) / "guangzhou"

Case = tuple[str, Position]


def place(row: pd.Series) -> Place:
    """One row of a table as a place."""
    own = [str(row[key]) for key in ("name", "address") if key in row and isinstance(row[key], str)]
    district = row["district"] if isinstance(row["district"], str) else ""
    return Place(own[0], tuple(own[1:]), "company", Position(row["lon"], row["lat"]), district, "table")


def cases_of(file: str, column: str) -> list[Case]:
    """Texts and their true places."""
    table = pd.read_csv(DATA / file)
    return [(str(t), Position(float(x), float(y))) for t, x, y in zip(table[column], table.lon, table.lat, strict=True)]


def tables() -> list[Place]:
    """Bus stops, metro stations and addresses as company places."""
    files = ("bus_stops_dev.csv.gz", "metro_stations.csv", "addresses_dev.csv")
    return [place(row) for file in files for _, row in pd.read_csv(DATA / file).iterrows()]


def twin_key(name: str) -> str:
    """Name without what tells two poles of one stop, or two entries of one car park, apart."""
    return re.sub(r"[\s\d()①②]+$|站$|\(停?[东西南北]行\)$", "", unicodedata.normalize("NFKC", name)).removesuffix("站")


def without(places: list[Place], cases: list[Case]) -> list[Place]:
    """Places left when the cases and their twins are taken out."""
    names = {twin_key(text) for text, _ in cases}
    at = cKDTree([to_plane(one.lon, one.lat) for _, one in cases])
    near = at.query(to_plane([p.position.lon for p in places], [p.position.lat for p in places]))[0]
    return [
        p
        for p, gap in zip(places, near, strict=True)
        if gap > TWIN_M and not names & {twin_key(name) for name in (p.name, *p.aliases)}
    ]


def folds(cases: list[Case], count: int) -> Iterator[list[Case]]:
    """Cases in ``count`` parts, in file order."""
    return (cases[i::count] for i in range(count))


def run(
    network: Network, cases: list[Case], places_for: Callable[[list[Case]], list[Place]], count: int
) -> pd.DataFrame:
    """Geocode every case with the tables it may use: ours, each peer's error in a column ``peer …``, what is known."""
    rows = []
    for fold in folds(cases, count):
        places = places_for(fold)
        geocoder, others = Geocoder(network, places, district_of), peers(places)
        for text, truth in fold:
            theirs = {f"peer {name}": distance_m(peer(text), truth) for name, peer in others.items()}
            rows.append(measure(geocoder, text, truth) | theirs | known(geocoder, text, truth))
    return pd.DataFrame(rows)


def measure(geocoder: Geocoder, text: str, truth: Position) -> dict[str, object]:
    """Error and claims of one answer."""
    try:
        answer = geocoder.geocode(text)
    except InvalidInput as error:
        answer = NotLocated(str(error))
    if not isinstance(answer, Location):
        return {"text": text, "error_m": np.inf, "radius_m": np.nan, "code": "-", "confidence": "-", "matched": ""}
    return {
        "text": text,
        "error_m": distance_m(answer.position, truth),
        "radius_m": answer.uncertainty_m,
        "code": answer.match_code.value,
        "confidence": answer.confidence.value,
        "matched": answer.matched_text,
    }


def known(geocoder: Geocoder, text: str, truth: Position) -> dict[str, object]:
    """What the geocoder's tables know of what ``text`` names, and how near the best of all its candidates is."""
    sources = geocoder._sources
    spoken = parse(text, sources.roads.names.known)
    roads = [names for road in spoken.roads if (names := sources.roads.names.resolve(road))]
    numbers = _numbers(spoken, sources)
    landmark = _names_a_landmark(spoken, sources)
    proposed, _ = hear(spoken, sources, district_of)
    gaps = [distance_m(position_of(one.point), truth) for one in proposed]
    return {
        "known road": bool(roads),
        "known number": spoken.number in numbers,
        "known landmark": landmark,
        "known any": bool(roads) or bool(numbers) or landmark,
        "known point": len(roads) > 1 or spoken.number in numbers or landmark,
        "nearest_m": min(gaps, default=np.inf),
    }


def _numbers(spoken: SpokenPlace, sources: Sources) -> set[int]:
    """House numbers that the tables have on the road whose number is told."""
    if spoken.numbered_road is None:
        return set()
    names = (spoken.numbered_road, *sources.roads.names.resolve(spoken.numbered_road))
    return {number for name in names for number, _ in sources.evidence.numbers.get(name, ())}


def _names_a_landmark(spoken: SpokenPlace, sources: Sources) -> bool:
    """Whether the whole name of a place stands in the text, with three characters or as all that is left of a clause.

    Not counted: towns, roads, and names that begin inside a word.
    """
    found = (
        match for query in (*spoken.landmarks, *spoken.text.split(",")) for match in sources.gazetteer.search(query)
    )
    return any(
        match.name_share >= WHOLE_NAME
        and (match.name in spoken.landmarks or (len(match.name) > 2 and match.at_start))
        and sources.gazetteer.places[match.place].kind not in AREAS
        and not _is_a_road(match.name, sources)
        for match in found
    )


def _is_a_road(name: str, sources: Sources) -> bool:
    return any(form in sources.roads.names.known for form in (name, name.removesuffix("口")))


def closed_loop(network: Network) -> pd.DataFrame:
    """Errors for random points on the drawn named roads, each as likely by its metre: told in words, found again."""
    rng, geocoder = np.random.default_rng(LOOP_SEED), Geocoder(network, builtin_places(), district_of)
    whole = (network.edge_origin == np.arange(network.n_edges)) & (network.flags & GENERATED == 0)
    drawn = np.flatnonzero(whole & (network.name >= 0))
    metres = network.length_m[drawn].astype(np.float64)
    rows = []
    for edge in rng.choice(drawn, LOOP_POINTS, p=metres / metres.sum()):
        line = to_plane(*network.edge_points(int(edge)).T)
        along = np.concatenate([[0.0], np.hypot(*np.diff(line, axis=0).T).cumsum()])
        at = rng.uniform(0, along[-1])
        here = position_of(np.array([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])]))
        rows.append(measure(geocoder, f"{district_of(here) or ''}{geocoder.words_at(here)}", here))
    return pd.DataFrame(rows)


def share(mask: "pd.Series[bool]") -> str:
    """A share with n and interval."""
    told = share_of(int(mask.sum()), len(mask))
    return "none" if told.p is None else f"{told.p:6.1%} ({told.low:.1%}-{told.high:.1%}, n={told.n})"


def show(title: str, found: pd.DataFrame, worst: int) -> None:
    """Print the figures of one run."""
    print(f"\n== {title}")
    for limit in LIMITS_M:
        print(f"  within {limit:>5} m        {share(found.error_m <= limit)}")
    located = found[np.isfinite(found.error_m)]
    print(f"  located               {share(np.isfinite(found.error_m))}")
    print(f"  median error          {found.error_m.median():.0f} m; median radius {located.radius_m.median():.0f} m")
    print(f"  truth inside radius   {share(located.error_m <= located.radius_m)}")
    clear = located[located.code != "AMBIGUOUS"]
    print(
        f"    not AMBIGUOUS       {share(clear.error_m <= clear.radius_m)}; median radius {clear.radius_m.median():.0f} m"
    )
    for key in ("code", "confidence"):
        for value, part in found.groupby(key):
            inside = share(part.error_m <= part.radius_m)
            print(
                f"    {value:<13} within 500 m {share(part.error_m <= 500)}; inside {inside}; median {part.error_m.median():.0f}"
            )
    for key in found.filter(like="peer ").columns:
        hits = "; ".join(f"{limit} m {share(found[key] <= limit)}" for limit in LIMITS_M[1:])
        print(f"  {key}: {hits}; median {found[key].median():.0f} m")
    if parser() is None:
        print(f"  peer {NOT_INSTALLED}")
    for key in found.filter(like="known ").columns:
        print(f"  {key:<21} {share(found[key])}; of these within 150 m {share(found.error_m[found[key]] <= 150)}")
    for limit in LIMITS_M[1:]:
        print(f"  best of all candidates within {limit} m {share(found.nearest_m <= limit)}")
    print(f"  best of all candidates: median {found.nearest_m.median():.0f} m")
    if worst:
        print(found.sort_values("error_m", ascending=False).head(worst).to_string())


def show_loop(found: pd.DataFrame) -> None:
    """Print the figures of the closed loop."""
    print("\n== closed loop: points on the built-in roads, their words, the place again")
    for limit in LOOP_LIMITS_M:
        print(f"  within {limit:>5} m        {share(found.error_m <= limit)}")
    located = found[np.isfinite(found.error_m)]
    print(f"  located               {share(np.isfinite(found.error_m))}; median error {found.error_m.median():.0f} m")
    print(f"  truth inside radius   {share(located.error_m <= located.radius_m)}")
    for title, told in (("with a mark", True), ("without one", False)):
        part = found[found.text.str.contains(TOLD_FROM) == told]
        print(f"  words {title:<15} within 300 m {share(part.error_m <= 300)}; median {part.error_m.median():.0f} m")
    high = found[found.confidence == "HIGH"]
    print(f"  HIGH within 500 m     {share(high.error_m <= 500)}")


def main() -> None:
    """Run all four measurements and the closed loop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--csv", type=Path, help="write every case here")
    options = parser.parse_args()
    network, own, company = load_network(None), list(builtin_places()), tables()
    sets = {
        "addresses": cases_of("addresses_dev.csv", "address"),
        "junctions": cases_of("junction_stops_dev.csv", "name"),
    }
    every = []
    for name, cases in sets.items():
        runs = {
            "built-in tables only": (lambda _fold: own, 1),
            "with company tables, twins left out": (lambda fold: own + without(company, fold), options.folds),
        }
        for title, (chosen, count) in runs.items():
            found = run(network, cases, chosen, count)
            show(f"{name}, {title}", found, options.worst)
            every.append(found.assign(cases=name, tables=title))
    show_loop(closed_loop(network))
    if options.csv:
        pd.concat(every).to_csv(options.csv, index=False)


if __name__ == "__main__":
    main()
