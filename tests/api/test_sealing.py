"""Seals made, published, mailed and held against a live database that a superuser has tampered with."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from mail_server import mail_server
from pydantic import SecretStr
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from api.commands.audit import app
from api.sealing import keeping, verify
from api.sealing.mail import message, send
from api.sealing.publish import OUTBOX, line, publish
from api.settings import settings
from dispatch.errors import Unavailable
from dispatch.events import (
    ArrivalClaimed,
    AssignmentAccepted,
    Candidate,
    CommitmentMade,
    Event,
    IncidentReported,
    UnitDeparted,
    UnitOffered,
)
from dispatch.seals import NOTHING_BEFORE, Seal, merkle_root
from dispatch.vocabulary import Channel, Role, Tier, Zone
from geo_data.database import transaction
from geo_data.stores.postgis_log import PostgisLog

T0 = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def history(key: str, response_s: float) -> list[Event]:
    """An incident somebody arrived at."""
    head = {"incident_id": key, "assignment_id": f"{key}-1", "unit_id": f"u-{key}"}
    chosen = Candidate(unit_id=f"u-{key}", unit_name="", travel_s=600, eta_s=700, eta_p90_s=900, p_kept=0.9)
    decided = {"role": Role.SURVEYOR, "eta_at": T0, "p_kept": 0.9, "chosen": chosen, "rule": "test"}
    return [
        IncidentReported(incident_id=key, at=T0, text="追尾", channel=Channel.CONSOLE, tier=Tier.STANDARD),
        CommitmentMade(
            incident_id=key, at=T0, kind="arrival", zone=Zone.URBAN, tier=Tier.STANDARD, starts_at=T0,
            due_at=T0 + timedelta(seconds=1800), limit_s=1800.0, policy_version="test",
        ),
        UnitOffered(**head, at=T0, **decided, runners_up=(), refused=()),
        AssignmentAccepted(**head, at=T0 + timedelta(seconds=60)),
        UnitDeparted(**head, at=T0 + timedelta(seconds=90)),
        ArrivalClaimed(**head, at=T0 + timedelta(seconds=response_s)),
    ]  # fmt: skip


@pytest.fixture
def folder(wired: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test publishes."""
    monkeypatch.setenv("GZ_SEALS_FOLDER", str(tmp_path / "seals"))
    settings.cache_clear()
    return tmp_path / "seals"


@pytest.fixture
def sealed(folder: Path, database_engine: Engine) -> Engine:
    """Three incidents under two seals that are published."""
    for key, response_s in (("A", 900.0), ("B", 2000.0)):
        append(database_engine, history(key, response_s))
    assert run("seal").exit_code == 0
    append(database_engine, history("C", 600.0))
    assert run("seal").exit_code == 0
    return database_engine


def append(database: Engine, events: list[Event], after: int = 0) -> None:
    with transaction(database) as connection:
        PostgisLog(connection).append(events, after=after)


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


# -- a superuser at the live database ----------------------------------------------------------------------------


