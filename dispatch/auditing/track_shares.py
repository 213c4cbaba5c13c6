"""The button's time beside the track's, over all arrivals that have both."""

from collections.abc import Iterable
from dataclasses import dataclass

from dispatch.auditing.record import Record
from dispatch.auditing.shares import Share, percentiles, share


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackStat:
    """Promises kept by the button and by the track, over the same ``n`` arrivals.

    The ``n`` are those whose response is trusted and whose track confirms them and names a time of its own (`Record.track_gap_s`).
    The verdict goes by the button.

    Parameters
    ----------
    n, kept_by_button, kept_by_track : int
    p50_s, p90_s : float or None
        Of the button less the track: above 0 where the button was pressed later. None where n is 0.
    opposite : int
        Arrivals on the opposite carriageway, among all arrivals.
    """

    n: int = 0
    kept_by_button: int = 0
    kept_by_track: int = 0
    p50_s: float | None = None
    p90_s: float | None = None
    opposite: int = 0

    @property
    def share_by_button(self) -> Share:
        """Kept by the button's time."""
        return share(self.kept_by_button, self.n)

    @property
    def share_by_track(self) -> Share:
        """Kept by the track's time."""
        return share(self.kept_by_track, self.n)


def track_stat(records: Iterable[Record]) -> TrackStat:
    """Compare button and track."""
    tracked = [r for r in records if r.track is not None]
    timed = [(r, gap_s) for r in tracked if (gap_s := r.track_gap_s) is not None]
    p50_s, p90_s = percentiles([gap_s for _, gap_s in timed])
    return TrackStat(
        n=len(timed),
        kept_by_button=sum(r.kept_by_button for r, _ in timed),
        kept_by_track=sum(r.kept_by_track for r, _ in timed),
        p50_s=p50_s,
        p90_s=p90_s,
        opposite=sum(r.track is not None and r.track.opposite for r in tracked),
    )
