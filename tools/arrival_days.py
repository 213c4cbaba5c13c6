"""Simulated days (模拟) from which arrivals are learned and on which forecasts are checked: played once and kept in a folder."""

import pickle
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from api.simulating.arrival_facts import Facts, facts_of
from api.simulating.played_days import Day


def played(days: Sequence[Day], kept: Path, workers: int) -> list[Facts]:
    """The facts of the days; those not in the folder are played now and kept there."""
    kept.mkdir(parents=True, exist_ok=True)
    missing = [d for d in days if not _file(kept, d).exists()]
    if missing:
        facts_of(missing[0])  # so that the table of road times is there before several processes want it
    with ProcessPoolExecutor(workers) as executor:
        for day, facts in zip(missing, executor.map(facts_of, missing), strict=True):
            part = _file(kept, day).with_suffix(".part")
            part.write_bytes(pickle.dumps(facts))
            part.replace(_file(kept, day))
            print(f"\r{day.traffic} {day.seed}", end="", flush=True)
    return [pickle.loads(_file(kept, d).read_bytes()) for d in days]  # noqa: S301  (our own files)


def _file(kept: Path, day: Day) -> Path:
    return kept / f"{day.traffic}-{day.seed}.facts"
