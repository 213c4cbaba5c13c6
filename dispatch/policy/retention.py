"""How long personal data is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.errors import InvalidInput

MONTH = timedelta(days=365.25 / 12)
LEAST_LOG_MONTHS = 6.0  # the database refuses to delete younger rows of the access log


@dataclass(frozen=True, slots=True)
class Retention:
    """Months after which personal data is erased; tracks are kept for ``keep_days`` of `dispatch.policy.policy.Positions`.

    Parameters
    ----------
    cases_months : float
        Words, telephone numbers and plates of a closed case, after the last that happened to it.
    photos_months : float
        Its photographs, from the same moment; no longer than the case.
    access_log_months : float
        Who read what; `LEAST_LOG_MONTHS` at least.
    messages_months : float
        Who was told what.
    case_links_months : float
        Links of callers to their cases, and the keys of their reports.
    """

    cases_months: float = 36.0
    photos_months: float = 36.0
    access_log_months: float = 12.0
    messages_months: float = 3.0
    case_links_months: float = 12.0

    def __post_init__(self) -> None:
        if self.access_log_months < LEAST_LOG_MONTHS:
            raise InvalidInput(f"policy [retention]: access_log_months must be {LEAST_LOG_MONTHS:g} at least.")
        if self.photos_months > self.cases_months:
            raise InvalidInput("policy [retention]: photographs go with their case: photos_months is too long.")

    def since(self, what: str, now: datetime) -> datetime:
        """The moment before which ``what``, e.g. ``photos``, is to be erased."""
        return now - float(getattr(self, f"{what}_months")) * MONTH
