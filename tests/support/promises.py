"""Histories for every rule of the audit, and bundles of them."""

from datetime import UTC, datetime, timedelta
from itertools import count

from sealed import MemorySeals

from api.sealing.bundle import write_bundle
from api.sealing.publish import line
from dispatch import events as ev
from dispatch.location import Position
from dispatch.policy.audit_rules import AuditRules
from dispatch.track_matching import Carriageway
from dispatch.vocabulary import Channel, CloseCode, Confidence, MatchCode, PartnerStep, Role, Tier, Zone

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SCENE = Position(113.33, 23.12)
RULES = AuditRules(turnout_s=60.0, organisations=(("HP", "黄埔环卫"), ("HP-7", "黄埔环卫七队")))
LATE = "GZ261122-00004"  # came a second after its limit


def at(seconds):
    return NOON + timedelta(seconds=seconds)


# -- histories for every rule of the audit -----------------------------------------------------------------------


def taken(key, zone=Zone.URBAN, limit_s=1800.0, promised=True, client="", simulated=False):
    yield ev.IncidentReported(
        incident_id=key,
        at=NOON,
        text="追尾",
        channel=Channel.CONSOLE,
        tier=Tier.STANDARD,
        client=client,
        simulated=simulated,
    )
    yield ev.IncidentLocated(
        incident_id=key, at=at(1), position=SCENE, uncertainty_m=50, match_code=MatchCode.GOOD,
        confidence=Confidence.HIGH, matched_text="猎德大道", district="天河区",
    )  # fmt: skip
    if promised:
        yield ev.CommitmentMade(
            incident_id=key, at=NOON, kind="arrival", zone=zone, tier=Tier.STANDARD, starts_at=NOON,
            due_at=at(limit_s), limit_s=limit_s, policy_version="test",
        )  # fmt: skip


def trip(
    key,
    claimed=None,
    role=Role.SURVEYOR,
    number=1,
    position=None,
    confirmed=False,
    track=None,
    side=None,
    against=False,
):
    head = {"incident_id": key, "assignment_id": f"{key}-{number}", "unit_id": f"{key}-u{number}"}
    unit = head["unit_id"]
    chosen = ev.Candidate(unit_id=unit, unit_name=unit, travel_s=600, eta_s=700, eta_p90_s=900, p_kept=0.9)
    yield ev.UnitOffered(
        **head, at=at(5), role=role, eta_at=at(700), p_kept=0.9, chosen=chosen, runners_up=(), refused=(), rule="test"
    )
    yield ev.AssignmentAccepted(**head, at=at(6))
    yield ev.UnitDeparted(**head, at=at(7))
    if claimed is not None:
        yield ev.ArrivalClaimed(**head, at=at(claimed), position=position)
    if against:
        yield ev.ArrivalContradicted(**head, at=at(claimed + 500), nearest_m=900, fixes=30)
    if confirmed:
        came_at = None if track is None else at(track)
        yield ev.ArrivalConfirmed(
            **head, at=at(claimed + 60), distance_m=20, track_arrived_at=came_at, carriageway=side
        )


def cases():
    names = (f"GZ261122-{n:05d}" for n in count(1))
    far, near = Position(113.40, 23.12), Position(113.3301, 23.12)
    for claimed in (1, 900, 1800, 1801, 0, -5, 50_000):
        key = next(names)
        yield [*taken(key), *trip(key, claimed)]
    for zone, limit_s, claimed in (
        (Zone.SUBURBAN, 3600.0, 3000),
        (Zone.SUBURBAN, 3600.0, 3601),
        (Zone.URBAN, 900.0, 950),
    ):
        key = next(names)
        yield [*taken(key, zone, limit_s), *trip(key, claimed)]
    for position, confirmed in ((far, False), (far, True), (near, False)):
        key = next(names)
        yield [*taken(key), *trip(key, 900, position=position, confirmed=confirmed)]
    yield from tracked(names)
    key = next(names)
    yield [*taken(key), *trip(key, 300, role=Role.TOW_UNIT), *trip(key, 2000, number=2)]
    key = next(names)
    yield [*taken(key, promised=False), *trip(key, 300)]
    key = next(names)
    yield [*taken(key, promised=False)]
    key = next(names)
    yield [*taken(key), ev.IncidentClosed(incident_id=key, at=at(60), reason="撤案")]
    yield [*taken(next(names), Zone.SUBURBAN, 3600.0)]
    yield from video(names)
    yield from merges(names)
    yield from cancelled(names)
    yield from handed_on(names)
    key = next(names)
    engaged = ev.PartnerEngaged(
        incident_id=key,
        at=at(2),
        city="佛山",
        partner="甲",
        telephone="1",
        contact_due_at=at(600),
        on_scene_due_at=at(3600),
    )
    told = ev.PartnerReported(incident_id=key, at=at(3000), step=PartnerStep.ON_SCENE, told_by="甲")
    yield [*taken(key, Zone.PROVINCE, 3600.0), engaged, told]


