"""A caller's phone and a caller's words: they agree, or the contradiction is said."""

from dataclasses import replace

from dispatch.location import Location, Position, distance_m
from dispatch.vocabulary import Confidence, MatchCode

PHONE = "手机定位"
LEAST_RADIUS_M = 30.0
GOOD_ACCURACY_M = 300.0
CALLER_STAYS_NEAR_M = 300.0  # a caller walks to the kerb, a phone sees walls


def phone_location(point: Position, accuracy_m: float, district: str | None, words: str = "") -> Location:
    """Where the phone is, when the caller's words say nothing; ``words`` are those for the point."""
    radius = max(LEAST_RADIUS_M, accuracy_m) + 70.0
    precise = accuracy_m <= GOOD_ACCURACY_M
    return Location(
        position=point,
        match_code=MatchCode.GOOD if precise else MatchCode.UP_HIERARCHY,
        confidence=Confidence.MEDIUM if precise else Confidence.LOW,
        uncertainty_m=float(round(radius)),
        matched_text=f"{PHONE}:{words}" if words else PHONE,
        district=district,
    )


def combine(location: Location, point: Position, accuracy_m: float, district: str | None) -> Location:
    """Bring the place of the words and the point of the phone together.

    Agreeing, they narrow each other: the place is between the two, weighted by their squared radii, or the phone's own
    where the words name only a road or an area. Contradicting, the words' place stands with less confidence, the phone's
    point is its first alternative, and the matched text says how far apart they are.
    """
    phone = phone_location(point, accuracy_m, district)
    apart_m = distance_m(location.position, point)
    if apart_m > location.uncertainty_m + accuracy_m + CALLER_STAYS_NEAR_M:
        return _contradiction(location, phone, apart_m)
    if location.match_code is MatchCode.UP_HIERARCHY:
        return replace(phone, matched_text=f"{location.matched_text} + {PHONE}", alternatives=location.alternatives)
    share = location.uncertainty_m**2 / (location.uncertainty_m**2 + phone.uncertainty_m**2)
    narrowed = (location.uncertainty_m**-2 + phone.uncertainty_m**-2) ** -0.5
    between = Position(
        location.position.lon + share * (point.lon - location.position.lon),
        location.position.lat + share * (point.lat - location.position.lat),
    )
    return replace(
        location,
        position=between,
        match_code=MatchCode.GOOD,
        confidence=_raise(location.confidence),
        uncertainty_m=float(round(max(LEAST_RADIUS_M, narrowed))),
        matched_text=f"{location.matched_text} + {PHONE}",
    )


def _contradiction(location: Location, phone: Location, apart_m: float) -> Location:
    return replace(
        location,
        match_code=MatchCode.AMBIGUOUS,
        confidence=Confidence.LOW,
        matched_text=f"{location.matched_text}(与{PHONE}相距{apart_m / 1000:.1f}公里,请核实)",
        alternatives=(phone, *location.alternatives)[:5],
    )


def _raise(confidence: Confidence) -> Confidence:
    return Confidence.HIGH if confidence is not Confidence.LOW else Confidence.MEDIUM
