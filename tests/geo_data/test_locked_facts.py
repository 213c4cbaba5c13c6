"""No personal value of any event lies in the database in plain words; all come back; erased ones leave chains and seals whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from promises import NOON, at, taken, trip
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from dispatch import events as ev
from dispatch.auditing.audit import Basis, audit
from dispatch.errors import UnknownId
from dispatch.personal import GONE
from dispatch.policy.audit_rules import AuditRules
from dispatch.scene_report import SceneDecision, SceneReport
from dispatch.seals import NOTHING_BEFORE
from dispatch.vocabulary import Tier
from geo_data.database import MIGRATIONS, transaction
from geo_data.photo_image import Picture
from geo_data.stores.access_log import Reading, forget_readings, readings, write_reading
from geo_data.stores.incident_search import find
from geo_data.stores.judged_store import PostgisJudged
from geo_data.stores.key_store import PostgisKeys
from geo_data.stores.photo_store import PostgisPhotos
from geo_data.stores.postgis_log import PostgisLog
from geo_data.stores.retention_store import PostgisRetention
from geo_data.stores.seal_store import PostgisSeals

PHONE, PLATE, WORDS = "13812341234", "粤A8K321", "白云机场高架追尾,我姓欧阳,有人受伤"
SECRETS = (PHONE, PLATE, "欧阳", "8K321", "左腿骨折", "照片内容")
LATER = NOON + timedelta(days=4000)
PICTURE = Picture(media_type="image/jpeg", width_px=1, height_px=1, thumbnail="照片内容".encode())
TABLES = ("events", "service_facts", "data_keys", "personal_marks", "judged", "incidents", "photos", "idempotency_keys")
RULES = AuditRules()


def told(key: str = "GZ1") -> list[ev.Event]:
    """A finished case whose caller named everything, who was photographed, surveyed and called back."""
    first, *others = taken(key)
    said = replace(first, text=WORDS, plate=PLATE, phone=PHONE)  # type: ignore[type-var]
    report = SceneReport(
        answered_by="欧阳先生", injuries="左腿骨折", injured=1, decision=SceneDecision.SETTLED, captured_at=at(1000)
    )
    return [
        said,
        *others,
        *trip(key, 900),
        ev.PlaceDoubted(incident_id=key, at=at(950), text="欧阳说不在这里"),
        ev.SceneSurveyed(incident_id=key, at=at(1000), report=report, sha256="0" * 64),
        ev.UnitCleared(incident_id=key, assignment_id=f"{key}-1", unit_id=f"{key}-u1", at=at(1100)),
        ev.IncidentClosed(incident_id=key, at=at(1200), reason="处理完毕"),
        ev.CallbackRequested(incident_id=key, at=at(1300), reason="欧阳要回电", phone=PHONE),
        ev.ServiceRated(incident_id=key, at=at(1400), stars=5, words="谢谢,欧阳"),
    ]


def written(connection: Connection, *keys: str) -> PostgisLog:
    log = PostgisLog(connection)
    for key in keys or ("GZ1",):
        log.append(told(key), after=0)
        PostgisPhotos(connection).keep(key, "a" * 64, "照片内容".encode(), PICTURE)
    return log


def lying_plain(connection: Connection) -> list[str]:
    """Which of the secrets can be read in some row of some table."""
    found = []
    for table in TABLES:
        for row in connection.execute(text(f"SELECT * FROM {table}")):
            said = " ".join(v.decode(errors="ignore") if isinstance(v, bytes) else str(v) for v in row)
            found += [f"{table}: {secret}" for secret in SECRETS if secret in said]
    return found


def test_all_comes_back_and_nothing_personal_lies_in_plain_words(connection: Connection) -> None:
    log = written(connection)
    assert log.history("GZ1") == told()
    PostgisJudged(connection, RULES).refresh(LATER)
    assert lying_plain(connection) == []
    assert PostgisPhotos(connection).content("GZ1", "a" * 64) == ("image/jpeg", "照片内容".encode())
    assert PostgisPhotos(connection).thumbnail("GZ1", "a" * 64)[1] == "照片内容".encode()


def test_a_caller_s_words_are_found_though_they_lie_under_lock(connection: Connection) -> None:
    written(connection, "GZ1", "GZ2")
    for words in ([PHONE], ["1234"], ["粤a8k321"], ["8k3"], ["欧阳"], ["欧阳", "gz2"], ["猎德大道"], ["GZ2-u1"]):
        found = find(connection, words, since=NOON, limit=9)
        assert "GZ2" in found, words
        assert ("GZ1" in found) == (not any("2" in word and "gz" in word.lower() for word in words))
    assert find(connection, ["欧阳"], since=NOON, limit=1) == ["GZ2"]
    assert find(connection, ["欧阳"], since=NOON + timedelta(days=1), limit=9) == []


def test_erasing_a_case_takes_what_is_personal_and_leaves_chains_seals_and_shares(connection: Connection) -> None:
    log, seals = written(connection, "GZ1", "GZ2"), PostgisSeals(connection)
    sealed = seals.seal(LATER, "net", "")
    basis = Basis(title="", source="", judged_at=LATER, rules=RULES)
    before, facts = audit(log.all_events(), LATER, basis), list(seals.facts(None, None))
    PostgisJudged(connection, RULES).refresh(LATER)
    assert PostgisRetention(connection).erase_cases(["GZ1"]) == 1

    incident = log.incident("GZ1")
    assert (incident.reported.text, incident.reported.plate, incident.reported.phone) == (GONE, "", "")
    assert incident.survey is not None
    assert incident.survey.report.injuries == ""
    assert log.history("GZ2") == told("GZ2")
    assert list(seals.facts(None, None)) == facts
    previous = NOTHING_BEFORE
    for fact in (f for f in facts if f.fact.incident_id == "GZ1"):
        assert fact.fact.hash == fact.hash
        assert fact.fact.previous == previous
        previous = fact.hash
    assert seals.last() == sealed
    after = audit(log.all_events(), LATER, basis)
    assert replace(after, edited=()) == replace(before, edited=())
    assert [e.words for e in after.edited] == ["欧阳说不在这里", GONE]  # latest first
    with pytest.raises(UnknownId, match="保存期限"):
        PostgisPhotos(connection).content("GZ1", "a" * 64)
    assert PostgisKeys(connection).found_by([PHONE]) == ["GZ2"]
    assert find(connection, ["欧阳"], since=NOON, limit=9) == ["GZ2"]
    store = PostgisJudged(connection, RULES)
    told_plates = [p for p in store.table(NOON, LATER, LATER)["plates"].to_list() if p]
    assert [store.plate(p) for p in told_plates] == [PLATE]


def test_what_is_said_after_an_erasure_is_locked_under_a_new_key(connection: Connection) -> None:
    log = written(connection)
    PostgisRetention(connection).erase_cases(["GZ1"])
    again = ev.ServiceRated(incident_id="GZ1", at=at(1500), stars=4, words="欧阳又来")
    log.append([again], after=len(told()))
    assert log.history("GZ1")[-1] == again
    assert log.incident("GZ1").reported.text == GONE
    assert lying_plain(connection) == []


def test_what_another_caller_said_goes_with_that_caller_s_case(connection: Connection) -> None:
    log = PostgisLog(connection)
    log.append(told("GZ1")[:2], after=0)
    log.append(told("GZ2"), after=0)
    joined = ev.DuplicateJoined(
        incident_id="GZ1",
        at=at(9),
        duplicate_id="GZ2",
        reported_at=NOON,
        text="欧阳",
        tier=Tier.MINOR,
        reason="同一事故",
    )
    log.append([joined], after=2)
    PostgisRetention(connection).erase_cases(["GZ2"])
    assert log.incident("GZ1").duplicates["GZ2"].text == GONE
    assert log.incident("GZ1").reported.text == WORDS


def test_only_old_closed_cases_are_due(connection: Connection) -> None:
    log = written(connection, "GZ1")
    log.append(told("GZ3")[:3], after=0)
    store = PostgisRetention(connection)
    assert store.cases(at(1400), 9) == []  # something happened to it since
    assert store.cases(at(1401), 9) == ["GZ1"] == store.with_photos(at(1401), 9)
    store.erase_cases(["GZ1"])
    assert store.cases(LATER, 9) == [] == store.with_photos(LATER, 9)


def test_a_fact_from_before_there_were_locks_still_reads(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("geo_data.stores.postgis_log.locked", lambda _connection, _fact, _kind, body: body)
        log = PostgisLog(connection)
        log.append(told("GZ1"), after=0)
    assert log.history("GZ1") == told("GZ1")
    assert find(connection, ["欧阳"], since=NOON, limit=9) == ["GZ1"]


def test_photographs_and_readings_cannot_be_deleted_by_whoever_does_not_say_so(connection: Connection) -> None:
    written(connection)
    for statement in (
        "DELETE FROM photos",
        "UPDATE photos SET key_id = 1",
        "DELETE FROM access_log",
        "TRUNCATE access_log",
    ):
        with pytest.raises(DBAPIError, match="kept as they came"), connection.begin_nested():
            connection.execute(text(statement))


def test_readings_are_kept_for_half_a_year_whatever_is_asked(connection: Connection) -> None:
    now = datetime.now(UTC)
    for days in (1, 400):
        reading = Reading(
            at=now - timedelta(days=days), who="m", role="manager", what="case", subject="GZ1", route="GET /"
        )
        write_reading(connection, reading)
    assert [r.at for r in readings(connection, since=LATER - timedelta(days=9999), subject="GZ1")] == [
        now - timedelta(days=1),
        now - timedelta(days=400),
    ]
    with pytest.raises(DBAPIError, match="six months"), connection.begin_nested():
        forget_readings(connection, now)
    assert forget_readings(connection, now - timedelta(days=365)) == 1


def test_going_back_and_forward_loses_nothing_that_was_locked(database_engine: Engine) -> None:
    with transaction(database_engine) as connection:
        written(connection)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    migration: Any = ScriptDirectory.from_config(config).get_revision("0017")
    with transaction(database_engine) as connection, Operations.context(MigrationContext.configure(connection)):
        migration.module.downgrade()
        assert connection.execute(text("SELECT to_regclass('access_log')")).scalar() is None  # it was empty
    with transaction(database_engine) as connection, Operations.context(MigrationContext.configure(connection)):
        migration.module.upgrade()
    with transaction(database_engine) as connection:
        assert PostgisLog(connection).history("GZ1") == told()
        assert PostgisPhotos(connection).content("GZ1", "a" * 64)[1] == "照片内容".encode()
