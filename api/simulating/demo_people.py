"""The organisations and accounts of a demonstration (模拟): one account of each role, one organisation of each kind."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from api.credentials import accounts
from api.credentials.security import Account
from api.simulating.simulated_clients import CLIENTS
from dispatch.events import Event, IncidentReported
from geo_data.demo_fleet import YOU
from geo_data.stores.organisation_store import Organisation, PostgisOrganisations

FLEET_EVERY = 12  # of the simulated accidents one in so many is of the client's fleet
TOWS, SHOPS = ("T01", "T02", "T03"), ("R01", "R02")
CLIENT = Organisation(id="huanwei", kind="client", name=CLIENTS[0][0], client_id="C0001")
SHOP = Organisation(id="weixiu", kind="shop", name="合作维修厂(模拟)")
TOW = Organisation(id="tuoche", kind="tow", name="合作拖车公司(模拟)")
PEOPLE = (
    Account("dispatcher", "dispatcher"),
    Account("manager", "manager"),
    Account("surveyor", "surveyor", YOU),
    Account("auditor", "auditor"),
    Account("administrator", "administrator"),
    Account("client", "manager", organisation_id=CLIENT.id),
    Account("shop", "partner", organisation_id=SHOP.id),
    Account("tow", "partner", organisation_id=TOW.id),
)


def save_organisations(connection: Connection, histories: Iterable[Sequence[Event]], now: datetime) -> None:
    """Make the organisations before their cases are written: the client's fleet is taken from the simulated accidents."""
    store = PostgisOrganisations(connection)
    told = [e.plate for history in histories for e in history if isinstance(e, IncidentReported) and e.plate]
    store.add(CLIENT, now, plates=told[::FLEET_EVERY])
    store.add(SHOP, now, shops=SHOPS)
    store.add(TOW, now, units=TOWS)


def save_accounts(connection: Connection, password: str) -> None:
    """Make an account of each role, all with one password."""
    for account in PEOPLE:
        accounts.save(connection, account, password)
