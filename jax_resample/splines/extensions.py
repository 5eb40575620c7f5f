"""How a spline goes on beyond its array: SciPy's modes, one row each.

Three things differ: which samples the prefilter takes to lie outside, which coefficients the spline reads
outside, and how a coordinate that lies outside is brought in. Found by experiment on SciPy 1.17.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

Fold = Callable[[Any, int, ModuleType], Any]


def _inside(u: Any, n: int, xp: ModuleType) -> Any:
    return (u >= 0) & (u <= n - 1)


def _finite(u: Any, n: int, xp: ModuleType) -> Any:
    return xp.isfinite(u)


def _everywhere(u: Any, n: int, xp: ModuleType) -> Any:
    return xp.ones_like(u, dtype=bool)


def _same(u: Any, n: int, xp: ModuleType) -> Any:
    return u


def _mirror(u: Any, n: int, xp: ModuleType) -> Any:
    """Period ``2 n - 2``; what lies within a sample beyond the end is left to the coefficients' rule."""
    period = 2 * n - 2
    rest = xp.fmod(u, u.dtype.type(period))
    below = xp.where(rest <= 1 - n, rest + period, -rest)
    above = xp.where(rest >= n, period - rest, rest)
    return xp.where(u < 0, below, above)


def _reflect(u: Any, n: int, xp: ModuleType) -> Any:
    """Period ``2 n``; what lies within a sample of the ends is left to the coefficients' rule."""
    period = 2 * n
    rest = xp.fmod(u, u.dtype.type(period))
    below = xp.where(rest < -n, rest + period, -rest - 1)
    above = xp.where(rest >= n, period - rest - 1, rest)
    return xp.where(u < 0, below, above)


def _wrap(u: Any, n: int, xp: ModuleType) -> Any:
    """Period ``n - 1``: first and last sample are taken for one place. The last one stays, and so do
    negative multiples of the period.
    """
    period = n - 1
    rest = xp.fmod(u, u.dtype.type(period))
    return xp.where(u < 0, rest + period, xp.where(u > period, rest, u))


def _grid_wrap(u: Any, n: int, xp: ModuleType) -> Any:
    """Period ``n``."""
    rest = xp.fmod(u, u.dtype.type(n))
    return xp.where(u < 0, rest + n, rest)


@dataclass(frozen=True)
class Extension:
    """One mode.

    Attributes:
      samples: boundary rule by which the prefilter reads samples outside.
      coefficients: boundary rule by which the spline reads coefficients outside.
      reads: where a coordinate gives a value; elsewhere the result is ``cval``.
      fold: brings a coordinate to within a sample of the array.
      padding: samples added at either end before the prefilter runs, by ``coefficients``'s rule: modes
        without a filter of their own are filtered by `samples`, further out.
      fills: some of what is read outside is ``cval``.
    """

    samples: str
    coefficients: str
    reads: Fold
    fold: Fold
    padding: int = 0
    fills: bool = False


EXTENSIONS: dict[str, Extension] = {
    "reflect": Extension("reflect", "reflect", _finite, _reflect),
    "grid-mirror": Extension("reflect", "reflect", _finite, _reflect),
    "mirror": Extension("mirror", "mirror", _finite, _mirror),
    "constant": Extension("mirror", "mirror", _inside, _same, fills=True),
    "wrap": Extension("mirror", "mirror", _finite, _wrap),
    "grid-wrap": Extension("wrap", "wrap", _finite, _grid_wrap),
    "nearest": Extension("reflect", "clamp", _everywhere, _same, padding=12),
    "grid-constant": Extension("mirror", "constant", _everywhere, _same, padding=12, fills=True),
}


def place(u: Any, n: int, mode: str, beyond: int, xp: ModuleType = np) -> tuple[Any, Any]:
    """Coordinates brought to ``[-beyond, n - 1 + beyond]``, and where they give a value.

    Beyond that the modes that fold nothing are constant. A NaN stays one in those modes.
    """
    row = EXTENSIONS[mode]
    reads = row.reads(u, n, xp)
    u = xp.where(reads, u, xp.zeros_like(u))
    folded = row.fold(u, n, xp) if n > 1 or row.padding else xp.zeros_like(u)
    return xp.clip(folded, -beyond, n - 1 + beyond), reads
