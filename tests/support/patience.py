"""A test's patience: on a busy machine anything may take a minute, and that is no fault of anybody.

What the service takes for an outage, or for a process that will never come up, is a question of seconds; where no test asks
about it, it is one of minutes. Run as a program this is `gzdispatch` itself, in that temper.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

PATIENCE_S = 300  # a guard, not a promise
LOOKS = "geo_data.cluster.cluster.PATIENCE"  # at a port that is still taken, ten a second
OF_THE_GROUND = (
    "geo_data.cluster.cluster.CONNECT_LIMIT_S",
    "geo_data.cluster.cluster.LIMIT_S",
    "geo_data.database.CONNECT_LIMIT_S",
    "geo_data.map_matching.guarded.LIMIT_S",
    "geo_data.online.basemap.LIMIT_S",
    LOOKS,
)
OF_THE_SERVICE = (
    "api.access.company_sign_in.LIMIT_S",
    "api.health.database_watch.LIMIT_S",
    "api.messaging.mail_server.PATIENCE_S",
    "api.messaging.push_door.LIMIT_S",
    "api.messaging.sms_gateway.LIMIT_S",
    "api.observing.facts.LIMIT_S",
    "api.queue.store.WAIT_S",
    "api.readiness.LIMIT_S",
    "api.routes.service_reports.LONGEST_S",
    "api.service.draining.PATIENCE_S",
    "api.service.reloading.GONE_LIMIT_S",
    "api.service.reloading.READY_LIMIT_S",
    "api.service.supervisor.START_LIMIT_S",
    "api.streams.background_watch.LIMIT_S",
    "api.streams.event_stream.SLOWEST_S",
    "api.streams.live.LIMIT_S",
    "api.views.kept_free.LIMIT_S",
)
Put = Callable[[object, str, object], None]


def put_off(limits: tuple[str, ...], put: Put = setattr) -> None:
    """Set limits to a patient length, with ``put``."""
    for limit in limits:
        module, _, name = limit.rpartition(".")
        put(import_module(module), name, 10 * PATIENCE_S if limit == LOOKS else PATIENCE_S)


def _run() -> None:
    sharing = import_module("api.observing.sharing")
    share = sharing.share

    def share_first(folder: Path) -> None:
        share(folder)
        put_off(OF_THE_GROUND + OF_THE_SERVICE)  # these rooms count things: nobody may come in before that

    sharing.share = share_first  # type: ignore[attr-defined]
    import_module("api.cli").main()


if __name__ == "__main__":
    _run()
