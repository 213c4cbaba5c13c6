"""Facts as the engine sees them, the words a rule may use for them, and patterns that pick some."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dispatch.errors import InvalidInput
from dispatch.promises.words import ContactMeans, ExcuseCode, ProblemKind
from dispatch.vocabulary import CloseCode, Labelled, PartnerStep, ToldBy


class Scope(Labelled):
    """What one promise is about."""

    INCIDENT = "incident", "案件"
    CLIENT = "client", "客户"
    PROBLEM = "problem", "问题"
    HOUSE = "house", "本公司"


MEANS, TOLD, REACHED = tuple(ContactMeans), tuple(ToldBy), ("yes", "no")
# What happened, and what may be asked of it. A fact is about every scope it names.
KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "incident_reported": {},
    "incident_closed": {"code": tuple(CloseCode)},
    "incident_merged": {},
    "partner_engaged": {},
    "partner_told": {"step": tuple(PartnerStep)},
    "arrival_claimed": {},
    "video_survey_started": {},
    "callback_requested": {},
    "callback_answered": {"reached": REACHED},
    "caller_contacted": {"means": MEANS, "reached": REACHED},
    "claim_paid": {},
    "claim_refused": {},
    "client_told": {"means": TOLD},
    "replacement_agreed": {"consent": ("named", "missing"), "handover": ("given", "missing")},
    "client_in_force": {},
    "client_ended": {},
    "client_contacted": {"means": MEANS, "reached": REACHED},
    "report_delivered": {},
    "problem_raised": {"problem": tuple(ProblemKind)},
    "problem_solved": {"problem": tuple(ProblemKind)},
    "solution_told": {"means": TOLD},
    "excused": {"promise": (), "code": tuple(ExcuseCode)},
    "backup_named": {"contacts": ("two", "fewer")},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that happened.

    Parameters
    ----------
    id : str
        Where it is recorded, e.g. ``GZ261122-00001/7``: the seventh event of that incident.
    kind : str
        One of `KINDS`.
    subjects : mapping of Scope to str
        What it is about.
    at : datetime
        When it happened (aware).
    known_at : datetime
        When it was recorded.
    traits : mapping of str to str
        As `KINDS` names them.
    due_at : datetime, optional
        By when what it promises is due, where the fact itself froze that.
    corrected_at : datetime, optional
        When another fact took its place: from then on it proves nothing.
    corrects : bool
        Whether it took the place of another.
    words : str
        Whom or what it is about, for a reader.
    """

    id: str
    kind: str
    subjects: Mapping[Scope, str]
    at: datetime
    known_at: datetime
    traits: Mapping[str, str] = field(default_factory=dict)
    due_at: datetime | None = None
    corrected_at: datetime | None = None
    corrects: bool = False
    simulated: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Facts of one kind, some traits of which have one of some values; ``str`` writes it as a policy file does."""

    kind: str
    traits: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __str__(self) -> str:
        return " ".join([self.kind, *(f"{name}={'|'.join(values)}" for name, values in self.traits)])

    def fits(self, fact: Fact) -> bool:
        """Whether a fact is one of these."""
        return fact.kind == self.kind and all(fact.traits.get(name) in values for name, values in self.traits)


def read_pattern(text: object) -> Pattern:
    """Read a pattern such as ``client_told means=telephone|sms``.

    Raises
    ------
    InvalidInput
        For a fact, a trait or a value that does not exist; the message names those that do.
    """
    kind, *traits = text.split() if isinstance(text, str) and text.strip() else [str(text)]
    if kind not in KINDS:
        raise InvalidInput(f"{kind!r} is no fact; known are {', '.join(KINDS)}.")
    return Pattern(kind, tuple(_read_trait(kind, trait) for trait in traits))


def _read_trait(kind: str, text: str) -> tuple[str, tuple[str, ...]]:
    name, _, values = text.partition("=")
    if name not in KINDS[kind]:
        known = ", ".join(KINDS[kind]) or "nothing"
        raise InvalidInput(f"{kind!r} has no {name!r}; it has {known}.")
    allowed, given = KINDS[kind][name], tuple(values.split("|"))
    if unknown := [value for value in given if not value or (allowed and value not in allowed)]:
        raise InvalidInput(f"{kind} {name}={unknown[0]!r} is unknown; known are {', '.join(allowed)}.")
    return name, given
