"""The steps of a claim follow each other in order and in time; what was told is corrected by another fact."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import NOON

from dispatch.claim import Claim
from dispatch.errors import IllegalTransition
from dispatch.events import ClaimFact, ClaimPaid, ClaimRefused, ClaimReviewed, ClientTold, DamageAssessed
from dispatch.vocabulary import ReviewOpinion, ToldBy

DAY = timedelta(days=1)


def after(days: float) -> datetime:
    return NOON + timedelta(days=days)


def fact(kind: type[ClaimFact], days: float, **more: object) -> ClaimFact:
    return kind(incident_id="A", at=after(days), recorded_at=after(30), by="d", **more)


ASSESSED = fact(DamageAssessed, 1, amount_yuan=3200.0)
APPROVED = fact(ClaimReviewed, 2, opinion=ReviewOpinion.APPROVED)
QUESTIONS = fact(ClaimReviewed, 2, opinion=ReviewOpinion.QUESTIONS, note="缺行驶证")
REJECTED = fact(ClaimReviewed, 2, opinion=ReviewOpinion.REJECTED, note="酒驾")
PAID = fact(ClaimPaid, 3, amount_yuan=3200.0)
REFUSED = fact(ClaimRefused, 3, reason="酒驾")
TOLD = fact(ClientTold, 4, means=ToldBy.TELEPHONE)


def claim(*facts: ClaimFact) -> Claim:
    made = Claim()
    for one in facts:
        made = made.after(one, surveyed_at=NOON)
    return made


def test_a_claim_goes_from_assessment_over_review_and_payment_to_the_client_who_is_told() -> None:
    done = claim(ASSESSED, QUESTIONS, APPROVED, PAID, TOLD)
    assert (done.assessed, done.review, done.decided, done.told) == (ASSESSED, APPROVED, PAID, (TOLD,))
    assert done.reviews == (QUESTIONS, APPROVED)


@pytest.mark.parametrize(
    "facts",
    [
        (APPROVED,),
        (ASSESSED, PAID),
        (ASSESSED, QUESTIONS, PAID),
        (ASSESSED, APPROVED, REFUSED),
        (ASSESSED, REJECTED, PAID),
        (ASSESSED, APPROVED, TOLD),
        (ASSESSED, ASSESSED),
        (ASSESSED, APPROVED, PAID, PAID),
        (ASSESSED, APPROVED, PAID, APPROVED),
        (ASSESSED, APPROVED, PAID, TOLD, TOLD),
        (fact(DamageAssessed, 1, amount_yuan=1.0, corrects="写错"),),
        (ASSESSED, fact(ClaimReviewed, 2, opinion=ReviewOpinion.APPROVED, corrects="写错")),
        (fact(DamageAssessed, -1, amount_yuan=1.0),),
        (ASSESSED, fact(ClaimReviewed, 0.5, opinion=ReviewOpinion.APPROVED)),
        (ASSESSED, APPROVED, fact(ClaimPaid, 1.5, amount_yuan=1.0)),
        (ASSESSED, APPROVED, PAID, fact(ClientTold, 2.5, means=ToldBy.SMS)),
        (fact(DamageAssessed, 31, amount_yuan=1.0),),
    ],
)
def test_a_step_out_of_its_order_or_its_time_is_refused(facts: tuple[ClaimFact, ...]) -> None:
    before = claim(*facts[:-1])
    with pytest.raises(IllegalTransition):
        before.after(facts[-1], surveyed_at=NOON)


def test_an_amount_is_corrected_by_another_fact_and_later_steps_stand() -> None:
    corrected = fact(DamageAssessed, 1.5, amount_yuan=2300.0, corrects="金额写反")
    assert claim(ASSESSED, APPROVED, corrected).assessed == corrected
    too_late = fact(DamageAssessed, 2.5, amount_yuan=2300.0, corrects="金额写反")
    with pytest.raises(IllegalTransition):
        claim(ASSESSED, APPROVED, too_late)


def test_a_corrected_decision_has_been_told_to_nobody_yet() -> None:
    turned = fact(ClaimRefused, 5, reason="重复索赔", corrects="误点赔付")
    done = claim(ASSESSED, APPROVED, PAID, TOLD, turned)
    assert (done.decided, done.told) == (turned, ())


def test_a_client_is_told_by_several_means_each_once() -> None:
    writing = fact(ClientTold, 5, means=ToldBy.WRITING)
    mended = fact(ClientTold, 4.5, means=ToldBy.TELEPHONE, corrects="日期写错")
    assert claim(ASSESSED, REJECTED, REFUSED, TOLD, writing, mended).told == (writing, mended)


steps = st.lists(
    st.tuples(
        st.sampled_from([ASSESSED, APPROVED, QUESTIONS, REJECTED, PAID, REFUSED, TOLD]),
        st.floats(-1, 40),
        st.sampled_from(["", "更正"]),
    ),
    max_size=12,
)


@given(steps)
def test_whatever_is_told_in_whatever_order_the_steps_stand_in_their_order_of_time(
    told: list[tuple[ClaimFact, float, str]],
) -> None:
    made = Claim()
    for kind, days, corrects in told:
        values = {name: getattr(kind, name) for name in type(kind).__dataclass_fields__}
        try:
            made = made.after(type(kind)(**(values | {"at": after(days), "corrects": corrects})), surveyed_at=NOON)
        except IllegalTransition:
            continue
    times = [f.at for f in (made.assessed, *made.reviews, made.decided) if f is not None]
    assert times == sorted(times)
    assert all(t >= NOON for t in times)
    assert made.assessed or not made.reviews
    assert made.reviews or not made.decided
    assert made.decided or not made.told
    assert all(made.decided and t.at >= made.decided.at for t in made.told)
    assert len({t.means for t in made.told}) == len(made.told)
