"""A font with Chinese characters for pictures, found among those installed."""

from functools import cache
from pathlib import Path

from matplotlib.font_manager import FontProperties, findSystemFonts, fontManager

from dispatch.errors import Unavailable

# Family, and how its files are called; the first one found is used.
FONTS = (
    ("Noto Sans CJK SC", "NotoSansCJK"),
    ("Source Han Sans SC", "SourceHanSans"),
    ("WenQuanYi Micro Hei", "wqy-microhei"),
    ("WenQuanYi Zen Hei", "wqy-zenhei"),
    ("Droid Sans Fallback", "DroidSansFallback"),
    ("Microsoft YaHei", "msyh"),
    ("SimHei", "simhei"),
    ("PingFang SC", "PingFang"),
    ("Hiragino Sans GB", "Hiragino Sans GB"),
)
LATIN = "DejaVu Sans"  # comes with matplotlib
FIRST_CHINESE = "\u2e80"


def is_chinese(text: str) -> bool:
    """Whether ``text`` needs a font with Chinese characters."""
    return any(character >= FIRST_CHINESE for character in text)


def font_for(texts: str) -> FontProperties:
    """Return a font that draws all of ``texts``.

    Raises
    ------
    Unavailable
        When they hold Chinese and no font for it is installed.
    """
    if not is_chinese(texts):
        return FontProperties(family=[LATIN])
    family = _chinese_family()
    if family is None:
        raise Unavailable(
            "No font with Chinese characters is installed: install one (Debian: apt-get install fonts-wqy-microhei), "
            "or give --labels en."
        )
    return FontProperties(family=[family, LATIN])


def _chinese_family() -> str | None:
    known = {font.name for font in fontManager.ttflist}
    found = next((family for family, _ in FONTS if family in known), None)
    return found or _newly_installed()


@cache
def _newly_installed() -> str | None:
    """Matplotlib remembers the fonts of its first start: look for one installed since."""
    for family, stem in FONTS:
        for path in findSystemFonts():
            if Path(path).name.startswith(stem):
                fontManager.addfont(path)
                return family
    return None
