"""How libraries weigh and add where they do not compute in floating point rounded once: the table of rules.

A row of ``FIXED_POINT`` holds a rule for each dtype of image that it covers, most of them 8-bit images only.
"""

from collections.abc import Callable, Sequence
from math import prod
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
      every_axis: an axis that keeps its length is no copy on that account.
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


# SciPy: samples and weights as they are, rounded after the last pass.
_SCIPY = FixedPoint(
    _finally(
        Accumulation(dtype="float32", rounding="half away"), Accumulation(dtype="float32", result="float32")
    )
)


def _pillow_in_double(rounding: str | None, result: str | None = None) -> FixedPoint:
    return FixedPoint(_all(Accumulation(dtype="float64", apart=True, rounding=rounding, result=result)))


def _rounded(bits: int) -> Quantise:
    """OpenCV: a number of fractional bits of each weight, rounded half to even."""
    return lambda weights, _: (np.rint(weights * weights.dtype.type(1 << bits)).astype(np.int32), bits)


def _counted(weights: np.ndarray, _: float) -> tuple[np.ndarray, int]:
    """OpenCV's whole blocks: samples are counted, and the sum is divided at the end."""
    return (weights != 0).astype(np.int32), 0


def _divided(*, squares_half_up: bool) -> Accumulate:
    """Sums of whole blocks over all axes, and their mean rounded half to even; of 2 x 2 samples, half up."""

    def accumulate(taps: Sequence["Taps"]) -> Sequence[Accumulation]:
        count = prod(one.support for one in taps)
        mean = Accumulation(scale=1.0 / count, rounding="half even")
        square = [one.support for one in taps] == [2, 2]
        last = Accumulation(shift=2) if square and squares_half_up else mean
        return (*(_WIDE,) * (len(taps) - 1), last)

    return accumulate


# What passes before the last one keep.
_WIDE = Accumulation(result="int32")


def _rounded_once(*, beyond: int = 0, backwards: bool = False) -> FixedPoint:
    """Sums in float32, each product rounded by itself, and rounded once after the last pass."""
    last = Accumulation(dtype="float32", apart=True, backwards=backwards, rounding="half even")
    first = Accumulation(dtype="float32", apart=True, result="float32")
    return FixedPoint(_finally(last, first), every_axis=True, beyond=beyond)


def _opencv(
    bits: int, last: Accumulation, alone: Accumulation, *, beyond: int = 0, backwards: bool = False
) -> dict[str, FixedPoint]:
    """Integers for 8-bit images, and float32 for those of 16 bits; ``backwards`` is the last pass's order."""
    accumulate = _finally(last, _WIDE, alone)
    quantise = _rounded(bits)
    whole = FixedPoint(accumulate, quantise, weigh_first=True, every_axis=True, beyond=beyond, most_axes=2)
    words = _rounded_once(beyond=beyond, backwards=backwards)
    return {"uint8": whole, "uint16": words, "int16": words}


def _in_float32(bits: int) -> Accumulation:
    return Accumulation(dtype="float32", backwards=True, scale=2.0**-bits, rounding="half even")


def _integers(rule: FixedPoint) -> dict[str, FixedPoint]:
    return dict.fromkeys(("uint8", "uint16", "int16"), rule)


FIXED_POINT: dict[str, dict[str, FixedPoint]] = {
    "int16": {"uint8": _TORCH},
    "22 bits": {"uint8": _PILLOW},
    "Pillow's, every type": {
        "uint8": _PILLOW,
        "int32": _pillow_in_double("half away, wild"),
        "uint16": _pillow_in_double("half away"),
        "float32": _pillow_in_double(None, "float32"),
    },
    "SciPy": dict.fromkeys(("uint8", "int8", "uint16", "int16"), _SCIPY),
    "OpenCV linear": _opencv(
        11,
        Accumulation(sample_bits=4, product_bits=16, shift=2),
        Accumulation(product_bits=9, shift=2),
        beyond=1,
    ),
    "OpenCV linear exact": _opencv(8, Accumulation(shift=16), Accumulation(shift=8)),
    "OpenCV cubic": _opencv(11, _in_float32(22), _in_float32(11), beyond=2, backwards=True),
    "OpenCV lanczos4": _opencv(11, Accumulation(shift=22), Accumulation(shift=11), backwards=True),
    "OpenCV blocks": _integers(FixedPoint(_divided(squares_half_up=True), _counted)),
    "OpenCV blocks, half even": _integers(FixedPoint(_divided(squares_half_up=False), _counted)),
    "OpenCV shares": _integers(_rounded_once()),
}
