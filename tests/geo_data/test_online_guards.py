"""Memory, rest and the crowd at the door of a service."""

import threading
from collections.abc import Callable

import pytest
from scene import NOON

from dispatch.degradations import Degradation, Degradations, Part
from dispatch.errors import Unavailable
from dispatch.location import Location, Position
from geo_data.districts import district_of
from geo_data.online.enquiry import MOST_AT_ONCE, Enquiry
from geo_data.online.guards import FAILURES, FOUND_AGE_S, NOTHING_AGE_S, REST_S, Remembered, Rested, guarded
from geo_data.online.place_service import NotNow, found_place
from geo_data.online.telling import Telling

PATIENCE_S = 600.0  # a guard
TOWER = Position(113.3245, 23.1064)
PLACE = found_place("样板服务", "广州塔", TOWER, 100, exact=True)


class Service:
    """A service in memory: answers what it is told to, and counts."""

    name = "样板服务"

    def __init__(self, answer: Callable[[], list[Location]]) -> None:
        self.answer = answer
        self.asked = 0

    def find(self, text: str, hint: Position | None, *, limit_s: float) -> list[Location]:  # noqa: ARG002
        self.asked += 1
        return self.answer()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def failing() -> list[Location]:
    raise Unavailable("status 500")


def ask(service: Rested | Remembered, text: str = "广州塔", hint: Position | None = None) -> list[Location] | str:
    try:
        return service.find(text, hint, limit_s=1.0)
    except NotNow:
        return "not now"
    except Unavailable:
        return "failed"


def test_after_failures_in_a_row_a_service_rests_and_then_one_question_tries() -> None:
    clock, broken = Clock(), Service(failing)
    rested = Rested(broken, clock=clock)
    assert [ask(rested) for _ in range(FAILURES + 2)] == ["failed"] * FAILURES + ["not now"] * 2
    clock.now += REST_S
    assert [ask(rested), ask(rested)] == ["failed", "not now"]
    assert broken.asked == FAILURES + 1


def test_a_service_that_is_back_is_asked_as_before() -> None:
    clock, service = Clock(), Service(failing)
    rested = Rested(service, clock=clock)
    for _ in range(FAILURES):
        ask(rested)
    service.answer = lambda: [PLACE]
    clock.now += REST_S
    assert [ask(rested), ask(rested)] == [[PLACE], [PLACE]]


def test_single_failures_between_answers_do_not_lead_to_rest() -> None:
    service = Service(failing)
    rested = Rested(service, clock=Clock())
    for _ in range(5):
        service.answer = failing
        assert [ask(rested) for _ in range(FAILURES - 1)] == ["failed"] * (FAILURES - 1)
        service.answer = list
        assert ask(rested) == []


def test_a_question_that_came_too_soon_is_no_failure() -> None:
    def too_soon() -> list[Location]:
        raise NotNow("asked a moment ago")

    service = Service(too_soon)
    rested = Rested(service, clock=Clock())
    assert {str(ask(rested)) for _ in range(3 * FAILURES)} == {"not now"}
    assert service.asked == 3 * FAILURES


def test_only_one_question_tries_a_resting_service_while_others_go_on() -> None:
    clock, entered, leave = Clock(), threading.Event(), threading.Event()
    service = Service(failing)
    rested = Rested(service, clock=clock)
    for _ in range(FAILURES):
        ask(rested)
    clock.now += REST_S

    def slow() -> list[Location]:
        entered.set()
        leave.wait(PATIENCE_S)
        return [PLACE]

    service.answer = slow
    trying = threading.Thread(target=ask, args=(rested,))
    trying.start()
    assert entered.wait(PATIENCE_S)
    assert ask(rested) == "not now"
    leave.set()
    trying.join(PATIENCE_S)
    assert ask(rested) == [PLACE]


