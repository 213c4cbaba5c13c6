"""Secret links, reports sent more than once, and how often strangers knock."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from dispatch.events import IncidentReported
from dispatch.vocabulary import Channel, Tier
from geo_data.stores.case_links import PostgisCaseLinks
from geo_data.stores.knocks import EVERYBODY, count, forget_before, someone
from geo_data.stores.postgis_log import PostgisLog

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def links(connection: Connection) -> PostgisCaseLinks:
    reported = IncidentReported(incident_id="A", at=NOW, text="追尾", channel=Channel.CALLER, tier=Tier.STANDARD)
    PostgisLog(connection).append([reported], after=0)
    return PostgisCaseLinks(connection)


def test_each_link_is_new_and_all_of_a_case_open_it(links: PostgisCaseLinks) -> None:
    tokens = {links.issue("A", NOW, by="caller") for _ in range(20)}
    assert len(tokens) == 20
    assert {links.incident_of(token) for token in tokens} == {"A"}


@pytest.mark.parametrize("token", ["", "A", "x" * 32, "x" * 5000, "案件", "a\0b"])
def test_what_was_never_issued_opens_nothing(links: PostgisCaseLinks, token: str) -> None:
    assert links.incident_of(token) is None


def test_a_key_remembers_its_report_and_whether_the_same_was_sent(links: PostgisCaseLinks) -> None:
    assert links.report_of("key", b"said") is None
    links.keep_report("key", b"said", "A", NOW)
    assert links.report_of("key", b"said") == ("A", True)
    assert links.report_of("key", b"said otherwise") == ("A", False)
    assert links.report_of("another", b"said") is None


def test_knocks_are_counted_by_door_and_address_until_the_window_is_over(connection: Connection) -> None:
    me, you = someone("203.0.113.1", "s"), someone("203.0.113.2", "s")

    def knock(door: str, who: bytes, after_s: float) -> int:
        return count(connection, door, who, NOW + timedelta(seconds=after_s), 600).n

    assert [knock("report", me, s) for s in (0, 1, 599)] == [1, 2, 3]
    assert (knock("report", you, 1), knock("other", me, 1), knock("report", EVERYBODY, 1)) == (1, 1, 1)
    assert knock("report", me, 600) == 1
    later = count(connection, "report", me, NOW + timedelta(seconds=700), 600)
    assert (later.n, later.again_at) == (2, NOW + timedelta(seconds=1200))
    assert forget_before(connection, NOW + timedelta(seconds=2)) == 3
    assert knock("report", me, 701) == 3
