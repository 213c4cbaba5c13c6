"""What no log may hold, struck out wherever it stands: tokens of cases, queries, telephone numbers, plates."""

import logging
import re

from dispatch.triage.report_words import PROVINCES

_STRUCK = (
    (re.compile(r"(/(?:v1/cases|case)/)[^/?\s\"']+"), r"\1…"),
    (re.compile(r"(/[\w./…{}%-]*)\?[^\s\"']+"), r"\1?…"),  # a query may hold the token of a device, or an address
    (re.compile(r"(?i)\b(bearer\s+|gz_session=|token=|password=)[^\s\"'&;,]+"), r"\1…"),
    (re.compile(r"(?<![\d.])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)"), "…"),
    (
        re.compile(rf"[{PROVINCES}使领][A-Z][·. ]?[A-Z0-9]{{4,5}}[A-Z0-9挂学警港澳]"),
        "…",
    ),
)


def struck(text: str) -> str:
    """The text without them."""
    for private, instead in _STRUCK:
        text = private.sub(instead, text)
    return text


class Struck(logging.Filter):
    """Strikes them out of a record, for whatever handler comes after."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; let it pass."""
        record.msg = struck(record.msg) if isinstance(record.msg, str) else record.msg
        if isinstance(record.args, tuple):
            record.args = tuple(struck(a) if isinstance(a, str) else a for a in record.args)
        return True


def guard_logs() -> None:
    """Let no log of requests hold a secret, whatever level it is set to and whoever handles it."""
    for name in ("uvicorn.access", "uvicorn.error", "uvicorn.asgi"):
        known = logging.getLogger(name)
        if not any(isinstance(f, Struck) for f in known.filters):
            known.addFilter(Struck())
