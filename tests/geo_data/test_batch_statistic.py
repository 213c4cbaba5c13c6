from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from itertools import pairwise

import numpy as np
import polars as pl
from batch_records import judged_of, records
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.auditing.audit import Basis, summarise
from geo_data.batch.account import account
from geo_data.batch.percentiles import Seconds, percentiles, ranks
from geo_data.batch.statistic import added, statistic, within

BASIS = Basis(title="t", source="s", judged_at=datetime(2026, 11, 22, tzinfo=UTC))


def audited(parts):
    def fetch(wanted):
        return pl.concat([within(part, wanted) for part in parts])

    return account(added([statistic(part, BASIS.rules) for part in parts]), BASIS, fetch)


def cut(records, cuts):
    ends = sorted({0, len(records), *(c for c in cuts if c <= len(records))})
    whole = judged_of(records)
    return [whole[a:b] for a, b in pairwise(ends)] or [whole]


def same(found, wanted):
    """Equal, orders of groups and reasons included, but for what names single incidents."""
    wanted = replace(wanted, misses=(), edited=(), stages=())
    assert found == wanted
    for name in (
        "by_zone",
        "by_district",
        "by_hour",
        "by_tier",
        "by_month",
        "not_judged",
        "excluded",
        "causes",
        "edits",
    ):
        assert list(getattr(found, name)) == list(getattr(wanted, name))


@settings(max_examples=60, deadline=None)
@given(st.lists(records(), max_size=40), st.lists(st.integers(0, 40), max_size=4))
def test_pieces_added_up_give_the_audit_of_the_records_bit_for_bit(chosen, cuts):
    same(audited(cut(chosen, cuts)), summarise(chosen, BASIS))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(records(), max_size=8), min_size=3, max_size=5), st.randoms(use_true_random=False))
def test_pieces_add_up_in_any_order_and_nesting(pieces, shuffle):
    parts = [statistic(judged_of(piece, 100 * n), BASIS.rules) for n, piece in enumerate(pieces)]
    flat = added(parts)
    other = list(parts)
    shuffle.shuffle(other)
    nested = reduce(lambda a, b: added([a, b]), other)
    right = reduce(lambda a, b: added([b, a]), reversed(other))
    for found in (added(other), nested, added([right])):
        assert found.counts.equals(flat.counts)
        assert found.seconds.equals(flat.seconds)
        assert found.names.equals(flat.names)
        assert found.groups.equals(flat.groups)


@given(st.lists(st.floats(0, 5) | st.integers(0, 5).map(float), min_size=1, max_size=60))
def test_percentiles_of_counts_are_those_of_numpy(times):
    values = np.sort(np.array(times))
    second = np.floor(values).astype(np.int64)
    seconds = np.unique(second)
    groups = [values[second == s] for s in seconds]
    found = Seconds(
        seconds, np.array([len(g) for g in groups]), np.array([g[0] for g in groups]), np.array([g[-1] for g in groups])
    )
    asked = []

    def look(s):
        asked.append(s)
        return values[second == s]

    assert percentiles(found, look) == tuple(np.quantile(values, (0.5, 0.9)))
    assert set(asked) == found.unknown()


def test_whole_seconds_need_no_second_look():
    lone = Seconds(np.array([3, 4]), np.array([9, 8]), np.array([3.0, 4.0]), np.array([3.0, 4.0]))
    assert lone.unknown() == set()
    assert ranks(17, 0.5) == (8, 9, 0.0)
