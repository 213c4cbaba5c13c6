"""Positions of one instant share one transaction; what is not plain is answered by the routes, as ever."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from api.intake import messages
from api.intake.batch import Answer
from api.intake.gathering import MOST, Gathering
from api.rush import AT_ONCE, PER_S, Allowance
from dispatch.location import Position
from dispatch.unit import Fix

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def message(n: int) -> messages.Message:
    at = NOW + timedelta(seconds=n)
    return messages.ByAccount("token", [Fix(unit_id="u1", position=Position(113.3, 23.1), at=at, accuracy_m=5.0)])


def taken(many: int, keep: object) -> tuple[list[object], list[int]]:
    sizes: list[int] = []

    def kept(batch: Sequence[messages.Message], now: datetime) -> list[Answer | None]:
        sizes.append(len(batch))
        return keep(batch)  # type: ignore[operator, no-any-return]

    async def ask() -> list[object]:
        gathering = Gathering(kept, lambda: NOW)
        return list(await asyncio.gather(*(gathering.take(message(n)) for n in range(many))))

    return asyncio.run(ask()), sizes


def test_requests_of_one_instant_are_one_transaction_and_each_hears_its_own_answer() -> None:
    answers, sizes = taken(30, lambda batch: [[(m.fixes[0], "")] for m in batch])
    assert sizes == [30]
    assert [a[0][0].at for a in answers] == [NOW + timedelta(seconds=n) for n in range(30)]  # type: ignore[index]


def test_a_transaction_is_bounded() -> None:
    answers, sizes = taken(MOST + 1, lambda batch: [[] for _ in batch])
    assert sizes == [MOST, 1]
    assert len(answers) == MOST + 1


def test_where_the_transaction_fails_nobody_is_told_yes() -> None:
    def fail(_: object) -> list[Answer | None]:
        raise RuntimeError("the disk is full")

    assert taken(3, fail) == ([None, None, None], [3])


def test_what_is_not_plain_is_left_to_the_routes() -> None:
    assert messages.of_account("token", b"not json") is None
    assert messages.of_account("", b'{"fixes": []}') is None
    assert messages.of_account("token", b'{"fixes": [{"unit_id": "u1", "lon": 500, "lat": 23, "at": "now"}]}') is None
    assert messages.of_device("id=x&lat=&lon=", b"", "") is None
    assert messages.of_device("lat=23.1&lon=113.3", b"", "") is None
    seen = messages.of_device("id=x&lat=23.1&lon=113.3", b"", "")
    assert seen is not None
    assert seen.seen.position == Position(113.3, 23.1)


def test_in_a_rush_forecasts_are_left_out_and_after_it_they_are_made_again() -> None:
    clock = [0.0]
    allowance = Allowance(lambda: clock[0])
    assert sum(allowance.take() for _ in range(int(AT_ONCE) + 50)) == AT_ONCE
    clock[0] += 1.0
    assert sum(allowance.take() for _ in range(50)) == PER_S
