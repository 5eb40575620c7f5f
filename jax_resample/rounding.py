"""Which sample a nearest-neighbour lookup picks: the rounding table.

PyTorch has two kernels for the same mode that disagree in about 2 % of random cases. Its *compact*
kernel serves 2-D maps with ``out_height + out_width <= 128``; its *general* kernel serves everything
else. Rows are named for both; ``conventions.py`` picks one.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .coordinates import asymmetric, floor_index, half_pixel, step

Rule = Callable[[int, int, float | None, Any], np.ndarray]


def _floor(n: int, m: int, factor: float | None, dtype: Any) -> np.ndarray:
    """``floor(i * step)``: PyTorch's legacy nearest, which samples the corner of each output pixel."""
    size = step(n, m, align_corners=False, factor=factor, dtype=dtype)
    return floor_index(asymmetric(size, m), n)


def _floor_compact(n: int, m: int, factor: float | None, dtype: Any) -> np.ndarray:
    """The same in float32 for every dtype, with equal and doubled sizes taken for themselves."""
    if m == n:
        return np.arange(m)
    if m == 2 * n:
        return np.arange(m) // 2
    return _floor(n, m, factor, np.float32)


def _exact(n: int, m: int, factor: float | None, dtype: Any) -> np.ndarray:
    """The sample nearest to the half-pixel coordinate, ties upwards."""
    size = step(n, m, align_corners=False, factor=factor, dtype=dtype)
    u = np.maximum(half_pixel(size, m), size.dtype.type(0))
    return floor_index(u.astype(np.float64) + 0.5, n)


def _exact_compact(n: int, m: int, factor: float | None, dtype: Any) -> np.ndarray:
    """The same as ``floor((i + 1/2) * step)`` with a float32 step and a double product."""
    size = step(n, m, align_corners=False, factor=factor, dtype=np.float32)
    return floor_index((np.arange(m) + 0.5) * np.float64(size), n)


ROUNDINGS: dict[str, Rule] = {
    "floor": _floor,
    "floor-compact": _floor_compact,
    "exact": _exact,
    "exact-compact": _exact_compact,
}
