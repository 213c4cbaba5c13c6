"""Roster, shops and position fixes on PostGIS."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from dispatch.errors import UnknownId
from dispatch.events import Candidate, IncidentReported, UnitOffered
from dispatch.location import Position
from dispatch.unit import DutyChange, Fix, PartnerRepairShop, Shift, Unit
from dispatch.vocabulary import AssignmentStatus, Channel, DutyKind, Role, Skill, Tier, UnitStatus
from geo_data.database import plain_url, transaction
from geo_data.fleet_tracks import tracks
from geo_data.stores.fix_store import NOTICE_BYTES, notices
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.postgis_log import PostgisLog

NOW = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
HERE = Position(113.3217, 23.1196)
LI = Unit(id="u1", name="李", role=Role.SURVEYOR, standby=HERE, shift=Shift(time(7, 30), time(19)), plate="粤A12345")
TOW = Unit(
    id="t1",
    name="施救一号",
    role=Role.TOW_UNIT,
    standby=Position(113.2, 23.0),
    simulated=True,
    skills=frozenset({Skill.EXPRESSWAY, Skill.HEAVY_TOW}),
    backup_rank=2,
    contacts=("13800000000", "企业微信 li"),
)


def fix(seconds: float, unit_id: str = "u1") -> Fix:
    where = Position(113.3 + seconds / 1e5, 23.1)
    return Fix(unit_id=unit_id, position=where, at=NOW + timedelta(seconds=seconds), accuracy_m=8.5, heading_deg=90.0)


@pytest.fixture
def fleet(connection: Connection) -> PostgisFleet:
    made = PostgisFleet(connection)
    made.save_units([LI, TOW])
    return made


def test_units_come_back_as_they_were_saved(fleet: PostgisFleet) -> None:
    assert fleet.unit("u1") == LI
    assert [s.unit for s in fleet.states(NOW)] == [TOW, LI]
    assert [s.unit for s in fleet.states(NOW, {"u1", "nobody"})] == [LI]
    assert fleet.states(NOW, set()) == []


def test_saving_a_known_unit_again_replaces_it(fleet: PostgisFleet) -> None:
    fleet.save_units([replace(LI, name="李明")])
    assert fleet.unit("u1").name == "李明"
    assert len(fleet.states(NOW)) == 2


def test_an_unknown_unit_has_no_entry_and_no_track(fleet: PostgisFleet) -> None:
    with pytest.raises(UnknownId, match="u9"):
        fleet.unit("u9")
    with pytest.raises(UnknownId, match="u9"):
        fleet.track("u9", NOW)
    assert fleet.track("u1", NOW) == []


def test_shops_come_back_as_they_were_saved(fleet: PostgisFleet) -> None:
    shops = [PartnerRepairShop(id=f"s{n}", name=f"{n}号厂", position=HERE, designated=n == 1) for n in (1, 2)]
    shops[1] = replace(shops[1], hours=Shift(time(8), time(20)), makes=frozenset({"比亚迪", "东风"}), capacity=6)
    fleet.save_shops(shops)
    fleet.save_shops([])
    assert fleet.shops() == shops


def test_the_latest_fix_moves_the_unit(fleet: PostgisFleet) -> None:
    assert fleet.record_fixes([fix(-20), fix(-5), fix(-10), fix(-7, "t1")], NOW) == []
    assert {s.unit.id: s.fix for s in fleet.states(NOW)} == {"u1": fix(-5), "t1": fix(-7, "t1")}


def test_a_fix_keeps_what_the_device_said_of_it(fleet: PostgisFleet) -> None:
    said = replace(fix(5), speed_mps=11.0, mocked=True)
    assert fleet.record_fixes([said], NOW + timedelta(seconds=6)) == []
    assert fleet.track("u1", NOW) == [said]
    assert {s.unit.id: s.fix for s in fleet.states(NOW + timedelta(seconds=6))}["u1"] == said


def test_a_late_fix_joins_the_track_but_does_not_move_the_unit(fleet: PostgisFleet) -> None:
    fleet.record_fixes([fix(-5)], NOW)
    assert fleet.record_fixes([fix(-30)], NOW) == []
    assert fleet.states(NOW)[1].fix == fix(-5)
    assert fleet.track("u1", NOW - timedelta(seconds=30)) == [fix(-30), fix(-5)]
    assert fleet.track("u1", NOW - timedelta(seconds=29)) == [fix(-5)]
    assert fleet.track("u1", NOW - timedelta(seconds=40), NOW - timedelta(seconds=30)) == [fix(-30)]


def test_a_fix_sent_twice_is_kept_once(fleet: PostgisFleet) -> None:
    fleet.record_fixes([fix(-5), fix(-5)], NOW)
    fleet.record_fixes([fix(-5)], NOW)
    assert fleet.track("u1", NOW - timedelta(hours=1)) == [fix(-5)]


def test_a_fix_from_the_future_is_refused_with_that_reason_and_the_rest_is_kept(fleet: PostgisFleet) -> None:
    (refused,) = fleet.record_fixes([fix(61), fix(60)], NOW)
    assert refused.fix == fix(61)
    assert "61 秒" in refused.reason
    assert fleet.states(NOW)[1].fix == fix(60)


def test_a_fix_of_an_unknown_unit_or_without_a_number_is_refused(fleet: PostgisFleet) -> None:
    bad = [
        fix(-1, "u9"),
        replace(fix(-1), accuracy_m=float("nan")),
        replace(fix(-1), speed_mps=float("inf")),
        replace(fix(-1), accuracy_m=-1.0),
    ]
    assert [r.fix for r in fleet.record_fixes(bad, NOW)] == bad
    assert fleet.track("u1", NOW - timedelta(hours=1)) == []


def test_no_fixes_are_nothing_to_do(fleet: PostgisFleet) -> None:
    assert fleet.record_fixes([], NOW) == []


def test_a_fix_that_is_still_to_come_does_not_count_in_an_earlier_state(fleet: PostgisFleet) -> None:
    fleet.record_fixes([fix(0)], NOW)
    assert fleet.states(NOW - timedelta(hours=1))[1].fix is None


def test_a_unit_shows_its_open_assignment(fleet: PostgisFleet, connection: Connection) -> None:
    chosen = Candidate(unit_id="u1", unit_name="李", travel_s=60.0, eta_s=90.0, eta_p90_s=120.0, p_kept=1.0)
    offer = UnitOffered(
        incident_id="A",
        at=NOW,
        assignment_id="A-1",
        unit_id="u1",
        role=Role.SURVEYOR,
        eta_at=NOW,
        p_kept=1.0,
        chosen=chosen,
        runners_up=(),
        refused=(),
        rule="test",
    )
    report = IncidentReported(incident_id="A", at=NOW, text="x", channel=Channel.APP, tier=Tier.STANDARD)
    PostgisLog(connection).append([report, offer], after=0)
    tow, surveyor = fleet.states(NOW)
    assert surveyor.assignment is not None
    assert surveyor.assignment.incident_id == "A"
    assert surveyor.assignment.status is AssignmentStatus.OFFERED
    assert tow.status(NOW) is UnitStatus.OFF_DUTY


def test_listeners_are_told_which_units_moved_and_only_those(database: str, database_engine: Engine) -> None:
    with transaction(database_engine) as connection:
        PostgisFleet(connection).save_units([LI, TOW])
        PostgisFleet(connection).record_fixes([fix(-5)], NOW)
    with psycopg.connect(plain_url(database), autocommit=True) as listener:
        listener.execute("LISTEN gz_fixes")
        with transaction(database_engine) as connection:
            PostgisFleet(connection).record_fixes([fix(-9), fix(-2, "t1")], NOW)
        (notice,) = listener.notifies(timeout=600, stop_after=1)
    assert notice.payload == "t1"


@given(st.lists(st.text("单元abc123-", min_size=1, max_size=200), max_size=400))
def test_notices_stay_below_the_limit_and_lose_no_unit(unit_ids: Sequence[str]) -> None:
    parts = list(notices(unit_ids))
    assert all(len(p.encode()) <= NOTICE_BYTES for p in parts)
    assert [u for p in parts for u in p.split(",")] == list(unit_ids)


def test_the_store_leaves_committing_to_its_caller(database_engine: Engine) -> None:
    with database_engine.connect() as connection:
        PostgisFleet(connection).save_units([LI])
        connection.rollback()
        assert connection.execute(text("SELECT count(*) FROM units")).scalar() == 0


def test_old_fixes_are_forgotten_and_the_latest_position_stays(fleet: PostgisFleet) -> None:
    fleet.record_fixes([fix(-500), fix(-5)], NOW)
    fleet.forget_before(NOW - timedelta(seconds=60))
    assert [f.at for f in fleet.track("u1", NOW - timedelta(hours=1))] == [fix(-5).at]
    fleet.forget_before(NOW + timedelta(days=1))
    assert fleet.track("u1", NOW - timedelta(hours=1)) == []
    assert next(s for s in fleet.states(NOW) if s.unit.id == "u1").fix is not None


def test_the_latest_duty_change_of_a_unit_counts_and_listeners_hear_of_it(fleet: PostgisFleet) -> None:
    off = DutyChange(
        unit_id="u1", at=NOW, until=NOW + timedelta(hours=8), kind=DutyKind.OFF, reason="发烧", by="dispatcher"
    )
    fleet.record_duty(off)
    fleet.record_duty(replace(off, kind=DutyKind.BREAK, until=NOW + timedelta(minutes=5), by="u1"))
    state = {s.unit.id: s for s in fleet.states(NOW)}["u1"]
    assert state.duty == replace(off, kind=DutyKind.BREAK, until=NOW + timedelta(minutes=5), by="u1")
    assert state.status(NOW) is UnitStatus.ON_BREAK
    assert {s.unit.id: s.duty for s in fleet.states(NOW)}["t1"] is None
    with pytest.raises(UnknownId):
        fleet.record_duty(replace(off, unit_id="u9"))


def test_tracks_of_many_jobs_come_at_once_each_fix_once(fleet: PostgisFleet) -> None:
    fleet.record_fixes([fix(-50), fix(-30), fix(-5)], NOW)
    early, late = NOW - timedelta(seconds=60), NOW - timedelta(seconds=10)
    jobs = [("u1", early, late), ("u1", early, NOW - timedelta(seconds=30)), ("nobody", early, NOW)]
    found = tracks(fleet._connection, jobs)
    assert list(found) == ["u1"]
    assert [(f.at, f.position) for f in found["u1"]] == [(fix(s).at, fix(s).position) for s in (-50, -30)]
    assert tracks(fleet._connection, []) == {}
