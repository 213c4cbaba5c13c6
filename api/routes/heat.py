"""Incidents on the map for management: layers, comparisons, tables, files."""

import json
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse

from api.access.dependencies import Ground, LiveDesk, Now, Reader, Transaction
from api.heat import heat
from dispatch.candidates import eligible
from dispatch.desk import Desk
from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Role, Tier, Zone
from maps.heat.selection import ALL_DAY, Selection

router = APIRouter(tags=["heat"])

USUAL_DAYS = 7
Day = Annotated[date | None, Query(description="Guangzhou day, YYYY-MM-DD; included.")]
By = Annotated[heat.By, Query(description="H3 cells, or districts.")]
Resolution = Annotated[
    int | None, Query(ge=6, le=9, description="Of the H3 cells; chosen by the number of incidents if left out.")
]
Form = Literal["gpkg", "parquet", "csv", "png"]


def selection(
    now: Now,
    since: Day = None,
    until: Day = None,
    hours: Annotated[
        str, Query(max_length=5, description="Hours of report, e.g. `7-9` or `22-6`; all day if left out.")
    ] = "",
    tier: Tier | None = None,
    zone: Zone | None = None,
) -> Selection:
    """The incidents asked for: the last seven days unless said otherwise."""
    last = until or now.astimezone(GUANGZHOU_TIME).date()
    first = since or date.fromordinal(
        max(last.toordinal() - USUAL_DAYS + 1, 1)
    )  # such years are refused below, by name
    return Selection(since=first, until=last, hours=_band(hours), tier=tier, zone=zone)


Selected = Annotated[Selection, Depends(selection)]


def other(
    asked: Selected,
    earlier_since: Annotated[date | None, Query(description="First day of a period to compare with.")] = None,
    earlier_until: Annotated[date | None, Query(description="Its last day.")] = None,
) -> Selection | None:
    """The period to compare with; None without."""
    if (earlier_since is None) != (earlier_until is None):
        raise InvalidInput("对比时段须同时给出首尾两日。(Give both days of the period to compare with.)")
    if earlier_since is None or earlier_until is None:
        return None
    same = {"hours": asked.hours, "tier": asked.tier, "zone": asked.zone}
    return Selection(since=earlier_since, until=earlier_until, **same)  # type: ignore[arg-type]


Earlier = Annotated[Selection | None, Depends(other)]


def _band(hours: str) -> tuple[int, int]:
    if not hours:
        return ALL_DAY
    try:
        first, last = (int(part) for part in hours.split("-"))
    except ValueError:
        raise InvalidInput(f"hours={hours}: 钟点写成 7-9。(Write hours as 7-9.)") from None
    return first, last


def _json(document: dict[str, Any]) -> Response:
    """Large plain documents skip FastAPI's encoder, which would take longer than all the rest."""
    return Response(json.dumps(document, ensure_ascii=False, separators=(",", ":")), media_type="application/json")


@router.get("/v1/heat")
def layer(
    transaction: Transaction,
    now: Now,
    _: Reader,
    asked: Selected,
    earlier: Earlier,
    by: By = "h3",
    resolution: Resolution = None,
) -> Response:
    """Response P50 and P90, share kept, misses and demand by cell or district, as GeoJSON; with two more days, the difference.

    Each measure is `[value, low, high, n]` with its 95 % interval; seconds, shares from 0 to 1, incidents. Areas with fewer
    than `thin` incidents are left out and counted in `hidden`.
    """
    return _json(heat.drawn(transaction, asked, earlier, now, by, resolution))


@router.get("/v1/heat/cover")
def cover(
    desk: LiveDesk,
    on: Ground,
    now: Now,
    _: Reader,
    hour: Annotated[
        int | None,
        Query(
            ge=0,
            le=23,
            description="Next time it is this hour: from the posts then on shift. Now, from who is free, if left out.",
        ),
    ] = None,
    by: By = "h3",
    resolution: Resolution = None,
) -> Response:
    """Probability that a report at a junction would be kept: turnout and travel of the nearest, as the forecast has them."""
    return _json(_cover(desk, on, now, hour, by, resolution))


