"""What is said without the part of town it is said to be in: 白云区 in front of a road does not mean 广州白云站."""

from geo_data.places.address import SpokenPlace
from geo_data.places.address_words import DISTRICT, HOME_PREFIX

LEAST_LEFT = 5  # characters: 天河区政府 keeps its district


def clauses(spoken: SpokenPlace) -> list[str]:
    """The clauses of ``spoken`` without city, district and town, unless next to nothing is left."""
    whole = spoken.text.split(",")
    short = [DISTRICT.sub("", HOME_PREFIX.sub("", clause)).removeprefix(spoken.town or "") for clause in whole]
    return [a if len(a) >= LEAST_LEFT else b for a, b in zip(short, whole, strict=True)]
