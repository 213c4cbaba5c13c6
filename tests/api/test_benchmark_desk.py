"""The desk's benchmark: what is asked, what is compared, and when it is content."""

import json
from math import isfinite

import pytest
from rich.console import Console

from api.benchmarks import desk, desk_report
from api.benchmarks.desk import Timed, World
from api.benchmarks.targets import exit_code
from api.wiring import ground
from dispatch.vocabulary import Role


def quick(limit_ms: float | None = 5.0) -> Timed:
    stages = {"search": [2.0] * 12, "choosing": [1.0] * 12}
    return Timed("decision", limit_ms, [4.0] * 11 + [7.0], stages)


def test_it_is_content_only_when_the_median_is_surely_below_the_limit() -> None:
    slow = Timed("window", 50.0, [40.0] * 6 + [60.0] * 6)
    assert exit_code(desk_report.promises([quick()])) == 0
    assert exit_code(desk_report.promises([quick(), slow])) == 1
    assert exit_code(desk_report.promises([Timed("decision", 5.0, [4.0])])) == 1  # one value proves nothing


def test_the_report_names_medians_tails_stages_and_the_ratio_to_the_plain_way() -> None:
    console = Console(width=160)
    with console.capture() as shown:
        console.print(desk_report.report([quick(), Timed("decision, plain loop", None, [20.0] * 3)]))
    for words in ("decision, plain loop", "5.0", "search", "kept", "6.67", "load"):
        assert words in shown.get()
    (told,) = json.loads(json.dumps(desk_report.as_json([quick()])))
    assert (told["median"], told["stages"]["search"][0]) == (4.0, 2.0)


@pytest.mark.usefixtures("wired")
def test_both_ways_are_asked_the_same_and_find_the_same_nearest() -> None:
    found = desk.measure(2, 1)
    assert [(t.name, len(t.ms)) for t in found] == [
        ("decision", 2),
        ("decision, all units moved", 2),
        ("decision, plain loop", 1),
        ("window", 1),
        ("window, all units moved", 1),
        ("window, plain loop", 1),
    ]
    assert list(found[0].stages) == ["units", "search", "cover", "forecast", "choosing", "objects"]
    world = World(ground())
    incident = world.incidents[0]
    (plain,) = desk._plainly(world, [incident])
    advice = world.desk.advise(incident, Role.SURVEYOR, world.now)
    nearest = min(advice.options, key=lambda c: c.travel_s)
    assert nearest.unit_id == plain[0][3]
    travel_s, p_kept = plain[0][:2]
    stated = min(p_kept, world.desk.policy.arrival.p_most)
    assert (nearest.travel_s, nearest.p_kept) == pytest.approx((travel_s, stated), abs=1e-9)
    assert nearest.eta_p90_s == pytest.approx(plain[0][2], abs=2e-3)
    assert isfinite(nearest.cover_loss or 0.0)
