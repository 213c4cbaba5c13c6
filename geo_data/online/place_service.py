"""What an online place service is, and how its answers become locations."""

from collections.abc import Iterable
from typing import Protocol

from dispatch.errors import InvalidInput, Unavailable
from dispatch.location import Location, Position, distance_m
from dispatch.vocabulary import Confidence, MatchCode

LONGEST_NAME = 60


class PlaceService(Protocol):
    """Finds places for a short text through the network."""

    @property
    def name(self) -> str:
        """What screens call it."""
        ...

    def find(self, text: str, hint: Position | None, *, limit_s: float) -> list[Location]:
        """Find the places a text may mean, best first; districts are left open.

        Parameters
        ----------
        text : str
            Place words only, at most `geo_data.online.question.LONGEST_QUESTION` characters.
        hint : Position or None
            Where the caller's phone is. It is never sent out; it orders equal answers, nearest first.
        limit_s : float
            Seconds the service may take.

        Raises
        ------
        Unavailable
            When the service does not answer in time, refuses, or says something that cannot be read.
        """
        ...


class NotNow(Unavailable):
    """The service was not asked at all: it rests after failures, or its rate is used up."""


def found_place(service: str, name: str, position: Position, radius_m: float, *, exact: bool) -> Location:
    """Make the location of an answer; its text names the service.

    Parameters
    ----------
    service, name : str
        Who says it, and what the place is called there.
    position : Position
    radius_m : float
        Radius in metres meant to hold the true place nine times in ten.
    exact : bool
        Whether the answer is one point, not a road or an area.
    """
    plain = "".join(sign for sign in name if sign.isprintable())[:LONGEST_NAME]
    return Location(
        position=position,
        match_code=MatchCode.GOOD if exact else MatchCode.UP_HIERARCHY,
        confidence=Confidence.MEDIUM if exact else Confidence.LOW,
        uncertainty_m=float(round(radius_m)),
        matched_text=f"{plain}({service})",
    )


def point(lon: object, lat: object) -> Position | None:
    """Read a position from what a service sent as numbers or texts; None when it is none."""
    if not (isinstance(lon, str | int | float) and isinstance(lat, str | int | float)):
        return None
    try:
        return Position(float(lon), float(lat))
    except (InvalidInput, ValueError, OverflowError):
        return None


def text_at(item: dict[str, object], key: str) -> str:
    """Text under ``key``; empty where there is none (AMap sends ``[]`` for that)."""
    value = item.get(key)
    return value if isinstance(value, str) else ""


def items_at(body: dict[str, object], key: str) -> list[dict[str, object]]:
    """Objects in the list under ``key``; empty where there is none."""
    return objects(body.get(key))


def objects(value: object) -> list[dict[str, object]]:
    """Objects in a list; empty where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def nearest_first(found: Iterable[Location], hint: Position | None) -> list[Location]:
    """Order equal answers by their distance to the phone; as they came when there is none."""
    return list(found) if hint is None else sorted(found, key=lambda place: distance_m(place.position, hint))
