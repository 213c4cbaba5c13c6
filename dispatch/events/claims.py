"""The claim after the survey: damage assessed, reviewed, paid or refused, and the client told."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.events.base import Event
from dispatch.vocabulary import ReviewOpinion, ToldBy


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFact(Event):
    """A step of the claim: ``at`` is when it was done, ``recorded_at`` when somebody told us.

    ``corrects`` says why what was told of this step before is wrong; empty for a step told for the first time.
    """

    recorded_at: datetime
    corrects: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageAssessed(ClaimFact):
    """The damage was assessed at ``amount_yuan``."""

    amount_yuan: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReviewed(ClaimFact):
    """The assessment was reviewed; ``note`` holds the questions that are open, or why it was rejected."""

    opinion: ReviewOpinion
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPaid(ClaimFact):
    """The claim was paid."""

    amount_yuan: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRefused(ClaimFact):
    """The claim was refused."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTold(ClaimFact):
    """The client was told the result; by several means in several facts."""

    means: ToldBy
    told_to: str = ""
