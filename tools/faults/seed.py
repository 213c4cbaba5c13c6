"""A small fleet with a phone for everybody, and accounts for the desks."""

from datetime import UTC, datetime
from random import Random

import httpx2 as httpx

from api.credentials import accounts
from api.credentials.security import Account
from dispatch.location import Position
from dispatch.unit import Fix, Unit
from dispatch.vocabulary import Role
from geo_data.database import engine, transaction
from geo_data.stores.fix_days import FixDays
from geo_data.stores.fleet_store import PostgisFleet

SURVEYORS, TOWS = 10, 3
DESKS = 3


def desks() -> list[str]:
    """Everybody with a console."""
    return [f"desk{n}" for n in range(DESKS)]


def unit_ids() -> list[str]:
    """Everybody with a phone."""
    return [f"S{n:03d}" for n in range(SURVEYORS)] + [f"T{n:02d}" for n in range(TOWS)]


def seed(url: str, address: str, random: Random) -> dict[str, str]:
    """Write fleet and accounts; returns a session for each desk and each unit."""
    now, password = datetime.now(UTC), random.randbytes(12).hex()
    units = [
        Unit(
            id=key,
            name=f"单元{key}",
            role=Role.SURVEYOR if key[0] == "S" else Role.TOW_UNIT,
            standby=Position(113.27 + random.random() * 0.1, 23.08 + random.random() * 0.08),
        )
        for key in unit_ids()
    ]
    who = [Account(desk, "dispatcher") for desk in desks()] + [Account(u.id, "surveyor", u.id) for u in units]
    database = engine(url)
    with transaction(database) as connection:
        FixDays(connection).make_ahead(now)  # else the background may make the day while these are written
    with transaction(database) as connection:
        fleet = PostgisFleet(connection)
        fleet.save_units(units)
        fleet.record_fixes([Fix(unit_id=u.id, position=u.standby, at=now) for u in units], now)
        for account in who:
            accounts.save(connection, account, password)
    database.dispose()
    return {account.username: _session(address, account.username, password) for account in who}


def _session(address: str, username: str, password: str) -> str:
    answer = httpx.post(f"{address}/v1/session", json={"username": username, "password": password}, timeout=60)
    return str(answer.raise_for_status().json()["token"])
