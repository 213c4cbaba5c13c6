"""What was acknowledged to whom, and when: the service's word, which is held against what is there in the end."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A thing the service said it has; ``at_s`` on a clock that never goes back."""

    what: str
    at_s: float


@dataclass
class Ledger:
    """Filled by all clients at once."""

    reports: dict[str, Acknowledged] = field(
        default_factory=dict
    )  # by mark in the text; what: incident id, "" if queued
    steps: dict[tuple[str, str], Acknowledged] = field(default_factory=dict)  # assignment, step
    fixes: dict[tuple[str, datetime], Acknowledged] = field(default_factory=dict)
    decisions: int = 0  # offers, releases, closings that were acknowledged
    answers: Counter[str] = field(default_factory=Counter)
    unclean: list[str] = field(default_factory=list)  # answers a client should never see
    misused: list[str] = field(default_factory=list)  # a replay that differs from the first answer
    done: Counter[str] = field(default_factory=Counter)  # faults that clients themselves commit
    lock: threading.Lock = field(default_factory=threading.Lock)

    def report(self, mark: str, incident_id: str) -> None:
        """A report was taken."""
        with self.lock:
            self.reports[mark] = Acknowledged(incident_id, time.monotonic())

    def step(self, assignment_id: str, step: str) -> None:
        """A step was taken."""
        with self.lock:
            self.steps[assignment_id, step] = Acknowledged(step, time.monotonic())

    def fix(self, unit_id: str, at: datetime) -> None:
        """A fix was taken."""
        with self.lock:
            self.fixes[unit_id, at] = Acknowledged("fix", time.monotonic())

    def decided(self) -> None:
        """A decision was taken."""
        with self.lock:
            self.decisions += 1

    def commit(self, fault: str) -> None:
        """A client did something wrong on purpose."""
        with self.lock:
            self.done[fault] += 1

    def answered(self, status: int, body: str, retry_after: str | None) -> None:
        """Note an answer; one that is no answer of ours (a trace, a bare 500) is kept."""
        with self.lock:
            self.answers[str(status)] += 1
            is_clean = status < 500 or (status == 503 and retry_after is not None)
            if not is_clean or "Traceback" in body or "psycopg" in body:
                self.unclean.append(f"{status} {body[:200]}")
