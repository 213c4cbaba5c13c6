"""From the events of incidents to facts and verdicts: call-backs, corrections, merges, replacements, arrivals."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from promises import cases

from dispatch import events as ev
from dispatch.auditing.audit import audit, judge, record_of
from dispatch.errors import InvalidInput
from dispatch.policy.audit_rules import AuditRules
from dispatch.policy.policy import Policy
from dispatch.promises.editions import Edition, judge_all
from dispatch.promises.judging import PromiseVerdict
from dispatch.promises.rules import Promise
from dispatch.service import book
from dispatch.service.incident_facts import facts_of_incident
from dispatch.vocabulary import Channel, CloseCode, Tier, ToldBy
from geo_data.working_days import ChineseWorkingDays

T0 = datetime(2026, 11, 23, 2, tzinfo=UTC)
RULES = Policy().promises.rules
KEY = "GZ261123-00001"


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def event(kind: type[ev.Event], hours: float, **said: Any) -> ev.Event:
    return kind(incident_id=KEY, at=at(hours), **said)


def claim(kind: type[ev.Event], hours: float, told: float | None = None, **said: Any) -> ev.Event:
    return event(kind, hours, recorded_at=at(hours if told is None else told), **said)


REPORTED = event(ev.IncidentReported, 0, text="追尾", channel=Channel.CONSOLE, tier=Tier.STANDARD, plate="粤A1")


def verdicts(history: Sequence[ev.Event], hours: float, name: str) -> list[str]:
    facts = facts_of_incident(enumerate(history, start=1))
    edition = Edition(from_at=T0, version="1", rules=RULES)
    judged = judge_all([edition], facts, at(hours), ChineseWorkingDays())
    return [j.verdict.value for j in judged if j.rule.name == name]


def test_a_second_request_while_one_waits_does_not_move_its_clock() -> None:
    asked = [event(ev.CallbackRequested, h, reason="问进度") for h in (1, 1.5)]
    called = event(ev.CallbackAnswered, 2.2, reached=True, result="已告知")
    tried = event(ev.CallbackAnswered, 1.8, reached=False, result="无人接")
    assert verdicts([REPORTED, *asked, tried, called], 3, "callback") == ["missed"]
    again = event(ev.CallbackRequested, 4, reason="又问")
    assert verdicts([REPORTED, asked[0], event(ev.CallbackAnswered, 1.4, reached=True, result="已告知"), again], 4.5, "callback") == ["kept", "open"]  # fmt: skip


def test_a_merge_excludes_and_a_merge_that_was_undone_does_not() -> None:
    merged = event(ev.IncidentMerged, 0.1, kept_id="X", p_same=0.9, likeness="", reason="同一事故")
    undone = event(ev.MergeUndone, 5, kept_id="X", reason="两起")
    assert verdicts([REPORTED, merged], 1, "caller_contacted") == ["excluded"]
    assert verdicts([REPORTED, merged, undone], 6, "caller_contacted") == ["missed"]
    withdrawn = event(ev.IncidentClosed, 0.1, reason="撤案", code=CloseCode.WITHDRAWN)
    assert verdicts([REPORTED, withdrawn], 1, "caller_contacted") == ["excluded"]
    assert verdicts([REPORTED, event(ev.IncidentClosed, 0.1, reason="")], 1, "caller_contacted") == ["missed"]


def test_a_decision_corrected_in_time_is_promised_anew() -> None:
    paid = claim(ev.ClaimPaid, 5, amount_yuan=100.0)
    told = claim(ev.ClientTold, 6, means=ToldBy.SMS)
    refused = claim(ev.ClaimRefused, 7, told=8, reason="免责", corrects="录错")
    assert verdicts([REPORTED, paid, told], 9, "payment_told") == ["kept"]
    assert verdicts([REPORTED, paid, refused], 9, "payment_told") == ["excluded"]
    assert verdicts([REPORTED, paid, refused], 9, "refusal_told") == ["open"]
    mended = claim(ev.ClientTold, 40, told=60, means=ToldBy.SMS, corrects="时间录错")
    assert verdicts([REPORTED, paid, told, mended], 61, "payment_told") == [
        "missed"
    ]  # due at the end of the 24th: 38 h


def test_a_replacement_without_consent_or_hand_over_is_missed() -> None:
    unit = {"assignment_id": "A-1", "unit_id": "S1"}
    for handover, consent, verdict in (("钥匙", "王主任", "kept"), ("", "王主任", "missed"), ("钥匙", "", "missed")):
        proposed = event(ev.ReplacementProposed, 1, **unit, new_unit_id="S2", reason="病假", handover=handover)
        decided = event(ev.ReplacementDecided, 2, **unit, approved=True, consent_of=consent)
        refused = event(ev.ReplacementDecided, 2, **unit, approved=False, consent_of=consent)
        assert verdicts([REPORTED, proposed, decided], 3, "replacement_consent") == [verdict]
        assert verdicts([REPORTED, proposed, refused], 3, "replacement_consent") == []


def test_arrivals_stand_beside_the_others_with_the_verdicts_of_their_own_audit() -> None:
    histories, now = list(cases()), T0 + timedelta(days=1)
    totals = audit(histories, now).totals
    (found,) = book.tallies(book.arrivals([record_of(h, now, AuditRules()) for h in histories], {}), ())
    assert (found.reported, found.kept, found.missed, found.open, found.excluded) == (
        totals.reported, totals.kept, totals.missed, totals.open, totals.excluded,
    )  # fmt: skip
    assert found.share_kept == totals.share_kept
    assert found.share_with_excluded == totals.share_with_excluded


def test_an_arrival_has_the_times_of_its_history_and_the_words_of_its_report() -> None:
    history = next(h for h in cases() if any(isinstance(e, ev.ArrivalClaimed) for e in h))
    judged = judge(history, T0)
    (found,) = book.arrivals([judged.record], {history[0].incident_id: history[0].at})
    assert (found.started_at, found.due_at, found.done_at) == (history[0].at, judged.due_at, judged.arrived_at)
    assert book.words_of(history) == "追尾"


def test_a_tally_that_lost_a_promise_is_refused() -> None:
    records = [record_of(h, T0, AuditRules()) for h in cases()]
    (tally,) = book.tallies(book.arrivals(records, {}), ())
    wrong = {name: getattr(tally, name) for name in tally.__slots__} | {"kept": tally.kept + 1}
    with pytest.raises(InvalidInput, match="lost promises"):
        book.PromiseTally(**wrong)


def test_what_is_due_comes_in_the_order_of_the_time_left() -> None:
    history = [REPORTED, event(ev.CallbackRequested, 1, reason="问"), claim(ev.ClaimPaid, 2, amount_yuan=1.0)]
    edition = Edition(from_at=T0, version="1", rules=RULES)
    judged = judge_all([edition], facts_of_incident(enumerate(history, 1)), at(3), ChineseWorkingDays())
    due = book.still_due(judged, at(3))
    assert [(j.rule.name, j.verdict) for j in due] == [
        ("caller_contacted", PromiseVerdict.MISSED), ("callback", PromiseVerdict.MISSED),
        ("payment_told", PromiseVerdict.OPEN), ("claimant_visit", PromiseVerdict.OPEN),
        ("backups_named", PromiseVerdict.MISSED),
    ]  # fmt: skip
    assert all(isinstance(j.rule, Promise) and j.words in ("粤A1", "") for j in due)
