"""Numbers of lamp poles: found exactly or not at all, for one digit off is another pole."""

import re
from collections.abc import Iterable

from geo_data.builtin.places import Place
from geo_data.places.wording import normalise

POLE = re.compile(
    r"(?:路|街)?灯(?:杆|柱)(?:的?(?:编号|号码|号))?(?:牌)?\s*[:是为#]?\s*(?P<code>[A-Za-z]{0,6}[\s-]?\d{1,8}(?:-\d{1,6})*)\s*[号#]?"
    r"|(?P<before>[A-Za-z]{0,6}-?\d{1,8}(?:-\d{1,6})*)\s*[号#](?:路|街)?灯(?:杆|柱)"
)


def pole_code(match: re.Match[str]) -> str:
    """The number as it is compared: capitals, without spaces and hyphens; zeros in front count."""
    return re.sub(r"[\s-]", "", match["code"] or match["before"]).upper()


def pole_of(name: str) -> tuple[str, str] | None:
    """What stands before the number (a road, often nothing) and the number; None where ``name`` is of no pole."""
    plain = normalise(name)
    match = POLE.search(plain)
    return (plain[: match.start()].strip(" ,-:"), pole_code(match)) if match else None


class LampPoles:
    """Poles by number.

    Parameters
    ----------
    places : iterable of Place
        Those whose name is the number of a pole are taken; the others are in ``rest``.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self.rest: list[Place] = []
        self._poles: dict[str, list[tuple[str, Place]]] = {}
        for place in places:
            told = pole_of(place.name)
            if told is None:
                self.rest.append(place)
            else:
                road = told[0] or ",".join(map(normalise, place.aliases))
                self._poles.setdefault(told[1], []).append((road, place))

    def find(self, code: str, roads: Iterable[str]) -> list[Place]:
        """Poles of this very number; where the words tell a road, not those whose name or address tells another."""
        said = set(roads)
        some = self._poles.get(code, ())
        return [place for told, place in some if not told or not said or any(road in told for road in said)]
