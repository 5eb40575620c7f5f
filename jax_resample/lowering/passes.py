"""All passes of a separable operator: in which order, and what is stored between them."""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

from .. import dtypes
from ..taps import Taps
from .choose import apply_pass, choose, samples_per_row
from .gather import take

Passes = tuple[tuple[int, Taps], ...]

# Up to this many taps, computing the input while gathering costs less than storing it first.
_FUSED_TAPS = 2


def apply_passes(x: jax.Array, *, passes: Passes, lowering: str, platform: str) -> jax.Array:
    """``x`` resampled along every axis in ``passes``, in the order that costs least, and rounded once."""
    kind = x.dtype
    ordered = _ordered(x, passes, lowering, platform)
    for (axis, taps), following in zip(ordered, (*ordered[1:], None), strict=True):
        one = partial(_one_pass, taps=taps, axis=axis, platform=platform, lowering=lowering)
        apart = platform == "cpu" and following and _gathers_often(x.shape, *following, lowering)
        x = _stored(one, x, taps.m, axis) if apart else one(x)
    return x if x.dtype == kind else dtypes.round_to(x, kind)


def _one_pass(x: jax.Array, taps: Taps, axis: int, platform: str, lowering: str) -> jax.Array:
    """One axis, in the dtype that computes; samples that are only moved keep theirs.

    With fixed-point taps it is an exact int32 sum, rounded half up, clipped and stored as uint8.
    """
    total = apply_pass(x, taps, axis, platform, lowering)
    if taps.shift is None:
        return total
    half = 1 << (taps.shift - 1) if taps.shift else 0
    return ((total + half) >> taps.shift).clip(0, 255).astype(x.dtype)


def _gathers_often(shape: tuple[int, ...], axis: int, taps: Taps, lowering: str) -> bool:
    """Whether a pass reads its input so often that the input must not be computed while reading."""
    name = choose(taps, samples_per_row(shape, axis), "cpu", lowering)
    return name == "gather" and taps.support > _FUSED_TAPS


def _stored(one: Callable[[jax.Array], jax.Array], x: jax.Array, m: int, axis: int) -> jax.Array:
    """``one(x)``, with ``m`` samples along ``axis``, computed for itself and stored.

    XLA's CPU compiler drops optimisation barriers before it fuses, and would compute one pass again for
    every tap of the next. It does not fuse across a conditional whose outcome it cannot know, such as that
    of a random number; that this one lies below 2 only we know. The other branch is never taken: it is the
    cheapest program whose result has the same type, sharding included.
    """
    always = lax.rng_uniform(jnp.float32(0), jnp.float32(1), ()) < 2
    kind = jax.eval_shape(one, x).dtype
    return lax.cond(always, one, lambda v: take(v, jnp.zeros(m, jnp.int32), axis).astype(kind), x)


def _ordered(x: jax.Array, passes: Passes, lowering: str, platform: str) -> Passes:
    """Shrinking axes first, those by phases before the others and then outermost first; then growing
    axes, innermost first. Fixed point goes from the last axis to the first, as in PyTorch: there the
    order shows.
    """

    def place(item: tuple[int, Taps]) -> tuple[bool, bool, int]:
        axis, taps = item
        if taps.m > taps.n or taps.shift is not None:
            return True, False, -axis
        by_phases = choose(taps, samples_per_row(x.shape, axis), platform, lowering) == "phases"
        return False, not by_phases, axis

    return tuple(sorted(passes, key=place))
