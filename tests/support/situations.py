"""Situations made of plain arrays, for tests of rules and matching."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scene import NOON

from dispatch.choosing.situation import Scene, Situation, situation
from dispatch.location import Position
from dispatch.policy.policy import Policy
from dispatch.ports import Reach, TravelTable
from dispatch.unit import Fix, Unit, UnitState
from dispatch.vocabulary import Role

Matrix = Sequence[Sequence[float]] | npt.NDArray[np.float64]


def unit(key: str, lon: float = 113.33) -> UnitState:
    """An idle surveyor."""
    post = Position(lon, 23.12)
    return UnitState(
        unit=Unit(id=key, name=f"查勘员{key}", role=Role.SURVEYOR, standby=post),
        fix=Fix(unit_id=key, position=post, at=NOON),
    )


def scene(
    key: str,
    *,
    time_left_s: float = 1800.0,
    waited_s: float = 0.0,
    priority: float = 1.0,
    unit_id: str | None = None,
    barred: Sequence[str] = (),
) -> Scene:
    """An incident."""
    return Scene(
        incident_id=key,
        position=Position(113.33, 23.12),
        uncertainty_m=50.0,
        time_left_s=time_left_s,
        waited_s=waited_s,
        priority=priority,
        unit_id=unit_id,
        barred=barred,
    )


def situated(
    travel_s: Matrix,
    *,
    scenes: Sequence[Scene] | None = None,
    units: Sequence[UnitState] | None = None,
    jobs: dict[str, int] | None = None,
    reach: Reach | None = None,
    policy: Policy | None = None,
) -> Situation:
    """A situation with these travel times: incidents are rows, units columns; A, B, … and U0, U1, … unless given."""
    seconds = np.array(travel_s, dtype=np.float64)
    scenes = scenes or [scene(chr(ord("A") + i)) for i in range(seconds.shape[0])]
    units = units or [unit(f"U{c}") for c in range(seconds.shape[1])]
    table = TravelTable(seconds.T.copy(), "given")
    return situation(scenes, units, table, policy=policy or Policy(), jobs=jobs or {}, reach=reach)
