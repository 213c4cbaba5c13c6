"""Going on or off duty against the shift, or taking a break: how long that may hold."""

from datetime import datetime, timedelta

from dispatch.errors import InvalidInput
from dispatch.policy.policy import DutyRules
from dispatch.unit import DutyChange
from dispatch.vocabulary import DutyKind


def duty_change(
    unit_id: str,
    kind: DutyKind,
    now: datetime,
    rules: DutyRules,
    *,
    at: datetime,
    until: datetime | None,
    reason: str,
    by: str,
) -> DutyChange:
    """A change of duty from ``at`` on, told ``now``; without ``until`` it holds as long as the policy says.

    Raises
    ------
    InvalidInput
        For an end that has passed, or that lies farther off than the policy allows for this kind.
    """
    end = until or at + timedelta(seconds=rules.length_s(kind))
    if until is not None and until <= now:
        raise InvalidInput("截止时间已过。(The end lies in the past: give a later one.)")
    most_s = rules.most_s(kind)
    if (end - at).total_seconds() > most_s:
        raise InvalidInput(
            f"{kind.label}最长 {most_s / 3600:g} 小时:请给出更早的截止时间,到期后可再报。"
            f"(At most {most_s / 3600:g} hours at a time: give an earlier end; it can be told again then.)"
        )
    return DutyChange(unit_id=unit_id, at=at, until=end, kind=kind, reason=reason, by=by)
