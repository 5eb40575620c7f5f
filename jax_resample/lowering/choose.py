"""Which lowering a pass meets: by platform, by the shape around its axis, or as the caller says.

The rules are few and each cites what set it (``python -m benchmarks``; docs/lowering.md):

=========  ==============================================================  ==================
platform   pass                                                            lowering
=========  ==============================================================  ==================
CPU, GPU   n divides m, fewer than 16 contiguous numbers per sample        phases
CPU, GPU   m divides n, likewise, at most two taps                         phases
CPU, GPU   any other                                                       gather
TPU        one sample per output (nearest), fixed point (uint8)            gather
TPU        any other                                                       matrix
=========  ==============================================================  ==================
"""

from math import prod
from typing import Any

import jax

from ..taps import Taps
from .gather import apply_taps
from .matrix import apply_matrix
from .phases import apply_phases, pattern

LOWERINGS: tuple[str, ...] = ("auto", "gather", "phases", "matrix")
PLATFORMS: tuple[str, ...] = ("cpu", "cuda", "rocm", "tpu")

# Samples of this many contiguous numbers make a gather a copy of vectors: 512 x 512 x 3 doubled takes 2.2 ms
# by phases and 4.0 ms by gathers with 3 channels last; 8 x 64 x 64 x 64 takes 37 ms and 10 ms with 64.
_VECTOR = 16
# Strided slices load whole vectors to keep one number of each: 2048 x 2048 shrunk to 512 with antialiasing
# takes 46 ms by phases and 8 ms by gathers; two taps of a doubled nearest's adjoint, 2.7 ms and 6.7 ms.
_STRIDED_TAPS = 2


def choose(taps: Taps, inner: int, platform: str, lowering: str) -> str:
    """The lowering of a pass whose samples are ``inner`` numbers long each.

    A lowering that the caller names is taken wherever it can take the taps.
    """
    if lowering != "auto" and _applies(lowering, taps):
        return lowering
    if platform == "tpu":
        return "gather" if taps.is_selection or taps.shift is not None else "matrix"
    found = pattern(taps)
    contiguous = found is not None and (found.stride == 1 or taps.support <= _STRIDED_TAPS)
    return "phases" if contiguous and inner < _VECTOR else "gather"


def _applies(lowering: str, taps: Taps) -> bool:
    """Whether a lowering can take these taps: phases need lengths that divide, integers exact sums."""
    if lowering == "phases":
        return pattern(taps) is not None
    return lowering == "gather" or taps.shift is None


def samples_per_row(shape: tuple[Any, ...], axis: int) -> int:
    """Numbers that lie together behind one sample of an axis; many where a length is symbolic."""
    inner = shape[axis + 1 :]
    return prod(inner) if all(isinstance(length, int) for length in inner) else _VECTOR


def apply_pass(x: jax.Array, taps: Taps, axis: int, platform: str, lowering: str) -> jax.Array:
    """``x`` resampled along ``axis``, in the dtype that computes; samples only moved keep theirs."""
    name = choose(taps, samples_per_row(x.shape, axis), platform, lowering)
    if name == "matrix":
        return apply_matrix(x, taps, axis)
    if name == "phases":
        return apply_phases(x, taps, axis)
    return apply_taps(x, taps, axis)
