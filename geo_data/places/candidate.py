"""A place that words may mean, and the tables that such places come from."""

from dataclasses import dataclass

from geo_data.places.address import SpokenPlace
from geo_data.places.gazetteer import Gazetteer
from geo_data.places.lamp_poles import LampPoles
from geo_data.places.place_evidence import Evidence
from geo_data.places.road_index import RoadIndex, RoadShape
from geo_data.places.stems import Stems
from geo_data.places.stretches import Stretches
from geo_data.roads.plane import Points


@dataclass(frozen=True, eq=False, slots=True)
class Candidate:
    """One place the words may mean.

    Parameters
    ----------
    point : (2,) array
        Metres in the plane.
    radius_m : float
        Meant to hold the true place nine times in ten, were this candidate right.
    weight : float
        How far this evidence alone is to be believed, 0 to 1.
    text : str
        What was matched.
    kind : str
        The evidence: ``pole``, ``between``, ``post``, ``station``, ``corner``, ``name``, ``whole name``, ``stem``, ``number``, ``road``
        or ``region`` (a town or a district).
    exact : bool
        A point was named; False for a part of a road, a town or a district.
    district : str or None
        Where the tables say so.
    """

    point: Points
    radius_m: float
    weight: float
    text: str
    kind: str
    exact: bool = True
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """All the tables that candidates come from."""

    gazetteer: Gazetteer
    roads: RoadIndex
    evidence: Evidence
    stems: Stems
    districts: dict[str, tuple[Points, float]]
    stretches: Stretches
    poles: LampPoles

    def shapes_of(self, spoken: SpokenPlace) -> dict[str, RoadShape]:
        """Shapes of the roads that ``spoken`` names and the tables know."""
        resolved = {road: self.roads.names.resolve(road) for road in spoken.roads}
        return {road: self.roads.shape(names) for road, names in resolved.items() if names}
