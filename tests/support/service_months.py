"""Months of made-up incidents (模拟) for the service report: quick to make, and with everything a report speaks of."""

from datetime import UTC, datetime, timedelta
from random import Random

from dispatch import events as ev
from dispatch.location import Position
from dispatch.vocabulary import Channel, CloseCode, Confidence, MatchCode, ReviewOpinion, Role, Tier, ToldBy, Zone

OCTOBER = datetime(2026, 9, 30, 16, tzinfo=UTC)  # midnight in Guangzhou
CLIENT = "黄埔区环卫服务中心"
CLIENTS = (CLIENT, "黄埔公交", "")
WORDS = ("两车追尾", "环卫车倒车碰到护栏", "变道剐蹭", "电动车与小车碰撞,骑车人受伤", "停车场出口擦碰", "车辆故障")
PLACES = (
    ("黄埔区", "开创大道与科学大道交叉口"),
    ("天河区", "黄埔大道西"),
    ("增城区", "荔城大道"),
    ("越秀区", "环市东路"),
)


def month(n, seed=1, days=31, began=OCTOBER, simulated=True):
    """Histories of ``n`` incidents over ``days`` days, oldest first."""
    random = Random(seed)
    moments = sorted(random.random() * days * 86400 for _ in range(n))
    return [
        incident(f"GZ{k:06d}", began + timedelta(seconds=round(s)), random, simulated) for k, s in enumerate(moments, 1)
    ]


def incident(key, at, random, simulated=True):
    """One incident from report to rating."""
    district, place = random.choice(PLACES)
    zone, limit_s = (Zone.SUBURBAN, 3600.0) if district == "增城区" else (Zone.URBAN, 1800.0)
    took_s = random.lognormvariate(0, 0.35) * limit_s * 0.65
    history = [
        *_taken(key, at, random, zone, limit_s, (district, place), simulated),
        *_trip(key, at, random, took_s, limit_s, simulated),
    ]
    came = random.random()
    if came < 0.02:
        return history[:3]  # nobody was ever sent
    done = at + timedelta(seconds=took_s + 1200)
    history.append(ev.IncidentClosed(incident_id=key, at=done, reason="处理完毕", code=CloseCode.DONE))
    return [*history, *_afterwards(key, done, random)]


def _taken(key, at, random, zone, limit_s, where, simulated):
    client = random.choice(CLIENTS)
    few = random.random() < 0.1
    plate = f"粤A{random.randrange(30) if few else random.randrange(10_000, 99_999):05d}"
    yield ev.IncidentReported(
        incident_id=key, at=at, text=random.choice(WORDS), channel=Channel.SIMULATION, tier=Tier.STANDARD,
        plate=plate, client=client, simulated=simulated,
    )  # fmt: skip
    yield ev.IncidentLocated(
        incident_id=key, at=at, position=Position(113.4 + random.randrange(40) * 0.01, 23.1), uncertainty_m=50,
        match_code=MatchCode.GOOD, confidence=Confidence.HIGH, matched_text=where[1], district=where[0],
    )  # fmt: skip
    yield ev.CommitmentMade(
        incident_id=key, at=at, kind="arrival", zone=zone, tier=Tier.STANDARD, starts_at=at,
        due_at=at + timedelta(seconds=limit_s), limit_s=limit_s, policy_version="test",
    )  # fmt: skip


def _trip(key, at, random, took_s, limit_s, simulated):
    unit = f"S{random.randrange(40):03d}"
    head = {"incident_id": key, "assignment_id": f"{key}-1", "unit_id": unit}
    p = min(0.99, max(0.05, 1.4 - took_s / limit_s * random.uniform(0.5, 0.9)))
    chosen = ev.Candidate(
        unit_id=unit,
        unit_name=f"查勘员{unit[1:]}",
        travel_s=600,
        eta_s=700,
        eta_p90_s=900,
        p_kept=p,
        simulated=simulated,
    )
    steps = [at + timedelta(seconds=s) for s in (20, 60, 150, max(160.0, took_s))]
    yield ev.UnitOffered(
        **head, at=steps[0], role=Role.SURVEYOR, eta_at=steps[3], p_kept=p, chosen=chosen, runners_up=(), refused=(),
        rule="test",
    )  # fmt: skip
    yield ev.AssignmentAccepted(**head, at=steps[1])
    yield ev.UnitDeparted(**head, at=steps[2])
    yield ev.ArrivalClaimed(**head, at=steps[3])
    yield ev.UnitCleared(**head, at=steps[3] + timedelta(seconds=900))


def _afterwards(key, done, random):
    if random.random() < 0.25:
        stars = random.choices((5, 4, 3, 2, 1), (60, 25, 8, 4, 3))[0]
        yield ev.ServiceRated(
            incident_id=key, at=done + timedelta(hours=2), stars=stars, words="谢谢" if stars > 3 else ""
        )
    if random.random() < 0.5:
        yield from _claim(key, done, random)


def _claim(key, done, random):
    def step(hours):
        at = done + timedelta(hours=hours)
        return {"incident_id": key, "at": at, "recorded_at": at}

    yuan = float(random.randrange(300, 9000))
    yield ev.DamageAssessed(**step(5), amount_yuan=yuan)
    if random.random() < 0.8:
        yield ev.ClaimReviewed(**step(20 + random.random() * 20), opinion=ReviewOpinion.APPROVED)
        yield ev.ClaimPaid(**step(60 + random.random() * 40), amount_yuan=yuan)
        yield ev.ClientTold(**step(101 + random.random() * 20), means=ToldBy.SMS)
