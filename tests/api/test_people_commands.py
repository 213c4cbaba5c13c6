"""``gzdispatch organisation`` and ``gzdispatch user``."""

from datetime import UTC, datetime
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from api.administration.listing import everybody
from api.cli import app
from dispatch.errors import Conflict, InvalidInput, UnknownId
from geo_data.database import transaction
from geo_data.stores.organisation_store import PostgisOrganisations

SECRET = "correct horse battery"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), terminal_width=200)


def test_a_client_is_added_with_its_fleet_and_its_manager_signs_in_until_disabled(
    client: TestClient, fleet: Engine, tmp_path: Path
) -> None:
    plates = tmp_path / "fleet.txt"
    plates.write_text("粤A·12345\n\n粤A 67890\n", encoding="utf-8")
    added = run("organisation", "add", "huanwei", "client", "环卫车队", "--plates", str(plates), "--client", "C0001")
    assert added.exit_code == 0, added.output
    assert "环卫车队" in run("organisation", "list").stdout
    made = run("user", "add", "li", "manager", "--organisation", "huanwei", "--password", SECRET)
    assert made.exit_code == 0, made.output
    body = {"username": "li", "password": SECRET}
    assert client.post("/v1/session", json=body).json()["seat"] == "client"
    assert "huanwei" in run("user", "list").stdout
    assert run("user", "disable", "li").exit_code == 0
    assert client.post("/v1/session", json=body).status_code == 401
    assert "disabled" in run("user", "list").stdout


WRONG: tuple[tuple[tuple[str, ...], type[Exception]], ...] = (
    (("organisation", "add", "x", "insurer", "另一家"), InvalidInput),
    (("organisation", "add", "x", "shop", "厂", "--shop", "R99"), InvalidInput),
    (("organisation", "add", "x", "client", "队", "--unit", "S000"), InvalidInput),
    (("organisation", "add", "house", "client", "队"), Conflict),
    (("user", "add", "x", "king", "--password", SECRET), InvalidInput),
    (("user", "add", "x", "partner", "--password", SECRET), InvalidInput),
    (("user", "add", "x", "surveyor", "--password", SECRET), InvalidInput),
    (("user", "add", "x", "surveyor", "--unit", "S99", "--password", SECRET), UnknownId),
    (("user", "add", "x", "auditor", "--password", "short"), InvalidInput),
    (("user", "add", "x", "manager", "--organisation", "nowhere", "--password", SECRET), InvalidInput),
    (("user", "disable", "nobody"), UnknownId),
)


def test_what_cannot_be_is_refused_and_nothing_is_kept(fleet: Engine) -> None:
    for words, error in WRONG:
        assert isinstance(run(*words).exception, error), words
    with transaction(fleet) as connection:
        assert [o.organisation.id for o in PostgisOrganisations(connection).all()] == ["house"]
        assert len(everybody(connection, datetime.now(UTC))) == 3
