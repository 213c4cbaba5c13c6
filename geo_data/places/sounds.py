"""Names by their sound: 广州大道钟 is heard as 广州大道中, and a foreigner types tianhelu."""

import re
from collections.abc import Iterable
from functools import cache, cached_property

from pypinyin import lazy_pinyin

_LATIN = re.compile(r"[a-zü']+(?:[\s-]*[a-zü']+)*", re.IGNORECASE)
_WORDS = {
    "yu": "与", "he": "和", "jiaochakou": "交叉口", "lukou": "路口", "fujin": "附近", "duimian": "对面", "menkou": "门口",
    "ditiezhan": "地铁站", "qu": "区",
}  # fmt: skip
MOST_SYLLABLES_APART = 8  # a name typed syllable by syllable
SHORTEST = 6  # letters: shorter sounds are too many names
LATIN_NAME = re.compile(r"(?i)(?:[a-zü'][\s-]?){6}")


def spelling_of(name: str) -> str:
    """Pinyin as it is typed, without tones and spaces: 长 by the word it stands in. Takes a tenth of a millisecond."""
    return "".join(lazy_pinyin(name)).lower()


def sound_of(name: str) -> str:
    """Pinyin character by character: quick, and good enough to tell that two names sound alike."""
    return "".join(map(_syllable, name))


@cache
def _syllable(char: str) -> str:
    return "".join(lazy_pinyin(char)).lower()


class Sounds:
    """Names by sound.

    Parameters
    ----------
    names : iterable of str
        Of those that are spelt alike the first counts.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self._names:
            found.setdefault(sound_of(name), []).append(name)
        return found

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        return {spelling_of(name): name for name in reversed(self._names)}

    def like(self, name: str) -> list[str]:
        """Names that sound like ``name``."""
        return self._by_sound.get(sound_of(name), [])

    def in_characters(self, text: str) -> str:
        """The text with names typed in pinyin written in characters; all else as it was."""
        return _LATIN.sub(lambda match: self._spelt(match.group()), text)

    def _spelt(self, latin: str) -> str:
        syllables, found, at = re.split(r"[\s-]+", latin.lower()), [], 0
        while at < len(syllables):
            for length in range(min(MOST_SYLLABLES_APART, len(syllables) - at), 0, -1):
                if name := self._name("".join(syllables[at : at + length])):
                    found.append(name)
                    at += length
                    break
            else:
                return latin  # not all of it is pinyin: an English word, a plate, a code
        return "".join(found)

    def _name(self, letters: str) -> str | None:
        return _WORDS.get(letters) or (self._by_spelling.get(letters) if len(letters) >= SHORTEST else None)
