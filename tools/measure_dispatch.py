"""Measure rules of dispatch against one another on simulated days (模拟), and against what full foresight could have done.

Every rule faces the same callers, people and roads (`dispatch_worlds`); it knows of the hidden traffic, of scene durations and
of who will decline only what the desk of the service knows. Weights were chosen on tuning days (seeds 1001 on); what is reported
are held-out days (seeds 9001 on). Shares of lateness come with 95 % intervals, drawn anew over days; a difference is that of
the same days. Days already played are kept in a file, so that a run that was ended goes on.

Run: ``python tools/measure_dispatch.py [--days 8] [--kept days.jsonl] [--workers 2]``; add ``--part busy``, ``ordinary``,
``storm``, ``parts`` or ``bound`` for one of the tables.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from dispatch_truth import jobs_from_posts
from dispatch_worlds import Load, play
from dispatchers import ALONE, BASELINES, MISJUDGED, OURS, OURS_MOVING, PARTS, ROAD, Variant, only, without
from foresight import most_on_time

from dispatch.simulation.outcomes import ZONES
from dispatch.vocabulary import Role, Zone

ORDINARY = Load("ordinary day", 480.0)
BUSY = Load("busy day", 560.0)
STORM = Load("storm", 480.0, surge=8.8, surge_h=(15, 16))
HELD_OUT = 9001
RESAMPLES = 4000


class Task(NamedTuple):
    """A day to be played, or bounded where ``variant`` is None."""

    load: Load
    seed: int
    variant: Variant | None
    posted: bool = False

    @property
    def key(self) -> str:
        """Names the task in the file of what was done."""
        name = self.variant.name if self.variant else "bound"
        return f"{self.load.name}/{self.seed}/{name}{'/posted' if self.posted else ''}"


def main() -> None:
    """Play what has not been played, print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--days", type=int, default=8)
    arguments.add_argument("--first", type=int, default=HELD_OUT, help="seed of the first day")
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--kept", type=Path, default=Path("dispatch-days.jsonl"))
    arguments.add_argument("--part", choices=[*TABLES, "all"], default="all")
    arguments.add_argument("--rules", nargs="*", help="only these rules, e.g. 'without soon'; always against road")
    asked = arguments.parse_args()
    seeds = range(asked.first, asked.first + asked.days)
    for name, table in TABLES.items():
        if asked.part in (name, "all"):
            rules = [v for v in table.rules if v is ROAD or asked.rules is None or v.name in asked.rules]
            tasks = [Task(table.load, s, v, table.bounded) for s in seeds for v in rules]
            tasks += [Task(table.load, s, None) for s in seeds if table.bounded]
            rows = done(tasks, asked.kept, asked.workers)
            (against_bounds if table.bounded else against_road)(table.load, rules, rows, seeds)


