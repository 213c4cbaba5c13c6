"""Web push: from an offer to a line on a locked phone, over real HTTP to a push service on the loopback."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from push_service import Browser, PushService, push_service
from py_vapid import Vapid02
from sqlalchemy import Engine, text

from api.main import create_app
from api.messaging import vapid as keys
from api.messaging.courier import Courier, push_door, working
from api.messaging.kept import Kept
from api.messaging.post import Post
from api.messaging.push_door import PushDoor
from api.messaging.web_push import WebPush
from api.privacy.sweeping import sweep
from api.settings import Settings, settings
from dispatch.errors import InvalidInput, Unavailable
from dispatch.message import Kind, Means, Outcome, Outgoing
from dispatch.policy.message_rules import MessageRules
from dispatch.policy.retention import Retention
from geo_data.database import transaction

Headers = dict[str, str]
REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
LIMIT_S, PATIENCE_S = 90.0, 300.0
ONLY_OFFERS = MessageRules(**{kind.value: "" for kind in Kind if kind is not Kind.OFFER})
LOCAL = PushDoor(("push.example.org",), loopback=True)


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as made:
        yield made


@pytest.fixture
def phone(service: PushService, client: TestClient, surveyor: Headers) -> Browser:
    """A surveyor's browser, subscribed."""
    client.app.dependency_overrides[push_door] = lambda: LOCAL  # type: ignore[attr-defined]
    browser = Browser(service)
    answer = client.post("/v1/push/subscribe", json=browser.subscription(), headers=surveyor)
    assert answer.json()["subscriptions"] == 1, answer.text
    return browser


@pytest.fixture
def courier(fleet: Engine, tmp_path: Path) -> Courier:
    push = WebPush(fleet, LOCAL, keys.read(keys.new_key()), "mailto:desk@example.org")
    kept = Kept(tmp_path / "messages")
    return Courier(Post(fleet, {Means.PUSH: push}, kept, ONLY_OFFERS, LIMIT_S, jitter=lambda: 0.0))


def offered(client: TestClient, who: Headers, unit_id: str = "S000") -> dict[str, Any]:
    """An incident offered to a unit."""
    incident = client.post("/v1/reports", json={"text": REPORT}, headers=who).json()
    body = {"unit_id": unit_id, "reason": "熟路"}
    answer = client.post(f"/v1/incidents/{incident['id']}/assignments", json=body, headers=who)
    assert answer.status_code < 300, answer.text
    after: dict[str, Any] = answer.json()
    return after


def outbox(fleet: Engine) -> list[tuple[str, str, bool, str]]:
    """Assignment, unit, whether it is still to be tried, and what it came to."""
    with transaction(fleet) as connection:
        rows = connection.execute(
            text(
                "SELECT about, substr(recipient, 6), next_try_at IS NOT NULL, CASE state WHEN 'waiting' THEN '' ELSE state END "
                "FROM messages WHERE kind = 'offer' ORDER BY caused_at"
            )
        )
        return [tuple(row) for row in rows]


