"""The city of a run (模拟): a roster, an account for each phone and console, a tracker for each unit. All made up."""

from datetime import UTC, datetime
from random import Random

from sqlalchemy import Connection, Engine, text

from api.access import sessions
from api.credentials import accounts, security
from api.credentials.device_tokens import digest, new_token
from api.credentials.security import Account
from dispatch.location import Position
from dispatch.unit import Fix, Unit
from dispatch.vocabulary import Role
from geo_data.builtin.places import builtin_places
from geo_data.database import transaction
from geo_data.districts import district_of
from geo_data.stores.device_store import AT_ONCE
from geo_data.stores.fleet_store import PostgisFleet
from tools.load.generator import Who

PASSWORD = "load, and nothing else"  # noqa: S105  (of made-up accounts)
ROLES = (Role.SURVEYOR,) * 8 + (Role.TOW_UNIT, Role.SPECIALIST)
WHAT = ("两车追尾", "三车追尾,一人受伤", "单车撞护栏", "与电动车剐蹭", "车辆抛锚需要拖车", "变道剐蹭,双方有争议")
DEVICE = text("""
INSERT INTO devices (token_sha256, unit_id, name, created_at, created_by, allowance)
SELECT token, unit_id, '模拟', :now, 'load', :allowance
FROM unnest(CAST(:tokens AS bytea[]), CAST(:units AS text[])) AS made (token, unit_id)
""")
PHONE = text("""
INSERT INTO users (name, role, unit_id, password_hash) SELECT 'phone-' || id, 'surveyor', id, :hashed FROM units
""")


def found(database: Engine, units: int, host: str, port: int) -> Who:
    """Write the city to an empty database."""
    random = Random(11)  # noqa: S311
    places = builtin_places()
    homes = [near(place.position, random) for place in random.choices(places, k=units)]
    roster = [
        Unit(id=f"load-{n:04d}", name=f"单元{n:04d}", role=ROLES[n % 10], standby=home, simulated=True)
        for n, home in enumerate(homes)
    ]
    tokens, now = [new_token() for _ in roster], datetime.now(UTC)
    ids = [u.id for u in roster]
    with transaction(database) as connection:
        PostgisFleet(connection).save_units(roster)
        PostgisFleet(connection).record_fixes(
            [Fix(unit_id=u.id, position=u.standby, at=now, accuracy_m=10.0) for u in roster], now
        )
        accounts.save(connection, Account("load-desk", "dispatcher"), PASSWORD)
        connection.execute(PHONE, {"hashed": security.hash_password(PASSWORD)})
        hashes = {"tokens": [digest(t) for t in tokens], "units": ids}
        connection.execute(DEVICE, {"now": now, "allowance": AT_ONCE, **hashes})
        phones = [_signed_in(connection, Account(f"phone-{one}", "surveyor", one), now) for one in ids]
        desk = _signed_in(connection, Account("load-desk", "dispatcher"), now)
    texts = [f"{p.district}{p.name}附近,{random.choice(WHAT)}" for p in random.choices(places, k=3000)]
    return Who(
        host=host,
        port=port,
        desk_token=desk,
        phone_tokens=phones,
        devices=tokens,
        homes=[(home.lon, home.lat) for home in homes],
        texts=texts,
        unit_ids=ids,
    )


def near(place: Position, random: Random) -> Position:
    """A point within a kilometre or so of a place in the city, and in the city too; on the grid that points are sent on."""
    while True:
        lon, lat = (round(x + random.uniform(-0.01, 0.01), 5) for x in (place.lon, place.lat))
        if district_of(Position(lon, lat)) is not None:
            return Position(lon, lat)


def _signed_in(connection: Connection, who: Account, now: datetime) -> str:
    """The token of a session; the run does not measure passwords."""
    return sessions.begin(connection, who, now, way="password")
