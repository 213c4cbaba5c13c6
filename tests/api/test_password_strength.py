"""A password that guessers try first is refused, whoever sets it; the same letters are the same password."""

import pytest

from api.credentials.security import hash_password, password_matches
from api.credentials.strength import SHORTEST, check_password
from dispatch.errors import InvalidInput


@pytest.mark.parametrize(
    "password",
    [
        "x" * (SHORTEST - 1),
        " " * SHORTEST,
        "1234567890",
        "password12",
        "qwertyuiop",
        "guangzhou2026",
        "ｐａｓｓｗｏｒｄ１２３",
        "pa\u200bssword123",
        "a\u200b" * 9,
        "王丽12王丽12王丽12",
    ],
)
def test_a_short_or_common_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput, match="密码"):
        check_password(password, "somebody")


def test_a_password_is_not_the_name_of_its_owner_thrice() -> None:
    with pytest.raises(InvalidInput, match="容易猜到"):
        check_password("ouyangxiu" * 3, "ouyangxiu")


@pytest.mark.parametrize(
    "password",
    [
        "天河北路的大榕树下有猫",
        "correct horse battery staple",
        "my cat sleeps under the banyan " + "x" * 900,
        "k7mp-3xq9-htz4-bwfc",
    ],
)
def test_unrelated_words_and_the_passwords_handed_out_will_do(password: str) -> None:
    check_password(password, "somebody")


@pytest.mark.parametrize(
    ("typed", "again"), [("caf\u00e9 on the corner", "cafe\u0301 on the corner"), ("ｇｕａｎｇ州 12", "guang州 12")]
)
def test_another_keyboard_that_sends_the_same_letters_opens_the_same_door(typed: str, again: str) -> None:
    assert password_matches(again, hash_password(typed))
    assert not password_matches(f"{again} ", hash_password(typed))
