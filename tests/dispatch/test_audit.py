from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_histories import random_histories

from dispatch import events as ev
from dispatch.auditing.audit import Basis, audit, judge, summarise
from dispatch.auditing.judging import turns
from dispatch.auditing.record import RESPONSE, Cause, Exclusion, Problem, Record
from dispatch.auditing.shares import HOURS, VERDICTS, columns, share, tally
from dispatch.closing import closing
from dispatch.errors import InvalidInput
from dispatch.folding import fold
from dispatch.policy.audit_rules import AuditRules
from dispatch.track_matching import Carriageway
from dispatch.vocabulary import INTERVALS, Channel, CloseCode, Role, Tier, Verdict, Zone

START = datetime(2026, 11, 22, 0, 10, tzinfo=UTC)  # 08:10 in Guangzhou
LIMIT_S = 1800.0


def at(seconds):
    return START + timedelta(seconds=seconds)


def reported(simulated=False, incident="GZ1"):
    return ev.IncidentReported(
        incident_id=incident, at=START, text="追尾", channel=Channel.CONSOLE, tier=Tier.STANDARD, simulated=simulated
    )


def promised(limit_s=LIMIT_S, zone=Zone.URBAN, incident="GZ1"):
    return ev.CommitmentMade(
        incident_id=incident, at=START, kind="arrival", zone=zone, tier=Tier.STANDARD, starts_at=START,
        due_at=at(limit_s), limit_s=limit_s, policy_version="test",
    )  # fmt: skip


def trip(
    *, accepted=60, departed=120, claimed=None, confirmed=None, cleared=None, key="GZ1-1", unit="S1", role=Role.SURVEYOR
):
    head = {"incident_id": key.rpartition("-")[0], "assignment_id": key, "unit_id": unit}
    chosen = ev.Candidate(unit_id=unit, unit_name=unit, travel_s=600, eta_s=700, eta_p90_s=900, p_kept=0.9)
    yield ev.UnitOffered(
        **head, at=at(30), role=role, eta_at=at(700), p_kept=0.9, chosen=chosen, runners_up=(), refused=(), rule="test"
    )
    yield ev.AssignmentAccepted(**head, at=at(accepted))
    yield ev.UnitDeparted(**head, at=at(departed))
    if claimed is not None:
        yield ev.ArrivalClaimed(**head, at=at(claimed))
    if confirmed is not None:
        yield ev.ArrivalConfirmed(**head, at=at(confirmed), distance_m=20)
    if cleared is not None:
        yield ev.UnitCleared(**head, at=at(cleared))


def served(claimed, **more):
    return [reported(), promised(), *trip(claimed=claimed, **more)]


def closed(history, seconds):
    return [*history, ev.IncidentClosed(incident_id="GZ1", at=at(seconds), reason="done")]


@pytest.mark.parametrize(("seconds", "verdict"), [(1, "kept"), (1799, "kept"), (1800, "kept"), (1801, "missed")])
def test_an_arrival_at_the_limit_is_kept_and_a_second_later_is_missed(seconds, verdict):
    assert judge(served(seconds), at(4000)).verdict.value == verdict


def test_without_an_arrival_a_promise_is_open_until_due_and_missed_after():
    history = [reported(), promised(), *trip()]
    assert judge(history, at(1800)).verdict is Verdict.OPEN
    late = judge(history, at(1801))
    assert (late.verdict, late.record.problem) == (Verdict.MISSED, Problem.OVERDUE)


def test_an_incident_closed_without_arrival_is_missed_even_before_it_is_due():
    judged = judge(closed([reported(), promised()], 300), at(400))
    assert (judged.verdict, judged.record.problem) == (Verdict.MISSED, Problem.NO_ARRIVAL)


@pytest.mark.parametrize("code", [c for c in CloseCode if c.is_cancelled])
@pytest.mark.parametrize(("seconds", "excluded"), [(300, True), (1800, True), (1801, False)])
def test_a_promise_called_off_in_time_is_left_out_by_its_code_and_later_it_stays_missed(code, seconds, excluded):
    off = ev.IncidentClosed(incident_id="GZ1", at=at(seconds), reason="x", code=code)
    told = replace(reported(), simulated=code is CloseCode.DEMO_STOPPED)
    found = audit([[told, promised(), off]], at(9000))
    reason = {Exclusion(code.value): 1}
    assert (found.excluded, found.cancelled_late) == ((reason, {}) if excluded else ({}, reason))
    assert (found.totals.excluded, found.totals.missed) == (int(excluded), int(not excluded))
    assert found.totals.share_with_excluded.n == 1


