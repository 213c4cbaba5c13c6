"""The private PostgreSQL + PostGIS cluster: started when no DATABASE_URL is given, stopped by whoever leaves last.

A folder holds everything::

    data/        the cluster, made by initdb
    password     of the one database user, mode 0600
    port         on 127.0.0.1, kept between starts while it is free
    server.log   what PostgreSQL says
    lock         held while somebody starts or stops
    in_use       held, shared, by every process that uses the cluster; kill -9 lets go of it like any other end
"""

import fcntl
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from dispatch.errors import InvalidInput, Unavailable

NAME = "gzdispatch"  # of the user and of the database
SERVER_ACCOUNT = "postgres"  # PostgreSQL refuses to run as root, so root runs it as this account
START_LIMIT_S = 60
PACKAGES = "apt install postgresql-15-postgis-3 postgresql-15-postgis-3-scripts"

# One cluster for a handful of processes on one machine; the just-in-time compiler costs more than short queries take.
SETTINGS = "-h 127.0.0.1 -k '' -c max_connections=200 -c jit=off"
NOT_DURABLE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def find_programs(version: str | None = None) -> Path:
    """Find the folder of PostgreSQL's server programs.

    Parameters
    ----------
    version : str or None
        Major version an existing cluster needs, e.g. ``15``; None takes the newest that has PostGIS.

    Raises
    ------
    Unavailable
        When there is none; says what to install.
    """
    found = {_major_version(folder): folder for folder in _program_folders() if _has_postgis(folder)}
    if version is None and found:
        return found[max(found, key=int)]
    if version is None or version not in found:
        wanted = f"PostgreSQL {version}" if version else "PostgreSQL"
        raise Unavailable(f"{wanted} with PostGIS is not installed: `{PACKAGES}`, or set DATABASE_URL.")
    return found[version]


def _program_folders() -> list[Path]:
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    on_path = shutil.which("initdb")
    if on_path is not None:
        places.append(Path(on_path).resolve().parent)
    return [p for p in places if (p / "initdb").exists() and (p / "pg_ctl").exists() and (p / "pg_config").exists()]


def _has_postgis(folder: Path) -> bool:
    shared = Path(_ask(folder, "--sharedir"))
    return (shared / "extension" / "postgis.control").exists()


def _major_version(folder: Path) -> str:
    match = re.search(r"\d+", _ask(folder, "--version"))
    return match.group() if match else "0"


def _ask(folder: Path, option: str) -> str:
    command = [str(folder / "pg_config"), option]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603


