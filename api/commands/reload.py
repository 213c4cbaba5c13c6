"""``gzdispatch reload``: another network or policy for the running service, without a pause."""

import os
import signal
import time
from typing import Annotated

import typer

from dispatch.errors import InvalidInput, Unavailable

LOOK_S = 0.2


def reload(
    wait_s: Annotated[float, typer.Option("--wait", min=1, max=3600, help="Seconds to wait for the outcome.")] = 700,
) -> None:
    """Have the running service take the network and policy files as they are now; a bad one is refused (重新加载)."""
    from api.service import running

    before, limit = running.answered().get("at"), time.monotonic() + wait_s
    os.kill(running.supervisor(), signal.SIGHUP)
    while (outcome := running.answered()).get("at") == before:
        if time.monotonic() > limit:
            raise Unavailable(f"No outcome within {wait_s:.0f} s: see the service's log.")
        running.supervisor()  # raises when it has ended meanwhile
        time.sleep(LOOK_S)
    if not outcome["ok"]:
        raise InvalidInput(f"未重新加载,照旧运行 refused, all goes on as before: {outcome['reason']}")
    typer.echo(f"✓ 已重新加载 reloaded: 路网 network {outcome['network'][:12]}, 策略 policy {outcome['policy']}")