def done(tasks: Sequence[Task], kept: Path, workers: int) -> dict[str, Any]:
    """What came of the tasks; those not in the file are done now and added to it."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    found = {row["key"]: row for row in map(json.loads, lines)}
    missing = [t for t in tasks if t.key not in found]
    with ProcessPoolExecutor(workers) as executor, kept.open("a", encoding="utf-8") as file:
        for n, row in enumerate(executor.map(do, missing), start=1):
            print(f"\r{n}/{len(missing)} {row['key']:60s}", end="", flush=True)
            file.write(json.dumps(row) + "\n")
            file.flush()
            found[row["key"]] = row
    print("\r" + 70 * " ", end="\r")
    return {t.key: found[t.key] for t in tasks}


def do(task: Task) -> dict[str, Any]:
    """Play a day, or bound it with and without knowing how each trip goes."""
    if task.variant is None:
        bounds = {}
        for name, luck in (("all", True), ("no trips", False)):
            jobs = jobs_from_posts(task.load, task.seed, luck=luck)
            found, n = most_on_time(jobs, step_s=30.0), jobs.first_s.shape[1]
            bounds[name] = n - found.at_most
            if found.planned is not None:
                bounds["plan"] = n - found.planned
        return {"key": task.key, "n": n, **bounds}
    day = play(task.load, task.seed, task.variant, posted=task.posted)
    o = day.outcomes
    return {
        "key": task.key,
        "n": len(o),
        "late": int(o.late.sum()),
        "zone": o.zone.tolist(),
        "response_s": [round(float(s)) for s in np.nan_to_num(o.response_s, nan=12 * 3600.0)],
        "zone_late": [int((o.late & (o.zone == z)).sum()) for z in range(len(ZONES))],
        "gini": o.gini(Role.SURVEYOR),
        "busy_h": float(o.busy_s.sum()) / 3600,
        "ends": [day.declined, day.unanswered, day.exchanged],
    }


def against_road(load: Load, variants: Sequence[Variant], rows: dict[str, Any], seeds: Iterable[int]) -> None:
    """One table: each rule's lateness, its difference to closest by road on the same days, and the rest."""
    road = [rows[Task(load, s, ROAD).key] for s in seeds]
    print(
        f"\n### {load.name}, {load.per_day:.0f} reports a day on average, n = {sum(r['n'] for r in road)} incidents\n"
    )
    print("| rule | late, 95 % | late against road | mean, min | mean against road | P90, min | urban: late, mean, P90 "
          "| suburban: late, mean, P90 | Gini | declined, unanswered, exchanged a day |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for variant in variants:
        own = [rows[Task(load, s, variant).key] for s in seeds]
        print(f"| {variant.name} | {' | '.join(_cells(own, road))} |")


def _cells(own: list[dict[str, Any]], road: list[dict[str, Any]]) -> list[str]:
    late, n, late_road = (
        np.array([r[k] for r in rows], dtype=float) for rows, k in ((own, "late"), (own, "n"), (road, "late"))
    )
    spent, spent_road = (np.array([sum(r["response_s"]) for r in rows], dtype=float) for rows in (own, road))
    share = over_days(lambda d: late[d].sum() / n[d].sum(), len(own))
    fewer = over_days(lambda d: late[d].sum() / late_road[d].sum() - 1, len(own))
    longer = over_days(lambda d: spent[d].sum() / spent_road[d].sum() - 1, len(own))
    response, zone = (np.concatenate([r[k] for r in own]) for k in ("response_s", "zone"))
    zones = [_zone(own, response[zone == z], z) for z in map(ZONES.index, (Zone.URBAN, Zone.SUBURBAN))]
    ends = np.mean([r["ends"] for r in own], axis=0)
    return [
        percent(share), percent(fewer, sign=True), f"{response.mean() / 60:.1f}", percent(longer, sign=True),
        f"{np.quantile(response, 0.9) / 60:.1f}", *zones, f"{np.mean([r['gini'] for r in own]):.2f}",
        ", ".join(f"{e:.0f}" for e in ends),
    ]  # fmt: skip


def _zone(own: list[dict[str, Any]], response: Any, z: int) -> str:
    if not len(response):
        return "none"
    late = sum(r["zone_late"][z] for r in own) / len(response)
    return f"{late:.1%}, {response.mean() / 60:.1f}, {np.quantile(response, 0.9) / 60:.1f}"


def over_days(value: Callable[[Any], float], days: int) -> tuple[float, float, float]:
    """A value of all days, and its 95 % interval when days are drawn anew with replacement."""
    random = np.random.default_rng(1)
    drawn = [value(random.integers(0, days, days)) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return value(np.arange(days)), float(low), float(high)


def percent(found: tuple[float, float, float], *, sign: bool = False) -> str:
    """A share with its interval."""
    plain = "+.1f" if sign else ".1f"
    value, low, high = (format(100 * x, plain) for x in found)
    return f"{value} % ({low} to {high})"


def against_bounds(load: Load, rules: Sequence[Variant], rows: dict[str, Any], seeds: Iterable[int]) -> None:
    """Rules that answer from posts only, and the bounds of that world; a rule below a bound would prove it wrong."""
    bounds = [rows[Task(load, s, None).key] for s in seeds]
    n = sum(b["n"] for b in bounds)
    print(f"\n### Units answer from their posts only: {load.name}, n = {n} incidents\n")
    print("| rule | late, 95 % | late against road |\n|---|---|---|")
    road = [rows[Task(load, s, ROAD, posted=True).key] for s in seeds]
    for rule in rules:
        own = [rows[Task(load, s, rule, posted=True).key] for s in seeds]
        if any(r["late"] < b["all"] for r, b in zip(own, bounds, strict=True)):
            raise AssertionError(f"{rule.name} has fewer late than the bound says is possible: the bound is wrong.")
        print(f"| {rule.name} | {' | '.join(_cells(own, road)[:2])} |")
    for name, what in BOUNDS.items():
        print(f"| {what} | {sum(b[name] for b in bounds) / n:.2%} | |")


class Table(NamedTuple):
    """What one table compares."""

    load: Load
    rules: tuple[Variant, ...]
    bounded: bool = False


RULES = (ROAD, *BASELINES, OURS, OURS_MOVING)
BOUNDS = {
    "plan": "a plan made with full foresight",
    "no trips": "bound: all known but how trips go",
    "all": "bound: all known",
}
TABLES = {
    "busy": Table(BUSY, RULES),
    "ordinary": Table(ORDINARY, RULES),
    "storm": Table(STORM, RULES),
    "parts": Table(BUSY, (ROAD, OURS, *map(without, PARTS), *map(only, ALONE), *MISJUDGED)),
    "bound": Table(BUSY, (ROAD, OURS), bounded=True),
}


if __name__ == "__main__":
    main()
