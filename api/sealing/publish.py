"""Seals put where the database cannot take them back: a text file that only grows, a file each, a message each."""

import fcntl
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from api.sealing.mail import message
from dispatch.errors import Unavailable
from dispatch.seals import Seal, moment

LINES = "seals.txt"
OUTBOX = "outbox"
HEAD = "# 编号 时刻 事件数 根值 封存码 · number, moment, events, root, code\n"


def publish(folder: Path, seals: Sequence[Seal], sender: str, receivers: str) -> list[Seal]:
    """Publish the seals that are not in the folder yet, in order; what stands there is never written again.

    Each seal gets ``seal-000012.json``, a message in ``outbox/``, and last of all its line in ``seals.txt``: whatever was
    cut short is done again the next time.

    Returns
    -------
    list of Seal
        Those published now.

    Raises
    ------
    Unavailable
        When the folder cannot be written, or holds the seals of another history.
    """
    try:
        (folder / OUTBOX).mkdir(parents=True, exist_ok=True)
        with (folder / LINES).open("a+", encoding="utf-8") as lines:
            fcntl.flock(lines, fcntl.LOCK_EX)
            known = _codes(lines)
            _refuse_another_history(folder, known, seals)
            new = [seal for seal in seals if seal.number > max(known, default=0)]
            for seal in new:
                name = f"seal-{seal.number:06d}"
                document = seal.document | {"hash": seal.hash, "short": seal.short}
                _write(folder / f"{name}.json", json.dumps(document, indent=2).encode() + b"\n")
                _write(folder / OUTBOX / f"{name}.eml", bytes(message(seal, sender, receivers)))
                lines.write(line(seal))
                lines.flush()
                os.fsync(lines.fileno())
    except OSError as error:
        raise Unavailable(f"Seals cannot be published in {folder} ({error.strerror}): set GZ_SEALS_FOLDER.") from None
    return new


def line(seal: Seal) -> str:
    """The line of a seal in the published file."""
    return f"{seal.number:06d} {moment(seal.sealed_at)} {seal.events} {seal.root} {seal.hash}\n"


def last_code(path: Path) -> str | None:
    """The code of the newest seal in a published file; raises `Unavailable`."""
    try:
        whole = _whole_lines(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise Unavailable(f"No seals are published at {path}: name the file with --published.") from None
    return whole[-1][4] if whole else None


def published_codes(path: Path) -> dict[int, str]:
    """Codes of the seals in a published file, by number; none where there is no file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    return {int(words[0]): words[4] for words in _whole_lines(text)}


def _codes(lines: IO[str]) -> dict[int, str]:
    """Codes by number, of whole lines; a line that a crash cut off is closed, and its seal published again."""
    lines.seek(0)
    known = lines.read()
    if not known:
        lines.write(HEAD)
    elif not known.endswith("\n"):
        lines.write("\n")
    return {int(words[0]): words[4] for words in _whole_lines(known)}


def _refuse_another_history(folder: Path, known: dict[int, str], seals: Sequence[Seal]) -> None:
    for seal in seals:
        if known.get(seal.number, seal.hash) != seal.hash:
            raise Unavailable(
                f"封存第 {seal.number} 号与已公布的不同。(Seal {seal.number} is not the one published in {folder}: run "
                "`gzdispatch audit verify`; for a database begun anew, set GZ_SEALS_FOLDER to another folder.)"
            )


def _whole_lines(text: str) -> list[list[str]]:
    return [words for words in map(str.split, text.splitlines()) if len(words) == 5 and len(words[4]) == 64]


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
