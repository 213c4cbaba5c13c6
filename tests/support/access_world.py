"""Two of everything, so that each may be tried against the other's: clients, shops, tow companies, surveyors and cases."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi.testclient import TestClient
from pictures import picture
from service import PASSWORD
from sqlalchemy import Engine

from api.credentials import accounts
from api.credentials.security import Account
from dispatch.location import Position
from dispatch.unit import Fix, PartnerRepairShop, Unit
from dispatch.vocabulary import Role
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.organisation_store import Organisation, PostgisOrganisations

AT = Position(113.33, 23.12)
ONE, OTHER = "ONE", "OTHER"
PLATES = {ONE: "粤A11111", OTHER: "粤A22222"}
PHONES = {ONE: "13811110000", OTHER: "13922220000"}
WORDS = {ONE: "金丝雀甲", OTHER: "金丝雀乙"}
SURVEYORS, TOWS, SHOPS = {ONE: "S000", OTHER: "S901"}, {ONE: "T01", OTHER: "T902"}, {ONE: "R01", OTHER: "R902"}
OTHER_NAMES = ("乙查勘员", "乙施救车", "乙维修厂", "乙车队", "乙拖车行")
ACCOUNTS = (
    Account("auditor", "auditor"),
    Account("administrator", "administrator"),
    Account("client one", "manager", None, "client-1", "client"),
    Account("client other", "manager", None, "client-2", "client"),
    Account("shop one", "partner", None, "shop-1", "shop"),
    Account("shop other", "partner", None, "shop-2", "shop"),
    Account("tow one", "partner", None, "tow-1", "tow"),
    Account("tow other", "partner", None, "tow-2", "tow"),
    Account("driver one", "surveyor", "T01", "tow-1", "tow"),
)


@dataclass(slots=True)
class Case:
    """One case with all that hangs on it."""

    id: str
    jobs: list[str]
    photo: str
    link: str
    client_id: str
    device_token: str
    device_id: int


@dataclass(slots=True)
class World:
    """The cases of `ONE` and `OTHER`, and a header for everybody who may sign in."""

    cases: dict[str, Case] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)


def build(client: TestClient, engine: Engine) -> World:
    """Make both sides, the cases by the doors of the service itself."""
    _people(engine)
    world = World()
    for name in ("dispatcher", "manager", "surveyor", *(a.username for a in ACCOUNTS)):
        answer = client.post("/v1/session", json={"username": name, "password": PASSWORD})
        client.cookies.clear()
        world.headers[name] = {"Authorization": f"Bearer {answer.json()['token']}"}
    for side in (ONE, OTHER):
        world.cases[side] = _case(client, world.headers["dispatcher"], side)
    return world


def _people(engine: Engine) -> None:
    now = datetime.now(UTC)
    with transaction(engine) as connection:
        fleet = PostgisFleet(connection)
        units = [
            Unit(id=SURVEYORS[OTHER], name="乙查勘员", role=Role.SURVEYOR, standby=AT),
            Unit(id=TOWS[OTHER], name="乙施救车", role=Role.TOW_UNIT, standby=AT, contacts=(PHONES[OTHER],)),
        ]
        fleet.save_units(units)
        fleet.record_fixes([Fix(unit_id=u.id, position=AT, at=now) for u in units], now)
        fleet.save_shops(
            [
                PartnerRepairShop(id=SHOPS[ONE], name="甲维修厂", position=AT),
                PartnerRepairShop(id=SHOPS[OTHER], name="乙维修厂", position=AT),
            ]
        )
        store = PostgisOrganisations(connection)
        for n, side, word in ((1, ONE, "甲"), (2, OTHER, "乙")):
            client = Organisation(id=f"client-{n}", kind="client", name=f"{word}车队", client_id=f"C000{n}")
            store.add(client, now, plates=[PLATES[side]])
            store.add(Organisation(id=f"shop-{n}", kind="shop", name=f"{word}维修厂"), now, shops=[SHOPS[side]])
            store.add(Organisation(id=f"tow-{n}", kind="tow", name=f"{word}拖车行"), now, units=[TOWS[side]])
        for account in ACCOUNTS:
            accounts.save(connection, account, PASSWORD)


def _case(client: TestClient, desk: dict[str, str], side: str) -> Case:
    def post(path: str, **body: Any) -> dict[str, Any]:
        answer = client.post(path, json=body, headers=desk)
        assert answer.status_code in (200, 201), answer.text
        after: dict[str, Any] = answer.json()
        return after

    told = {"text": f"天河区黄埔大道西与猎德大道交叉口,{WORDS[side]},车动不了", "plate": PLATES[side]}
    key = post("/v1/reports", phone=PHONES[side], **told)["id"]
    post(f"/v1/incidents/{key}/assignments", unit_id=SURVEYORS[side], reason="试")
    post(f"/v1/incidents/{key}/assignments", role="tow_unit", unit_id=TOWS[side], reason="试")
    after = post(f"/v1/incidents/{key}/recovery/shop", shop_id=SHOPS[side], reason="车主指定")
    sent = picture(size=(120, 80), seed=len(side))
    photo = client.post(f"/v1/incidents/{key}/photos", content=sent, headers=desk | {"Content-Type": "image/jpeg"})
    taken = post("/v1/clients", organisation=f"{WORDS[side]}车队", in_force_at="2026-01-01T00:00:00+08:00")
    post(f"/v1/incidents/{key}/contacts", means="telephone", words=f"{WORDS[side]} {PHONES[side]}")
    device = post("/v1/devices", unit_id=SURVEYORS[side], name=f"{side} 手机")
    return Case(
        id=key,
        jobs=[a["id"] for a in after["assignments"]],
        photo=photo.json()["sha256"],
        link=post(f"/v1/incidents/{key}/case-link")["url"].rpartition("/")[2],
        client_id=taken["id"],
        device_token=device["token"],
        device_id=device["id"],
    )
