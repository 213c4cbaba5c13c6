"""What callers ask and what is told of claims, as rules of the random sequences."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from stateful_sequences import has_incidents, pick, picks, points, words
from stateful_world import World

from dispatch import caller_desk
from dispatch import events as ev
from dispatch.location import Position
from dispatch.vocabulary import ReviewOpinion, ToldBy

TASKS_FOR = timedelta(days=400)
STEPS: list[tuple[type[ev.ClaimFact], dict[str, Any]]] = [
    (ev.DamageAssessed, {"amount_yuan": 3200.0}),
    (ev.ClaimReviewed, {"opinion": ReviewOpinion.QUESTIONS, "note": "缺行驶证"}),
    (ev.ClaimReviewed, {"opinion": ReviewOpinion.APPROVED}),
    (ev.ClaimReviewed, {"opinion": ReviewOpinion.REJECTED, "note": "x"}),
    (ev.ClaimPaid, {"amount_yuan": 3200.0}),
    (ev.ClaimRefused, {"reason": "x"}),
    (ev.ClientTold, {"means": ToldBy.TELEPHONE}),
]


class FollowUp:
    """Call-backs, doubts about the place, ratings and claims: of open, closed and merged incidents alike."""

    @has_incidents
    @rule(n=picks, reason=words, reached=st.sampled_from([None, None, False, True]))
    def call_back(self: Any, n: int, reason: str, reached: bool | None) -> None:
        key = pick(self.incidents, n).id

        def step(world: World) -> None:
            if reached is None:
                caller_desk.ask_callback(world.desk, key, self.now, reason=reason, phone="138")
            else:
                caller_desk.answer_callback(world.desk, key, self.now, reached=reached, result=reason, by="d")

        self.do(step)
        self.check_who_waits()

    @has_incidents
    @rule(n=picks, said=words, point=st.none() | points, settles=st.booleans())
    def doubt(self: Any, n: int, said: str, point: Position | None, settles: bool) -> None:
        key = pick(self.incidents, n).id

        def step(world: World) -> None:
            if settles:
                caller_desk.settle_doubt(world.desk, key, self.now, answer=said, by="d")
            else:
                caller_desk.doubt_place(world.desk, key, self.now, text=said, position=point, accuracy_m=None)

        self.do(step)
        self.check_who_waits()

    @has_incidents
    @rule(n=picks, stars=st.integers(0, 6), said=words)
    def rate(self: Any, n: int, stars: int, said: str) -> None:
        key = pick(self.incidents, n).id
        self.do(lambda w: caller_desk.rate(w.desk, key, self.now, stars=stars, words=said))

    @has_incidents
    @rule(n=picks, some=st.lists(st.sampled_from(STEPS), min_size=1, max_size=4), ago_s=st.sampled_from([0, 0, 600]), corrects=st.sampled_from(["", "", "写错"]))  # fmt: skip
    def tell_of_the_claim(self: Any, n: int, some: list[Any], ago_s: int, corrects: str) -> None:
        key = pick(self.incidents, n).id
        at = self.now - timedelta(seconds=ago_s)
        for kind, said in some:
            fact = kind(incident_id=key, at=at, recorded_at=self.now, corrects=corrects, by="d", **said)
            self.do(lambda w, fact=fact: w.desk.record(w.desk.incident(key), fact))

    def check_who_waits(self: Any) -> None:
        """The query of the board tells the very incidents whose fold says that somebody waits."""
        for world in self.worlds:
            if ask := getattr(world.desk.log, "with_waiting_callers", None):
                assert {i.id for i in ask(self.now - TASKS_FOR)} == {i.id for i in self.incidents if i.caller.waits}