@pytest.mark.parametrize(("answer", "age_s"), [([PLACE], FOUND_AGE_S), ([], NOTHING_AGE_S)])
def test_an_answer_is_kept_for_its_time(answer: list[Location], age_s: float) -> None:
    clock, service = Clock(), Service(lambda: answer)
    remembered = Remembered(service, clock=clock)
    for now_s, asked in ((0.0, 1), (age_s - 1, 1), (age_s + 1, 2)):
        clock.now = 1000.0 + now_s
        assert ask(remembered) == answer
        assert service.asked == asked


def test_nothing_found_is_forgotten_sooner_than_a_place() -> None:
    assert NOTHING_AGE_S < FOUND_AGE_S / 10


def test_failures_are_not_kept() -> None:
    service = Service(failing)
    remembered = Remembered(service, clock=Clock())
    assert ask(remembered) == "failed"
    service.answer = lambda: [PLACE]
    assert ask(remembered) == [PLACE]


def test_another_text_and_another_phone_are_other_questions() -> None:
    service = Service(lambda: [PLACE])
    remembered = Remembered(service, clock=Clock())
    for text, hint in (("甲", None), ("乙", None), ("甲", TOWER), ("甲", Position(113.4, 23.1)), ("甲", TOWER)):
        ask(remembered, text, hint)
    assert service.asked == 4


def test_the_least_used_answer_is_forgotten_first() -> None:
    service = Service(lambda: [PLACE])
    remembered = Remembered(service, most=2, clock=Clock())
    for text in ("甲", "乙", "甲", "丙", "甲"):
        ask(remembered, text)
    assert service.asked == 3
    ask(remembered, "乙")
    assert service.asked == 4


def test_a_remembered_answer_is_given_while_the_service_rests() -> None:
    service = Service(lambda: [PLACE])
    remembered = guarded(service)
    remembered.find("广州塔", None, limit_s=1.0)
    service.answer = failing
    for number in range(FAILURES + 1):
        with pytest.raises(Unavailable):
            remembered.find(f"别处{number}", None, limit_s=1.0)
    assert remembered.find("广州塔", None, limit_s=1.0) == [PLACE]


def test_a_crowd_before_a_hanging_service_is_not_made_to_queue() -> None:
    leave, came = threading.Event(), threading.Semaphore(0)

    def hanging() -> list[Location]:
        came.release()
        leave.wait(PATIENCE_S)
        return [PLACE]

    service = Service(hanging)
    enquiry = Enquiry([service], district_of, limit_s=0.05)
    try:
        assert [enquiry.ask("广州塔") for _ in range(MOST_AT_ONCE + 3)] == [[]] * (MOST_AT_ONCE + 3)
        assert all(came.acquire(timeout=PATIENCE_S) for _ in range(MOST_AT_ONCE))  # a thread may come to it late
        assert not came.acquire(blocking=False)
    finally:
        leave.set()


def test_a_service_with_a_fault_of_its_own_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    def faulty() -> list[Location]:
        raise KeyError("with something secret in it")

    enquiry = Enquiry([Service(faulty), Service(lambda: [PLACE])], district_of, limit_s=60.0)
    assert [place.position for place in enquiry.ask("广州塔")] == [TOWER]
    assert "KeyError" in caplog.text
    assert "secret" not in caplog.text


def test_an_answer_names_who_was_not_reached_and_the_list_of_what_is_away_follows() -> None:
    away, broken = Degradations(), Service(failing)
    telling = Telling(broken, away, lambda: NOON)
    told = Enquiry([telling, Service(lambda: [PLACE])], district_of, limit_s=60.0).answer("广州塔")
    assert ([place.position for place in told.found], told.not_reached) == ([TOWER], ("样板服务",))
    assert away.all() == [Degradation(Part.ONLINE_PLACES, NOON, "样板服务")]
    broken.answer = lambda: [PLACE]
    assert (Enquiry([telling], district_of, limit_s=60.0).answer("广州塔").not_reached, away.all()) == ((), [])
