"""Fit how far each kind of evidence is to be believed, and show on cases left out whether the beliefs hold.

Maximum likelihood: the belief's density at the true place of every address and junction stop of ``tools.measure_geocoder``,
with the built-in tables and with company tables, leave-one-out. A weak pull towards the starting values (`START`) keeps what
few cases tell. Prints the held-out cover and hits when fitted on every other case, then the numbers fitted on all.

Run: ``python -m tools.fit_geocoder > geo_data/places/fitted.py`` with GZ_SHARED naming the data folder; 4 minutes.
"""

import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass

import numpy as np
from scipy.optimize import minimize

from api.wiring import load_network
from dispatch.shares import share
from geo_data.builtin.places import builtin_places
from geo_data.districts import district_of
from geo_data.network import Floats
from geo_data.places.address import parse
from geo_data.places.belief import (
    CITY_SPREAD_M,
    GOOD_WITHIN_M,
    LEAST_SPREAD_M,
    TOWN_M,
    Beliefs,
    Heard,
    Trust,
    believe,
    odds_of,
)
from geo_data.places.geocoder import Geocoder
from geo_data.places.weighing import KNOWN_WITHIN_M, LEAST_KNOWN, hear
from geo_data.plane import Points, point_of
from tools.measure_geocoder import cases_of, tables, without

START = {
    "name": Trust(0.0), "whole name": Trust(2.0), "area": Trust(0.0), "stem": Trust(0.0), "locality": Trust(0.0),
    "corner": Trust(2.0), "told corner": Trust(2.0), "known number": Trust(2.0), "number": Trust(0.0), "neighbour": Trust(0.0),
    "post": Trust(6.0), "road": Trust(0.0), "stretch": Trust(0.0), "mention": Trust(0.0), "town": Trust(0.0),
    "district": Trust(0.0),
}  # fmt: skip
SHARPENED = ("name", "area", "corner", "stem", "locality")  # kinds whose own weights differ from case to case
BLURRED = "name"
PULL = 0.1  # of the square of what a number moves, on 1,000 cases
PULL_DISTRICT = 5.0  # the tables' districts are better than callers', so the data may not say "never"
KEPT = ("told corner", "known number", "post")  # seen in fewer than ten cases: believed as a corner is before the fit
PULL_KEPT = 1000.0
FOLDS, STEPS = 8, 200
KINDS = list(START)


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
    """Beliefs of a vector: the blur, what is not of a kind, then levels, spreads (logarithms) and sharpness."""
    n = len(KINDS)
    levels, spreads = values[6 : 6 + n], values[6 + n : 6 + 2 * n]
    sharp = dict(zip(SHARPENED, values[6 + 2 * n :], strict=True))
    kinds = {
        kind: Trust(
            float(level), float(sharp.get(kind, 1.0)), float(np.exp(spread)), float(values[0]) * (kind == BLURRED)
        )
        for kind, level, spread in zip(KINDS, levels, spreads, strict=True)
    }
    return Beliefs(kinds, *(float(one) for one in values[1:6]))


def start() -> Floats:
    """The vector that the fit begins with and is pulled to."""
    rest = astuple(Beliefs({}))[1:]
    levels = [trust.level for trust in START.values()]
    return np.array([0.0, *rest, *levels, *np.zeros(len(KINDS)), *np.ones(len(SHARPENED))], dtype=float)


def fit(known: list[Case]) -> Beliefs:
    """Beliefs under which the true places are likeliest."""
    of_case = np.repeat(np.arange(len(known)), [len(case.heard.kinds) for case in known])
    heard = Heard(
        [kind for case in known for kind in case.heard.kinds],
        *(
            np.concatenate([getattr(case.heard, name) for case in known])
            for name in ("points", "weight", "radius_m", "wrong_district", "town_gap_m", "off_road")
        ),
        anchored=False,
    )
    truths = np.array([case.truth for case in known])
    anchored = np.array([case.heard.anchored for case in known])
    gaps, from_middle = np.hypot(*(heard.points - truths[of_case]).T), np.hypot(*truths.T)

    kind = np.array([KINDS.index(one) for one in heard.kinds])
    blurred = kind == KINDS.index(BLURRED)
    sharpened = [kind == KINDS.index(one) for one in SHARPENED]
    weighed = np.log(np.maximum(heard.weight, 1e-4))
    kept = [6 + part * len(KINDS) + KINDS.index(one) for one in KEPT for part in (0, 1)]
    far = np.log1p((heard.town_gap_m / TOWN_M) ** 2)

    def unlikely(values: Floats) -> tuple[float, Floats]:
        """Minus the logarithm of the likelihood, for 1,000 cases, with the pull; and its slopes."""
        beliefs = beliefs_of(values)
        odds, spread_m = odds_of(heard, beliefs)
        rest = np.exp(np.where(anchored, beliefs.unknown_in_district, beliefs.unknown))
        there, elsewhere = odds * _density(gaps, spread_m), rest * _density(from_middle, CITY_SPREAD_M)
        here, whole = np.bincount(of_case, there, len(known)) + elsewhere, np.bincount(of_case, odds, len(known)) + rest
        credit = there / here[of_case]  # of the candidate for the true place
        by_score = credit - odds / whole[of_case]
        by_rest = elsewhere / here - rest / whole
        own = 1 - (LEAST_SPREAD_M / spread_m) ** 2  # how much of the spread is the candidate's own
        by_spread = credit * own * (2 - 4 * spread_m**2 / (gaps**2 + spread_m**2))
        slopes = np.concatenate([
            [-(by_spread * weighed)[blurred].sum(), -(by_score * heard.wrong_district).sum(), -(by_score * far).sum()],
            [(by_score * heard.off_road).sum(), by_rest[~anchored].sum(), by_rest[anchored].sum()],
            np.bincount(kind, by_score, len(KINDS)), np.bincount(kind, by_spread, len(KINDS)),
            [(by_score * weighed)[one].sum() for one in sharpened],
        ])  # fmt: skip
        pull = np.full(len(values), PULL)
        pull[1] = PULL_DISTRICT
        pull[kept] = PULL_KEPT
        moved = values - first
        value = -1000 * np.log(here / whole).mean() + (pull * moved**2).sum()
        return float(value), -1000 / len(known) * slopes + 2 * pull * moved

    first = start()
    return beliefs_of(minimize(unlikely, first, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x)


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
    if not case.heard.anchored and belief.within(gaps, KNOWN_WITHIN_M) < LEAST_KNOWN:
        return np.inf, np.nan, 0.0
    return float(np.hypot(*(centre - case.truth))), belief.radius_m(centre), float(belief.within(gaps, GOOD_WITHIN_M))


def told(beliefs: Beliefs) -> str:
    """The numbers as the module that the geocoder reads."""
    kinds = "\n".join(
        f'        "{kind}": Trust({one.level:.2f}, {one.sharpness:.2f}, {one.spread:.2f}, {one.blur:.2f}),'
        for kind, one in beliefs.kinds.items()
    )
    rest = "\n".join(f"    {name}={getattr(beliefs, name):.2f}," for name in list(Beliefs.__dataclass_fields__)[1:])
    return (
        '"""How far each kind of evidence is to be believed: written by ``python -m tools.fit_geocoder``, not by hand."""\n\n'
        "from geo_data.places.belief import Beliefs, Trust\n\n"
        f"FITTED = Beliefs(\n    kinds={{\n{kinds}\n    }},\n{rest}\n)"
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
