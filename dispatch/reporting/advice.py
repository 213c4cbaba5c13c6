"""Advice to drivers, each with the number behind it; none is given where the number is too small to speak."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dispatch.auditing.shares import Share, share
from dispatch.reporting.kinds import AccidentKind
from dispatch.reporting.line import Line
from dispatch.reporting.often import Often
from dispatch.unit import GUANGZHOU_TIME

LEAST_ACCIDENTS = 30  # fewer say nothing of what is usual
LEAST_OF_KIND = 5
LEAST_SHARE = 0.10  # of its interval's lower end: a kind rarer than that is left alone
BAND_H = 3
MOST_NAMED = 3
OFTEN_ENOUGH = 2  # more accidents than this in one period are worth a talk with the driver
HOURS_A_DAY = 24

ADVICE: dict[AccidentKind, str] = {
    AccidentKind.REAR_END: "请与前车保持安全车距，低速作业时提前亮灯示警，少急刹。",
    AccidentKind.REVERSING: "倒车前请下车查看，有人指挥再倒，并检查倒车影像与警报。",
    AccidentKind.SCRAPE: "变道前请看后视镜并转头确认盲区，让出侧向距离，不抢行。",
    AccidentKind.FIXED_OBJECT: "靠近护栏、隔离墩和限高处请减速，停靠时留足侧向距离。",
    AccidentKind.TWO_WHEELER: "路口与非机动车道旁请减速让行，右转前停车确认盲区。",
    AccidentKind.SLIPPERY: "雨天请降低车速、加大车距，避开积水路段，出车前检查轮胎与雨刮。",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice and the figure it rests on, in Chinese."""

    because: str
    advice: str


def advise_drivers(lines: Sequence[Line], vehicles: Sequence[Often], places: Sequence[Often]) -> tuple[Advice, ...]:
    """Draw advice from the accidents of a period.

    Parameters
    ----------
    lines : sequence of Line
        Duplicates and what was called off are left out here.
    vehicles, places : sequence of Often
        Most first.

    Returns
    -------
    tuple of Advice
        Empty below `LEAST_ACCIDENTS`.
    """
    accidents = [line for line in lines if line.is_accident]
    if len(accidents) < LEAST_ACCIDENTS:
        return ()
    return (*_of_kinds(accidents), *_of_hours(accidents), *_of_vehicles(vehicles), *_of_places(places))


def _of_kinds(accidents: Sequence[Line]) -> Iterator[Advice]:
    counted = [(sum(kind in line.kinds for line in accidents), kind) for kind in AccidentKind]
    for n, kind in sorted(counted, key=lambda pair: -pair[0]):
        found = share(n, len(accidents))
        if n >= LEAST_OF_KIND and found.low is not None and found.low >= LEAST_SHARE:
            yield Advice(f"{kind.label} {_said(found)}。", ADVICE[kind])


def _of_hours(accidents: Sequence[Line]) -> Iterator[Advice]:
    """The three hours with most accidents, where they surely hold more than their part of the day."""
    hours = [0] * HOURS_A_DAY
    for line in accidents:
        if line.reported_at is not None:
            hours[line.reported_at.astimezone(GUANGZHOU_TIME).hour] += 1
    bands = {first: sum(hours[first : first + BAND_H]) for first in range(0, HOURS_A_DAY, BAND_H)}
    busiest = max(bands, key=lambda first: bands[first])
    found = share(bands[busiest], len(accidents))
    if found.low is not None and found.low > BAND_H / HOURS_A_DAY:
        yield Advice(
            f"{busiest}–{busiest + BAND_H} 时报案最多：{_said(found)}，高于全天平均的 {BAND_H / HOURS_A_DAY:.1%}。",
            "这一时段请降低车速、避免疲劳作业；能错开的任务尽量错开。",
        )


def _of_vehicles(vehicles: Sequence[Often]) -> Iterator[Advice]:
    often = [v for v in vehicles if v.n > OFTEN_ENOUGH]
    if often:
        named = "、".join(f"{v.name}（{v.n} 起）" for v in often[:MOST_NAMED])
        yield Advice(
            f"{len(often)} 辆车本期出险 {OFTEN_ENOUGH + 1} 起及以上：{named}{'等' if len(often) > MOST_NAMED else ''}。",
            "请与这些车辆的驾驶人逐一面谈，核对行驶任务与车况，必要时安排复训。",
        )


def _of_places(places: Sequence[Often]) -> Iterator[Advice]:
    often = [p for p in places if p.n >= LEAST_OF_KIND]
    if often:
        named = "、".join(f"{p.detail}{p.name}（{p.n} 起）" for p in often[:MOST_NAMED])
        yield Advice(
            f"{len(often)} 处地点本期出险 {LEAST_OF_KIND} 起及以上：{named}{'等' if len(often) > MOST_NAMED else ''}。",
            "经过这些地点请减速，注意变道与路口车流；作业尽量避开高峰。",
        )


def _said(found: Share) -> str:
    return f"{found.kept:,} 起，占 {found.n:,} 起的 {found.p:.1%}（95% 区间 {found.low:.1%}–{found.high:.1%}）"
