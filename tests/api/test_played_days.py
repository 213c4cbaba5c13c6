"""Days that studies are made from."""

from collections import Counter
from dataclasses import replace

import pytest

from api.simulating.played_days import NO_TOWS, Day, play
from dispatch.auditing.audit import audit
from dispatch.events import IncidentReported
from dispatch.simulation.world import Behaviour

DAY = Day("regimes", 9001)


def reports(histories: list) -> list[IncidentReported]:
    return [event for history in histories for event in history if isinstance(event, IncidentReported)]


@pytest.fixture(scope="module")
def played() -> list:
    return play(DAY)


def test_everything_on_a_played_day_is_simulated_and_of_that_day(played: list) -> None:
    found = reports(played)
    assert len(found) == len(played) > 300
    assert all(report.simulated for report in found)
    assert Counter(report.at.astimezone().date() for report in found).most_common(1)[0][1] > 100


def test_the_same_callers_call_whatever_is_changed_and_slower_people_keep_less(played: list) -> None:
    slow = play(DAY, behaviour=replace(NO_TOWS, turnout_s=900.0))
    assert [(r.incident_id, r.at) for r in reports(slow)] == [(r.incident_id, r.at) for r in reports(played)]
    last = max(history[-1].at for history in [*slow, *played])
    assert audit(slow, last).totals.kept < audit(played, last).totals.kept
    assert Behaviour().p_tow > NO_TOWS.p_tow == 0
