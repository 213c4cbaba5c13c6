"""Print how well tracks are matched to roads, on simulated drives (模拟) whose roads are known.

    python -m tools.measure_matching [--network FILE | --osm FILE] [--drives N] [--noise 5 15 40] [--every 5 15 30 60] [--peers]

Length right: share of the driven metres that the match names, in their direction; added: metres named that were not driven.
Carriageway right: share of fixes whose road leads within 60 degrees of where the unit drove; on divided roads: of those fixes
only. Point: median metres from the matched place to the true one. n is drives; intervals are 95 % by bootstrap over them.
Seconds are processor time for 100 fixes.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from api.wiring import load_network
from dispatch.unit import Fix
from geo_data.imports.openstreetmap import import_osm
from geo_data.map_matching.match import Matcher
from geo_data.roads.network import DUAL, Floats, Network
from geo_data.roads.routing import Router
from tools.matching_drives import Drive, drives, seen
from tools.matching_peers import Peer, peers

SEED = 20261127
SAME_WAY_DEG = 60.0
SLOW_DRIVES = 10  # the peers take minutes


@dataclass
class Figures:
    """One row a drive: each share as what counts and of how much."""

    right: list[tuple[float, float]] = field(default_factory=list)
    added: list[tuple[float, float]] = field(default_factory=list)
    way: list[tuple[float, float]] = field(default_factory=list)
    divided: list[tuple[float, float]] = field(default_factory=list)
    point_m: list[float] = field(default_factory=list)
    raw_m: list[float] = field(default_factory=list)
    cost: list[tuple[float, float]] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--network", type=Path)
    options.add_argument("--osm", type=Path)
    options.add_argument("--drives", type=int, default=60)
    options.add_argument("--noise", type=float, nargs="+", default=[5.0, 15.0, 40.0])
    options.add_argument("--every", type=float, nargs="+", default=[5.0, 15.0, 30.0, 60.0])
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--peers", action="store_true")
    given = options.parse_args()
    network = import_osm(given.osm) if given.osm else load_network(given.network)
    router = Router(network)
    some = list(drives(router, np.random.default_rng(given.seed), given.drives))
    print(f"{network.meta.get('title', '')}: {len(some)} simulated drives (模拟), seed {given.seed}")
    print(
        "noise m, every s | n | length right | added | carriageway right | on divided roads | point m (raw) | s / 100 fixes"
    )
    for noise_m in given.noise:
        for every_s in given.every:
            for name, peer in peers(router).items():
                if name != "ours" and not given.peers:
                    continue
                part = some[:SLOW_DRIVES] if given.peers else some
                draw = np.random.default_rng([given.seed, int(noise_m), int(every_s)])
                found = measured(router, peer, part, draw, noise_m, every_s)
                print(f"{noise_m:g} {every_s:g} {name} | {len(part)} | {row(found)}", flush=True)


def measured(
    router: Router, peer: Peer, some: Sequence[Drive], draw: np.random.Generator, noise_m: float, every_s: float
) -> Figures:
    """Match each drive as its phone saw it."""
    found, headings = Figures(), Matcher(router.network, router.index)
    for drive in some:
        track, at_s = seen(drive, router, draw, noise_m, every_s)
        began = time.process_time()
        edges, edge, share = peer(track)
        spent_s = getattr(peer, "spent_s", time.process_time() - began)
        found.cost.append((spent_s * 100, len(track)))
        _lengths(found, router.network, drive, edges)
        _fixes(found, headings, drive, track, at_s, edge, share)
    return found


def _lengths(found: Figures, network: Network, drive: Drive, edges: Floats) -> None:
    true, said = set(drive.edges.tolist()), {int(e) for e in edges}
    whole_m = sum(float(network.length_m[e]) for e in true)
    found.right.append((sum(float(network.length_m[e]) for e in true & said), whole_m))
    found.added.append((sum(float(network.length_m[e]) for e in said - true), whole_m))


def _fixes(
    found: Figures, on: Matcher, drive: Drive, track: Sequence[Fix], at_s: Floats, edge: Floats, share: Floats
) -> None:
    place, true = drive.at(at_s)
    matched = np.flatnonzero(edge >= 0)
    same = np.zeros(len(track), dtype=bool)
    away = on.headings_deg(edge[matched], share[matched]) - _driven_deg(drive, at_s)[matched]
    same[matched] = np.abs((away + 180) % 360 - 180) <= SAME_WAY_DEG
    divided = on.network.flags[true] & DUAL > 0
    found.way.append((same.sum(), len(track)))
    found.divided.append((same[divided].sum(), divided.sum()))
    there = [on.place(int(edge[i]), float(share[i])) for i in matched]
    apart = np.hypot(*(np.array(there).reshape(-1, 2) - place[matched]).T)
    found.point_m.append(float(np.median(apart)) if len(apart) else float("nan"))
    raw = on.index.plane(np.array([(f.position.lon, f.position.lat) for f in track]))
    found.raw_m.append(float(np.median(np.hypot(*(raw - place).T))))


def _driven_deg(drive: Drive, at_s: Floats) -> Floats:
    leg = np.clip(np.searchsorted(drive.along_s, at_s, side="right") - 1, 0, len(drive.leg_edge) - 1)
    east, north = (drive.line[leg + 1] - drive.line[leg]).T
    return np.degrees(np.arctan2(east, north)) % 360


def row(found: Figures) -> str:
    """One line of the table."""
    shares = " | ".join(_share(pairs) for pairs in (found.right, found.added, found.way, found.divided))
    spent = np.array(found.cost)
    point = f"{np.nanmean(found.point_m):.1f} ({np.mean(found.raw_m):.1f})"
    return f"{shares} | {point} | {spent[:, 0].sum() / spent[:, 1].sum():.3f}"


def _share(pairs: Sequence[tuple[float, float]]) -> str:
    part = np.array(pairs, dtype=float)
    if part[:, 1].sum() == 0:
        return "–"
    again = np.random.default_rng(1).integers(len(part), size=(2000, len(part)))
    with np.errstate(invalid="ignore"):
        shares = part[again, 0].sum(axis=1) / part[again, 1].sum(axis=1)
    low, high = np.nanpercentile(shares, [2.5, 97.5])
    return f"{part[:, 0].sum() / part[:, 1].sum():.1%} [{low:.1%}, {high:.1%}]"


if __name__ == "__main__":
    main()
