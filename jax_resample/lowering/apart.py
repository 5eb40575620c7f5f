"""What XLA's CPU compiler is not to see through: programs to be kept apart, and loops to be kept loops."""

from collections.abc import Callable
from math import ceil
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

# LLVM writes out loops of fewer instructions than this in all their turns.
_WRITTEN_OUT = 300
# Instructions of a turn: to store, to count, to compare and to go on; to load, multiply and add. LLVM's own
# count is not quite this one.
_OF_ANY_LOOP, _OF_A_PRODUCT, _MARGIN = 4, 3, 4
# Turns of loops for which vectors are better; of longer ones none is written out.
_SHORT = range(16, 100)


def apart(program: Callable[..., Any], other: Callable[..., Any], *operands: Any) -> Any:
    """``program(*operands)``, from operands in memory to a result in memory.

    XLA's CPU compiler drops optimisation barriers before it fuses. It does not fuse across a conditional,
    which it keeps as long as it does not know the outcome. ``other`` is never run: any cheap program whose
    result has the same type, sharding included.
    """
    return lax.cond(unknown_zero() == 0, program, other, *operands)


def stored(x: jax.Array) -> jax.Array:
    """``x`` in memory, whatever it was fused with before: what reads it does not compute it again."""
    return apart(lambda x: x, lax.neg, x)


def in_vectors(x: jax.Array, products: int) -> jax.Array:
    """``x``, a sum of so many products, computed in vectors although its last axis is short.

    XLA's loops have known lengths, and LLVM writes short ones out, number by number, before it looks for
    vectors. It spares those that take too many instructions, so that some are added: with 37 numbers a row
    that takes 85 us and not 218 (docs/lowering.md).
    """
    length = x.shape[-1] if x.ndim else 1
    if length not in _SHORT:
        return x
    return lengthened(x, _WRITTEN_OUT / length - _OF_ANY_LOOP - _OF_A_PRODUCT * products + _MARGIN)


def lengthened(x: jax.Array, instructions: float) -> jax.Array:
    """``x`` by so many instructions more, which change no bit; as it is where vectors would not help."""
    kind = np.dtype(f"int{8 * x.dtype.itemsize}")
    has_vectors = x.dtype.kind in "if" and x.dtype.itemsize >= 4
    if instructions <= 0 or not has_vectors or jax.dtypes.canonicalize_dtype(kind) != kind:
        return x
    zero = unknown_zero().astype(kind)
    bits = lax.bitcast_convert_type(x, kind)
    for n in range(ceil(instructions)):
        bits = (bits | zero, bits + zero, bits ^ zero)[n % 3]  # a row of the same would become one
    return lax.bitcast_convert_type(bits, x.dtype)


def unknown_zero() -> jax.Array:
    """The first number of an array behind a barrier, which XLA drops when it has folded all constants.

    From then on it is read from memory, so that the compiler of the machine's code does not know it either.
    The numbers are none that XLA could count or repeat.
    """
    numbers = lax.optimization_barrier(jnp.array([0, 3, 1], jnp.int32))
    return lax.index_in_dim(numbers, 0, keepdims=False)
