"""What is told to a service: the words about the place and nothing about the people."""

import re

from dispatch.triage.report_words import PROVINCES
from geo_data.places.address import SpokenPlace, parse

LONGEST_QUESTION = 80  # characters; AMap takes no more
LEAST_QUESTION = 2
# Names, number plates and runs of digits that are no house number; the parser drops most of them already.
NAME = re.compile(r"^(?:免贵|名)?[姓叫]\w{1,4}$")
PRIVATE = re.compile(rf"[{PROVINCES}][A-Za-z]\s?[A-Za-z\d]{{5,6}}|\d{{6,}}")


def question_for(text: str) -> str | None:
    """Reduce a caller's words to what a service may hear: clauses that speak of a place, plates and numbers taken out.

    Parameters
    ----------
    text : str
        A caller's words.

    Returns
    -------
    str or None
        None when nothing is left to ask for, or the words speak of another city.
    """
    spoken = parse(text)
    if spoken.other_city:
        return None
    first, *later = [clause for clause in spoken.text.split(",") if not NAME.match(clause)] or [""]
    told = "".join([first, *(clause for clause in later if _names_a_place(parse(clause)))])
    question = PRIVATE.sub("", told).strip()[:LONGEST_QUESTION]
    return question if len(question) >= LEAST_QUESTION else None


def _names_a_place(clause: SpokenPlace) -> bool:
    return bool(clause.district or clause.town or clause.roads or clause.metro)
