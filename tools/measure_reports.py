"""What a service report costs in processor time and memory, over a month of made-up incidents (模拟).

usage: python tools/measure_reports.py [incidents, 45000]
"""

import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

from service_months import OCTOBER, month

from api.reports.reporting import Form, draw
from dispatch.policy.audit_rules import AuditRules
from dispatch.reporting.period import PeriodKind, read_period
from dispatch.reporting.service_report import records_of, service_report

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def main(n: int) -> None:
    """Judge ``n`` incidents of one month and nine tenths as many of the one before, then draw each form."""
    before = month(n * 9 // 10, seed=2, days=30, began=OCTOBER - timedelta(days=30))
    ours = month(n)
    period = read_period(PeriodKind.MONTH, "2026-10", NOW)
    began = process_time()
    rules = AuditRules()
    report = service_report(ours, records_of(before, NOW, "", rules), period, NOW, rules=rules)
    print(f"{n:,} incidents and {len(before):,} before: judged in {process_time() - began:.1f} s of processor time")
    for form in Form:
        began = process_time()
        size = len(draw(report, form))
        print(f"{form.value}: {process_time() - began:.1f} s, {size / 1e6:.1f} MB")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 45_000)
