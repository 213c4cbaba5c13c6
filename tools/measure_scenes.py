"""Measure how well the scene of an accident is found in the sentences of real traffic judgments (nationwide, no coordinates).

A sentence has one labelled scene or none. A found span is right when it is exactly the labelled one; by characters, when
they lie in it. Precision and recall of spans with 95 % Wilson intervals; characters of one scene go together, so theirs, and
those of F1, are from 2,000 draws of the sentences with replacement (seed 5).

``train`` and ``dev`` are what the rules were written on; ``test`` has been looked at too, so no figure here is of words never seen.

Run: ``python -m tools.measure_scenes`` with GZ_SHARED naming the data folder.
"""

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from dispatch.auditing.shares import share
from geo_data.places.accident_site import accident_site

DATA = Path(os.environ.get("GZ_SHARED", Path(__file__).resolve().parents[2] / "shared" / "data")) / "accidents"
PARTS = {"train and dev": ("train", "dev"), "test": ("test",), "all": ("train", "dev", "test")}
DRAWS, SEED = 2000, 5

Counts = npt.NDArray[np.int64]  # (texts, 3): right, found, labelled


def main() -> None:
    """Print the figures of every part."""
    table = pd.read_csv(DATA / "judgment_texts_dev.csv.gz", keep_default_na=False)
    for title, splits in PARTS.items():
        part = table[table.split.isin(splits)]
        spans = [
            (accident_site(text), labelled(text, place)) for text, place in zip(part.text, part.places, strict=True)
        ]
        print(f"\n== {title}: {len(part)} sentences, {sum(truth is not None for _, truth in spans)} with a scene")
        show("exact spans", np.array([exactly(found, truth) for found, truth in spans]), wilson=True)
        show("characters", np.array([by_characters(found, truth) for found, truth in spans]), wilson=False)


def labelled(text: str, place: str) -> tuple[int, int] | None:
    """Begin and end of the labelled scene, which stands in its sentence once; None where there is none."""
    if not place:
        return None
    begin = text.index(place)
    return begin, begin + len(place)


def exactly(found: tuple[int, int] | None, truth: tuple[int, int] | None) -> tuple[int, int, int]:
    """Spans that are right, found and labelled."""
    return int(found is not None and found == truth), int(found is not None), int(truth is not None)


def by_characters(found: tuple[int, int] | None, truth: tuple[int, int] | None) -> tuple[int, int, int]:
    """Characters that are right, found and labelled."""
    ours, theirs = set(range(*(found or (0, 0)))), set(range(*(truth or (0, 0))))
    return len(ours & theirs), len(ours), len(theirs)


def show(title: str, counts: Counts, *, wilson: bool) -> None:
    """Print precision, recall and F1 with intervals."""
    rng = np.random.default_rng(SEED)
    draws = np.array([_scores(counts[rng.integers(len(counts), size=len(counts))]) for _ in range(DRAWS)])
    low, high = np.nanquantile(draws, (0.025, 0.975), axis=0)
    right, *of = counts.sum(axis=0).tolist()
    for i, (name, score) in enumerate(zip(("precision", "recall", "F1"), _scores(counts), strict=True)):
        n = f", {right} of {of[i]}" if i < 2 else ""
        if wilson and i < 2:
            told = share(right, of[i])
            low[i], high[i] = told.low, told.high
        print(f"  {title:<12} {name:<10} {score:.3f} ({low[i]:.3f}-{high[i]:.3f}{n})")


def _scores(counts: Counts) -> tuple[float, float, float]:
    right, found, truth = counts.sum(axis=0).tolist()
    nan = float("nan")
    return (
        right / found if found else nan,
        right / truth if truth else nan,
        2 * right / (found + truth) if found + truth else nan,
    )


if __name__ == "__main__":
    main()
