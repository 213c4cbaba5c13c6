"""Some messages in one transaction: who sent them, may they, and their fixes kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from api.access import sessions
from api.credentials.device_tokens import digest
from api.credentials.security import Account
from api.intake.messages import ByAccount, ByDevice, Message, fix_seen
from api.own_database import positions
from dispatch.unit import Fix
from geo_data.database import transaction
from geo_data.stores.device_store import PostgisDevices, Said
from geo_data.stores.fleet_store import PostgisFleet

Answer = list[tuple[Fix, str]]  # each fix and why it was refused, empty where it was kept


def keep(messages: Sequence[Message], now: datetime) -> list[Answer | None]:
    """Keep the fixes of some messages, committed when this returns; None for those the routes must answer."""
    with transaction(positions.engine()) as connection:
        told = _of_accounts(connection, messages, now) | _of_devices(connection, messages, now)
        together = [fix for n in sorted(told) for fix in told[n]]
        refused = {id(r.fix): r.reason for r in PostgisFleet(connection).record_fixes(together, now)}
    return [[(f, refused.get(id(f), "")) for f in told[n]] if n in told else None for n in range(len(messages))]


def _of_accounts(connection: Connection, messages: Sequence[Message], now: datetime) -> dict[int, list[Fix]]:
    mine = {n: m for n, m in enumerate(messages) if isinstance(m, ByAccount)}
    known = sessions.present_all(connection, {m.token for m in mine.values()}, now) if mine else {}
    return {n: m.fixes for n, m in mine.items() if (who := known.get(m.token)) and _may(who, m.fixes)}


def _may(who: Account, fixes: Sequence[Fix]) -> bool:
    """A surveyor tells of its own unit; whoever may tell of others is looked at by the route."""
    return who.role == "surveyor" and all(f.unit_id == who.unit_id for f in fixes)


def _of_devices(connection: Connection, messages: Sequence[Message], now: datetime) -> dict[int, list[Fix]]:
    mine = {n: (digest(m.token), m.seen) for n, m in enumerate(messages) if isinstance(m, ByDevice)}
    if not mine:
        return {}
    times = Counter(known_by for known_by, _ in mine.values())
    said = [Said(known_by, times[known_by], seen.battery, seen.charging) for known_by, seen in mine.values()]
    units = PostgisDevices(connection).hear_all(said, now)
    return {
        n: [fix_seen(units[known_by], seen if seen.at else replace(seen, at=now))]
        for n, (known_by, seen) in mine.items()
        if known_by in units
    }
