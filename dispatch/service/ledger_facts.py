"""What the ledger of services, and the fleet, say about promises."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dispatch.promises.editions import HOUSE, Edition
from dispatch.promises.facts import Fact, Scope
from dispatch.promises.reading import from_tables
from dispatch.service import kinds
from dispatch.service.ledger import Entry
from dispatch.unit import Unit

CONTACTS = 2  # ways to reach a back-up that do not depend on one another


def facts_of_stream(entries: Sequence[Entry]) -> list[Fact]:
    """Facts of a client's or an incident's stream; what was withdrawn proves nothing from then on."""
    gone = {e.fact.number: e.fact.recorded_at for e in entries if isinstance(e.fact, kinds.FactWithdrawn)}
    taken = entries[0].fact if entries and isinstance(entries[0].fact, kinds.ClientTaken) else None
    problems = {e.number: e.fact for e in entries if isinstance(e.fact, kinds.ProblemRaised)}
    facts = (_fact(entry, problems) for entry in entries)
    simulated, words = (taken.simulated, taken.organisation) if taken else (False, "")
    return [
        replace(fact, corrected_at=gone.get(number), simulated=simulated, words=words)
        for number, fact in enumerate(facts, start=1)
        if fact is not None
    ]


def facts_of_fleet(units: Iterable[Unit], now: datetime) -> list[Fact]:
    """Who is named as a back-up now, and whether they can be reached by two contacts."""
    return [
        Fact(
            id=unit.id,
            kind="backup_named",
            subjects={Scope.HOUSE: HOUSE},
            at=now,
            known_at=now,
            traits={"contacts": "two" if len(set(unit.contacts)) >= CONTACTS else "fewer"},
            simulated=unit.simulated,
            words=unit.name,
        )
        for unit in units
        if unit.backup_rank is not None
    ]


def editions_of(entries: Iterable[Entry]) -> list[Edition]:
    """Editions of the rules, in order, from their stream."""
    return [
        Edition(from_at=e.fact.recorded_at, version=e.fact.version, rules=from_tables(e.fact.rules))
        for e in entries
        if isinstance(e.fact, kinds.RulesSet)
    ]


def _fact(entry: Entry, problems: Mapping[int, kinds.ProblemRaised]) -> Fact | None:
    fact = entry.fact
    said = _said(entry, problems)
    if said is None:
        return None
    about = {**_subject(fact.stream)}
    number = said.pop("number", 0)
    if number:
        about[Scope.PROBLEM] = f"{fact.stream}/{number}"
    at = said.pop("at", fact.at)
    return Fact(id=entry.id, subjects=about, at=at, known_at=max(fact.recorded_at, at), **said)


def _subject(stream: str) -> dict[Scope, str]:
    scope, _, key = stream.partition("/")
    return {Scope(scope): key}


def _said(entry: Entry, problems: Mapping[int, kinds.ProblemRaised]) -> dict[str, Any] | None:
    """Kind and traits of a fact; ``number`` is the problem it is about."""
    match entry.fact:
        case kinds.ClientTaken(in_force_at=at):
            return {"kind": "client_in_force", "at": at}
        case kinds.ClientEnded():
            return {"kind": "client_ended"}
        case kinds.Contacted() as made:
            kind = "client_contacted" if made.stream.startswith("client/") else "caller_contacted"
            return {"kind": kind, "traits": {"means": made.means.value, "reached": "yes" if made.reached else "no"}}
        case kinds.ReportDelivered():
            return {"kind": "report_delivered"}
        case kinds.ProblemRaised(problem=problem):
            return {"kind": "problem_raised", "number": entry.number, "traits": {"problem": problem.value}}
        case kinds.ProblemSolved(number=number):
            return {"kind": "problem_solved", "number": number, "traits": {"problem": problems[number].problem.value}}
        case kinds.SolutionTold(number=number, means=means):
            return {"kind": "solution_told", "number": number, "traits": {"means": means.value}}
        case kinds.PromiseExcused() as excused:
            traits = {"promise": excused.promise, "code": excused.code.value}
            return {"kind": "excused", "number": excused.number, "traits": traits}
    return None
