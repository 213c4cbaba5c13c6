"""`gzdispatch report TEXT`: one report through the whole desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dispatch.choosing.reasons import say_probability
from dispatch.decision import Advice
from dispatch.desk import Desk
from dispatch.errors import Unavailable
from dispatch.incident import Incident
from dispatch.partner import PartnerService
from dispatch.plan_words import say_plan
from dispatch.plans import Plans
from dispatch.report import Report
from dispatch.unit import GUANGZHOU_TIME, Fix
from dispatch.vocabulary import Channel, Role
from geo_data.database import AWAY

console = Console(highlight=False)
BY = "command line"


def report(
    text: Annotated[str, typer.Argument(help="What the caller said, e.g. 天河区黄埔大道西与猎德大道交叉口,两车追尾。")],
    plate: Annotated[str, typer.Option(help="Number plate.")] = "",
    role: Annotated[Role, typer.Option(help="Who is needed.")] = Role.SURVEYOR,
    injured: Annotated[bool | None, typer.Option(help="Is anybody hurt?")] = None,
    drivable: Annotated[bool | None, typer.Option(help="Can the vehicle drive?")] = None,
    vehicles: Annotated[int | None, typer.Option(help="How many vehicles took part?")] = None,
    expressway: Annotated[bool | None, typer.Option(help="Is it on an expressway?")] = None,
    offer: Annotated[bool, typer.Option(help="Offer the job to the recommended unit.")] = True,
) -> None:
    """Take a report: find the place, rank the units, offer the job, say when they arrive and how sure that is.

    With the service running the report is recorded there; without it a demonstration desk answers and nothing is kept.
    """
    now = datetime.now(UTC)
    said = Report(
        text=text,
        received_at=now,
        channel=Channel.COMMAND_LINE,
        plate=plate,
        injured=injured,
        drivable=drivable,
        vehicles=vehicles,
        on_expressway=expressway,
    )
    demonstration = None if _service_runs() else _demonstration_desk(now)
    try:
        with _desk(demonstration) as desk:
            incident = desk.take_report(said, by=BY)
            plans = desk.policy.plans
    except AWAY:
        _keep(said, now)
        return
    if incident.partner is not None:
        _show_partner(incident.partner)
        return
    advice = None
    if incident.location is not None:
        with _desk(demonstration) as desk:  # a transaction of its own: the report is kept whatever becomes of the offer
            advice = _send(desk, incident.id, role, now, offer=offer)
    _show_incident(incident, plans)
    if advice is None:
        console.print("[yellow]地点不明:请补充道路、路口或门牌。(The place is not understood.)[/]")
    else:
        _show_advice(advice, now)
    console.print(_footnote(demonstration is None))
    if advice is None and demonstration is not None:
        raise typer.Exit(1)


def _keep(said: Report, now: datetime) -> None:
    """Put the report into the queue of this machine; the running service enters it when the database is back."""
    from api.queue.schemas import Preview
    from api.queue.taking import take_from_command_line

    kept = take_from_command_line(said, now)
    known = Preview.model_validate_json(kept.preview)
    place = f"{known.location.matched_text} {known.location.district or ''}" if known.location else "地点不明 not found"
    console.print(
        f"[yellow]数据库暂不可用:报案已存本机队列,恢复后自动入库。(The database is away: kept in the local queue.)[/]\n"
        f"临时号 provisional number [bold]{kept.provisional}[/], 编号 key {kept.key}\n地点 place: {escape(place)}\n"
        f"暂缺 lacks: {'、'.join(one.label for one in known.lacks)}"
    )


def _send(desk: Desk, incident_id: str, role: Role, now: datetime, *, offer: bool) -> Advice:
    advice = desk.advise(incident_id, role, now)
    if offer and advice.options:
        desk.offer(incident_id, role, now, by=BY)
    return advice


def _service_runs() -> bool:
    from api import wiring

    try:
        wiring.database_url()
    except Unavailable:
        return False
    return True


@contextmanager
def _desk(demonstration: Desk | None) -> Iterator[Desk]:
    from api import wiring
    from geo_data.database import transaction

    if demonstration is not None:
        yield demonstration
        return
    wiring.places().load()
    with transaction(wiring.database()) as connection:
        yield wiring.live_ground(connection, datetime.now(UTC)).live_desk(connection)


def _demonstration_desk(now: datetime) -> Desk:
    """A desk in memory over the simulated fleet, every unit on shift waiting at its post."""
    from api import wiring
    from dispatch.log import MemoryLog
    from dispatch.ports import MemoryFleet
    from geo_data.builtin.places import builtin_places
    from geo_data.demo_fleet import demo_shops, demo_units

    log = MemoryLog()
    units = [u for u in demo_units(builtin_places()) if u.simulated]
    fleet = MemoryFleet(units, demo_shops(builtin_places()), open_assignments=log.open_assignments)
    for unit in units:
        fleet.record(Fix(unit_id=unit.id, position=unit.standby, at=now))
    return wiring.ground().desk(log, fleet)


def _show_incident(incident: Incident, plans: Plans) -> None:
    place, promise = incident.location, incident.commitment
    table = Table(show_header=False, title=f"案件 {incident.id}", title_justify="left", box=None)
    if place is not None:
        table.add_row("地点 place", f"[bold]{place.matched_text}[/] {place.district or ''}")
        table.add_row("坐标 WGS-84", f"{place.position.lon:.5f}, {place.position.lat:.5f}")
        table.add_row("误差 uncertainty", f"±{place.uncertainty_m:.0f} m")
        table.add_row("匹配 match", f"{place.match_code.label} {place.match_code}; 置信度 {place.confidence.label}")
    found = [f"{f.tier.label}({f.because})" for f in incident.reported.findings]
    table.add_row("级别 tiers", escape("、".join(found)))
    table.add_row("预案 plan", say_plan(incident, plans))
    if promise is not None:
        due = promise.due_at.astimezone(GUANGZHOU_TIME)
        table.add_row(
            "承诺 commitment", f"{promise.zone.label} {promise.limit_s / 60:.0f} 分钟, 至 until {due:%H:%M:%S}"
        )
    console.print(table)


def _show_partner(partner: PartnerService) -> None:
    e = partner.engaged
    by = e.on_scene_due_at.astimezone(GUANGZHOU_TIME)
    console.print(f"[bold]{e.city}[/] 由 {e.partner} 救援, 电话 telephone {e.telephone}, 到场 on scene by {by:%H:%M}")


def _show_advice(advice: Advice, now: datetime) -> None:
    console.print(f"[bold]派单 decision[/]: {advice.explanation}")
    table = Table(title="候选 candidates (道路时间 road time)", title_justify="left")
    for head in ("", "单元 unit", "在途 travel", "预计到场 ETA", "90 % 之前 by", "按时概率 P(kept)"):
        table.add_column(head)
    for rank, c in enumerate(advice.options[:5]):
        eta, late = (now + timedelta(seconds=s) for s in (c.eta_s, c.eta_p90_s))
        table.add_row(
            "→" if rank == 0 else str(rank + 1),
            f"{c.unit_name} {c.unit_id}",
            f"{c.travel_s / 60:.1f} min",
            f"{eta.astimezone(GUANGZHOU_TIME):%H:%M:%S}",
            f"{late.astimezone(GUANGZHOU_TIME):%H:%M:%S}",
            say_probability(c.p_kept),
        )
    console.print(table)
    console.print(f"[dim]不可派 refused: {len(advice.refused)}; 路况 metric: {advice.metric}[/]")


def _footnote(recorded: bool) -> str:
    from api import wiring

    network = wiring.ground().network
    roads = f"道路 roads: {network.meta.get('title', '')}"
    if recorded:
        return f"[dim]已记入运行中的服务 recorded in the running service. {roads}[/]"
    return f"[yellow]未记录:服务未运行,车队为模拟。Not recorded: no service is running; the fleet is simulated.[/]\n[dim]{roads}[/]"
