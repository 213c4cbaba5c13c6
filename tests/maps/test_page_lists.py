"""What the pages write out of the service's vocabulary for themselves agrees with it."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

import maps
from dispatch.evidence import PhotoKind
from dispatch.incident import UNANSWERED
from dispatch.promises.words import ContactMeans, ProblemKind, WantedService
from dispatch.scene_report import DamagedPart, Responsibility, SceneDecision
from dispatch.vocabulary import CloseCode, HoldReason, Labelled, ReviewOpinion, Role, Tier, ToldBy

JS = Path(maps.__file__).parent / "web" / "js"


@pytest.mark.parametrize(
    ("script", "name", "kind"),
    [
        ("console/ends.js", "HOLD_REASONS", HoldReason),
        ("console/ends.js", "CLOSE_CODES", set(CloseCode) - {CloseCode.DEMO_STOPPED}),  # no person ends an incident so
        ("console/claim.js", "OPINIONS", ReviewOpinion),
        ("console/claim.js", "MEANS", ToldBy),
        ("console/response.js", "TIERS", Tier),
        ("console/proposals.js", "ROLES", Role),
        ("promises/forms.js", "CONTACT_MEANS", ContactMeans),
        ("promises/forms.js", "PROBLEMS", ProblemKind),
        ("promises/forms.js", "WANTED", WantedService),
        ("scene/words.js", "KINDS", PhotoKind),
        ("scene/words.js", "PARTS", DamagedPart),
        ("scene/words.js", "SHARES", Responsibility),
        ("scene/words.js", "DECISIONS", SceneDecision),
    ],
)
def test_a_list_on_a_page_has_every_word_of_its_vocabulary(script: str, name: str, kind: Iterable[Labelled]) -> None:
    written = re.search(rf"\b{name} = \[([^\]]*)\]", (JS / script).read_text(encoding="utf-8"))
    assert written is not None
    assert sorted(re.findall(r"\"(\w+)\"", written[1])) == sorted(kind)


def test_the_console_knows_an_unanswered_offer_by_the_desks_own_reason() -> None:
    assert f'UNANSWERED = "{UNANSWERED}"' in (JS / "console" / "calls.js").read_text(encoding="utf-8")
