"""A merge is a person's act: what it writes, when it is refused, how it is undone, how it is audited."""

from dataclasses import replace
from datetime import timedelta

import pytest
from scene import NOON, SCENE, Scene

from dispatch.auditing.audit import audit
from dispatch.auditing.record import Exclusion, Problem
from dispatch.errors import Conflict, IllegalTransition, InvalidInput, StaleIncident
from dispatch.events import DuplicateJoined, IncidentMerged
from dispatch.folding import fold
from dispatch.report import Report
from dispatch.vocabulary import AssignmentStatus, Channel, IncidentStatus, Role, Tier

WHY = "同一事故"


def two_reports() -> tuple[Scene, str, str]:
    scene = Scene()
    first = scene.report("黄埔大道西与猎德大道交叉口,两车追尾,白色丰田")
    scene.wait(minutes=4)
    return scene, first, scene.report("猎德大道路口,白色丰田被追尾,有人受伤")


def merged() -> tuple[Scene, str, str]:
    scene, first, second = two_reports()
    scene.desk.merge(second, first, scene.wait(minutes=1), reason=WHY, by="dispatcher")
    return scene, first, second


def test_the_duplicate_is_closed_and_both_remember() -> None:
    scene, first, second = merged()
    kept, duplicate = scene.desk.incident(first), scene.desk.incident(second)
    assert duplicate.status is IncidentStatus.CLOSED
    assert duplicate.merged_into == first
    assert list(kept.duplicates) == [second]
    assert kept.duplicates[second].text == duplicate.reported.text
    assert [i.id for i in scene.log.open_incidents()] == [first]


def test_the_events_say_who_why_and_how_alike_the_two_were() -> None:
    scene, first, second = merged()
    event = scene.log.history(second)[-1]
    assert isinstance(event, IncidentMerged)
    assert (event.by, event.reason, event.kept_id) == ("dispatcher", WHY, first)
    assert event.p_same is not None
    assert event.p_same > 0.9
    assert "相隔4分钟" in event.likeness
    assert isinstance(scene.log.history(first)[-1], DuplicateJoined)


def test_an_injury_only_the_second_caller_saw_is_not_lost() -> None:
    scene, first, second = two_reports()
    assert scene.desk.incident(first).tier is Tier.STANDARD
    assert scene.desk.merge(second, first, scene.now, reason=WHY, by="dispatcher").tier is Tier.INJURY
    assert scene.desk.unmerge(second, scene.now, reason="两起事故", by="dispatcher").tier is Tier.STANDARD


def test_the_promise_due_first_stays_whichever_way_it_is_asked() -> None:
    scene, first, second = two_reports()
    with pytest.raises(Conflict, match=f"{second} 并入 {first}"):
        scene.desk.merge(first, second, scene.now, reason=WHY, by="dispatcher")
    assert scene.desk.incident(first).version == 3


def test_an_offer_for_the_duplicate_is_released_and_its_unit_is_free() -> None:
    scene, first, second = two_reports()
    job = scene.desk.offer(second, Role.SURVEYOR, scene.now).open_assignments[0]
    scene.desk.merge(second, first, scene.now, reason=WHY, by="dispatcher")
    assert scene.desk.incident(second).assignment(job.id).status is AssignmentStatus.RELEASED
    assert scene.log.open_assignments() == {}


def test_a_unit_under_way_must_be_released_first_and_nothing_is_written() -> None:
    scene, first, second = two_reports()
    job = scene.desk.offer(second, Role.SURVEYOR, scene.now).open_assignments[0].id
    scene.desk.accept(job, scene.now, by="S1")
    before = scene.desk.depart(job, scene.now, by="S1")
    with pytest.raises(Conflict, match=r"查勘员1\(在途\).*先释放"):
        scene.desk.merge(second, first, scene.now, reason=WHY, by="dispatcher")
    assert scene.desk.incident(second) == before
    assert not scene.desk.incident(first).duplicates
    scene.desk.release(job, scene.now, reason=WHY, by="dispatcher")
    assert scene.desk.merge(second, first, scene.now, reason=WHY, by="dispatcher").duplicates


def test_an_incident_somebody_arrived_at_is_never_merged_away() -> None:
    scene, first, second = two_reports()
    job = scene.desk.offer(second, Role.SURVEYOR, scene.now).open_assignments[0].id
    scene.desk.accept(job, scene.now, by="S1")
    scene.desk.depart(job, scene.now, by="S1")
    scene.desk.arrive(job, scene.wait(minutes=3), by="S1")
    with pytest.raises(Conflict, match="已到场"):
        scene.desk.merge(second, first, scene.now, reason=WHY, by="dispatcher")


def test_the_kept_incident_goes_on_as_it_was() -> None:
    scene, first, second = two_reports()
    job = scene.desk.offer(first, Role.SURVEYOR, scene.now).open_assignments[0].id
    scene.desk.accept(job, scene.now, by="S1")
    before = scene.desk.depart(job, scene.now, by="S1")
    after = scene.desk.merge(second, first, scene.now, reason=WHY, by="dispatcher")
    assert after.assignments == before.assignments
    assert after.commitment == before.commitment


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_merge_and_its_undoing_need_a_reason(reason: str) -> None:
    scene, first, second = two_reports()
    with pytest.raises(InvalidInput, match="原因"):
        scene.desk.merge(second, first, scene.now, reason=reason, by="dispatcher")
    scene.desk.merge(second, first, scene.now, reason=WHY, by="dispatcher")
    with pytest.raises(InvalidInput, match="原因"):
        scene.desk.unmerge(second, scene.now, reason=reason, by="dispatcher")