def test_a_real_promise_is_never_left_out_because_a_demonstration_stopped():
    off = ev.IncidentClosed(incident_id="GZ1", at=at(60), reason="x", code=CloseCode.DEMO_STOPPED)
    found = audit([[reported(), promised(), off]], at(9000))
    assert (found.excluded, found.cancelled_late, found.totals.missed) == ({}, {}, 1)
    with pytest.raises(InvalidInput, match="模拟"):
        closing(fold([reported(), promised()]), at(60), reason="", code=CloseCode.DEMO_STOPPED, by="李四")


def test_called_off_after_somebody_arrived_it_is_judged_and_other_codes_leave_nothing_out():
    off = ev.IncidentClosed(incident_id="GZ1", at=at(2000), reason="x", code=CloseCode.WITHDRAWN)
    there = [*served(1900), ev.UnitCleared(incident_id="GZ1", assignment_id="GZ1-1", unit_id="S1", at=at(1990)), off]
    assert judge(there, at(9000)).record.cancelled_late is None
    assert judge(there, at(9000)).verdict is Verdict.MISSED
    for code in (CloseCode.DONE, CloseCode.OTHER, None):
        other = ev.IncidentClosed(incident_id="GZ1", at=at(60), reason="x", code=code)
        assert judge([reported(), promised(), other], at(9000)).verdict is Verdict.MISSED


def test_without_a_promise_nothing_is_left_out_by_calling_it_off():
    off = ev.IncidentClosed(incident_id="GZ1", at=at(60), reason="x", code=CloseCode.WITHDRAWN)
    assert judge([reported(), off], at(9000)).record.problem is Problem.NO_COMMITMENT


@pytest.mark.parametrize(("number", "name"), [("HP-001", "黄埔环卫"), ("hp 7·12", "七队"), ("GY1", None), ("", None)])
def test_a_client_number_belongs_to_the_organisation_of_its_longest_beginning(number, name):
    rules = AuditRules(organisations=(("HP", "黄埔环卫"), ("HP-7", "七队")))
    taken = replace(reported(), client=number)
    assert judge([taken, promised()], at(60), rules).record.client == name


def test_a_unit_has_what_it_arrived_at_first_or_held_last():
    second = [*trip(claimed=None, key="GZ1-2", unit="S2")]
    released = ev.AssignmentReleased(incident_id="GZ1", assignment_id="GZ1-1", unit_id="S1", at=at(300), reason="x")
    handed_on = [reported(), promised(), *trip(), released, *second]
    assert judge(served(900), at(4000)).record.unit == "S1"
    assert judge(handed_on, at(4000)).record.unit == "S2"
    assert judge([reported(), promised()], at(4000)).record.unit is None


def test_each_leg_is_held_against_our_own_target():
    basis = Basis(title="", source="", judged_at=at(4000), rules=AuditRules(turnout_s=60))
    found = audit([served(900), served(900, departed=121), [reported(), promised()]], at(60), basis)
    by_name = {s.interval.name: s for s in found.intervals}
    turnout, response = by_name["turnout"], by_name["response"]
    assert (turnout.target_s, turnout.share_within) == (60, share(1, 2))
    assert (response.target_s, response.share_within) == (None, share(0, 0))
    assert found.intervals_by_zone == {"urban": found.intervals}


@pytest.mark.parametrize(("seconds", "problem"), [(0, Problem.ZERO_INTERVAL), (-5, Problem.ARRIVAL_BEFORE_START)])
def test_an_arrival_at_or_before_the_report_is_named_and_never_kept(seconds, problem):
    judged = judge(served(seconds), at(4000))
    assert (judged.verdict, judged.record.problem) == (Verdict.MISSED, problem)


def test_an_arrival_in_the_future_is_named_and_never_kept():
    assert judge(served(900), at(600)).record.problem is Problem.ARRIVAL_AFTER_NOW


def test_the_clock_starts_at_the_report_whatever_the_commitment_says():
    generous = ev.CommitmentMade(
        incident_id="GZ1", at=at(600), kind="arrival", zone=Zone.URBAN, tier=Tier.STANDARD, starts_at=at(600),
        due_at=at(2400), limit_s=LIMIT_S, policy_version="test",
    )  # fmt: skip
    judged = judge([reported(), generous, *trip(claimed=2000)], at(4000))
    assert judged.verdict is Verdict.MISSED
    assert judged.due_at == at(1800)