def test_a_sound_database_agrees_with_its_seals(sealed: Engine) -> None:
    told = run("verify")
    assert (told.exit_code, "✓" in told.output) == (0, True)
    assert "by_zone urban: 2/3" in told.output


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE events SET at = at - interval '10 min' WHERE incident_id = 'B' AND seq = 6", "altered: 案件 B 第 6 条"),
        ("UPDATE events SET recorded_at = at WHERE incident_id = 'B' AND seq = 6", "altered: 案件 B 第 6 条"),
        ("UPDATE events SET body = body || '{\"limit_s\": 3600}' WHERE incident_id = 'B' AND seq = 2", "altered: 案件 B 第 2 条"),
        ("UPDATE events SET hash = decode(repeat('00', 32), 'hex') WHERE incident_id = 'B' AND seq = 3", "altered: 案件 B 第 3 条"),
        ("DELETE FROM events WHERE incident_id = 'B' AND seq = 4", "removed: 案件 B 第 4 条"),
        ("DELETE FROM events WHERE incident_id = 'B' AND seq = 6", "removed: 案件 B 第 6 条"),
        ("DELETE FROM events WHERE incident_id = 'B'", "removed: 案件 B 整案"),
        (
            "UPDATE events SET seq = CASE seq WHEN 4 THEN 5 ELSE 4 END WHERE incident_id = 'B' AND seq IN (4, 5)",
            "altered: 案件 B 第 4 条",
        ),
        ("UPDATE seals SET policy = repeat('0', 64) WHERE number = 1", "altered: 封存第 1 号"),
        ("UPDATE seals SET policy_text = 'x' WHERE number = 1", "altered: 政策文件"),
        ("DELETE FROM seals WHERE number = 1", "removed: 封存:应为第 1 号"),
        ("UPDATE leaves SET hash = decode(repeat('00', 32), 'hex') WHERE incident_id = 'B' AND seq = 3", "altered: 案件 B 第 3 条"),
        ("DELETE FROM leaves WHERE incident_id = 'C'", "removed: 封存第 2 号清单的条数"),
    ],
)  # fmt: skip
def test_what_a_superuser_changes_is_found_and_named(sealed: Engine, change: str, found: str) -> None:
    tamper(sealed, change)
    told = run("verify")
    assert told.exit_code == 1
    assert found in next(words for words in told.output.splitlines() if words.startswith("✗"))


def tamper(database: Engine, change: str) -> None:
    """Change what the triggers guard, as only the owner of the tables can."""
    tables = ("events", "seals", "leaves")
    with transaction(database) as connection:
        connection.execute(text("ALTER TABLE events DROP CONSTRAINT IF EXISTS events_incident_id_seq_key"))
        for table in tables:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.exec_driver_sql(change)
        for table in tables:
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def test_an_event_put_in_afterwards_is_only_ever_under_a_later_seal(sealed: Engine) -> None:
    append(sealed, history("D", 60.0))  # as if it had happened before both seals
    assert "by_zone urban: 2/3" in run("verify").output, "what is not sealed counts for nothing"
    assert run("seal").exit_code == 0
    told = run("verify")
    assert "by_zone urban: 3/4" in told.output
    assert "封存第 3 号有 6 条发生 48 小时后才封存" in told.output or datetime.now(UTC) < T0 + timedelta(hours=48)


def test_a_database_sealed_anew_from_the_start_is_not_the_one_published(sealed: Engine) -> None:
    tamper(sealed, "DELETE FROM events WHERE incident_id = 'B'")
    tamper(sealed, "DELETE FROM leaves")
    tamper(sealed, "DELETE FROM seals")
    with transaction(sealed) as connection:
        keeping.PostgisSeals(connection).seal(datetime.now(UTC), "net", "")
        keeping.PostgisSeals(connection).seal(datetime.now(UTC), "net", "")
    told = run("verify")
    assert told.exit_code == 1
    assert "unpublished: 封存第 1 号" in told.output


def test_an_old_database_restored_ends_before_what_is_published(sealed: Engine) -> None:
    tamper(sealed, "DELETE FROM seals WHERE number = 2")
    tamper(sealed, "DELETE FROM leaves WHERE seal = 2")
    told = run("verify")
    assert told.exit_code == 1
    assert "已公布第 2 号,本包只到第 1 号" in told.output
    assert "✗ 与公布的不符 unpublished: 本包没有封存码" in told.output


# -- the bundle --------------------------------------------------------------------------------------------------


