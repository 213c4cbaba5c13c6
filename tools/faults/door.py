"""How every client asks: as the pages' own outbox does, with a key, again and again, until there is a definite answer."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

import httpx2 as httpx

from tools.faults.ledger import Ledger

PATIENCE_S = 15.0  # as js/api.js
AGAIN_S = (0.2, 0.5, 1.0, 2.0)
LATER = (0, 401, 408, 429)
P_TWICE_AT_ONCE, P_TWICE_LATER = 0.05, 0.05
QUEUED = 202  # kept in the local queue of reports while the database is away


@dataclass(frozen=True, slots=True)
class Answer:
    """Status 0: nobody answered."""

    status: int
    body: Any
    replayed: bool = False

    @property
    def is_definite(self) -> bool:
        """Whether asking again would change nothing."""
        return self.status not in LATER and self.status < 500

    @property
    def is_taken(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300


class Door:
    """Somebody's way to the service.

    Parameters
    ----------
    address : str
    token : str
    ledger : Ledger
    random : Random
        Decides keys, and which questions are sent twice.
    """

    def __init__(self, address: str, token: str, ledger: Ledger, random: Random) -> None:
        self._client = httpx.Client(
            base_url=address, timeout=PATIENCE_S, headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
        self.ledger, self.random = ledger, random

    def close(self) -> None:
        """Leave."""
        self._client.close()

    def new_key(self) -> str:
        """A key for one action."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        """Ask once."""
        headers = {"Idempotency-Key": key} if key else {}
        try:
            answer = self._client.request(method, path, json=body, headers=headers)
            found = answer.json() if answer.content else None
        except (httpx.HTTPError, ValueError):
            self.ledger.answered(0, "", None)
            return Answer(0, None)
        self.ledger.answered(answer.status_code, answer.text, answer.headers.get("Retry-After"))
        return Answer(answer.status_code, found, "Idempotency-Replayed" in answer.headers)

    def insist(
        self, method: str, path: str, body: Any = None, *, while_: Callable[[], bool] = lambda: True
    ) -> tuple[Answer, str]:
        """Ask with one key until the answer is definite or ``while_`` says no; some are sent twice at once, or again later."""
        key = self.new_key()
        tries = 0
        answer = self._twice_at_once(method, path, body, key)
        while not answer.is_definite and while_():
            time.sleep(AGAIN_S[min(tries, len(AGAIN_S) - 1)])
            tries += 1
            answer = self.ask(method, path, body, key)
        if answer.is_taken and self.random.random() < P_TWICE_LATER:
            self.repeat(method, path, body, key, answer)
        return answer, key

    def repeat(self, method: str, path: str, body: Any, key: str, first: Answer) -> None:
        """Send what was answered once more: the same answer must come, marked as replayed."""
        self.ledger.commit("sent again after the answer")
        again = self.ask(method, path, body, key)
        if QUEUED in (first.status, again.status):
            return  # answered otherwise once it has entered; the judge sees that it is there once
        if again.is_definite and (again.body != first.body or not again.replayed):
            self.ledger.misused.append(f"{method} {path}: {first.status} then {again.status}")

    def _twice_at_once(self, method: str, path: str, body: Any, key: str) -> Answer:
        if self.random.random() >= P_TWICE_AT_ONCE:
            return self.ask(method, path, body, key)
        self.ledger.commit("sent twice at once")
        with ThreadPoolExecutor(2) as pool:
            one, two = pool.map(lambda _: self.ask(method, path, body, key), range(2))
        if QUEUED not in (one.status, two.status) and one.is_taken and two.is_taken and one.body != two.body:
            self.ledger.misused.append(f"{method} {path}: two answers to one key")
        return one if one.is_definite else two
