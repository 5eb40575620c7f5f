"""Calls of packages that cannot share an environment with JAX, recorded for the accuracy report.

``CALLS[name](x, size)`` is the real package's answer for a row of the table; the recorder asks it for every
shape of `cases`.
"""

import numpy as np

from .calls import samples
from .identify_calls import TENSORFLOW_CALLS, Call

FILE = "accuracy-tensorflow-2.21.0.npz"
CASES = 8


def cases(count: int = CASES, longest: int = 20) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Lengths in and out, from 2 to ``longest``, the same ones at every call."""
    lengths = np.random.default_rng(7).integers(2, longest + 1, (count, 4)).tolist()
    return [((a, b), (c, d)) for a, b, c, d in lengths]


def image(shape: tuple[int, int], dtype: str, seed: int) -> np.ndarray:
    """Noise in [-1, 1), or of 8-bit integers."""
    return samples(shape, dtype, seed).astype(dtype)


CALLS: dict[str, Call] = TENSORFLOW_CALLS
