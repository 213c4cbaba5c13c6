"""Where the injured person was taken: a specialist is sent only to a place that is surely known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.events import HospitalNamed, HospitalTold
from dispatch.location import Location, NotLocated, Position
from dispatch.policy.policy import HospitalRules
from dispatch.vocabulary import MatchCode

MOST_NAMED = 3  # places read out over the telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class Hospital:
    """A hospital as it was told: ``place`` where that is surely known, else None and the ``question`` to ask."""

    words: str
    place: Location | None = None
    question: str = ""

    def as_event(self, incident_id: str, at: datetime, by: str) -> HospitalNamed | HospitalTold:
        """What was told, as a fact."""
        if self.place is None:
            return HospitalTold(incident_id=incident_id, at=at, by=by, words=self.words, question=self.question)
        return HospitalNamed(
            incident_id=incident_id,
            at=at,
            by=by,
            name=self.words,
            position=self.place.position,
            uncertainty_m=self.place.uncertainty_m,
        )


def hospital_of(
    words: str, found: Location | NotLocated, district_of: Callable[[Position], str | None], rules: HospitalRules
) -> Hospital:
    """Judge the place found for a hospital's name.

    Parameters
    ----------
    words : str
        As the caller said it.
    found : Location or NotLocated
        What the words became.
    district_of : callable
        District of a position, None outside the service area.
    rules : HospitalRules
        How surely the place must be known.
    """
    words = words.strip()
    if isinstance(found, NotLocated):
        return Hospital(words=words, question=_outside(words) if found.city else _which(words, ()))
    if district_of(found.position) is None:
        return Hospital(words=words, question=_outside(words))
    if not _is_sure(found, rules):
        return Hospital(words=words, question=_which(words, [found, *found.alternatives]))
    return Hospital(words=words, place=found)


def _is_sure(found: Location, rules: HospitalRules) -> bool:
    sure = found.match_code is MatchCode.GOOD and found.confidence in rules.confidence
    return sure and found.uncertainty_m <= rules.max_uncertainty_m


def _outside(words: str) -> str:
    return (
        f"伤者所在的“{words}”在服务范围(广州市)以外,人伤专员不前往:请与当地合作单位商定由谁跟进,再免除本地人伤专员;"
        "若实为广州的医院,请核对名称。(That hospital is outside Guangzhou: agree with a partner there who follows up, then "
        "waive the specialist; or mend the name.)"
    )


def _which(words: str, places: Sequence[Location]) -> str:
    named = list(dict.fromkeys(f"{p.matched_text}({p.district})" if p.district else p.matched_text for p in places))
    likely = f"是{'还是'.join(named[:MOST_NAMED])}?" if len(named) > 1 else ""
    return (
        f"不能确定“{words}”在哪里,人伤专员暂不派出:{likely}请问医院全称、院区和所在的路,或在地图上标出。"
        "(It is not sure where that hospital is: ask its full name, campus and road, or set it on the map.)"
    )
