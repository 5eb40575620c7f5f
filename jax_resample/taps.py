"""Taps: the banded linear operator that resamples one axis, and its transpose; ``build.py`` builds it.

Output sample ``i`` is ``sum_k weights[i, k] * x[start[i] + k]``. Every tap lies inside the input, the
boundary rule having been applied, so the band is the whole operator and its transpose is a band too.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from .accumulation import Accumulation
from .dtypes import compute_dtype


@dataclass(frozen=True, eq=False)
class Taps:
    """A banded operator from ``n`` to ``m`` samples; equal and hashed by content.

    Attributes:
      n: input samples.
      start: ``(m,)`` int32, first input sample that each output reads.
      weights: ``(m, K)``, float32 or float64, or int32 in fixed point. Unread places hold zero.
      shift: fractional bits of fixed-point weights, else None.
      accumulation: how a pass adds up and rounds where that is not the usual way, which is floating point
        rounded once after all passes, and for fixed point all of ``shift`` dropped in each.
    """

    n: int
    start: np.ndarray
    weights: np.ndarray
    shift: int | None = None
    accumulation: Accumulation | None = None
    _digest: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        parts = (self.start, self.weights)
        head = repr((self.n, self.shift, self.accumulation, [(a.shape, a.dtype.str) for a in parts])).encode()
        digest = hashlib.blake2b(head, digest_size=16)
        for part in parts:
            part.setflags(write=False)
            digest.update(np.ascontiguousarray(part).data)
        object.__setattr__(self, "_digest", digest.digest())

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Taps) and self._digest == other._digest

    def __repr__(self) -> str:
        return f"Taps({self.n}->{self.m}, K={self.support}, {self.weights.dtype.name})"

    @property
    def m(self) -> int:
        """Output samples."""
        return len(self.start)

    @property
    def support(self) -> int:
        """Taps per output sample, ``K``."""
        return self.weights.shape[1]

    @cached_property
    def is_identity(self) -> bool:
        """Whether the output is the input."""
        return self.n == self.m and self.is_selection and bool((self.start == np.arange(self.m)).all())

    @cached_property
    def is_selection(self) -> bool:
        """Whether each output is one input sample, unweighted."""
        return self.support == 1 and self.sums is None and bool((self.weights == 1).all())

    @cached_property
    def sums(self) -> Accumulation | None:
        """How a pass adds up and rounds, or None: in the type that computes, unrounded."""
        if self.accumulation is None and self.shift is not None:
            return Accumulation(shift=self.shift)
        return self.accumulation

    def sum_dtype(self, dtype: Any) -> str:
        """Name of the type in which weighted samples of ``dtype`` are added; moved ones keep theirs."""
        if self.is_selection:
            return np.dtype(dtype).name
        return compute_dtype(dtype) if self.sums is None else self.sums.dtype

    def entries(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The weights other than zero, by output: the output, the input and the weight of each."""
        row, tap = np.nonzero(self.weights)
        return row, self.start[row] + tap, self.weights[row, tap]

    @cached_property
    def transposed(self) -> "Taps":
        """The adjoint: output samples become inputs, still a band."""
        row, column, value = self.entries()
        order = np.argsort(column, kind="stable")
        row, column, value = row[order], column[order], value[order]
        start = np.full(self.n, self.m, np.int64)
        np.minimum.at(start, column, row)
        start[start == self.m] = 0  # samples that nothing reads
        width = int((row - start[column]).max(initial=0)) + 1
        weights = np.zeros((self.n, width), self.weights.dtype)
        weights[column, row - start[column]] = value
        return Taps(self.m, start.astype(np.int32), weights, self.shift, self.accumulation)

    def as_matrix(self) -> np.ndarray:
        """The dense ``(m, n)`` matrix, for inspection and tests; nothing computes with it."""
        matrix = np.zeros((self.m, self.n), self.weights.dtype)
        row, column, value = self.entries()
        matrix[row, column] = value
        return matrix
