"""All passes of a separable operator: in which order, and what is stored between them."""

import jax
import jax.numpy as jnp
from jax import lax

from ..taps import Taps
from .choose import apply_pass, choose, samples_per_row

Passes = tuple[tuple[int, Taps], ...]

# Two-tap gathers over at least this many contiguous channels are faster fused than stored (measured on a
# CPU: 8 x 64 x 64 x 64 doubled, channels last, 10 ms fused and 21 ms stored; with 3 channels 4.4 and 4.3).
_FUSED_CHANNELS = 16


def apply_passes(x: jax.Array, *, passes: Passes, lowering: str, platform: str) -> jax.Array:
    """``x`` resampled along every axis in ``passes``, in the order that costs least."""
    ordered = _ordered(x, passes, lowering, platform)
    for position, (axis, taps) in enumerate(ordered):
        x = apply_pass(x, taps, axis, platform, lowering)
        if platform != "tpu" and position + 1 < len(ordered) and not _fuses(x, ordered):
            x = lax.optimization_barrier(x)
    return x


def apply_fixed_point(x: jax.Array, *, passes: Passes, lowering: str) -> jax.Array:
    """``x`` (uint8) resampled by fixed-point taps, as PyTorch's uint8 kernels compute.

    Each pass is an exact int32 sum of pixels times integer weights, rounded half up, clipped to
    ``[0, 255]`` and stored as uint8 before the next; the last axis goes first, since the order shows.
    """
    for axis, taps in sorted(passes, key=lambda p: -p[0]):
        assert taps.shift is not None, taps
        total = apply_pass(x.astype(jnp.int32), taps, axis, "cpu", lowering)
        half = 1 << (taps.shift - 1) if taps.shift else 0
        x = lax.optimization_barrier(((total + half) >> taps.shift).clip(0, 255).astype(x.dtype))
    return x


def _ordered(x: jax.Array, passes: Passes, lowering: str, platform: str) -> Passes:
    """Shrinking axes first, those by phases before the others and then outermost first; then growing
    axes, innermost first.
    """

    def place(item: tuple[int, Taps]) -> tuple[bool, bool, int]:
        axis, taps = item
        if taps.m > taps.n:
            return True, False, -axis
        by_phases = choose(taps, samples_per_row(x.shape, axis), platform, lowering) == "phases"
        return False, not by_phases, axis

    return tuple(sorted(passes, key=place))


def _fuses(x: jax.Array, passes: Passes) -> bool:
    """Whether XLA may compute a pass inside the next, once per tap, instead of storing its result."""
    if all(taps.is_selection for _, taps in passes):
        return True
    channels = 1 if any(axis == x.ndim - 1 for axis, _ in passes) else x.shape[-1]
    return all(taps.support <= 2 for _, taps in passes) and channels >= _FUSED_CHANNELS
