"""The benchmark of simulated days: how parts are told apart, when it is content, and that it plays the very days."""

import json
from datetime import date

import pytest
from rich.console import Console

from api.benchmarks import simulation, simulation_report
from api.benchmarks.simulation import Cost, Parts
from api.benchmarks.targets import exit_code
from api.simulating.days import Days, play_days


def cost(hours_ms: list[float]) -> Cost:
    return Cost(3000, 3.0, hours_ms, [1.0, 1.0], {"units": 0.25, "roads": 0.125}, 700.0)


def test_a_part_is_counted_without_the_parts_within_it() -> None:
    seconds = iter([0.0, 1.0, 4.0, 5.0, 6.0, 16.0])
    parts = Parts(lambda: next(seconds))
    with parts.within("decide"):
        parts.timed("roads", lambda: None)()
        with parts.within("units"):
            pass
    assert parts.seconds == {"decide": 16.0 - 3.0 - 1.0, "roads": 3.0, "units": 1.0}


def test_it_is_content_only_when_the_median_hour_is_surely_quick() -> None:
    assert exit_code([simulation_report.promise(cost([1.0] * 12))]) == 0
    assert exit_code([simulation_report.promise(cost([1.0] * 6 + [2.0] * 6))]) == 1
    assert exit_code([simulation_report.promise(cost([1.0]))]) == 1  # one value proves nothing


def test_the_report_names_time_parts_memory_and_the_year() -> None:
    console = Console(width=160)
    with console.capture() as shown:
        console.print(simulation_report.report(cost([1.0] * 12)))
    for words in ("3,000 incidents", "roads", "0.12", "700 MB", "9 min of one core", "kept", "load"):
        assert words in shown.get()
    told = json.loads(json.dumps(simulation_report.as_json(cost([1.0] * 12))))
    assert (told["mean_ms"], told["parts_ms"]["units"]) == (1.0, 0.25)


@pytest.mark.usefixtures("wired")
def test_the_days_that_are_timed_are_those_that_are_played() -> None:
    found = simulation.measure(1, per_day=60.0)
    played = play_days(Days(first=date(2026, 3, 2), days=1, per_day=60.0, weather="dry"), 1)
    assert found.incidents == len(played)
    assert {"units", "roads", "price", "log and next steps"} <= found.parts_ms.keys()
    assert found.peak_mb > 50
