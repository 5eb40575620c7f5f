"""How close is close: one table, in units in the last place, with reasons.

A unit is the spacing of the dtype at the largest magnitude among the samples that went in and came out:
an output near zero is the difference of larger terms and cannot be nearer than they are. (The live tests
enlarge what goes in where the weights themselves are large: see `gain` in parity/test_interpolate.py.)
"""

import numpy as np

# PyTorch and this library add the same products in different orders (which axis goes first, fused or
# separate rounding), and XLA contracts as it likes. Largest seen over 3,000 random calls: 3.0 for Lanczos
# (a dozen taps an axis, a unit or two in 2 % of its weights), 4.0 for cubic, 2.0 otherwise.
FLOAT32_ULPS = 8.0
# The requirement is relative; in units of 2**-52 it is 4,500. Largest seen: 4.5.
FLOAT64_RELATIVE = 1e-12
# One rounding of the exact answer is half a unit; the float32 answer below it may itself be off.
HALF_UNIT = 0.5
# Splines: the prefilter magnifies a sample's rounding by up to this, an axis. Largest seen over 3,360
# random calls in float32, coordinates within a length of the array: 18 units on one axis, 31 on two,
# a third of what `spline_units` allows.
SPLINE_GAINS = {0: 1.0, 1: 1.0, 2: 2.0, 3: 3.0, 4: 4.8, 5: 7.5}
SPLINE_ULPS = 4.0


def spline_units(order: int, axes: int, dtype: str, *arrays: np.ndarray, span: float = 0.0) -> float:
    """What a spline's rounding amounts to; ``span`` is the largest coordinate that is computed in ``dtype``.

    A coordinate is off by half a unit of ``span``, and the spline's slope is at most the samples' range times
    the gain, per pixel.
    """
    gain = SPLINE_GAINS[order]
    return (SPLINE_ULPS * gain**axes + span * gain) * unit(dtype, *arrays)


def unit(dtype: str, *arrays: np.ndarray) -> float:
    """One unit in the last place of the largest finite magnitude in ``arrays``."""
    largest = max((float(np.abs(a).max(initial=0)) for a in arrays), default=0.0)
    return spacing(np.float64(largest), dtype).item() if largest else 0.0


def spacing(values: np.ndarray, dtype: str) -> np.ndarray:
    """The distance between neighbours of ``dtype`` around float64 values."""
    mantissa = {"float64": 52, "float32": 23, "float16": 10, "bfloat16": 7}[dtype]
    smallest = {"float64": -1022, "float32": -126, "float16": -14, "bfloat16": -126}[dtype]
    exponent = np.frexp(np.abs(values))[1] - 1
    return np.ldexp(1.0, np.maximum(exponent, smallest) - mantissa)


# MLX computes weights by the same formulas and adds in another order. Largest seen over 360 random calls and
# the recorded ones: linear 1.3; its cubics, whose polynomials round term by term, 14.
MLX_ULPS = 4.0
MLX_CUBIC_ULPS = 24.0
