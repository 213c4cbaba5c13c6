"""All parts of the report in their order; what a source knows nothing about is left out."""

from dispatch.auditing.shares import share
from dispatch.reporting.advice import LEAST_ACCIDENTS
from dispatch.reporting.kinds import AccidentKind
from dispatch.reporting.period import PeriodKind
from dispatch.reporting.service_report import ServiceReport
from maps.reports import extras, forecasts, promises, tables, tracks
from maps.reports.definitions import definitions
from maps.reports.grid import Chart, Grid, Kind, Section, columns

HOW_TO_VERIFY = (
    "封存码在数据库之外公布（每天一次）。收到本报告时请记下短码；日后索取同一时段的数据包，"
    "用公开的核验程序（gzdispatch audit verify，只需 Python）重新计算：短码一致、核验通过，即说明案件记录自封存后没有被改动。"
)


def sections(report: ServiceReport) -> tuple[Section, ...]:
    """Lay the whole report out.

    Parameters
    ----------
    report : ServiceReport

    Returns
    -------
    tuple of Section
        One source for the page, the PDF and the workbook.
    """
    parts = (*_service(report), *_client(report), *_closing(report)) if report.lines else _closing(report)
    return tuple(part for part in parts if part.grids or part.says)


def _service(report: ServiceReport) -> tuple[Section, ...]:
    audit = report.audit
    return (
        Section(
            key="overview",
            title="守时总览",
            grids=_given(
                tables.ways_to_count(audit), tables.periods(report), tables.change(report), tables.exclusions(audit)
            ),
        ),
        Section(
            key="response",
            title="到场时间与时限",
            grids=_given(tables.legs(audit)),
        ),
        Section(
            key="evidence",
            title="到场的核实",
            says=tracks.says(report),
            grids=_given(tracks.evidence(audit), tracks.compared(audit), tracks.patterns(report)),
        ),
        Section(
            key="areas",
            title="分区、等级与行政区",
            grids=_given(
                tables.groups("按分区", "分区", audit.by_zone),
                tables.groups("按等级", "等级", audit.by_tier),
                tables.groups("按行政区", "行政区", audit.by_district),
            ),
            note="点为守时率，线为 95% 区间；不足 5 起的画淡。区间互相重叠的，不宜排名。",
        ),
        Section(
            key="hours",
            title="按钟点",
            grids=_given(tables.groups("按报案钟点", "钟点", audit.by_hour, chart="column")),
        ),
        Section(key="own", title="客户单位与人员", grids=_own(report)),
        Section(
            key="days",
            title="逐日与逐月" if report.period.kind is PeriodKind.QUARTER else "逐日",
            grids=_given(tables.by_time(report)),
        ),
        Section(
            key="misses",
            title="未守时的案件",
            grids=_misses(report),
            says=() if audit.totals.missed else ("本期没有未守时的案件。",),
        ),
        Section(key="edits", title="受理后的更改", grids=_given(tables.edits(audit))),
    )


def _misses(report: ServiceReport) -> tuple[Grid, ...]:
    audit = report.audit
    if not audit.totals.missed:
        return ()
    return _given(tables.misses(audit), tables.causes(audit), tables.stages(report), tables.worst(audit))


def _own(report: ServiceReport) -> tuple[Grid, ...]:
    """Groups that are nobody's business but the insurer's."""
    if report.client:
        return ()
    return _given(tables.groups("按客户单位", "客户单位", report.audit.by_client), tables.units(report.audit))


def _client(report: ServiceReport) -> tuple[Section, ...]:
    return (
        Section(
            key="forecasts",
            title="预计的可靠程度",
            grids=forecasts.grids(report),
            note=forecasts.NOTE if report.forecasts else "",
        ),
        Section(key="promises", title="到场之外的承诺", grids=_given(promises.kept(report))),
        Section(
            key="satisfaction",
            title="满意度",
            grids=_given(extras.satisfaction(report), extras.ratings(report)),
            says=(_comments(report),),
        ),
        Section(key="claims", title="理赔进度", grids=_given(extras.claims(report))),
        Section(
            key="often",
            title="多次出险车辆与多发地点",
            grids=_given(extras.vehicles(report), extras.places(report)),
        ),
        Section(
            key="advice",
            title="事故类型与驾驶建议",
            grids=_given(_kinds(report), extras.advice(report)),
            says=() if report.advice else (_no_advice(report),),
        ),
    )


def _closing(report: ServiceReport) -> tuple[Section, ...]:
    seal = extras.seal(report.audit.basis.seal)
    return (
        Section(
            key="seal",
            title="记录封存与核验",
            grids=_given(seal),
            says=(HOW_TO_VERIFY,) if seal else ("制表时还没有封存，本报告的数字尚不能凭封存码核验。",),
        ),
        Section(key="definitions", title="定义与方法", grids=(definitions(),)),
    )


def _comments(report: ServiceReport) -> str:
    found = report.satisfaction
    if not found.n:
        return "本期没有收到评分，不能说满意或不满意。"
    return f"平均 {found.mean:.2f} 星，n = {found.n:,}；其中 {found.comments:,} 份附有文字意见。评分出于自愿，未必代表全部报案人。"


def _no_advice(report: ServiceReport) -> str:
    n = sum(line.is_accident for line in report.lines)
    if n < LEAST_ACCIDENTS:
        return f"本期事故 {n:,} 起，不足 {LEAST_ACCIDENTS} 起，不据此提出驾驶建议。"
    return "本期没有一类事故、时段、车辆或地点多到足以提出针对性建议。"


def _kinds(report: ServiceReport) -> Grid:
    accidents = [line for line in report.lines if line.is_accident]
    found = [
        (kind.label, share(sum(kind in line.kinds for line in accidents), len(accidents))) for kind in AccidentKind
    ]
    found.append(("未说明或其他", share(sum(not line.kinds for line in accidents), len(accidents))))
    return Grid(
        title="事故类型（按报案人所述，一案可属多类）",
        columns=columns(
            "类型",
            ("起数", Kind.COUNT),
            ("n", Kind.COUNT),
            ("比例", Kind.SHARE),
            ("95% 下限", Kind.SHARE),
            ("95% 上限", Kind.SHARE),
        ),
        rows=tuple((name, s.kept, s.n, s.p, s.low, s.high) for name, s in found),
        chart=Chart("bar", "事故类型", 0, (1,)),
    )


def _given(*grids: Grid | None) -> tuple[Grid, ...]:
    return tuple(grid for grid in grids if grid is not None)
