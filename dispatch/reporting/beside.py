"""What is judged beside the arrivals of a period: promises after the scene, and patterns for a person to look at."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dispatch.promises.facts import Scope
from dispatch.promises.judging import Judgement
from dispatch.promises.rules import Promise
from dispatch.service.book import PromiseTally, tallies
from dispatch.suspicion.findings import Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Judged by whoever has the facts at hand.

    Parameters
    ----------
    promises : tuple of Judgement
        All but the arrivals that fall due in the period, whoever was promised.
    rules : tuple of Promise
        In force now, in their order.
    suspicions : mapping or None
        How many findings of each pattern; None where nobody looked.
    """

    promises: tuple[Judgement, ...] = ()
    rules: tuple[Promise, ...] = ()
    suspicions: Mapping[Pattern, int] | None = None

    def tallies(self, incidents: Collection[str] | None) -> tuple[PromiseTally, ...]:
        """What became of each promise; of one client only those about its ``incidents``, None for all."""
        if incidents is None:
            return tuple(tallies(self.promises, self.rules))
        own = [one for one in self.promises if one.rule.about is Scope.INCIDENT and one.subject in incidents]
        return tuple(tallies(own, [rule for rule in self.rules if rule.about is Scope.INCIDENT]))
