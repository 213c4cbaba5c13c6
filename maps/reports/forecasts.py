"""Whether the stated probabilities came true: a line a moment, then stated beside seen in tenths."""

from dispatch.prediction.calibration import ENOUGH, Calibration, Tenth
from dispatch.prediction.moments import Moment
from dispatch.reporting.service_report import ServiceReport
from maps.reports.grid import Cell, Chart, Grid, Kind, columns

TOO_FEW = "样本不足"
SEEN = (("实际守时率", Kind.SHARE), ("95% 下限", Kind.SHARE), ("95% 上限", Kind.SHARE))
NOTE = (
    "“相符”指预计平均落在实际守时率的 95% 区间内；“偏保守”指实际好于预计，“偏乐观”指实际不如预计；"
    f"不足 {ENOUGH} 次的不作比较。同一案件可有多次预计（改派、途中更新），每次都算，只含已到期的案件。"
)


def grids(report: ServiceReport) -> tuple[Grid, ...]:
    """All tables; none where nothing was stated."""
    if not report.forecasts:
        return ()
    return (_moments(report), *(_tenths(moment, found) for moment, found in report.forecasts.items()))


def _moments(report: ServiceReport) -> Grid:
    rows: list[tuple[Cell, ...]] = [
        (
            moment.label,
            c.n,
            c.stated,
            c.kept.p,
            c.kept.low,
            c.kept.high,
            c.score.score if c.score and c.enough else None,
            _verdict(Tenth(0.0, 1.0, c.stated, c.kept)),
        )
        for moment, c in report.forecasts.items()
    ]
    return Grid(
        title="预计的按时概率与实际",
        columns=columns(
            "时点", ("预计次数", Kind.COUNT), ("预计平均", Kind.SHARE), *SEEN, ("Brier 评分", Kind.NUMBER), "比较"
        ),
        rows=tuple(rows),
        note="Brier 评分为预计与结果之差的平方的平均，0 最好。",
        chart=Chart("column", "预计与实际", 0, (2, 3)),
    )


def _tenths(moment: Moment, found: Calibration) -> Grid:
    said = [t for t in found.tenths if t.seen.n]
    return Grid(
        title=f"{moment.label}：预计概率分组与实际",
        columns=columns("预计概率", ("预计次数", Kind.COUNT), ("预计平均", Kind.SHARE), *SEEN, "比较"),
        rows=tuple(
            (f"{t.low:.0%}–{t.high:.0%}", t.seen.n, t.stated, t.seen.p, t.seen.low, t.seen.high, _verdict(t))
            for t in said
        ),
    )


def _verdict(t: Tenth) -> str:
    if t.gap is None or t.stated is None or t.seen.low is None or t.seen.high is None:
        return TOO_FEW
    if t.seen.low <= t.stated <= t.seen.high:
        return "相符"
    return "偏保守" if t.gap > 0 else "偏乐观"
