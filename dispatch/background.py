"""How the background stands, which raises alarms, foretells and sends messages: told to whoever relies on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.vocabulary import Labelled

SILENT_AFTER_S = 20.0  # it gives a sign of life every 2 s; a slow step may take several
STARTS_WITHIN_S = 20.0  # of the start of whoever looks
FORECAST_LATE_S = 5.0  # forecasts take a quarter of a second when nothing holds them up
MESSAGE_LATE_S = 10.0  # messages half a second, a slow provider more


class BackgroundState(Labelled):
    """How it stands; ``UNKNOWN`` where nobody could look."""

    UNKNOWN = "unknown", "未知"
    STARTING = "starting", "正在启动"
    WELL = "well", "正常"
    CATCHING_UP = "catching_up", "正在赶上"
    SILENT = "silent", "没有应答"


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many wait to be done, and since when the first of them does; None where none waits."""

    n: int = 0
    since: datetime | None = None

    def is_late(self, now: datetime, most_s: float) -> bool:
        """Whether the first has waited for more than ``most_s``."""
        return self.since is not None and (now - self.since).total_seconds() > most_s


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundSeen:
    """What somebody saw of the background at one moment.

    Parameters
    ----------
    at : datetime
    silence_s : float or None
        Since its last sign of life; None where it never gave one.
    forecasts : Backlog
        Reports that wait for their forecast.
    messages : Backlog
        Messages that are due.
    """

    at: datetime
    silence_s: float | None
    forecasts: Backlog = Backlog()
    messages: Backlog = Backlog()

    def state(self, up_s: float) -> BackgroundState:
        """How it stands, for somebody who has been up for ``up_s``: at a start its silence is that of before, and means nothing yet."""
        if is_silent(self.silence_s):
            of_before = self.silence_s is None or self.silence_s > up_s
            return BackgroundState.STARTING if of_before and up_s < STARTS_WITHIN_S else BackgroundState.SILENT
        late = self.forecasts.is_late(self.at, FORECAST_LATE_S) or self.messages.is_late(self.at, MESSAGE_LATE_S)
        return BackgroundState.CATCHING_UP if late else BackgroundState.WELL

    @property
    def silent_since(self) -> datetime | None:
        """Its last sign of life; None where it never gave one."""
        return None if self.silence_s is None else self.at - timedelta(seconds=self.silence_s)


def is_silent(silence_s: float | None) -> bool:
    """Whether so long a silence, or none ever broken (None), means that nothing is watched, foretold or sent."""
    return silence_s is None or silence_s > SILENT_AFTER_S
