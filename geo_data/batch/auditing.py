"""The audit of many millions of incidents: pieces judged wherever there is room, and added up here."""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from functools import partial

import polars as pl

from dispatch.auditing.audit import Audit
from dispatch.policy.audit_rules import AuditRules
from dispatch.simulation.replications import spread
from geo_data.batch.account import account
from geo_data.batch.judging import judged
from geo_data.batch.pieces import Piece, Records
from geo_data.batch.reading import read
from geo_data.batch.statistic import Statistic, added, statistic, within

Progress = Callable[[int], object]


def audit_records(records: Records, executor: Executor | None = None, progress: Progress | None = None) -> Audit:
    """Audit all records.

    Parameters
    ----------
    records : Records
        As `geo_data.batch.pieces.find_records` found them.
    executor : Executor, optional
        Processes or a Dask cluster whose machines see the same files; without it one piece after another here.
    progress : callable, optional
        Told of how many incidents were just judged.

    Returns
    -------
    Audit
        The same to the last bit wherever the pieces were judged: equal to `dispatch.auditing.audit.summarise` of the same incidents.

    Raises
    ------
    InvalidInput, Unavailable
        See `geo_data.batch.reading.read`.
    """
    pieces, counting = records.pieces, partial(count, rules=records.basis.rules)

    def fetch(wanted: pl.DataFrame) -> pl.DataFrame:
        return pl.concat(spread(partial(look_within, wanted=wanted), pieces, executor))

    def counted() -> Iterable[Statistic]:
        for piece, found in zip(pieces, spread(counting, pieces, executor), strict=True):
            yield found
            if progress is not None:
                progress(piece.rows)

    return account(_sum(counted()), records.basis, fetch)


def count(piece: Piece, rules: AuditRules) -> Statistic:
    """The statistic of one piece: a function of nothing else."""
    return statistic(judged(read(piece), piece.terms, piece.first), rules)


def look_within(piece: Piece, wanted: pl.DataFrame) -> pl.DataFrame:
    """Times of one piece in the seconds wanted."""
    return within(judged(read(piece), piece.terms, piece.first), wanted)


def _sum(parts: Iterable[Statistic]) -> Statistic:
    """Add pieces up as they come, whenever what has come is as much as the sum so far: each is handled a few times only."""
    total, held, waiting = None, [], 0
    for part in parts:
        held.append(part)
        waiting += len(part.seconds)
        if total is None or waiting >= len(total.seconds):
            total, held, waiting = added([*([total] if total else []), *held]), [], 0
    return added([*([total] if total else []), *held])
