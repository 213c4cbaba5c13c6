"""Predictions that another system's log carries, beside what came: so that they can be checked as our own are."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from dispatch.errors import InvalidInput
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Conditions
from dispatch.prediction.trips import Statement
from dispatch.vocabulary import Verdict
from geo_data.logs.log_map import LogMap
from geo_data.logs.log_table import load_table
from geo_data.logs.response_logs import ResponseLog

COLUMN = "p_kept"


def read_predictions(path: Path, log_map: LogMap, log: ResponseLog, judged_at: datetime) -> list[Statement]:
    """The probabilities of a log, the first of each incident, beside the verdict on it.

    Parameters
    ----------
    path : Path
    log_map : LogMap
        Its ``[columns] p_kept`` names a column of probabilities from 0 to 1, or of per cent with a ``%``.
    log : ResponseLog
        What `read_log` made of the same file; incidents without a number are left out.
    judged_at : datetime
        Stands for the moment of each statement, which no log says.

    Raises
    ------
    InvalidInput
        When the map names no such column: the log has no predictions to check. Or for what is no probability.
    """
    if COLUMN not in log_map.columns:
        raise InvalidInput("This log carries no predictions: name a column of probabilities as p_kept under [columns].")
    said = _said(load_table(path, log_map), log_map)
    return [
        Statement(
            incident=r.incident,
            moment=Moment.ASSIGNMENT,
            at=judged_at,
            day="",
            conditions=Conditions(r.hour or 0, ""),
            p_kept=said.get(r.incident),
            left_s=r.limit_s or 0.0,
            arrived_s=np.inf if r.response_s is None or r.problem is not None else r.response_s,
            kept=r.verdict is Verdict.KEPT,
            model=path.name,
            zone=r.zone or "",
        )
        for r in log.records
        if r.verdict in (Verdict.KEPT, Verdict.MISSED)
    ]


def _said(table: pd.DataFrame, log_map: LogMap) -> dict[str, float]:
    key = table[log_map.incident[0]]
    for column in log_map.incident[1:]:
        key = key + " " + table[column]
    text = table[log_map.columns[COLUMN]].str.strip()
    some = (key.str.strip() != "") & (text != "")
    share = np.where(text[some].str.endswith("%"), 0.01, 1.0)
    p = pd.to_numeric(text[some].str.rstrip("%"), errors="coerce").to_numpy(dtype=np.float64) * share
    bad = ~((p >= 0) & (p <= 1))
    if bad.any():
        first = text[some].to_numpy()[bad][0]
        raise InvalidInput(f"{first!r} in the column of p_kept is no probability: write 0 to 1, or per cent with a %.")
    found = pd.Series(p, index=key[some].str.strip().to_numpy()).groupby(level=0, sort=False).first()
    return {str(name): float(value) for name, value in found.items()}