def tracked(names):
    """Kept by the button and not by the track, the other way round, on the other side, and arrivals that the track denies."""
    for claimed, told in (
        (1790, {"confirmed": True, "track": 1830}),
        (1850, {"confirmed": True, "track": 1700, "side": Carriageway.OPPOSITE}),
        (900, {"confirmed": True, "track": 880.5, "side": Carriageway.RIGHT}),
        (900, {"against": True}),
        (900, {"against": True, "confirmed": True, "track": 960}),
    ):
        key = next(names)
        yield [*taken(key), *trip(key, claimed, **told)]


def cancelled(names):
    for code in (*CloseCode, None):
        key = next(names)
        yield [*taken(key), ev.IncidentClosed(incident_id=key, at=at(600), reason="结束", code=code)]
    key = next(names)
    stopped = ev.IncidentClosed(incident_id=key, at=at(600), reason="演示停机", code=CloseCode.DEMO_STOPPED)
    yield [*taken(key, simulated=True), stopped]
    for claimed, closed in ((None, 1800), (None, 1801), (1900, 2000)):
        key = next(names)
        job = (
            [*trip(key, claimed), ended(key, at(closed))]
            if claimed is None
            else [*trip(key, claimed), left(key, closed)]
        )
        off = ev.IncidentClosed(incident_id=key, at=at(closed), reason="撤案", code=CloseCode.WITHDRAWN)
        yield [*taken(key), *job, off]


def ended(key, when, number=1):
    head = {"incident_id": key, "assignment_id": f"{key}-{number}", "unit_id": f"{key}-u{number}"}
    return ev.AssignmentReleased(**head, at=when, reason="改派")


def left(key, seconds, number=1):
    head = {"incident_id": key, "assignment_id": f"{key}-{number}", "unit_id": f"{key}-u{number}"}
    return ev.UnitCleared(**head, at=at(seconds))


def handed_on(names):
    """Jobs that passed from one surveyor to another, of clients of two organisations."""
    key = next(names)
    yield [*taken(key, client="HP-001"), *trip(key), ended(key, at(400)), *trip(key, 1500, number=2)]
    key = next(names)
    yield [*taken(key, client="hp 7·12"), *trip(key), ended(key, at(400))]


def video(names):
    for started, consent, completed in ((60, "同意", True), (60, "", True), (1900, "同意", True), (60, "同意", False)):
        key = next(names)
        survey = ev.RemoteSurveyStarted(incident_id=key, at=at(started), surveyor="陈工", consent=consent)
        yield [*taken(key), survey, ev.RemoteSurveyEnded(incident_id=key, at=at(started + 300), completed=completed)]


def merges(names):
    for undone in (False, True):
        key = next(names)
        merged = ev.IncidentMerged(incident_id=key, at=at(90), kept_id="X", p_same=0.9, likeness="", reason="同一事故")
        parted = ev.MergeUndone(incident_id=key, at=at(120), kept_id="X", reason="两起")
        yield [*taken(key), merged, *([parted] if undone else [])]


def bundled(folder, histories, *sealed_at, since=None, until=None):
    store = MemorySeals(histories, *sealed_at)
    found, last = write_bundle(folder / "bundle.zip", store, since, until, RULES)
    published = folder / "seals.txt"
    published.write_text("# head\n" + "".join(map(line, store.all())), encoding="utf-8")
    return folder / "bundle.zip", published, found, last


def without(entries, key):
    return [e for e in entries if e["event"]["incident_id"] != key]
