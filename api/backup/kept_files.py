"""Files that are kept beside a base backup: copied whole, with a list of sums that ``sha256sum -c`` reads too."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from api import wiring
from api.sealing import keeping
from api.settings import settings

SUMS = "SHA256SUMS"
PASSWORD = "database-password"  # noqa: S105  (the name of a file)
MADE_AGAIN = (
    "prepared",
    "guangzhou-*.net",
    "site-times-*.npy",
    "run-*",
    "*.part",
    "*.lock",
)  # in the state folder; set-up makes them anew


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside the database, by the name it is kept under.

    Parameters
    ----------
    files : mapping
        Network, policy, learned model, published seals.
    keys : mapping
        Everything else of the state folder: all of it is taken for secret.
    absent : tuple of str
        What is not in the backup, in words.
    """

    files: Mapping[str, Path]
    keys: Mapping[str, Path]
    absent: tuple[str, ...]


def beside_the_database() -> Beside:
    """Everything of this installation that the database does not hold."""
    on = settings()
    files = {"policy.toml": on.policy}
    if on.network is not None:
        files["network.net"] = on.network
    absent = ["environment: GZ_… variables, .env and unit files (they may hold keys of online services)"]
    learned = on.policy.parent / wiring.policy().arrival.learned if wiring.policy().arrival.learned else None
    if learned is not None and learned.is_file():
        files[f"learned/{learned.name}"] = learned
    elif learned is not None:
        absent.append(f"learned model: {learned} is not there")
    files |= _within(keeping.folder(), "seals")
    keys = _state()
    if on.database_url is None:
        keys[PASSWORD] = on.cluster_folder / "password"
    return Beside(files, keys, tuple(absent))


def _state() -> dict[str, Path]:
    state = settings().state
    apart = (state / "postgres", state / "metrics", settings().cluster_folder, keeping.folder(), *_backups())
    apart = tuple(folder.resolve() for folder in apart)
    return {
        name: path
        for name, path in _within(state, "").items()
        if not any(path.match(form) for form in MADE_AGAIN)
        and not any(path.resolve().is_relative_to(folder) for folder in apart)
    }


def _backups() -> tuple[Path, ...]:
    return tuple(filter(None, (settings().backup_folder, settings().backup_keys_folder)))


def _within(folder: Path, under: str) -> dict[str, Path]:
    found = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []
    return {str(Path(under, path.relative_to(folder))): path for path in found}


def copy_all(files: Mapping[str, Path], into: Path) -> None:
    """Copy files into a new folder for our own eyes; it has its name only once all of them are there and on the disk."""
    part = into.with_name(f"{into.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    sums = []
    for name, source in files.items():
        target = part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o600)
        with target.open("rb") as written:
            os.fsync(written.fileno())
        sums.append(f"{_sum(target)}  {name}\n")
    (part / SUMS).write_text("".join(sums))
    part.rename(into)


def faults(folder: Path) -> list[str]:
    """What is wrong with a folder that `copy_all` made, in words."""
    if not (folder / SUMS).exists():
        return [f"{folder} is not there."]
    lines = (line.split("  ", 1) for line in (folder / SUMS).read_text().splitlines())
    return [f"{folder / name} is not what was kept." for told, name in lines if _sum(folder / name) != told]


def put_back(folder: Path, state: Path) -> tuple[list[str], list[str]]:
    """Copy kept files into the state folder where they are missing; what is there is never overwritten.

    Returns
    -------
    put, different : lists of str
        Names of the files put there, and of those that stand there with another content.
    """
    put, different = [], []
    for name, source in _within(folder, "").items():
        target = state / name
        if name in (SUMS, PASSWORD):
            continue
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            target.chmod(0o600)
            put.append(name)
        elif _sum(target) != _sum(source):
            different.append(name)
    return put, different


def _sum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
