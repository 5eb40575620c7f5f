"""What a tap outside the array reads: the boundary tables.

Indices are *replaced*, coordinates are *folded*. A rule of `BOUNDARIES` takes the sample indices of a set of
taps (any integers, one set along the last axis) with their weights, and returns indices inside ``[0, n)``
with the weights those samples get. A rule of `FOLDS` takes positions (pixels, any real numbers) and returns
positions inside ``[0, n - 1]``; it is how a library that pads the coordinate itself, before it looks for
taps, treats the edge, and how positions too large for an integer are treated. All of them work on NumPy or
traced arrays, the namespace being ``xp``.

==========  =============================
name        what lies outside ``a b c d``
==========  =============================
constant    ``k k k | a b c d | k k k``
clamp       ``a a a | a b c d | d d d``
reflect     ``c b a | a b c d | d c b``
mirror      ``d c b | a b c d | c b a``
wrap        ``b c d | a b c d | a b c``
drop        nothing, and the weights of the others make up for it
==========  =============================
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from .arithmetic import fma, opaque

Rule = Callable[..., tuple[Any, Any]]
Fold = Callable[..., Any]


def _clamp(index: Any, weights: Any, n: int, xp: ModuleType = np) -> tuple[Any, Any]:
    """The edge sample is repeated (PyTorch without antialias, OpenCV's BORDER_REPLICATE)."""
    return xp.clip(index, 0, n - 1), weights


def _drop(index: Any, weights: Any, n: int, xp: ModuleType = np) -> tuple[Any, Any]:
    """Outside taps are dropped and the others share their weight (Pillow, PyTorch with antialias).

    The weights are summed one by one, in their own type, as those libraries sum them.
    """
    inside = (index >= 0) & (index < n)
    weights = xp.where(inside, weights, weights.dtype.type(0))
    total = xp.cumsum(weights, axis=-1, dtype=weights.dtype)[..., -1:]
    safe = xp.where(total == 0, weights.dtype.type(1), total)
    return xp.clip(index, 0, n - 1), weights / safe


def _constant(index: Any, weights: Any, n: int, xp: ModuleType = np) -> tuple[Any, Any]:
    """Outside taps read nothing; what the constant adds is its value times the weight that is missing."""
    inside = (index >= 0) & (index < n)
    return xp.clip(index, 0, n - 1), xp.where(inside, weights, weights.dtype.type(0))


def _reflect(index: Any, weights: Any, n: int, xp: ModuleType = np) -> tuple[Any, Any]:
    """Half-sample symmetric (SciPy's reflect, OpenCV's BORDER_REFLECT)."""
    place = xp.mod(index, 2 * n)
    return xp.minimum(place, 2 * n - 1 - place), weights


def _mirror(index: Any, weights: Any, n: int, xp: ModuleType = np) -> tuple[Any, Any]:
    """Whole-sample symmetric (SciPy's mirror, OpenCV's BORDER_REFLECT_101)."""
    period = max(2 * (n - 1), 1)
    place = xp.mod(index, period)
    return xp.minimum(place, period - place) if n > 1 else place, weights


def _wrap(index: Any, weights: Any, n: int, xp: ModuleType = np) -> tuple[Any, Any]:
    """Periodic (SciPy's grid-wrap, OpenCV's BORDER_WRAP)."""
    return xp.mod(index, n), weights


BOUNDARIES: dict[str, Rule] = {
    "clamp": _clamp,
    "drop": _drop,
    "constant": _constant,
    "reflect": _reflect,
    "mirror": _mirror,
    "wrap": _wrap,
}


def _fold_clamp(u: Any, n: int, xp: ModuleType = np) -> Any:
    """The nearest position inside; NaN goes to 0. The derivative is 0 at the ends too, as in PyTorch."""
    zero, last = u.dtype.type(0), u.dtype.type(n - 1)
    u = xp.where(u > zero, u, zero)
    return xp.where(u < last, u, last)


def _fold_symmetric(u: Any, n: int, low: float, span: int, xp: ModuleType) -> Any:
    """Reflects at ``low`` and ``low + span`` in the order of PyTorch's vector kernel, then clamps."""
    start, period = u.dtype.type(low), u.dtype.type(2 * span)
    distance = xp.where(u < start, start - u, u - start)
    periods = xp.trunc(distance / opaque(period, u, xp))
    rest = fma(-periods, period, distance, xp)
    back = period - rest
    return _fold_clamp(xp.where(rest > back, back, rest) + start, n, xp)


def _fold_reflect(u: Any, n: int, xp: ModuleType = np) -> Any:
    """Reflects at the outer edges of the pixels, ``-1/2`` and ``n - 1/2``; the last half pixels repeat."""
    return _fold_symmetric(u, n, -0.5, n, xp)


def _fold_mirror(u: Any, n: int, xp: ModuleType = np) -> Any:
    """Reflects at the centres of the first and last pixels."""
    return _fold_symmetric(u, n, 0.0, n - 1, xp) if n > 1 else xp.zeros_like(u)


def _scalar_clamp(u: Any, n: int, xp: ModuleType = np) -> Any:
    """As PyTorch's scalar kernel, which serves three dimensions: NaN goes to the last sample."""
    zero, last = u.dtype.type(0), u.dtype.type(n - 1)
    u = xp.where(u <= zero, zero, u)
    return xp.where(u < last, u, last)


def _scalar_symmetric(u: Any, n: int, low: float, span: int, xp: ModuleType) -> Any:
    """The same reflection in the order of PyTorch's scalar kernel.

    It tells from the number of spans whether to go forth or back. Beyond the integers that a float holds,
    or that fit in 32 bits, that number counts as even.
    """
    start, length = u.dtype.type(low), u.dtype.type(span)
    distance = xp.where(u < start, start - u, u - start)
    rest = xp.fmod(distance, length)
    limit = u.dtype.type(2.0 ** min(np.finfo(u.dtype).nmant + 1, 31))
    forth = xp.fmod(distance, 2 * length) < length
    forth = forth | ~(xp.floor(distance / opaque(length, u, xp)) < limit)
    return _scalar_clamp(xp.where(forth, rest, length - rest) + start, n, xp)


def _scalar_reflect(u: Any, n: int, xp: ModuleType = np) -> Any:
    """`_fold_reflect` of the scalar kernel."""
    return _scalar_symmetric(u, n, -0.5, n, xp)


def _scalar_mirror(u: Any, n: int, xp: ModuleType = np) -> Any:
    """`_fold_mirror` of the scalar kernel."""
    return _scalar_symmetric(u, n, 0.0, n - 1, xp) if n > 1 else xp.zeros_like(u)


def _fold_wrap(u: Any, n: int, xp: ModuleType = np) -> Any:
    """Periodic: ``u`` modulo ``n``, in ``[0, n)``, which is past the last centre in its last pixel."""
    return xp.mod(u, u.dtype.type(n))


FOLDS: dict[str, Fold] = {
    "clamp": _fold_clamp,
    "reflect": _fold_reflect,
    "mirror": _fold_mirror,
    "wrap": _fold_wrap,
    "clamp (scalar)": _scalar_clamp,
    "reflect (scalar)": _scalar_reflect,
    "mirror (scalar)": _scalar_mirror,
}
