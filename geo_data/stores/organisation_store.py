"""Organisations on PostgreSQL: clients with their fleets, partner shops, tow companies."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import Connection, Table, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from dispatch.errors import Conflict, InvalidInput, UnknownId
from dispatch.triage.report_words import plates_in
from geo_data.tables.access_schema import (
    HOUSE,
    KINDS,
    fleet_plates,
    organisation_shops,
    organisation_units,
    organisations,
)

_CLIENT_ID = re.compile(r"C\d{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Whom accounts belong to; ``client_id`` is a client's number in the ledger of services."""

    id: str
    kind: str
    name: str
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An organisation with how many vehicles, units and shops are its own; nobody of a disabled one may sign in."""

    organisation: Organisation
    plates: int
    units: int
    shops: int
    disabled_at: datetime | None = None


class PostgisOrganisations:
    """The organisations, inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        made: Organisation,
        now: datetime,
        *,
        plates: Iterable[str] = (),
        units: Collection[str] = (),
        shops: Collection[str] = (),
    ) -> None:
        """Add an organisation with what is its own; cases from now on are decided by it, older ones are not.

        Raises
        ------
        InvalidInput
            For a kind that is not known, an insurer (the house is the only one), a plate that is none, or a unit or
            shop that does not exist.
        Conflict
            Where the id, a plate, a unit or a shop is another organisation's.
        """
        _check(made, plates, units, shops)
        fleet = [_plate(p) for p in plates]
        row = {"id": made.id, "kind": made.kind, "name": made.name, "client_id": made.client_id, "made_at": now}
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(organisations).values(**row))
                self._own(fleet_plates, "plate", fleet, made.id)
                self._own(organisation_units, "unit_id", units, made.id)
                self._own(organisation_shops, "shop_id", shops, made.id)
        except IntegrityError as error:
            said = str(error.orig.diag.message_detail) if isinstance(error.orig, psycopg.Error) else ""
            if "is not present" in said:
                raise InvalidInput(f"没有此单元或维修厂。(No such unit or shop: {said})") from None
            raise Conflict(f"编号、车牌、单元或维修厂已属于其他组织。(Another organisation's: {said})") from None

    def all(self) -> list[Listed]:
        """Every organisation, the house first, then by id."""
        table = organisations.c
        counts = [_count(t) for t in (fleet_plates, organisation_units, organisation_shops)]
        query = select(table.id, table.kind, table.name, table.client_id, table.disabled_at, *counts)
        rows: Iterable[Any] = self._connection.execute(query.order_by(table.kind != "insurer", table.id))
        return [
            Listed(
                Organisation(id=key, kind=kind, name=name, client_id=client), plates, of_units, of_shops, disabled_at
            )
            for key, kind, name, client, disabled_at, plates, of_units, of_shops in rows
        ]

    def one(self, organisation_id: str) -> Listed:
        """One organisation; raises `UnknownId`."""
        found = [one for one in self.all() if one.organisation.id == organisation_id]
        if not found:
            raise UnknownId(f"没有组织 {organisation_id}。(No such organisation: gzdispatch organisation list.)")
        return found[0]

    def rename(self, organisation_id: str, name: str, client_id: str | None) -> None:
        """Give an organisation that exists another name and number in the ledger of services."""
        _check_client(self.one(organisation_id).organisation.kind, name, client_id)
        self._write(organisation_id, name=name, client_id=client_id)

    def disable(self, organisation_id: str, now: datetime | None) -> None:
        """Shut everybody of an organisation that exists out from ``now`` on; None lets them in again."""
        self._write(organisation_id, disabled_at=now)

    def _write(self, organisation_id: str, **values: Any) -> None:
        self._connection.execute(update(organisations).where(organisations.c.id == organisation_id).values(**values))

    def of_unit(self, unit_id: str) -> str:
        """Whose a unit is: a tow company's, else the house's."""
        query = select(organisation_units.c.organisation_id).where(organisation_units.c.unit_id == unit_id)
        return self._connection.execute(query).scalar() or HOUSE

    def units(self, organisation_id: str) -> frozenset[str]:
        """Units of a tow company."""
        table = organisation_units.c
        return frozenset(
            self._connection.execute(select(table.unit_id).where(table.organisation_id == organisation_id)).scalars()
        )

    def shops(self, organisation_id: str) -> frozenset[str]:
        """Repair shops of a partner."""
        table = organisation_shops.c
        return frozenset(
            self._connection.execute(select(table.shop_id).where(table.organisation_id == organisation_id)).scalars()
        )

    def _own(self, table: Table, column: str, keys: Collection[str], organisation_id: str) -> None:
        rows = [{column: key, "organisation_id": organisation_id} for key in dict.fromkeys(keys)]
        if rows:
            self._connection.execute(insert(table), rows)


def _check(made: Organisation, plates: Iterable[str], units: Collection[str], shops: Collection[str]) -> None:
    if made.kind not in KINDS or made.kind == "insurer":
        raise InvalidInput(
            "类型须为 client、shop 或 tow。(The kind is client, shop or tow; the house is the only insurer.)"
        )
    if not made.id.strip("./ ") or "/" in made.id or not made.id.isprintable():
        raise InvalidInput("编号不能为空,不含斜杠。(Give an id, without a slash.)")
    _check_client(made.kind, made.name, made.client_id)
    wrong = {"client": bool(units or shops), "shop": bool(plates or units), "tow": bool(plates or shops)}
    if wrong[made.kind]:
        raise InvalidInput(
            "客户只有车牌,维修厂只有门店,拖车公司只有单元。(A client has plates, a shop shops, a tow company units.)"
        )


def _check_client(kind: str, name: str, client_id: str | None) -> None:
    if not name.strip():
        raise InvalidInput("名称不能为空。(Give a name.)")
    if client_id is not None and (kind != "client" or not _CLIENT_ID.fullmatch(client_id)):
        raise InvalidInput("客户号形如 C0001,只有客户有。(A client number is like C0001, and only a client has one.)")


def _plate(told: str) -> str:
    found = plates_in("", told)
    if len(found) != 1:
        raise InvalidInput(f"{told!r} 不是车牌。(Not a plate, e.g. 粤A12345.)")
    return next(iter(found))


def _count(table: Table) -> Any:
    own = table.c.organisation_id == organisations.c.id
    return select(func.count()).where(own).correlate(organisations).scalar_subquery()
