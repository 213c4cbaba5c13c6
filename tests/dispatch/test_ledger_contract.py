"""What every ledger of services must do: one class of tests, run against the one in memory and the one on PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.errors import Conflict, IllegalTransition, InvalidInput, UnknownId
from dispatch.policy.policy import Policy
from dispatch.promises.editions import Edition, judge_all
from dispatch.promises.words import ContactMeans, ExcuseCode, ProblemKind, WantedService
from dispatch.service import kinds
from dispatch.service.client import check, client_of
from dispatch.service.in_force import keep_rules
from dispatch.service.ledger import Ledger, MemoryLedger
from dispatch.service.ledger_facts import editions_of, facts_of_stream
from dispatch.vocabulary import AdministrativeAct, ToldBy
from geo_data.stores.ledger_store import PostgisLedger
from geo_data.working_days import ChineseWorkingDays

T0 = datetime(2026, 11, 2, 2, tzinfo=UTC)
STREAM = kinds.client_stream("C0001")


def h(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def made(kind: type[kinds.ServiceFact], at: float = 0, **said: Any) -> kinds.ServiceFact:
    return kind(stream=STREAM, at=h(at), recorded_at=h(at), **said)


TAKEN = made(kinds.ClientTaken, organisation="环卫车队", in_force_at=T0)
EVERY_KIND = [
    TAKEN,
    made(kinds.Contacted, 1, means=ContactMeans.VISIT, person="王主任"),
    made(kinds.ReportDelivered, 2, means=ContactMeans.MAIL),
    made(kinds.ProblemRaised, 3, problem=ProblemKind.TECHNICAL, words="打不开"),
    made(kinds.ProblemSolved, 4, number=4, words="已修复"),
    made(kinds.SolutionTold, 5, number=4, means=ToldBy.TELEPHONE),
    made(kinds.PromiseExcused, 6, promise="monthly_visit", code=ExcuseCode.CLIENT_DECLINED, words="改下月"),
    made(kinds.ServiceAsked, 7, service=WantedService.LEGAL_AID),
    made(kinds.FactWithdrawn, 8, number=2, words="记错客户"),
    made(kinds.ClientEnded, 9, reason="到期"),
    made(kinds.PersonalDataErased, 10, what="cases", n=2, reason="期满", incidents=("GZ1", "GZ2")),
    made(kinds.AdministrationDone, 11, act=AdministrativeAct.PERSON_CHANGED, about="li", words="manager"),
]


class TestLedger:
    @pytest.fixture(params=["memory", "postgis"])
    def ledger(self, request: pytest.FixtureRequest) -> Ledger:
        return MemoryLedger() if request.param == "memory" else PostgisLedger(request.getfixturevalue("connection"))

    def test_what_went_in_comes_out_whole_and_in_order(self, ledger: Ledger) -> None:
        written = [ledger.append(fact, after=n) for n, fact in enumerate(EVERY_KIND)]
        assert ledger.stream(STREAM) == written
        assert [e.fact for e in written] == EVERY_KIND
        assert [e.id for e in written[:2]] == ["client/C0001/1", "client/C0001/2"]
        assert {type(f) for f in EVERY_KIND} | {kinds.RulesSet} == set(kinds.SERVICE_KINDS)

    def test_a_stream_that_has_gone_on_refuses_and_stays_as_it_is(self, ledger: Ledger) -> None:
        ledger.append(TAKEN, after=0)
        for after in (0, 2):
            with pytest.raises(Conflict, match="请刷新"):
                ledger.append(EVERY_KIND[1], after=after)
        assert [e.fact for e in ledger.stream(STREAM)] == [TAKEN]
        ledger.append(EVERY_KIND[1], after=1)

    def test_what_is_so_whatever_else_was_written_goes_to_the_end(self, ledger: Ledger) -> None:
        assert [ledger.append(fact, after=None).number for fact in EVERY_KIND[:3]] == [1, 2, 3]
        assert [e.number for e in ledger.stream(STREAM)] == [1, 2, 3]

    def test_streams_are_found_by_how_their_keys_begin(self, ledger: Ledger) -> None:
        ledger.append(TAKEN, after=0)
        keep_rules(ledger, Policy(), T0)
        assert list(ledger.streams("client/")) == [STREAM]
        assert list(ledger.streams("client_")) == []  # no pattern
        assert ledger.stream("client/C0002") == []

    def test_rules_come_back_as_they_were_kept(self, ledger: Ledger) -> None:
        assert keep_rules(ledger, Policy(), T0)
        assert not keep_rules(ledger, Policy(), h(1))
        assert [e.rules for e in editions_of(ledger.stream(kinds.RULES_STREAM))] == [Policy().promises.rules]

    def test_every_client_gets_an_id_of_its_own(self, ledger: Ledger) -> None:
        first, second = ledger.new_client_id(), ledger.new_client_id()
        assert first != second
        assert first.startswith("C")


def stream(*facts: kinds.ServiceFact) -> MemoryLedger:
    ledger = MemoryLedger()
    for n, fact in enumerate(facts):
        check(fact, client_of("C0001", ledger.stream(STREAM)) if n else None)
        ledger.append(fact, after=n)
    return ledger


@pytest.mark.parametrize(
    ("facts", "wrong", "says"),
    [
        (EVERY_KIND[:4], made(kinds.SolutionTold, 4, number=4, means=ToldBy.TELEPHONE), IllegalTransition),
        (EVERY_KIND[:5], made(kinds.ProblemSolved, 5, number=4, words="又修"), IllegalTransition),
        (EVERY_KIND[:4], made(kinds.ProblemSolved, 2, number=4, words="早于提出"), IllegalTransition),
        (EVERY_KIND[:4], made(kinds.ProblemSolved, 5, number=2, words="不是问题"), UnknownId),
        (EVERY_KIND[:5], made(kinds.FactWithdrawn, 6, number=4, words="已解决"), IllegalTransition),
        (EVERY_KIND[:2], made(kinds.FactWithdrawn, 6, number=1, words="客户本身"), IllegalTransition),
        (EVERY_KIND[:2], made(kinds.FactWithdrawn, 6, number=9, words="没有"), UnknownId),
        (EVERY_KIND[:9], made(kinds.FactWithdrawn, 9, number=2, words="第二次"), IllegalTransition),
        (EVERY_KIND, made(kinds.ClientEnded, 10, reason="又到期"), IllegalTransition),
        (EVERY_KIND[:1], kinds.ClientEnded(stream=STREAM, at=h(2), recorded_at=h(1), reason="未到"), InvalidInput),
    ],
)
def test_what_does_not_follow_is_refused(
    facts: list[kinds.ServiceFact], wrong: kinds.ServiceFact, says: type[Exception]
) -> None:
    with pytest.raises(says):
        check(wrong, client_of("C0001", stream(*facts).stream(STREAM)))


def test_a_withdrawn_visit_keeps_no_promise_and_a_withdrawn_problem_in_time_promises_nothing() -> None:
    asked = made(kinds.ProblemRaised, 2, problem=ProblemKind.POLICY, words="误录")
    ledger = stream(*EVERY_KIND[:2], asked, made(kinds.FactWithdrawn, 3, number=3, words="误录"))
    edition = Edition(from_at=T0, version="1", rules=Policy().promises.rules)

    def verdicts(of: MemoryLedger) -> dict[str, str]:
        judged = judge_all([edition], facts_of_stream(of.stream(STREAM)), h(90), ChineseWorkingDays())
        return {j.rule.name: j.verdict.value for j in judged}

    found = verdicts(ledger)
    assert (found["first_visit"], found["monthly_visit"], found["question_solved"]) == ("kept", "kept", "excluded")
    ledger.append(made(kinds.FactWithdrawn, 4, number=2, words="没有去"), after=4)
    assert (verdicts(ledger)["first_visit"], verdicts(ledger)["monthly_visit"]) == ("open", "open")
