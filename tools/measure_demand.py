"""Print the shape of the simulated demand, and of a real accident file beside it.

    python -m tools.measure_demand [--accidents FILE] [--network FILE] [--words N]

FILE is a gzipped CSV with columns WKT (``POINT (lon lat)``), DATA (``2014/01/06``) and HORA (``1605``).
"""

import argparse
import csv
import gzip
import re
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np

from api.wiring import builtin_file
from dispatch.location import Location, distance_m
from dispatch.unit import GUANGZHOU_TIME
from geo_data.builtin.places import builtin_places
from geo_data.demand.shape_of import Scatter, Unevenness, scatter, unevenness
from geo_data.demand.spots import Spots
from geo_data.demand.times import Rate, shape
from geo_data.demand.weather import weather_of
from geo_data.demand.words import CallerWords
from geo_data.demo_fleet import SEED
from geo_data.districts import district_of
from geo_data.places.geocoder import Geocoder
from geo_data.roads.network_file import load
from geo_data.roads.plane import position_of, to_plane

YEAR = 2025  # the simulated year: its public holidays are known
MEAN_PER_H = 23_474 / 365 / 24  # as many reports as the file has accidents, so that counts can be compared


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--accidents", type=Path)
    asked.add_argument("--network", type=Path, default=builtin_file())
    asked.add_argument("--words", type=int, default=0, help="geocode this many simulated reports")
    options = asked.parse_args()
    began = time.perf_counter()
    network = load(options.network)
    words = CallerWords(network, builtin_places(), SEED)
    print(f"spots: {len(words.spots.weight)} in {time.perf_counter() - began:.1f} s")
    times, rows = simulated_year(words)
    spots = words.spots
    say("simulated", times, unevenness(spots.lon[rows], spots.lat[rows]))
    if options.accidents:
        real_times, lon, lat = accidents(options.accidents)
        say("accident file", real_times, unevenness(lon, lat))
        say_hours(times, real_times)
    say_shares(spots)
    say_weather()
    if options.words:
        say_words(words, Geocoder(network, builtin_places(), district_of), options.words)


def simulated_year(words: CallerWords) -> tuple[list[datetime], list[int]]:
    """Times and spots of a year of reports."""
    rate, random = Rate(MEAN_PER_H, SEED), Random(SEED)
    counts = np.random.default_rng(SEED)
    start, times = datetime(YEAR, 1, 1, tzinfo=GUANGZHOU_TIME), []
    for hour in range(365 * 24):
        at = start + timedelta(hours=hour)
        times += [at] * int(counts.poisson(rate(at)))
    return times, [words.draw(random) for _ in times]


def accidents(path: Path) -> tuple[list[datetime], np.ndarray, np.ndarray]:
    """Times and points of the file; rows without a usable time, and the one point that stands for many, are left out."""
    times, points = [], []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            clock, point = row["HORA"].zfill(4), re.findall(r"-?\d+\.\d+", row["WKT"])
            if re.fullmatch(r"([01]\d|2[0-3])[0-5]\d", clock) and len(point) == 2:
                times.append(datetime.strptime(f"{row['DATA']} {clock} +0800", "%Y/%m/%d %H%M %z"))
                points.append((float(point[0]), float(point[1])))
    unique, index, counts = np.unique(np.array(points), axis=0, return_inverse=True, return_counts=True)
    kept = index.ravel() != counts.argmax()
    print(f"left out: {counts.max()} accidents at one point {unique[counts.argmax()]}")
    return times, np.array(points)[kept, 0], np.array(points)[kept, 1]


def say(title: str, times: Sequence[datetime], cells: Unevenness) -> None:
    """Print the figures that are compared."""
    found: Scatter = scatter(times)
    print(f"{title}: n = {len(times)}")
    print(
        f"  extra variance of the rate: day {found.day:.4f}, hour {found.hour:.4f}; hourly counts {found.index:.2f} x Poisson"
    )
    print(
        f"  500 m cells: {cells.cells} hit; busiest 5 % hold {cells.top_share:.1%}; variance / mean {cells.index:.1f}"
    )


def say_hours(ours: Sequence[datetime], theirs: Sequence[datetime]) -> None:
    """Print the largest and the mean gap between the two shapes, by hour on working and free days."""
    shares = []
    for times in (ours, theirs):
        table = np.zeros((2, 24))
        for at in times:
            table[int(at.weekday() >= 5), at.hour] += 1
        shares.append(table / table.sum(axis=1, keepdims=True))
    gap = np.abs(shares[0] - shares[1])
    print(
        f"hour shares, ours against the file's: largest gap {gap.max():.4f}, mean gap {gap.mean():.4f} (of a mean of 0.0417)"
    )


def say_shares(spots: Spots) -> None:
    """Print shares by district and class of road."""
    for title, group in (("district", spots.district), ("class", spots.road_class)):
        parts = {name: spots.weight[group == name].sum() for name in np.unique(group)}
        print(f"by {title}:", ", ".join(f"{n} {v:.1%}" for n, v in sorted(parts.items(), key=lambda p: -p[1])))


def say_weather() -> None:
    """Print how many days of each kind ten simulated years have, and the mean level of the shape."""
    start = datetime(2017, 1, 1, tzinfo=GUANGZHOU_TIME)
    days = [weather_of((start + timedelta(days=n)).date(), SEED) for n in range(3650)]
    print("days a year:", ", ".join(f"{kind} {days.count(kind) / 10:.1f}" for kind in sorted(set(days))))
    hours = [shape(datetime(YEAR, 1, 1, tzinfo=GUANGZHOU_TIME) + timedelta(hours=h)) for h in range(365 * 24)]
    print(f"mean level of the shape over {YEAR}: {np.mean(hours):.3f}")


def say_words(words: CallerWords, geocoder: Geocoder, n: int) -> None:
    """Print how far from the spot the geocoder puts a caller's words."""
    random, away_m, kinds = Random(SEED), [], []
    for _ in range(n):
        spot = words.draw(random)
        found = geocoder.geocode(words.where(random, spot))
        if isinstance(found, Location):
            here = position_of(to_plane(words.spots.lon[spot], words.spots.lat[spot]))
            away_m.append(distance_m(here, found.position))
            kinds.append(f"{found.match_code} {found.confidence}")
    print(
        f"words: {len(away_m)} of {n} found; from the spot median {np.median(away_m):.0f} m, nine tenths {np.quantile(away_m, 0.9):.0f} m"
    )
    print("  " + ", ".join(f"{kind} {kinds.count(kind)}" for kind in sorted(set(kinds))))


if __name__ == "__main__":
    main()
