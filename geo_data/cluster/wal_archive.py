"""The archive of the write-ahead log: how PostgreSQL is told to fill it, and how far it reaches without a gap."""

import re
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zlib import MAX_WBITS, decompressobj
from zlib import error as broken_zip

from geo_data.cluster.server_programs import owned_folder

SCRIPT = Path(__file__).with_name("wal_archive.sh")
SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})\.gz")
SEGMENT_BYTES = 2**24  # initdb's own; pieces of another size would be another cluster's
PER_LOG = 2**32 // SEGMENT_BYTES
AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """A piece of the log: on which timeline, and the how-manieth since the cluster was made."""

    timeline: int
    number: int

    @classmethod
    def at(cls, timeline: int, lsn: str) -> "Segment":
        """The piece that holds a place in the log, e.g. ``0/2000028``."""
        high, low = (int(part, 16) for part in lsn.split("/"))
        return cls(timeline, (high << 32 | low) // SEGMENT_BYTES)

    @classmethod
    def of_file(cls, name: str) -> "Segment | None":
        """The piece in an archived file; None for a file of another kind."""
        found = SEGMENT.fullmatch(name)
        if found is None:
            return None
        timeline, high, low = (int(part, 16) for part in found.groups())
        return cls(timeline, high * PER_LOG + low)

    @property
    def name(self) -> str:
        """As PostgreSQL names its file."""
        return f"{self.timeline:08X}{self.number // PER_LOG:08X}{self.number % PER_LOG:08X}"


@dataclass(frozen=True, slots=True)
class Archive:
    """Where the write-ahead log is archived, and how old a piece that is not full may grow before it is, in seconds."""

    folder: Path
    every_s: int = 60

    def prepare(self) -> Path:
        """Make its folder, for the server's account alone; raises `InvalidInput` where that cannot be."""
        return owned_folder(self.folder)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the archive goes from a base backup without a gap.

    Parameters
    ----------
    until_at : datetime or None
        When the last piece before the first gap was put away; None where there is none.
    missing : Segment or None
        The first piece that is not there though later ones are.
    """

    until_at: datetime | None
    missing: Segment | None


def server_options(script: Path, folder: Path, every_s: int) -> str:
    """Options of the server, for a shell, that archive each piece of the log when it is full or ``every_s`` old."""
    command = shlex.join(["sh", str(script), str(folder).replace("%", "%%"), "%p", "%f"])
    settings = ("archive_mode=on", f"archive_timeout={every_s}", f"archive_command={command}")
    return " ".join(f"-c {shlex.quote(one)}" for one in settings)


def restore_command(folder: Path) -> str:
    """What PostgreSQL calls to get a file out of the archive."""
    return f"gzip -dc {shlex.quote(str(folder).replace('%', '%%'))}/%f.gz > %p"


def pieces(folder: Path) -> dict[Segment, Path]:
    """Every piece in the archive."""
    found = ((Segment.of_file(path.name), path) for path in folder.glob("*.gz"))
    return {segment: path for segment, path in found if segment is not None}


def reach(archived: dict[Segment, Path], start: Segment) -> Reach:
    """How far the archive goes from the piece a base backup starts in; a change of timeline is no gap."""
    newest = {s.number: path for s, path in sorted(archived.items()) if s.timeline >= start.timeline}
    last, number = None, start.number
    while number in newest:
        last, number = newest[number], number + 1
    until_at = datetime.fromtimestamp(last.stat().st_mtime, UTC) if last else None
    return Reach(until_at, Segment(start.timeline, number) if any(n > number for n in newest) else None)


def is_whole(path: Path) -> bool:
    """Whether an archived piece unpacks to its full size; read in parts."""
    unpacking, size = decompressobj(wbits=MAX_WBITS | 16), 0
    try:
        with path.open("rb") as file:
            while part := file.read(AT_ONCE):
                while part:
                    size += len(unpacking.decompress(part, AT_ONCE))
                    part = unpacking.unconsumed_tail
    except (OSError, broken_zip):
        return False
    return unpacking.eof and size == SEGMENT_BYTES
