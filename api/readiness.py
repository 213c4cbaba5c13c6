"""Whether this worker can do its work, part by part, each with a sentence that says what to do."""

import shutil
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from api import wiring
from api.settings import settings
from api.streams.live import LiveFeed
from dispatch.background import is_silent
from dispatch.errors import Unavailable
from geo_data import watching
from geo_data.stores import heartbeats

LIMIT_S = 2.0


@dataclass(frozen=True, slots=True)
class Part:
    """One part: whether it is well, and what to say of it."""

    ok: bool
    detail: str


def parts(live: LiveFeed) -> dict[str, Part]:
    """Every part, by name."""
    return {**_database_parts(), "network": _network(), "live": _live(live), "disk": _disk()}


def _database_parts() -> dict[str, Part]:
    """Asked on a connection of its own: a pool that is used up is no reason to wait half a minute."""
    try:
        with watching.watching(wiring.database_url(), LIMIT_S) as connection:
            stands_at = watching.revision(connection)
            silence_s = (
                heartbeats.silence_s(connection, heartbeats.BACKGROUND)
                if stands_at == watching.newest_revision()
                else None
            )
    except (SQLAlchemyError, Unavailable):
        away = Part(False, "数据库无应答:请检查数据库服务。(The database does not answer: see that it runs.)")
        unknown = Part(False, "数据库无应答,后台状态未知。(Not known while the database is away.)")
        return {"database": away, "background": unknown}
    return {"database": _migrated(stands_at), "background": _background(silence_s)}


def _migrated(stands_at: str | None) -> Part:
    newest = watching.newest_revision()
    if stands_at == newest:
        return Part(True, "数据库正常。(The database answers and is up to date.)")
    return Part(
        False,
        f"数据库结构为 {stands_at or '空'},需要 {newest}:请运行 make setup。"
        f"(The database stands at {stands_at or 'nothing'}, {newest} is needed: run `make setup`.)",
    )


def _background(silence_s: float | None) -> Part:
    if not is_silent(silence_s):
        return Part(True, "后台进程正常。(The background is alive.)")
    return Part(
        False,
        "后台进程无心跳:预警、推送与封存已停,请重启服务。"
        "(The background is silent: no watch, no pushes, no seals. Restart the service.)",
    )


def _network() -> Part:
    if wiring.ground.cache_info().currsize:
        return Part(True, "路网已载入。(The road network is loaded.)")
    return Part(False, "路网尚未载入,请稍候。(The road network is not loaded yet: wait.)")


def _live(live: LiveFeed) -> Part:
    if live.is_listening:
        return Part(True, "实时推送已连接。(The live feed hears the database.)")
    return Part(False, "实时推送未连接数据库,正在重连。(The live feed does not hear the database; it is trying again.)")


def _disk() -> Part:
    free_gb = shutil.disk_usage(settings().state).free / 1e9
    if free_gb >= settings().least_free_gb:
        return Part(True, "磁盘空间充足。(There is room on the disk.)")
    return Part(
        False,
        f"磁盘仅剩 {free_gb:.1f} GB:请清理空间。"
        f"(Only {free_gb:.1f} GB are free, less than GZ_LEAST_FREE_GB: make room.)",
    )
