"""The simulated colleague: serves a demonstration through the desk, and leaves people what is theirs."""

from datetime import datetime, timedelta

import pytest
from scene import NOON
from worlds import TWELVE, Played, play, world

from dispatch.desk import Desk
from dispatch.errors import Conflict
from dispatch.incident import Incident
from dispatch.report import Report
from dispatch.simulation import colleague
from dispatch.simulation.colleague import AGAIN, BY, LEAVES, LEAVES_PRESSING, Colleague, nobody
from dispatch.vocabulary import Channel, Role
from dispatch.windows import Proposal, propose

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def with_colleague(seed: int, **options: object) -> Played:
    played = world(seed, **options)
    played.simulation.dispatcher = colleague_of(played, NOON)
    return played


def colleague_of(played: Played, came_at: datetime) -> Colleague:
    return Colleague(played.simulation.waiting, played.simulation.agenda.add, came_at)


@pytest.fixture(scope="module")
def afternoon() -> Played:
    return with_colleague(3).until(NOON + 5 * HOUR)


def located(played: Played) -> list[Incident]:
    return [i for i in played.incidents() if i.location and i.reported.at < played.now - 2 * HOUR]


def test_every_simulated_incident_is_served_and_the_offers_are_the_colleagues(afternoon: Played) -> None:
    incidents = located(afternoon)
    assert len(incidents) > 10
    assert all(i.arrived_at is not None for i in incidents)
    assert {a.offer.by for i in incidents for a in i.assignments.values()} == {BY}


def test_people_have_a_while_to_act_first(afternoon: Played) -> None:
    waits = [min(a.offered_at for a in i.assignments.values()) - i.reported.at for i in located(afternoon)]
    assert min(waits) >= LEAVES_PRESSING
    assert sum(LEAVES <= wait <= LEAVES + MINUTE for wait in waits) > len(waits) / 2


def test_vehicles_that_turn_out_not_to_drive_are_towed(afternoon: Played) -> None:
    towed = [a for i in afternoon.incidents() for a in i.assignments.values() if a.role is Role.TOW_UNIT]
    assert any(a.cleared_at is not None for a in towed)
    assert {a.offer.by for a in towed} == {BY}


def test_a_colleague_who_came_later_did_nothing_before_and_serves_all_that_waits_then() -> None:
    played, came_at = world(3), NOON + 2 * HOUR
    played.simulation.dispatcher = colleague_of(played, came_at)
    played.until(came_at + 2 * HOUR)
    waited = located(played)
    assert all(i.reported.at < came_at for i in waited)
    offered = [a.offered_at for i in waited for a in i.assignments.values()]
    assert len(waited) > 5
    assert min(offered) >= came_at
    assert all(i.assignments for i in waited)


def test_what_a_person_reports_is_left_to_people() -> None:
    played = with_colleague(5, rate=lambda _: 0.0)
    report = Report(text="猎德大道,追尾", received_at=NOON, channel=Channel.TELEPHONE)
    incident = played.simulation.desk.take_report(report, by="dispatcher")
    played.simulation.look(NOON)
    played.until(NOON + HOUR)
    assert not played.log.incident(incident.id).assignments


def test_a_unit_that_a_person_sent_is_not_taken_away_and_who_is_first_keeps_the_case() -> None:
    played = with_colleague(5)
    played.until(NOON + HOUR / 2)
    mine: list[str] = []
    for minute in range(30, 240):
        now = NOON + minute * MINUTE
        played.until(now)
        for incident in played.log.open_incidents():
            if incident.location and not incident.assignments:
                try:
                    sent = played.simulation.desk.offer(incident.id, Role.SURVEYOR, now, by="dispatcher")
                except Conflict:
                    continue
                mine += [a.id for a in sent.assignments.values()]
    assert len(mine) > 3
    ended = [a for i in played.incidents() for a in i.assignments.values() if a.id in mine and a.ended_reason]
    assert not [a for a in ended if a.ended_reason == "优化改派"]


def test_without_a_colleague_nobody_is_sent() -> None:
    assert not [a for i in play(3, 2.0, dispatcher=nobody).incidents() for a in i.assignments.values()]


def test_what_nobody_can_take_is_looked_at_again_but_not_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[tuple[Role, datetime]] = []

    def counted(desk: Desk, role: Role, now: datetime) -> list[Proposal]:
        looks.append((role, now))
        return propose(desk, role, now)

    monkeypatch.setattr(colleague, "propose", counted)
    played = with_colleague(3, units=TWELVE[:1], rate=lambda _: 12.0)
    played.until(NOON + HOUR)
    assert len(played.log.open_incidents()) > 3
    assert [a for i in played.incidents() for a in i.assignments.values()]
    asked = [now for role, now in looks if role is Role.SURVEYOR]
    assert 10 < len(asked) <= HOUR / AGAIN
