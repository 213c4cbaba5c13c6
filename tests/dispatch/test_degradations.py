"""What is away, since when."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from scene import NOON

from dispatch.degradations import Degradation, Degradations, Part

WORDS = st.lists(
    st.tuples(st.booleans(), st.sampled_from(Part), st.sampled_from(["", "AMap", "Tianditu"])), max_size=30
)


@given(WORDS)
def test_a_part_is_away_from_its_first_loss_until_it_is_back(words: list[tuple[bool, Part, str]]) -> None:
    told: list[list[Degradation]] = []
    away, since = Degradations(told.append), dict[tuple[Part, str], datetime]()
    for n, (is_lost, part, detail) in enumerate(words):
        at = NOON + timedelta(seconds=n)
        if is_lost:
            away.lost(part, at, detail)
            since.setdefault((part, detail), at)
        else:
            away.back(part, detail)
            since.pop((part, detail), None)
    expected = [Degradation(part, at, detail) for (part, detail), at in sorted(since.items(), key=lambda row: row[1])]
    assert away.all() == expected
    assert not told or told[-1] == expected
    assert all(before != after for before, after in pairwise(told))


def test_every_part_says_in_words_what_it_means() -> None:
    assert all(part.label and part.means for part in Part)
