"""PostgreSQL's programs on this machine, and the account they run as."""

import os
import pwd
import random
import re
import shutil
import socket
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dispatch.errors import InvalidInput, Unavailable

SERVER_ACCOUNT = "postgres"  # PostgreSQL refuses to run as root, so root runs it as this account
PACKAGES = "apt install postgresql-15-postgis-3 postgresql-15-postgis-3-scripts"


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


def server_account() -> pwd.struct_passwd:
    """The account the server runs as: our own, or ``postgres`` where we are root; raises `Unavailable`."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SERVER_ACCOUNT)
    except KeyError:
        raise Unavailable(f"There is no account {SERVER_ACCOUNT} to run PostgreSQL: `{PACKAGES}`.") from None


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program as the `server_account`, without a terminal; the caller looks at the outcome."""
    account = server_account()
    become: dict[str, Any] = {}
    if os.geteuid() == 0:
        become = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return subprocess.run(  # noqa: S603  (fixed programs, no shell)
        [str(part) for part in command],
        check=False,
        capture_output=True,
        text=True,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        **become,
    )


def owned_folder(folder: Path) -> Path:
    """Make a folder for the `server_account` alone; raises `InvalidInput` where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.chown(folder, server_account().pw_uid, server_account().pw_gid)
    except OSError as error:
        raise InvalidInput(f"{folder} cannot hold backups ({error.strerror}): name another folder.") from None
    if run("test", "-w", folder, cwd=Path("/")).returncode != 0:
        raise InvalidInput(f"{folder} is out of reach for the account {server_account().pw_name}: name another folder.")
    return folder


# Below the ports that the kernel hands to outgoing connections (from 32768 on Linux). In that range a client that
# knocks while the server is away can be given the server's own port, connect to itself and keep the server out.
PORTS = range(20_000, 32_000)


def free_port(wanted: int = 0) -> int:
    """Whether ``wanted`` is free on 127.0.0.1: the port itself, or 0 where it is taken; 0 asks for any of `PORTS`."""
    if not wanted:
        return next(port for port in drawn() if free_port(port))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
    return wanted


def drawn() -> Iterable[int]:
    """All `PORTS` in an order of chance, by nobody's seed: two processes draw apart."""
    return random.SystemRandom().sample(PORTS, len(PORTS))
