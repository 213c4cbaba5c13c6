"""Which messages facts cause, what a policy may say of them, and what follows a try."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_histories import random_arrivals, random_histories

from dispatch.errors import InvalidInput
from dispatch.folding import advance, fold
from dispatch.message import Came, Kind, Means, Message, Outcome, State
from dispatch.messages.causes import caused
from dispatch.messages.trying import Next, after
from dispatch.messages.worth import still_true
from dispatch.policy.message_rules import MessageRules, channels
from dispatch.policy.policy import Policy

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
BOTH = (Means.SMS, Means.MAIL)
HISTORIES = [*random_histories(5, 60), *random_arrivals(5, 20)]


def following(outcome: Outcome, *, tries: int = 0, on: int = 0, left_s: float = 3600, jitter: float = 0.0) -> Next:
    until = NOON + timedelta(seconds=left_s)
    return after(outcome, tries=tries, on=on, channels=BOTH, now=NOON, until=until, most=4, jitter=jitter)


def test_appending_in_parts_or_at_once_causes_the_same_messages_each_once() -> None:
    kinds: set[Kind] = set()
    for history in HISTORIES:
        seen, state = [], None
        for n, event in enumerate(history):
            state = advance(state, event) if state else fold([event])
            seen += caused([event], state, after=n)
        at_once = caused(history, fold(history), after=0)
        assert len({(m.cause, m.recipient) for m in seen}) == len(seen)
        assert {m.cause for m in at_once} == {m.cause for m in seen}
        kinds |= {m.kind for m in seen}
    assert {Kind.REPORT_TAKEN, Kind.OFFER, Kind.OFFER_AGAIN, Kind.ACCEPTED, Kind.ARRIVED} <= kinds


def test_no_message_of_any_history_is_true_of_an_incident_that_was_closed_but_its_result() -> None:
    closed = [h for h in HISTORIES if fold(h).closed_at]
    assert closed
    for history in closed:
        state = fold(history)
        messages = [m for m in caused(history, state, after=0) if m.kind not in (Kind.PAID, Kind.REFUSED)]
        true = [m.kind for m in messages if still_true(m, state, NOON, 1.0)]
        assert set(true) <= {Kind.ARRIVED}  # a unit may still stand there


def test_a_simulated_report_makes_simulated_messages() -> None:
    from dataclasses import replace  # noqa: PLC0415

    history = HISTORIES[0]
    simulated = [replace(history[0], simulated=True), *history[1:]]
    made = caused(simulated, reduce(advance, simulated[1:], fold(simulated[:1])), after=0)
    assert made
    assert all(m.simulated for m in made)


# -- what follows a try ----------------------------------------------------------------------------------------------


def test_waits_double_then_the_next_channel_is_tried_then_it_is_given_up() -> None:
    late = Outcome(Came.LATER)
    assert [following(late, tries=n).at for n in range(3)] == [NOON + timedelta(seconds=s) for s in (1, 2, 4)]
    assert following(late, tries=3) == Next(State.WAITING, NOON, 1)
    assert following(late, tries=3, on=1) == Next(State.FAILED)
    assert following(Outcome(Came.REFUSED)) == Next(State.WAITING, NOON, 1)
    assert following(Outcome(Came.REFUSED), on=1) == Next(State.FAILED)
    assert following(Outcome(Came.THERE), on=1) == Next(State.SENT)


def test_who_failed_together_does_not_come_back_together() -> None:
    assert following(Outcome(Came.LATER), tries=2, jitter=0.5).at == NOON + timedelta(seconds=6)


@given(
    st.sampled_from([*Came]), st.integers(0, 40), st.integers(0, 1), st.floats(-60, 600), st.floats(0, 1), st.booleans()
)
def test_nothing_is_tried_late_and_what_reached_somebody_has_not_failed(
    came: Came, tries: int, on: int, left_s: float, jitter: float, reached: bool
) -> None:
    outcome = Outcome(came, reached=frozenset({"push:1"}) if reached else frozenset())
    found = following(outcome, tries=tries, on=on, left_s=left_s, jitter=jitter)
    assert (found.at is None) == (found.state is not State.WAITING)
    assert found.at is None or found.at < NOON + timedelta(seconds=left_s)
    assert not (reached and found.state in (State.FAILED, State.NOBODY))


def test_a_message_that_always_fails_ends_after_so_many_tries_on_each_channel() -> None:
    tries, on, total = 0, 0, 0
    while True:
        total += 1
        found = following(Outcome(Came.LATER), tries=tries, on=on)
        if found.at is None:
            break
        tries, on = (tries + 1, on) if found.on == on else (0, found.on)
    assert (total, found.state) == (8, State.FAILED)


# -- the policy --------------------------------------------------------------------------------------------------------


def test_a_template_says_only_what_is_known_and_an_empty_one_is_off() -> None:
    rules = Policy.from_mapping({"messages": {"arrived": "", "sms_templates": ["later=SMS_77"]}}).messages
    assert rules.template(Kind.ARRIVED) == ""
    assert (rules.sms_template(Kind.LATER), rules.sms_template(Kind.PAID)) == ("SMS_77", "paid")
    for wrong in ({"later": "{plate}"}, {"later": "{"}, {"sms_templates": ["x=1"]}, {"sms_templates": ["later"]}):
        with pytest.raises(InvalidInput, match="messages"):
            Policy.from_mapping({"messages": wrong})


@pytest.mark.parametrize("kind", [*Kind])
def test_every_kind_has_a_label_words_a_channel_and_an_end(kind: Kind) -> None:
    message = Message(cause="A/1", kind=kind, recipient="caller", incident_id="A", caused_at=NOON)
    rules = MessageRules()
    assert kind.label
    assert rules.template(kind)
    assert channels(kind)
    assert NOON <= rules.begins_at(message) < rules.until(message, 90.0) <= NOON + timedelta(hours=1)
