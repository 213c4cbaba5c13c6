"""`gzdispatch simulate`: the same numbers whoever computes them, figures that add up, and a real day replayed."""

import csv
import json
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from api import cli, wiring
from api.settings import PROJECT, settings
from api.simulating import progress
from api.simulating.days import Days, hours_of, in_parts, play_days, play_part
from api.simulating.replay import Roster, replay
from api.simulating.stage import fleet_of, road_times, scenes
from dispatch.errors import InvalidInput
from dispatch.ports import from_one
from dispatch.report import Report
from dispatch.simulation.closures import Closure
from dispatch.simulation.outcomes import Outcomes, together
from dispatch.simulation.replications import spread
from dispatch.simulation.traffic import Traffic
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Channel, Role
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.postgis_log import PostgisLog

PLAN = Days(first=date(2026, 3, 2), days=1, per_day=60.0)
COLUMNS = ("zone", "tier", "hour", "reported_s", "response_s", "limit_s", "judged", "jobs", "busy_s")


@pytest.fixture(scope="module", autouse=True)
def _state() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GZ_STATE", str(PROJECT / ".state" / "test"))
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture(scope="module")
def serial() -> list[Outcomes]:
    return list(spread(partial(play_days, PLAN), [5, 6]))


def same(first: Outcomes, second: Outcomes) -> bool:
    return first.units == second.units and all(
        np.array_equal(getattr(first, name), getattr(second, name), equal_nan=name == "response_s") for name in COLUMNS
    )


@contextmanager
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@contextmanager
def dask() -> Iterator[Executor]:
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with distributed.Client(**options) as client:
        yield client.get_executor()


@pytest.mark.parametrize("executor", [processes, dask])
def test_replications_give_the_same_numbers_wherever_they_are_computed(serial: list[Outcomes], executor) -> None:
    with executor() as pool:
        found = list(spread(partial(play_days, PLAN), [5, 6], pool))
    assert len(found[0]) > 30
    assert [same(a, b) for a, b in zip(serial, found, strict=True)] == [True, True]


def test_another_seed_gives_other_numbers(serial: list[Outcomes]) -> None:
    assert not same(serial[0], serial[1])


def test_replications_add_up(serial: list[Outcomes]) -> None:
    whole = together(serial)
    assert len(whole) == len(serial[0]) + len(serial[1])
    assert whole.late.sum() == sum(part.late.sum() for part in serial)
    assert whole.jobs.sum() == sum(part.jobs.sum() for part in serial)
    assert 0 < whole.gini(Role.SURVEYOR) < 1


def test_days_in_parts_have_the_callers_of_one_run_each_counted_once() -> None:
    days = Days(first=date(2026, 3, 2), days=3, per_day=40.0, weather="dry")
    whole = play_days(days, 3)
    parts = together([play_days(part, 3) for part in in_parts(days, 2)])
    assert sorted(parts.reported_s) == sorted(whole.reported_s)
    assert bool(parts.judged.all())  # each part goes on until its last callers are served
    assert abs(parts.response()[0] - whole.response()[0]) < 120


def test_more_parts_than_days_are_refused() -> None:
    with pytest.raises(InvalidInput):
        in_parts(PLAN, 2)


def test_a_storm_brings_more_reports_and_more_late_arrivals() -> None:
    calm = play_days(Days(first=date(2026, 3, 2), days=1, per_day=40.0, weather="dry"), 3)
    storm = play_days(Days(first=date(2026, 3, 2), days=1, per_day=40.0, weather="typhoon", surge=8.8), 3)
    assert 8 * len(calm) < len(storm) < 20 * len(calm)
    assert storm.late_share().p > calm.late_share().p


def test_progress_is_told_by_the_hour_in_this_process_and_in_others(serial: list[Outcomes]) -> None:
    hours: list[datetime] = []
    assert same(play_days(PLAN, 5, progress=hours.append), serial[0])
    assert len(hours) == hours_of(PLAN) == 24
    spawn, told = get_context("spawn"), []
    number = spawn.Value("q", 0)
    with (
        progress.told_of(number, told.append),
        ProcessPoolExecutor(1, mp_context=spawn, initializer=progress.share, initargs=(number,)) as pool,
    ):
        found = list(spread(partial(play_part, progress=progress.count_hour), [(PLAN, 5)], pool))
    assert same(found[0], serial[0])
    assert told[-1] == 24


