"""The background's rounds: how long each takes, and how many fail."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from api.observing.metrics import loop_failures, loop_s


@contextmanager
def round_of(loop: str) -> Iterator[None]:
    """Time one round, whether it ends well or not."""
    failures = loop_failures.labels(loop)  # told as 0 from the first round on, so that a rise shows
    began = time.perf_counter()
    try:
        yield
    except BaseException:
        failures.inc()
        raise
    finally:
        loop_s.labels(loop).observe(time.perf_counter() - began)
