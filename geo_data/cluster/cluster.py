"""The private PostgreSQL + PostGIS cluster: started when no DATABASE_URL is given, stopped by whoever leaves last.

A folder holds everything::

    data/        the cluster, made by initdb
    password     of the one database user, mode 0600
    port         on 127.0.0.1, kept between starts while it is free
    server.log   what PostgreSQL says
    wal_archive.sh  puts the write-ahead log away, where it is archived
    lock         held while somebody starts or stops
    in_use       held, shared, by every process that uses the cluster; kill -9 lets go of it like any other end
"""

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from dispatch.errors import InvalidInput, Unavailable
from geo_data.cluster.server_programs import find_programs, free_port, run, server_account
from geo_data.cluster.wal_archive import SCRIPT, Archive, server_options

NAME = "gzdispatch"  # of the user and of the database
LIMIT_S = 60  # for starting, recovering and stopping
TRIES = 20  # half a second and more apart
PATIENCE = 20  # looks, 0.1 s apart, at a port that is still taken
CONNECT_LIMIT_S = 5  # for one try
# Somebody took the port meanwhile; processes of a killed server are still leaving.
PASSING = ("Address already in use", "pre-existing shared memory block")
NOT_YET = ("starting up", "recovery mode", "accepting connections")  # what a server says that will soon answer

# One cluster for a handful of processes on one machine; the just-in-time compiler costs more than short queries take.
SETTINGS = "-h 127.0.0.1 -k '' -c max_connections=200 -c jit=off"
if sys.platform == "linux":  # after a crash one call for the whole disk, not one for each file: seconds sooner back
    SETTINGS += " -c recovery_init_sync_method=syncfs"
