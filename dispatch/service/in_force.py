"""The promises in force now, and how they came there: each change of the policy is an edition, kept for good."""

from dataclasses import replace
from datetime import datetime

from dispatch.errors import InvalidInput
from dispatch.policy.policy import Policy
from dispatch.promises.limits import Limit, LimitUnit
from dispatch.promises.rules import Promise
from dispatch.service.kinds import RULES_STREAM, RulesSet
from dispatch.service.ledger import Ledger

CALLBACK = "callback"


def rules_in_force(policy: Policy) -> tuple[Promise, ...]:
    """The promises of a policy file; the call-back takes the limit that the caller's page shows.

    Raises
    ------
    InvalidInput
        When ``[[promises]]`` names another limit for the call-back than ``[caller]``.
    """
    shown = Limit(round(policy.caller.callback_within_s), LimitUnit.SECONDS)
    usual, ours = Policy().promises.named(CALLBACK), policy.promises.named(CALLBACK)
    if ours is None or usual is None:
        return policy.promises.rules
    if ours.within != usual.within and not _same(ours.within, shown):
        raise InvalidInput(
            f"policy [[promises]] {CALLBACK}: within {ours.within} is not callback_within_s of [caller], "
            f"{policy.caller.callback_within_s:g}: change that one and leave within out."
        )
    if _same(ours.within, shown):
        return policy.promises.rules
    return tuple(replace(r, within=shown) if r.name == CALLBACK else r for r in policy.promises.rules)


def keep_rules(ledger: Ledger, policy: Policy, now: datetime) -> bool:
    """Write the rules of a policy down as an edition, unless they are those in force already; whether it did.

    Raises
    ------
    Conflict
        When another process did so at the same moment: there is nothing left to do.
    """
    entries = ledger.stream(RULES_STREAM)
    rules = tuple(rule.as_table() for rule in rules_in_force(policy))
    last = entries[-1].fact if entries else None
    if isinstance(last, RulesSet) and (last.version, last.rules) == (policy.version, rules):
        return False
    made = RulesSet(stream=RULES_STREAM, at=now, recorded_at=now, version=policy.version, rules=rules)
    ledger.append(made, after=len(entries))
    return True


def _same(within: Limit | None, shown: Limit) -> bool:
    return within is not None and within.seconds == shown.seconds
