"""Which dtype computes, and the one rounding at the end.

====================  ==============================  ========================================
array                 computes in                     result
====================  ==============================  ========================================
float64, complex128   float64                         itself
float32, complex64    float32                         itself
bfloat16, float16     float32                         rounded once
uint8                 int32, fixed-point weights      rounded half up and clipped in each pass
uint8 (area)          float32                         rounded half to even once
int8, int16, uint16   float32                         rounded half to even and clipped once
====================  ==============================  ========================================

Complex samples are two real ones. Nearest-neighbour methods move samples of any dtype unchanged.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

_SMALL_INTEGERS = ("uint8", "int8", "uint16", "int16")


def is_weighable(dtype: Any) -> bool:
    """Whether samples of this dtype can be averaged: every inexact type and integers of 16 bits or less."""
    return jnp.issubdtype(dtype, jnp.inexact) or np.dtype(dtype).name in _SMALL_INTEGERS


def compute_dtype(dtype: Any) -> str:
    """Name of the real type in which coordinates, weights and sums for this dtype are computed."""
    return "float64" if np.dtype(dtype).name in ("float64", "complex128") else "float32"


def widest(*dtypes: Any) -> str:
    """Name of the real type that computes for several dtypes at once."""
    return "float64" if "float64" in map(compute_dtype, dtypes) else "float32"


def round_to(x: jax.Array, dtype: Any) -> jax.Array:
    """``x`` in the result's dtype: one rounding, half to even; integers saturate."""
    if jnp.issubdtype(dtype, jnp.integer):
        limits = jnp.iinfo(dtype)
        x = jnp.clip(jnp.round(x), limits.min, limits.max)
    return x.astype(dtype)


def round_away(x: jax.Array, dtype: Any) -> jax.Array:
    """``x`` in the result's dtype: one rounding, integers half away from zero; they saturate."""
    if jnp.issubdtype(dtype, jnp.integer) and jnp.issubdtype(x.dtype, jnp.floating):
        x = jnp.trunc(x + jnp.copysign(x.dtype.type(0.5), x))
    return round_to(x, dtype)


def double_precision(wanted: bool) -> AbstractContextManager[Any]:
    """Where float64 may be traced although it is switched off: inside a lowering, whose ends are narrow."""
    if not wanted or jax.dtypes.canonicalize_dtype(np.float64) == np.float64:
        return nullcontext()
    return jax.enable_x64(True)
