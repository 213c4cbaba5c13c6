"""Messages from the facts that cause them to a gateway on the loopback: each told once, none late, none simulated."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from mail_server import mail_server
from pydantic import SecretStr
from sms_gateway import KEY, SmsReplay, sms_gateway
from sqlalchemy import Engine, text

from api.messaging import courier as couriers
from api.messaging.courier import Courier
from api.messaging.kept import Kept, masked
from api.messaging.mail import Mail
from api.messaging.making_out import House
from api.messaging.post import Post
from api.messaging.real_cases import RealCases
from api.messaging.sms_gateway import SmsGateway, came
from api.settings import settings
from dispatch.background import Backlog
from dispatch.errors import InvalidInput
from dispatch.message import Came, Kind, Means, Outcome, Outgoing, State
from dispatch.policy.message_rules import MessageRules
from geo_data.database import transaction
from geo_data.stores.message_store import PostgisMessages

Headers = dict[str, str]
PHONE = "13800138000"
REPORT = {"text": "天河区黄埔大道西与猎德大道交叉口,两车追尾", "phone": PHONE}
DUTY = "13900139000"


@pytest.fixture
def gateway() -> Iterator[SmsReplay]:
    with sms_gateway() as made:
        yield made


@pytest.fixture
def courier(fleet: Engine, gateway: SmsReplay, tmp_path: Path) -> Courier:
    sms = RealCases(SmsGateway(gateway.url, SecretStr(KEY), "某保险"))
    house = House("某保险", "95500", DUTY, "duty@insurer.example")
    kept = Kept(tmp_path / "messages")
    url = "https://cases.example.com/case/"
    return Courier(Post(fleet, {Means.SMS: sms}, kept, MessageRules(), 90.0, house, url, lambda: 0.0))


def later(seconds: float = 0.1) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def states(fleet: Engine, incident: str) -> dict[str, str]:
    with transaction(fleet) as connection:
        return {m.kind.value: m.state.value for m in PostgisMessages(connection).of_incident(incident)}


def take_report(client: TestClient, who: Headers, **more: Any) -> str:
    answer = client.post("/v1/reports", json=REPORT | more, headers=who)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def offer(client: TestClient, who: Headers, incident: str) -> str:
    body = {"unit_id": "S000", "reason": "熟路"}
    answer = client.post(f"/v1/incidents/{incident}/assignments", json=body, headers=who)
    return str(answer.json()["assignments"][0]["id"])


def offered_at(client: TestClient, who: Headers, incident: str) -> datetime:
    """When the last offer of an incident was made."""
    shown = client.get(f"/v1/incidents/{incident}", headers=who).json()
    return datetime.fromisoformat(shown["assignments"][-1]["offered_at"])


def of(gateway: SmsReplay, template: str) -> list[dict[str, Any]]:
    return [said for said in gateway.sent.values() if said["template"] == template]


# -- the caller ----------------------------------------------------------------------------------------------------


def test_a_caller_hears_of_the_report_with_a_link_that_opens_then_who_comes_and_that_they_are_there(
    client: TestClient, dispatcher: Headers, surveyor: Headers, courier: Courier, gateway: SmsReplay, fleet: Engine
) -> None:
    incident = take_report(client, dispatcher)
    courier.round(later())
    (taken,) = of(gateway, "report_taken")
    assert (taken["phone"], taken["sign"], taken["params"]["id"]) == (PHONE, "某保险", incident)
    token = taken["params"]["link"].removeprefix("https://cases.example.com/case/")
    assert client.get(f"/v1/cases/{token}").json()["number"] == incident
    job = offer(client, dispatcher, incident)
    for step, template in (("accept", "accepted"), ("depart", ""), ("arrive", "arrived")):
        client.post(f"/v1/assignments/{job}/{step}", headers=surveyor).raise_for_status()
        courier.round(later())
        if template:
            (told,) = of(gateway, template)
            assert told["params"]["name"] == "查勘员000"
    before = len(gateway.came)
    assert courier.round(later(1)) == 0  # each once
    assert len(gateway.came) == before
    kinds = states(fleet, incident)
    assert {kinds[k] for k in ("report_taken", "accepted", "arrived")} == {"sent"}


def test_a_new_arrival_is_told_once_it_is_later_by_what_the_policy_says(
    client: TestClient, dispatcher: Headers, surveyor: Headers, courier: Courier, gateway: SmsReplay, fleet: Engine
) -> None:
    from dispatch import events as ev  # noqa: PLC0415
    from geo_data.stores.postgis_log import PostgisLog  # noqa: PLC0415

    incident = take_report(client, dispatcher)
    job = offer(client, dispatcher, incident)
    client.post(f"/v1/assignments/{job}/accept", headers=surveyor)
    courier.round(later())
    for minutes, told in ((4, 0), (9, 1), (10, 1), (16, 2)):
        with transaction(fleet) as connection:
            log = PostgisLog(connection)
            state = log.incident(incident)
            eta_at = state.assignment(job).offer.eta_at + timedelta(minutes=minutes)
            revised = ev.ForecastRevised(
                incident_id=incident, at=later(0), assignment_id=job, unit_id="S000", eta_at=eta_at, p_kept=0.2
            )
            log.append([revised], after=state.version)
        courier.round(later())
        assert len(of(gateway, "later")) == told


def test_a_result_is_told_and_that_it_was_told_is_a_fact(
    client: TestClient, dispatcher: Headers, surveyor: Headers, courier: Courier, gateway: SmsReplay, fleet: Engine
) -> None:
    incident = take_report(client, dispatcher)
    job = offer(client, dispatcher, incident)
    for step in ("accept", "depart", "arrive", "clear"):
        client.post(f"/v1/assignments/{job}/{step}", headers=surveyor).raise_for_status()
    path = f"/v1/incidents/{incident}/claim"
    for step, body in (
        ("assessed", {"amount_yuan": 1200}),
        ("reviewed", {"opinion": "approved"}),
        ("paid", {"amount_yuan": 1200}),
    ):
        client.post(f"{path}/{step}", json=body, headers=dispatcher).raise_for_status()
    courier.round(later())
    courier.round(later(1))
    (told,) = of(gateway, "paid")
    assert told["params"]["amount"] == "1200.00"
    with transaction(fleet) as connection:
        facts = connection.execute(text("SELECT body FROM events WHERE kind = 'ClientTold'")).scalars().all()
    assert [fact["means"] for fact in facts] == ["sms"]


# -- units and the manager on duty -----------------------------------------------------------------------------------


def test_an_offer_goes_by_text_message_only_where_nobody_answers_in_time_and_never_after_its_end(
    client: TestClient, dispatcher: Headers, surveyor: Headers, courier: Courier, gateway: SmsReplay, fleet: Engine
) -> None:
    with transaction(fleet) as connection:
        connection.execute(text("UPDATE units SET contacts = ARRAY['微信 x', '138 0013 8001'] WHERE id = 'S000'"))
    answered, waiting = take_report(client, dispatcher), take_report(client, dispatcher, text="越秀区北京路追尾")
    job = offer(client, dispatcher, answered)
    courier.round(later())
    client.post(f"/v1/assignments/{job}/accept", headers=surveyor)
    courier.round(later(31))
    assert of(gateway, "offer_again") == []
    assert states(fleet, answered)["offer_again"] == "moot"
    client.post(f"/v1/assignments/{job}/release", json={"reason": "改派"}, headers=dispatcher)
    offer(client, dispatcher, waiting)
    at = offered_at(client, dispatcher, waiting)
    courier.round(at + timedelta(seconds=29))
    assert of(gateway, "offer_again") == []
    courier.round(at + timedelta(seconds=31))
    (told,) = of(gateway, "offer_again")
    assert told["phone"] == "13800138001"
    client.post(f"/v1/assignments/{job}/accept", headers=surveyor)


def test_the_manager_on_duty_hears_of_a_promise_in_danger_by_mail_where_the_gateway_fails(
    client: TestClient, dispatcher: Headers, courier: Courier, gateway: SmsReplay, fleet: Engine
) -> None:
    from dispatch import events as ev  # noqa: PLC0415
    from dispatch.vocabulary import RiskKind  # noqa: PLC0415
    from geo_data.stores.postgis_log import PostgisLog  # noqa: PLC0415

    incident = take_report(client, dispatcher)
    courier.round(later())
    with transaction(fleet) as connection:
        log = PostgisLog(connection)
        raised = ev.RiskRaised(
            incident_id=incident, at=later(0), risk=RiskKind.UNASSIGNED, assignment_id=None, p_kept=0.0
        )
        log.append([raised], after=log.incident(incident).version)
    gateway.answers = [(200, "BAD_TEMPLATE")]
    with mail_server() as server:
        mail = RealCases(Mail("127.0.0.1", server.server_address[1], "desk@insurer.example", tls=False))
        both = {**courier.post.channels, Means.MAIL: mail}
        with_mail = Courier(replace(courier.post, channels=both))
        with_mail.round(later())
        with_mail.round(later(1))
        (sent,) = server.taken
    assert b"duty@insurer.example" in sent
    assert states(fleet, incident)["alarm"] == "sent"


# -- what can go wrong -------------------------------------------------------------------------------------------------


def test_a_busy_gateway_is_tried_again_and_a_refusal_is_given_up_where_the_desk_sees_it(
    client: TestClient, dispatcher: Headers, manager: Headers, courier: Courier, gateway: SmsReplay, fleet: Engine
) -> None:
    gateway.answers = [(503, ""), (200, "BUSY")]
    busy = take_report(client, dispatcher)
    for seconds in (0.1, 1.3, 3.6):
        courier.round(later(seconds))
    assert states(fleet, busy)["report_taken"] == "sent"
    assert len({said["client_id"] for said in gateway.came}) == 1
    gateway.answers = [(200, "ILLEGAL_NUMBER")]
    refused = take_report(client, dispatcher)
    courier.round(later())
    shown = client.get(f"/v1/incidents/{refused}/messages", headers=dispatcher).json()
    (failed,) = [m for m in shown if m["kind"] == "report_taken"]
    assert (failed["state"], failed["why"], failed["channel"]) == ("failed", "gateway said ILLEGAL_NUMBER", "sms")
    assert PHONE not in json.dumps(shown)
    assert client.get("/v1/messages/failed", headers=manager).json() == {"failed": 1, "hours": 24}


def test_a_courier_stopped_between_sending_and_writing_down_sends_again_under_the_same_id(
    client: TestClient, dispatcher: Headers, courier: Courier, gateway: SmsReplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_report(client, dispatcher)
    with monkeypatch.context() as patch:
        patch.setattr(Post, "_settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            courier.round(later())
    courier.round(later())
    assert len(gateway.came) == 2  # twice to the gateway, which knows the id …
    assert len(gateway.sent) == 1  # … and once to the caller


def test_without_a_number_there_is_nobody_and_no_log_holds_any_number(
    client: TestClient,
    dispatcher: Headers,
    courier: Courier,
    gateway: SmsReplay,
    fleet: Engine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    silent = take_report(client, dispatcher, phone="")
    gateway.answers = [(400, ""), (500, "")]
    take_report(client, dispatcher)
    courier.round(later())
    assert states(fleet, silent)["report_taken"] == "nobody"
    assert PHONE not in caplog.text
    with transaction(fleet) as connection:
        rows = connection.execute(text("SELECT messages::text FROM messages")).scalars().all()
    assert not any(PHONE in row for row in rows)


def test_an_answer_is_taken_for_what_it_says() -> None:
    cases = [(200, b'{"code": "OK"}'), (200, b'{"code": "DUPLICATE"}'), (200, b"<html>"), (200, b"[]"), (302, b"")]
    found = [came(*case).came for case in cases]
    assert found == [Came.THERE, Came.THERE, Came.LATER, Came.LATER, Came.REFUSED]
    assert came(200, b'{"code": "13800138000"}').why == "gateway said another code"


def test_numbers_travel_only_encrypted_or_within_this_machine() -> None:
    with pytest.raises(InvalidInput, match="https"):
        SmsGateway("http://sms.example.com/send", SecretStr("k"), "")


# -- what is simulated, and what nobody is there to send ---------------------------------------------------------------


def test_what_was_due_in_a_past_that_is_only_written_is_neither_sent_nor_counted_as_waiting(
    client: TestClient, dispatcher: Headers, courier: Courier, gateway: SmsReplay, fleet: Engine
) -> None:
    incident, at = take_report(client, dispatcher), later()
    with transaction(fleet) as connection:
        messages = PostgisMessages(connection)
        assert messages.backlog(at).n > 0
        messages.let_pass(at)
        assert messages.backlog(at) == Backlog()
    courier.round(at)
    assert gateway.came == []
    assert set(states(fleet, incident).values()) == {"expired"}


def test_a_simulated_case_never_leaves_the_house_by_any_channel(
    client: TestClient, dispatcher: Headers, courier: Courier, gateway: SmsReplay, fleet: Engine, tmp_path: Path
) -> None:
    with transaction(fleet) as connection:
        connection.execute(text("UPDATE units SET simulated = true"))
    incident = take_report(client, dispatcher)
    offer(client, dispatcher, incident)  # the unit is simulated, and with it the incident from then on
    with transaction(fleet) as connection:
        connection.execute(text("UPDATE messages SET simulated = true"))  # the report was taken before
    courier.round(later())
    courier.round(later(31))
    assert gateway.came == []
    (file,) = (tmp_path / "messages").iterdir()
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert {line["kind"] for line in lines} >= {"report_taken", "offer", "offer_again"}
    assert all(line["simulated"] for line in lines)
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kind", [*Kind])
def test_the_lock_on_real_channels_holds_for_every_kind(kind: Kind) -> None:
    class Outside:
        def send(self, message: Outgoing) -> Outcome:
            raise AssertionError(message.kind)

    message = Outgoing(
        id="x", kind=kind, incident_id="A", to=PHONE, title="", text="", template="", params={},
        until=later(60), simulated=True,
    )  # fmt: skip
    assert RealCases(Outside()).send(message).came is Came.REFUSED


def test_every_channel_of_the_settings_has_the_lock_and_without_any_all_is_kept(
    wired: str, fleet: Engine, client: TestClient, dispatcher: Headers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert set(couriers.channels(fleet)) == {Means.PUSH}
    for name, value in {
        "GZ_SMS_URL": "https://sms.example.com/send", "GZ_SMS_KEY": "k", "GZ_SMTP_HOST": "127.0.0.1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    found = couriers.channels(fleet)
    assert set(found) == {Means.PUSH, Means.SMS, Means.MAIL}
    assert all(isinstance(channel, RealCases) for channel in found.values())
    incident = take_report(client, dispatcher)
    Courier(Post(fleet, {}, Kept(tmp_path), MessageRules(), 90.0)).round(later())
    assert states(fleet, incident)["report_taken"] == State.KEPT.value
    line = json.loads(next(tmp_path.glob("*.jsonl")).read_text(encoding="utf-8").splitlines()[0])
    assert line["to"] == masked(PHONE) == "138****8000"


def test_what_was_kept_is_deleted_after_its_days(tmp_path: Path) -> None:
    for day in ("2026-10-01", "2026-11-01"):
        (tmp_path / f"{day}.jsonl").write_text("{}\n")
    Kept(tmp_path).forget_before(datetime(2026, 10, 15, tzinfo=UTC))
    assert [p.name for p in tmp_path.iterdir()] == ["2026-11-01.jsonl"]