def test_nothing_is_merged_into_itself_twice_or_into_what_is_closed() -> None:
    scene, first, second = merged()
    with pytest.raises(InvalidInput, match="自己"):
        scene.desk.merge(first, first, scene.now, reason=WHY, by="dispatcher")
    with pytest.raises(Conflict, match="已结束"):
        scene.desk.merge(second, first, scene.now, reason=WHY, by="dispatcher")
    third = scene.report()
    scene.desk.close(first, scene.now, reason="处理完毕", by="dispatcher")
    with pytest.raises(Conflict, match="已结束"):
        scene.desk.merge(third, first, scene.now, reason=WHY, by="dispatcher")


def test_a_simulated_report_is_never_mixed_with_a_real_one() -> None:
    scene, first, _ = two_reports()
    report = Report(text="猎德大道,追尾", received_at=scene.now, channel=Channel.SIMULATION, simulated=True)
    with pytest.raises(Conflict, match="模拟"):
        scene.desk.merge(scene.desk.take_report(report).id, first, scene.now, reason=WHY, by="dispatcher")


def test_a_mistake_is_undone_and_the_first_promise_runs_on() -> None:
    scene, _first, second = merged()
    promise = scene.desk.incident(second).commitment
    kept = scene.desk.unmerge(second, scene.wait(seconds=20), reason="两起事故", by="dispatcher")
    again = scene.desk.incident(second)
    assert kept.duplicates == {}
    assert (again.status, again.merged_into, again.commitment) == (IncidentStatus.WAITING, None, promise)
    scene.see("S2", SCENE)
    assert scene.desk.offer(second, Role.SURVEYOR, scene.now).open_assignments[0].unit_id == "S2"


def test_a_mistake_is_undone_after_the_kept_incident_was_closed() -> None:
    scene, first, second = merged()
    scene.desk.close(first, scene.now, reason="处理完毕", by="dispatcher")
    scene.desk.unmerge(second, scene.now, reason="两起事故", by="dispatcher")
    assert [i.id for i in scene.log.open_incidents()] == [second]


def test_only_what_is_merged_can_be_undone() -> None:
    scene, _first, second = two_reports()
    with pytest.raises(IllegalTransition, match="没有并入"):
        scene.desk.unmerge(second, scene.now, reason="两起事故", by="dispatcher")
    scene.desk.close(second, scene.now, reason="误报", by="dispatcher")
    with pytest.raises(IllegalTransition, match="没有并入"):
        scene.desk.unmerge(second, scene.now, reason="两起事故", by="dispatcher")


def test_who_overtakes_a_merge_wins_and_neither_incident_is_half_merged() -> None:
    scene, first, second = two_reports()
    real = scene.log.history

    class Overtaken(type(scene.log)):
        def incident(self, incident_id):
            seen = real(incident_id)
            return fold(seen[:-1] if incident_id == first else seen)  # somebody appended since it was read

    scene.log.__class__ = Overtaken
    with pytest.raises(StaleIncident):
        scene.desk.merge(second, first, scene.now, reason=WHY, by="dispatcher")
    assert len(real(second)) == 3


def test_a_duplicate_is_in_the_account_excluded_and_shown_both_ways() -> None:
    scene, first, second = two_reports()
    job = scene.desk.offer(first, Role.SURVEYOR, scene.now).open_assignments[0].id
    for step in (scene.desk.accept, scene.desk.depart, scene.desk.arrive):
        step(job, scene.wait(minutes=2), by="S1")
    scene.desk.merge(second, first, scene.now, reason=WHY, by="dispatcher")
    found = audit(scene.log.all_events(), NOON + timedelta(hours=2))
    totals = found.totals
    assert (totals.reported, totals.kept, totals.missed, totals.open, totals.excluded) == (2, 1, 0, 0, 1)
    assert found.excluded == {Exclusion.MERGED: 1}
    assert (totals.share_kept.n, totals.share_kept.p) == (1, 1.0)
    assert (totals.share_with_excluded.n, totals.share_with_excluded.p) == (2, 0.5)
    assert found.by_zone["urban"].excluded == 1


def test_a_late_incident_stays_late_when_others_are_merged_into_it() -> None:
    scene, _first, _second = merged()
    assert audit(scene.log.all_events(), NOON + timedelta(minutes=31)).not_judged == {Problem.OVERDUE: 1}


def test_an_undone_merge_is_judged_as_if_it_had_never_been() -> None:
    scene, _first, second = merged()
    scene.desk.unmerge(second, scene.now, reason="两起事故", by="dispatcher")
    found = audit(scene.log.all_events(), NOON + timedelta(hours=2))
    assert (found.totals.missed, found.totals.excluded) == (2, 0)


def test_of_two_promises_the_stricter_is_kept_even_when_it_was_made_later() -> None:
    scene = Scene()
    suburb = scene.report("从化街口,追尾")
    scene.wait(minutes=5)
    city = scene.report("猎德大道,追尾")
    assert scene.desk.merge(suburb, city, scene.now, reason=WHY, by="dispatcher").id == city


def test_a_merged_incident_may_carry_reports_that_were_merged_into_it_before() -> None:
    scene, first, second = two_reports()
    third = scene.report()
    scene.desk.merge(third, second, scene.now, reason=WHY, by="dispatcher")
    after = scene.desk.merge(second, first, scene.now, reason=WHY, by="dispatcher")
    assert list(after.duplicates) == [second]
    assert list(scene.desk.incident(second).duplicates) == [third]
    assert replace(after, duplicates={}).open_assignments == []
