"""Integer arithmetic for 8-bit images, as PyTorch's uint8 kernels compute.

Each pass is an exact int32 sum of pixels times fixed-point weights, rounded half up, clipped to
``[0, 255]`` and stored as uint8 before the next; the last axis goes first, since the order shows.
"""

import jax
import jax.numpy as jnp
from jax import lax

from .gather import Passes, apply_taps


def apply_fixed_point(x: jax.Array, passes: Passes) -> jax.Array:
    """``x`` (uint8) with each axis resampled by fixed-point taps, last axis first."""
    for axis, taps in sorted(passes, key=lambda p: -p[0]):
        assert taps.shift is not None, taps
        total = apply_taps(x.astype(jnp.int32), taps, axis)
        half = 1 << (taps.shift - 1) if taps.shift else 0
        x = lax.optimization_barrier(((total + half) >> taps.shift).clip(0, 255).astype(x.dtype))
    return x
