"""Where work in parts is done: here, on the processes of this machine, or on a Dask cluster."""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from importlib import import_module
from multiprocessing import get_context
from typing import Any, cast

from dispatch.errors import Unavailable


class Spread(StrEnum):
    """How parts are spread."""

    SERIAL = "serial"
    PROCESSES = "processes"
    DASK = "dask"


@contextmanager
def pool(spread: Spread, workers: int | None, scheduler: str) -> Iterator[Executor | None]:
    """An executor, None where parts are done one after another here."""
    if spread is Spread.DASK:
        with dask(workers, scheduler) as executor:
            yield executor
    elif spread is Spread.PROCESSES:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
            yield executor
    else:
        yield None


@contextmanager
def dask(workers: int | None, scheduler: str) -> Iterator[Executor]:
    """An executor on a Dask scheduler, or on one of this machine where no address is given; raises `Unavailable`."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise Unavailable("Dask is not installed: pip install 'gzdispatch[cluster]'.") from None
    local = {} if scheduler else {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
    try:
        client = distributed.Client(scheduler or None, **local)
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"No Dask scheduler answers at {scheduler} ({error}): start one, or leave out --scheduler."
        ) from None
    with client:
        yield cast(Executor, client.get_executor())
