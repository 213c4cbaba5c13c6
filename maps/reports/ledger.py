"""The ledger of services: one line an incident."""

from dispatch.auditing.record import Record
from dispatch.masking import mask_plate
from dispatch.reporting.line import Line
from dispatch.reporting.service_report import ServiceReport
from dispatch.vocabulary import INTERVALS
from maps.audit_report import GROUP_WORDS
from maps.reports.grid import Cell, Column, Grid, Kind, columns

COLUMNS = columns(
    "案件号",
    ("报案时间", Kind.MOMENT),
    "车牌",
    "客户单位",
    "行政区",
    "地点",
    "分区",
    "等级",
    "事故类型",
    "查勘员",
    ("时限 分:秒", Kind.DURATION),
    ("应到时间", Kind.MOMENT),
    ("到场时间", Kind.MOMENT),
    "结果",
    "原因",
    *(Column(f"{i.label} 分:秒", Kind.DURATION) for i in INTERVALS),
    "轨迹印证",
    ("派单时预计按时概率", Kind.SHARE),
    ("评分", Kind.COUNT),
    "理赔进度",
    ("定损金额（元）", Kind.YUAN),
    "数据",
)
CONFIRMED = {True: "已印证", False: "未印证", None: ""}


def ledger(report: ServiceReport) -> Grid:
    """Lay out the ledger, oldest first; plates are masked in a report of several clients."""
    rows = tuple(_row(line, masked=report.is_masked) for line in report.lines)
    return Grid(title="逐案台账", columns=COLUMNS, rows=rows)


def _row(line: Line, *, masked: bool) -> tuple[Cell, ...]:
    record, place, assessed = line.record, line.place, line.claim.assessed
    return (
        record.incident,
        line.reported_at,
        mask_plate(line.plate) if masked else line.plate,
        line.client,
        record.district or "",
        place.matched_text if place else "",
        _word(record.zone),
        _word(record.tier),
        "、".join(kind.label for kind in line.kinds),
        line.surveyor,
        record.limit_s,
        line.due_at,
        line.arrived_at,
        record.verdict.label,
        _reason(record),
        *record.legs_s,
        CONFIRMED[record.confirmed],
        line.p_kept,
        line.stars,
        _stage(line),
        assessed.amount_yuan if assessed else None,
        "模拟" if record.simulated else "",
    )


def _word(group: str | None) -> str:
    return GROUP_WORDS.get(group, group) if group else ""


def _reason(record: Record) -> str:
    because = record.excluded or record.problem or record.cause
    return because.label if because else ""


def _stage(line: Line) -> str:
    claim = line.claim
    steps: tuple[tuple[object, str], ...] = (
        (claim.told, "已告知客户"),
        (claim.decided, "已赔付或拒赔"),
        (claim.review, "已审核"),
        (claim.assessed, "已定损"),
        (line.surveyed_at, "已查勘"),
    )
    return next((word for done, word in steps if done), "")