def test_a_bundle_seals_what_waits_and_is_the_same_the_second_time(
    sealed: Engine, folder: Path, tmp_path: Path
) -> None:
    append(sealed, history("D", 60.0))
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    assert run("bundle", "--out", one).exit_code == run("bundle", "--out", two).exit_code == 0
    assert one.read_bytes() == two.read_bytes()
    assert len((folder / "seals.txt").read_text().splitlines()) == 1 + 3
    assert verify.check(one, published=folder / "seals.txt").code == 0
    with ZipFile(one) as archive:
        assert set(archive.namelist()) >= {"README.md", "verify.py", "facts.jsonl", "leaves/000003.jsonl"}


def test_a_bundle_of_some_days_holds_the_incidents_reported_then(sealed: Engine, folder: Path, tmp_path: Path) -> None:
    for first, last, n in (("2026-11-22", "2026-11-22", 3), ("2026-11-23", "2026-11-24", 0)):
        told = run("bundle", "--out", tmp_path / "some.zip", "--from", first, "--to", last)
        assert (told.exit_code, f": {n} 起案件" in told.output) == (0, True)
        assert verify.check(tmp_path / "some.zip", published=folder / "seals.txt").code == 0


@pytest.mark.parametrize("words", [("--from", "yesterday"), ("--from", "2026-11-23", "--to", "2026-11-22")])
def test_a_period_that_is_none_is_refused_before_anything_is_written(
    sealed: Engine, tmp_path: Path, words: tuple[str, ...]
) -> None:
    told = run("bundle", "--out", tmp_path / "x.zip", *words)
    assert told.exit_code != 0
    assert list(tmp_path.glob("x.zip*")) == []


def test_a_bundle_that_cannot_be_written_leaves_nothing(sealed: Engine, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    told = run("bundle", "--out", tmp_path / "taken")
    assert isinstance(told.exception, Unavailable)
    assert "choose another place" in str(told.exception)
    assert list(tmp_path.glob("*.part")) == []


def test_the_audit_itself_still_answers_without_a_subcommand(sealed: Engine) -> None:
    told = run("--format", "json")
    assert (told.exit_code, '"reported": 3' in told.output) == (0, True)


def test_the_printed_audit_carries_the_last_seal_whole_and_short(sealed: Engine, folder: Path) -> None:
    last = keeping.last_seal()
    assert last is not None
    page, words = run("--format", "html").output, run().output
    assert all(part in page for part in (last.hash, last.root, last.short, f"第 {last.number} 号"))
    assert last.short in words


def test_whoever_reads_audits_sees_the_last_seal_and_what_waits(
    sealed: Engine, client: TestClient, manager: dict[str, str], surveyor: dict[str, str]
) -> None:
    append(sealed, history("D", 60.0))
    told = client.get("/v1/audit/seal", headers=manager).json()
    last = keeping.last_seal()
    assert last is not None
    assert told == last.document | {
        "hash": last.hash,
        "short": last.short,
        "waiting": 7,
    }  # 6 events, and the promises in force as the service wrote them down
    assert last.short in client.get("/management/audit", headers=manager).text
    assert client.get("/v1/audit/seal", headers=surveyor).status_code == 403


# -- when, and where to ------------------------------------------------------------------------------------------


def made(number: int = 1, previous: str = NOTHING_BEFORE, at: datetime = T0) -> Seal:
    return Seal(number=number, sealed_at=at, events=0, root=merkle_root([]), previous=previous, network="n", policy="p")


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-11-22T15:59:00", "2026-11-22T15:59:59", False),  # 23:59 in Guangzhou
        ("2026-11-22T15:59:00", "2026-11-22T16:00:00", True),
        ("2026-11-22T16:00:00", "2026-11-23T15:59:59", False),
        ("2026-11-20T16:00:00", "2026-11-23T10:00:00", True),
    ],
)
def test_a_seal_is_due_once_midnight_has_passed_in_guangzhou(last: str, now: str, due: bool) -> None:
    then, at = (datetime.fromisoformat(t).replace(tzinfo=UTC) for t in (last, now))
    assert keeping.is_due(made(at=then), at) is due
    assert keeping.is_due(None, at)


