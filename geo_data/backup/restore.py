"""A new cluster out of a base backup and the archived log, as everything stood at a moment."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from dispatch.errors import InvalidInput, Unavailable
from geo_data.backup.base import Base, Bases
from geo_data.cluster.cluster import PrivateCluster
from geo_data.cluster.server_programs import owned_folder, run
from geo_data.cluster.wal_archive import SCRIPT, Archive, restore_command

LIMIT_S = 24 * 3600  # a guard: replaying weeks of log takes hours
TOO_EARLY_AN_END = "recovery ended before configured recovery target was reached"


def restore(bases: Bases, base: Base, into: Path, *, to: datetime | None, password: str) -> PrivateCluster:
    """Make a cluster in a new folder, with every transaction committed until a moment and none after it.

    The archive is only read. The cluster is left stopped, on a timeline of its own.

    Parameters
    ----------
    into : Path
        A folder that is not there yet, or empty.
    to : datetime or None
        Aware; None goes to the end of what is archived.
    password : str
        Of the database's user at that time.

    Raises
    ------
    InvalidInput
        When there is something in the folder, or the archive ends before ``to``.
    Unavailable
        When PostgreSQL does not get there; the message holds the end of its log.
    """
    if into.exists() and any(into.iterdir()):
        raise InvalidInput(f"{into} is not empty: a restore goes into a new folder, never over a living database.")
    owned_folder(into)
    cluster = PrivateCluster(into, limit_s=LIMIT_S)
    try:
        usual = _lay_out(bases, base, cluster, to)
        cluster.write("password", password)
        _recover(cluster, to)
        cluster.write("data/postgresql.auto.conf", usual)
    except BaseException:
        cluster.kill()
        shutil.rmtree(into, ignore_errors=True)  # nobody may take the half of it for a database
        raise
    return cluster


def _lay_out(bases: Bases, base: Base, cluster: PrivateCluster, to: datetime | None) -> str:
    """Copy the base and tell the server how to go on from it; returns its usual settings."""
    half = cluster.folder / "data.part"
    done = run("cp", "-a", "--reflink=auto", bases.path(base), half, cwd=cluster.folder)
    if done.returncode != 0:
        raise Unavailable(f"The base backup could not be copied: {done.stderr.strip()}")
    half.chmod(0o700)
    half.rename(cluster.data)
    usual = (cluster.data / "postgresql.auto.conf").read_text()
    lines = {"restore_command": restore_command(bases.wal), "hot_standby": "off", "recovery_target_action": "promote"}
    if to is not None:
        lines["recovery_target_time"] = to.astimezone(UTC).isoformat()
    told = "".join(f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in lines.items())
    cluster.write("data/postgresql.auto.conf", usual + told)
    cluster.write("data/recovery.signal", "")
    return usual


def _recover(cluster: PrivateCluster, to: datetime | None) -> None:
    try:
        with cluster:
            pass  # it answers once it has got there
    except Unavailable as error:
        if to is not None and TOO_EARLY_AN_END in str(error):
            raise InvalidInput(
                f"Nothing was archived that is later than {to.isoformat()}: leave --to out to restore to the end."
            ) from None
        raise


def go_live(restored: PrivateCluster, living: Path, archive: Archive | None, now: datetime) -> Path | None:
    """Put a restored cluster in the place of the living one, which is set aside, not thrown away.

    Returns
    -------
    Path or None
        Where the cluster that was there is now.

    Raises
    ------
    InvalidInput
        When one of the two is running, or the first is none.
    """
    if not (restored.data / "PG_VERSION").exists() or (restored.data / "recovery.signal").exists():
        raise InvalidInput(
            f"There is no restored database in {restored.folder}: `gzdispatch backup restore` makes one."
        )
    for folder in (restored.folder, living):
        if (folder / "data").exists() and PrivateCluster(folder).is_running():
            raise InvalidInput(f"The database in {folder} is running: stop the service first.")
    if archive is not None:
        _keep_history(restored, archive)
    aside = None
    if living.exists():
        aside = living.rename(living.with_name(f"{living.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"))
    shutil.move(restored.folder, living)
    return aside


def _keep_history(restored: PrivateCluster, archive: Archive) -> None:
    """Archive where the timelines part: the server did not, because a trial must leave no trace in the archive."""
    folder = archive.prepare()
    script = restored.write("wal_archive.sh", SCRIPT.read_text())
    for history in sorted((restored.data / "pg_wal").glob("*.history")):
        done = run("sh", script, folder, history, history.name, cwd=restored.folder)
        if done.returncode != 0:
            raise InvalidInput(
                "Another restored database went live from the same archive since: restore once more, then go live "
                f"({done.stderr.strip()})."
            )
