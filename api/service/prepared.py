"""Whether set-up has anything to do, told without importing what set-up needs: a second start is quick."""

import hashlib
from pathlib import Path

import geo_data
from api import wiring
from api.settings import settings


def is_current(url: str) -> bool:
    """Whether everything was prepared in our private cluster by these very sources and settings.

    A database of somebody else's may have been made anew at the same address: it is looked at every time.
    """
    note = _note()
    return settings().database_url is None and note.exists() and note.read_text() == _mark(url)


def remember(url: str) -> None:
    """Note that everything is prepared."""
    _note().write_text(_mark(url))


def _note() -> Path:
    return settings().state / "prepared"


def _mark(url: str) -> str:
    digest = hashlib.sha256(f"{url} {settings().simulation} {wiring.builtin_file().name}".encode())
    if settings().network is not None:
        digest.update(f"{settings().network} {wiring.ground().network.fingerprint}".encode())
    for source in sorted((Path(geo_data.__file__).parent / "migrations").rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()
