"""What an administrator does about organisations; the house itself stays as it is."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from api.administration.acts import Acting
from dispatch.errors import NotAllowed
from dispatch.vocabulary import AdministrativeAct as Act
from geo_data.stores import session_store
from geo_data.stores.organisation_store import Listed, Organisation, PostgisOrganisations
from geo_data.tables.access_schema import HOUSE
from geo_data.tables.schema import users


class Organisations(Acting):
    """Clients, partner shops and tow companies."""

    def add(
        self,
        made: Organisation,
        *,
        plates: Iterable[str] = (),
        units: Collection[str] = (),
        shops: Collection[str] = (),
    ) -> None:
        """Add an organisation with what is its own; raises as `PostgisOrganisations.add`."""
        PostgisOrganisations(self.connection).add(made, self.now, plates=plates, units=units, shops=shops)
        self.note(Act.ORGANISATION_ADDED, made.id, _words(made))

    def change(self, organisation_id: str, name: str, client_id: str | None) -> None:
        """Give an organisation another name or client number; raises `UnknownId` and `InvalidInput`."""
        before = self._known(organisation_id).organisation
        after = Organisation(id=before.id, kind=before.kind, name=name, client_id=client_id)
        if after != before:
            PostgisOrganisations(self.connection).rename(organisation_id, name, client_id)
            self.note(Act.ORGANISATION_CHANGED, organisation_id, f"{_words(before)} → {_words(after)}")

    def disable(self, organisation_id: str) -> None:
        """Shut everybody of an organisation out at once; its cases, vehicles and units stay its own."""
        if organisation_id == HOUSE:
            raise NotAllowed("本公司不能停用。(The house itself stays.)")
        if self._known(organisation_id).disabled_at is not None:
            return
        PostgisOrganisations(self.connection).disable(organisation_id, self.now)
        for name in self.connection.execute(select(users.c.name).where(users.c.organisation_id == organisation_id)):
            session_store.end_all(self.connection, name[0], self.now)
        self.note(Act.ORGANISATION_DISABLED, organisation_id)

    def enable(self, organisation_id: str) -> None:
        """Let the people of an organisation sign in again; those disabled one by one stay so."""
        if self._known(organisation_id).disabled_at is not None:
            PostgisOrganisations(self.connection).disable(organisation_id, None)
            self.note(Act.ORGANISATION_ENABLED, organisation_id)

    def _known(self, organisation_id: str) -> Listed:
        return PostgisOrganisations(self.connection).one(organisation_id)


def _words(one: Organisation) -> str:
    return " · ".join(filter(None, (one.kind, one.name, one.client_id)))
