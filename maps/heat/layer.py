"""Areas with all their figures as GeoJSON: what the pages draw and the files hold; one period, or two compared."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from dispatch.estimates import Estimate, difference
from maps.heat.areas import Areas
from maps.heat.measures import MEASURES, Measure, compared, legend
from maps.heat.summary import THIN, Summary, as_list, summarise, summarise_by

Layer = dict[str, Any]


def layer(rows: pl.DataFrame, areas: Areas, days: float, provenance: Mapping[str, Any]) -> Layer:
    """Sum rows up by area.

    Parameters
    ----------
    rows : DataFrame
        Of `geo_data.stores.judged_store`, already selected.
    areas : Areas
    days : float
        Over which they were reported.
    provenance : mapping
        See `maps.heat.selection.provenance`.

    Returns
    -------
    dict
        A GeoJSON FeatureCollection. Properties of a feature: ``area``, counts, and each measure as ``[value, low, high, n]``,
        null where there is none. Areas with fewer than `THIN` incidents are left out and told of in ``hidden``; a measure of
        fewer than `THIN` cases is null.
    """
    found = summarise_by(areas.label(rows), days)
    shown = {area: one for area, one in found.items() if one.reported >= THIN}
    features = [_feature(areas, area, _figures(one)) for area, one in shown.items()]
    return _collection(features) | _about(areas) | _counts(rows, found, days) | {"provenance": dict(provenance)}


def comparison(
    later: tuple[pl.DataFrame, float, Mapping[str, Any]],
    earlier: tuple[pl.DataFrame, float, Mapping[str, Any]],
    areas: Areas,
) -> Layer:
    """The later period minus the earlier one by area; each is rows, days and provenance, see `layer`.

    Returns
    -------
    dict
        As `layer`, each measure as ``[difference, low, high, n, n earlier]``; counts are compared by the day.
        ``compared`` tells for each measure how many areas were compared, how many intervals leave 0 out, and how many would
        by chance alone where nothing had changed.
    """
    after, before = (summarise_by(areas.label(rows), days) for rows, days, _ in (later, earlier))
    both = {a: (after[a], before[a]) for a in sorted(after.keys() & before.keys())}
    shown = {a: pair for a, pair in both.items() if min(one.reported for one in pair) >= THIN}
    figures = {area: _changes(*pair) for area, pair in shown.items()}
    features = [_feature(areas, area, one) for area, one in figures.items()]
    return (
        _collection(features)
        | _about(areas)
        | {"compared": {key: _tests(figures.values(), key) for key in MEASURES}}
        | {"totals": _changes(*(summarise(rows, days) for rows, days, _ in (later, earlier)))}
        | {"hidden": {"areas": len(after.keys() | before.keys()) - len(shown)}}
        | {"provenance": dict(later[2]), "earlier": dict(earlier[2])}
    )


def _figures(one: Summary) -> dict[str, Any]:
    counts = {
        "n": one.reported,
        "judged": one.judged,
        "open": one.open,
        "excluded": one.excluded,
        "timed": len(one.times_s),
    }
    return counts | {key: _figure(m.of(one), _least(m)) for key, m in MEASURES.items()}


def _changes(after: Summary, before: Summary) -> dict[str, Any]:
    found: dict[str, Any] = {"n": after.reported, "n_earlier": before.reported}
    for key, measure in MEASURES.items():
        of = compared(measure)
        one, other = of(after), of(before)
        listed = _figure(difference(one, other), _least(measure))
        found[key] = listed and [*listed[:3], one.n, other.n]
    return found


def _least(measure: Measure) -> int:
    """A rate may rest on no case at all; a share or a percentile needs some."""
    return THIN if measure.unit in ("s", "share") else 0


def _figure(one: Estimate, least: int) -> list[Any] | None:
    return None if one.value is None or one.n < least else as_list(one)


def _tests(figures: Iterable[Mapping[str, Any]], key: str) -> dict[str, float]:
    bounded = [one[key] for one in figures if one[key] is not None and None not in one[key][1:3]]
    clear = sum(low > 0 or high < 0 for _, low, high, *_ in bounded)
    return {"areas": len(bounded), "clear": clear, "by_chance": round(0.05 * len(bounded), 1)}


def _counts(rows: pl.DataFrame, found: Mapping[str, Summary], days: float) -> dict[str, Any]:
    thin = [one.reported for one in found.values() if one.reported < THIN]
    whole = summarise(rows, days)
    return {
        "totals": _figures(whole),
        "hidden": {"areas": len(thin), "n": sum(thin)},
        "unplaced": whole.reported - sum(one.reported for one in found.values()),
        "days": round(days, 4),
    }


def _about(areas: Areas) -> dict[str, Any]:
    return {
        "by": areas.by,
        "resolution": areas.resolution,
        "thin": THIN,
        "measures": [legend(measure) for measure in MEASURES.values()],
    }


def _feature(areas: Areas, area: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": areas.geometry(area), "properties": {"area": area, **properties}}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
