"""What XLA's CPU compiler is not to see through: programs to be kept apart, and loops to be kept whole."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

# LLVM writes a loop out whose instructions, so many times, are fewer than this, and makes no vectors of it.
_WRITTEN_OUT = 300
# Of fewer numbers vectors are no better; beyond so many no loop is written out.
_SHORT = range(16, 100)
# Instructions of any loop: to store, to count, to compare and to go on.
_OF_ANY_LOOP = 4
# LLVM's count is not quite ours.
_MARGIN = 4


def apart(program: Callable[..., Any], other: Callable[..., Any], *operands: Any) -> Any:
    """``program(*operands)``, from operands in memory to a result in memory.

    XLA's CPU compiler drops optimisation barriers before it fuses. It does not fuse across a conditional
    whose outcome it cannot know. ``other`` is never run: any cheap program whose result has the same type,
    sharding included.
    """
    return lax.cond(_unknown_zero() == 0, program, other, *operands)


def stored(x: jax.Array) -> jax.Array:
    """``x`` in memory, whatever it was fused with before: what reads it does not compute it again."""
    return apart(lambda x: x, lax.neg, x)


def in_vectors(x: jax.Array, products: int) -> jax.Array:
    """``x``, a sum of so many products, computed in vectors although its last axis is short.

    XLA's loops have known lengths, and the short ones LLVM writes out, number by number, before it looks for
    vectors. It spares those that take too many instructions. So some are added, which change no bit.
    """
    kinds = {4: jnp.int32, 8: jnp.int64}
    length = x.shape[-1] if x.ndim else 1
    if x.dtype.kind not in "if" or x.dtype.itemsize not in kinds or length not in _SHORT:
        return x
    missing = -(-_WRITTEN_OUT // length) + _MARGIN - _OF_ANY_LOOP - 3 * products
    if missing <= 0:
        return x
    zero = _unknown_zero().astype(kinds[x.dtype.itemsize])
    bits = lax.bitcast_convert_type(x, zero.dtype)
    for n in range(missing):
        bits = (bits | zero, bits + zero, bits ^ zero)[n % 3]
    return lax.bitcast_convert_type(bits, x.dtype)


def _unknown_zero() -> jax.Array:
    """The integer part of a random number, which is 0, as only we know."""
    return lax.rng_uniform(jnp.float32(0), jnp.float32(0.5), ()).astype(jnp.int32)
