"""What the track says of the arrival that counts."""

from dataclasses import dataclass

from dispatch.track_matching import ArrivalEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The track beside the button.

    Parameters
    ----------
    evidence : ArrivalEvidence
    arrived_s : float or None
        Seconds from the start of the clock to when the unit came within reach by its track and stayed; None where no track names it.
    opposite : bool
        Whether it stood on the opposite carriageway.
    """

    evidence: ArrivalEvidence
    arrived_s: float | None = None
    opposite: bool = False
