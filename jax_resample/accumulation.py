"""How one pass adds up its products and what becomes of the sum, where a library's rounding shows.

Floating-point taps without an accumulation are added in the type that computes and rounded once, after all
passes. The rows here round more often, as integer kernels do, or add in a wider type.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


@dataclass(frozen=True)
class Accumulation:
    """The arithmetic of one pass, in the order in which it happens.

    Integer weights are multiplied in int32 and others in ``dtype``.

    Attributes:
      sample_bits: low bits dropped from each sample before it is multiplied.
      product_bits: low bits dropped from each product, by an arithmetic shift.
      dtype: type in which products are added.
      apart: products are rounded before they are added, where a compiler would fuse the two.
      backwards: the last tap is added first.
      shift: low bits dropped from the sum, rounded half up.
      scale: factor of the sum, in float32 where the sum is of integers.
      rounding: key of ``ROUNDED``: how a sum that is no integer becomes one.
      result: type that the pass stores; None is the image's, into which integers saturate.
    """

    sample_bits: int = 0
    product_bits: int = 0
    dtype: str = "int32"
    apart: bool = False
    backwards: bool = False
    shift: int = 0
    scale: float | None = None
    rounding: str | None = None
    result: str | None = None

    def products(self, x: jax.Array, weights: Any) -> jax.Array:
        """Samples times weights, as they are to be added."""
        whole = jnp.issubdtype(weights.dtype, jnp.integer)
        x = x.astype(weights.dtype if whole else self.dtype)
        product = (x >> self.sample_bits if self.sample_bits else x) * weights.astype(x.dtype)
        if whole:
            return (product >> self.product_bits if self.product_bits else product).astype(self.dtype)
        return _opaque(product, x) if self.apart else product

    def stored(self, kind: Any) -> np.dtype:
        """The type that the pass stores, for an image of a type."""
        return np.dtype(self.result or kind)

    def finish(self, total: jax.Array, kind: Any) -> jax.Array:
        """A sum as the pass stores it."""
        if self.shift:
            total = (total + (1 << (self.shift - 1))) >> self.shift
        if self.scale is not None:
            total = total.astype(jnp.float32) * jnp.float32(self.scale)
        stored = self.stored(kind)
        if self.rounding is not None:
            total = ROUNDED[self.rounding](total, jnp.iinfo(stored))
        elif self.result is None and jnp.issubdtype(stored, jnp.integer):
            total = total.clip(jnp.iinfo(stored).min, jnp.iinfo(stored).max)
        return total.astype(stored)


def _opaque(product: jax.Array, x: jax.Array) -> jax.Array:
    """The product, hidden from the addition that takes it, which XLA's compilers would otherwise fuse.

    No product of an image's samples comes near the largest number of the type that adds, but a compiler does
    not know it. That a product is a number it knows: samples that were integers times constant weights are.
    """
    return jnp.where(product != jnp.finfo(product.dtype).max, product, x)


def _half_even(total: jax.Array, limits: Any) -> jax.Array:
    return jnp.clip(jnp.round(total), limits.min, limits.max)


def _half_away(total: jax.Array, limits: Any) -> jax.Array:
    """A half is added and the fraction cut off, so that the sum is rounded once more; then it saturates."""
    return jnp.clip(_cut(total), limits.min, limits.max)


def _half_away_wild(total: jax.Array, limits: Any) -> jax.Array:
    """The same, but what does not fit becomes the least integer, as where x86 converts."""
    whole = _cut(total)
    fits = (whole >= limits.min) & (whole <= limits.max)
    return jnp.where(fits, whole, jnp.asarray(limits.min, whole.dtype))


def _cut(total: jax.Array) -> jax.Array:
    half = jnp.asarray(0.5, total.dtype)
    return jnp.trunc(total + jnp.where(total >= 0, half, -half))


ROUNDED: dict[str, Callable[[jax.Array, Any], jax.Array]] = {
    "half even": _half_even,
    "half away": _half_away,
    "half away, wild": _half_away_wild,
}
