"""What comes up often: vehicles, crossings and units, each with n, rate and interval."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dispatch.estimates import p_so_few, percentile, rate, share_of
from dispatch.masking import mask_plate
from dispatch.vocabulary import Verdict
from maps.heat.summary import as_list

MONTH_DAYS = 30.0
LEAST_VEHICLE, LEAST_CROSSING, LEAST_UNIT = 3, 5, 10  # incidents below which nothing is listed
WARNING, ALARM = 0.025, 0.001  # chance of so few kept: outside the 95 % and the 99.8 % limits of a funnel plot
JUDGED = pl.col("verdict").is_in([Verdict.KEPT.value, Verdict.MISSED.value])
KEPT = pl.col("verdict") == Verdict.KEPT.value
Lines = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """Lines by how much they call for a look; ``left_out`` is how many had fewer than ``least`` incidents."""

    kind: str
    least: int
    lines: Lines
    left_out: int

    def document(self, provenance: Mapping[str, Any]) -> dict[str, Any]:
        """As it travels over HTTP."""
        return {
            "kind": self.kind,
            "least": self.least,
            "lines": self.lines,
            "left_out": self.left_out,
            "provenance": dict(provenance),
        }


def vehicles(rows: pl.DataFrame, days: float, *, whole: bool, read: Callable[[str], str] = str) -> Table:
    """Vehicles by number of accidents, most first; plates masked unless ``whole``, and read only where they are shown."""
    told = rows.filter(~pl.col("merged")).with_columns(pl.col("plates").str.split(" ").alias("plate"))
    each = told.explode("plate").filter(pl.col("plate").str.len_chars() > 0)
    found = each.group_by("plate").agg(pl.len().alias("n"), pl.col("reported_at").max().alias("last_s"))
    listed = found.filter(pl.col("n") >= LEAST_VEHICLE)
    named = sorted(((read(made), n, last_s) for made, n, last_s in listed.iter_rows()), key=lambda v: (-v[1], v[0]))
    lines = [
        {"plate": plate if whole else mask_plate(plate), "n": n, "monthly": _monthly(n, days), "last_s": last_s}
        for plate, n, last_s in named
    ]
    return Table("vehicles", LEAST_VEHICLE, lines, len(found) - len(listed))


def crossings(rows: pl.DataFrame, names: Sequence[str | None], days: float) -> Table:
    """Crossings by number of accidents, most first.

    Parameters
    ----------
    rows : DataFrame
    names : sequence of str or None
        Crossing of each row.
    days : float
    """
    placed = rows.with_columns(pl.Series("name", list(names), dtype=pl.String))
    placed = placed.filter(~pl.col("merged") & pl.col("name").is_not_null())
    found = placed.group_by("name").agg(
        pl.len().alias("n"),
        KEPT.sum().alias("kept"),
        JUDGED.sum().alias("judged"),
        pl.col("response_s").drop_nulls().sort().alias("times_s"),
        pl.col("lon").mean(),
        pl.col("lat").mean(),
        pl.col("district").drop_nulls().mode().sort().first(),
    )
    listed = found.filter(pl.col("n") >= LEAST_CROSSING).sort(["n", "name"], descending=[True, False])
    lines = [
        {
            "name": line["name"],
            "district": line["district"],
            "n": line["n"],
            "monthly": _monthly(line["n"], days),
            "kept": as_list(share_of(line["kept"], line["judged"])),
            "p50": as_list(percentile(line["times_s"], 0.5)),
            "lon": round(line["lon"], 5),
            "lat": round(line["lat"], 5),
        }
        for line in listed.iter_rows(named=True)
    ]
    return Table("crossings", LEAST_CROSSING, lines, len(found) - len(listed))


def units(rows: pl.DataFrame, names: Mapping[str, str], days: float) -> Table:
    """Units whose share kept is below what chance explains first, then by number of incidents.

    What a unit would keep by chance is the share all units keep in the zones it served, so that somebody who drives in the
    suburbs is not held against the city. The chance of so few is binomial (D. J. Spiegelhalter, Statistics in Medicine 24,
    2005, 1185: the funnel plot's exact limits).

    Parameters
    ----------
    rows : DataFrame
    names : mapping
        Name of each unit by id.
    days : float
    """
    served = rows.filter(JUDGED & pl.col("unit_id").is_not_null())
    by_zone = served.group_by("zone").agg(KEPT.mean().alias("expected"))
    found = (
        served.join(by_zone, on="zone", nulls_equal=True)
        .group_by("unit_id")
        .agg(
            pl.len().alias("n"),
            KEPT.sum().alias("kept"),
            pl.col("expected").mean(),
            pl.col("response_s").drop_nulls().sort().alias("times_s"),
        )
    )
    listed = found.filter(pl.col("n") >= LEAST_UNIT)
    lines = [_unit(line, names, days) for line in listed.iter_rows(named=True)]
    lines.sort(key=lambda line: (line["flag"] == "", line["chance"] if line["flag"] else -line["n"], line["unit"]))
    return Table("units", LEAST_UNIT, lines, len(found) - len(listed))


def _unit(line: Mapping[str, Any], names: Mapping[str, str], days: float) -> dict[str, Any]:
    chance = p_so_few(line["kept"], line["n"], line["expected"])
    return {
        "unit": line["unit_id"],
        "name": names.get(line["unit_id"], line["unit_id"]),
        "n": line["n"],
        "monthly": _monthly(line["n"], days),
        "kept": as_list(share_of(line["kept"], line["n"])),
        "expected": round(line["expected"], 4),
        "p50": as_list(percentile(line["times_s"], 0.5)),
        "chance": chance,
        "flag": "alarm" if chance < ALARM else "warning" if chance < WARNING else "",
    }


def _monthly(n: int, days: float) -> list[float | None]:
    return as_list(rate(n, days / MONTH_DAYS))
