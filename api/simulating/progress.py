"""How far simulated days have come: processes count their hours on a number they share with whoever started them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread
from typing import Any

LOOK_EVERY_S = 0.5

_shared: list[Any] = []  # of this process: the number of whoever started it


def share(number: Any) -> None:
    """Count on ``number``, a `multiprocessing.Value`, from now on: what a process is begun with."""
    _shared[:] = [number]


def count_hour(_: datetime) -> None:
    """Count one more hour played; nothing where nobody shares a number."""
    for number in _shared:
        with number.get_lock():
            number.value += 1


@contextmanager
def told_of(number: Any, tell: Callable[[int], object]) -> Iterator[None]:
    """Tell how far ``number`` has come, twice a second and at the end, while the block runs."""
    done = Event()

    def look() -> None:
        while not done.wait(LOOK_EVERY_S):
            tell(number.value)

    watcher = Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        tell(number.value)