def _cover(desk: Desk, on: Ground, now: datetime, hour: int | None, by: By, resolution: int | None) -> dict[str, Any]:
    at = now if hour is None else heat.at_hour(now, hour)
    origins, who = _origins(desk, at, free=hour is None)
    return heat.cover(on, origins, at, who, now, by, resolution)


def _origins(desk: Desk, at: datetime, *, free: bool) -> tuple[Sequence[Position], str]:
    states = desk.fleet.states(at)
    if not free:
        return [s.unit.standby for s in states if s.unit.role is Role.SURVEYOR and s.unit.shift.covers(at)], "当班驻点"
    able, _ = eligible(states, Role.SURVEYOR, at, desk.policy)
    return [s.fix.position for s in able if s.fix is not None], "现在空闲的查勘员"


@router.get("/v1/heat/tables/{kind}")
def frequent(
    kind: heat.Kind, desk: LiveDesk, on: Ground, transaction: Transaction, now: Now, who: Reader, asked: Selected
) -> Response:
    """Vehicles, crossings or units that come up often, with n, rate in 30 days and intervals; plates masked for managers."""
    return _json(_table(kind, desk, on, transaction, now, asked, whole=who.seat == "dispatcher"))


@router.get("/v1/heat/tables/{kind}/csv", include_in_schema=False)
def frequent_file(
    kind: heat.Kind, desk: LiveDesk, on: Ground, transaction: Transaction, now: Now, who: Reader, asked: Selected
) -> Response:
    """The same as a file."""
    from maps.heat.files import MEDIA, table_file  # noqa: PLC0415  (geopandas is slow to import, and few ask for files)

    found = _table(kind, desk, on, transaction, now, asked, whole=who.seat == "dispatcher")
    return _file(table_file(found), f"{kind}-{_days(asked)}.csv", MEDIA["csv"])


def _table(
    kind: heat.Kind, desk: Desk, on: Ground, transaction: Transaction, now: datetime, asked: Selection, *, whole: bool
) -> dict[str, Any]:
    names = {s.unit.id: s.unit.name for s in desk.fleet.states(now)}
    return heat.table(transaction, on, kind, asked, now, names, whole=whole)


@router.get("/v1/heat/file")
def file(
    form: Form,
    on: Ground,
    desk: LiveDesk,
    transaction: Transaction,
    now: Now,
    _: Reader,
    asked: Selected,
    earlier: Earlier,
    by: By = "h3",
    resolution: Resolution = None,
    measure: Annotated[str, Query(max_length=20, description="For a picture; `cover` for the predicted one.")] = "p50",
    hour: Annotated[int | None, Query(ge=0, le=23)] = None,
) -> Response:
    """The same layer as GeoPackage, GeoParquet, CSV (UTF-8 with mark) or a picture; every line tells what it rests on."""
    from maps.heat.files import MEDIA, layer_file  # noqa: PLC0415  (slow to import, and few ask for files)

    if measure == "cover":
        found = _cover(desk, on, now, hour, by, resolution)
    else:
        found = heat.drawn(transaction, asked, earlier, now, by, resolution)
    if form != "png":
        return _file(layer_file(found, form), f"heat-{_days(asked)}.{form}", MEDIA[form])
    from maps.heat.picture import picture  # noqa: PLC0415

    drawn = picture(found, measure, **heat.ground_under(on.network))
    return _file(drawn, f"heat-{measure}-{_days(asked)}.png", MEDIA["png"])


def _days(asked: Selection) -> str:
    return f"{asked.since:%Y%m%d}-{asked.until:%Y%m%d}"


def _file(body: bytes, name: str, media: str) -> Response:
    return Response(body, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/management/heatmap", include_in_schema=False)
def heatmap_html(
    on: Ground,
    transaction: Transaction,
    now: Now,
    _: Reader,
    asked: Selected,
    by: By = "h3",
    resolution: Resolution = None,
) -> HTMLResponse:
    """The layer as a document of its own, by folium, with its own content policy."""
    from api.heat.heat_page import page  # noqa: PLC0415  (folium and pandas are slow to import, and few ask for this)

    nonce = secrets.token_urlsafe(16)
    html, policy = page(
        heat.rows(transaction, asked, now), on.network, asked, cells=by, resolution=resolution, nonce=nonce
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})
