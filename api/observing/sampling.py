"""What a process says of itself, every few seconds: memory, processor, garbage, pool, streams.

Not from a hook of the garbage collector: that runs anywhere, also where a number is just being written and locked.
"""

import gc
import os
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from api.observing import metrics

EVERY_S = 5.0
Sample = Callable[[], None]


class OwnProcess:
    """Samples this process.

    Parameters
    ----------
    kind : str
        What it does: web or background.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._processor_s = 0.0
        self._collections = [0, 0, 0]

    def __call__(self) -> None:
        """Take a sample."""
        metrics.processes.labels(self._kind).set(1)
        metrics.memory.labels(self._kind).set(resident_bytes())
        metrics.threads.labels(self._kind).set(threading.active_count())
        used_s = time.process_time()
        metrics.processor_s.labels(self._kind).inc(max(0.0, used_s - self._processor_s))
        self._processor_s = used_s
        done = [generation["collections"] for generation in gc.get_stats()]
        for generation, (now, before) in enumerate(zip(done, self._collections, strict=True)):
            metrics.collections.labels(self._kind, str(generation)).inc(max(0, now - before))
        self._collections = done


def resident_bytes() -> int:
    """Memory this process has in use; where the system does not say, the most it ever had."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def pool_of(database: Engine) -> Sample:
    """Samples an engine's pool of connections."""

    def sample() -> None:
        pool = database.pool
        if isinstance(pool, QueuePool):
            metrics.pool_in_use.set(pool.checkedout())
            metrics.pool_most.set(pool.size() + max(0, pool._max_overflow))

    return sample


@contextmanager
def sampling(*samples: Sample) -> Iterator[None]:
    """Take the samples at once and every `EVERY_S` for the time of the block."""
    stop = threading.Event()

    def work() -> None:
        while True:
            for sample in samples:
                sample()
            if stop.wait(EVERY_S):
                return

    thread = threading.Thread(target=work, name="sampling", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
