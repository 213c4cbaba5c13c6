"""Vehicles and places that have accidents often."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dispatch.location import Position
from dispatch.masking import mask_plate
from dispatch.reporting.kinds import AccidentKind
from dispatch.reporting.line import Line
from dispatch.vocabulary import Confidence

OFTEN_VEHICLE = 2  # accidents in one period
OFTEN_PLACE = 3
CELL_DEG = 0.003  # about 300 m: what lies in one such square is one place
SURE_PLACE_M = 300.0  # a place known no better is put into no square


@dataclass(frozen=True, slots=True, kw_only=True)
class Often:
    """A vehicle or a place, ``n`` accidents of it, and the kinds that came up most, the most frequent first.

    ``detail`` is the client of a vehicle, or the district of a place; ``middle`` is where the square of a place lies.
    """

    name: str
    detail: str
    n: int
    kinds: tuple[AccidentKind, ...]
    last_at: datetime | None
    middle: Position | None = None


def often_vehicles(lines: Sequence[Line], *, masked: bool) -> tuple[Often, ...]:
    """Vehicles with `OFTEN_VEHICLE` accidents or more, most first.

    Parameters
    ----------
    lines : sequence of Line
    masked : bool
        Whether the reader may not know whose vehicle it is.
    """
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.is_accident and line.plate:
            groups[line.plate].append(line)
    found = [
        _often(mask_plate(plate) if masked else plate, group[0].client, group)
        for plate, group in groups.items()
        if len(group) >= OFTEN_VEHICLE
    ]
    return tuple(sorted(found, key=lambda o: (-o.n, o.name)))


def often_places(lines: Sequence[Line]) -> tuple[Often, ...]:
    """Squares of about 300 m with `OFTEN_PLACE` accidents or more, named by the words that come most, most first."""
    groups: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for line in lines:
        place = line.place
        if not line.is_accident or place is None:
            continue
        if place.uncertainty_m <= SURE_PLACE_M and place.confidence is not Confidence.LOW:
            groups[round(place.position.lon / CELL_DEG), round(place.position.lat / CELL_DEG)].append(line)
    found = []
    for (east, north), group in groups.items():
        if len(group) >= OFTEN_PLACE:
            name, district = _most((line.place.matched_text, line.place.district or "") for line in group if line.place)
            middle = Position(east * CELL_DEG, north * CELL_DEG)
            found.append(replace(_often(name, district, group), middle=middle))
    return tuple(sorted(found, key=lambda o: (-o.n, o.detail, o.name)))


def _often(name: str, detail: str, group: Sequence[Line]) -> Often:
    kinds = Counter(kind for line in group for kind in line.kinds)
    return Often(
        name=name,
        detail=detail,
        n=len(group),
        kinds=tuple(kind for kind, _ in kinds.most_common(2)),
        last_at=max((line.reported_at for line in group if line.reported_at), default=None),
    )


def _most(names: Iterable[tuple[str, str]]) -> tuple[str, str]:
    return Counter(names).most_common(1)[0][0]
