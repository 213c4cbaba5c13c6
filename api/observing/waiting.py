"""Reports that wait outside the database: whoever keeps them says here how to count them."""

from collections.abc import Callable

_count: list[Callable[[], int]] = []


def count_with(count: Callable[[], int]) -> None:
    """Name the one that counts; another takes its place."""
    _count[:] = [count]


def waiting_reports() -> int:
    """How many wait; 0 where nobody keeps any."""
    return _count[0]() if _count else 0
