"""From holds and ends of incidents to what travels over HTTP."""

from api.forms.holding_schemas import ClosedOut, HoldOut
from dispatch.incident import Incident


def hold(i: Incident) -> HoldOut | None:
    """Show why and how long nobody is sent; None where somebody may be."""
    held = i.held
    if held is None:
        return None
    return HoldOut(
        reason=held.reason,
        reason_label=held.reason.label,
        since=held.at,
        until=held.until,
        ends_on=held.ends_on,
        ends_on_label=held.ends_on.label if held.ends_on else "",
        note=held.note,
        by=held.by,
    )


def closed(i: Incident) -> ClosedOut | None:
    """Show why it was closed; None while it is open, and where it was merged."""
    end = i.closed
    if end is None:
        return None
    return ClosedOut(
        code=end.code,
        code_label=end.code.label if end.code else "",
        cancelled=end.code is not None and end.code.is_cancelled,
        reason=end.reason,
        by=end.by,
    )
