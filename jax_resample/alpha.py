"""Premultiplied alpha in eight bits: colours are weighed by opacity before they are averaged.

Averaging colours that nobody sees into those that somebody does leaves a fringe at transparent edges.
Pillow 13 therefore resamples LA and RGBA images premultiplied; these are its roundings.
"""

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp

if TYPE_CHECKING:
    from jaxtyping import Array, UInt8


def premultiply(x: "UInt8[Array, '*shape bands']") -> "UInt8[Array, '*shape bands']":
    """Colours times the last band over 255, rounded to nearest; the last band stays as it is."""
    colour, alpha = _split(x)
    product = colour * alpha + 128
    return _join((product + (product >> 8)) >> 8, alpha)


def unpremultiply(x: "UInt8[Array, '*shape bands']") -> "UInt8[Array, '*shape bands']":
    """Colours over the last band times 255, rounded down, at most 255; kept where it is 0 or 255."""
    colour, alpha = _split(x)
    quotient = jnp.minimum(255 * colour // jnp.maximum(alpha, 1), 255)
    return _join(jnp.where(alpha == 0, colour, quotient), alpha)


def _split(x: jax.Array) -> tuple[jax.Array, jax.Array]:
    wide = x.astype(jnp.int32)
    return wide[..., :-1], wide[..., -1:]


def _join(colour: jax.Array, alpha: jax.Array) -> jax.Array:
    return jnp.concatenate([colour, alpha], axis=-1).astype(jnp.uint8)
