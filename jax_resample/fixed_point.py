"""How libraries weigh and add where they do not compute in floating point rounded once: the table of rules.

A row of ``FIXED_POINT`` holds a rule for each dtype of image that it covers, most of them 8-bit images only.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .accumulation import Accumulation

if TYPE_CHECKING:
    from .taps import Taps

# Takes weights and the largest weight met while equal taps were added, which can exceed the largest that
# remains, and gives int32 weights and their fractional bits.
Quantise = Callable[[np.ndarray, float], tuple[np.ndarray, int]]
# Takes the taps of all passes, in the order in which they run, and says how each adds and rounds.
Accumulate = Callable[[Sequence["Taps"]], Sequence[Accumulation | None]]


class FixedPoint(NamedTuple):
    """A rule.

    Attributes:
      accumulate: how the passes add and round.
      quantise: weights as integers; None leaves them as they are.
      weigh_first: weights become integers before those of equal taps are added.
      every_axis: an axis that keeps its length is passed like the others, as long as one does not.
      beyond: the last pass weighs each tap by itself, up to so many samples beyond either end, also where
        several of them read the same sample.
      most_axes: axes that the rule is for.
    """

    accumulate: Accumulate
    quantise: Quantise | None = None
    weigh_first: bool = False
    every_axis: bool = False
    beyond: int = 0
    most_axes: int | None = None


def _all(one: Accumulation | None) -> Accumulate:
    return lambda taps: (one,) * len(taps)


def _finally(last: Accumulation, first: Accumulation, alone: Accumulation | None = None) -> Accumulate:
    """One for the last of several passes, one for those before it, and one for a single pass."""
    single = last if alone is None else alone
    return lambda taps: (*(first,) * (len(taps) - 1), last) if len(taps) > 1 else (single,) * len(taps)


def _int16(weights: np.ndarray, peak: float) -> tuple[np.ndarray, int]:
    """PyTorch: as many fractional bits as keep the largest weight in 16 bits; rounded half away from zero."""
    shift = next((p for p in range(22) if int(0.5 + peak * (1 << (p + 1))) >= 1 << 15), 22)
    return _half_away(weights, shift), shift


def _bits22(weights: np.ndarray, _: float) -> tuple[np.ndarray, int]:
    """Pillow: 22 fractional bits, rounded half away from zero."""
    return _half_away(weights, 22), 22


def _half_away(weights: np.ndarray, shift: int) -> np.ndarray:
    scaled = weights * (1 << shift)
    return np.trunc(scaled + np.where(scaled < 0, -0.5, 0.5)).astype(np.int32)


_TORCH = FixedPoint(_all(None), _int16)
_PILLOW = FixedPoint(_all(None), _bits22)


def _pillow_in_double(rounding: str | None, result: str | None = None) -> FixedPoint:
    return FixedPoint(_all(Accumulation(dtype="float64", apart=True, rounding=rounding, result=result)))


FIXED_POINT: dict[str, dict[str, FixedPoint]] = {
    "int16": {"uint8": _TORCH},
    "22 bits": {"uint8": _PILLOW},
    "Pillow's, every type": {
        "uint8": _PILLOW,
        "int32": _pillow_in_double("half away, wild"),
        "uint16": _pillow_in_double("half away"),
        "float32": _pillow_in_double(None, "float32"),
    },
}
