"""Secrets that are made once and kept in the state folder, for its owner's eyes only."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from api.settings import settings


def kept(name: str, make: Callable[[], str]) -> str:
    """The secret of a name, made the first time it is asked for."""
    path = settings().state / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, make())
    return path.read_text()


def _write_once(path: Path, value: str) -> None:
    """Write a file whole, or leave the one that another process wrote a moment ago."""
    with NamedTemporaryFile("w", dir=path.parent) as draft:  # readable by its owner only
        draft.write(value)
        draft.flush()
        with suppress(FileExistsError):
            os.link(draft.name, path)
