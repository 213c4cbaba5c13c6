"""What is known of a person, and its erasing on request."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api.privacy.sweeping import write_down
from dispatch.errors import InvalidInput
from dispatch.incident import Incident
from dispatch.triage.report_words import read_words
from geo_data.stores.key_store import PostgisKeys
from geo_data.stores.postgis_log import PostgisLog
from geo_data.stores.retention_store import PostgisRetention


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One case in which a plate or a telephone number was named."""

    incident_id: str
    reported_at: datetime
    text: str
    plate: str
    phone: str
    place: str
    photos: int
    surveys: int
    closed: bool


def numbers_in(value: str) -> frozenset[str]:
    """Whole plates and telephone numbers in what somebody wrote; raises `InvalidInput` where there is none."""
    told = read_words(value, value, value)
    if not (found := told.plates | told.phones):
        raise InvalidInput("Give a whole plate (粤A12345) or a telephone number of 7 digits or more.")
    return found


def known_of(connection: Connection, value: str) -> list[Known]:
    """Every case that names a plate or a telephone number, oldest first.

    Cases from before personal data was locked are not found by it: their words lie in plain text (`gzdispatch`'s search
    finds them for a month).
    """
    log = PostgisLog(connection)
    return [_known(log.incident(key)) for key in PostgisKeys(connection).found_by(numbers_in(value))]


def erase(connection: Connection, incident_ids: Iterable[str], reason: str, now: datetime, *, by: str) -> int:
    """Erase the personal data of some closed cases, and leave a fact that says so.

    Raises
    ------
    UnknownId
        For an incident there is none of.
    InvalidInput
        For one that is open still, or without a reason.
    """
    if not reason.strip():
        raise InvalidInput("Say why: --reason.")
    ids, log = sorted(set(incident_ids)), PostgisLog(connection)
    if still_open := [key for key in ids if log.incident(key).closed_at is None]:
        raise InvalidInput(f"Open still: {', '.join(still_open)}. Close them first: people are on their way.")
    n = PostgisRetention(connection).erase_cases(ids)
    write_down(connection, "request", n, tuple(ids), reason.strip(), now, by)
    return n


def _known(incident: Incident) -> Known:
    said, place = incident.reported, incident.location
    return Known(
        incident_id=incident.id,
        reported_at=said.at,
        text=said.text,
        plate=said.plate,
        phone=said.phone,
        place=place.matched_text if place else "",
        photos=len(incident.photos),
        surveys=len(incident.surveys),
        closed=incident.closed_at is not None,
    )
