"""Conventions side by side on one axis: where samples land, what they weigh, and when to use which."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import combinations
from typing import Any

import numpy as np

from .. import banded, checks
from ..axis import Axis
from ..build import build
from ..cli import pictures
from ..conventions import Convention
from ..resize import find_convention
from ..taps import Taps
from . import tabular
from .convention_words import advice, describe
from .landing import landing
from .tabular import Table

ALIGN_CORNERS = ("torch:bilinear", "torch:bilinear-align-corners")
# Below this weights count as equal: the rounding of float32 in coordinates of short axes.
_SAME_WEIGHT = 1e-5


@dataclass(frozen=True)
class Explained:
    """One convention on one axis.

    Attributes:
      name: its name, or "yours".
      axis: lengths and row.
      coordinates: ``(m,)``, where the outputs land, in input pixels.
      taps: the operator.
    """

    name: str
    axis: Axis
    coordinates: np.ndarray
    taps: Taps


@dataclass(frozen=True, repr=False)
class Explanation:
    """What `explain` found; `print` it, show it in a notebook, or `plot` it.

    Attributes:
      n: input samples.
      m: output samples.
      conventions: one entry for each convention, in the order asked for.
    """

    n: int
    m: int
    conventions: tuple[Explained, ...]

    @property
    def same(self) -> tuple[tuple[str, str], ...]:
        """Pairs of conventions whose weights are the same at this size, up to the rounding of float32."""
        pairs = combinations(self.conventions, 2)
        return tuple((a.name, b.name) for a, b in pairs if _difference(a.taps, b.taps) <= _SAME_WEIGHT)

    def tables(self) -> tuple[Table, ...]:
        """The choices of each convention, then coordinates and weighted samples of each output."""
        return self._choices(), self._landings()

    def advice(self) -> list[str]:
        """Paragraphs on when to use which of the choices made here, `align_corners` first."""
        return advice([one.axis.convention for one in self.conventions])

    def plot(self) -> Any:
        """A picture with one row for each convention: where its outputs land, and what they read.

        Returns:
          a ``matplotlib.figure.Figure``.

        Raises:
          ModuleNotFoundError: matplotlib is not installed; the message names the install line.
        """
        return pictures("taps_picture").draw_conventions(self)

    def __str__(self) -> str:
        parts = [table.text() for table in self.tables()]
        return "\n\n".join([*parts, *self.findings(), *self.advice()])

    def __repr__(self) -> str:
        names = ", ".join(one.name for one in self.conventions)
        return f"<Explanation of {self.n} -> {self.m} samples by {names}>"

    def _repr_html_(self) -> str:
        words = "".join(f"<p>{escape(part)}</p>" for part in (*self.findings(), *self.advice()))
        return "".join(table.html() for table in self.tables()) + words

    def findings(self) -> list[str]:
        """Which conventions agree at this size, and how far the others' samples lie apart."""
        return [*self._agreements(), *self._distances()]

    def _choices(self) -> Table:
        described = [describe(one.axis) for one in self.conventions]
        chosen = [key for key in described[0] if any(words[key] for words in described)]
        rows = tuple((key, *(words[key] or "-" for words in described)) for key in chosen)
        title = f"{self.n} -> {self.m} samples"
        return Table(title, ("", *(one.name for one in self.conventions)), rows)

    def _landings(self) -> Table:
        rows = []
        for i in tabular.shown(self.m):
            cells = [_landing(one, i) for one in self.conventions]
            rows.append((tabular.GAP if i is None else str(i), *cells))
        head = ("output", *(one.name for one in self.conventions))
        return Table("coordinate: weighted samples", head, tuple(rows))

    def _agreements(self) -> Iterator[str]:
        for a, b in self.same:
            yield f"{a} and {b} weigh alike at this size."

    def _distances(self) -> Iterator[str]:
        for a, b in combinations(self.conventions, 2):
            apart = float(np.abs(a.coordinates - b.coordinates).max())
            if apart > _SAME_WEIGHT:
                yield f"{a.name} and {b.name} land up to {tabular.number(apart)} input pixels apart."


def explain(*conventions: str | Convention, n: int = 4, m: int = 8) -> Explanation:
    """Sets conventions side by side: coordinates, weights, edges, antialiasing, sizes, and what for.

    Args:
      *conventions: names in `jax_resample.conventions`, or rows of your own; by default PyTorch's bilinear
        with ``align_corners`` False and True.
      n: samples of the input axis.
      m: samples of the output axis.

    Returns:
      The explanation: `print` it, let a notebook show it, or `plot` it.

    Raises:
      ValueError: a name that is not in the table, or a length below 1.
      TypeError: a length that is no static integer.

    Example:
      >>> import jax_resample as jr
      >>> found = jr.explain("torch:bilinear", "torch:bilinear-align-corners", n=2, m=4)
      >>> print(found.tables()[1].text())
      coordinate: weighted samples
      output  torch:bilinear               torch:bilinear-align-corners
           0  -0.25: 1 x[0]                0: 1 x[0]
           1  0.25: 0.75 x[0] + 0.25 x[1]  0.333333: 0.6667 x[0] + 0.3333 x[1]
           2  0.75: 0.25 x[0] + 0.75 x[1]  0.666667: 0.3333 x[0] + 0.6667 x[1]
           3  1.25: 1 x[1]                 1: 1 x[1]
    """
    n, m = checks.an_integer(n, "n"), checks.an_integer(m, "m")
    checks.positive_sizes((n,), "n")
    checks.positive_sizes((m,), "m")
    asked = conventions or ALIGN_CORNERS
    return Explanation(n, m, tuple(_explained(convention, n, m) for convention in asked))


def _explained(convention: str | Convention, n: int, m: int) -> Explained:
    row = find_convention(convention)
    axis = Axis(n, m, row.per_axis((n,), (m,))[0])
    name = convention if isinstance(convention, str) else "yours"
    return Explained(name, axis, landing(axis), build(axis))


def _landing(one: Explained, i: int | None) -> str:
    if i is None:
        return ""
    summed = tabular.weighted_sum(banded.terms(one.taps, i))
    return f"{tabular.number(one.coordinates[i], 6)}: {summed}"


def _difference(a: Taps, b: Taps) -> float:
    """The largest difference of weights."""
    return float(np.abs(banded.matrix(a) - banded.matrix(b)).max(initial=0))
