"""The plan of an incident in a sentence: what it asks for, and not what was waived."""

from scene import Scene

from dispatch.plan_words import say_plan, say_plan_in_english
from dispatch.plans import Plans
from dispatch.response import change_tiers, waive
from dispatch.vocabulary import Role, Tier

PLANS = Plans()


def test_an_injury_on_the_expressway_says_all_three_and_whom_to_call() -> None:
    scene = Scene()
    both = [Tier.INJURY, Tier.EXPRESSWAY]
    incident = change_tiers(scene.desk, scene.report(), both, scene.now, reason="高速", by="d")
    assert say_plan(incident, PLANS) == (
        "需查勘员、施救车(高速施救资质)、人伤专员;2 分钟内联系报案人;人伤专员 10 分钟内联系伤者;请报案人拨打 120、12122、122。"
    )
    assert say_plan_in_english(incident, PLANS) == (
        "Needs a surveyor, a tow unit (licensed for expressways), an injury specialist; telephone the caller within 2 min; "
        "the specialist speaks with the injured within 10 min; the caller should dial 120, 12122, 122."
    )


def test_what_was_waived_is_not_asked_for_and_said_with_its_reason() -> None:
    scene = Scene()
    key = scene.report("猎德大道,追尾,一人受伤")
    after = waive(scene.desk, key, Role.SPECIALIST, scene.now, reason="伤者拒绝", by="d")
    said, english = say_plan(after, PLANS), say_plan_in_english(after, PLANS)
    assert said.startswith("需查勘员;已免除人伤专员(伤者拒绝);")
    assert "联系伤者" not in said
    assert "waived: an injury specialist (伤者拒绝)" in english
    none = waive(scene.desk, key, Role.SURVEYOR, scene.now, reason="撤案", by="d")
    assert say_plan(none, PLANS).startswith("不再需要派人;")
    assert say_plan_in_english(none, PLANS).startswith("Nobody needs to be sent")


def test_a_minor_incident_says_when_it_may_be_surveyed_by_video_unless_nobody_is_needed() -> None:
    scene = Scene()
    key = scene.report("猎德大道,轻微刮蹭")
    assert "可视频查勘" in say_plan(scene.desk.incident(key), PLANS)
    assert "by video" in say_plan_in_english(scene.desk.incident(key), PLANS)
    after = waive(scene.desk, key, Role.SURVEYOR, scene.now, reason="撤案", by="d")
    assert "视频" not in say_plan(after, PLANS)
