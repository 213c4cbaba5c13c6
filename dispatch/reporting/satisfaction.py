"""What callers thought of the service, and how far their claims have come."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.auditing.shares import Share, share
from dispatch.caller import MOST_STARS
from dispatch.claim import Claim
from dispatch.events import ClaimPaid, ClaimRefused
from dispatch.reporting.line import Line
from dispatch.reporting.uncertainty import Quantile, quantile

CONTENT_STARS = 4  # from here on a caller counts as content


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction:
    """Ratings of one period; ``asked`` are the accidents that could have been rated, ``comments`` ratings with words."""

    asked: int
    by_stars: Mapping[int, int]
    comments: int

    @property
    def n(self) -> int:
        """How many rated."""
        return sum(self.by_stars.values())

    @property
    def mean(self) -> float | None:
        """Mean stars; None without a rating."""
        return sum(stars * n for stars, n in self.by_stars.items()) / self.n if self.n else None

    @property
    def content(self) -> Share:
        """Ratings of `CONTENT_STARS` and more among all ratings."""
        return share(sum(n for stars, n in self.by_stars.items() if stars >= CONTENT_STARS), self.n)

    @property
    def answered(self) -> Share:
        """Ratings among the accidents that could have been rated."""
        return share(self.n, self.asked)


def satisfaction(lines: Sequence[Line]) -> Satisfaction:
    """Count ratings; what was a duplicate or was called off is asked nobody about."""
    accidents = [line for line in lines if line.is_accident]
    stars = Counter(line.stars for line in accidents)
    return Satisfaction(
        asked=len(accidents),
        by_stars={n: stars[n] for n in range(MOST_STARS, 0, -1)},
        comments=sum(line.commented for line in accidents),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the claims of one period; ``took`` is from the step before it, which ``name`` and ``after`` say."""

    name: str
    after: str
    reached: int
    took: Quantile
    yuan: float | None = None


@dataclass(frozen=True, slots=True)
class _Course:
    """The moments of one claim, in order."""

    reported_at: datetime | None
    surveyed_at: datetime | None
    claim: Claim

    @property
    def moments(self) -> tuple[datetime | None, ...]:
        claim = self.claim
        return (
            self.reported_at,
            self.surveyed_at,
            claim.assessed.at if claim.assessed else None,
            claim.review.at if claim.review else None,
            claim.decided.at if claim.decided else None,
            min((told.at for told in claim.told), default=None),
        )


STEPS = ("报案", "查勘", "定损", "审核", "赔付或拒赔", "告知客户")


def claim_steps(lines: Sequence[Line]) -> tuple[Step, ...]:
    """How many claims reached each step, and the median time from the step before."""
    courses = [_Course(line.reported_at, line.surveyed_at, line.claim) for line in lines if line.is_accident]
    moments = [course.moments for course in courses]
    yuan = {2: _assessed_yuan(courses), 4: _paid_yuan(courses)}
    return tuple(
        Step(
            name=STEPS[i],
            after=STEPS[i - 1],
            reached=sum(m[i] is not None for m in moments),
            took=quantile([*_taken_s((m[i - 1], m[i]) for m in moments)], 0.5),
            yuan=yuan.get(i),
        )
        for i in range(1, len(STEPS))
    )


def decisions(lines: Sequence[Line]) -> tuple[int, int]:
    """How many claims were paid and how many refused."""
    decided = [line.claim.decided for line in lines if line.is_accident]
    return sum(isinstance(d, ClaimPaid) for d in decided), sum(isinstance(d, ClaimRefused) for d in decided)


def _taken_s(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> Iterable[float]:
    for start, stop in pairs:
        if start is not None and stop is not None and stop >= start:
            yield (stop - start).total_seconds()


def _assessed_yuan(courses: Iterable[_Course]) -> float:
    return sum(c.claim.assessed.amount_yuan for c in courses if c.claim.assessed)


def _paid_yuan(courses: Iterable[_Course]) -> float:
    return sum(c.claim.decided.amount_yuan for c in courses if isinstance(c.claim.decided, ClaimPaid))
