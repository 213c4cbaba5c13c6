"""The channel that sends nothing: what would have been sent is written into the state folder, a file a day."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from dispatch.masking import MOBILE_DIGITS, mask_phone
from dispatch.message import Came, Outcome, Outgoing

SUFFIX = ".jsonl"


@dataclass(frozen=True, slots=True)
class Kept:
    """A `dispatch.message.Channel`; ``folder`` is made where it is missing, for its owner alone."""

    folder: Path

    def send(self, message: Outgoing) -> Outcome:
        """Write one line; the number is masked, a link in the text is whole."""
        if not message.to:
            return Outcome(Came.NOBODY)
        now = datetime.now(UTC)
        said = {
            "at": now.isoformat(timespec="seconds"),
            "id": message.id,
            "kind": message.kind.value,
            "incident": message.incident_id,
            "to": masked(message.to),
            "title": message.title,
            "text": message.text,
            "template": message.template,
            "simulated": message.simulated,
        }
        line = json.dumps(said, ensure_ascii=False) + "\n"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.folder / f"{now:%Y-%m-%d}{SUFFIX}"
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            return Outcome(Came.LATER, f"not written ({type(error).__name__})")
        return Outcome(Came.THERE)

    def forget_before(self, moment: datetime) -> None:
        """Delete the files of days before that of ``moment``."""
        for path in self.folder.glob(f"????-??-??{SUFFIX}"):
            if date.fromisoformat(path.stem) < moment.astimezone(UTC).date():
                path.unlink(missing_ok=True)


def masked(number: str) -> str:
    """A number as it may be shown: ``138****8000``; of a mail address its host, of anything short nothing."""
    if "@" in number:
        return f"***@{number.rpartition('@')[2]}"
    return mask_phone(number) if len(number) >= MOBILE_DIGITS and number.lstrip("+").isdigit() else number[:40]
