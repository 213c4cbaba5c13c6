"""Masked values show what tells cases apart, and nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.masking import mask_phone, mask_plate, mask_words

digits = st.text("0123456789", min_size=11, max_size=11).map(lambda d: "138" + d[3:])


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812341234", "138****1234"),
        ("138 1234-1234", "138****1234"),
        ("+86 13812341234", "86138****1234"),
        ("02087654321", "020****4321"),
        ("87654321", "******21"),
        ("110", "***"),
        ("", ""),
        ("没有", "**"),
    ],
)
def test_a_telephone_number_keeps_its_ends(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("plate", "shown"),
    [("粤A12345", "粤A·1***5"), ("粤A·1234 5", "粤A·1***5"), ("粤AD12345", "粤A·D****5"), ("粤A1", "***"), ("", "")],
)
def test_a_plate_keeps_the_ends_of_its_serial(plate: str, shown: str) -> None:
    assert mask_plate(plate) == shown


@given(phone=digits, before=st.text(st.characters(categories=["Lo"]), max_size=6))
def test_no_mobile_number_stays_in_words(phone: str, before: str) -> None:
    told = mask_words(f"{before}电话{phone},粤B·8K321撞了")
    assert phone not in told
    assert "8K321" not in told
    assert "撞了" in told


def test_words_without_numbers_stay_as_they_are() -> None:
    assert mask_words("黄埔大道西两车追尾") == "黄埔大道西两车追尾"
