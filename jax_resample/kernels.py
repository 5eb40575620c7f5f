"""The kernel table: the weight of an input sample as a function of its distance from the coordinate.

A kernel is used in two ways. *At a phase*, an interpolating kernel weighs the ``2 * radius`` samples
around a coordinate whose fractional part is the phase. *At distances*, a kernel that may be stretched
(antialiasing) weighs every sample in its window. Both evaluate the same formula; the order of rounding
follows PyTorch 2.13, so that float32 tables agree with its tables bit for bit.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from . import checks
from .arithmetic import fma, multiply_add
from .splines import bsplines


@dataclass(frozen=True)
class Kernel:
    """One row of the table, or a kernel of your own.

    Attributes:
      radius: half the support, in input pixels before stretching.
      at_distance: ``at_distance(x, xp)`` is the weight at signed distances (pixels) ``x``, an array of the
        namespace ``xp`` (NumPy or ``jax.numpy``); zero beyond the radius.
      at_phase: weights of the ``2 * radius`` samples around a coordinate, first to last, for phases in
        ``[0, 1]``; None evaluates ``at_distance`` there.
      source: where the formula comes from.
      interpolates: 1 at distance 0 and 0 at every other whole distance.
    """

    radius: float
    at_distance: Callable[..., Any]
    at_phase: Callable[..., tuple[Any, ...]] | None = None
    source: str = ""
    interpolates: bool = True

    @property
    def reach(self) -> int:
        """Samples on either side of a coordinate that the unstretched kernel can weigh."""
        return max(int(np.ceil(self.radius)), 1)

    def weights_at(self, phase: Any, xp: ModuleType = np) -> Any:
        """Weights of the ``2 * reach`` samples around coordinates, as a last axis."""
        if self.at_phase is not None:
            return xp.stack(self.at_phase(phase, xp), axis=-1)
        places = np.arange(1 - self.reach, 1 + self.reach).reshape((1,) * phase.ndim + (-1,))
        return self.at_distance(phase[..., None] - places.astype(phase.dtype), xp)


def _triangle_at_distance(x: Any, xp: ModuleType = np) -> Any:
    return xp.maximum(1 - abs(x), x.dtype.type(0))


def _triangle_at_phase(t: Any, xp: ModuleType = np) -> tuple[Any, ...]:
    return 1 - t, t


class _Rounding(NamedTuple):
    """How ``a * b + c`` is rounded in the steps of a cubic's polynomials, by Horner."""

    inner: tuple[Callable[..., Any], Callable[..., Any]]
    outer: tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]


_FUSED = _Rounding((fma, fma), (fma, fma, fma))
# PyTorch's tables of weights, and its kernels that sample at points.
_TABLE = _Rounding((fma, multiply_add), (fma, fma, multiply_add))
_POINTS = _Rounding((fma, fma), (multiply_add, multiply_add, multiply_add))


def _cubic_inner(x: Any, a: Any, rounding: _Rounding, xp: ModuleType) -> Any:
    """``(a + 2) x^3 - (a + 3) x^2 + 1`` for ``0 <= x <= 1``."""
    first, last = rounding.inner
    return last(first(a + 2, x, -(a + 3), xp) * x, x, x.dtype.type(1), xp)


def _cubic_outer(x: Any, a: Any, rounding: _Rounding, xp: ModuleType) -> Any:
    """``a x^3 - 5a x^2 + 8a x - 4a`` for ``1 <= x <= 2``."""
    first, middle, last = rounding.outer
    return last(middle(first(a, x, -5 * a, xp), x, 8 * a, xp), x, -4 * a, xp)


