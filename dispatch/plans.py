"""Response plans: what each tier of incident asks for, and the one plan of an incident that belongs to several."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import reduce
from math import inf
from typing import Any, Self, TypeVar

from dispatch.errors import InvalidInput
from dispatch.vocabulary import Labelled, Role, Skill, Tier, Zone

Kind = TypeVar("Kind", bound=Labelled)


@dataclass(frozen=True, slots=True)
class Need:
    """A role that must be served, by a unit with all of ``skills``."""

    role: Role
    skills: frozenset[Skill] = frozenset()

    @property
    def label(self) -> str:
        """In Chinese, e.g. ``施救车(高速施救资质)``."""
        skills = "、".join(s.label for s in Skill if s in self.skills)
        return f"{self.role.label}({skills})" if skills else self.role.label


SURVEY = (Need(Role.SURVEYOR),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsePlan:
    """How one tier, or an incident of several tiers, is responded to.

    Parameters
    ----------
    needs : tuple of Need
        One a role, in the order of `Role`; a surveyor is always among them.
    priority : float
        Weight of a late minute beside those of other incidents, above 0.
    contact_s : float
        Seconds from the report within which the caller is telephoned.
    specialist_contact_s : float or None
        Seconds from the report within which the specialist speaks with the injured; None where none is needed.
    urban_limit_s, suburban_limit_s : float or None
        Seconds from the report to a surveyor on scene; None keeps the limit of ``[arrival_commitment]``.
    remote : bool
        Whether a survey by video may stand in for the surveyor when nobody is near.
    remote_if_median_over_s : float
        Nobody is near when the best unit's median arrival is farther off than this.
    police : tuple of str
        Numbers the caller is told to call.
    """

    needs: tuple[Need, ...] = SURVEY
    priority: float = 1.0
    contact_s: float = 300.0
    specialist_contact_s: float | None = None
    urban_limit_s: float | None = None
    suburban_limit_s: float | None = None
    remote: bool = False
    remote_if_median_over_s: float = 1800.0
    police: tuple[str, ...] = ()

    def skills(self, role: Role) -> frozenset[Skill]:
        """Skills a unit of ``role`` needs here."""
        return next((n.skills for n in self.needs if n.role is role), frozenset())

    def limit_s(self, zone: Zone) -> float | None:
        """Arrival limit in seconds of this plan; None where it has none of its own."""
        return self.urban_limit_s if zone is Zone.URBAN else self.suburban_limit_s

    def __or__(self, other: Self) -> "ResponsePlan":
        """Both at once: roles and skills of either, the higher priority, the stricter limits, by video only if both allow."""
        return ResponsePlan(
            needs=join_needs((*self.needs, *other.needs)),
            priority=max(self.priority, other.priority),
            contact_s=min(self.contact_s, other.contact_s),
            specialist_contact_s=_stricter(self.specialist_contact_s, other.specialist_contact_s),
            urban_limit_s=_stricter(self.urban_limit_s, other.urban_limit_s),
            suburban_limit_s=_stricter(self.suburban_limit_s, other.suburban_limit_s),
            remote=self.remote and other.remote,
            remote_if_median_over_s=max(self.remote_if_median_over_s, other.remote_if_median_over_s),
            police=tuple(sorted({*self.police, *other.police})),
        )


def join_needs(needs: Iterable[Need]) -> tuple[Need, ...]:
    """One need a role, with the skills of all, in the order of `Role`."""
    skills: dict[Role, frozenset[Skill]] = {}
    for need in needs:
        skills[need.role] = skills.get(need.role, frozenset()) | need.skills
    return tuple(Need(role, skills[role]) for role in Role if role in skills)


def _stricter(a: float | None, b: float | None) -> float | None:
    return min((x for x in (a, b) if x is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """The plan of each tier, ``[plans.<tier>]`` of the policy file; the numbers are assumptions to start from."""

    minor: ResponsePlan = ResponsePlan(priority=0.5, contact_s=600.0, remote=True)
    standard: ResponsePlan = ResponsePlan()
    multi_vehicle: ResponsePlan = ResponsePlan(priority=1.5)
    heavy_loss: ResponsePlan = ResponsePlan(needs=(Need(Role.SURVEYOR, frozenset({Skill.HEAVY_LOSS})),), priority=2.0)
    expressway: ResponsePlan = ResponsePlan(
        needs=(*SURVEY, Need(Role.TOW_UNIT, frozenset({Skill.EXPRESSWAY}))),
        priority=3.0,
        contact_s=120.0,
        police=("12122",),
    )
    injury: ResponsePlan = ResponsePlan(
        needs=(*SURVEY, Need(Role.SPECIALIST)),
        priority=4.0,
        contact_s=120.0,
        specialist_contact_s=600.0,
        police=("120", "122"),
    )
    green_channel: ResponsePlan = ResponsePlan(priority=5.0, contact_s=120.0)

    def of(self, tiers: Iterable[Tier]) -> ResponsePlan:
        """The plan of an incident in all of ``tiers``; that of the standard tier for none."""
        plans: list[ResponsePlan] = [getattr(self, tier.value) for tier in tiers]
        return reduce(ResponsePlan.__or__, plans) if plans else self.standard

    @classmethod
    def from_mapping(cls, table: Mapping[str, Any]) -> Self:
        """Read the section ``[plans]``; a tier left out keeps its plan, a key left out its value.

        Raises
        ------
        InvalidInput
            Naming the tier, the key and what may stand there.
        """
        usual = cls()
        given: dict[str, ResponsePlan] = {}
        for name, keys in table.items():
            if name not in {f.name for f in fields(cls)}:
                raise InvalidInput(f"policy [plans]: unknown tier {name!r}; known are {', '.join(Tier)}.")
            given[name] = _read_plan(f"[plans.{name}]", keys, getattr(usual, name))
        return cls(**given)


NUMBERS = (
    "priority",
    "contact_s",
    "specialist_contact_s",
    "urban_limit_s",
    "suburban_limit_s",
    "remote_if_median_over_s",
)
KEYS = ("roles", "skills", *NUMBERS, "remote", "police")


def _read_plan(where: str, table: Any, usual: ResponsePlan) -> ResponsePlan:
    if not isinstance(table, Mapping):
        raise InvalidInput(f"policy {where} must be a table of key = value lines.")
    unknown = next((key for key in table if key not in KEYS), None)
    if unknown is not None:
        raise InvalidInput(f"policy {where}: unknown key {unknown!r}; known are {', '.join(KEYS)}.")
    values = {f.name: getattr(usual, f.name) for f in fields(ResponsePlan)}
    for key in table.keys() - {"roles", "skills"}:
        wanted = _fault(key, table[key])
        if wanted:
            raise InvalidInput(f"policy {where} {key} must be {wanted}.")
        values[key] = tuple(sorted(set(table[key]))) if key == "police" else table[key]
    values["needs"] = _read_needs(where, table, usual)
    return ResponsePlan(**values)


def _fault(key: str, value: Any) -> str:
    """What should stand there instead; empty where the value is good."""
    if key == "remote":
        return "" if isinstance(value, bool) else "true or false"
    if key == "police":
        good = isinstance(value, list) and all(isinstance(v, str) and v.isdigit() for v in value)
        return "" if good else 'a list of numbers to call, each in quotes, e.g. ["12122"]'
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < inf
    return "" if good else "a number above 0"


def _read_needs(where: str, table: Mapping[str, Any], usual: ResponsePlan) -> tuple[Need, ...]:
    roles = _members(f"{where} roles", table.get("roles", [n.role.value for n in usual.needs]), Role)
    if Role.SURVEYOR not in roles:
        raise InvalidInput(f"policy {where} roles must name surveyor: the arrival promise is about one.")
    asked = table.get("skills", {n.role.value: sorted(n.skills) for n in usual.needs if n.role in roles})
    if not isinstance(asked, Mapping):
        raise InvalidInput(f'policy {where} skills must be a table, e.g. {{ tow_unit = ["expressway"] }}.')
    skills = {
        role: frozenset(_members(f"{where} skills.{role}", names, Skill))
        for role, names in zip(_members(f"{where} skills", list(asked), Role), asked.values(), strict=True)
    }
    idle = next((role for role in skills if role not in roles), None)
    if idle is not None:
        raise InvalidInput(f"policy {where} skills names {idle}, which is not among its roles.")
    return join_needs(Need(role, skills.get(role, frozenset())) for role in roles)


def _members(where: str, names: Any, kind: type[Kind]) -> list[Kind]:
    known = list(kind)
    if not isinstance(names, list) or any(name not in known for name in names):
        raise InvalidInput(f"policy {where} must be a list of any of {', '.join(known)}.")
    return [kind(name) for name in names]
