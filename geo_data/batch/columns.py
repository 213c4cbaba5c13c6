"""The columns of an audit in bulk: one incident a line, in Parquet files that carry their terms; docs/batch.md tells them."""

import json
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa

from dispatch.auditing.audit import Basis
from dispatch.errors import InvalidInput
from dispatch.policy.audit_rules import AuditRules
from geo_data.logs.log_map import LONGEST_S

INSTANT = pa.timestamp("us", tz="UTC")
TIMES = (
    "reported_at",
    "first_assigned_at",
    "assigned_at",
    "en_route_at",
    "on_scene_at",
    "cleared_at",
    "received_at",
    "track_at",
)
SECONDS = ("response_s", "limit_s")
REASONS = ("problem", "excluded", "cancelled_late", "cause")
EVIDENCE = "evidence"
GROUPS = ("zone", "district", "tier", "unit", "unit_name", "client")
FLAGS = ("open", "opposite", "simulated", "by_video", "doubted")
TYPES: dict[str, pa.DataType] = (
    {"incident": pa.string()}
    | dict.fromkeys(TIMES, INSTANT)
    | dict.fromkeys(SECONDS, pa.float64())
    | dict.fromkeys((*REASONS, EVIDENCE, *GROUPS), pa.string())
    | {"hour": pa.int8(), "day": pa.date32(), "edits": pa.list_(pa.string())}
    | dict.fromkeys(FLAGS, pa.bool_())
)
SCENE = "geometry"
READY = "response_s"
TOLD = (READY, "hour", "day")  # without such a column it follows from the times
TERMS_KEY = b"gzdispatch"
# GeoParquet 1.1.0; without "crs" the coordinates are longitude and latitude, OGC:CRS84.
GEO = {
    "version": "1.1.0",
    "primary_column": SCENE,
    "columns": {SCENE: {"encoding": "WKB", "geometry_types": ["Point"]}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the times of a file mean.

    Parameters
    ----------
    start : str
        At which event the clock starts: ``reported`` or ``dispatched``.
    timezone : str
        Of hours and days.
    longest_s : float or None
        A longer response is taken for a slip of the clock; None where any is believed.
    told : tuple of str
        Which of `TOLD` are columns of their own; the others follow from the times.
    """

    start: str = "reported"
    timezone: str = "Asia/Shanghai"
    longest_s: float | None = LONGEST_S
    told: tuple[str, ...] = TOLD[1:]

    @property
    def ready(self) -> bool:
        """Whether the response is told instead of following from the times."""
        return READY in self.told

    def __post_init__(self) -> None:
        if self.start not in ("reported", "dispatched"):
            raise InvalidInput(f"the clock starts at reported or dispatched, not at {self.start!r}")
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InvalidInput(f"unknown timezone {self.timezone!r}") from None
        if self.longest_s is not None and not 0 < self.longest_s < float("inf"):
            raise InvalidInput(f"longest_s must be a number above 0, not {self.longest_s!r}")


def schema(ready: bool) -> pa.Schema:
    """Columns as the exporter writes them, geometry last."""
    told = [pa.field(name, kind) for name, kind in TYPES.items() if ready or name != READY]
    return pa.schema([*told, pa.field(SCENE, pa.binary())])


def metadata(terms: Terms, basis: Basis) -> dict[bytes, bytes]:
    """What stands in the footer: the terms and basis of the audit, and the geometry for other programs."""
    told = {
        "version": 1,
        "terms": {"start": terms.start, "timezone": terms.timezone, "longest_s": terms.longest_s},
        "basis": {name: _plain(getattr(basis, name)) for name in _BASIS},
    }
    return {TERMS_KEY: json.dumps(told, ensure_ascii=False).encode(), b"geo": json.dumps(GEO).encode()}


def read_terms(footer: dict[bytes, bytes] | None, names: list[str]) -> tuple[Terms, Basis | None]:
    """Read terms and basis back; files of other hands have the usual terms and no basis.

    Raises
    ------
    InvalidInput
        When the footer's own words cannot be understood.
    """
    own = tuple(name for name in TOLD if name in names)
    raw = (footer or {}).get(TERMS_KEY)
    if raw is None:
        return Terms(told=own), None
    try:
        told: dict[str, Any] = json.loads(raw)
        return Terms(**told["terms"], told=own), _basis(told["basis"]) if told.get("basis") else None
    except InvalidInput:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"the footer's {TERMS_KEY.decode()!r} entry cannot be read ({error})") from None


_BASIS = tuple(f.name for f in fields(Basis) if f.name != "seal")


def _plain(value: object) -> object:
    if isinstance(value, AuditRules):
        return asdict(value)
    return value.isoformat() if isinstance(value, date) else value


def _basis(told: dict[str, Any]) -> Basis:
    read = {name: told[name] for name in _BASIS if name in told}
    for name in ("judged_at", "start_at"):
        read[name] = read.get(name) and datetime.fromisoformat(read[name])
    for name in ("since", "until"):
        read[name] = read.get(name) and date.fromisoformat(read[name])
    rules = read.pop("rules", {})
    organisations = tuple((start, name) for start, name in rules.pop("organisations", ()))
    read["rules"] = AuditRules(**rules, organisations=organisations)
    read["notes"] = tuple(read.get("notes", ()))
    return Basis(**read)
