"""Another network or policy without a pause: checked first, then new workers beside the old, which finish what they have.

The supervisor does this at SIGHUP (``gzdispatch reload``). What is no good is refused with its reason, and all goes on
as before. Paths stay those of the environment; it is the files there that may be others.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from multiprocessing.synchronize import Semaphore
from types import FrameType

from api import building, wiring
from api.health.degradations import degradations
from api.service import running, service_manager
from api.service.crew import Member
from api.service.draining import DRAIN, PATIENCE_S
from api.settings import settings
from dispatch.degradations import Part
from dispatch.errors import DispatchError, Unavailable
from geo_data.database import AWAY, transaction

log = logging.getLogger(__name__)

CHECK_LIMIT_S = 600.0  # a network of a whole province, and its map written into the database
READY_LIMIT_S = 120.0
GONE_LIMIT_S = PATIENCE_S + 15
KEPT = (settings, wiring.database)  # what a reload leaves alone
Crew = Sequence[Member[ForkProcess]]


class Reloader:
    """Does at the supervisor's next look what somebody asked for.

    Parameters
    ----------
    ready : Semaphore
        Released by each web worker once it takes requests.
    """

    def __init__(self, ready: Semaphore) -> None:
        self._ready = ready
        self._asked = False
        self._leaving: list[ForkProcess] = []
        self._end_s = 0.0

    def catch_signal(self) -> None:
        """Take SIGHUP for the wish to reload, unless it says that our terminal is gone."""
        has_terminal = sys.stdin is not None and sys.stdin.isatty()

        def ask(_number: int, _frame: FrameType | None) -> None:
            if has_terminal and not os.isatty(0):
                os.kill(os.getpid(), signal.SIGTERM)
            self._asked = True

        signal.signal(signal.SIGHUP, ask)

    def look(self, crew: Crew) -> None:
        """Reload when asked to; say so once the last old worker has gone."""
        if self._leaving:
            self._see_off()
        elif self._asked:
            self._asked = False
            try:
                self._reload(crew)
            except DispatchError as error:
                log.error("reload refused, all goes on as before: %s", error)
                _answer(ok=False, reason=str(error))

    def _reload(self, crew: Crew) -> None:
        log.warning("reload: checking network and policy")
        check()
        forget()
        load()
        web, others = [m for m in crew if m.name.startswith("web")], [m for m in crew if not m.name.startswith("web")]
        old = self._renew(web)
        for process in old:
            os.kill(process.pid or 0, DRAIN)
        for member in others:
            before = member.renew()
            before.terminate()  # the new one waits for its lock
            old.append(before)
        self._leaving, self._end_s = old, time.monotonic() + GONE_LIMIT_S

    def _renew(self, web: Crew) -> list[ForkProcess]:
        """Start new workers beside the old ones; back to those when the new ones do not come up."""
        while self._ready.acquire(block=False):
            pass
        old = [member.renew() for member in web]
        limit = time.monotonic() + READY_LIMIT_S
        n_ready = 0
        while n_ready < len(web):
            n_ready += self._ready.acquire(timeout=0.2)
            service_manager.tell(service_manager.ALIVE)
            if time.monotonic() > limit or not all(member.is_alive for member in web):
                for member, before in zip(web, old, strict=True):
                    member.put_back(before).terminate()
                raise Unavailable("The new workers did not come up: see the lines above.")
        return old

    def _see_off(self) -> None:
        if time.monotonic() > self._end_s:
            for process in self._leaving:
                process.kill()
        self._leaving = [process for process in self._leaving if process.exitcode is None]
        if not self._leaving:
            log.warning("reload: done, the old workers have gone")
            _answer(ok=True, network=wiring.ground().network.fingerprint, policy=wiring.policy().version)


def check() -> None:
    """Load everything anew in a process of its own, and put the map of a new network into the database.

    Raises
    ------
    Unavailable
        With the reason, when something is no good.
    """
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_try, args=(theirs,), name="reload check")
    process.start()
    theirs.close()
    limit = time.monotonic() + CHECK_LIMIT_S
    try:
        while not (told := ours.poll(1.0)) and time.monotonic() < limit:
            service_manager.tell(service_manager.ALIVE)
        reason = ours.recv() if told else f"no answer within {CHECK_LIMIT_S:.0f} s"
    except EOFError:
        reason = "the check ended without a word: see the lines above"
    process.kill()
    process.join()
    if reason:
        raise Unavailable(reason)


def _try(tell: Connection) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    try:
        wiring.database().dispose(close=False)  # the supervisor's connections, were there any
        forget()
        load()
        if not wiring.ground().network.has_roads:
            raise Unavailable(next(one.detail for one in degradations().all() if one.part is Part.NETWORK))
        with transaction(wiring.database()) as connection:
            building.load_map(connection, wiring.ground().network)
    except (DispatchError, *AWAY) as error:
        tell.send(str(error).strip() or type(error).__name__)
    except Exception as error:
        log.exception("reload check failed")
        tell.send(f"{type(error).__name__}: {error}")
    else:
        tell.send("")


def load() -> None:
    """Load network, policy, places and where accidents are expected, and leave no connection open."""
    wiring.ground()
    wiring.demand_reach()
    with suppress(*AWAY):  # a worker takes them in when the database is back
        wiring.places().load()
    wiring.database().dispose()


def forget() -> None:
    """Forget whatever this process made of its files; settings and the database stay."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "api":
            for cached in list(vars(module).values()):
                clear = getattr(cached, "cache_clear", None)
                if callable(clear) and not any(cached is one for one in KEPT):
                    clear()


def _answer(**words: object) -> None:
    running.answer({"at": datetime.now(UTC).isoformat(), **words})
