"""Backups of this installation, by its settings: take, verify, restore, go live."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from api import wiring
from api.backup import kept_files
from api.sealing import keeping
from api.sealing.publish import LINES, published_codes
from api.settings import settings
from dispatch.errors import InvalidInput, Unavailable
from geo_data.backup.base import Base, Bases
from geo_data.backup.checks import Findings, check
from geo_data.backup.restore import go_live, restore
from geo_data.cluster.cluster import PrivateCluster
from geo_data.database import engine, transaction

NOTE = "restored.json"
Say = Callable[[str], object]


def bases() -> Bases:
    """The base backups; raises `InvalidInput` where the settings name no folder."""
    folder = settings().backup_folder
    if folder is None:
        raise InvalidInput("No backup folder: set GZ_BACKUP_FOLDER, best to another disk (docs/backup.md).")
    return Bases(folder)


def own_cluster() -> PrivateCluster:
    """The private cluster; raises `InvalidInput` where the database is somebody else's."""
    cluster = wiring.private_cluster()
    if cluster is None:
        raise InvalidInput("DATABASE_URL is a database of your own: back it up there (docs/backup.md says how).")
    return cluster


def files_folder(name: str) -> Path:
    """Where the files beside a base backup are."""
    return bases().folder / "files" / name


def keys_folder(name: str) -> Path:
    """Where its keys are."""
    return (settings().backup_keys_folder or bases().folder).absolute() / "keys" / name


def take(now: datetime) -> tuple[Base, tuple[str, ...]]:
    """Take a base backup with the files beside it; also what is absent, in words.

    Raises
    ------
    InvalidInput
        When the database is not our private cluster.
    Unavailable
        When it is not running, or does not archive its log.
    """
    found, cluster = bases(), own_cluster()
    wiring.database_url()  # told here when it is not running
    _must_archive()
    beside = kept_files.beside_the_database()
    about = {"program": version("gzdispatch"), "network": wiring.load_network().fingerprint, "absent": beside.absent}
    base = found.take(cluster, now, about)
    keep_files(base.name, beside)
    return base, beside.absent


def keep_files(name: str, beside: kept_files.Beside) -> None:
    """Copy the files and the keys to their places."""
    kept_files.copy_all(beside.files, files_folder(name))
    kept_files.copy_all(beside.keys, keys_folder(name))


def _must_archive() -> None:
    if archiver()["mode"] != "on":
        raise Unavailable("The database does not archive its log yet: restart the service with GZ_BACKUP_FOLDER set.")


def archiver() -> dict[str, str]:
    """How archiving goes in the running database; raises `Unavailable` when there is none."""
    with transaction(wiring.database()) as connection:
        mode = connection.exec_driver_sql("SHOW archive_mode").scalar_one()
        row = connection.exec_driver_sql("SELECT * FROM pg_stat_archiver").mappings().one()
    return {"mode": mode, **{key: str(value) for key, value in row.items() if value is not None}}


def faults(base: Base) -> list[str]:
    """What is wrong with a base backup, its log, its files and its keys, in words."""
    beside = (files_folder(base.name), keys_folder(base.name))
    return [*bases().faults(base), *(fault for folder in beside for fault in kept_files.faults(folder))]


def prune(keep: int) -> list[str]:
    """Throw away old base backups with their files and keys; says which."""
    gone = bases().prune(keep)
    for name in gone:
        shutil.rmtree(files_folder(name), ignore_errors=True)
        shutil.rmtree(keys_folder(name), ignore_errors=True)
    return gone


def restore_into(into: Path, to: datetime | None, name: str | None, say: Say) -> Findings:
    """Restore into a new folder and check what came of it."""
    found = bases()
    base = found.before(to) if to is not None and name is None else found.named(name)
    if to is not None and to < base.ended_at:
        raise InvalidInput(f"{to.isoformat()} is before base backup {base.name} ended: name an older one or none.")
    secret = keys_folder(base.name) / kept_files.PASSWORD
    if not secret.exists():
        raise InvalidInput(f"The database's password is not at {secret}: set GZ_BACKUP_KEYS_FOLDER to where it is.")
    say(f"从基础备份恢复 restoring from base backup {base.name} …")
    cluster = restore(found, base, into, to=to, password=secret.read_text())
    cluster.write(NOTE, json.dumps({"base": base.name, "to": to.isoformat() if to else None}))
    say("核验 checking chains and seals …")
    with cluster as url:
        return _checked(url)


def _checked(url: str) -> Findings:
    database = engine(url, pool_size=1)
    try:
        with transaction(database) as connection:
            return check(connection)
    finally:
        database.dispose()


def against_published(found: Findings, published: Path | None) -> tuple[list[str], list[int]]:
    """Hold a restored database's seals against those published: which differ, and which it has not yet made."""
    codes = published_codes(published or keeping.folder() / LINES)
    known = {seal.number: seal.hash for seal in found.seals}
    wrong = [f"seal {n} is not the one that was published" for n, code in codes.items() if known.get(n, code) != code]
    return wrong, [number for number in codes if number not in known]


def live(folder: Path, say: Say) -> None:
    """Put a restored cluster in the place of the living one; the service must be stopped."""
    note = folder / NOTE
    if not note.exists():
        raise InvalidInput(f"{folder} holds no restored database: `gzdispatch backup restore` makes one.")
    base, now = json.loads(note.read_text())["base"], datetime.now(UTC)
    cluster = own_cluster()
    aside = go_live(PrivateCluster(folder), cluster.folder, cluster.archive, now)
    (settings().state / "prepared").unlink(missing_ok=True)  # set-up looks at the database anew
    if aside is not None:
        say(f"原库移至 the database that was there is now {aside}")
    put, different = kept_files.put_back(keys_folder(base), settings().state)
    for what, names in (("已放回 put back", put), ("与备份不同,未动 differs from the backup, left", different)):
        if names:
            say(f"{what}: {', '.join(names)}")
    _set_seals_aside(now, say)


def _set_seals_aside(now: datetime, say: Say) -> None:
    """Seals published after the moment belong to a history that is gone: its folder stays as evidence, under another name."""
    folder = keeping.folder()
    if folder.exists():
        aside = folder.rename(folder.with_name(f"{folder.name}.before-{now:%Y%m%dT%H%M%SZ}"))
        say(f"已公布封存移至 the seals published so far are now in {aside}; those of this database are published anew")
