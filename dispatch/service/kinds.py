"""Facts of the ledger of services: frozen, in the past tense, appended by stream and never changed.

A stream is what its facts are about: ``client/C0001``, ``incident/GZ261122-00001`` or ``house/rules``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch.promises.words import ContactMeans, ExcuseCode, ProblemKind, WantedService
from dispatch.vocabulary import AdministrativeAct, ToldBy

RULES_STREAM = "house/rules"
PRIVACY_STREAM = "house/privacy"
ADMINISTRATION_STREAM = "house/administration"


def client_stream(client_id: str) -> str:
    """Stream of a client."""
    return f"client/{client_id}"


def incident_stream(incident_id: str) -> str:
    """Stream of what was done for the caller of an incident."""
    return f"incident/{incident_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFact:
    """A fact: ``at`` is when it happened, ``recorded_at`` when somebody told us."""

    stream: str
    at: datetime
    recorded_at: datetime
    by: str = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTaken(ServiceFact):
    """An organisation became a client; its policy is in force from ``in_force_at``, where its promises begin."""

    organisation: str
    in_force_at: datetime
    contact: str = ""
    telephone: str = ""
    policy_number: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientEnded(ServiceFact):
    """The policy ended; nothing more is promised."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted(ServiceFact):
    """Somebody of ours called, wrote to or visited a client or a caller; ``reached`` is false for a try."""

    means: ContactMeans
    reached: bool = True
    person: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDelivered(ServiceFact):
    """The periodic service report was handed to a client."""

    means: ContactMeans
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRaised(ServiceFact):
    """A client has a problem or a question."""

    problem: ProblemKind
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemSolved(ServiceFact):
    """The problem that fact ``number`` of the stream raised is solved."""

    number: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionTold(ServiceFact):
    """The client was told the solution of problem ``number``, by one means."""

    number: int
    means: ToldBy
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseExcused(ServiceFact):
    """A promise is not to be kept, by a code; ``number`` names the problem it is about, 0 where it is about none."""

    promise: str
    code: ExcuseCode
    words: str
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAsked(ServiceFact):
    """Somebody wants a service that exists but is not dispatched: recorded, and nothing is promised."""

    service: WantedService
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactWithdrawn(ServiceFact):
    """Fact ``number`` of the stream was recorded wrongly: it stays, and proves nothing from now on."""

    number: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesSet(ServiceFact):
    """From now on these promises are in force, as `dispatch.promises.rules.Promise.as_table` writes them."""

    version: str
    rules: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataErased(ServiceFact):
    """Personal data was erased for good: ``n`` of ``what``, of these ``incidents`` where it belonged to any."""

    what: str
    n: int
    reason: str
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministrationDone(ServiceFact):
    """Somebody in charge of accounts did something ``about`` a person or an organisation; ``words`` say what changed."""

    act: AdministrativeAct
    about: str
    words: str = ""


SERVICE_KINDS: tuple[type[ServiceFact], ...] = (
    ClientTaken,
    ClientEnded,
    Contacted,
    ReportDelivered,
    ProblemRaised,
    ProblemSolved,
    SolutionTold,
    PromiseExcused,
    ServiceAsked,
    FactWithdrawn,
    RulesSet,
    PersonalDataErased,
    AdministrationDone,
)
