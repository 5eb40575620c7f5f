"""Scalar arithmetic in a named order of rounding, on NumPy or on traced arrays.

PyTorch's x86 kernels contract ``a * b + c`` into one fused operation when they compute sample
coordinates and weights. A coordinate that differs in its last bit can move a weight by 1e-5, so the
tables built here round where those kernels round.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

_SPLITTER = 134217729.0  # 2**27 + 1, Veltkamp's constant for splitting a float64 in two halves


def fma(a: Any, b: Any, c: Any, xp: ModuleType = np) -> Any:
    """``a * b + c`` with one rounding; on a traced array namespace, whatever XLA makes of it."""
    if xp is not np:
        return a * b + c
    dtype = np.result_type(a, b, c)
    if dtype == np.float32:  # the product of two float32 is exact in float64
        a, b, c = (np.asarray(value, np.float64) for value in (a, b, c))  # np.float64() drops axes of one
        return (a * b + c).astype(np.float32)
    return _fma64(np.asarray(a), np.asarray(b), np.asarray(c))


def multiply_add(a: Any, b: Any, c: Any, xp: ModuleType = np) -> Any:
    """``a * b + c`` with two roundings: the product's, then the sum's; in XLA only where ``b`` is data."""
    return opaque(a * b, b, xp) + c


def opaque(value: Any, beside: Any, xp: ModuleType = np) -> Any:
    """``value`` in a form that XLA does not fold into the operation that takes it; NaN where ``beside`` is.

    XLA fuses a product with the sum that takes it, and turns division by a constant into multiplication by
    its reciprocal. It does neither through a choice that depends on the data.
    """
    return value if xp is np else xp.where(beside == beside, value, beside)


def _fma64(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Float64 ``a * b + c`` by error-free transformations (Dekker's product, Knuth's sum)."""
    product = a * b
    a_high, b_high = _high_half(a), _high_half(b)
    a_low, b_low = a - a_high, b - b_high
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    total = product + c
    shift = total - product
    rest = (product - (total - shift)) + (c - shift)
    return total + (rest + error)


def _high_half(a: np.ndarray) -> np.ndarray:
    scaled = _SPLITTER * a
    return scaled - (scaled - a)


class Arithmetic(NamedTuple):
    """In which type coordinates and weights are computed, and where they are rounded.

    Attributes:
      dtype: name of the real type; None is the type that computes for the image (``dtypes.compute_dtype``).
      multiply_add: how ``a * b + c`` is rounded.
      floor_dtype: type in which a coordinate is floored; None is its own.
    """

    dtype: str | None
    multiply_add: Callable[..., Any]
    floor_dtype: str | None = None


ARITHMETICS: dict[str, Arithmetic] = {
    "image": Arithmetic(None, multiply_add),
    "float32": Arithmetic("float32", multiply_add),
    "float64": Arithmetic("float64", multiply_add),
    # PyTorch's x86 kernels fuse, and floor float64 coordinates with the C function for float32.
    "fused": Arithmetic(None, fma, "float32"),
}
