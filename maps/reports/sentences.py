"""The first page in sentences: made from the figures, and saying no more than they do."""

from collections.abc import Iterator

from dispatch.auditing.record import Exclusion
from dispatch.auditing.shares import UNKNOWN
from dispatch.reporting.service_report import ServiceReport
from maps.audit_report import GROUP_WORDS, count, percent
from maps.reports.words import few, interval, points, quantile_said, said

MOST_CAUSES = 3


def key_sentences(report: ServiceReport) -> tuple[str, ...]:
    """Say what a reader must know, the most important first."""
    if not report.lines:
        whose = f"{report.client}的" if report.client else ""
        return (f"{report.period.label}没有{whose}报案记录，本报告没有可评判的案件。", *_before(report))
    return tuple(sentence for sentence in _all(report) if sentence)


def _all(report: ServiceReport) -> Iterator[str]:
    yield _headline(report)
    yield _excluded(report)
    yield _zones(report)
    yield _times(report)
    yield from _before(report)
    yield _missed(report)
    yield _ratings(report)


def _headline(report: ServiceReport) -> str:
    t = report.audit.totals
    due = t.share_kept
    still = f"，{count(t.open)} 起未到期" if t.open else ""
    first = f"本期受理报案 {count(t.reported)} 起{still}；应评 {count(due.n)} 起，守时 {count(due.kept)} 起，"
    return (
        f"{first}守时率 {percent(due.p)}（95% 区间 {interval(due)}）。{few(due.n)}" if due.n else first + "无守时率。"
    )


def _excluded(report: ServiceReport) -> str:
    t, reasons = report.audit.totals, report.audit.excluded
    if not t.excluded:
        return "本期没有不计的案件，含与不含不计案件的结果相同。"
    listed = "、".join(f"{_reason(reason)} {count(n)} 起" for reason, n in reasons.items())
    return f"不计 {count(t.excluded)} 起（{listed}）；若全部算作未守时，守时率为 {said(t.share_with_excluded)}。"


def _reason(reason: Exclusion) -> str:
    return reason.label


def _zones(report: ServiceReport) -> str:
    parts = []
    for zone, tally in report.audit.by_zone.items():
        if zone == UNKNOWN or not tally.share_kept.n:
            continue
        limits = {r.limit_s for r in (line.record for line in report.lines) if r.zone == zone and r.limit_s}
        limit = "、".join(f"{s / 60:g}" for s in sorted(limits))
        parts.append(f"{GROUP_WORDS.get(zone, zone)}（时限 {limit} 分钟）{said(tally.share_kept)}")
    return "分区守时率：" + "；".join(parts) + "。" if parts else ""


def _times(report: ServiceReport) -> str:
    if not report.p50.n:
        return "没有可信的到场时间。"
    half, tenth = quantile_said(report.p50), quantile_said(report.p90)
    return f"报案到到场：一半案件不超过 {half}，九成案件不超过 {tenth}，n = {count(report.p50.n)}。"


def _before(report: ServiceReport) -> Iterator[str]:
    label, earlier = report.period.previous.label, report.before.totals.share_kept
    if report.change is None:
        if report.lines:
            yield f"上期（{label}）没有可评案件，不作比较。"
        return
    change = report.change
    verdict = "尚不能认为有升降"
    if change.is_sure:
        verdict = "可以认为有所上升" if change.d > 0 else "可以认为有所下降"
    yield (
        f"上期（{label}）守时率 {said(earlier)}；本期变化 {points(change.d)} 个百分点"
        f"（95% 区间 {points(change.low)} 至 {points(change.high)}），{verdict}。"
    )


def _missed(report: ServiceReport) -> str:
    t = report.audit.totals
    if not t.missed:
        return ""
    reasons = "、".join(f"{problem.label} {count(n)} 起" for problem, n in report.audit.not_judged.items())
    without = f"，没有可信到场时间 {count(t.missed - t.late)} 起（{reasons}）" if reasons else ""
    main = [f"{cause.label} {count(n)} 起" for cause, n in report.audit.causes.items()][:MOST_CAUSES]
    why = f"主要原因：{'、'.join(main)}。" if main else ""
    return f"未守时 {count(t.missed)} 起：到场超时 {count(t.late)} 起{without}。{why}"


def _ratings(report: ServiceReport) -> str:
    found = report.satisfaction
    if not found.n:
        return "本期没有收到满意度评分。"
    return (
        f"收到满意度评分 {count(found.n)} 份（评分率 {percent(found.answered.p)}），4–5 星占 {said(found.content)}。"
        + (
            "评分不足 30 份，且是否评分由报案人自愿，不宜推及全部案件。"
            if found.n < 30
            else "评分出于自愿，未必代表全部报案人。"
        )
    )
