"""Matrix products: the lowering for matrix units, dense on short axes and by blocks on long ones.

A product multiplies every sample it loads, most by zero, so a NaN or an infinity spreads along its axis; ask
for ``lowering="gather"`` where it must not.
"""

from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .. import dtypes
from ..taps import Taps

# Outputs per block, the width of a TPU's matrix unit; 256 was slower.
_BLOCK = 128
# From this many weights on, a dense matrix costs more than blocks (by the TPU compiler's estimates: 1024 to
# 2048 samples 904 against 375 kilocycles, 1920 to 224 the other way), and would fill the program.
_DENSE_WEIGHTS = 1 << 20
_CACHED_SLABS = 256


def apply_matrix(x: jax.Array, taps: Taps, axis: int) -> jax.Array:
    """One pass: ``x`` resampled along ``axis``, in the dtype that computes and at its full precision."""
    x = x.astype(dtypes.compute_dtype(x.dtype))
    if taps.n * taps.m >= _DENSE_WEIGHTS:
        return _by_blocks(x, taps, axis)
    # The matrix comes first: a TPU then transposes less (2x of 8x64x64x64: 297 and not 334 kilocycles).
    return jnp.moveaxis(_product(taps.as_matrix(), x, (((1,), (axis,)), ((), ()))), 0, axis)


def _by_blocks(x: jax.Array, taps: Taps, axis: int) -> jax.Array:
    """Blocks of outputs, each times its own slab of inputs, as one batched product."""
    first, weights = slabs(taps)
    length = weights.shape[2]
    parts = [lax.slice_in_dim(x, start, start + length, axis=axis) for start in first.tolist()]
    product = _product(weights, jnp.stack(parts, axis), (((2,), (axis + 1,)), ((0,), (axis,))))
    flat = product.reshape(len(first) * _BLOCK, *x.shape[:axis], *x.shape[axis + 1 :])
    return jnp.moveaxis(flat[: taps.m], 0, axis)


@lru_cache(maxsize=_CACHED_SLABS)
def slabs(taps: Taps) -> tuple[np.ndarray, np.ndarray]:
    """First input of each block's slab, and the weights ``(blocks, outputs, slab)``."""
    row, tap = np.nonzero(taps.weights)
    column, block = taps.start[row] + tap, row // _BLOCK
    first, last = np.full(-(-taps.m // _BLOCK), taps.n), np.zeros(-(-taps.m // _BLOCK), np.int64)
    np.minimum.at(first, block, column)
    np.maximum.at(last, block, column)
    first = np.minimum(first, last)  # a block that reads nothing
    length = int((last - first).max()) + 1
    length = min(taps.n, -(-length // 8) * 8)  # a TPU's registers hold rows of eight
    first = np.minimum(first, taps.n - length)
    weights = np.zeros((len(first), _BLOCK, length), taps.weights.dtype)
    weights[block, row % _BLOCK, column - first[block]] = taps.weights[row, tap]
    return first, weights


def _product(weights: np.ndarray, x: jax.Array, dimensions: lax.DotDimensionNumbers) -> jax.Array:
    """The product in ``x``'s dtype.

    float32 weights that bfloat16 holds exactly, such as those of doubling, enter as bfloat16: a TPU then
    makes three passes and not six.
    """
    narrow = weights.astype(jnp.bfloat16)
    exact = weights.dtype == np.float32 and bool((narrow.astype(weights.dtype) == weights).all())
    operand = jnp.asarray(narrow) if exact else jnp.asarray(weights, x.dtype)
    highest = lax.Precision.HIGHEST
    return lax.dot_general(operand, x, dimensions, precision=highest, preferred_element_type=x.dtype)
