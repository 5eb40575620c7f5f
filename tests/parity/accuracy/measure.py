"""Differences between two libraries' answers, gathered over many calls."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from ...tolerances import unit


class Pair(NamedTuple):
    """Our answer to a call, the package's, and what went in."""

    mine: np.ndarray
    theirs: np.ndarray
    inputs: np.ndarray


@dataclass
class Figures:
    """The worst differences of a row.

    Attributes:
      against: package and version.
      calls: how many were compared.
      float64: units in the last place of the largest magnitude that went in or came out; None: no such call.
      float32: likewise.
      values: integers, and samples that a nearest lookup moves, that were compared.
      differing: how many of them differ.
      level: by how much at most.
    """

    against: str
    calls: int = 0
    float64: float | None = None
    float32: float | None = None
    values: int = 0
    differing: int = 0
    level: float = 0.0

    def add(self, pair: Pair) -> None:
        """Counts one call in."""
        mine, theirs, inputs = (_wide(array) for array in pair)
        if mine.shape != theirs.shape:
            msg = f"shapes {mine.shape} and {theirs.shape}"
            raise ValueError(msg)
        self.calls += 1
        alike = (mine == theirs) | (np.isnan(mine) & np.isnan(theirs))
        difference = np.where(alike, 0, np.nan_to_num(np.abs(mine - theirs), nan=np.inf, posinf=np.inf))
        kind = np.asarray(pair.mine).dtype.name
        if kind not in ("float64", "float32"):
            self.values += mine.size
            self.differing += int((difference != 0).sum())
            self.level = max(self.level, float(difference.max(initial=0)))
            return
        finite = [array[np.isfinite(array)] for array in (inputs, theirs)]
        ulps = float(difference.max(initial=0)) / (unit(kind, *finite) or 1.0)
        setattr(self, kind, max(getattr(self, kind) or 0.0, ulps))

    @property
    def is_exact(self) -> bool:
        """Whether nothing differed."""
        return not (self.float64 or self.float32 or self.differing)


def gather(against: str, pairs: Iterable[Pair]) -> dict[str, Any]:
    """The figures of many calls, as JSON holds them."""
    figures = Figures(against)
    for pair in pairs:
        figures.add(pair)
    return asdict(figures)


def _wide(array: Any) -> np.ndarray:
    return np.asarray(array).astype(np.float64)