NOT_DURABLE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class PrivateCluster:
    """A PostgreSQL cluster of our own in one folder, shared by all processes that are given the same folder.

    Parameters
    ----------
    folder : Path
        Made when missing. Where we are root, the account ``postgres`` must be able to reach it.
    durable : bool
        False trades safety against power cuts for speed; for tests only.
    archive : Archive or None
        Where the write-ahead log is archived; counts from the next start of the server.
    limit_s : float or None
        Seconds that a start may take, None for `LIMIT_S`; replaying an archive takes longer than a usual one.

    Examples
    --------
    >>> with PrivateCluster(Path("/var/lib/gzdispatch")) as url:  # doctest: +SKIP
    ...     migrate(url)
    """

    def __init__(
        self, folder: Path, *, durable: bool = True, archive: Archive | None = None, limit_s: float | None = None
    ) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self._options = SETTINGS if durable else f"{SETTINGS} {NOT_DURABLE}"
        self.archive = archive
        self._limit_s = LIMIT_S if limit_s is None else limit_s
        self._held: int | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Address of the database; raises `Unavailable` before the first start."""
        return self._address("postgresql+psycopg", NAME)

    @property
    def programs(self) -> Path:
        """PostgreSQL's programs of the version that made this cluster."""
        return find_programs((self.data / "PG_VERSION").read_text().strip())

    def start(self) -> str:
        """Make the cluster if there is none, start it if it is not running, and return its `url`.

        Raises
        ------
        Unavailable
            When PostgreSQL is missing or does not start; the message holds the end of its log.
        InvalidInput
            When the folder cannot be used.
        """
        self._prepare_folder()
        with self._alone():
            self._hold()
            try:
                if not self.is_running():
                    self._make()
                    self._launch()
                self._ensure_database()
            except BaseException:
                self._let_go()
                raise
        return self.url

    def stop(self) -> bool:
        """Leave the cluster; stop it unless another process still uses it. Returns whether it was stopped."""
        if self._held is None:
            return False
        with self._alone():
            last = self._is_last()
            self._let_go()
            if last and self.is_running():
                told = self._control("stop", "-m", "fast", "-w", "-t", str(LIMIT_S))
                if self.is_running():
                    raise Unavailable(f"PostgreSQL in {self.folder} does not stop: {told.stderr.strip()}")
            return last

    def kill(self) -> None:
        """End the server at once if it runs, whoever uses it; the next start recovers."""
        if self.data.exists() and self.is_running():
            self._control("stop", "-m", "immediate", "-w", "-t", str(LIMIT_S))

    def revive(self) -> bool:
        """Start the server again where it has died, as after a kill -9; a look at a file while it runs.

        Returns
        -------
        bool
            Whether it had to be started. It keeps its port unless somebody else has taken that.

        Raises
        ------
        Unavailable
            When it does not start; what it lacks may be there at the next try.
        """
        if self._has_server():
            return False
        with self._alone():
            if self.is_running():
                return False
            self._launch()
            self._ensure_database()
        return True

    def is_running(self) -> bool:
        """Whether a server runs in this folder, started by whomever."""
        return self._has_server() and self._control("status").returncode == 0

    def _has_server(self) -> bool:
        self._forget_foreign_pid()
        return (self.data / "postmaster.pid").exists()

    # -- making and launching ------------------------------------------------------------------------------------

    def _prepare_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise InvalidInput(f"{self.folder} cannot hold the database ({error.strerror}): name another.") from None
        account = server_account()
        if self.folder.stat().st_uid not in (os.geteuid(), account.pw_uid):
            raise InvalidInput(f"{self.folder} belongs to somebody else: name another folder for the database.")
        os.chown(self.folder, account.pw_uid, account.pw_gid)
        if run("test", "-w", self.folder, cwd=Path("/")).returncode != 0:
            raise InvalidInput(f"{self.folder} is out of reach for the account {account.pw_name}: name another folder.")

    def _make(self) -> None:
        if self.data.exists():
            return
        half = self.folder / "data.part"  # a name of its own, so that a half-made cluster is never taken for one
        shutil.rmtree(half, ignore_errors=True)
        self.write("password", secrets.token_hex(24))
        done = run(
            find_programs() / "initdb",
            *("-D", half, "-U", NAME, "--pwfile", self.folder / "password"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"),
            cwd=self.folder,
        )
        if done.returncode != 0:
            raise Unavailable(f"PostgreSQL could not make a database in {self.folder}: {done.stderr.strip()}")
        half.rename(self.data)

    def _launch(self) -> None:
        log = self.folder / "server.log"
        for tries_left in reversed(range(TRIES)):
            options = f"-p {self._choose_port()} {self._options} {self._archiving()}"
            done = self._control("start", "-w", "-t", f"{self._limit_s:.0f}", "-l", log, "-o", options)
            if done.returncode == 0:
                return
            if not tries_left or not any(sign in self._log_end() for sign in PASSING):
                raise Unavailable(f"PostgreSQL did not start in {self.folder}:\n{self._log_end()}")
            time.sleep(0.5)

    def _archiving(self) -> str:
        if self.archive is None:
            return ""
        folder = self.archive.prepare()
        self.write("wal_archive.sh", SCRIPT.read_text())
        return server_options(self.folder / "wal_archive.sh", folder, self.archive.every_s)

    def _choose_port(self) -> int:
        file = self.folder / "port"
        port = self._kept_port(file) or free_port()
        self.write("port", str(port))
        return port

    def _kept_port(self, file: Path) -> int:
        # Who is connected knows the old port alone: worth waiting for processes of a killed server that still leave.
        kept = int(file.read_text()) if file.exists() else 0
        for _ in range(PATIENCE):
            if not kept or free_port(kept):
                return kept
            time.sleep(0.1)
        return 0

    def _ensure_database(self) -> None:
        with self._connect("postgres") as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {NAME}")

    def _connect(self, database: str) -> psycopg.Connection:
        # A server we adopt may still be recovering from a crash; one we restore replays its archive.
        deadline = time.monotonic() + self._limit_s
        while True:
            try:
                return psycopg.connect(
                    self._address("postgresql", database), autocommit=True, connect_timeout=CONNECT_LIMIT_S
                )
            except psycopg.OperationalError as error:
                if not _is_not_yet(error) or time.monotonic() > deadline:
                    said = f"{error}\n{self._log_end()}"
                    raise Unavailable(f"The database in {self.folder} does not answer: {said}") from None
            time.sleep(0.05)

    def _address(self, driver: str, database: str) -> str:
        try:
            password = (self.folder / "password").read_text()
            port = (self.folder / "port").read_text()
        except FileNotFoundError:
            raise Unavailable(f"No database in {self.folder} yet: start it first.") from None
        return f"{driver}://{NAME}:{password}@127.0.0.1:{port}/{database}"

    def _forget_foreign_pid(self) -> None:
        # After a kill -9 the number in postmaster.pid may be a zombie's, and after a reboot quite another program's.
        file = self.data / "postmaster.pid"
        try:
            command = Path("/proc", file.read_text().split("\n", 1)[0], "cmdline").read_bytes()
        except OSError:
            return
        if b"postgres" not in command:  # empty for a zombie
            file.unlink(missing_ok=True)

    # -- who uses it ---------------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        file = self._open("lock")
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)

    def _hold(self) -> None:
        if self._held is None:
            self._held = self._open("in_use")
            fcntl.flock(self._held, fcntl.LOCK_SH)

    def _is_last(self) -> bool:
        assert self._held is not None  # noqa: S101  (callers hold it)
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _let_go(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None

    # -- files and programs --------------------------------------------------------------------------------------

    def _open(self, name: str) -> int:
        return os.open(self.folder / name, os.O_RDWR | os.O_CREAT, 0o600)

    def write(self, name: str, text: str) -> Path:
        """Write a file into the folder, whole, for the server's account alone."""
        part = self.folder / f"{name}.part"
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        part.write_text(text)
        os.chown(part, server_account().pw_uid, server_account().pw_gid)
        return part.replace(self.folder / name)

    def _log_end(self) -> str:
        log = self.folder / "server.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else ""

    def _control(self, action: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
        return run(self.programs / "pg_ctl", action, "-D", self.data, "-s", *options, cwd=self.folder)


def _is_not_yet(error: psycopg.OperationalError) -> bool:
    """Whether a server that did not take us will soon: one that starts says so, one on a busy machine says nothing for a while."""
    return isinstance(error, psycopg.errors.ConnectionTimeout) or any(sign in str(error) for sign in NOT_YET)
