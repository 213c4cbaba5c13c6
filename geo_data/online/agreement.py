"""Weighing a service's answer against the offline one, which is never lost."""

from collections.abc import Sequence
from dataclasses import replace

from dispatch.location import Location, NotLocated, Position, distance_m
from dispatch.vocabulary import Confidence, MatchCode

SAME_PLACE_M = 150.0
LEAST_RADIUS_M = 50.0
HIGH_RADIUS_M = 450.0  # as in geo_data/places/calibration.py: HIGH means within 500 m in 97 of 100
MOST_ALTERNATIVES = 5


def weigh(
    offline: Location | NotLocated, found: Sequence[Location], told_district: str | None = None
) -> Location | NotLocated:
    """Bring the offline answer and those of one service together.

    Where an answer agrees with one of the offline places, the two narrow each other. Where it agrees with none, the
    match is ambiguous and both are named. The offline answer stays among the places told, or moves within its own
    radius.

    Parameters
    ----------
    offline : Location or NotLocated
    found : sequence of Location
        Places inside the service area, best first; may be empty.
    told_district : str or None
        The district the words name; a place elsewhere is told, and trusted less.
    """
    found = sorted(found, key=lambda place: told_district not in (None, place.district))
    found = [place if told_district in (None, place.district) else _doubted(place) for place in found]
    if isinstance(offline, NotLocated):
        return _with_rivals(found[0], found[1:]) if found else offline
    telling = [place for place in found if _says_more(place, offline)]
    if not telling:
        return offline
    for known in (offline, *offline.alternatives):
        for place in telling:
            if _is_same(known, place):
                return _confirmed(offline, known, place)
    return _contradiction(offline, telling[0])


def _doubted(place: Location) -> Location:
    return replace(place, confidence=_lower(place.confidence))


def _says_more(place: Location, offline: Location) -> bool:
    return place.match_code is MatchCode.GOOD or place.uncertainty_m < offline.uncertainty_m


def _is_same(a: Location, b: Location) -> bool:
    return distance_m(a.position, b.position) <= max(SAME_PLACE_M, a.uncertainty_m, b.uncertainty_m)


def _confirmed(offline: Location, known: Location, place: Location) -> Location:
    """The offline place, or the rival of it, that the service means too."""
    merged = _merged(known, place)
    if known is offline:
        question = "" if _is_settled(offline, merged) else offline.question
        return replace(merged, alternatives=offline.alternatives, question=question)
    others = [rival for rival in offline.alternatives if rival is not known]
    rivals = _as_rivals([offline, *others])
    return replace(
        merged,
        match_code=MatchCode.AMBIGUOUS,
        confidence=_lower(merged.confidence),
        alternatives=rivals,
        question=offline.question,
    )


def _is_settled(offline: Location, merged: Location) -> bool:
    """Whether what the offline geocoder would ask is answered: which of its places, or where on a road or in an area."""
    found_on_it = offline.match_code is MatchCode.UP_HIERARCHY and merged.match_code is MatchCode.GOOD
    return found_on_it or bool(offline.alternatives and merged.confidence is Confidence.HIGH)


def _merged(known: Location, place: Location) -> Location:
    """One place of two that agree: between them by their squared radii, as two independent measurements are."""
    apart_m = distance_m(known.position, place.position)
    ours, theirs = max(1.0, known.uncertainty_m), max(1.0, place.uncertainty_m)
    narrowed = (ours**-2 + theirs**-2) ** -0.5
    share = ours**2 / (ours**2 + theirs**2)
    radius = min(known.uncertainty_m, max(LEAST_RADIUS_M, narrowed, min(share, 1 - share) * apart_m))
    exact = MatchCode.GOOD if place.match_code is MatchCode.GOOD else known.match_code
    return replace(
        known,
        position=_between(known.position, place.position, share),
        match_code=exact,
        confidence=_raised(known, place, radius, apart_m),
        uncertainty_m=float(round(radius)),
        matched_text=f"{known.matched_text} + {place.matched_text}",
        district=place.district if share > 0.5 else known.district,
        alternatives=(),
    )


def _raised(known: Location, place: Location, radius_m: float, apart_m: float) -> Confidence:
    """One step more; HIGH only where both name one point and the points are close. An area proves little."""
    if place.match_code is not MatchCode.GOOD:
        return known.confidence
    if known.confidence is Confidence.LOW:
        return Confidence.MEDIUM
    both_exact = known.match_code is not MatchCode.UP_HIERARCHY
    return Confidence.HIGH if both_exact and max(radius_m, apart_m) <= HIGH_RADIUS_M else known.confidence


def _contradiction(offline: Location, place: Location) -> Location:
    """Both, and how far they are apart; the surer one first, the offline one when they are equal."""
    theirs_first = offline.confidence is Confidence.LOW and place.confidence is not Confidence.LOW
    first, second = (place, offline) if theirs_first else (offline, place)
    apart_km = distance_m(offline.position, place.position) / 1000
    return replace(
        first,
        match_code=MatchCode.AMBIGUOUS,
        confidence=_lower(first.confidence),
        matched_text=f"{first.matched_text}(与{second.matched_text}相距{apart_km:.1f}公里,请核实)",
        alternatives=_as_rivals([second, *offline.alternatives]),
        question=_which(first, second),
    )


def _which(first: Location, second: Location) -> str:
    if first.district and second.district and first.district != second.district:
        return f"在{first.district}还是{second.district}?"
    return f"是{first.matched_text}还是{second.matched_text}?"


def _with_rivals(best: Location, others: Sequence[Location]) -> Location:
    """The best of a service's answers with those that lie elsewhere."""
    rivals = [other for other in others if not _is_same(best, other)]
    if not rivals:
        return best
    code = MatchCode.AMBIGUOUS if best.match_code is MatchCode.GOOD else best.match_code
    return replace(
        best,
        match_code=code,
        confidence=_lower(best.confidence),
        alternatives=_as_rivals(rivals),
        question=_which(best, rivals[0]),
    )


def _as_rivals(places: Sequence[Location]) -> tuple[Location, ...]:
    plain = (replace(place, match_code=MatchCode.AMBIGUOUS, alternatives=(), question="") for place in places)
    return tuple(replace(place, confidence=_lower(place.confidence)) for place in plain)[:MOST_ALTERNATIVES]


def _lower(confidence: Confidence) -> Confidence:
    return Confidence.MEDIUM if confidence is Confidence.HIGH else Confidence.LOW


def _between(start: Position, stop: Position, share: float) -> Position:
    return Position(start.lon + share * (stop.lon - start.lon), start.lat + share * (stop.lat - start.lat))
