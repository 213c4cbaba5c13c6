"""The tables beside the audit: ratings, claims, vehicles, places, forecasts, advice, definitions, the seal."""

from dispatch.reporting.often import OFTEN_PLACE, OFTEN_VEHICLE, Often
from dispatch.reporting.service_report import ServiceReport
from dispatch.seals import Seal
from maps.reports.grid import Cell, Chart, Column, Grid, Kind, columns
from maps.reports.words import moment

MOST_OFTEN = 15
OFTEN = (Column("起数", Kind.COUNT, scaled=True), Column("主要类型"), Column("最近一次", Kind.MOMENT))


def ratings(report: ServiceReport) -> Grid | None:
    """How many gave how many stars; None without a rating."""
    found = report.satisfaction
    if not found.n:
        return None
    return Grid(
        title="评分分布",
        columns=columns("评分", ("份数", Kind.COUNT), ("占评分", Kind.SHARE)),
        rows=tuple((f"{stars} 星", n, n / found.n) for stars, n in found.by_stars.items()),
        chart=Chart("column", "评分分布", 0, (1,)),
    )


def satisfaction(report: ServiceReport) -> Grid | None:
    """The survey in figures; None without a rating."""
    found = report.satisfaction
    if not found.n:
        return None
    shares = (("评分率（评分 ÷ 可评案件）", found.answered), ("4–5 星占评分", found.content))
    return Grid(
        title="满意度",
        columns=columns(
            "指标",
            ("份数", Kind.COUNT),
            ("n", Kind.COUNT),
            ("比例", Kind.SHARE),
            ("95% 下限", Kind.SHARE),
            ("95% 上限", Kind.SHARE),
        ),
        rows=tuple((name, s.kept, s.n, s.p, s.low, s.high) for name, s in shares),
    )


def claims(report: ServiceReport) -> Grid:
    """How far claims have come, and how long each step took."""
    return Grid(
        title="理赔进度",
        columns=columns(
            "阶段",
            "起算",
            ("完成", Kind.COUNT),
            ("用时中位数（小时）", Kind.LONG),
            ("95% 下限", Kind.LONG),
            ("95% 上限", Kind.LONG),
            ("n", Kind.COUNT),
            ("金额（元）", Kind.YUAN),
        ),
        rows=tuple(
            (s.name, f"{s.after} → {s.name}", s.reached, s.took.value_s, s.took.low_s, s.took.high_s, s.took.n, s.yuan)
            for s in report.steps
        ),
        note=f"截至制表，赔付 {report.paid:,} 起，拒赔 {report.refused:,} 起。n 为两端时间都有记录的案件；n 太小不给区间。",
        chart=Chart("column", "各阶段完成数", 0, (2,)),
    )


def vehicles(report: ServiceReport) -> Grid:
    """Vehicles that have accidents often."""
    masked = "；车牌中间隐去" if report.is_masked else ""
    rows = tuple((v.name, v.detail or "未登记", *_often(v)) for v in report.vehicles[:MOST_OFTEN])
    return Grid(
        title=f"多次出险车辆（{OFTEN_VEHICLE} 起及以上{masked}）",
        columns=columns("车牌", "客户单位", *OFTEN),
        rows=rows,
        note=_left_out(report.vehicles, "辆") + "重复报案和撤销、误报的不算；起数少时可能出于偶然。",
        chart=Chart("bar", "多次出险车辆", 0, (2,)),
    )


def places(report: ServiceReport) -> Grid:
    """Places where accidents happen often."""
    rows = tuple((p.name, p.detail, *_often(p), _where(p)) for p in report.places[:MOST_OFTEN])
    return Grid(
        title=f"多发地点（约 300 米见方内 {OFTEN_PLACE} 起及以上）",
        columns=columns("地点", "行政区", *OFTEN, Column("经度, 纬度", spare=True)),
        rows=rows,
        note=_left_out(report.places, "处") + "同名的是同一条路上的不同路段，经纬度为方格中心（WGS-84）。",
        chart=Chart("bar", "多发地点", 0, (2,)),
    )


def _often(o: Often) -> tuple[Cell, ...]:
    return o.n, "、".join(kind.label for kind in o.kinds) or "未说明", o.last_at


def _where(o: Often) -> str:
    return f"{o.middle.lon:.3f}, {o.middle.lat:.3f}" if o.middle else ""


def _left_out(found: tuple[Often, ...], unit: str) -> str:
    left = len(found) - MOST_OFTEN
    return f"另有 {left:,} {unit}起数较少，未列出。" if left > 0 else ""


def advice(report: ServiceReport) -> Grid | None:
    """Advice to drivers, with the figure behind each; None where there is none."""
    if not report.advice:
        return None
    return Grid(
        title="给驾驶人的建议",
        columns=columns("依据", "建议"),
        rows=tuple((a.because, a.advice) for a in report.advice),
    )


def seal(found: Seal | None) -> Grid | None:
    """The last seal; None before the first."""
    if found is None:
        return None
    rows: tuple[tuple[Cell, ...], ...] = (
        ("短码", found.short),
        ("编号", f"第 {found.number} 号"),
        ("封存时间", moment(found.sealed_at)),
        ("封存码", found.hash),
        ("根值", found.root),
    )
    return Grid(title="最近一次封存", columns=columns("项目", "内容"), rows=rows)
