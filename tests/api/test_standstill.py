"""A demonstration that was stopped for long: what it left open ended then, real cases go on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from scene import Scene, surveyor

from api.service.setup import _in_order
from api.simulating.standstill import LONG, end_what_stood
from dispatch import events as ev
from dispatch.auditing.audit import judge
from dispatch.auditing.record import Exclusion
from dispatch.report import Report
from dispatch.vocabulary import Channel, CloseCode, RiskKind, Role, Verdict

WORDS = "黄埔大道西与猎德大道交叉口,两车追尾"


def stopped() -> tuple[Scene, dict[str, str]]:
    """A demonstration of three simulated units, stopped a minute after its last reports."""
    scene = Scene([replace(surveyor(n, 113.33 + 0.01 * n), simulated=True) for n in (1, 2, 3)])
    report = Report(text=WORDS, received_at=scene.now, channel=Channel.SIMULATION, simulated=True)
    keys = {name: scene.desk.take_report(report).id for name in ("waiting", "driving", "served")}
    keys["real"] = scene.report()
    for name in ("driving", "served"):
        job = scene.desk.offer(keys[name], Role.SURVEYOR, scene.now).open_assignments[0]
        scene.desk.accept(job.id, scene.now, by="x")
        scene.desk.depart(job.id, scene.wait(seconds=20), by="x")
    scene.desk.arrive(job.id, scene.wait(seconds=20), by="x")
    return scene, keys


def test_what_a_long_stop_left_open_is_left_out_and_counted_and_units_are_free_again() -> None:
    scene, keys = stopped()
    end = scene.now
    scene.see("S1", scene.fleet.unit("S1").standby)
    assert end_what_stood(scene.desk, scene.wait(hours=9)) == 3
    for name in ("waiting", "driving"):
        incident = scene.desk.incident(keys[name])
        assert incident.closed is not None
        assert (incident.closed.code, incident.closed_at, incident.open_assignments) == (
            CloseCode.DEMO_STOPPED,
            end,
            [],
        )
        assert judge(scene.log.history(keys[name]), scene.now).record.excluded is Exclusion.DEMO_STOPPED
    assert judge(scene.log.history(keys["served"]), scene.now).verdict is Verdict.KEPT  # somebody was there
    assert scene.log.open_assignments() == {}


def test_a_real_case_stays_open_and_its_promise_is_broken() -> None:
    scene, keys = stopped()
    scene.see("S1", scene.fleet.unit("S1").standby)
    end_what_stood(scene.desk, scene.wait(hours=9))
    assert scene.desk.incident(keys["real"]).closed_at is None
    assert judge(scene.log.history(keys["real"]), scene.now).verdict is Verdict.MISSED


@pytest.mark.parametrize("pause", [timedelta(seconds=5), LONG])
def test_after_a_short_pause_the_demonstration_goes_on(pause: timedelta) -> None:
    scene, keys = stopped()
    scene.see("S1", scene.fleet.unit("S1").standby)
    scene.now += pause
    assert end_what_stood(scene.desk, scene.now) == 0
    assert scene.desk.incident(keys["waiting"]).closed_at is None


def test_a_service_without_simulated_units_ends_nothing() -> None:
    scene = Scene()
    scene.report()
    assert end_what_stood(scene.desk, scene.wait(hours=9)) == 0


def test_steps_of_open_incidents_are_written_by_time_and_each_incident_in_its_own_order() -> None:
    """An alarm that follows an offer at the same moment must not be written before it."""
    scene, keys = stopped()
    history = scene.log.history(keys["driving"])
    offered = next(k for k, e in enumerate(history) if isinstance(e, ev.UnitOffered))
    alarm = ev.RiskRaised(
        incident_id=keys["driving"], at=history[offered].at, risk=RiskKind.UNASSIGNED, assignment_id=None, p_kept=0.0,
        eta_at=None, proposal=None, driven_s=None, role=Role.TOW_UNIT,
    )  # fmt: skip
    histories = [[*history[: offered + 1], alarm, *history[offered + 1 :]], scene.log.history(keys["waiting"])]
    seen: dict[str, int] = {}
    for events, after in _in_order(histories):
        assert after == seen.get(events[0].incident_id, 0)
        seen[events[0].incident_id] = after + len(events)
    assert seen == {h[0].incident_id: len(h) for h in histories}


def test_nobody_closes_a_case_under_the_code_of_a_standstill(client: TestClient, dispatcher: dict[str, str]) -> None:
    incident = client.post("/v1/reports", json={"text": WORDS}, headers=dispatcher).json()["id"]
    refused = client.post(f"/v1/incidents/{incident}/close", json={"code": "demo_stopped"}, headers=dispatcher)
    assert (refused.status_code, "由系统使用" in refused.json()["detail"]) == (422, True)
    assert client.get(f"/v1/incidents/{incident}", headers=dispatcher).json()["closed"] is None
