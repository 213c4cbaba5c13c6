"""Windows of the desk: proposed, carried out whole or not at all, and never kept waiting by what presses."""

from dataclasses import replace
from datetime import timedelta

import pytest
from scene import SCENE, Scene, surveyor

from dispatch import windows
from dispatch.errors import StaleIncident
from dispatch.location import Position
from dispatch.policy.policy import Choosing, Policy
from dispatch.vocabulary import AssignmentStatus, Role
from dispatch.watch import watch

AUTO = Policy(choosing=Choosing(auto_offer=True))


def at(lon: float) -> Position:
    return Position(lon, SCENE.lat)


def reported_at(scene: Scene, lon: float, text: str = "黄埔大道西与猎德大道,追尾") -> str:
    """An incident at another longitude of the same street."""
    key = scene.report(text)
    scene.desk.relocate(key, at(lon), scene.now, by="dispatcher")
    return key


def exchangeable() -> tuple[Scene, str, str]:
    """S1 was offered A before S2 came on and before B happened beside S1: exchanging serves both."""
    scene = Scene([surveyor(1, 113.35), surveyor(2, 113.35)])
    scene.see("S2", at(113.50))
    a = reported_at(scene, 113.36)
    scene.desk.offer(a, Role.SURVEYOR, scene.now)
    scene.wait(seconds=30)
    scene.see("S1", at(113.39))
    scene.see("S2", at(113.362))
    return scene, a, reported_at(scene, 113.392)


def test_two_incidents_in_a_window_share_the_units_at_the_least_cost_together() -> None:
    scene = Scene([surveyor(1, 113.40), surveyor(2, 113.60)])
    a, b = reported_at(scene, 113.38), reported_at(scene, 113.30)
    proposals = windows.propose(scene.desk, Role.SURVEYOR, scene.now)
    greedy_first = scene.desk.advise(b, Role.SURVEYOR, scene.now).options[0].unit_id
    sent = {p.incident.id: p.advice for p in proposals if p.advice}
    assert greedy_first == "S1"
    assert sorted(sent) == sorted([a, b])
    assert sorted(advice.options[0].unit_id for advice in sent.values()) == ["S1", "S2"]
    assert all(len(advice.options) == 1 for advice in sent.values())  # who goes elsewhere is no option
    (other,) = (p for p in proposals if p.elsewhere)
    (nearest,) = (p for p in proposals if not p.elsewhere)
    assert other.explanation.startswith(f"最近的查勘员1同批派往案件 {nearest.incident.id};其余人员中,")
    told = f"The nearest, 查勘员1, goes to {nearest.incident.id} in this window; of the others: "
    assert other.explanation_in_english.startswith(told)


def test_an_exchange_is_proposed_and_carried_out_as_one() -> None:
    scene, a, b = exchangeable()
    proposals = windows.propose(scene.desk, Role.SURVEYOR, scene.now)
    assert {p.incident.id: p.advice.options[0].unit_id for p in proposals if p.advice} == {a: "S2", b: "S1"}
    assert proposals[0].explanation.startswith("建议换派:查勘员1尚未出发,改由查勘员2前往")
    assert proposals[0].explanation_in_english.startswith("Exchange: 查勘员1 has not set off")
    windows.carry_out(scene.desk, proposals, scene.now, by="dispatcher")
    first, second = scene.desk.incident(a), scene.desk.incident(b)
    assert [x.status for x in first.assignments.values()] == [AssignmentStatus.RELEASED, AssignmentStatus.OFFERED]
    assert [x.unit_id for x in (*first.open_assignments, *second.open_assignments)] == ["S2", "S1"]
    assert first.open_assignments[0].offer.by == "dispatcher"


def test_an_exchange_that_was_overtaken_changes_nothing() -> None:
    scene, a, b = exchangeable()
    proposals = windows.propose(scene.desk, Role.SURVEYOR, scene.now)
    scene.desk.relocate(b, at(113.393), scene.now, by="dispatcher")
    before = scene.desk.incident(a), scene.desk.incident(b)
    with pytest.raises(StaleIncident):
        windows.carry_out(scene.desk, proposals, scene.now)
    assert (scene.desk.incident(a), scene.desk.incident(b)) == before


