"""What tells of a person is parted from the rest of a fact, and nothing is lost by it."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest

from dispatch import events as ev
from dispatch.errors import InvalidInput
from dispatch.personal import ALWAYS, GONE, owner_of, parted
from dispatch.policy.policy import Policy
from dispatch.policy.retention import Retention
from dispatch.vocabulary import Role, Tier

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_every_field_named_as_personal_is_one_of_its_kind() -> None:
    for kind, names in ALWAYS.items():
        assert set(names) <= {f.name for f in fields(kind)}, kind


def test_locked_and_open_fields_together_are_the_fact() -> None:
    waived = ev.NeedWaived(incident_id="A", at=NOW, role=Role.TOW_UNIT, reason="不用了")
    said = {"by": "desk", "text": "粤A12345 追尾", "plate": "粤A12345", "phone": "", "tier": "minor"}
    reported = ev.IncidentReported(incident_id="A", at=NOW, text="", channel="telephone", tier=Tier.MINOR)  # type: ignore[arg-type]
    open_, locked = parted(reported, said)
    assert open_ | locked == said
    assert (open_["text"], open_["plate"], set(locked)) == (GONE, "", {"text", "plate"})
    assert parted(waived, {"role": "tow", "reason": "不用了"})[1] == {}


def test_a_reason_is_locked_only_where_it_names_a_number() -> None:
    released = ev.AssignmentReleased(incident_id="A", at=NOW, assignment_id="A-1", unit_id="S", reason="")
    assert parted(released, {"reason": "无应答"})[1] == {}
    assert set(parted(released, {"reason": "改派,电话13812341234"})[1]) == {"reason"}


def test_what_another_caller_said_stays_under_that_caller_s_key() -> None:
    joined = ev.DuplicateJoined(
        incident_id="A", at=NOW, duplicate_id="B", reported_at=NOW, text="x", tier=Tier.MINOR, reason=""
    )
    assert owner_of(joined) == "B"


def test_retention_is_read_from_the_policy_and_refuses_what_the_law_or_sense_forbids() -> None:
    read = Policy.from_mapping({"retention": {"cases_months": 60.0}}).retention
    assert (read.cases_months, read.since("cases", NOW).year) == (60.0, 2021)
    for wrong in ({"access_log_months": 3.0}, {"photos_months": 48.0}):
        with pytest.raises(InvalidInput, match="retention"):
            Retention(**wrong)
