"""A client as it stands: the fold of its stream, and what may follow."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from dispatch.errors import IllegalTransition, InvalidInput, UnknownId
from dispatch.service.kinds import (
    ClientEnded,
    ClientTaken,
    FactWithdrawn,
    ProblemRaised,
    ProblemSolved,
    PromiseExcused,
    ServiceFact,
    SolutionTold,
)
from dispatch.service.ledger import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A client's problem; ``told`` are the facts by which its solution was told."""

    number: int
    raised: ProblemRaised
    solved: ProblemSolved | None = None
    told: tuple[SolutionTold, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client; facts that were withdrawn are not in it."""

    id: str
    taken: ClientTaken
    ended: ClientEnded | None = None
    problems: dict[int, Problem] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()

    @property
    def version(self) -> int:
        """How many facts its stream holds."""
        return len(self.entries)

    def problem(self, number: int) -> Problem:
        """One of its problems; raises `UnknownId`."""
        try:
            return self.problems[number]
        except KeyError:
            raise UnknownId(f"客户 {self.id} 没有问题 {number}。(No such problem.)") from None


def client_of(client_id: str, entries: Sequence[Entry]) -> Client:
    """Fold a client's stream; raises `UnknownId` for one that was never taken."""
    if not entries or not isinstance(entries[0].fact, ClientTaken):
        raise UnknownId(f"没有客户 {client_id}。(No such client.)")
    gone = {e.fact.number for e in entries if isinstance(e.fact, FactWithdrawn)}
    client = Client(id=client_id, taken=entries[0].fact, entries=tuple(entries))
    for entry in entries[1:]:
        if entry.number not in gone:
            client = _advance(client, entry)
    return client


def _advance(client: Client, entry: Entry) -> Client:
    match entry.fact:
        case ClientEnded() as ended:
            return replace(client, ended=ended)
        case ProblemRaised() as raised:
            made = Problem(number=entry.number, raised=raised)
            return replace(client, problems={**client.problems, entry.number: made})
        case ProblemSolved(number=number) as solved if number in client.problems:
            return _with(client, replace(client.problems[number], solved=solved))
        case SolutionTold(number=number) as told if number in client.problems:
            before = client.problems[number]
            return _with(client, replace(before, told=(*before.told, told)))
    return client


def _with(client: Client, problem: Problem) -> Client:
    return replace(client, problems={**client.problems, problem.number: problem})


def check(fact: ServiceFact, client: Client | None) -> None:
    """Let a fact pass that may follow on a client's stream.

    Raises
    ------
    InvalidInput
        For a time still to come.
    IllegalTransition
        Where it does not follow: ended already, solved already, told before solved, earlier than what it answers.
    UnknownId
        For a problem or a fact that does not exist.
    """
    if fact.at > fact.recorded_at:
        raise InvalidInput("时间晚于现在:请核对。(The time is still to come: mend it.)")
    if client is None:
        return
    match fact:
        case FactWithdrawn(number=number):
            _withdrawable(client, number)
        case ClientEnded(at=at):
            _require(client.ended is None, "客户已终止。(Ended already.)")
            _in_time(at, client.taken.in_force_at)
        case ProblemSolved(number=number, at=at):
            problem = client.problem(number)
            _require(problem.solved is None, "该问题已解决:如误录请先撤回。(Solved already: withdraw that first.)")
            _in_time(at, problem.raised.at)
        case SolutionTold(number=number, at=at):
            solved = client.problem(number).solved
            if solved is None:
                raise IllegalTransition("问题尚未解决,不能记录告知。(Record the solution first.)")
            _in_time(at, solved.at)
        case PromiseExcused(number=number) if number:
            client.problem(number)


def _withdrawable(client: Client, number: int) -> None:
    if not 1 <= number <= client.version:
        raise UnknownId(f"客户 {client.id} 没有第 {number} 条记录。(No such fact.)")
    fact = client.entries[number - 1].fact
    gone = any(isinstance(e.fact, FactWithdrawn) and e.fact.number == number for e in client.entries)
    _require(not gone, "该条记录已撤回。(Withdrawn already.)")
    _require(not isinstance(fact, ClientTaken | FactWithdrawn), "该条记录不能撤回。(It cannot be withdrawn.)")
    answered = isinstance(fact, ProblemRaised) and client.problem(number).solved is not None
    told = isinstance(fact, ProblemSolved) and bool(client.problem(fact.number).told)
    _require(not (answered or told), "请先撤回其后的解决或告知。(Withdraw what followed on it first.)")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise IllegalTransition(otherwise)


def _in_time(at: datetime, earliest: datetime) -> None:
    _require(at >= earliest, "时间早于前一步:请核对。(Earlier than the step before: mend it.)")