def later(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def times(*seconds: float) -> list[datetime]:
    """Moments of one clock, however long what happens between them takes."""
    began = datetime.now(UTC)
    return [began + timedelta(seconds=s) for s in seconds]


# -- from the offer to the phone -----------------------------------------------------------------------------------


def test_an_offer_reaches_the_phone_encrypted_and_says_nothing_of_anybody(
    client: TestClient, dispatcher: Headers, phone: Browser, service: PushService, courier: Courier, fleet: Engine
) -> None:
    began = time.monotonic()
    incident = offered(client, dispatcher)
    assert courier.round(later(0.1)) == 1
    took_s = time.monotonic() - began
    (push,) = service.came
    assert phone.read(push) == {"title": MessageRules().offer, "incident": incident["id"]}
    assert incident["id"].encode() not in push.body
    assert (push.headers["urgency"], push.headers["topic"]) == ("high", "offer")
    assert LIMIT_S - 2 - took_s <= int(push.headers["ttl"]) <= LIMIT_S
    assert push.headers["content-encoding"] == "aes128gcm"
    assert Vapid02.verify(push.headers["authorization"])
    job = incident["assignments"][0]["id"]
    assert outbox(fleet) == [(job, "S000", False, "sent")]
    assert courier.round(later(1)) == 0  # once is enough


def test_an_offer_and_its_message_are_written_together_or_not_at_all(
    client: TestClient, dispatcher: Headers, fleet: Engine
) -> None:
    with transaction(fleet) as connection:
        connection.execute(text("ALTER TABLE messages ADD CHECK (recipient <> 'unit:S000')"))
    incident = client.post("/v1/reports", json={"text": REPORT}, headers=dispatcher).json()
    path, body = f"/v1/incidents/{incident['id']}/assignments", {"unit_id": "S000", "reason": "熟路"}
    with TestClient(create_app(), raise_server_exceptions=False) as other:
        assert other.post(path, json=body, headers=dispatcher).status_code == 500
    assert client.get(f"/v1/incidents/{incident['id']}", headers=dispatcher).json()["assignments"] == []
    job = client.post(path, json=body | {"unit_id": "S001"}, headers=dispatcher).json()["assignments"][0]["id"]
    assert outbox(fleet) == [(job, "S001", True, "")]


def test_the_courier_works_by_itself_within_moments(
    client: TestClient, dispatcher: Headers, phone: Browser, service: PushService, courier: Courier, fleet: Engine
) -> None:
    with working(lambda: courier):
        offered(client, dispatcher)
        limit_s = time.monotonic() + PATIENCE_S
        while not outbox(fleet)[0][3]:
            assert time.monotonic() < limit_s, "nobody took it"
            time.sleep(0.05)
    assert outbox(fleet)[0][3] == "sent"
    assert len(service.came) == 1


def test_an_answered_offer_and_a_late_one_are_not_pushed(
    client: TestClient,
    dispatcher: Headers,
    surveyor: Headers,
    phone: Browser,
    service: PushService,
    courier: Courier,
    fleet: Engine,
) -> None:
    job = offered(client, dispatcher)["assignments"][0]["id"]
    client.post(f"/v1/assignments/{job}/accept", headers=surveyor)
    offered(client, dispatcher, "S001")
    assert courier.round(later(0.1)) == 1  # that of S001, who has no browser
    offered(client, dispatcher, "S002")
    assert courier.round(later(LIMIT_S + 5)) == 0
    assert service.came == []
    assert [o[3] for o in outbox(fleet)] == ["moot", "nobody", "expired"]


# -- what can go wrong ---------------------------------------------------------------------------------------------


def test_a_busy_service_is_tried_again_with_growing_waits(
    client: TestClient, dispatcher: Headers, phone: Browser, service: PushService, courier: Courier, fleet: Engine
) -> None:
    service.answers["/phone"] = [503, 429]
    offered(client, dispatcher)
    tries = [courier.round(at) for at in times(0.1, 0.5, 1.2, 2.5, 3.5)]
    assert tries == [1, 0, 1, 0, 1]
    assert len(service.came) == 3
    assert outbox(fleet)[0][3] == "sent"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    client: TestClient,
    dispatcher: Headers,
    surveyor: Headers,
    phone: Browser,
    service: PushService,
    courier: Courier,
    status: int,
) -> None:
    service.answers["/phone"] = [status]
    offered(client, dispatcher)
    courier.round(later(0.1))
    assert client.get("/v1/push", headers=surveyor).json()["subscriptions"] == 0
    assert courier.round(later(30)) == 0


