"""Measure the geocoder on real Guangzhou addresses and junction stops, with and without company tables.

Leave-one-out in folds: for every fold the tested points and their twins (the same name or address, or within 30 m) are taken
out of the tables before the geocoder is built. Prints hit rates with n and Wilson intervals.

Run: ``python tools/measure_geocoder.py [--worst 20] [--folds 10]`` with GZ_SHARED naming the data folder.
"""

import argparse
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from api.wiring import load_network
from dispatch.errors import InvalidInput
from dispatch.location import Location, NotLocated, Position, distance_m
from geo_data.builtin.places import Place, builtin_places
from geo_data.districts import district_of
from geo_data.network import Network
from geo_data.places.geocoder import Geocoder
from geo_data.plane import to_plane

LIMITS_M = (100, 150, 500, 1000)
TWIN_M = 30.0
DATA = Path(os.environ.get("GZ_SHARED", Path(__file__).resolve().parents[2] / "shared" / "data")) / "guangzhou"

Case = tuple[str, Position]


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if n == 0:
        return 0.0, 1.0
    share, spread = hits / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return middle - half, middle + half


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
    """Geocode every case with the tables it may use."""
    rows = []
    for fold in folds(cases, count):
        geocoder = Geocoder(network, places_for(fold), district_of)
        rows += [measure(geocoder, text, truth) for text, truth in fold]
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


def share(mask: "pd.Series[bool]") -> str:
    """A share with n and interval."""
    n, hits = len(mask), int(mask.sum())
    low, high = wilson(hits, n)
    return f"{hits / n if n else float('nan'):6.1%} ({low:.1%}-{high:.1%}, n={n})"


def show(title: str, found: pd.DataFrame, worst: int) -> None:
    """Print the figures of one run."""
    print(f"\n== {title}")
    for limit in LIMITS_M:
        print(f"  within {limit:>5} m        {share(found.error_m <= limit)}")
    located = found[np.isfinite(found.error_m)]
    print(f"  located               {share(np.isfinite(found.error_m))}")
    print(f"  median error          {found.error_m.median():.0f} m; median radius {located.radius_m.median():.0f} m")
    print(f"  truth inside radius   {share(located.error_m <= located.radius_m)}")
    for key in ("code", "confidence"):
        for value, part in found.groupby(key):
            inside = share(part.error_m <= part.radius_m)
            print(
                f"    {value:<13} within 500 m {share(part.error_m <= 500)}; inside {inside}; median {part.error_m.median():.0f}"
            )
    if worst:
        print(found.sort_values("error_m", ascending=False).head(worst).to_string())


def main() -> None:
    """Run all four measurements."""
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
    if options.csv:
        pd.concat(every).to_csv(options.csv, index=False)


if __name__ == "__main__":
    main()
