"""The numbers that the database knows, counted when they are asked for, at most once in a few seconds a process."""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from dispatch.errors import Unavailable
from dispatch.free import FreeUnits
from geo_data.numbers import Numbers, Numerator
from geo_data.watching import watching

log = logging.getLogger(__name__)

KEPT_S = 3.0
LIMIT_S = 5.0  # for each question
INCIDENTS = {
    "open": ("gz_incidents_open", "Incidents that are not closed."),
    "unassigned": ("gz_incidents_unassigned", "Open incidents that nobody was sent to and that are not held."),
    "overdue": ("gz_incidents_overdue", "Open incidents whose limit has passed without an arrival."),
    "overdue_unassigned": ("gz_incidents_overdue_unassigned", "Those of them that nobody was sent to."),
    "oldest_unassigned_s": ("gz_incidents_oldest_unassigned_seconds", "How long the oldest unassigned has waited."),
}
OUTBOX = {
    "waiting": ("gz_outbox_waiting", "Notices not yet sent."),
    "oldest_s": ("gz_outbox_oldest_seconds", "Age of the oldest of them."),
    "failed": ("gz_outbox_failed", "Notices of the last hour that could not be sent."),
}


@dataclass(eq=False)
class Facts(Collector):
    """Asks the database.

    Parameters
    ----------
    url : callable
        Address of the database; may raise `Unavailable`.
    folder : Path
        On the disk whose free space is told.
    waiting_reports : callable
        How many reports wait to be entered because the database was away.
    free : callable
        Units on duty without a job, by role; None while the database does not tell.
    """

    url: Callable[[], str]
    folder: Path
    waiting_reports: Callable[[], int]
    free: Callable[[], Iterable[FreeUnits] | None]
    _numerator: Numerator = field(default_factory=Numerator)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: tuple[float, Numbers | None] = (float("-inf"), None)

    def collect(self) -> Iterator[Metric]:
        """Tell them; ``gz_facts_up`` is 0 and the others are missing while the database does not answer."""
        numbers = self._numbers()
        yield _gauge(
            "gz_facts_up", "Whether the database answered when the facts were counted.", float(numbers is not None)
        )
        yield _gauge(
            "gz_degraded_reports_waiting", "Reports kept aside while the database was away.", self.waiting_reports()
        )
        disk = shutil.disk_usage(self.folder)
        yield _gauge("gz_disk_free_bytes", "Free on the disk of the state folder.", disk.free)
        yield _gauge("gz_disk_size_bytes", "Size of that disk.", disk.total)
        if numbers is not None:
            yield from _told(numbers)
        if (free := self.free()) is not None:
            yield _units(free)

    def describe(self) -> Iterator[Metric]:
        """Nothing before it is asked: no question at registration."""
        return iter(())

    def _numbers(self) -> Numbers | None:
        with self._lock:
            at, numbers = self._kept
            if time.monotonic() - at >= KEPT_S:
                numbers = self._asked()
                self._kept = (time.monotonic(), numbers)
            return numbers

    def _asked(self) -> Numbers | None:
        try:
            with watching(self.url(), LIMIT_S) as connection:
                return self._numerator.numbers(connection)
        except (SQLAlchemyError, Unavailable) as error:
            log.warning("facts not counted: %s", type(error).__name__)
            return None


def _units(free: Iterable[FreeUnits]) -> Metric:
    told = GaugeMetricFamily(
        "gz_units_free", "Units on duty without a job: sendable, or why not.", labels=["role", "standing"]
    )
    for one in free:
        told.add_metric([one.role, "sendable"], one.sendable)
        for reason, n in one.others.items():
            told.add_metric([one.role, reason], n)
    return told


def _told(numbers: Numbers) -> Iterator[Metric]:
    for values, names in ((numbers.incidents, INCIDENTS), (numbers.outbox, OUTBOX)):
        for key, (name, about) in names.items():
            yield _gauge(name, about, values[key])
    facts = CounterMetricFamily("gz_facts", "Events since the beginning.", labels=["kind"])
    for kind, n in sorted(numbers.facts.items()):
        facts.add_metric([kind], n)
    yield facts
    yield _by("gz_promises_day", "Settled promises of the last 24 hours' reports.", "verdict", numbers.verdicts)
    yield _by("gz_heartbeat_age_seconds", "Since a part was last alive.", "part", numbers.silence_s)
    yield _gauge("gz_seal_age_seconds", "Since the last seal.", numbers.seal_age_s)
    ages = GaugeMetricFamily("gz_fix_age_seconds", "Age of latest positions.", labels=["role", "quantile"])
    for role, (half, most) in sorted(numbers.fix_age_s.items()):
        ages.add_metric([role, "0.5"], half)
        ages.add_metric([role, "0.9"], most)
    yield ages


def _gauge(name: str, about: str, value: float | None) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _by(name: str, about: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    found = GaugeMetricFamily(name, about, labels=[label])
    for value, n in sorted(values.items()):
        found.add_metric([value], n)
    return found
