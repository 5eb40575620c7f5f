"""How one pass adds up its products and what becomes of the sum, where a library's rounding shows.

Floating-point taps without an accumulation are added in the type that computes and rounded once, after all
passes. The rows here round more often, as integer kernels do, or add in a wider type.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

Finish = Callable[[Any, Any, ModuleType], Any]


@dataclass(frozen=True)
class Accumulation:
    """The arithmetic of one pass, in the order in which it happens.

    Attributes:
      sample_bits: low bits dropped from each sample before it is multiplied.
      product_bits: low bits dropped from each product, by an arithmetic shift.
      dtype: type of the products and of their sum.
      apart: products are rounded before they are added, where a compiler would fuse the two.
      backwards: the last tap is added first.
      scale: factor of the sum.
      shift: low bits dropped from the sum, rounded half up.
      rounding: key of ``ROUNDED``, how a sum that is not an integer becomes one.
      result: type that the pass stores; None is the image's, into which integers saturate.
    """

    sample_bits: int = 0
    product_bits: int = 0
    dtype: str = "int32"
    apart: bool = False
    backwards: bool = False
    scale: float | None = None
    shift: int = 0
    rounding: str | None = None
    result: str | None = None


def _half_even(total: Any, limits: np.iinfo, xp: ModuleType) -> Any:
    return xp.clip(xp.round(total), limits.min, limits.max)


def _half_away(total: Any, limits: np.iinfo, xp: ModuleType) -> Any:
    """Rounded by adding a half and cutting off, which rounds the sum once more; then saturated."""
    half = total.dtype.type(0.5)
    return xp.clip(xp.trunc(total + xp.where(total >= 0, half, -half)), limits.min, limits.max)


def _half_away_wild(total: Any, limits: np.iinfo, xp: ModuleType) -> Any:
    """The same, but what is too large becomes the least integer, as in x86's conversion."""
    half = total.dtype.type(0.5)
    rounded = xp.trunc(total + xp.where(total >= 0, half, -half))
    fits = (rounded >= limits.min) & (rounded <= limits.max)
    return xp.where(fits, rounded, rounded.dtype.type(limits.min))


ROUNDED: dict[str, Finish] = {
    "half even": _half_even,
    "half away": _half_away,
    "half away, wild": _half_away_wild,
}
