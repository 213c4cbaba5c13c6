"""Who listens to a log hears of what was appended, of exchanges too."""

from collections.abc import Sequence

import pytest
from scene import Scene

from dispatch.errors import StaleIncident
from dispatch.events import Event
from dispatch.log import MemoryLog
from dispatch.simulation.logs import heard


def histories() -> list[list[Event]]:
    scene = Scene()
    return [scene.log.history(scene.report()) for _ in range(2)]


def test_each_part_of_an_exchange_is_heard() -> None:
    told: list[Sequence[Event]] = []
    one, other = histories()
    log = heard(MemoryLog(), told.append)
    log.append_all([(one, 0), (other, 0)])
    assert told == [one, other]
    assert log.history(one[0].incident_id) == one


def test_nothing_is_heard_of_an_exchange_that_was_refused() -> None:
    told: list[Sequence[Event]] = []
    one, other = histories()
    with pytest.raises(StaleIncident):
        heard(MemoryLog(), told.append).append_all([(one, 0), (other, 7)])
    assert told == []
