"""Backups for real: a database destroyed at work comes back as it stood at a moment, or to the end."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from dispatch.errors import InvalidInput
from dispatch.events import IncidentReported, TierChanged
from dispatch.service.kinds import RulesSet
from dispatch.vocabulary import Channel, Tier
from geo_data.backup.base import Base, Bases
from geo_data.backup.checks import Findings, check
from geo_data.backup.restore import go_live, restore
from geo_data.cluster.cluster import PrivateCluster
from geo_data.cluster.wal_archive import Archive
from geo_data.database import engine, migrate, transaction
from geo_data.stores.ledger_store import PostgisLedger
from geo_data.stores.postgis_log import PostgisLog
from geo_data.stores.seal_store import PostgisSeals

PATIENCE_S = 600.0  # a guard, not a promise


class Home:
    """A cluster with its archive, alive until it is destroyed, and what becomes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bases = Bases(folder / "backup")
        self.archive = Archive(self.bases.wal)
        self.cluster = PrivateCluster(folder / "pg", durable=False, archive=self.archive)
        self.password = ""

    def start(self) -> Engine:
        url = self.cluster.start()
        migrate(url)
        self.password = (self.cluster.folder / "password").read_text()
        return engine(url, pool_size=1)

    def destroy(self) -> None:
        os.kill(int((self.cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        shutil.rmtree(self.cluster.folder)

    def restored(self, name: str, to: datetime | None, base: Base | None = None) -> PrivateCluster:
        into = self.folder / name
        base = base or self.bases.named(None)
        return restore(self.bases, base, into, to=to, password=self.password)


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="gzdispatch-backup-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def write_facts(database: Engine, name: str) -> None:
    now = datetime.now(UTC)
    with transaction(database) as connection:
        reported = IncidentReported(
            incident_id=name, at=now, text="追尾", channel=Channel.TELEPHONE, tier=Tier.STANDARD
        )
        retiered = TierChanged(incident_id=name, at=now, tiers=(Tier.MINOR,), reason="轻微")
        PostgisLog(connection).append([reported, retiered], after=0)
        rules = RulesSet(stream=f"client/{name}", at=now, recorded_at=now, version=name, rules=())
        PostgisLedger(connection).append(rules, after=0)


def seal(database: Engine) -> None:
    with transaction(database) as connection:
        PostgisSeals(connection).seal(datetime.now(UTC), "net", 'version = "test"\n')


def moment_between(database: Engine) -> datetime:
    """The database's own clock, with room on both sides."""
    time.sleep(0.05)
    with database.connect() as connection:
        at: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    time.sleep(0.05)
    return at


def archive_all(database: Engine) -> None:
    """Have the present piece of the log put away, and wait until it is."""
    with database.connect() as connection:
        row = connection.execute(text("SELECT pg_walfile_name(pg_switch_wal())")).scalar_one()
        limit = time.monotonic() + PATIENCE_S
        while True:
            done = connection.execute(text("SELECT last_archived_wal FROM pg_stat_archiver")).scalar_one()
            if done and done >= row:
                return
            assert time.monotonic() < limit, "nothing is archived"
            connection.rollback()
            time.sleep(0.05)


def incidents_in(cluster: PrivateCluster) -> tuple[list[str], Findings]:
    with cluster as url:
        database = engine(url, pool_size=1)
        with database.connect() as connection:
            ids = list(connection.execute(text("SELECT id FROM incidents ORDER BY number")).scalars())
        with transaction(database) as connection:
            found = check(connection)
        database.dispose()
    return ids, found


def test_a_destroyed_database_comes_back_as_it_stood_at_a_moment_and_to_the_end(folder: Path) -> None:
    home = Home(folder)
    database = home.start()
    write_facts(database, "before the base")
    seal(database)
    base = home.bases.take(home.cluster, datetime.now(UTC), {"network": "net"})
    write_facts(database, "after the base")
    at = moment_between(database)
    write_facts(database, "after the moment")
    seal(database)
    archive_all(database)
    write_facts(database, "not archived")
    database.dispose()
    home.destroy()

    assert home.bases.all() == [base]
    assert home.bases.faults(base) == []
    ids, found = incidents_in(home.restored("then", at))
    assert ids == ["before the base", "after the base"]
    assert (found.wrong, found.n_events, found.n_facts, len(found.seals)) == ([], 4, 2, 1)
    assert found.newest_at is not None
    assert found.newest_at < at

    whole = home.restored("end", None)
    ids, found = incidents_in(whole)
    assert ids == ["before the base", "after the base", "after the moment"]
    assert (found.wrong, found.n_events, found.n_facts, len(found.seals)) == ([], 6, 3, 2)
    with pytest.raises(InvalidInput, match="leave --to out"):
        home.restored("future", datetime.now(UTC) + timedelta(hours=1))
    assert not (folder / "future").exists()
    with pytest.raises(InvalidInput, match="is not empty"):
        home.restored("end", None)

    assert go_live(whole, home.cluster.folder, home.archive, datetime.now(UTC)) is None
    again = home.start()
    write_facts(again, "after the fire")
    archive_all(again)
    assert go_on_from_there(home, again) == [*ids, "after the fire"]


def go_on_from_there(home: Home, database: Engine) -> list[str]:
    """A new base backup on the new timeline, and a restore from it."""
    assert home.bases.take(home.cluster, datetime.now(UTC), {}).timeline == 2
    archive_all(database)
    database.dispose()
    home.destroy()
    return incidents_in(home.restored("again", None))[0]