def test_what_cannot_be_played_is_refused() -> None:
    huge = {"per_day": 1e9}, {"per_day": 20_001.0}, {"per_day": 5000.0, "surge": 8.8}
    for wrong in ({"weather": "snow"}, {"surge": 9.0}, {"days": 0}, {"closures": -1.0}, *huge):
        with pytest.raises(InvalidInput):
            Days(**{"first": date(2026, 3, 2), "days": 1, "per_day": 60.0, **wrong})


def test_the_command_prints_figures_and_writes_them(tmp_path: Path) -> None:
    for name in ("found.csv", "found.json"):
        asked = ["simulate", "--per-day", "60", "--seed", "5", "--from", "2026-03-02", "--out", str(tmp_path / name)]
        answer = CliRunner().invoke(cli.app, asked)
        assert answer.exit_code == 0, answer.output
        assert "模拟" in answer.output
    lines = list(csv.DictReader((tmp_path / "found.csv").read_text(encoding="utf-8").splitlines()))
    figures = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert figures["simulated"] is True
    judged = [line for line in lines if line["late"]]
    assert figures["groups"]["全部 all"]["n"] == len(judged)
    assert figures["groups"]["全部 all"]["late"] == sum(line["late"] == "1" for line in judged)


def test_the_table_of_road_times_is_the_routers() -> None:
    now = datetime.fromisoformat("2026-03-02T03:10:00+08:00")
    some = list(scenes()[::700])
    by_table = road_times(fleet_of(None, 60.0))(some, scenes()[1], now).seconds
    by_router = wiring.ground().router.travel_times(some, scenes()[1], now).seconds
    reached = np.isfinite(by_router) & (by_router < 2400)  # within the hour whose speeds the router takes for all of it
    assert reached.sum() >= 4
    assert by_table[reached] == pytest.approx(by_router[reached], rel=1e-5)


def test_shops_asked_for_at_once_are_as_far_as_asked_for_one_by_one() -> None:
    now = datetime.fromisoformat("2026-03-02T07:50:00+08:00")  # some drive into the next hour
    places, scene = list(scenes()[::300]), scenes()[1]
    closed = Closure(scene, 500.0, now - timedelta(hours=1), now + timedelta(hours=1), now, 300.0)
    roads, traffic = road_times(fleet_of(None, 60.0)), Traffic(1, closures=lambda _: [closed])
    at_once = traffic.told_onward(roads.onward)(scene, places, now).seconds
    one_by_one = from_one(traffic.told(roads))(scene, places, now).seconds
    assert at_once == pytest.approx(one_by_one, rel=1e-12)
    assert at_once.min() >= 300.0


def test_a_real_day_is_replayed_with_other_posts_under_the_same_hidden_trips(fleet: Engine, tmp_path: Path) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=GUANGZHOU_TIME)
    with transaction(fleet) as connection:
        desk = wiring.ground().desk(PostgisLog(connection), PostgisFleet(connection))
        for n in range(12):
            at = noon + timedelta(minutes=7 * n)
            desk.take_report(Report(text="天河区黄埔大道西与猎德大道交叉口,追尾", received_at=at, channel=Channel.APP))
    far = tmp_path / "posts.csv"
    far.write_text("id,lon,lat\nS000,113.58,23.55\nS001,113.58,23.55\nS002,113.58,23.55\n", encoding="utf-8")
    unchanged, changed = (replay(noon.date(), Roster(posts=posts), 3) for posts in (None, far))
    assert len(unchanged.was) == len(unchanged.real) == 12
    assert same(unchanged.was, unchanged.would_be)
    assert same(unchanged.was, changed.was)
    assert changed.would_be.response()[0] > changed.was.response()[0] + 600
    with pytest.raises(InvalidInput, match="another day"):
        replay(date(2026, 11, 1), Roster(), 3)
