"""From judgements and the ledger to what screens get."""

from dataclasses import asdict, fields
from datetime import UTC, datetime
from enum import Enum

from api.forms import promise_schemas as out
from dispatch.auditing.shares import Share
from dispatch.promises.facts import Pattern
from dispatch.promises.judging import Judgement
from dispatch.promises.words import ExcuseCode
from dispatch.service.book import PromiseTally
from dispatch.service.client import Client, Problem
from dispatch.service.kinds import FactWithdrawn, ServiceFact
from dispatch.service.ledger import Entry

_COMMON = {f.name for f in fields(ServiceFact)}


def promise(one: Judgement, now: datetime) -> out.PromiseOut:
    """Show a judgement."""
    rule = one.rule
    return out.PromiseOut(
        promise=rule.name,
        label=rule.label,
        english=rule.english,
        limit=rule.limit,
        limit_english=rule.limit_english,
        about=rule.about,
        subject=one.subject,
        words=one.words,
        verdict=one.verdict,
        verdict_label=one.verdict.label,
        started_at=_utc(one.started_at),
        due_at=_utc(one.due_at),
        done_at=_utc(one.done_at),
        margin_s=one.margin_s(now),
        wanting=[_wanting(pattern) for pattern in one.wanting],
        any_of=rule.any_of,
        excuses=[
            code for p in rule.excluded_by if p.kind == "excused" for code in dict(p.traits).get("code", ExcuseCode)
        ],
        reason=one.reason,
        evidence=list(one.evidence),
        recorded_late=one.recorded_late,
        by_correction=one.by_correction,
        simulated=one.simulated,
    )


def tally(one: PromiseTally) -> out.PromiseTallyOut:
    """Show what became of a promise."""
    rule = one.rule
    return out.PromiseTallyOut(
        promise=rule.name,
        label=rule.label,
        english=rule.english,
        limit=rule.limit,
        limit_english=rule.limit_english,
        reported=one.reported,
        kept=one.kept,
        missed=one.missed,
        open=one.open,
        excluded=one.excluded,
        unjudged=one.unjudged,
        recorded_late=one.recorded_late,
        by_correction=one.by_correction,
        simulated=one.simulated,
        reasons=dict(one.reasons),
        share_kept=_share(one.share_kept),
        share_with_excluded=_share(one.share_with_excluded),
    )


def client(one: Client) -> out.ClientOut:
    """Show a client with all that is recorded of it."""
    gone = {e.fact.number for e in one.entries if isinstance(e.fact, FactWithdrawn)}
    return out.ClientOut(
        id=one.id,
        organisation=one.taken.organisation,
        contact=one.taken.contact,
        telephone=one.taken.telephone,
        policy_number=one.taken.policy_number,
        in_force_at=one.taken.in_force_at,
        ended_at=one.ended.at if one.ended else None,
        simulated=one.taken.simulated,
        problems=[_problem(p) for p in one.problems.values()],
        entries=[entry(e, withdrawn=e.number in gone) for e in one.entries],
    )


def entry(one: Entry, *, withdrawn: bool = False) -> out.EntryOut:
    """Show a fact of the ledger."""
    fact = one.fact
    said = {f.name: getattr(fact, f.name) for f in fields(fact) if f.name not in _COMMON}
    return out.EntryOut(
        id=one.id,
        number=one.number,
        kind=type(fact).__name__,
        at=fact.at,
        recorded_at=fact.recorded_at,
        by=fact.by,
        said={key: _plain(value) for key, value in said.items()},
        withdrawn=withdrawn,
    )


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None


def _plain(value: object) -> str | bool | int | float:
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, bool | int | float) else str(value)


def _problem(one: Problem) -> out.ProblemOut:
    return out.ProblemOut(
        number=one.number,
        problem=one.raised.problem,
        words=one.raised.words,
        raised_at=one.raised.at,
        solved_at=one.solved.at if one.solved else None,
        solution=one.solved.words if one.solved else "",
        told=[t.means for t in one.told],
    )


def _wanting(pattern: Pattern) -> out.WantingOut:
    return out.WantingOut(kind=pattern.kind, traits={name: list(values) for name, values in pattern.traits})


def _share(one: Share) -> out.ShareOut:
    return out.ShareOut(**asdict(one))
