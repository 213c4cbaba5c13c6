"""A claim as it stands: survey → damage assessment → review → payment → client told, each step a fact with its time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from dispatch.errors import IllegalTransition
from dispatch.events import ClaimFact, ClaimPaid, ClaimRefused, ClaimReviewed, ClientTold, DamageAssessed
from dispatch.vocabulary import ReviewOpinion

Decision = ClaimPaid | ClaimRefused
NEEDED = {ClaimPaid: ReviewOpinion.APPROVED, ClaimRefused: ReviewOpinion.REJECTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """How far a claim has come; a step is None (or empty) until it was told.

    ``reviews`` are in order, the last one counts. A corrected step stands in the place of what it corrects; a decision
    that is corrected has been told to nobody yet.
    """

    assessed: DamageAssessed | None = None
    reviews: tuple[ClaimReviewed, ...] = ()
    decided: Decision | None = None
    told: tuple[ClientTold, ...] = ()

    @property
    def review(self) -> ClaimReviewed | None:
        """The last review."""
        return self.reviews[-1] if self.reviews else None

    @property
    def next_kinds(self) -> tuple[type[ClaimFact], ...]:
        """The steps that may be told for the first time, once it was surveyed."""
        if self.assessed is None:
            return (DamageAssessed,)
        if self.decided is not None:
            return (ClientTold,)
        decisions = (kind for kind, opinion in NEEDED.items() if self.review and self.review.opinion is opinion)
        return (*decisions, ClaimReviewed)

    def after(self, fact: ClaimFact, *, surveyed_at: datetime) -> "Claim":
        """Take the next fact.

        Parameters
        ----------
        fact : ClaimFact
        surveyed_at : datetime
            Aware; nothing of a claim happens earlier.

        Raises
        ------
        IllegalTransition
            Where it is out of its order, in step or in time, or was told before and corrects nothing.
        """
        if fact.at > fact.recorded_at:
            raise IllegalTransition("时间晚于现在:请核对。(The time is still to come: mend it.)")
        for kind, step in STEPS.items():
            if isinstance(fact, kind):
                return step(self, fact, surveyed_at)
        raise IllegalTransition(f"{type(fact).__name__} is no step of a claim.")

    def _assess(self, fact: DamageAssessed, surveyed_at: datetime) -> "Claim":
        _told_once(fact, self.assessed, "定损")
        _in_time(fact, surveyed_at, self.reviews[0].at if self.reviews else None)
        return replace(self, assessed=fact)

    def _examine(self, fact: ClaimReviewed, _: datetime) -> "Claim":
        if self.assessed is None:
            raise IllegalTransition("尚未定损,不能审核。(Record the damage assessment first.)")
        if self.decided is not None:
            raise IllegalTransition("已有赔付结果,不能再改审核。(It is decided: correct the decision.)")
        if fact.corrects and not self.reviews:
            raise IllegalTransition("没有可更正的审核。(There is no review to correct.)")
        kept = self.reviews[:-1] if fact.corrects else self.reviews
        _in_time(fact, kept[-1].at if kept else self.assessed.at, None)
        return replace(self, reviews=(*kept, fact))

    def _decide(self, fact: Decision, _: datetime) -> "Claim":
        if self.review is None:
            raise IllegalTransition("尚未审核,不能赔付或拒赔。(Record the review first.)")
        _told_once(fact, self.decided, "赔付结果")
        wanted = NEEDED[type(fact)]
        if not fact.corrects and self.review.opinion is not wanted:
            raise IllegalTransition(f"最近一次审核是“{self.review.opinion.label}”。(The review must say so first.)")
        _in_time(fact, self.review.at, None)
        return replace(self, decided=fact, told=())

    def _tell(self, fact: ClientTold, _: datetime) -> "Claim":
        if self.decided is None:
            raise IllegalTransition("尚无赔付结果可告知。(There is no result to tell yet.)")
        before = next((t for t in self.told if t.means is fact.means), None)
        _told_once(fact, before, f"{fact.means.label}告知")
        _in_time(fact, self.decided.at, None)
        return replace(self, told=(*(t for t in self.told if t is not before), fact))


STEPS: dict[type[ClaimFact], Callable[..., Claim]] = {
    DamageAssessed: Claim._assess,
    ClaimReviewed: Claim._examine,
    ClaimPaid: Claim._decide,
    ClaimRefused: Claim._decide,
    ClientTold: Claim._tell,
}


def _told_once(fact: ClaimFact, before: ClaimFact | None, step: str) -> None:
    if before is not None and not fact.corrects:
        raise IllegalTransition(f"已记录{step}:如需更正请写明原因。(Told already: correct it, with the reason.)")
    if before is None and fact.corrects:
        raise IllegalTransition(f"没有可更正的{step}。(There is nothing to correct.)")


def _in_time(fact: ClaimFact, earliest: datetime, latest: datetime | None) -> None:
    if fact.at < earliest or (latest is not None and fact.at > latest):
        raise IllegalTransition("时间与前后步骤不符:请核对。(Earlier than the step before, or later than the next.)")