@pytest.mark.parametrize("status", [302, 400, 403, 413])
def test_a_refusal_is_kept_and_not_repeated_and_no_redirect_is_followed(
    client: TestClient,
    dispatcher: Headers,
    phone: Browser,
    service: PushService,
    courier: Courier,
    fleet: Engine,
    status: int,
) -> None:
    service.answers["/phone"] = [status]
    offered(client, dispatcher)
    courier.round(later(0.1))
    assert courier.round(later(30)) == 0
    assert [push.path for push in service.came] == ["/phone"]
    assert outbox(fleet)[0][3] == "failed"
    with transaction(fleet) as connection:
        error = connection.execute(text("SELECT last_error FROM push_subscriptions")).scalar_one()
    assert error == f"push service answered {status}"


def test_of_two_browsers_only_the_one_that_missed_it_is_tried_again(
    client: TestClient,
    dispatcher: Headers,
    surveyor: Headers,
    phone: Browser,
    service: PushService,
    courier: Courier,
    fleet: Engine,
) -> None:
    tablet = Browser(service, "tablet")
    client.post("/v1/push/subscribe", json=tablet.subscription(), headers=surveyor)
    service.answers["/tablet"] = [500]
    offered(client, dispatcher)
    courier.round(later(0.1))
    courier.round(later(1.5))
    assert sorted(push.path for push in service.came) == ["/phone", "/tablet", "/tablet"]
    assert outbox(fleet)[0][3] == "sent"


def test_a_service_that_does_not_answer_is_tried_until_the_offer_ends(
    client: TestClient, dispatcher: Headers, phone: Browser, courier: Courier, fleet: Engine
) -> None:
    with transaction(fleet) as connection:
        connection.execute(text("UPDATE push_subscriptions SET endpoint = 'http://127.0.0.1:9/phone'"))
    offered(client, dispatcher)
    assert sum(map(courier.round, times(*range(0, 200, 2)))) == 7  # 0, 1, 3, 7, 15, 31, 63 s, none at 127 s
    assert outbox(fleet)[0][3] == "failed"


def test_one_units_trouble_does_not_keep_anothers_message(
    client: TestClient, dispatcher: Headers, phone: Browser, service: PushService, courier: Courier, fleet: Engine
) -> None:
    class Stumbles:
        def send(self, message: Outgoing) -> Outcome:
            if message.to == "S001":
                raise RuntimeError("a bug")
            return courier.post.channels[Means.PUSH].send(message)

    offered(client, dispatcher)
    offered(client, dispatcher, "S001")
    Courier(replace(courier.post, channels={Means.PUSH: Stumbles()})).round(later(0.1))
    assert len(service.came) == 1
    assert [(o[1], o[3]) for o in outbox(fleet)] == [("S000", "sent"), ("S001", "")]


def test_settled_messages_are_forgotten_after_their_time(
    client: TestClient, dispatcher: Headers, courier: Courier, fleet: Engine
) -> None:
    offered(client, dispatcher)
    rules = Retention(messages_months=1.0)
    sweep(fleet, rules, later(60 * 86_400))
    assert len(outbox(fleet)) == 1  # not settled yet
    courier.round(later(0.1))
    sweep(fleet, rules, later(86_400))
    assert len(outbox(fleet)) == 1
    sweep(fleet, rules, later(60 * 86_400))
    assert outbox(fleet) == []


# -- who may subscribe, and to where -------------------------------------------------------------------------------


def test_signing_out_ends_it_and_a_phone_that_changes_hands_follows_its_new_owner(
    client: TestClient, surveyor: Headers, dispatcher: Headers, phone: Browser
) -> None:
    assert client.post("/v1/push/subscribe", json=phone.subscription(), headers=dispatcher).status_code == 403
    body = {"endpoint": phone.endpoint}
    assert client.post("/v1/push/unsubscribe", json=body, headers=dispatcher).status_code == 200  # not theirs
    assert client.get("/v1/push", headers=surveyor).json()["subscriptions"] == 1
    for _ in range(2):
        assert client.post("/v1/push/unsubscribe", json=body, headers=surveyor).json()["subscriptions"] == 0


