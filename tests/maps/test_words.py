"""Words of the pages: those used exist, those that exist are used, and each is there in both languages."""

import re
from pathlib import Path

import pytest

import maps

WEB = Path(maps.__file__).parent / "web"
SCRIPTS = {p.relative_to(WEB).as_posix(): p.read_text(encoding="utf-8") for p in (WEB / "js").rglob("*.js")}
PAGES = {p.name: p.read_text(encoding="utf-8") for p in WEB.glob("*.html")}

_TEXT = r"\"((?:[^\"\\]|\\.)*)\""
DEFINED = re.compile(rf"\b(\w+): \[\s*{_TEXT},\s*{_TEXT},?\s*\]")
USED = re.compile(r"\bt\(\s*\"(\w+)\"")
IN_PAGES = re.compile(r"data-t(?:-\w+)?=\"(\w+)\"")
BEGUN = re.compile(r"`(\w+_)\$\{")  # t(`metric_${kind}`) uses all words that begin so


def words_of(text: str) -> dict[str, tuple[str, str]]:
    """Words defined in a script, with their text in both languages."""
    return {key: (chinese, english) for key, chinese, english in DEFINED.findall(text)}


ALL = {key: said for text in SCRIPTS.values() for key, said in words_of(text).items()}


BY_THE_SERVICE = ("js/i18n.js", "js/console/outage_words.js")


@pytest.mark.parametrize("name", sorted(SCRIPTS | PAGES))
def test_every_word_that_is_asked_for_exists(name: str) -> None:
    text = (SCRIPTS | PAGES)[name]
    asked = set((IN_PAGES if name.endswith(".html") else USED).findall(text))
    assert asked <= ALL.keys()


def test_every_word_of_a_page_is_used() -> None:
    """In quotes anywhere but where it is defined: `t` is also given words by name, from tables.

    Left out are those whose vocabulary the service asks for by its own words.
    """
    everything = "\n".join([*(DEFINED.sub("", text) for text in SCRIPTS.values()), *PAGES.values()])
    quoted = set(re.findall(r"\"(\w+)\"", everything))
    begun = tuple(BEGUN.findall(everything))
    words = {k for name, text in SCRIPTS.items() if name not in BY_THE_SERVICE for k in words_of(text)}
    assert {key for key in words if key not in quoted and not key.startswith(begun)} == set()


def test_every_word_is_said_in_two_languages_with_the_same_blanks() -> None:
    for key, both in ALL.items():
        chinese, english = (set(re.findall(r"\{(\w+)\}", text)) for text in both)
        assert all(both), key
        assert english <= chinese or chinese <= english, key
