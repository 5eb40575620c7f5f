"""Programs that XLA must not fuse with what surrounds them."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax


def apart(program: Callable[..., Any], other: Callable[..., Any], *operands: Any) -> Any:
    """``program(*operands)``, from operands in memory to a result in memory.

    XLA's CPU compiler drops optimisation barriers before it fuses. It does not fuse across a conditional
    whose outcome it cannot know, such as that of a random number; that this one lies below 2 only we know.
    ``other`` is never run: any cheap program whose result has the same type, sharding included.
    """
    always = lax.rng_uniform(jnp.float32(0), jnp.float32(1), ()) < 2
    return lax.cond(always, program, other, *operands)


def stored(x: jax.Array) -> jax.Array:
    """``x`` in memory, whatever it was fused with before: what reads it does not compute it again."""
    return apart(lambda x: x, lax.neg, x)
