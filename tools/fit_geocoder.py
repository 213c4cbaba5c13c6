"""Fit how far each kind of evidence is to be believed, and show on cases left out whether the beliefs hold.

Maximum likelihood: the belief's density at the true place of every address and junction stop of ``tools.measure_geocoder``,
with the built-in tables and with company tables, leave-one-out. A weak pull towards the starting values (`START`) keeps what
few cases tell. Prints the held-out cover and hits when fitted on every other case, then the numbers fitted on all.

Run: ``python -m tools.fit_geocoder > geo_data/places/fitted.py`` with GZ_SHARED naming the data folder; 1-2 minutes.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from api.wiring import load_network
from dispatch.auditing.shares import share
from geo_data.builtin.places import builtin_places
from geo_data.districts import district_of
from geo_data.places.address import parse
from geo_data.places.belief import CITY_SPREAD_M, GOOD_WITHIN_M, STATED, Beliefs, Heard, believe, spread_of
from geo_data.places.geocoder import Geocoder
from geo_data.places.weighing import KNOWN_WITHIN_M, LEAST_KNOWN, hear
from geo_data.roads.network import Floats
from geo_data.roads.plane import Points, point_of
from tools.measure_geocoder import cases_of, tables, without

START = {"name": 0.0, "whole name": 2.0, "stem": 0.0, "corner": 2.0, "number": 0.0, "road": 0.0, "region": 0.0}
UNKNOWN, UNKNOWN_IN_DISTRICT = -1.5, -3.0
PULL = 0.1  # of the square of what a number moves, on 1,000 cases
FOLDS, STEPS = 8, 200
KINDS = [*STATED, *START]


@dataclass(frozen=True)
class Case:
    """What was heard of one text, and where the place truly is."""

    group: str
    index: int
    heard: Heard
    truth: Points


def cases() -> Iterator[Case]:
    """Every case with the tables it may use."""
    network, own, company = load_network(None), list(builtin_places()), tables()
    for name, file, column in (
        ("addresses", "addresses_dev.csv", "address"),
        ("junctions", "junction_stops_dev.csv", "name"),
    ):
        rows = list(enumerate(cases_of(file, column)))
        for title, count in (("built-in", 1), ("company", FOLDS)):
            for part in range(count):
                fold = rows[part::count]
                places = own if title == "built-in" else own + without(company, [case for _, case in fold])
                sources = Geocoder(network, places, district_of)._sources
                for i, (text, truth) in fold:
                    spoken = parse(text, sources.roads.names.known)
                    yield Case(f"{name}, {title}", i, hear(spoken, sources, district_of)[1], point_of(truth))


def beliefs_of(values: Floats) -> Beliefs:
    """Beliefs of a vector: the two unknowns, then the levels."""
    unknown, unknown_in_district, *levels = (float(one) for one in values)
    return Beliefs(STATED | dict(zip(START, levels, strict=True)), unknown, unknown_in_district)


def fit(known: list[Case]) -> Beliefs:
    """Beliefs under which the true places are likeliest."""
    n = len(known)
    of_case = np.repeat(np.arange(n), [len(case.heard.kinds) for case in known])
    kind = np.array([KINDS.index(one) for case in known for one in case.heard.kinds])
    points, weight, radius_m = (
        np.concatenate([getattr(case.heard, name) for case in known]) for name in ("points", "weight", "radius_m")
    )
    truths = np.array([case.truth for case in known])
    anchored = np.array([case.heard.anchored for case in known])
    density = _density(np.hypot(*(points - truths[of_case]).T), spread_of(radius_m))
    anywhere = _density(np.hypot(*truths.T), CITY_SPREAD_M)

    def unlikely(values: Floats) -> tuple[float, Floats]:
        """Minus the logarithm of the likelihood, for 1,000 cases, with the pull; and its slopes."""
        beliefs = beliefs_of(values)
        odds = weight * np.exp([beliefs.levels[one] for one in KINDS])[kind]
        rest = np.exp(np.where(anchored, beliefs.unknown_in_district, beliefs.unknown))
        here, whole = np.bincount(of_case, odds * density, n) + rest * anywhere, np.bincount(of_case, odds, n) + rest
        by_level = np.bincount(kind, odds * density / here[of_case] - odds / whole[of_case], len(KINDS))[len(STATED) :]
        by_rest = rest * anywhere / here - rest / whole
        slopes = np.array([by_rest[~anchored].sum(), by_rest[anchored].sum(), *by_level])
        moved = values - start
        value = -1000 * np.log(here / whole).mean() + PULL * (moved**2).sum()
        return float(value), -1000 / n * slopes + 2 * PULL * moved

    start = np.array([UNKNOWN, UNKNOWN_IN_DISTRICT, *START.values()])
    return beliefs_of(minimize(unlikely, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x)


def _density(gap_m: Floats, spread_m: Floats | float) -> Floats:
    return np.asarray(np.square(spread_m) / (np.square(gap_m) + np.square(spread_m)) ** 2 * 1e6)


def check(known: list[Case], beliefs: Beliefs) -> None:
    """Print cover and hits of cases that the beliefs were not fitted on."""
    for group in dict.fromkeys(case.group for case in known):
        rows = np.array([answer(case, beliefs) for case in known if case.group == group])
        error, radius, sure = rows.T
        found = np.isfinite(error)
        inside = share(int((error <= radius)[found].sum()), int(found.sum()))
        print(
            f"{group:<22} within 500 m {(error <= 500).mean():.1%} of {len(error)}, expected {sure.mean():.1%}; located"
            f" {found.mean():.1%}; inside radius {inside.p:.1%} ({inside.low:.1%}-{inside.high:.1%}, n={inside.n}),"
            f" median {np.median(radius[found]):.0f} m",
            file=sys.stderr,
        )


def answer(case: Case, beliefs: Beliefs) -> tuple[float, float, float]:
    """Error and radius in metres and the belief within 500 m; an error of infinity where nothing is answered."""
    if not case.heard.kinds:
        return np.inf, np.nan, 0.0
    belief = believe(case.heard, beliefs)
    centre = belief.points[belief.best()[0][0]]
    gaps = np.hypot(*(belief.points - centre).T)
    if not (case.heard.anchored or case.heard.drawn) and belief.within(gaps, KNOWN_WITHIN_M) < LEAST_KNOWN:
        return np.inf, np.nan, 0.0
    return float(np.hypot(*(centre - case.truth))), belief.radius_m(centre), float(belief.within(gaps, GOOD_WITHIN_M))


def told(beliefs: Beliefs) -> str:
    """The numbers as the module that the geocoder reads."""
    levels = "\n".join(f'        "{kind}": {beliefs.levels[kind]:.2f},' for kind in START)
    return (
        '"""How the kinds of evidence compare: written by ``python -m tools.fit_geocoder``, not by hand."""\n\n'
        "from geo_data.places.belief import STATED, Beliefs\n\n"
        f"FITTED = Beliefs(\n    levels=STATED\n    | {{\n{levels}\n    }},\n"
        f"    unknown={beliefs.unknown:.2f},\n    unknown_in_district={beliefs.unknown_in_district:.2f},\n)"
    )


def main() -> None:
    """Fit on each half and check on the other, then fit on all."""
    every = list(cases())
    for half in (0, 1):
        beliefs = fit([case for case in every if case.index % 2 == half])
        print(f"fitted on {('even', 'odd')[half]} rows, seen on the others:", file=sys.stderr)
        check([case for case in every if case.index % 2 != half], beliefs)
    print(told(fit(every)))


if __name__ == "__main__":
    main()
