"""Personal values with most of them hidden, for whoever need not know the whole.

A masked value still tells cases apart to whoever knows them, and nothing more: it must not be used to find somebody.
"""

from unicodedata import normalize

from dispatch.triage.report_words import IN_WORDS, MOBILE, NEW_ENERGY, ORDINARY, PLAIN

STAR = "*"
MOBILE_DIGITS = 11


def mask_phone(phone: str) -> str:
    """A telephone number, e.g. ``138****1234``; of a short one only the last two digits, of two or fewer none.

    Parameters
    ----------
    phone : str
        As written, with spaces or dashes; empty stays empty.
    """
    digits = "".join(c for c in normalize("NFKC", phone) if c.isdigit())
    if not digits:
        return STAR * len(phone.strip())
    if len(digits) >= MOBILE_DIGITS:
        return digits[:-8] + STAR * 4 + digits[-4:]
    shown = 2 if len(digits) > 4 else 0
    return STAR * (len(digits) - shown) + digits[len(digits) - shown :]


def mask_plate(plate: str) -> str:
    """A plate, e.g. ``粤A·1***5``: province and letter, the first and last character of the rest.

    What is too short to be a plate is hidden whole.
    """
    bare = "".join(c for c in normalize("NFKC", plate).upper() if c.isalnum())
    if len(bare) < 6:
        return STAR * len(bare)
    head, rest = bare[:2], bare[2:]
    return f"{head}·{rest[0]}{STAR * (len(rest) - 2)}{rest[-1]}"


def mask_words(words: str) -> str:
    """Words with every plate and mobile number that is recognised in them masked; all else stays as it is.

    Numbers and plates said in a way that `dispatch.triage.report_words` does not know stay readable: where the reader must not
    know them at all, leave the words out.
    """
    seen = normalize("NFKC", words).upper().translate(PLAIN)
    if len(seen) != len(words):  # a character became several: places no longer agree, so the plain writing is told
        words = seen
    spans = [(m.start(), m.end(), mask_phone(m.group())) for m in MOBILE.finditer(seen)]
    for pattern in (NEW_ENERGY, ORDINARY, IN_WORDS):
        spans += [(m.start(), m.end(), mask_plate(m.group())) for m in pattern.finditer(seen)]
    told, place = [], 0
    for start, end, masked in sorted(spans):
        if start >= place:
            told += [words[place:start], masked]
            place = end
    return "".join([*told, words[place:]])