class PrivateCluster:
    """A PostgreSQL cluster of our own in one folder, shared by all processes that are given the same folder.

    Parameters
    ----------
    folder : Path
        Made when missing. Where we are root, the account ``postgres`` must be able to reach it.
    durable : bool
        False trades safety against power cuts for speed; for tests only.

    Examples
    --------
    >>> with PrivateCluster(Path("/var/lib/gzdispatch")) as url:  # doctest: +SKIP
    ...     migrate(url)
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self._options = SETTINGS if durable else f"{SETTINGS} {NOT_DURABLE}"
        self._held: int | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Address of the database; raises `Unavailable` before the first start."""
        return self._address("postgresql+psycopg", NAME)

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
                self._control("stop", "-m", "fast", "-w")
            return last

    def is_running(self) -> bool:
        """Whether a server runs in this folder, started by whomever."""
        self._forget_foreign_pid()
        return (self.data / "postmaster.pid").exists() and self._control("status", check=False).returncode == 0

    # -- making and launching ------------------------------------------------------------------------------------

    def _prepare_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise InvalidInput(f"{self.folder} cannot hold the database ({error.strerror}): name another.") from None
        account = _account()
        if self.folder.stat().st_uid not in (os.geteuid(), account.pw_uid):
            raise InvalidInput(f"{self.folder} belongs to somebody else: name another folder for the database.")
        os.chown(self.folder, account.pw_uid, account.pw_gid)
        if self._as_account("test", "-w", self.folder, check=False, cwd=Path("/")).returncode != 0:
            raise InvalidInput(f"{self.folder} is out of reach for the account {account.pw_name}: name another folder.")

    def _make(self) -> None:
        if self.data.exists():
            return
        half = self.folder / "data.part"  # a name of its own, so that a half-made cluster is never taken for one
        shutil.rmtree(half, ignore_errors=True)
        self._write("password", secrets.token_hex(24))
        self._as_account(
            find_programs() / "initdb",
            *("-D", half, "-U", NAME, "--pwfile", self.folder / "password"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"),
        )
        half.rename(self.data)

    def _launch(self) -> None:
        for last_try in (False, False, True):
            port = self._choose_port()
            log = ("-l", self.folder / "server.log")
            done = self._control(
                *("start", "-w", "-t", str(START_LIMIT_S), *log, "-o", f"-p {port} {self._options}"), check=False
            )
            if done.returncode == 0:
                return
            if last_try or "Address already in use" not in self._log_end():
                raise Unavailable(f"PostgreSQL did not start in {self.folder}:\n{self._log_end()}")

    def _choose_port(self) -> int:
        file = self.folder / "port"
        kept = int(file.read_text()) if file.exists() else 0
        port = _free_port(kept) or _free_port(0)
        self._write("port", str(port))
        return port

    def _ensure_database(self) -> None:
        with self._connect("postgres") as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {NAME}")

    def _connect(self, database: str) -> psycopg.Connection:
        # A server we adopt may still be recovering from a crash.
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            try:
                return psycopg.connect(self._address("postgresql", database), autocommit=True, connect_timeout=5)
            except psycopg.OperationalError as error:
                if "starting up" not in str(error) or time.monotonic() > deadline:
                    raise Unavailable(f"The database in {self.folder} does not answer: {error}") from None
            time.sleep(0.05)

    def _address(self, driver: str, database: str) -> str:
        try:
            password = (self.folder / "password").read_text()
            port = (self.folder / "port").read_text()
        except FileNotFoundError:
            raise Unavailable(f"No database in {self.folder} yet: start it first.") from None
        return f"{driver}://{NAME}:{password}@127.0.0.1:{port}/{database}"

    def _forget_foreign_pid(self) -> None:
        # After kill -9 and a reboot the number in postmaster.pid may belong to quite another program.
        file = self.data / "postmaster.pid"
        try:
            program = Path("/proc", file.read_text().split("\n", 1)[0], "comm").read_text()
        except OSError:
            return
        if not program.startswith("postgres"):
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

    def _write(self, name: str, text: str) -> None:
        part = self.folder / f"{name}.part"
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        part.write_text(text)
        os.chown(part, _account().pw_uid, _account().pw_gid)
        part.replace(self.folder / name)

    def _log_end(self) -> str:
        log = self.folder / "server.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else ""

    def _control(self, action: str, *options: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        version = (self.data / "PG_VERSION").read_text().strip()
        return self._as_account(find_programs(version) / "pg_ctl", action, "-D", self.data, "-s", *options, check=check)

    def _as_account(
        self, *command: str | Path, check: bool = True, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        account = _account()
        become = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(  # noqa: S603  (fixed programs, no shell)
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd=cwd or self.folder,
            stdin=subprocess.DEVNULL,
            **become,  # type: ignore[call-overload]
        )
        if check and done.returncode != 0:
            raise Unavailable(f"{Path(command[0]).name} failed: {done.stderr.strip() or self._log_end()}")
        return done  # type: ignore[no-any-return]


def _account() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SERVER_ACCOUNT)
    except KeyError:
        raise Unavailable(f"There is no account {SERVER_ACCOUNT} to run PostgreSQL: `{PACKAGES}`.") from None


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
        return int(probe.getsockname()[1])
