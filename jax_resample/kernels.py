"""The kernel table: the weight of an input sample as a function of its distance from the coordinate.

A kernel is used in two ways. *At a phase*, an interpolating kernel weighs the ``2 * radius`` samples
around a coordinate whose fractional part is the phase. *At distances*, a kernel that may be stretched
(antialiasing) weighs every sample in its window. Both evaluate the same formula; the order of rounding
follows PyTorch 2.13, so that float32 tables agree with its tables bit for bit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from .arithmetic import fma, multiply_add


@dataclass(frozen=True)
class Kernel:
    """One row of the table.

    Attributes:
      radius: half the support, in input pixels before stretching.
      at_distance: weight at signed distances (pixels), any array; zero beyond the radius.
      at_phase: weights of the ``2 * radius`` samples around a coordinate, first to last, for phases in
        ``[0, 1]``; None for a kernel that is only used through a window.
      source: where the formula comes from.
    """

    radius: int
    at_distance: Callable[..., Any]
    at_phase: Callable[..., tuple[Any, ...]] | None
    source: str


def _triangle_at_distance(x: Any, xp: ModuleType = np) -> Any:
    return xp.maximum(1 - abs(x), x.dtype.type(0))


def _triangle_at_phase(t: Any, xp: ModuleType = np) -> tuple[Any, ...]:
    return 1 - t, t


def _cubic_inner(x: Any, a: Any, last: Callable[..., Any], xp: ModuleType) -> Any:
    """``(a + 2) x^3 - (a + 3) x^2 + 1`` for ``0 <= x <= 1``, by Horner; ``last`` makes the final step."""
    return last(fma(a + 2, x, -(a + 3), xp) * x, x, x.dtype.type(1), xp)


def _cubic_outer(x: Any, a: Any, last: Callable[..., Any], xp: ModuleType) -> Any:
    """``a x^3 - 5a x^2 + 8a x - 4a`` for ``1 <= x <= 2``, by Horner; ``last`` makes the final step."""
    return last(fma(fma(a, x, -5 * a, xp), x, 8 * a, xp), x, -4 * a, xp)


def _cubic(coefficient: float) -> Kernel:
    def at_distance(x: Any, xp: ModuleType = np) -> Any:
        a, x = x.dtype.type(coefficient), abs(x)
        inner, outer = _cubic_inner(x, a, fma, xp), _cubic_outer(x, a, fma, xp)
        return xp.where(x < 1, inner, xp.where(x < 2, outer, x.dtype.type(0)))

    def at_phase(t: Any, xp: ModuleType = np) -> tuple[Any, ...]:
        a, s = t.dtype.type(coefficient), 1 - t
        return (
            _cubic_outer(t + 1, a, multiply_add, xp),
            _cubic_inner(t, a, multiply_add, xp),
            _cubic_inner(s, a, multiply_add, xp),
            _cubic_outer(s + 1, a, multiply_add, xp),
        )

    return Kernel(2, at_distance, at_phase, "Keys (1981), Cubic convolution interpolation, eq. 4")


def _lanczos(radius: int) -> Kernel:
    def at_distance(x: Any, xp: ModuleType = np) -> Any:
        x = abs(x)
        wide = x.astype(xp.float64) if xp is np else x
        # PyTorch rounds the narrow sinc to the table's type and keeps the wide one in double.
        weight = _sinc(x, xp) * _sinc(wide / radius, xp)
        return xp.where(x < radius, weight, 0.0).astype(x.dtype)

    return Kernel(radius, at_distance, None, "Duchon (1979), Lanczos filtering; as in Pillow and PyTorch")


def _sinc(x: Any, xp: ModuleType) -> Any:
    """``sin(pi x) / (pi x)``, 1 at 0; the sine is taken in double and rounded where NumPy computes."""
    angle = x * x.dtype.type(np.pi)
    safe = xp.where(x == 0, x.dtype.type(1), angle)
    sine = xp.sin(safe.astype(xp.float64)).astype(x.dtype) if xp is np else xp.sin(safe)
    return xp.where(x == 0, x.dtype.type(1), sine / safe)


KERNELS: dict[str, Kernel] = {
    "triangle": Kernel(1, _triangle_at_distance, _triangle_at_phase, "linear interpolation"),
    "cubic(-0.75)": _cubic(-0.75),
    "cubic(-0.5)": _cubic(-0.5),
    "lanczos3": _lanczos(3),
}
