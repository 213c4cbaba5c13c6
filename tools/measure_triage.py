"""How many sentences of a table speak of injury to the triage, beside a plain search for the characters: a sanity check.

The table has a column ``text``. Nothing is labelled, so this is no accuracy: it shows how often triage hears an injury among
sentences that name one of 伤 死 亡, and among those that name none, with 95 % Wilson intervals, and prints some of each for
a person to read. The word lists are not tuned to it.

Run: ``python tools/measure_triage.py FILE.csv[.gz] [--show 10]``.
"""

import argparse
import csv
import gzip
from pathlib import Path
from random import Random

from dispatch.auditing.shares import share
from dispatch.triage.triage_words import PATTERNS, first_heard, plain_words
from dispatch.vocabulary import Tier

SEED = 6
NAMED = "伤死亡"


def main() -> None:
    """Read, count, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--show", type=int, default=10)
    asked = arguments.parse_args()
    unpack = gzip.open if asked.file.suffix == ".gz" else open
    with unpack(asked.file, "rt", encoding="utf-8") as lines:
        texts = [row["text"] for row in csv.DictReader(lines)]
    heard = {text: first_heard(plain_words(text), PATTERNS[Tier.INJURY]) for text in texts}
    for name, named in (("names one of 伤 死 亡", True), ("names none of them", False)):
        group = [text for text in heard if any(c in text for c in NAMED) is named]
        found = share(sum(bool(heard[text]) for text in group), len(group))
        print(f"{name}: injury heard in {found.kept}/{found.n} = {found.p} [{found.low}, {found.high}]")
        odd = [text for text in group if bool(heard[text]) is not named]
        for text in Random(SEED).sample(odd, min(asked.show, len(odd))):  # noqa: S311
            print(f"    {heard[text] or '–'}\t{text[:110]}")


if __name__ == "__main__":
    main()
