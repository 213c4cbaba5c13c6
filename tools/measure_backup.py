"""How long a base backup, its verification and a restore take for a gigabyte, beside a plain copy of the same folder.

    python -m tools.measure_backup [--megabytes 500] [--folder FOLDER]

Makes a private cluster with rows as wide as events, archives its log, then times each step once. Seconds are of the clock:
disks decide them, so the plain copy on the same disk at the same time stands beside.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import psycopg

from geo_data.backup.base import Bases
from geo_data.backup.restore import restore
from geo_data.cluster.cluster import PrivateCluster
from geo_data.cluster.wal_archive import Archive
from geo_data.database import plain_url

T = TypeVar("T")
ROW_BYTES = 700
FILL = "INSERT INTO rows (words) SELECT string_agg(md5(random()::text), '') FROM generate_series(1, %s) AS n, generate_series(1, 20) GROUP BY n"


def main() -> None:
    """Measure, and print a table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--megabytes", type=int, default=500)
    asked.add_argument("--folder", type=Path, help="Made and removed; where the database's account may go.")
    given = asked.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="gzdispatch-measure-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    try:
        measure(folder, given.megabytes)
    finally:
        shutil.rmtree(folder)


def measure(folder: Path, megabytes: int) -> None:
    """Fill a cluster half before and half after its base backup, and time the steps."""
    bases = Bases(folder / "backup")
    cluster = PrivateCluster(folder / "pg", archive=Archive(bases.wal))
    try:
        url = plain_url(cluster.start())
        fill(url, megabytes, new=True)
        base = timed("base backup", 0, lambda: bases.take(cluster, datetime.now(UTC), {}))
        gigabytes = base.n_bytes / 1e9
        print(f"{gigabytes:.2f} GB")
        timed("plain copy of it", gigabytes, lambda: copy(bases.path(base), folder / "copy"))
        timed("second base backup", gigabytes, lambda: (time.sleep(1), bases.take(cluster, datetime.now(UTC), {}))[1])
        timed("verify", gigabytes, lambda: bases.faults(base))
        fill(url, megabytes // 4, new=False)
    finally:
        password = (cluster.folder / "password").read_text()
        cluster.stop()
    log = sum(path.stat().st_size for path in bases.wal.iterdir())
    n_pieces = len(list(bases.wal.glob("*.gz")))
    print(f"log: {n_pieces} pieces of 16 MB, {log / 1e6:,.0f} MB packed")
    timed("restore to the end", gigabytes, lambda: restore(bases, base, folder / "again", to=None, password=password))


def fill(url: str, megabytes: int, *, new: bool) -> None:
    """Write rows, some thousands at a time."""
    with psycopg.connect(url, autocommit=True) as connection:
        if new:
            connection.execute("CREATE TABLE rows (words text)")
        for _ in range(max(1, megabytes * 1_000_000 // ROW_BYTES // 10_000)):
            connection.execute(FILL, [10_000])


def copy(source: Path, target: Path) -> None:
    """Copy a folder and wait until it is on the disk."""
    subprocess.run(["cp", "-a", "--reflink=never", str(source), str(target)], check=True)  # noqa: S603, S607
    subprocess.run(["sync", "-f", str(target)], check=True)  # noqa: S603, S607


def timed(what: str, gigabytes: float, work: Callable[[], T]) -> T:
    """Do it once and print how long it took."""
    clock_s, busy_s = time.monotonic(), _busy_s()
    done = work()
    took_s, busy_s = time.monotonic() - clock_s, _busy_s() - busy_s
    each = f", {took_s / gigabytes:.1f} s a GB" if gigabytes else ""
    print(f"{what}: {took_s:.1f} s, {busy_s:.1f} s of processor{each}")
    sys.stdout.flush()
    return done


def _busy_s() -> float:
    """Of us and of the programs that have ended; the server's own is not in it."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
