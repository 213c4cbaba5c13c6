"""What a caller is shown: how far the case is, who comes, and how the claim goes."""

from datetime import timedelta

import pytest
from scene import NOON, Scene

from dispatch import events as ev
from dispatch.case import Phase, StepStatus, coming, courtesy_name, link_opens, phase_of, steps_of
from dispatch.onway import forecast_now
from dispatch.report import Report
from dispatch.response import waive
from dispatch.vocabulary import Channel, ReviewOpinion, Role


def statuses(scene: Scene, key: str) -> list[StepStatus]:
    return [s.status for s in steps_of(scene.desk.incident(key))]


DONE, NOW, LATER, NONE = StepStatus.DONE, StepStatus.NOW, StepStatus.LATER, StepStatus.NONE


def test_a_case_is_told_from_the_report_to_the_payment() -> None:
    scene = Scene()
    key = scene.report()
    assert (phase_of(scene.desk.incident(key)), statuses(scene, key)) == (Phase.WAITING, [NOW, LATER, LATER, LATER])
    job = scene.desk.offer(key, Role.SURVEYOR, scene.now).open_assignments[0].id
    assert phase_of(scene.desk.incident(key)) is Phase.OFFERED
    assert coming(scene.desk.incident(key)) == []  # nobody has said yes yet
    seen = []
    for step in ("accept", "depart", "arrive", "clear"):
        after = getattr(scene.desk, step)(job, scene.wait(minutes=2), by="u")
        seen.append((phase_of(after), [a.unit_id for a in coming(after)]))
    assert seen == [
        (Phase.ACCEPTED, ["S1"]),
        (Phase.EN_ROUTE, ["S1"]),
        (Phase.ON_SCENE, ["S1"]),
        (Phase.SURVEYED, []),
    ]
    assert statuses(scene, key) == [DONE, NOW, LATER, LATER]
    told = {"incident_id": key, "at": scene.now, "recorded_at": scene.now}
    facts = [
        (ev.DamageAssessed(**told, amount_yuan=3200.0), [DONE, DONE, NOW, LATER]),
        (
            ev.ClaimReviewed(**told, opinion=ReviewOpinion.QUESTIONS, note="缺行驶证"),
            [DONE, DONE, StepStatus.ATTENTION, LATER],
        ),
        (ev.ClaimReviewed(**told, opinion=ReviewOpinion.APPROVED), [DONE, DONE, DONE, NOW]),
        (ev.ClaimPaid(**told, amount_yuan=3200.0), [DONE, DONE, DONE, DONE]),
        (ev.ClaimRefused(**told, reason="误付", corrects="误点"), [DONE, DONE, DONE, StepStatus.REFUSED]),
    ]
    for fact, expected in facts:
        scene.desk.record(scene.desk.incident(key), fact)
        assert statuses(scene, key) == expected


def test_a_case_that_ended_without_a_survey_has_no_claim() -> None:
    scene = Scene()
    key = scene.report()
    closed = scene.desk.close(key, scene.now, reason="客户撤销报案", by="d")
    assert (phase_of(closed), statuses(scene, key)) == (Phase.CANCELLED, [NONE] * 4)


def test_a_waived_survey_leaves_the_claim_open() -> None:
    scene = Scene()
    key = scene.report()
    waive(scene.desk, key, Role.SURVEYOR, scene.now, reason="交警已出证明", by="d")
    assert phase_of(scene.desk.close(key, scene.now, reason="处理完毕", by="d")) is Phase.SURVEYED


def test_a_place_that_is_not_understood_is_said_so() -> None:
    scene = Scene()
    assert phase_of(scene.desk.incident(scene.report("说不清在哪"))) is Phase.UNLOCATED


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("陈志强", "陈师傅"),
        ("欧阳娜娜", "欧阳师傅"),
        ("欧阳", "欧师傅"),
        ("查勘员000", "查勘员"),
        ("查勘员", "查勘员"),
        ("后备一号", "查勘员"),
        ("Chen Wei", "查勘员"),
        ("陈志强 13800000000", "查勘员"),
        ("", "查勘员"),
    ],
)
def test_a_stranger_learns_no_more_of_a_name_than_a_surname(name: str, shown: str) -> None:
    assert courtesy_name(name, Role.SURVEYOR) == shown


def test_an_arrival_is_forecast_from_a_fresh_fix_alone() -> None:
    scene = Scene()
    key = scene.report()
    job = scene.desk.offer(key, Role.SURVEYOR, scene.now).open_assignments[0].id
    after = scene.desk.accept(job, scene.now, by="u")
    going = after.assignment(job)
    fix = next(s.fix for s in scene.fleet.states(scene.now) if s.unit.id == going.unit_id)
    seen = forecast_now(scene.desk, after, going, fix, scene.now)
    assert seen is not None
    forecast = seen.forecast
    assert forecast.quantile_s(0.1) < forecast.median_s < forecast.quantile_s(0.9)
    assert forecast.p_within(forecast.quantile_s(0.9)) == pytest.approx(0.9)
    assert forecast_now(scene.desk, after, going, None, scene.now) is None
    assert forecast_now(scene.desk, after, going, fix, scene.now + timedelta(hours=1)) is None


def test_a_link_opens_while_the_case_is_open_and_for_some_days_after() -> None:
    scene = Scene()
    report = Report(text="猎德大道,追尾", received_at=NOON, channel=Channel.CALLER)
    case = scene.desk.take_report(report)
    assert link_opens(case, case, NOON + timedelta(days=900), 90)
    closed = scene.desk.close(case.id, NOON, reason="撤案", by="d")
    assert link_opens(closed, closed, NOON + timedelta(days=90), 90)
    assert not link_opens(closed, closed, NOON + timedelta(days=90, seconds=1), 90)
    assert link_opens(closed, case, NOON + timedelta(days=91), 90)  # merged into one that is still open
