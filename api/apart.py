"""Slow work in a process of its own: one at a time, within a time, so that the service goes on answering."""

from collections.abc import Callable
from multiprocessing import TimeoutError as TooLate
from multiprocessing import get_context
from threading import Lock
from typing import ParamSpec, TypeVar

from dispatch.errors import Unavailable

P = ParamSpec("P")
R = TypeVar("R")

_busy = Lock()


def is_busy() -> bool:
    """Whether something is under way."""
    return _busy.locked()


def apart(timeout_s: float, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``work`` in a fresh process, which is ended when it is done or out of time.

    Parameters
    ----------
    timeout_s : float
        How long it may take.
    work : callable
        At the top of a module; it, what it takes and what it returns are sent between processes.

    Raises
    ------
    Unavailable
        While another is under way, and when it takes too long. What ``work`` raises is raised here.
    """
    if not _busy.acquire(blocking=False):
        raise Unavailable("正在制作另一份报告,请稍后再试。(Another report is being made: try again in a minute.)")
    try:
        with get_context("spawn").Pool(1) as pool:
            return pool.apply_async(work, args, kwargs).get(timeout_s)
    except TooLate:
        raise Unavailable(
            f"报告在 {timeout_s:.0f} 秒内未能完成:请缩短时段或改用命令行。(It took too long: use the command line.)"
        ) from None
    finally:
        _busy.release()
