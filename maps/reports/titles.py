"""What a report is called, and what must be said of it everywhere."""

from dispatch.reporting.service_report import ServiceReport
from maps.audit_report import count

LABEL = "模拟数据"


def heading(report: ServiceReport) -> str:
    """What the report is called."""
    return f"{report.period.label}查勘救援服务{report.period.kind.label}度报告"


def title(report: ServiceReport) -> str:
    """What the report is called, and whose it is."""
    return f"{heading(report)} · {report.client or '全部客户'}"


def simulated_words(report: ServiceReport) -> str:
    """What must be said of simulated incidents; empty where there are none."""
    parts = [
        f"{label}{count(t.reported)} 起中 {count(t.simulated)} 起"
        for label, t in (("本期 ", report.audit.totals), ("上期 ", report.before.totals))
        if t.simulated
    ]
    return f"{LABEL}：{'，'.join(parts)}由模拟产生，不代表真实服务水平。" if parts else ""
