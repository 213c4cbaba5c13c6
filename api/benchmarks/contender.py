"""What a contender is, and the questions there are."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from api.benchmarks.timing import Ask
from api.benchmarks.work import Work

NEAREST_FEW, NEAREST_MANY, MATRIX, MATRIX_2 = "nearest_few", "nearest_many", "matrix", "matrix_2_threads"
PATH, REACH, WEIGHTS, LOCAL = "path", "reach", "weights", "weights_local"
KINDS = (NEAREST_FEW, NEAREST_MANY, MATRIX, MATRIX_2, PATH, REACH, WEIGHTS, LOCAL)

OURS, OURS_BY_POSITION, OURS_UNDRAWN = "gzdispatch", "gzdispatch, from positions", "gzdispatch, edges only"


@dataclass(frozen=True)
class Contender:
    """A library ready to answer.

    Parameters
    ----------
    name : str
    version : str
    asks : mapping of str to Ask
        By kind.
    unit_s : float
        Seconds that its whole numbers stand for; 0 where it reckons in floating point. It is compared with the answers
        for weights rounded alike.
    notes : mapping of str to str
        Remarks by kind: what was extrapolated, or why there is no answer.
    """

    name: str
    version: str
    asks: Mapping[str, Ask]
    unit_s: float = 0.0
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Peer:
    """Another library, perhaps not installed.

    Parameters
    ----------
    name : str
    module : str
        What is imported.
    build : callable, optional
        Makes the contender; None where the library cannot do the same work.
    unable : str
        Then, why.
    """

    name: str
    module: str
    build: Callable[[Work], Contender] | None
    unable: str = ""

    def contender(self, work: Work) -> Contender | str:
        """The contender, or in plain words why there is none."""
        try:
            importlib.import_module(self.module)
        except ImportError as error:
            return f"not installed ({error})"
        return self.unable if self.build is None else self.build(work)


def version_of(distribution: str) -> str:
    """Installed version; ``?`` when unknown."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "?"
