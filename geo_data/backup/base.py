"""Base backups: taken from the running cluster, written down when they are whole, verified, thrown away when old."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dispatch.errors import InvalidInput, Unavailable
from geo_data.cluster.cluster import NAME, PrivateCluster
from geo_data.cluster.server_programs import find_programs, owned_folder, run
from geo_data.cluster.wal_archive import Reach, Segment, is_whole, pieces, reach

NAMED_BY = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Base:
    """A base backup that is whole.

    Parameters
    ----------
    name : str
        When it began, UTC; also the name of its folder.
    began_at, ended_at : datetime
        Aware. A restore can reach any moment from ``ended_at`` on.
    n_bytes : int
        On the disk, its own piece of the log included.
    version : str
        Major version of PostgreSQL.
    timeline, lsn
        Where in the log it starts.
    about : mapping
        What else whoever took it wants to be known.
    """

    name: str
    began_at: datetime
    ended_at: datetime
    n_bytes: int
    version: str
    timeline: int
    lsn: str
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def start(self) -> Segment:
        """The piece of the log that it starts in."""
        return Segment.at(self.timeline, self.lsn)


class Bases:
    """The base backups in a backup folder.

    Parameters
    ----------
    folder : Path
        Holds ``base/``, a folder and a note each, and ``wal/``, the archive.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.wal = self.folder / "wal"
        self._bases = self.folder / "base"

    def all(self) -> list[Base]:
        """Every whole base backup, oldest first."""
        return [_read(note) for note in sorted(self._bases.glob("*.json"))]

    def named(self, name: str | None) -> Base:
        """One by name, the newest without; raises `InvalidInput`."""
        found = [base for base in self.all() if name in (None, base.name)]
        if not found:
            raise InvalidInput(f"No base backup {name or ''} in {self.folder}: see `gzdispatch backup list`.")
        return found[-1]

    def before(self, to: datetime) -> Base:
        """The newest from which a moment can be reached; raises `InvalidInput`."""
        found = [base for base in self.all() if base.ended_at <= to]
        if not found:
            raise InvalidInput(f"No base backup in {self.folder} ended before {to.isoformat()}: nothing reaches it.")
        return found[-1]

    def path(self, base: Base) -> Path:
        """Its folder."""
        return self._bases / base.name

    def reach(self, base: Base) -> Reach:
        """How far the archive goes from it."""
        return reach(pieces(self.wal), base.start)

    def take(self, cluster: PrivateCluster, now: datetime, about: Mapping[str, Any]) -> Base:
        """Take one from the running cluster; readers and writers go on meanwhile.

        Raises
        ------
        Unavailable
            When it fails, or when there is one of this second already; nothing half-made is left to be taken for one.
        """
        owned_folder(self.folder)
        owned_folder(self._bases)
        name = now.astimezone(UTC).strftime(NAMED_BY)
        half, whole = self._bases / f"{name}.part", self._bases / name
        for left in (*self._bases.glob("*.part"), whole):  # of a run that was cut short
            if left.with_suffix(".json").exists():
                raise Unavailable(f"There is a base backup {name} already: wait a second.")
            shutil.rmtree(left) if left.exists() else None
        _ask(cluster, half)
        half.rename(whole)
        base = _described(name, whole, now, about)
        _write(self._bases / f"{name}.json", base)
        return base

    def faults(self, base: Base) -> list[str]:
        """What is wrong with one, in words: files altered or missing, pieces of the log missing or broken."""
        checked = run(find_programs(base.version) / "pg_verifybackup", "-q", self.path(base), cwd=self._bases)
        found = [line.split("error: ")[-1] for line in checked.stderr.splitlines()] if checked.returncode else []
        archived = pieces(self.wal)
        missing = reach(archived, base.start).missing
        if missing:
            found.append(f"wal/{missing.name}.gz is missing: what came after it cannot be restored from this one.")
        later = (path for piece, path in sorted(archived.items()) if piece.number >= base.start.number)
        return found + [f"wal/{path.name} is broken." for path in later if not is_whole(path)]

    def prune(self, keep: int) -> list[str]:
        """Throw away all but the newest ``keep`` and the pieces of the log that only older ones need; says which."""
        if keep < 1:
            raise InvalidInput("Keep one base backup at least.")
        (*old,) = self.all()[:-keep]
        for base in old:
            (self._bases / f"{base.name}.json").unlink()  # first: without it the rest counts as nothing
            shutil.rmtree(self.path(base))
        oldest = next(iter(self.all()), None)
        if oldest is not None:
            _forget_log(self.wal, oldest)
        return [base.name for base in old]


def _ask(cluster: PrivateCluster, into: Path) -> None:
    # The password goes by a file: a command line can be read by everybody on the machine.
    port, password = ((cluster.folder / name).read_text() for name in ("port", "password"))
    secret = cluster.write("pgpass", f"127.0.0.1:{port}:*:{NAME}:{password}\n")
    try:
        done = run(
            cluster.programs / "pg_basebackup",
            *("-D", into, "-d", f"host=127.0.0.1 port={port} user={NAME} passfile='{secret}'", "--no-password"),
            *("-F", "plain", "-X", "stream", "-c", "fast", "--manifest-checksums=SHA256"),
            cwd=into.parent,
        )
    finally:
        secret.unlink()
    if done.returncode != 0:
        shutil.rmtree(into, ignore_errors=True)
        raise Unavailable(f"No base backup was made: {done.stderr.strip()}")


def _described(name: str, folder: Path, began_at: datetime, about: Mapping[str, Any]) -> Base:
    first = json.loads((folder / "backup_manifest").read_text())["WAL-Ranges"][0]
    return Base(
        name=name,
        began_at=began_at,
        ended_at=datetime.now(UTC),
        n_bytes=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        version=(folder / "PG_VERSION").read_text().strip(),
        timeline=first["Timeline"],
        lsn=first["Start-LSN"],
        about=about,
    )


def _read(note: Path) -> Base:
    said = json.loads(note.read_text())
    times = {key: datetime.fromisoformat(said[key]) for key in ("began_at", "ended_at")}
    return Base(**(said | times))


def _write(note: Path, base: Base) -> None:
    part = note.with_suffix(".json.part")
    part.write_text(json.dumps(asdict(base), default=datetime.isoformat, indent=1) + "\n")
    part.replace(note)


def _forget_log(wal: Path, oldest: Base) -> None:
    program = find_programs(oldest.version) / "pg_archivecleanup"
    done: subprocess.CompletedProcess[str] = run(program, "-x", ".gz", wal, oldest.start.name, cwd=wal)
    if done.returncode != 0:
        raise Unavailable(f"Old pieces of the log stay in {wal}: {done.stderr.strip()}")
