"""The simulation drives the very desk of the live service, on a virtual clock."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from scene import NOON, SCENE
from worlds import Played, caller, play, world

from dispatch.auditing.audit import judge
from dispatch.desk import Desk
from dispatch.errors import Conflict
from dispatch.folding import fold
from dispatch.incident import UNANSWERED
from dispatch.location import Position, distance_m
from dispatch.simulation.dispatcher import FollowWindows
from dispatch.simulation.logs import BriefLog
from dispatch.vocabulary import AssignmentStatus, IncidentStatus, Role


@pytest.fixture(scope="module")
def evening() -> Played:
    return play(seed=3, hours=9, watch_every_s=300.0)


def test_incidents_are_reported_reached_and_closed(evening: Played) -> None:
    incidents = evening.incidents()
    assert len(incidents) > 50
    closed = [i for i in incidents if i.status is IncidentStatus.CLOSED]
    assert len(closed) > len(incidents) / 2
    assert all(i.arrived_at is not None and i.arrived_at > i.reported.at for i in closed)


def test_everything_it_makes_is_labelled_as_simulated(evening: Played) -> None:
    assert all(i.reported.simulated for i in evening.incidents())


def test_no_unit_ever_serves_two_incidents_at_once(evening: Played) -> None:
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for history in evening.log.all_events():
        for a in fold(history).assignments.values():
            last = max(e.at for e in history if getattr(e, "assignment_id", "") == a.id)
            spans.setdefault(a.unit_id, []).append((a.offered_at, evening.now if a.status.is_open else last))
    assert sum(map(len, spans.values())) > 60
    for held in spans.values():
        assert all(before[1] <= after[0] for before, after in pairwise(sorted(held)))


def test_every_incident_ends_or_is_open_at_the_end(evening: Played) -> None:
    by_end = {i.id for i in evening.incidents() if i.closed_at is not None}
    still_open = {i.id for i in evening.log.open_incidents()}
    assert by_end.isdisjoint(still_open)
    assert len(by_end) + len(still_open) == len(evening.incidents())


def test_every_moment_of_an_incident_follows_the_one_before(evening: Played) -> None:
    for history in evening.log.all_events():
        times = [e.at for e in history]
        assert times == sorted(times)


def test_some_offers_are_declined_or_left_unanswered_and_the_job_is_given_to_another(evening: Played) -> None:
    tried = [i for i in evening.incidents() if i.refusers]
    assert any(a.status is AssignmentStatus.DECLINED for i in tried for a in i.assignments.values())
    silent = [a for i in play(3, 12).incidents() for a in i.assignments.values() if a.ended_reason == UNANSWERED]
    assert silent
    for incident in tried:
        units = [a.unit_id for a in incident.assignments.values()]
        assert len(set(units)) == len(units) > 1


def test_tow_units_bring_vehicles_to_the_shop(evening: Played) -> None:
    towed = [a for i in evening.incidents() for a in i.assignments.values() if a.role is Role.TOW_UNIT]
    assert any(a.cleared_at is not None for a in towed)


def test_claimed_arrivals_are_confirmed_by_the_track(evening: Played) -> None:
    surveyed = [a for i in evening.incidents() for a in i.assignments.values() if a.cleared_at is not None]
    confirmed = sum(a.confirmed_at is not None for a in surveyed)
    assert confirmed > 0.9 * len(surveyed)  # the watch passes by every five minutes only


def test_no_unit_moves_faster_than_it_drives() -> None:
    played = world(5)
    ids = [f"S{n}" for n in range(12)]
    here = {u: played.simulation.whereabouts.position(u, NOON) for u in ids}
    moved = 0.0
    for n in range(1, 6 * 120):
        played.until(NOON + timedelta(seconds=30 * n))
        for unit_id in ids:
            there = played.simulation.whereabouts.position(unit_id, played.now)
            step_m = distance_m(here[unit_id], there)
            assert step_m < 30 * 40.0  # 10 m/s as the desk knows, at most four times as fast by luck and city
            here[unit_id], moved = there, moved + step_m
    assert moved > 100_000


def test_the_same_seed_gives_the_same_events_and_another_seed_others() -> None:
    first, again, other = (play(seed, 1.0).log.all_events() for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_a_clock_that_steps_gives_the_same_events_as_one_that_leaps() -> None:
    stepped = world(5)
    for minute in range(121):
        stepped.until(NOON + timedelta(minutes=minute))
    assert stepped.log.all_events() == play(5, 2.0).log.all_events()


def test_a_restarted_simulation_goes_on_where_it_was() -> None:
    def steps(played: Played) -> list[tuple[str, datetime | None, datetime | None]]:
        offered = [a for i in played.incidents() for a in i.assignments.values() if a.offered_at <= pause]
        return [(a.id, a.accepted_at, a.departed_at) for a in offered]

    pause = NOON + timedelta(hours=1)
    whole, first = play(7, 2.0, rate=lambda _: 20.0), play(7, 1.0, rate=lambda _: 20.0)
    again = world(7, rate=lambda _: 20.0, log=first.log, began=first.now)
    again.simulation.look(first.now)
    again.until(whole.now)
    assert len(steps(whole)) > 10
    assert steps(again) == steps(whole)
    callers = [[i.reported for i in played.incidents()] for played in (whole, again)]
    assert callers[0] == callers[1]


def test_units_drive_from_post_to_scene_and_home_again(evening: Played) -> None:
    reached = [a for i in evening.incidents() for a in i.assignments.values() if a.claimed_from == SCENE]
    assert len({a.unit_id for a in reached}) > 3
    quiet = world(3, rate=lambda at: 7.0 if at < NOON + timedelta(hours=2) else 0.0).until(NOON + timedelta(hours=9))
    for state in quiet.fleet.states(quiet.now):
        assert quiet.simulation.whereabouts.position(state.unit.id, quiet.now) == state.unit.standby


def test_whoever_finds_nobody_at_the_place_told_has_the_desk_correct_it_so_that_the_arrival_counts() -> None:
    elsewhere = Position(SCENE.lon + 0.02, SCENE.lat)
    mistaken = play(4, 6.0, demand=lambda random, at: replace(caller(random, at), scene=elsewhere))
    reached = [i for i in mistaken.incidents() if i.is_surveyed]
    assert len(reached) > 10
    assert {i.location.position for i in reached if i.location} == {elsewhere}
    judged = [judge(mistaken.log.history(i.id), mistaken.now).record for i in reached]
    assert {one.problem for one in judged} == {None}


def test_reports_follow_a_rate_that_steps_from_hour_to_hour() -> None:
    scene = play(2, 6.0, rate=lambda at: 60.0 if at.hour % 2 else 0.5)
    hours = [i.reported.at.hour for i in scene.incidents()]
    busy = sum(hour % 2 for hour in hours)
    assert 130 < busy < 230  # three hours of sixty; five standard deviations
    assert len(hours) - busy < 10


def test_slow_roads_make_the_same_drives_longer() -> None:
    def drives_s(speed: float) -> dict[str, float]:
        return {
            f"{a.id} {a.unit_id} {a.departed_at} {a.offer.chosen.travel_s}": (
                a.claimed_at - a.departed_at
            ).total_seconds()
            for i in play(4, 1.5, speed=speed).incidents()
            for a in i.assignments.values()
            if a.claimed_at is not None and a.departed_at is not None
        }

    dry, wet = drives_s(1.0), drives_s(0.5)
    both = dry.keys() & wet.keys()
    assert both
    assert all(wet[key] == pytest.approx(2 * dry[key], rel=1e-4) for key in both)


def test_another_dispatcher_faces_the_same_callers() -> None:
    def late(desk: Desk, now: datetime) -> None:
        for incident in desk.log.open_incidents():
            if now >= NOON + timedelta(hours=1) and not incident.assignments:
                with suppress(Conflict):
                    desk.offer(incident.id, Role.SURVEYOR, now)

    usual, other = play(9, 2.0), play(9, 2.0, dispatcher=late)
    assert [i.reported for i in usual.incidents()] == [i.reported for i in other.incidents()]
    offered = [a.offered_at for i in other.incidents() for a in i.assignments.values()]
    assert offered
    assert min(offered) >= NOON + timedelta(hours=1)


def test_matching_in_windows_serves_every_incident() -> None:
    played = world(3, window_s=20.0)
    simulation = played.simulation
    simulation.dispatcher = FollowWindows(simulation.waiting, simulation.agenda.add)
    incidents = played.until(NOON + timedelta(hours=6)).incidents()
    waited = [i for i in incidents if i.location and i.reported.at < NOON + timedelta(hours=4)]
    assert len(waited) > 15
    assert all(i.arrived_at is not None for i in waited)


def test_decisions_wait_for_the_end_of_their_window() -> None:
    windowed = play(9, 2.0, window_s=30.0)
    offered = [a.offered_at.timestamp() for i in windowed.incidents() for a in i.assignments.values()]
    assert offered
    assert all(at % 30 == 0 for at in offered)


def test_a_brief_log_tells_of_each_closed_incident_once_and_forgets_it() -> None:
    closed: list[str] = []
    brief = BriefLog(lambda incident: closed.append(incident.id))
    played = play(3, 6.0, log=brief)
    full = play(3, 6.0)
    assert sorted(closed) == [i.id for i in full.incidents() if i.closed_at is not None]
    assert [i.id for i in played.log.open_incidents()] == [i.id for i in full.log.open_incidents()]
    assert len(brief.all_events()) == len(full.log.open_incidents())


def test_a_brief_log_lets_go_of_jobs_that_nobody_asks_about_any_more() -> None:
    brief = BriefLog(lambda _: None)
    played = world(3, log=brief)
    jobs = [sum(played.until(NOON + timedelta(days=d)).log.jobs_since(NOON).values()) for d in range(1, 12)]
    assert jobs[5] > jobs[2] > 0
    assert max(jobs[8:]) < 1.5 * jobs[6]
