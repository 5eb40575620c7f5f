"""Pixels of a few 8-bit channels as words: a gather then loads a pixel at once, and not a number at a time.

For a CPU. A pass along rows takes each channel out of the words that it has read, adds up, rounds, and puts
the channels together again, all in registers.
"""

from functools import reduce
from operator import or_
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..taps import Taps
from .apart import apart

_BITS = 8
# The word for so many channels.
_WORDS: dict[int, str] = {2: "uint16", 3: "uint32", 4: "uint32"}
# With fewer taps along the rows of pixels, reading bytes costs less than putting them together does.
_FEWEST_TAPS = 3


def packs(x: jax.Array, taps: Taps, axis: int, kind: Any) -> bool:
    """Whether the last axis holds channels worth packing for a pass: one along rows that stores 8 bits."""
    if axis != x.ndim - 2 or x.shape[-1] not in _WORDS:
        return False
    return of_bytes(x, taps, kind) and taps.support >= _FEWEST_TAPS


def of_bytes(x: jax.Array, taps: Taps, kind: Any) -> bool:
    """Whether a pass reads 8-bit samples and stores such."""
    return x.dtype == np.uint8 and taps.sums is not None and taps.sums.stored(kind) == np.uint8


def pack(x: jax.Array) -> jax.Array:
    """The last axis, of 2 to 4 bytes, as one word."""
    return joined([x[..., c] for c in range(x.shape[-1])])


def joined(channels: list[jax.Array]) -> jax.Array:
    """Words of bytes, the first of which is the lowest."""
    word = jnp.dtype(_WORDS[len(channels)])
    return reduce(or_, (x.astype(word) << word.type(_BITS * c) for c, x in enumerate(channels)))


def channel(words: jax.Array, c: int) -> jax.Array:
    """One byte of every word."""
    return (words >> words.dtype.type(_BITS * c)).astype(jnp.uint8)


def unpack_apart(words: jax.Array, channels: int) -> jax.Array:
    """The bytes of the words, in a last axis, apart from the pass that made the words and from the next."""

    def unpack(words: jax.Array) -> jax.Array:
        shift = lax.broadcasted_iota(words.dtype, (*words.shape, channels), words.ndim)
        return (words[..., None] >> (shift * words.dtype.type(_BITS))).astype(jnp.uint8)

    def other(words: jax.Array) -> jax.Array:
        return jnp.broadcast_to(words[..., None].astype(jnp.uint8), (*words.shape, channels))

    return apart(unpack, other, words)
