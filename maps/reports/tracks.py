"""What the tracks say of the arrivals, and the patterns a person should look at."""

from dispatch.auditing.audit import Audit
from dispatch.reporting.service_report import ServiceReport
from dispatch.track_matching import ArrivalEvidence
from maps.audit_report import count, seconds
from maps.reports.grid import Grid, Kind, columns
from maps.reports.words import said

FOR_A_PERSON = "以上情形只供人工核查，不是结论，也不改变守时判定。"


def says(report: ServiceReport) -> tuple[str, ...]:
    """The evidence in a sentence; none where no track is kept."""
    t, track = report.audit.totals, report.audit.track
    if not t.confirmed + t.unconfirmed + t.contradicted:
        return ()
    first = (
        f"到场以按钮时间计：轨迹已核实 {count(t.confirmed)} 起，无轨迹证据 {count(t.unconfirmed)} 起，"
        f"轨迹不符 {count(t.contradicted)} 起（不算守时），停在对向车道 {count(track.opposite)} 起。"
    )
    if not track.n:
        return (first,)
    both = f"同一批案件按按钮守时率 {said(track.share_by_button)}，按轨迹 {said(track.share_by_track)}；"
    return (
        first,
        f"{both}按钮减轨迹 P50 {seconds(track.p50_s)}、P90 {seconds(track.p90_s)}，n = {count(track.n)}，正数表示按钮较晚。",
    )


def evidence(audit: Audit) -> Grid | None:
    """How many arrivals the track confirms, says nothing of, and contradicts; None where no track is kept."""
    found = [(word.label, int(getattr(audit.totals, word.value))) for word in ArrivalEvidence]
    whole = sum(n for _, n in found)
    if not whole:
        return None
    return Grid(
        title="轨迹与到场",
        columns=columns("轨迹", ("到场", Kind.COUNT), ("占到场", Kind.SHARE)),
        rows=tuple((name, n, n / whole) for name, n in found),
        note="轨迹不符指可靠的轨迹显示按到场时人在别处，此类到场不算守时；之后补到的轨迹可以更正。",
    )


def compared(audit: Audit) -> Grid | None:
    """Kept by the button and by the track; None where no arrival has both times."""
    track = audit.track
    if not track.n:
        return None
    shares = (("按钮（正式口径）", track.share_by_button), ("轨迹进入现场", track.share_by_track))
    return Grid(
        title="按按钮与按轨迹的守时率",
        columns=columns(
            "到场时间",
            ("守时", Kind.COUNT),
            ("n", Kind.COUNT),
            ("守时率", Kind.SHARE),
            ("95% 下限", Kind.SHARE),
            ("95% 上限", Kind.SHARE),
        ),
        rows=tuple((name, s.kept, s.n, s.p, s.low, s.high) for name, s in shares),
        note="n 为时间可信、轨迹已核实且给出到场时刻的案件。",
    )


def patterns(report: ServiceReport) -> Grid | None:
    """How often each pattern was found; None where nobody looked."""
    if report.suspicions is None:
        return None
    return Grid(
        title="可疑情形（处）",
        columns=columns("情形", ("处", Kind.COUNT)),
        rows=tuple((pattern.label, n) for pattern, n in report.suspicions.items()),
        note=FOR_A_PERSON,
    )
