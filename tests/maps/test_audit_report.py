from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from dispatch.auditing.audit import Basis, summarise
from dispatch.auditing.edits import Edit, EditKind, EditPhase
from dispatch.auditing.record import Blame, Cause, Part, Problem, Record
from dispatch.auditing.stages import Stage
from dispatch.vocabulary import INTERVALS
from maps.audit_report import MOST_GROUPS, audit_page, ends, minutes, percent, tables
from maps.audit_why import MOST_SHOWN

BASIS = Basis(title="十一月", source="events", judged_at=datetime(2026, 11, 22, 4, tzinfo=UTC))


def record(response_s=600.0, **more):
    legs = (60.0, 60.0, None, response_s, None)
    return Record(**{"incident": "1", "limit_s": 1800, "legs_s": legs, "zone": "urban", "hour": 8} | more)


def page(records, **more):
    return audit_page(summarise(records, replace(BASIS, **more)))


class Tags(HTMLParser):
    """Collect tags and every address a page asks for."""

    def __init__(self):
        super().__init__()
        self.open, self.addresses = [], []

    def handle_starttag(self, tag, attrs):
        self.addresses += [v for k, v in attrs if k in ("src", "href")]
        if tag not in ("meta", "br", "rect", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("rect", "path"):
            assert self.open.pop() == tag


def test_the_page_is_well_formed_and_asks_for_nothing_outside_itself():
    text = page([record(), record(None, problem=Problem.NO_ARRIVAL)])
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert tags.addresses == []
    assert "url(" not in text
    assert "@import" not in text


def test_the_page_states_n_share_and_interval_in_one_place():
    text = page([record()] * 35 + [record(2000.0)] * 17)
    assert "67.3%" in text
    assert "n = 52" in text
    assert "53.8%–78.5%" in text


def test_simulated_incidents_are_labelled_and_real_ones_are_not():
    assert "模拟数据" in page([record(simulated=True), record()])
    assert "模拟" not in page([record()])


def test_what_could_not_be_judged_is_listed_with_its_reason():
    text = page([record(None, problem=Problem.NO_ARRIVAL), record()])
    assert "无到场时间" in text
    assert "no arrival" in text


def test_names_from_a_log_cannot_run_as_code():
    text = page([record(zone="<script>alert(1)</script>")], title="<b>x")
    assert "<script>" not in text
    assert "<b>x" not in text


def test_an_audit_of_nothing_still_draws():
    assert "–" in page([])


def test_both_ends_of_an_interval_follow_the_clock_of_the_source():
    response = next(i for i in INTERVALS if i.name == "response")
    assert ends(response, "reported") == ("报案 → 到场", "reported → on scene")
    assert ends(response, "dispatched") == ("派出 → 到场", "dispatched → on scene")


def test_many_groups_end_in_one_line_that_holds_the_rest():
    chosen = [record(zone=f"Z{i:02d}") for i in range(MOST_GROUPS + 5)]
    [zones] = [t for t in tables(summarise(chosen, BASIS)) if t.english == "by zone"]
    assert len(zones.rows) == MOST_GROUPS + 1
    assert zones.rows[-1].tally.reported == 5
    assert sum(row.tally.reported for row in zones.rows) == len(chosen)


def test_groups_the_source_does_not_know_are_left_out():
    assert [t.english for t in tables(summarise([record()], BASIS))] == ["by zone", "by hour the clock started"]


def test_units_are_named_and_days_stand_in_their_order():
    chosen = [record(unit="S7", unit_name="陈工", day=f"2026-11-{day:02d}") for day in (3, 1, 1)]
    by_unit, by_month, by_day = tables(summarise(chosen, BASIS))[1:4]
    assert [row.name for row in by_unit.rows] == ["S7 陈工"]
    assert [(row.name, row.tally.reported) for row in by_month.rows] == [("2026-11", 3)]
    assert [(row.name, row.tally.reported) for row in by_day.rows] == [("2026-11-01", 2), ("2026-11-03", 1)]


def test_legs_are_shown_against_their_targets_and_by_zone():
    text = page([record(), record(zone="suburban"), record(legs_s=(500.0, 60.0, None, 600.0, None))])
    assert "66.7%" in text
    assert "各段用时 · 市区" in text
    assert "各段用时 · " not in page([record()])


def test_a_miss_is_shown_with_its_cause_and_figures_and_a_log_that_tells_none_without():
    why = Blame(cause=Cause.TRAFFIC, over_s=200, parts=(Part(Stage.TRAVEL, 1900, 1500),), words="<b>堵车")
    text = page([record(2000.0, incident="GZ-7", blame=why)])
    for words in ("路上比预计慢", "GZ-7", "3:20", "在途 31:40(计划 25:00)", "&lt;b&gt;堵车"):
        assert words in text
    assert "未守时的原因" not in page([record(2000.0)])


def test_edits_are_listed_in_the_time_of_the_basis_and_no_more_than_fit():
    at = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    moved = Edit(incident="1", kind=EditKind.LOCATION, at=at, by="陈", phase=EditPhase.ARRIVED, moved_m=1234.4)
    text = page([record(edits=(moved,) * (MOST_SHOWN + 5))])
    assert text.count("1,234 m") == text.count("2026-11-22 00:00:00") == MOST_SHOWN


def test_zones_of_the_house_are_shown_in_chinese():
    assert "市区" in page([record()])


def test_the_period_is_shown():
    assert "2026-11-01 – 2026-11-30" in page([record()], since=date(2026, 11, 1), until=date(2026, 11, 30))


@pytest.mark.parametrize(("seconds", "shown"), [(None, "–"), (59.6, "1:00"), (603, "10:03"), (0, "0:00")])
def test_seconds_are_shown_as_minutes_and_seconds(seconds, shown):
    assert minutes(seconds) == shown


def test_a_share_of_nothing_is_a_dash():
    assert (percent(None), percent(0.5), percent(1)) == ("–", "50.0%", "100.0%")
