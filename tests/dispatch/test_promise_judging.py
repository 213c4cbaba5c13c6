"""Kept, missed, open, excluded or not to be judged: one promise after the other, and what holds for all of them."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.days import midnight
from dispatch.promises.defaults import RULES
from dispatch.promises.editions import Edition, judge_all
from dispatch.promises.facts import Fact, Scope
from dispatch.promises.judging import CORRECTED, PromiseVerdict, judge, periods
from dispatch.promises.limits import read_limit
from dispatch.unit import GUANGZHOU_TIME
from geo_data.working_days import ChineseWorkingDays

CALENDAR = ChineseWorkingDays()
T0 = datetime(2026, 11, 23, 10, tzinfo=GUANGZHOU_TIME)  # a Monday
RULE = {rule.name: rule for rule in RULES}
KEPT, MISSED, OPEN, EXCLUDED, UNJUDGED = PromiseVerdict


def h(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def fact(kind: str, at: datetime, *, known_at: datetime | None = None, key: str = "A", **traits: str) -> Fact:
    subjects = dict.fromkeys(Scope, key)
    return Fact(id=f"{kind}@{at}", kind=kind, subjects=subjects, at=at, known_at=known_at or at, traits=traits)


def told(means: str, at: datetime, **more: datetime) -> Fact:
    return fact("client_told", at, means=means, **more)


REFUSED = fact("claim_refused", T0)


@pytest.mark.parametrize(
    ("facts", "now", "verdict", "done"),
    [
        ([], h(10), OPEN, None),
        ([], h(62), OPEN, None),  # due at the end of Wednesday, 62 hours on
        ([], h(62.1), MISSED, None),
        ([told("writing", h(1))], h(10), OPEN, None),
        ([told("writing", h(1)), told("sms", h(2))], h(63), MISSED, None),
        ([told("writing", h(1)), told("telephone", h(9))], h(10), KEPT, h(9)),
        ([told("writing", h(1)), told("telephone", h(62))], h(70), KEPT, h(62)),
        ([told("writing", h(1)), told("telephone", h(63))], h(70), MISSED, h(63)),
        ([told("writing", h(-1)), told("telephone", h(1))], h(70), MISSED, None),  # told before it was decided
        ([told("writing", h(80)), told("telephone", h(81))], h(70), MISSED, None),  # nobody knows of it yet
    ],
)
def test_a_refusal_is_told_in_writing_and_by_telephone(
    facts: list[Fact], now: datetime, verdict: PromiseVerdict, done: datetime | None
) -> None:
    found = judge(RULE["refusal_told"], REFUSED, [REFUSED, *facts], now, CALENDAR)
    assert (found.verdict, found.done_at) == (verdict, done)
    assert found.due_at == datetime(2026, 11, 26, tzinfo=GUANGZHOU_TIME)
    assert bool(found.wanting) == (done is None)
    assert set(found.evidence) <= {REFUSED.id, *(f.id for f in facts)}


def test_what_is_recorded_after_it_was_due_counts_and_is_marked() -> None:
    late = told("mail", h(2), known_at=h(100))
    paid = fact("claim_paid", T0)
    found = judge(RULE["payment_told"], paid, [paid, late], h(101), CALENDAR)
    assert (found.verdict, found.recorded_late) == (KEPT, True)
    before = judge(RULE["payment_told"], paid, [paid, late], h(90), CALENDAR)
    assert before.verdict is MISSED


def test_a_fact_that_was_taken_back_proves_nothing_from_then_on() -> None:
    paid, call = fact("claim_paid", T0), replace(told("telephone", h(1)), corrected_at=h(5))
    verdicts = [judge(RULE["payment_told"], paid, [paid, call], now, CALENDAR).verdict for now in (h(4), h(5), h(60))]
    assert verdicts == [KEPT, OPEN, MISSED]


def test_a_correction_in_time_starts_anew_and_one_too_late_leaves_the_miss() -> None:
    second = replace(fact("claim_paid", h(1), known_at=h(20)), corrects=True)
    call = told("telephone", h(2))  # told of the first decision, not of the one that was corrected
    for corrected, now, verdict in ((h(20), h(30), EXCLUDED), (h(50), h(51), MISSED)):
        first = replace(fact("claim_paid", T0), corrected_at=corrected)
        found = judge(RULE["payment_told"], first, [first, second], now, CALENDAR)
        assert (found.verdict, found.reason) == (verdict, CORRECTED if verdict is EXCLUDED else "")
    found = judge(RULE["payment_told"], second, [second, call], h(30), CALENDAR)
    assert found.verdict is OPEN


@pytest.mark.parametrize(("merged", "verdict"), [(h(0.1), EXCLUDED), (h(0.2), MISSED), (h(5), MISSED)])
def test_only_what_is_known_before_it_is_due_excludes(merged: datetime, verdict: PromiseVerdict) -> None:
    start = fact("incident_reported", T0)
    found = judge(RULE["caller_contacted"], start, [start, fact("incident_merged", merged)], h(9), CALENDAR)
    assert found.verdict is verdict


def test_what_is_kept_already_stays_kept_whatever_excludes_it_later() -> None:
    start, call = fact("incident_reported", T0), fact("caller_contacted", h(0.05), means="telephone", reached="yes")
    merged = fact("incident_merged", h(0.1))
    assert judge(RULE["caller_contacted"], start, [start, call, merged], h(9), CALENDAR).verdict is KEPT


def test_a_try_that_reached_nobody_keeps_nothing() -> None:
    start, rung = fact("incident_reported", T0), fact("caller_contacted", h(0.05), means="telephone", reached="no")
    assert judge(RULE["caller_contacted"], start, [start, rung], h(9), CALENDAR).verdict is MISSED


def test_a_limit_beyond_the_calendar_cannot_be_judged_and_says_why_while_hours_and_months_can() -> None:
    eve = datetime(2026, 12, 31, 12, tzinfo=GUANGZHOU_TIME)
    paid = fact("claim_paid", eve)
    call = told("telephone", eve + timedelta(days=1))
    found = judge(RULE["payment_told"], paid, [paid, call], eve + timedelta(days=20), CALENDAR)
    assert (found.verdict, found.due_at, found.wanting) == (UNJUDGED, None, ())
    assert "chinesecalendar" in found.reason
    raised = fact("problem_raised", eve, problem="technical")
    facts = [paid, raised, fact("client_in_force", eve)]
    edition = Edition(from_at=T0, version="1", rules=RULES)
    every = {j.rule.name: j.verdict for j in judge_all([edition], facts, eve + timedelta(days=40), CALENDAR)}
    assert (every["payment_told"], every["claimant_visit"]) == (UNJUDGED, UNJUDGED)
    assert (every["technical_solved"], every["first_visit"]) == (MISSED, MISSED)


IN_FORCE = fact("client_in_force", midnight(date(2026, 1, 31)))


def visit(at: datetime) -> Fact:
    return fact("client_contacted", at, means="visit", reached="yes")


def test_a_monthly_promise_has_whole_months_without_a_gap_and_the_last_is_open() -> None:
    visits = [visit(midnight(date(2026, 2, 27))), visit(midnight(date(2026, 2, 28))), visit(midnight(date(2026, 4, 1)))]
    now = midnight(date(2026, 5, 1))
    found = list(periods(RULE["monthly_visit"], IN_FORCE, [IN_FORCE, *visits], now))
    assert [j.started_at and j.started_at.date() for j in found] == [
        date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30),
    ]  # fmt: skip
    assert [j.verdict for j in found] == [KEPT, KEPT, KEPT, OPEN]


def test_no_month_begins_after_the_policy_ended_and_the_one_it_ended_in_is_excluded() -> None:
    ended = fact("client_ended", midnight(date(2026, 3, 10)))
    found = list(periods(RULE["monthly_visit"], IN_FORCE, [IN_FORCE, ended], midnight(date(2026, 8, 1))))
    assert [j.verdict for j in found] == [MISSED, EXCLUDED]
    assert found[-1].reason == "client_ended"


def test_a_later_edition_never_bends_a_promise_that_has_begun() -> None:
    longer = replace(RULE["technical_solved"], within=read_limit("72 h"))
    editions = [
        Edition(from_at=h(-100), version="1", rules=(RULE["technical_solved"],)),
        Edition(from_at=h(10), version="2", rules=(longer,)),
        Edition(from_at=h(40), version="3", rules=()),
    ]
    facts = [fact("problem_raised", h(n), problem="technical", key=f"P{n}") for n in (-200, 0, 10, 20, 41)]
    found = {j.subject: j.due_at for j in judge_all(editions, facts, h(500), CALENDAR)}
    assert found == {"P-200": h(-176), "P0": h(24), "P10": h(82), "P20": h(92)}


def test_back_ups_are_named_while_two_of_them_have_two_contacts() -> None:
    edition = Edition(from_at=T0, version="1", rules=(RULE["backups_named"],))
    named = [replace(fact("backup_named", T0, contacts=c), subjects={Scope.HOUSE: "house"}) for c in ("two", "fewer")]
    for facts, verdict in (([], MISSED), (named, MISSED), ([named[0], *named], KEPT)):
        assert [j.verdict for j in judge_all([edition], facts, T0, CALENDAR)] == [verdict]


KINDS = ("claim_refused", "client_told", "incident_merged", "excused", "problem_solved")
SOME_FACTS = st.lists(
    st.builds(
        lambda kind, at, lag, means: fact(
            kind, h(at), known_at=h(at + lag), means=means, promise="claimant_visit", code="client_declined"
        ),
        st.sampled_from(KINDS),
        st.integers(0, 200),
        st.integers(0, 50),
        st.sampled_from(["writing", "telephone"]),
    ),
    max_size=12,
)


@given(SOME_FACTS, st.integers(0, 300))
def test_every_start_is_judged_once_and_a_verdict_fits_its_times(facts: list[Fact], hours: int) -> None:
    edition, now = Edition(from_at=T0, version="1", rules=RULES), h(hours)
    found = judge_all([edition], facts, now, CALENDAR)
    for name, kind in (("refusal_told", "claim_refused"), ("solution_written", "problem_solved")):
        known = [f for f in facts if f.kind == kind and max(f.at, f.known_at) <= now]
        mine = [j for j in found if j.rule.name == name]
        assert sorted(j.evidence[0] for j in mine) == sorted(f.id for f in known)
    for one in (j for j in found if j.due_at is not None):
        done = one.done_at is not None
        assert one.due_at is not None
        assert (one.verdict is KEPT) == (done and one.done_at <= one.due_at)  # type: ignore[operator]
        assert one.verdict is not OPEN or now <= one.due_at
        assert one.verdict is not MISSED or done or now > one.due_at


@given(SOME_FACTS, st.integers(0, 300), st.integers(0, 100))
def test_time_alone_never_mends_a_miss(facts: list[Fact], hours: int, more: int) -> None:
    """Later facts may (they were recorded late); without any a verdict only goes from open to missed."""
    known = [f for f in facts if f.known_at <= h(hours)]
    edition = Edition(from_at=T0, version="1", rules=RULES)

    def verdicts(at: int) -> dict[tuple[str, str], PromiseVerdict]:
        return {
            (j.rule.name, j.evidence[0]): j.verdict for j in judge_all([edition], known, h(at), CALENDAR) if j.due_at
        }

    later = verdicts(hours + more)
    assert all(later[key] in (was, MISSED if was is OPEN else was) for key, was in verdicts(hours).items())


def test_no_two_promises_of_the_house_share_a_name() -> None:
    assert len(RULE) == len(RULES)