def test_one_account_has_a_handful_of_browsers_at_most(
    client: TestClient, surveyor: Headers, phone: Browser, service: PushService
) -> None:
    counts = [
        client.post("/v1/push/subscribe", json=Browser(service, f"b{n}").subscription(), headers=surveyor).json()
        for n in range(8)
    ]
    assert counts[-1]["subscriptions"] == 5


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/x",
        "https://push.example.org:8443/x",
        "https://user@push.example.org/x",
        "https://push.example.org.evil.test/x",
        "https://evil.test/push.example.org",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://push.example.org\\@evil.test/x",
        "https://push.example.org /x",
        "https://push.exämple.org/x",
        "file:///etc/passwd",
        "//push.example.org/x",
        "https://push.example.org:x/",
        "x",
    ],
)
def test_an_endpoint_elsewhere_is_refused(
    client: TestClient, surveyor: Headers, service: PushService, endpoint: str
) -> None:
    door = PushDoor(("push.example.org",))
    client.app.dependency_overrides[push_door] = lambda: door  # type: ignore[attr-defined]
    body = Browser(service).subscription() | {"endpoint": endpoint}
    assert client.post("/v1/push/subscribe", json=body, headers=surveyor).status_code == 422
    with pytest.raises(InvalidInput):
        door.post(endpoint, b"", {})


@pytest.mark.parametrize("wrong", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "!"}, {"auth": ""}])
def test_keys_that_are_none_are_refused(
    client: TestClient, surveyor: Headers, service: PushService, wrong: dict[str, str]
) -> None:
    sent = Browser(service).subscription()
    body = sent | {"endpoint": "https://web.push.apple.com/x", "keys": sent["keys"] | wrong}
    assert client.post("/v1/push/subscribe", json=body, headers=surveyor).status_code == 422


def test_a_listed_name_that_leads_into_a_private_network_is_refused() -> None:
    with pytest.raises(InvalidInput, match="private"):
        PushDoor(("localhost",)).post("https://localhost/x", b"", {})


def test_stars_stand_for_hosts_below() -> None:
    door = PushDoor(("*.notify.example.org",))
    assert door.check("https://a.b.notify.example.org/x?y") == "https://a.b.notify.example.org"
    for other in ("https://notify.example.org/x", "https://xnotify.example.org/x"):
        with pytest.raises(InvalidInput):
            door.check(other)


def test_a_name_nobody_knows_is_away_for_now() -> None:
    with pytest.raises(Unavailable, match="name"):
        PushDoor(("push.invalid",)).post("https://push.invalid/x", b"", {})


# -- keys and settings ---------------------------------------------------------------------------------------------


def test_the_key_is_made_once_is_its_owners_alone_and_is_what_browsers_get(
    client: TestClient, surveyor: Headers, wired: str
) -> None:
    shown = client.get("/v1/push", headers=surveyor).json()
    assert shown["available"] is True
    assert shown["key"] == keys.public_key(keys.vapid())
    assert len(shown["key"]) == 87  # 65 bytes
    assert (settings().state / keys.FILE).stat().st_mode & 0o077 == 0
    keys.vapid.cache_clear()
    assert client.get("/v1/push", headers=surveyor).json() == shown


def test_a_key_that_is_none_is_refused_without_being_shown() -> None:
    for wrong in ("", "AAAA", "A" * 43, "not base64 at all!", "_" * 43):
        with pytest.raises(InvalidInput, match="GZ_VAPID_KEY") as told:
            keys.read(wrong)
        assert not wrong or wrong not in str(told.value)


def test_push_hosts_are_given_with_commas_and_none_switches_push_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GZ_PUSH_HOSTS", "push.example.org, *.notify.example.org")
    assert Settings().push_hosts == ("push.example.org", "*.notify.example.org")
    monkeypatch.setenv("GZ_PUSH_HOSTS", "")
    assert Settings().push_hosts == ()
    for wrong in ("https://push.example.org", "*", "*.", "localhost", "127.0.0.1/8"):
        monkeypatch.setenv("GZ_PUSH_HOSTS", wrong)
        with pytest.raises(ValueError, match="push_hosts"):
            Settings()