def _cubic(coefficient: float) -> Kernel:
    def at_distance(x: Any, xp: ModuleType = np) -> Any:
        a, x = x.dtype.type(coefficient), abs(x)
        inner, outer = _cubic_inner(x, a, _FUSED, xp), _cubic_outer(x, a, _FUSED, xp)
        return xp.where(x < 1, inner, xp.where(x < 2, outer, x.dtype.type(0)))

    def at_phase(t: Any, xp: ModuleType = np) -> tuple[Any, ...]:
        a, s = t.dtype.type(coefficient), 1 - t
        rounding = _TABLE if xp is np else _POINTS
        return (
            _cubic_outer(t + 1, a, rounding, xp),
            _cubic_inner(t, a, rounding, xp),
            _cubic_inner(s, a, rounding, xp),
            _cubic_outer(s + 1, a, rounding, xp),
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


def _piecewise_cubic(b: float, c: float) -> Kernel:
    """Mitchell and Netravali's family; (0, 1/2) is Catmull-Rom, (1, 0) the cubic B-spline."""
    inner = np.array([12 - 9 * b - 6 * c, -18 + 12 * b + 6 * c, 0, 6 - 2 * b]) / 6
    outer = np.array([-b - 6 * c, 6 * b + 30 * c, -12 * b - 48 * c, 8 * b + 24 * c]) / 6

    def at_distance(x: Any, xp: ModuleType = np) -> Any:
        x, zero = abs(x), x.dtype.type(0)
        near, far = (_horner(x, row) for row in (inner, outer))
        return xp.where(x < 1, near, xp.where(x < 2, far, zero))

    return Kernel(2, at_distance, None, "Mitchell and Netravali (1988), eq. 8", interpolates=b == 0)


def _horner(x: Any, coefficients: np.ndarray) -> Any:
    total = x.dtype.type(coefficients[0])
    for coefficient in coefficients[1:]:
        total = total * x + x.dtype.type(coefficient)
    return total


def gaussian(radius: float, sigma: float | None = None) -> Kernel:
    """A bell cut off at its radius; the standard deviation is a third of that unless given."""
    sigma = radius / 3.0 if sigma is None else sigma

    def at_distance(x: Any, xp: ModuleType = np) -> Any:
        weight = xp.exp(-(x * x) / x.dtype.type(2.0 * sigma * sigma))
        return xp.where(abs(x) < radius, weight, x.dtype.type(0))

    return Kernel(radius, at_distance, None, "as in tf.image and DALI", interpolates=False)


def _box(x: Any, xp: ModuleType = np) -> Any:
    x, one = abs(x), x.dtype.type(1)
    return xp.where(x < 0.5, one, xp.where(x == 0.5, one / 2, x.dtype.type(0)))


def _box_half_open(x: Any, xp: ModuleType = np) -> Any:
    return xp.where((x > -0.5) & (x <= 0.5), x.dtype.type(1), x.dtype.type(0))


def _box_from_left(x: Any, xp: ModuleType = np) -> Any:
    return xp.where((x >= -0.5) & (x < 0.5), x.dtype.type(1), x.dtype.type(0))


def _hamming(x: Any, xp: ModuleType = np) -> Any:
    """A sinc of radius 1 in Hamming's window, whose constants Pillow keeps in float32; exactly 1 at 0."""
    window = x.dtype.type(np.float32(0.54)) + x.dtype.type(np.float32(0.46)) * xp.cos(x * x.dtype.type(np.pi))
    weight = xp.where(x == 0, x.dtype.type(1), _sinc(abs(x), xp) * window)
    return xp.where(abs(x) < 1, weight, x.dtype.type(0))


def _bspline(degree: int) -> Kernel:
    def at_distance(x: Any, xp: ModuleType = np) -> Any:
        return bsplines.at_distance(x, degree, xp)

    source = "Schoenberg (1946); weighs coefficients (`spline_filter`) and not samples, beyond degree 1"
    return Kernel((degree + 1) / 2, at_distance, None, source, interpolates=degree < 2)


KERNELS: dict[str, Kernel] = {
    "box": Kernel(0.5, _box, None, "the mean of what lies nearest; half at either end"),
    "box(-1/2, 1/2]": Kernel(0.5, _box_half_open, None, "Pillow's box, which takes its right end only"),
    "box[-1/2, 1/2)": Kernel(0.5, _box_from_left, None, "MATLAB's box, which takes its left end only"),
    "triangle": Kernel(1, _triangle_at_distance, _triangle_at_phase, "linear interpolation"),
    "hamming": Kernel(1, _hamming, None, "Pillow's Hamming filter"),
    "cubic(-0.75)": _cubic(-0.75),
    "cubic(-0.5)": _cubic(-0.5),
    "catmull-rom": _cubic(-0.5),
    "mitchell": _piecewise_cubic(1 / 3, 1 / 3),
    "lanczos2": _lanczos(2),
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
    "gaussian": gaussian(1.5),
    **{f"bspline{degree}": _bspline(degree) for degree in bsplines.DEGREES},
}

# Kernels with parameters of the caller's choice, as ``name(number, ...)``.
PARAMETRIC: dict[str, Callable[..., Kernel]] = {
    "cubic": _cubic,
    "mitchell": _piecewise_cubic,
    "gaussian": gaussian,
    "lanczos": lambda radius: _lanczos(int(radius)),
}


def find_kernel(kernel: str | Kernel | None) -> Kernel:
    """A kernel by name, with its parameters where it has any (``"cubic(-0.6)"``), or itself."""
    return kernel if isinstance(kernel, Kernel) else _named(kernel)


@lru_cache(maxsize=256)
def _named(name: str | None) -> Kernel:
    if name in KERNELS:
        return KERNELS[name]
    match = re.fullmatch(r"([a-z-]+)\(([^()]*)\)", name or "")
    make = PARAMETRIC.get(match[1]) if match else None
    if match and make:
        with suppress(TypeError, ValueError):
            return make(*map(float, match[2].split(",")))
    known = ", ".join(map(repr, (*KERNELS, *(f"{name}(...)" for name in PARAMETRIC))))
    return checks.refuse("kernel", f"be a Kernel or one of {known}", repr(name))
