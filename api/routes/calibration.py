"""Whether the probabilities that were stated were right."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.access.dependencies import LiveDesk, Now, Reader
from api.views.calibration_json import as_document
from dispatch.errors import DispatchError
from dispatch.prediction.trips import Statement, statements_of

router = APIRouter(tags=["audit"])
Hours = Annotated[float, Query(gt=0, le=24 * 31)]


@router.get("/v1/calibration")
def calibration(desk: LiveDesk, now: Now, _: Reader, hours: Hours = 168) -> dict[str, Any]:
    """Stated probabilities beside what came of the incidents reported in the period: n, Wilson intervals, scores.

    ``model`` is what forecasts now, null where that is the policy; ``unreadable`` are histories that contradict themselves.
    """
    statements: list[Statement] = []
    unreadable = 0
    for history in desk.log.all_events(now - timedelta(hours=hours)):
        try:
            statements += statements_of(history, now)
        except DispatchError:
            unreadable += 1
    found = as_document(statements, desk.forecasting.predictor)
    return {"as_of": now.isoformat(), "hours": hours, "unreadable": unreadable} | found
