"""Matrix products: the lowering for matrix units, dense along the axis.

A product with a matrix reads every sample for every output and multiplies most by zero, so a NaN or an
infinity spreads along its whole axis; ask for ``lowering="gather"`` where it must not.
"""

import jax
import jax.numpy as jnp
from jax import lax

from ..taps import Taps


def apply_matrix(x: jax.Array, taps: Taps, axis: int) -> jax.Array:
    """One pass: ``x`` resampled along ``axis``, in ``x``'s dtype and at its full precision."""
    matrix = jnp.asarray(taps.as_matrix(), x.dtype)
    product = lax.dot_general(x, matrix, (((axis,), (1,)), ((), ())), precision=lax.Precision.HIGHEST)
    return jnp.moveaxis(product, -1, axis)
