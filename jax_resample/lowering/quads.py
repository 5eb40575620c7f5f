"""Rows of bytes as words of four neighbours: a gather then loads four samples at once, and not one.

For a CPU, and for images whose rows hold nothing but 8-bit samples, channels first or grey. Where a row grows
there is a word at every sample, so that a window begins with a word; where it shrinks, at every fourth, since
the row is long, and windows reach a little further.
"""

import operator
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..taps import Taps
from .apart import apart
from .gather import in_order, products, take, weights_for
from .packed import channel, joined, of_bytes

_BYTES = 4
# With fewer taps there is nothing to save, and of more than so many the expression grows too long.
_FEWEST_TAPS, _MOST_TAPS = 3, 128
_CACHED_TABLES = 256


@dataclass(frozen=True)
class Quads:
    """Taps as windows of words.

    Attributes:
      step: samples from one word to the next.
      words: how many there are in a row.
      count: words of a window, which lie 4 samples apart.
      first: the first word of each output, ``(m,)``.
      weights: of the samples of a window, ``(4 * count, m)``.
    """

    step: int
    words: int
    count: int
    first: np.ndarray
    weights: np.ndarray


@lru_cache(maxsize=_CACHED_TABLES)
def quads(taps: Taps) -> Quads | None:
    """The taps as windows of words, or None where a row has fewer words than a window."""
    step = 1 if taps.n <= taps.m else _BYTES
    count = -(-(taps.support + step - 1) // _BYTES)
    words, reach = -(-taps.n // step), (count - 1) * _BYTES // step
    if words <= reach:
        return None
    first = np.minimum(taps.start // step, words - 1 - reach)
    row, column, value = taps.entries()
    weights = np.zeros((_BYTES * count, taps.m), taps.weights.dtype)
    weights[column - step * first[row], row] = value
    return Quads(step, words, count, first.astype(np.int32), weights)


def takes(x: jax.Array, taps: Taps, axis: int, kind: Any) -> bool:
    """Whether a pass along rows of bytes is worth its words: one that stores bytes too."""
    if not of_bytes(x, taps, kind) or any(length != 1 for length in x.shape[axis + 1 :]):
        return False
    return _FEWEST_TAPS <= taps.support <= _MOST_TAPS and quads(taps) is not None


def resample_rows(x: jax.Array, taps: Taps, kind: Any) -> jax.Array:
    """``(rows, n)`` to ``(rows, m)``, bytes in memory: all of them as the rows of one image."""
    sums, shape = taps.sums, (x.shape[0], taps.m)
    assert sums is not None, taps
    words = as_words(x[None], taps)

    def run(words: jax.Array) -> jax.Array:
        return sums.finish(weighted_sum(words, taps), kind).reshape(shape)

    def other(words: jax.Array) -> jax.Array:
        ends = [(0, 0, 0), (0, 0, 0), (0, taps.m - words.shape[-1], 0)]
        return lax.pad(words.astype(jnp.uint8), jnp.uint8(0), ends).reshape(shape)

    return apart(run, other, words)


def as_words(x: jax.Array, taps: Taps) -> jax.Array:
    """Rows of bytes ``(..., n)`` as the words that the taps read; beyond the end there are zeros."""
    found = quads(taps)
    assert found is not None, taps
    parts = []
    for byte in range(_BYTES):
        # A pad for each: what they had in common would be stored.
        beyond = byte + found.step * (found.words - 1) + 1 - x.shape[-1]
        edges = [*((0, 0, 0) for _ in x.shape[:-1]), (-byte, beyond, 0)]
        parts.append(lax.pad(x, np.uint8(0), edges)[..., :: found.step])
    return joined(parts)


def weighted_sum(words: jax.Array, taps: Taps) -> jax.Array:
    """The sum over taps of rows whose words `as_words` made: ``(..., m)``."""
    found, axis = quads(taps), words.ndim - 1
    assert found is not None, taps
    hop = _BYTES // found.step
    length = found.words - (found.count - 1) * hop
    weights, along = weights_for(words, found.weights, taps), (*(1 for _ in range(axis)), -1)
    terms = []
    for place in range(found.count):
        read = take(lax.slice_in_dim(words, place * hop, place * hop + length, axis=axis), found.first, axis)
        for byte in range(_BYTES):
            of_byte = weights[_BYTES * place + byte]
            if of_byte.any():
                terms.append(products(channel(read, byte), of_byte.reshape(along), taps))
    return reduce(operator.add, in_order(terms, taps))