def test_the_first_surveyor_stops_the_clock_and_a_tow_unit_does_not():
    tow = trip(claimed=300, key="GZ1-1", unit="T1", role=Role.TOW_UNIT)
    history = [reported(), promised(), *tow, *trip(claimed=900, key="GZ1-2")]
    assert judge(history, at(4000)).record.response_s == 900


def test_without_a_commitment_nothing_is_kept():
    history = [reported(), *trip(claimed=300)]
    judged = judge(history, at(600))
    assert (judged.verdict, judged.record.problem) == (Verdict.MISSED, Problem.NO_COMMITMENT)
    assert judge([reported()], at(600)).verdict is Verdict.OPEN
    assert judge([reported()], at(1801)).verdict is Verdict.MISSED


def test_the_track_is_reported_beside_the_verdict():
    assert judge(served(900), at(4000)).record.confirmed is False
    assert judge(served(900, confirmed=960), at(4000)).record.confirmed is True
    assert judge([reported(), promised()], at(60)).record.confirmed is None


def test_each_leg_runs_between_its_two_stated_ends():
    record = judge(served(900, cleared=2000), at(4000)).record
    legs = dict(zip((i.name for i in INTERVALS), record.legs_s, strict=True))
    assert legs == {"call_handling": 60, "turnout": 60, "travel": 780, "response": 900, "on_scene": 1100}


def test_the_hour_is_guangzhou_time_and_every_hour_has_a_line():
    result = audit([served(900)], at(4000))
    assert list(result.by_hour) == list(HOURS)
    assert result.by_hour["08"].kept == 1


def test_simulated_incidents_are_counted_as_such():
    result = audit([[reported(simulated=True), promised()], [reported(), promised()]], at(60))
    assert (result.totals.simulated, result.totals.reported, result.totals.open) == (1, 2, 2)


def test_a_history_that_contradicts_itself_stays_in_the_denominator():
    broken = [reported(), promised(), promised(limit_s=99_999)]
    result = audit([broken, []], at(60))
    assert result.not_judged == {Problem.BROKEN_HISTORY: 2}
    assert result.by_zone["urban"].missed == 1


def test_a_very_quick_arrival_is_kept_but_pointed_out():
    assert audit([served(59), served(61)], at(4000)).quick == 1


def test_a_share_agrees_with_the_worked_figures_of_wilson():
    # 35 of 52 within half an hour: regulators' mystery calls in Fuzhou 2011 and Ningbo 2012.
    found = share(35, 52)
    assert (round(found.p, 2), round(found.low, 2), round(found.high, 2)) == (0.67, 0.54, 0.78)


def test_a_share_of_nothing_states_nothing():
    assert share(0, 0).p is None
    assert tally(columns([])).p50_s is None


def test_a_time_without_a_limit_must_name_the_problem():
    with pytest.raises(InvalidInput, match="no_limit"):
        Record(incident="x", limit_s=None, legs_s=(None, None, None, 5.0, None))
    with pytest.raises(InvalidInput, match="name the problem"):
        Record(incident="x", limit_s=60, legs_s=(None, None, None, -5.0, None))


def honest_record(*, legs_s, problem, **more):
    """A record as a source must write it: a response that cannot be is named as a problem."""
    response_s = legs_s[RESPONSE]
    if response_s is not None and response_s <= 0:
        problem = problem or Problem.ARRIVAL_BEFORE_START
    return Record(legs_s=legs_s, problem=problem, **more)


def records():
    seconds = st.none() | st.floats(-10_000, 100_000)
    legs = st.tuples(*[seconds] * len(INTERVALS))
    return st.builds(
        honest_record,
        incident=st.text(max_size=3),
        limit_s=st.sampled_from([540.0, 1800.0]),
        legs_s=legs,
        problem=st.none() | st.sampled_from(Problem),
        zone=st.sampled_from(["urban", "suburban", None]),
        district=st.none() | st.just("天河区"),
        hour=st.none() | st.integers(0, 23),
        day=st.none() | st.sampled_from(["2026-11-30", "2026-12-01", "2026-12-02"]),
        unit=st.none() | st.sampled_from(["S1", "S2"]),
        client=st.none() | st.just("黄埔环卫"),
        simulated=st.booleans(),
    )