def test_the_background_seals_once_a_day_and_publishes_what_was_not(folder: Path, database_engine: Engine) -> None:
    append(database_engine, history("A", 900.0))
    for now in (T0, T0 + timedelta(hours=1), T0 + timedelta(hours=24)):
        keeping.keep(database_engine, now)
    (folder / "seals.txt").unlink()
    keeping.keep(database_engine, T0 + timedelta(hours=25))
    lines = (folder / "seals.txt").read_text().splitlines()
    assert [words.split()[0] for words in lines[1:]] == ["000001", "000002"]
    assert lines[1].split()[2] == "6"


def test_published_lines_are_only_ever_added(tmp_path: Path) -> None:
    first = made()
    second = made(2, first.hash)
    assert publish(tmp_path, [first], "a@b", "") == [first]
    before = (tmp_path / "seals.txt").read_bytes()
    assert publish(tmp_path, [first], "a@b", "") == []
    with pytest.raises(Unavailable, match="is not the one published"):
        publish(tmp_path, [made(1, "f" * 64), second], "a@b", "")
    assert publish(tmp_path, [first, second], "a@b", "") == [second]
    after = (tmp_path / "seals.txt").read_bytes()
    assert after == before + line(second).encode()
    assert (tmp_path / "seal-000002.json").read_text().count(second.hash) == 1


def test_a_line_that_a_crash_cut_off_is_written_again_and_the_stump_does_no_harm(tmp_path: Path) -> None:
    publish(tmp_path, [made()], "a@b", "")
    whole = (tmp_path / "seals.txt").read_text()
    (tmp_path / "seals.txt").write_text(whole[:-20])
    assert publish(tmp_path, [made()], "a@b", "") == [made()]
    assert (tmp_path / "seals.txt").read_text() == whole[:-20] + "\n" + line(made())


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="GZ_SEALS_FOLDER"):
        publish(tmp_path / "file", [made()], "a@b", "")


# -- by mail -----------------------------------------------------------------------------------------------------


def test_a_message_holds_the_code_whole_and_short_and_nothing_of_any_incident() -> None:
    seal = made()
    read = message_from_bytes(bytes(message(seal, "desk@insurer.example", "audit@client.example")), policy=default)
    words = read.get_content()
    assert seal.short in str(read["Subject"])
    assert all(part in words for part in (seal.hash, seal.short, seal.root, "2026-11-22 12:00:00"))
    assert bytes(message(seal, "a@b", "")) == bytes(message(seal, "a@b", ""))


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    """Two seals that wait to be sent."""
    first = made()
    publish(tmp_path, [first, made(2, first.hash)], "desk@insurer.example", "audit@client.example, boss@client.example")
    return tmp_path / OUTBOX


def test_messages_are_sent_in_order_and_put_away(outbox: Path) -> None:
    with mail_server() as server:
        assert send(outbox, "127.0.0.1", server.server_address[1], tls=False) == 2
        assert send(outbox, "127.0.0.1", server.server_address[1], tls=False) == 0
    told = [message_from_bytes(raw, policy=default) for raw in server.taken]
    assert [str(m["Subject"])[:7] for m in told] == ["封存 seal"] * 2
    assert made().hash in told[0].get_content()
    assert list(outbox.iterdir()) == []
    assert len(list((outbox.parent / "sent").iterdir())) == 2


def test_what_a_server_refuses_waits_for_the_next_time(outbox: Path) -> None:
    with mail_server(refuses=True) as server, pytest.raises(Unavailable, match="no such mailbox"):
        send(outbox, "127.0.0.1", server.server_address[1], tls=False)
    assert len(list(outbox.iterdir())) == 2


def test_without_a_server_messages_wait_and_no_password_is_told(outbox: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        send(outbox, "127.0.0.1", 1, user="u", password=SecretStr("hidden"), tls=True)
    assert "hidden" not in str(caught.value)
    assert len(list(outbox.iterdir())) == 2