@pytest.mark.parametrize("step", ["depart", "named"])
def test_who_has_set_off_or_was_named_by_an_operator_is_not_exchanged(step: str) -> None:
    scene, a, b = exchangeable()
    job = scene.desk.incident(a).open_assignments[0].id
    if step == "depart":
        scene.desk.accept(job, scene.now, by="S1")
        scene.desk.depart(job, scene.now, by="S1")
    else:
        scene.desk.release(job, scene.now, reason="换人", by="dispatcher")
        scene.desk.offer(a, Role.SURVEYOR, scene.now, unit_id="S1", reason="熟悉", by="dispatcher")
    proposals = windows.propose(scene.desk, Role.SURVEYOR, scene.now)
    assert {p.incident.id: p.advice.options[0].unit_id for p in proposals if p.advice} == {b: "S2"}


def test_whoever_declined_is_not_matched_again() -> None:
    scene = Scene([surveyor(1, 113.34), surveyor(2, 113.36)])
    a = scene.report()
    job = scene.desk.offer(a, Role.SURVEYOR, scene.now).open_assignments[0]
    scene.desk.decline(job.id, scene.wait(seconds=10), reason="忙", by="S1")
    (proposal,) = windows.propose(scene.desk, Role.SURVEYOR, scene.now)
    assert proposal.advice is not None
    assert proposal.advice.options[0].unit_id == "S2"


def test_an_incident_for_which_nobody_is_worth_sending_is_told_to_wait() -> None:
    scene = Scene([surveyor(1, 114.3)], Policy(choosing=Choosing(wait_price_s=600)))
    scene.report()
    (proposal,) = windows.propose(scene.desk, Role.SURVEYOR, scene.now)
    assert proposal.advice is None
    assert proposal.explanation.startswith("暂不派单")
    assert proposal.explanation_in_english.startswith("Wait")
    windows.carry_out(scene.desk, [proposal], scene.now)
    assert scene.log.open_assignments() == {}


def test_the_watch_waits_for_a_window_but_not_with_an_injury() -> None:
    scene = Scene(policy=AUTO)
    scene.report()
    watch(scene.desk, scene.wait(seconds=10))
    assert scene.log.open_assignments() == {}
    scene.report("黄埔大道西与猎德大道,一人受伤")
    watch(scene.desk, scene.wait(seconds=2))
    assert len(scene.log.open_assignments()) == 2


def test_the_watch_offers_after_the_window_and_only_where_the_policy_says_so() -> None:
    scene = Scene(policy=AUTO)
    scene.report()
    by_hand = replace(scene.desk, policy=Policy())
    scene.wait(seconds=20)
    watch(by_hand, scene.now)
    assert scene.log.open_assignments() == {}
    watch(scene.desk, scene.now)
    assert len(scene.log.open_assignments()) == 1


def test_a_chain_that_lost_a_race_leaves_the_others_alone() -> None:
    scene = Scene([surveyor(1, 113.34), surveyor(2, 113.40)], AUTO)
    a, b = reported_at(scene, 113.34), reported_at(scene, 113.40)
    scene.wait(seconds=30)

    class Racing(type(scene.log)):  # type: ignore[misc]
        def append_all(self, parts: object) -> None:
            if parts[0][0][0].incident_id == a:  # type: ignore[index]
                raise StaleIncident("somebody was quicker")
            scene.log.append_all(parts)  # type: ignore[arg-type]

    log = Racing()
    log.__dict__.update(scene.log.__dict__)
    windows.run_window(replace(scene.desk, log=log), scene.now)
    assert scene.desk.incident(a).open_assignments == []
    assert len(scene.desk.incident(b).open_assignments) == 1


def test_a_window_without_anything_to_do_proposes_nothing() -> None:
    scene = Scene()
    assert windows.propose(scene.desk, Role.SURVEYOR, scene.now) == []
    assert not windows.is_due(scene.desk, Role.SURVEYOR, scene.now + timedelta(hours=1))
