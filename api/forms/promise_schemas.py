"""What travels over HTTP of promises and of the ledger of services."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.forms.follow_up_schemas import SomeWords, Words
from api.forms.request_body import Body, Moment
from dispatch.promises.facts import Scope
from dispatch.promises.judging import PromiseVerdict
from dispatch.promises.words import ContactMeans, ExcuseCode, ProblemKind, WantedService
from dispatch.vocabulary import ToldBy

Name = Annotated[str, Field(max_length=100)]
SomeName = Annotated[str, Field(min_length=1, max_length=100)]


class DoneIn(Body):
    """Something that was done: ``at`` is when, now where left out."""

    at: Moment | None = None


class ClientIn(DoneIn):
    """A new client; its promises begin with ``in_force_at``, which may lie behind us or ahead."""

    organisation: SomeName
    in_force_at: Moment
    contact: Name = ""
    telephone: Name = ""
    policy_number: Name = ""


class ReasonIn(DoneIn):
    """Something done for a reason."""

    reason: SomeWords


class ContactIn(DoneIn):
    """A call, letter or visit; one that did not reach anybody is a try."""

    means: ContactMeans
    reached: bool = True
    person: Name = ""
    words: Words = ""


class ReportIn(DoneIn):
    """The service report was handed over."""

    means: ContactMeans = ContactMeans.MAIL
    words: Words = ""


class ProblemIn(DoneIn):
    """A client's problem or question."""

    problem: ProblemKind
    words: SomeWords


class SolvedIn(DoneIn):
    """What the solution was."""

    words: SomeWords


class SolutionToldIn(DoneIn):
    """The client was told the solution."""

    means: ToldBy
    person: Name = ""


class ExcuseIn(Body):
    """A promise is not to be kept, by a listed code and in words."""

    promise: SomeName
    code: ExcuseCode
    words: SomeWords
    number: Annotated[int, Field(ge=0)] = 0


class WantedIn(DoneIn):
    """A service that is only recorded as wanted."""

    service: WantedService
    words: Words = ""


class WithdrawIn(Body):
    """Why a fact was recorded wrongly."""

    words: SomeWords


class EntryOut(BaseModel):
    """One fact of a stream; ``said`` are its own fields. ``withdrawn`` ones prove nothing any more."""

    id: str
    number: int
    kind: str
    at: datetime
    recorded_at: datetime
    by: str
    said: dict[str, str | bool | int | float]
    withdrawn: bool


class ProblemOut(BaseModel):
    """A client's problem."""

    number: int
    problem: ProblemKind
    words: str
    raised_at: datetime
    solved_at: datetime | None
    solution: str
    told: list[ToldBy]


class ClientOut(BaseModel):
    """A client."""

    id: str
    organisation: str
    contact: str
    telephone: str
    policy_number: str
    in_force_at: datetime
    ended_at: datetime | None
    simulated: bool
    problems: list[ProblemOut]
    entries: list[EntryOut]


class WantingOut(BaseModel):
    """A fact that is still missing, with what must be true of it."""

    kind: str
    traits: dict[str, list[str]]


class PromiseOut(BaseModel):
    """One promise, judged. Times are null where a promise stands, or cannot be judged yet."""

    promise: str
    label: str
    english: str
    limit: str
    limit_english: str
    about: Scope
    subject: str
    words: str
    verdict: PromiseVerdict
    verdict_label: str
    started_at: datetime | None
    due_at: datetime | None
    done_at: datetime | None
    margin_s: float | None
    wanting: list[WantingOut]
    any_of: bool
    excuses: list[str]
    reason: str
    evidence: list[str]
    recorded_late: bool
    by_correction: bool
    simulated: bool


class ShareOut(BaseModel):
    """A share with its 95 % Wilson interval; null where n is 0."""

    kept: int
    n: int
    p: float | None
    low: float | None
    high: float | None


class PromiseTallyOut(BaseModel):
    """What became of one promise in the period."""

    promise: str
    label: str
    english: str
    limit: str
    limit_english: str
    reported: int
    kept: int
    missed: int
    open: int
    excluded: int
    unjudged: int
    recorded_late: int
    by_correction: int
    simulated: int
    reasons: dict[str, int]
    share_kept: ShareOut
    share_with_excluded: ShareOut


class PromisesOut(BaseModel):
    """The account of promises that fall due in a period, what is still due, and what was missed.

    ``due`` is in order of the time left, and reaches further back than the period; ``missed`` are the last ones of it.
    """

    judged_at: datetime
    since: datetime | None
    until: datetime | None
    policy_version: str
    totals: list[PromiseTallyOut]
    due: list[PromiseOut]
    due_in_all: int
    missed: list[PromiseOut]
    missed_in_all: int
