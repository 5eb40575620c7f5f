"""Means of whole blocks of pixels, as Pillow's ``Image.reduce`` rounds them.

Blocks at the right and at the lower edge may be smaller and are averaged over what they hold.
"""

from collections.abc import Callable
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from . import dtypes

if TYPE_CHECKING:
    from jaxtyping import Array, Num

Factors = tuple[int, int]

# More terms than this are added by a loop.
_UNROLLED = 64

mean_p = Primitive("block_mean")


def block_mean(x: "Num[Array, 'height width *rest']", factors: Factors) -> "Num[Array, 'rows columns *rest']":
    """Means of blocks of ``factors`` pixels along the first two axes, in ``x``'s dtype.

    uint8 is summed exactly, divided by a multiplication with 24 fractional bits and rounded half up. int32
    and float32 are summed in float64 in Pillow's order, four neighbours at a time in their own type; int32
    is rounded half away from zero. The derivative is that of the mean, in float32.
    """
    return x if factors == (1, 1) else mean_p.bind(x, factors=factors)


def _out_shape(shape: tuple[Any, ...], factors: Factors) -> tuple[Any, ...]:
    return (*(-(-length // factor) for length, factor in zip(shape[:2], factors, strict=True)), *shape[2:])


def _mean(x: jax.Array, *, factors: Factors) -> jax.Array:
    if x.dtype == jnp.uint8:
        return _mean_of_bytes(x, factors)
    with dtypes.double_precision(True):
        return _mean_in_double(x, factors)


def _mean_of_bytes(x: jax.Array, factors: Factors) -> jax.Array:
    rows, columns = _out_shape(x.shape, factors)[:2]
    edges = [(0, rows * factors[0] - x.shape[0], 0), (0, columns * factors[1] - x.shape[1], 0)]
    padded = lax.pad(x, jnp.zeros((), x.dtype), edges + [(0, 0, 0)] * (x.ndim - 2))
    blocks = padded.reshape(rows, factors[0], columns, factors[1], *x.shape[2:])
    total = blocks.astype(jnp.uint32).sum((1, 3), dtype=jnp.uint32)

    def divided(count: int) -> jax.Array:
        return ((total + jnp.uint32(count // 2)) * jnp.uint32((1 << 24) // count)) >> 24

    return _by_count(divided, x.shape, factors).astype(jnp.uint8)


def _by_count(value: Callable[[int], jax.Array], shape: tuple[int, ...], factors: Factors) -> jax.Array:
    """``value`` of the number of pixels in each block: four numbers at most."""
    (tall, left), (wide, over) = ((f, n % f) for n, f in zip(shape[:2], factors, strict=True))

    def along_a_row(height: int) -> jax.Array:
        whole = value(height * wide)
        return _last_replaced(whole, value(height * over), 1) if over else whole

    whole = along_a_row(tall)
    return _last_replaced(whole, along_a_row(left), 0) if left else whole


def _last_replaced(whole: jax.Array, other: jax.Array, axis: int) -> jax.Array:
    last = whole.shape[axis] - 1
    place = lax.broadcasted_iota(jnp.int32, whole.shape, axis)
    return jnp.where(place == last, other, whole)


def _mean_in_double(x: jax.Array, factors: Factors) -> jax.Array:
    """The whole blocks, and around them what is left of each."""
    (tall, left), (wide, over) = ((f, n % f) for n, f in zip(x.shape[:2], factors, strict=True))
    rows, columns = x.shape[0] // tall, x.shape[1] // wide
    bands = []
    for line, height in ((slice(0, rows * tall), tall), (slice(rows * tall, None), left)):
        band, parts = x[line], []
        if not height or not len(band):
            continue
        if columns:
            parts.append(_blocks(band[:, : columns * wide], (height, wide), grouped=height == tall))
        if over:
            parts.append(_blocks(band[:, columns * wide :], (height, over), grouped=False))
        bands.append(jnp.concatenate(parts, 1))
    return jnp.concatenate(bands, 0)


def _blocks(x: jax.Array, block: Factors, *, grouped: bool) -> jax.Array:
    """Means of blocks that fill the array, summed row by row; ``grouped`` adds four neighbours first."""
    shape = (x.shape[0] // block[0], block[0], x.shape[1] // block[1], block[1], *x.shape[2:])
    terms = x.reshape(shape)
    terms = jnp.moveaxis(_squares(terms) if grouped else terms, (1, 3), (0, 1))
    total = _sequential_sum(terms.reshape(-1, *terms.shape[2:]))
    mean = total * jnp.asarray(1.0 / (block[0] * block[1]), total.dtype)
    if x.dtype != jnp.int32:
        return mean.astype(x.dtype)
    half = jnp.asarray(0.5, mean.dtype)
    return jnp.trunc(mean + jnp.where(mean >= 0, half, -half)).astype(x.dtype)


def _squares(x: jax.Array) -> jax.Array:
    """Four neighbours of each block added in their own type; of an odd last row or column, two or one."""

    def pairs(lines: tuple[jax.Array, ...]) -> jax.Array:
        even = x.shape[3] // 2 * 2
        cells = [line[:, :, :, first:even:2] for line in lines for first in (0, 1)]
        last = [line[:, :, :, even:] for line in lines]
        return jnp.concatenate([reduce(jnp.add, cells), reduce(jnp.add, last)], 3)

    even = x.shape[1] // 2 * 2
    return jnp.concatenate([pairs((x[:, 0:even:2], x[:, 1:even:2])), pairs((x[:, even:],))], 1)


def _sequential_sum(terms: jax.Array) -> jax.Array:
    """The sum along the first axis in float64, one term after the other."""
    if len(terms) <= _UNROLLED:
        return reduce(jnp.add, (term.astype(jnp.float64) for term in terms))
    none = jnp.zeros(terms.shape[1:], jnp.float64)
    return lax.scan(lambda total, term: (total + term.astype(jnp.float64), None), none, terms)[0]


def _linear_mean(x: jax.Array, factors: Factors) -> jax.Array:
    """The same mean, in an order of its own, as JAX differentiates it."""
    rows, columns = _out_shape(x.shape, factors)[:2]
    edges = [(0, rows * factors[0] - x.shape[0], 0), (0, columns * factors[1] - x.shape[1], 0)]
    padded = lax.pad(x, jnp.zeros((), x.dtype), edges + [(0, 0, 0)] * (x.ndim - 2))
    total = padded.reshape(rows, factors[0], columns, factors[1], *x.shape[2:]).sum((1, 3))
    counts = [
        np.minimum(np.arange(1, out + 1) * factor, n) - np.arange(out) * factor
        for out, factor, n in zip((rows, columns), factors, x.shape, strict=False)
    ]
    share = [(1 / count).astype(x.dtype) for count in counts]
    rest = (1,) * (x.ndim - 2)
    return total * share[0].reshape(-1, 1, *rest) * share[1].reshape(1, -1, *rest)


def _jvp(primals: Any, tangents: Any, *, factors: Factors) -> Any:
    (x,), (tangent,) = primals, tangents
    y = mean_p.bind(x, factors=factors)
    if type(tangent) is ad.Zero or not jnp.issubdtype(x.dtype, jnp.floating):
        return y, ad.Zero(tangent.aval.update(shape=y.shape))
    return y, _linear_mean(tangent, factors)


def _batch(args: Any, dims: Any, *, factors: Factors) -> tuple[Any, int]:
    (x,), (dim,) = args, dims
    return mean_p.bind(jnp.moveaxis(x, dim, -1), factors=factors), x.ndim - 1


mean_p.def_impl(partial(jax.jit, static_argnames="factors")(_mean))
mean_p.def_abstract_eval(lambda x, *, factors: x.update(shape=_out_shape(x.shape, factors)))
ad.primitive_jvps[mean_p] = _jvp
batching.primitive_batchers[mean_p] = _batch
mlir.register_lowering(mean_p, mlir.lower_fun(_mean, multiple_results=False))
