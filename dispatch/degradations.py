"""What is away at the moment, since when, and what that means: every part that goes on without something says so here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from threading import Lock


class Part(StrEnum):
    """Something the service can go on without."""

    DATABASE = "database"
    NETWORK = "network"
    MAP_MATCHING = "map_matching"
    ONLINE_PLACES = "online_places"
    PUSH = "push"
    SMS = "sms"
    MAIL = "mail"

    @property
    def label(self) -> str:
        """What people call it."""
        return _LABELS[self][0]

    @property
    def means(self) -> str:
        """What is different while it is away."""
        return _LABELS[self][1]


_LABELS = {
    Part.DATABASE: ("数据库", "报案先存本机队列,恢复后自动入库;其他操作暂停"),
    Part.NETWORK: (
        "道路网",
        "人工模式:距离与时间为直线估算(无路网),不给按时概率;修好路网文件后执行 gzdispatch reload 即恢复",
    ),
    Part.MAP_MATCHING: ("轨迹匹配", "到场仍按定位距离核对,未核对所在道路与行车方向"),
    Part.ONLINE_PLACES: ("在线地点服务", "只用本地地名库找地点"),
    Part.PUSH: ("推送", "手机页面关着时收不到派单提醒:请电话通知"),
    Part.SMS: ("短信", "报案人暂收不到短信,稍后重发:要紧的请电话通知"),
    Part.MAIL: ("邮件", "邮件与封存凭证暂未寄出,恢复后补寄"),
}


@dataclass(frozen=True, slots=True)
class Degradation:
    """One part that is away; ``detail`` says more, e.g. which provider."""

    part: Part
    since: datetime
    detail: str = ""


class Degradations:
    """What one process knows to be away; threads may share it.

    Parameters
    ----------
    on_change : callable or None
        Told of all that is away, whenever that has changed.
    """

    def __init__(self, on_change: Callable[[list[Degradation]], None] | None = None) -> None:
        self._away: dict[tuple[Part, str], Degradation] = {}
        self._on_change = on_change
        self._lock = Lock()

    def lost(self, part: Part, now: datetime, detail: str = "") -> None:
        """Note that a part is away; where that is known already it stays away since then."""
        with self._lock:
            if (part, detail) in self._away:
                return
            self._away[part, detail] = Degradation(part, now, detail)
            self._tell()

    def back(self, part: Part, detail: str = "") -> None:
        """Note that a part is there."""
        if (part, detail) not in self._away:
            return  # the usual case costs no lock
        with self._lock:
            self._away.pop((part, detail), None)
            self._tell()

    def all(self) -> list[Degradation]:
        """Everything that is away, longest first."""
        with self._lock:
            return self._sorted()

    def _sorted(self) -> list[Degradation]:
        return sorted(self._away.values(), key=lambda one: one.since)

    def _tell(self) -> None:
        if self._on_change is not None:
            self._on_change(self._sorted())