@given(st.lists(records(), max_size=40))
def test_in_columns_every_verdict_is_the_record_s_own(chosen):
    assert [VERDICTS[code] for code in columns(chosen).verdict] == [r.verdict for r in chosen]


@given(st.lists(records(), max_size=40))
def test_nobody_is_lost_in_any_group(chosen):
    basis = audit([], START).basis
    result = summarise(chosen, basis)
    assert result.totals.reported == len(chosen)
    for group in ("zone", "district", "hour", "tier", "unit", "client", "month", "day"):
        groups = getattr(result, f"by_{group}")
        for kind in ("reported", "kept", "missed", "open", "timed", "late", "simulated"):
            assert sum(getattr(t, kind) for t in groups.values()) == getattr(result.totals, kind)
    for stat in result.intervals:
        assert stat.n + stat.missing + stat.doubtful == len(chosen)
    for i, stat in enumerate(result.intervals):
        zones = [stats[i] for stats in result.intervals_by_zone.values()]
        assert (stat.n, stat.within) == (sum(s.n for s in zones), sum(s.within for s in zones))
    assert sum(result.causes.values()) == result.totals.missed
    assert result.totals.missed == result.totals.late + sum(result.not_judged.values())


@given(records())
def test_only_a_trusted_time_within_the_limit_is_kept(record):
    kept = record.problem is None and record.response_s is not None and record.response_s <= record.limit_s
    assert (record.verdict is Verdict.KEPT) == kept


@given(st.integers(1, 500), st.data())
def test_the_interval_holds_its_share(n, data):
    found = share(data.draw(st.integers(0, n)), n)
    assert 0 <= found.low <= found.p + 1e-12 <= found.high + 2e-12 <= 1 + 3e-12


# -- the track beside the button ---------------------------------------------------------------------------------


def test_a_claim_that_the_track_denies_is_not_kept_unless_a_later_confirmation_overrules_it():
    denied = ev.ArrivalContradicted(
        incident_id="GZ1", at=at(1400), assignment_id="GZ1-1", unit_id="S1", nearest_m=900, fixes=30
    )
    found = judge([*served(900), denied], at(4000))
    assert (found.verdict, found.record.problem) == (Verdict.MISSED, Problem.CONTRADICTED)
    assert found.record.blame.cause is Cause.UNTRUSTED
    overruled = judge([*served(900), denied, came(960)], at(4000))
    assert (overruled.verdict, overruled.record.problem) == (Verdict.KEPT, None)


def test_button_and_track_are_compared_over_the_same_arrivals():
    found = audit(
        [
            [*served(1790), came(1830)],  # kept by the button only
            [*served(1850), came(1800, side=Carriageway.OPPOSITE)],  # kept by the track only
            [*served(900), came(880)],
            [*served(900), came(None)],  # a confirmation from before tracks named times
            served(900),
        ],
        at(9000),
    )
    t, track = found.totals, found.track
    assert (t.confirmed, t.unconfirmed, t.contradicted, track.opposite) == (4, 1, 0, 1)
    assert (track.n, track.kept_by_button, track.kept_by_track) == (3, 2, 2)
    assert (track.p50_s, track.p90_s) == (20.0, pytest.approx(44.0))  # of -40, 20 and 50
    assert track.share_by_track == share(2, 3)


def came(seconds, side=None):
    return ev.ArrivalConfirmed(
        incident_id="GZ1", at=at(2000), assignment_id="GZ1-1", unit_id="S1", distance_m=20,
        track_arrived_at=None if seconds is None else at(seconds), carriageway=side,
    )  # fmt: skip


def test_while_nothing_happens_a_verdict_changes_at_its_turns_and_at_no_other_moment():
    changed = 0
    for history in random_histories(5, 150):
        incident = fold(history)
        marks = turns(incident)
        moments = [m + timedelta(seconds=s) for m in (*marks, START) for s in (-7200, -60, -1e-3, 0, 1e-3, 60, 7200)]
        by_side = {}
        for moment in moments:
            record = judge(incident, moment).record
            side = tuple((moment > m) - (moment < m) for m in marks)
            by_side.setdefault(side, set()).add((record.verdict, record.excluded))
        assert all(len(found) == 1 for found in by_side.values()), incident.id
        changed += len(set.union(*by_side.values())) > 1
    assert changed > 30
