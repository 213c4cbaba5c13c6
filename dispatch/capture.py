"""When a step really happened: what the phone says, where that can be believed, else when it was received.

A surveyor in an underground car park presses the button without signal; the phone keeps the moment and sends it later. The
promise is judged by when the surveyor was there, so a captured time counts where it is plausible. Where it is not, the
time of receipt counts, and what was claimed is kept with the doubt, for a person to look at.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dispatch.location import Position
from dispatch.policy.policy import Captures
from dispatch.vocabulary import CaptureDoubt

LATER_S = 60.0  # received so long after it was captured, a step was sent later; less may be a slow network


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What a phone said of a step, and when that reached us.

    Parameters
    ----------
    claimed_at : datetime
        Aware; the phone's time, corrected by the skew it had measured.
    received_at : datetime
        Aware; by our own clock.
    position : Position or None
        Where the phone was then, if it knew.
    accuracy_m : float or None
        Radius the phone stated for it.
    skew_s : float or None
        Seconds our clock was ahead of the phone's, as the phone measured and corrected it; None where it never could.
    offline : bool
        Whether the phone had no signal then.
    doubt : CaptureDoubt or None
        Why ``claimed_at`` does not count; None where it does.
    """

    claimed_at: datetime
    received_at: datetime
    position: Position | None = None
    accuracy_m: float | None = None
    skew_s: float | None = None
    offline: bool = False
    doubt: CaptureDoubt | None = None

    @property
    def delay_s(self) -> float:
        """Seconds from capture, as claimed, to receipt."""
        return (self.received_at - self.claimed_at).total_seconds()

    @property
    def was_sent_later(self) -> bool:
        """Whether it was kept on the phone and sent later (补传)."""
        return self.delay_s > LATER_S


def weighed(capture: Capture, since: datetime, rules: Captures) -> tuple[datetime, Capture]:
    """Decide at which time a captured step counts.

    Parameters
    ----------
    capture : Capture
    since : datetime
        When the step before it counted; for the first, when the job was offered.
    rules : Captures

    Returns
    -------
    at : datetime
        ``claimed_at``, moved by no more than ``slack_s`` to lie between ``since`` and the receipt; where it is in doubt,
        the receipt.
    capture : Capture
        The same with its doubt.
    """
    doubt = _doubt(capture, since, rules)
    if doubt is not None:
        return capture.received_at, replace(capture, doubt=doubt)
    return min(max(capture.claimed_at, since), capture.received_at), replace(capture, doubt=None)


def _doubt(capture: Capture, since: datetime, rules: Captures) -> CaptureDoubt | None:
    slack = timedelta(seconds=rules.slack_s)
    if capture.claimed_at > capture.received_at + slack:
        return CaptureDoubt.FUTURE
    if capture.claimed_at < capture.received_at - timedelta(hours=rules.oldest_h):
        return CaptureDoubt.TOO_OLD
    if capture.claimed_at < since - slack:
        return CaptureDoubt.BEFORE_LAST_STEP
    return None
