"""Periods, differences, percentiles, and what a service report counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_months import CLIENT, OCTOBER, incident, month

from dispatch import events as ev
from dispatch.auditing import audit as judging
from dispatch.auditing.record import Record
from dispatch.auditing.shares import share
from dispatch.errors import InvalidInput
from dispatch.policy.audit_rules import AuditRules
from dispatch.prediction.moments import Moment
from dispatch.reporting.advice import LEAST_ACCIDENTS, advise_drivers
from dispatch.reporting.forecasts import forecasts
from dispatch.reporting.kinds import AccidentKind, kinds_of
from dispatch.reporting.line import line_of
from dispatch.reporting.often import often_places, often_vehicles
from dispatch.reporting.period import Period, PeriodKind, read_period
from dispatch.reporting.satisfaction import claim_steps, decisions, satisfaction
from dispatch.reporting.service_report import service_report
from dispatch.reporting.uncertainty import difference, paired_difference, quantile
from dispatch.vocabulary import CloseCode, Verdict

NOW = datetime(2026, 11, 2, tzinfo=UTC)
RULES = AuditRules()
OCT = Period(PeriodKind.MONTH, date(2026, 10, 1))


def lines(n=200, seed=1):
    return [line_of(h, NOW, RULES) for h in month(n, seed)]


# -- periods ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words", "first", "last"),
    [
        (PeriodKind.MONTH, None, "2026-10-01", "2026-10-31"),
        (PeriodKind.MONTH, "this", "2026-11-01", "2026-11-30"),
        (PeriodKind.MONTH, "2024-02", "2024-02-01", "2024-02-29"),
        (PeriodKind.QUARTER, "previous", "2026-07-01", "2026-09-30"),
        (PeriodKind.QUARTER, "2026Q4", "2026-10-01", "2026-12-31"),
        (PeriodKind.QUARTER, "2026-q1", "2026-01-01", "2026-03-31"),
    ],
)
def test_a_period_is_read_from_words(kind, words, first, last):
    period = read_period(kind, words, NOW)
    assert (str(period.first), str(period.last)) == (first, last)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (PeriodKind.MONTH, "2026-13"),
        (PeriodKind.MONTH, "2026Q3"),
        (PeriodKind.QUARTER, "2026Q5"),
        (PeriodKind.MONTH, "2026-12"),
        (PeriodKind.MONTH, "0000-01"),
    ],
)
def test_what_is_no_period_or_has_not_begun_is_refused(kind, words):
    with pytest.raises(InvalidInput):
        read_period(kind, words, NOW)


def test_the_current_month_goes_by_the_guangzhou_day():
    late = datetime(2026, 10, 31, 17, tzinfo=UTC)  # 1 November, 01:00 in Guangzhou
    assert read_period(PeriodKind.MONTH, "this", late).name == "2026-11"


@given(st.dates(date(2001, 1, 1), date(2199, 12, 31)), st.sampled_from(PeriodKind))
def test_periods_follow_each_other_without_gap(day, kind):
    period = read_period(kind, "this", datetime(day.year, day.month, day.day, tzinfo=UTC))
    assert period.previous.end_at == period.start_at
    assert period.first <= day <= period.last
    assert len(period.days) == (period.last - period.first).days + 1
    assert read_period(kind, period.name, datetime(2200, 1, 1, tzinfo=UTC)) == period


# -- uncertainty -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),  # Newcombe (1998), table II, method 10
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_the_interval_of_a_difference_is_that_of_the_paper(one, other, low, high):
    found = difference(share(*one), share(*other))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_a_difference_needs_both_shares():
    assert difference(share(0, 0), share(1, 2)) is None
    assert difference(share(1, 2), share(0, 0)) is None


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 50))
def test_a_difference_lies_in_its_interval_and_turns_with_its_sides(a, n, b, m):
    one, other = share(min(a, n), n), share(min(b, m), m)
    found, turned = difference(one, other), difference(other, one)
    assert -1 <= found.low <= found.d <= found.high <= 1
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))


def test_the_interval_of_a_percentile_holds_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(1)
    held = 0
    for _ in range(400):
        found = quantile(random.exponential(600, 120), 0.9)
        held += found.low_s <= -600 * np.log(0.1) <= found.high_s
    assert 0.92 <= held / 400 <= 0.99


def test_a_percentile_of_few_has_no_interval():
    assert quantile([], 0.9).value_s is None
    few = quantile([60.0, 120.0, 180.0], 0.9)
    assert (few.n, few.low_s, few.high_s) == (3, None, None)


# -- the account -----------------------------------------------------------------------------------------------------


def test_the_report_counts_what_the_audit_counts():
    histories = month(300)
    report = service_report(histories, [], OCT, NOW)
    audit = judging.audit(histories, NOW)
    assert report.audit.totals == audit.totals
    assert report.audit.by_zone == audit.by_zone
    assert sum(t.reported for t in report.by_day.values()) == 300
    assert len(report.by_day) == 31
    assert report.change is None
    assert sum(report.audit.causes.values()) == report.audit.totals.missed


def test_a_client_gets_their_own_incidents_by_number_or_by_organisation():
    histories = month(200)
    own = service_report(histories, [], OCT, NOW, client=CLIENT)
    assert {line.client for line in own.lines} == {CLIENT}
    rules = replace(RULES, organisations=((CLIENT, "黄埔环卫"),))
    by_name = service_report(histories, [], OCT, NOW, client="黄埔环卫", rules=rules)
    assert len(by_name.lines) == len(own.lines)
    assert not service_report(histories, [], OCT, NOW, client="无此单位").lines


def test_a_history_that_contradicts_itself_stays_in_the_account():
    report = service_report([month(1)[0][1:]], [], OCT, NOW)
    assert report.audit.totals.missed == 1


def test_duplicates_and_what_was_called_off_are_no_accidents():
    history = incident("A", OCTOBER, Random(3))[:3]
    at = OCTOBER + timedelta(minutes=2)
    off = ev.IncidentClosed(incident_id="A", at=at, reason="撤销", code=CloseCode.WITHDRAWN)
    merged = ev.IncidentMerged(incident_id="A", at=at, kept_id="X", p_same=0.9, likeness="", reason="同一事故")
    for last, is_accident in ((None, True), (off, False), (merged, False)):
        told = [*history, *([last] if last else [])]
        assert line_of(told, NOW, RULES).is_accident is is_accident


def test_ratings_are_counted_with_n_and_interval():
    found = satisfaction(lines(400))
    assert found.n == sum(found.by_stars.values()) > 50
    assert found.content.n == found.n
    assert found.content.low < found.content.p < found.content.high
    assert found.answered.n == found.asked == 400
    assert 1 <= found.mean <= 5
    assert satisfaction([]).mean is None


def test_claims_never_reach_a_step_more_often_than_the_one_before():
    chosen = lines(400)
    steps = claim_steps(chosen)
    reached = [s.reached for s in steps]
    assert reached == sorted(reached, reverse=True)
    assert steps[1].took.value_s == 5 * 3600 + 1200  # assessed five hours after the scene was left
    assert decisions(chosen) == (steps[3].reached, 0)
    assert steps[3].yuan <= steps[1].yuan


def test_stated_probabilities_are_set_against_what_came_true():
    chosen = lines(400)
    found = forecasts(chosen)[Moment.ASSIGNMENT]
    due = [n for n in chosen if n.p_kept is not None and n.record.verdict in (Verdict.KEPT, Verdict.MISSED)]
    assert (found.n, found.kept.kept) == (len(due), sum(n.record.verdict is Verdict.KEPT for n in due))
    assert found.stated == pytest.approx(sum(n.p_kept for n in due) / len(due))
    assert forecasts([]) == {}


# -- vehicles, places, advice ----------------------------------------------------------------------------------------


def test_vehicles_and_places_that_come_often_are_named_most_first():
    chosen = lines(400)
    vehicles = often_vehicles(chosen, masked=False)
    assert [v.n for v in vehicles] == sorted((v.n for v in vehicles), reverse=True)
    first = vehicles[0]
    assert sum(line.plate == first.name for line in chosen) == first.n >= 2
    assert sum(p.n for p in often_places(chosen)) <= 400


def test_few_accidents_give_no_advice():
    few = lines(LEAST_ACCIDENTS - 1)
    assert advise_drivers(few, often_vehicles(few, masked=False), often_places(few)) == ()


def test_each_piece_of_advice_names_the_number_behind_it():
    chosen = lines(400)
    advice = advise_drivers(chosen, often_vehicles(chosen, masked=False), often_places(chosen))
    scrapes = sum(AccidentKind.SCRAPE in line.kinds for line in chosen)
    assert advice[0].because.startswith(f"变道或剐蹭 {scrapes} 起,占 400 起的".replace(",", "，"))
    assert all(any(c.isdigit() for c in a.because) for a in advice)


def test_kinds_come_from_the_callers_words():
    assert kinds_of("雨天打滑追尾") == (AccidentKind.REAR_END, AccidentKind.SLIPPERY)
    assert kinds_of("车辆故障") == ()


def test_the_interval_of_a_paired_difference_holds_the_truth_nineteen_times_in_twenty():
    draw, p_up, p_down, held = np.random.default_rng(5), 0.06, 0.02, 0
    for _ in range(300):
        u = draw.random(150)
        now = [judged(k, kept=x < 0.5 or x >= 1 - p_up) for k, x in enumerate(u)]
        before = [judged(k, kept=x < 0.5 + p_down) for k, x in enumerate(u)]
        found = paired_difference(now, before)
        held += found.low <= p_up - p_down <= found.high
    assert 0.92 <= held / 300 <= 0.985


def test_a_paired_difference_counts_only_incidents_that_are_due_under_both():
    before = [judged(1, kept=False), judged(2, kept=True), judged(3, kept=True)]
    now = [judged(1, kept=True), judged(2, kept=True), judged(9, kept=False)]
    assert paired_difference(now, before).d == 0.5
    assert paired_difference(now, []) is None


def judged(key, *, kept):
    took_s = 100.0 if kept else 2000.0
    return Record(incident=str(key), limit_s=1800.0, legs_s=(None, None, None, took_s, None))
