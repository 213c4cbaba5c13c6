"""The promises beyond arrival: what became of each."""

from dispatch.reporting.service_report import ServiceReport
from maps.reports.grid import Column, Grid, Kind, columns

WHOSE = "本单位的报告只含与其案件有关的承诺。"
NOTE = (
    "按到期时间归入本期；履行率 = 已履行 ÷（已履行 + 未履行），待履行、不计和暂不能判定的不在其中。"
    "长期承诺只看制表时的情况，不给履行率。"
)


def kept(report: ServiceReport) -> Grid | None:
    """One line a promise in force; None where nobody judged any."""
    if not report.promises:
        return None
    return Grid(
        title="各项承诺的履行",
        columns=columns(
            "承诺",
            "时限",
            ("全部", Kind.COUNT),
            ("已履行", Kind.COUNT),
            ("未履行", Kind.COUNT),
            ("待履行", Kind.COUNT),
            Column("不计", Kind.COUNT, spare=True),
            Column("暂不能判定", Kind.COUNT, spare=True),
            Column("履行率", Kind.SHARE, scaled=True),
            ("n", Kind.COUNT),
            ("95% 下限", Kind.SHARE),
            ("95% 上限", Kind.SHARE),
        ),
        rows=tuple(
            (
                t.rule.label,
                t.rule.limit,
                t.reported,
                t.kept,
                t.missed,
                t.open,
                t.excluded,
                t.unjudged,
                t.share_kept.p,
                t.share_kept.n,
                t.share_kept.low,
                t.share_kept.high,
            )
            for t in report.promises
        ),
        note=NOTE + (WHOSE if report.client else ""),
    )
