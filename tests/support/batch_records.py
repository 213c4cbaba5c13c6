"""Records of every kind for the audit in bulk, and the columns that stand for them."""

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
from hypothesis import strategies as st

from dispatch.auditing.edits import Edit, EditKind, EditPhase
from dispatch.auditing.record import RESPONSE, Blame, Cause, Exclusion, Problem, Record
from dispatch.auditing.shares import HOURS
from dispatch.track_matching import ArrivalEvidence
from dispatch.tracked import Track
from dispatch.vocabulary import INTERVALS
from geo_data.batch.statistic import GROUPS, REASONS

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
SCHEMA = (
    {"row": pl.Int64}
    | {i.name: pl.Float64 for i in INTERVALS}
    | {"limit_s": pl.Float64, "received_s": pl.Float64, "track_s": pl.Float64, "evidence": pl.String}
    | dict.fromkeys(("simulated", "by_video", "doubted", "opposite"), pl.Boolean)
    | dict.fromkeys((*REASONS, *GROUPS, "unit_name"), pl.String)
    | {"edits": pl.List(pl.String)}
)


def honest(*, legs_s, problem, excluded, limit_s, cause, **more):
    """A record as a source must write it: what cannot be judged names its problem, what is excluded has neither."""
    response_s = legs_s[RESPONSE]
    if excluded is not None:
        legs_s = tuple(None if i == RESPONSE else leg for i, leg in enumerate(legs_s))
        problem = None
    elif response_s is not None and response_s <= 0:
        problem = problem or Problem.ARRIVAL_BEFORE_START
    elif response_s is not None and limit_s is None:
        problem = problem or Problem.NO_LIMIT
    record = Record(legs_s=legs_s, problem=problem, excluded=excluded, limit_s=limit_s, **more)
    return replace(record, blame=cause and Blame(cause=cause, over_s=1.0)) if record.cause else record


def edits():
    return st.builds(
        Edit, incident=st.just("x"), kind=st.sampled_from(EditKind), at=st.just(NOON), by=st.just("甲"), phase=st.sampled_from(EditPhase)
    )  # fmt: skip


def tracks(seconds):
    """Honest ones: only a confirmation names a time and a side."""
    told = st.builds(
        Track, evidence=st.just(ArrivalEvidence.CONFIRMED), arrived_s=st.none() | seconds, opposite=st.booleans()
    )
    return told | st.builds(Track, evidence=st.sampled_from(ArrivalEvidence))


def records():
    near = st.sampled_from([0.0, -0.0, 59.0, 60.0, 540.0, 1800.0, 1800.000001, -5.0])
    fine = st.floats(100, 104)  # many in one second, so that a second look is needed
    seconds = st.none() | near | fine | st.floats(-10_000, 100_000)
    return st.builds(
        honest,
        incident=st.text(max_size=3),
        limit_s=st.sampled_from([102.5, 540.0, 1800.0, None]),
        legs_s=st.tuples(*[seconds] * len(INTERVALS)),
        problem=st.none() | st.sampled_from(Problem),
        excluded=st.none() | st.sampled_from([None, None, *Exclusion]),
        zone=st.sampled_from(["urban", "suburban", None, "", "unknown"]),
        district=st.none() | st.sampled_from(["天河区", "zzz"]),
        tier=st.none() | st.just("standard"),
        hour=st.none() | st.integers(0, 23),
        track=st.none() | tracks(seconds),
        simulated=st.booleans(),
        by_video=st.booleans(),
        received_s=st.none() | seconds,
        doubted=st.booleans(),
        unit=st.sampled_from([None, "", "u1", "u2"]),
        unit_name=st.sampled_from([None, "", "甲", "乙"]),
        client=st.sampled_from([None, "黄埔"]),
        day=st.sampled_from([None, "2026-02-28", "2026-03-01", "2026-03-31"]),
        cancelled_late=st.sampled_from([None, None, *Exclusion]),
        edits=st.lists(edits(), max_size=2).map(tuple),
        cause=st.none() | st.sampled_from(Cause),
    )


def judged_of(chosen, first=0):
    """Records as lines of the table that is counted."""
    rows = [
        {"row": first + n}
        | {i.name: leg for i, leg in zip(INTERVALS, r.legs_s, strict=True)}
        | {k: getattr(r, k) for k in ("limit_s", "received_s", "simulated", "by_video", "doubted")}
        | {
            "evidence": r.track and r.track.evidence.value,
            "track_s": r.track and r.track.arrived_s,
            "opposite": bool(r.track and r.track.opposite),
        }
        | {k: getattr(r, k) and getattr(r, k).value for k in REASONS}
        | {k: getattr(r, k) for k in (*GROUPS, "unit_name")}
        | {"edits": [f"{e.kind.value}@{e.phase.value}" for e in r.edits]}
        | {"hour": None if r.hour is None else HOURS[r.hour]}
        for n, r in enumerate(chosen)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)
