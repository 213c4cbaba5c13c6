"""Open incidents as JSON for screens, written once for all who ask until something in them changes.

An incident is read, folded and written anew when its stamp is another: an event was added, or the key of its personal data
was erased. Stamps are read in the transaction of whoever asks, so nobody finds here what the database would not show. Only
what the last picture showed, and what streams told since, is kept in the process.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from api.forms.schemas import IncidentOut
from api.views import views
from dispatch.auditing.judging import turns
from dispatch.incident import Incident
from geo_data.stores.postgis_log import PostgisLog, Stamp


@dataclass(frozen=True, slots=True)
class Shown:
    """An incident as screens are told of it, and the same as JSON."""

    view: IncidentOut
    json: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    """JSON as it was written at a moment; ``stamp`` is None where it must not serve again."""

    stamp: Stamp | None
    at: datetime
    turns: tuple[datetime, ...]
    json: bytes

    def holds(self, stamp: Stamp, now: datetime) -> bool:
        """Whether it would be written the same way at ``now``."""
        return self.stamp == stamp and all(_side(now, t) == _side(self.at, t) for t in self.turns)


class KeptIncidents:
    """What a process keeps; its threads may share it."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def open_now(self, log: PostgisLog, now: datetime) -> list[bytes]:
        """Every open incident that ``log`` shows, oldest first."""
        stamps = log.open_stamps()
        before = {key: self._kept.get(key) for key in stamps}
        found = {key: one for key, one in before.items() if one is not None and one.holds(stamps[key], now)}
        for incident in log.incidents_named(stamps.keys() - found.keys()):
            if incident.closed_at is None:  # or it was closed since
                found[incident.id] = _keep(incident, show(incident, now), stamps[incident.id], now)
        self._kept = found
        return [found[key].json for key in stamps if key in found]

    def of_events(self, log: PostgisLog, event_ids: Collection[int], now: datetime) -> list[Shown]:
        """The incidents, as they stand, that these events belong to."""
        if not event_ids:
            return []
        stamps = log.stamps_of_events(event_ids)  # first: what is read after them is no older than they say
        told = []
        for incident in log.incidents_named(stamps.keys()):
            told.append(show(incident, now))
            if incident.closed_at is None:
                self._kept[incident.id] = _keep(incident, told[-1], stamps[incident.id], now)
            else:
                self._kept.pop(incident.id, None)
        return told


def show(incident: Incident, now: datetime) -> Shown:
    """Show an incident without who was refused at each offer."""
    view = views.in_short(views.incident(incident, now))
    return Shown(view, view.model_dump_json().encode())


@lru_cache(maxsize=1)
def kept() -> KeptIncidents:
    """What this process keeps."""
    return KeptIncidents()


def _keep(incident: Incident, shown: Shown, stamp: Stamp, now: datetime) -> _Kept:
    # What a duplicate's caller said is locked under that case's key, which the stamp says nothing of.
    return _Kept(None if incident.duplicates else stamp, now, turns(incident), shown.json)


def _side(now: datetime, moment: datetime) -> int:
    return (now > moment) - (now < moment)
