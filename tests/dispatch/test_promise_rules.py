"""``[[promises]]`` in a policy file: what it may say, how mistakes are told, and that editions are kept for good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.errors import InvalidInput
from dispatch.policy.policy import Policy
from dispatch.promises.defaults import RULES
from dispatch.promises.limits import read_limit
from dispatch.promises.reading import from_tables
from dispatch.service.in_force import keep_rules, rules_in_force
from dispatch.service.kinds import RULES_STREAM
from dispatch.service.ledger import MemoryLedger
from dispatch.service.ledger_facts import editions_of

T0 = datetime(2026, 11, 23, 2, tzinfo=UTC)
NEW = {
    "name": "gift", "label": "礼品", "english": "Gift", "about": "client",
    "starts": ["client_in_force"], "kept_by": ["client_contacted means=visit"], "within": "2 months",
}  # fmt: skip


def policy(*tables: dict[str, Any], **more: Any) -> Policy:
    return Policy.from_mapping({"promises": list(tables), **more})


def test_a_name_that_is_known_changes_the_keys_given_a_new_one_adds_and_off_takes_back() -> None:
    changed = policy({"name": "callback", "label": "回拨"}, NEW, {"name": "first_visit", "off": True}).promises
    assert changed.named("callback").within == read_limit("1 h")  # type: ignore[union-attr]
    assert changed.named("callback").label == "回拨"  # type: ignore[union-attr]
    assert changed.named("gift").within == read_limit("2 months")  # type: ignore[union-attr]
    assert changed.named("first_visit") is None
    assert len(changed.rules) == len(RULES)


def test_rules_come_back_the_same_from_what_is_kept_of_them() -> None:
    assert from_tables(rule.as_table() for rule in RULES) == RULES


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"label": "无名"}, "number 1: name is missing"),
        ({"name": "callback", "within": "soon"}, "callback: within: 'soon' is no limit"),
        ({"name": "callback", "whithin": "1 h"}, "callback: unknown key 'whithin'; known are name"),
        (
            {"name": "callback", "kept_by": ["rang"]},
            "callback: kept_by: 'rang' is no fact; known are incident_reported",
        ),
        ({"name": "callback", "kept_by": ["client_told by=owl"]}, "'client_told' has no 'by'; it has means"),
        ({"name": "callback", "kept_by": ["client_told means=owl"]}, "means='owl' is unknown; known are telephone"),
        ({"name": "callback", "kept_by": []}, "kept_by must name at least one fact"),
        ({"name": "callback", "about": "moon"}, "about: 'moon' is unknown; known are incident"),
        ({"name": "callback", "every": "1 month"}, "give within or every, not both"),
        ({"name": "monthly_visit", "every": "30 h"}, 'every is counted in months: "1 month"'),
        ({"name": "backups_named", "at_least": 0}, "at_least: must be a whole number above 0"),
        ({"name": "nobody", "off": True}, "nobody: there is none of that name; known are caller_contacted"),
        ({"name": "callback", "off": "yes"}, "callback: off: must be true or false"),
        ({"name": "gift", "label": "礼品"}, "gift: english is missing"),
        ({k: v for k, v in NEW.items() if k != "within"}, "gift: a limit is missing"),
        ({k: v for k, v in NEW.items() if k != "starts"}, "gift: starts must name the fact that starts it"),
    ],
)
def test_a_mistake_is_told_with_the_promise_and_what_to_mend(table: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput) as error:
        policy(table)
    assert str(error.value).startswith("policy [[promises]]")
    assert says in str(error.value)


def test_promises_are_tables_and_each_comes_once() -> None:
    with pytest.raises(InvalidInput, match="write each promise as a"):
        Policy.from_mapping({"promises": {"callback": "1 h"}})
    with pytest.raises(InvalidInput, match="callback: comes twice"):
        policy({"name": "callback"}, {"name": "callback"})


def test_the_call_back_is_due_when_the_callers_page_says_it_is() -> None:
    on_page = policy(caller={"callback_within_s": 1800})
    assert [str(r.within) for r in rules_in_force(on_page) if r.name == "callback"] == ["1800 s"]
    assert rules_in_force(Policy()) == RULES
    with pytest.raises(InvalidInput, match="callback: within 2 h is not callback_within_s of"):
        rules_in_force(policy({"name": "callback", "within": "2 h"}))


def test_a_policy_is_written_down_once_and_again_when_it_changes() -> None:
    ledger, later = MemoryLedger(), T0 + timedelta(days=1)
    assert [keep_rules(ledger, Policy(), at) for at in (T0, later)] == [True, False]
    assert keep_rules(ledger, policy({"name": "technical_solved", "within": "12 h"}), later)
    first, second = editions_of(ledger.stream(RULES_STREAM))
    assert (first.from_at, first.rules) == (T0, RULES)
    assert (second.from_at, len(second.rules)) == (later, len(RULES))
