"""Rules of the random sequences: incidents held back, closed and called off."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from stateful_sequences import has_incidents, pick, picks, words

from dispatch.holding import end_hold, hold
from dispatch.vocabulary import CloseCode, HoldEnd, HoldEvent, HoldReason


class Ends:
    """Holds, and ends by a code."""

    @has_incidents
    @rule(n=picks, reason=words, code=st.sampled_from(CloseCode))
    def close(self: Any, n: int, reason: str, code: CloseCode) -> None:
        key = self.one(n).id
        self.do(lambda w: w.desk.close(key, self.now, reason=reason, code=code, by="d"))

    @has_incidents
    @rule(
        n=picks,
        reason=st.sampled_from(HoldReason),
        span_s=st.sampled_from([0, 60, 600, 4000, 90_000]),
        ends_on=st.sampled_from([None, *HoldEvent]),
        note=words,
    )
    def hold(self: Any, n: int, span_s: int, **said: Any) -> None:
        key, until = self.one(n).id, self.now + timedelta(seconds=span_s)
        self.do(lambda w: hold(w.desk, key, self.now, until=until, **said, by="d"))

    @precondition(lambda self: any(i.held for i in self.incidents))
    @rule(n=picks, how=st.sampled_from(HoldEnd))
    def end_hold(self: Any, n: int, how: HoldEnd) -> None:
        key = pick([i for i in self.incidents if i.held], n).id
        self.do(lambda w: end_hold(w.desk, key, self.now, how=how, by="d"))
