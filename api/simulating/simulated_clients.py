"""Simulated clients (模拟) and what was done for them, so that a demonstration has promises to look at."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import Connection

from dispatch import events as ev
from dispatch.days import midnight
from dispatch.errors import DispatchError
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.log import EventLog
from dispatch.promises.limits import months_after
from dispatch.promises.words import ContactMeans, ProblemKind
from dispatch.service import kinds
from dispatch.service.ledger import Ledger
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import ReviewOpinion, Role, ToldBy
from geo_data.demo_fleet import SEED
from geo_data.stores.ledger_store import PostgisLedger
from geo_data.stores.postgis_log import PostgisLog

BY = "simulation"
CLIENTS = (  # organisation, days since its policy came into force
    ("黄埔区环卫车队(模拟)", 200),
    ("天河区园林养护车队(模拟)", 131),
    ("番禺区公交车队(模拟)", 96),
    ("白云区物流车队(模拟)", 61),
    ("南沙区港口运输车队(模拟)", 25),
    ("增城区校车车队(模拟)", 6),
)
DONE = 0.93  # share of what is promised that the simulated staff does in time
CLAIMS = 14
CALLED_S = (60.0, 420.0)  # from acceptance to the call to the caller


def write_demo(connection: Connection, now: datetime) -> None:
    """Put simulated clients, contacts and claims into a database that has a simulated history."""
    ledger, log, random = PostgisLedger(connection), PostgisLog(connection), Random(SEED)
    for organisation, days in CLIENTS:
        _client(ledger, random, organisation, days, now)
    incidents = [fold(history) for history in log.all_events(now - timedelta(hours=24))]
    call_callers(ledger, incidents, now, set())
    _claims(log, incidents, now, random)


def call_callers(ledger: Ledger, incidents: Iterable[Incident], now: datetime, called: set[str]) -> None:
    """Let the simulated surveyor call the caller a few minutes after accepting; ``called`` are incidents done already."""
    for incident in incidents:
        accepted = [a.accepted_at for a in incident.assignments.values() if a.role is Role.SURVEYOR and a.accepted_at]
        if not incident.reported.simulated or incident.id in called or not accepted:
            continue
        luck = Random(f"{SEED} {incident.id}")
        at = min(accepted) + timedelta(seconds=luck.uniform(*CALLED_S))
        if at > now:
            continue
        called.add(incident.id)
        stream = kinds.incident_stream(incident.id)
        if luck.random() < DONE and not ledger.stream(stream):
            made = kinds.Contacted(
                stream=stream, at=at, recorded_at=at, by=BY, means=ContactMeans.TELEPHONE, words="告知预计到达时间"
            )
            ledger.append(made, after=0)


def _client(ledger: Ledger, random: Random, organisation: str, days: int, now: datetime) -> None:
    in_force = midnight((now - timedelta(days=days)).astimezone(GUANGZHOU_TIME).date())
    stream, number = kinds.client_stream(ledger.new_client_id()), count()
    who: dict[str, Any] = {"contact": "模拟联系人", "telephone": "模拟电话", "policy_number": f"模拟保单{days:03d}"}
    taken = kinds.ClientTaken(
        stream=stream, at=in_force, recorded_at=in_force, by=BY, organisation=organisation, in_force_at=in_force,
        simulated=True, **who,
    )  # fmt: skip
    facts = [*_contacts(random, stream, in_force, now), *_reports(random, stream, in_force, now)]
    for fact in [taken, *sorted(facts, key=lambda f: f.at)]:
        ledger.append(fact, after=next(number))
    _problems(ledger, random, stream, next(number), now)


def _contacts(random: Random, stream: str, in_force: datetime, now: datetime) -> Iterable[kinds.ServiceFact]:
    """A visit and a call a month, a letter a quarter; some are forgotten, and what is still to come is not done."""
    for means, every in ((ContactMeans.VISIT, 1), (ContactMeans.TELEPHONE, 1), (ContactMeans.MAIL, 3)):
        for at in _moments(random, in_force, every, now):
            yield kinds.Contacted(stream=stream, at=at, recorded_at=at, by=BY, means=means, person="模拟联系人")


def _reports(random: Random, stream: str, in_force: datetime, now: datetime) -> Iterable[kinds.ServiceFact]:
    for at in _moments(random, in_force, 3, now):
        yield kinds.ReportDelivered(stream=stream, at=at, recorded_at=at, by=BY, means=ContactMeans.MAIL)


def _moments(random: Random, in_force: datetime, every: int, now: datetime) -> Iterable[datetime]:
    """One moment of the working hours in most periods that began."""
    first = in_force.astimezone(GUANGZHOU_TIME).date()
    for k in count():
        begin, end = (midnight(months_after(first, n * every)) for n in (k, k + 1))
        if begin > now:
            return
        at = begin + (end - begin) * random.uniform(0.2, 0.9)
        at = at.replace(hour=random.randint(9, 16), minute=random.randint(0, 59))
        if random.random() < DONE and begin <= at <= now:
            yield at


def _problems(ledger: Ledger, random: Random, stream: str, after: int, now: datetime) -> None:
    """A problem and a question; some are solved, and of those some told."""
    asked = ((ProblemKind.TECHNICAL, "小程序上传照片失败", 30.0), (ProblemKind.POLICY, "新购车辆如何加入保单", 60.0))
    for problem, words, most_h in asked:
        at = now - timedelta(hours=random.uniform(2, most_h))
        raised = kinds.ProblemRaised(stream=stream, at=at, recorded_at=at, by=BY, problem=problem, words=words)
        facts: list[kinds.ServiceFact] = [raised]
        solved = at + timedelta(hours=random.uniform(1, most_h / 2))
        if solved < now:
            number = after + 1
            solution: dict[str, Any] = {"number": number, "words": "已处理并演示"}
            facts.append(kinds.ProblemSolved(stream=stream, at=solved, recorded_at=solved, by=BY, **solution))
            facts += _tellings(random, stream, number, solved, now)
        for fact in facts:
            ledger.append(fact, after=after)
            after += 1


def _tellings(random: Random, stream: str, number: int, solved: datetime, now: datetime) -> list[kinds.ServiceFact]:
    moments = [
        (solved + timedelta(minutes=random.uniform(5, 70)), ToldBy.TELEPHONE),
        (solved + timedelta(hours=random.uniform(2, 26)), ToldBy.WRITING),
    ]
    return [
        kinds.SolutionTold(stream=stream, at=at, recorded_at=at, by=BY, number=number, means=means)
        for at, means in moments
        if at < now
    ]


def _claims(log: EventLog, incidents: Sequence[Incident], now: datetime, random: Random) -> None:
    """Some of the simulated accidents are assessed, reviewed, paid or refused, and told."""
    done = [i for i in incidents if i.reported.simulated and i.merged_into is None and i.surveyed_at]
    old = [i for i in done if i.surveyed_at and i.surveyed_at < now - timedelta(hours=6)]
    for incident in random.sample(old, min(CLAIMS, len(old))):
        try:
            log.append(_claim(incident, now, random), after=incident.version)
        except DispatchError:  # the simulated past of this one allows no claim
            continue


def _claim(incident: Incident, now: datetime, random: Random) -> list[ev.Event]:
    start = incident.surveyed_at or incident.reported.at
    hours = [random.uniform(0.3, 1.5) for _ in range(4)]
    at = [start + timedelta(hours=sum(hours[: n + 1])) for n in range(4)]
    amount, refused = float(random.randint(8, 90) * 100), random.random() < 0.2
    opinion = ReviewOpinion.REJECTED if refused else ReviewOpinion.APPROVED
    common: list[dict[str, Any]] = [
        {"incident_id": incident.id, "at": when, "recorded_at": when, "by": BY} for when in at
    ]
    steps: list[ev.Event] = [
        ev.DamageAssessed(**common[0], amount_yuan=amount),
        ev.ClaimReviewed(**common[1], opinion=opinion, note="单方责任不在保险范围内(模拟)" if refused else ""),
        ev.ClaimRefused(**common[2], reason="不在保险范围内(模拟)") if refused else ev.ClaimPaid(**common[2], amount_yuan=amount),
    ]  # fmt: skip
    told = [ToldBy.TELEPHONE, ToldBy.WRITING] if refused else [ToldBy.SMS]
    if random.random() < 0.6:
        steps += [ev.ClientTold(**common[3], means=means) for means in told]
    return [step for step in steps if step.at <= now]
