"""Which parts of a fact tell of a person: what is kept under lock, and what stands in its place.

What callers say and who they are is always kept under lock. Reasons that our own staff write stay readable, so that a
decision can be accounted for when all else is erased, unless a plate or a telephone number is found in them.
"""

from collections.abc import Mapping
from typing import Any

from dispatch.events import (
    CallbackAnswered,
    CallbackRequested,
    ClaimRefused,
    ClaimReviewed,
    ClientTold,
    DamageAssessed,
    DuplicateJoined,
    Event,
    HospitalNamed,
    HospitalTold,
    IncidentLocated,
    IncidentMerged,
    IncidentReported,
    PlaceDoubted,
    PlaceDoubtSettled,
    RemoteSurveyEnded,
    RemoteSurveyStarted,
    ReplacementDecided,
    ReplacementProposed,
    SceneSurveyed,
    ServiceRated,
)
from dispatch.service.kinds import (
    ClientTaken,
    Contacted,
    FactWithdrawn,
    ProblemRaised,
    ProblemSolved,
    PromiseExcused,
    ReportDelivered,
    ServiceAsked,
    ServiceFact,
    SolutionTold,
)
from dispatch.triage.report_words import read_words

GONE = "〔已删除〕"  # stands where words were, once the key is gone
GONE_FORM = {"decision": "other", "notes": GONE, "captured_at": "1970-01-01T00:00:00Z"}
"""Stands for a survey form: its fields are read together, so they go together."""

ALWAYS: dict[type, tuple[str, ...]] = {
    IncidentReported: ("text", "plate", "phone", "findings", "question"),
    IncidentLocated: ("question",),
    DuplicateJoined: ("text", "reason"),
    IncidentMerged: ("likeness", "reason"),
    CallbackRequested: ("reason", "phone"),
    CallbackAnswered: ("result",),
    PlaceDoubted: ("text", "position", "accuracy_m"),
    PlaceDoubtSettled: ("answer",),
    ServiceRated: ("words",),
    SceneSurveyed: ("report",),
    HospitalNamed: ("name",),
    HospitalTold: ("words", "question"),
    ReplacementProposed: ("handover",),
    ReplacementDecided: ("consent_of",),
    RemoteSurveyStarted: ("consent",),
    RemoteSurveyEnded: ("note",),
    DamageAssessed: ("note",),
    ClaimReviewed: ("note",),
    ClaimRefused: ("reason",),
    ClientTold: ("told_to",),
    ClientTaken: ("contact", "telephone", "policy_number"),
    Contacted: ("person", "words"),
    ReportDelivered: ("words",),
    ProblemRaised: ("words",),
    ProblemSolved: ("words",),
    SolutionTold: ("person",),
    PromiseExcused: ("words",),
    ServiceAsked: ("words",),
    FactWithdrawn: ("words",),
}
STAFF_WORDS = ("reason", "note", "override_reason", "corrects", "told_by")  # kept under lock where they name a number
BLANKS: dict[str, Any] = {
    "plate": "",
    "phone": "",
    "telephone": "",
    "contact": "",
    "person": "",
    "told_to": "",
    "policy_number": "",
    "findings": [],
    "position": None,
    "accuracy_m": None,
    "report": GONE_FORM,
    "question": "",
}


def parted(fact: Event | ServiceFact, fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part the JSON fields of a fact into what anybody may read and what is kept under lock.

    Parameters
    ----------
    fact : Event or ServiceFact
    fields : mapping
        Its fields as plain JSON values.

    Returns
    -------
    open, locked : dict
        ``open`` has every field and can be read by itself, with a blank where ``locked`` has the value. Empty fields are
        never locked: that nothing was said is no secret.
    """
    always = ALWAYS.get(type(fact), ())
    locked = {
        key: value
        for key, value in fields.items()
        if value and (key in always or (key in STAFF_WORDS and names_a_number(str(value))))
    }
    return {**fields, **{key: BLANKS.get(key, GONE) for key in locked}}, locked


def owner_of(fact: Event | ServiceFact) -> str:
    """Whose key locks a fact: the incident (that of the caller, where reports were merged), else the client."""
    if isinstance(fact, DuplicateJoined):
        return fact.duplicate_id
    if isinstance(fact, Event):
        return fact.incident_id
    return fact.stream.removeprefix("incident/")


def names_a_number(words: str) -> bool:
    """Whether a plate or a telephone number is recognised in some words."""
    told = read_words(words)
    return bool(told.plates or told.tails or told.phones)


def numbers_of(fact: Event | ServiceFact) -> tuple[frozenset[str], frozenset[str]]:
    """Whole plates and telephone numbers by which a fact of an incident is to be found again; empty for most kinds."""
    if isinstance(fact, IncidentReported):
        told = read_words(fact.text, fact.plate, fact.phone)
    elif isinstance(fact, CallbackRequested):
        told = read_words(fact.reason, "", fact.phone)
    else:
        return frozenset(), frozenset()
    return told.plates, told.phones
