"""Weights of tuples of taps, one tap along every axis: products of a weight along each of them.

Sampling takes its weights as factors, an array for each axis. Where tangents or cotangents of several
factors meet, they are those of the products, so that what the pixels contribute is computed once and not
once an axis.
"""

from collections.abc import Sequence
from functools import reduce
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from .windows import weighted

weigh_p = Primitive("weigh")


def joint_weights(factors: Sequence[jax.Array]) -> jax.Array:
    """``(B, P, K_1 .. K_D)``, all tuples in one axis, from weights ``(B, P, K_a)`` of each axis.

    Linear in every factor, and differentiable in any order and mode. What a factor of zero multiplies counts
    for nothing, in derivatives too.
    """
    if len(factors) == 1:
        return factors[0]
    # Axis by axis, so that the tuples which begin alike share what they have in common.
    tuples = reduce(_with_inner_axis, map(split_taps, factors))
    return jnp.stack(tuples, axis=-1)


def _with_inner_axis(tuples: list[jax.Array], taps: list[jax.Array]) -> list[jax.Array]:
    return [weigh_p.bind(w, v) for v in tuples for w in taps]


def tuple_weights(planes: Sequence[Sequence[jax.Array]]) -> list[jax.Array]:
    """The weight ``(B, P)`` of every tuple of taps, in the order of `itertools.product`.

    ``planes`` are the weights ``(B, P)`` of the taps of each axis, or those of all tuples as if of one axis.
    """
    return [reduce(jnp.multiply, weights) for weights in product(*planes)]


def split_taps(weights: jax.Array) -> list[jax.Array]:
    """``(B, P, K)`` as ``K`` arrays ``(B, P)``."""
    ones = (1,) * weights.shape[-1]
    return [lax.squeeze(w, (2,)) for w in lax.split(weights, ones, axis=2)]


def _batch(operands: tuple[jax.Array, ...], dims: tuple[Any, ...]) -> tuple[jax.Array, int]:
    size = next(x.shape[d] for x, d in zip(operands, dims, strict=True) if d is not None)
    moved = (
        jnp.broadcast_to(x, (size, *x.shape)) if d is None else jnp.moveaxis(x, d, 0)
        for x, d in zip(operands, dims, strict=True)
    )
    return weigh_p.bind(*moved), 0


# `weighted`, whose derivative where a weight is zero is that of the product.
weigh_p.def_impl(jax.jit(weighted))
weigh_p.def_abstract_eval(lambda w, v: v)
ad.defbilinear(
    weigh_p,
    lambda cotangent, w, v: weigh_p.bind(v, cotangent),
    lambda cotangent, w, v: weigh_p.bind(w, cotangent),
)
batching.primitive_batchers[weigh_p] = _batch
mlir.register_lowering(weigh_p, mlir.lower_fun(weighted, multiple_results=False))
