"""``gzdispatch audit suspicious``: patterns in claims and tracks that a person should look at."""

import json
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from dispatch.days import bounds
from dispatch.unit import GUANGZHOU_TIME

if TYPE_CHECKING:
    from dispatch.suspicion.scan import Suspicions

DAY = ["%Y-%m-%d"]
MOST_SHOWN = 50  # of one pattern on a screen; the JSON has all


class Form(StrEnum):
    """What it is written as."""

    TEXT = "text"
    JSON = "json"


def suspicious(
    since: Annotated[
        datetime | None, typer.Option(formats=DAY, help="First day (Guangzhou); else the first ever.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help="Last day, included; else the latest.")] = None,
    form: Annotated[Form, typer.Option("--format", help="text or json.")] = Form.TEXT,
) -> None:
    """Name suspicious patterns with their evidence (列出可疑情形)."""
    from api import wiring
    from api.views.suspicion_json import as_document, look
    from geo_data.stores.postgis_log import PostgisLog

    start, end = bounds(since and since.date(), until and until.date())
    with wiring.one_transaction() as connection:
        histories = PostgisLog(connection).all_events(start, end)
        found = look(histories, connection, wiring.policy().suspicion)
    document = as_document(found)
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2) if form is Form.JSON else as_text(found))


def as_text(found: "Suspicions") -> str:
    """Write it for a terminal: how much was looked at, then each pattern with its evidence in both languages."""
    lines = [
        (
            f"可疑情形 Suspicious patterns: {found.incidents:,} 起案件 incidents, {found.claims:,} 次到场 arrivals, "
            f"{found.units:,} 个单元 units; 轨迹 tracks {found.tracked:,}/{found.jobs:,}"
        ),
        "只供人工核查,不是结论,也不改变守时判定。(To be looked at by a person: no verdict, and none is changed.)",
    ]
    for pattern, n in found.counts.items():
        if n == 0:
            continue
        lines += ["", f"{pattern.label} {pattern.value}: {n:,}"]
        some = [f for f in found.findings if f.pattern is pattern]
        for one in some[:MOST_SHOWN]:
            who = " ".join(x for x in (one.incident_id, one.unit_id) if x)
            when = f"{one.at.astimezone(GUANGZHOU_TIME):%m-%d %H:%M} " if one.at else ""
            lines.append(f"  {when}{who}{' (模拟)' if one.simulated else ''} {one.zh} {one.en}")
        if n > MOST_SHOWN:
            lines.append(f"  另有 {n - MOST_SHOWN:,} 条,见 --format json。(All of them: --format json.)")
    return "\n".join(lines if any(found.counts.values()) else [*lines, "", "没有发现。(None found.)"])
