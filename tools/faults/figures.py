"""The table: of each kind how many were committed and survived, and what was lost."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from statistics import median

from dispatch.auditing.shares import share
from tools.faults.campaign import Outcome
from tools.faults.clocks import Turned
from tools.faults.site import Injected


def table(outcomes: Sequence[Outcome]) -> tuple[str, bool]:
    """The words to print, and whether every fault was survived and nothing lost."""
    injected = [one for outcome in outcomes for one in outcome.injected]
    lost = _lost_by_kind(outcomes)
    lines = [
        f"{'kind of fault':42} {'n':>4} {'survived':>8} {'lost':>5}  {'answered again, s':>18}  {'whole again, s':>18}"
    ]
    kinds = dict.fromkeys(one.name for one in injected)
    lines += [_line(name, [one for one in injected if one.name == name], lost[name]) for name in kinds]
    lines += _line_of_clients(outcomes)
    total, survived = len(injected), sum(one.whole_s is not None for one in injected)
    lines.append(_line("all", injected, lost.total()))
    bound = share(min(total, total - survived + lost.total()), total).high
    lines.append(
        f"\nloss or standstill after a fault: {total - survived + lost.total()} of {total}, 95 % Wilson ≤ {bound or 0:.4f}"
    )
    lines += [line for outcome in outcomes for line in _judged(outcome)]
    is_clean = total > 0 and total == survived and not any(o.verdict.wrong or o.traces for o in outcomes)
    return "\n".join(lines), is_clean


def leaps(turned: Turned) -> tuple[str, bool]:
    """What a run on leaping clocks came to, and whether nothing was wrong."""
    wrong = [f"WRONG {what}" for what, _ in turned.verdict.wrong[:40]]
    lines = [f"{name:42} {n:4}" for name, n in sorted(turned.done.items())]
    answers = dict(sorted(turned.ledger.answers.items()))
    return "\n".join([*lines, f"looked at {dict(turned.verdict.looked_at)}; answers {answers}", *wrong]), not wrong


def _line(name: str, faults: Sequence[Injected], lost: int) -> str:
    survived = sum(one.whole_s is not None for one in faults)
    answered = _spread([one.answered_s for one in faults if one.answered_s is not None])
    whole = _spread([one.whole_s for one in faults if one.whole_s is not None])
    return f"{name:42} {len(faults):4} {survived:8} {lost:5}  {answered:>18}  {whole:>18}"


def _spread(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.2f}, worst {max(seconds):.2f}" if seconds else "–"


def _line_of_clients(outcomes: Sequence[Outcome]) -> list[str]:
    done: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.crowd:
            done += outcome.crowd.ledger.done
    return [f"{name:42} {n:4}  (by clients, all through)" for name, n in done.items()]


def _lost_by_kind(outcomes: Sequence[Outcome]) -> Counter[str]:
    """What was acknowledged and is wrong, under the fault before it; under "unknown" where that cannot be told."""
    lost: Counter[str] = Counter()
    for outcome in outcomes:
        times = [one.at_s for one in outcome.injected]
        for _, at_s in outcome.verdict.wrong:
            place = bisect_right(times, at_s) - 1 if at_s is not None else -1
            lost[outcome.injected[place].name if place >= 0 else "unknown"] += 1
    return lost


def _judged(outcome: Outcome) -> list[str]:
    crowd = outcome.crowd
    answers = dict(sorted(crowd.ledger.answers.items())) if crowd else {}
    openings = sum(one.stream.openings for one in (*crowd.consoles, *crowd.phones)) if crowd else 0
    wrong = [f"WRONG {what}" for what, _ in outcome.verdict.wrong[:40]]
    return [
        f"looked at {dict(outcome.verdict.looked_at)}; answers {answers}; streams opened {openings}; traces logged {outcome.traces}",
        *wrong,
    ]
