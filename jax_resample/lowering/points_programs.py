"""Which program computes `points`, by platform and by what is known of the taps."""

from functools import reduce
from math import prod
from typing import Any

import jax
import jax.numpy as jnp

from . import points_by_planes, points_by_products, points_by_taps, points_by_windows, points_sorted
from .windows import weighted

IMAGE, VALUES, WEIGHTS = 0, 1, 2  # places of the arrays; the weights of axis `a` have place `WEIGHTS + a`

# "windows" needs neighbouring taps; "sorted" differs from "taps" in the adjoint, which is then the same on
# every run where scatters are atomic. Both give their place to "taps" where they have no program. "products"
# lets a NaN pixel reach every point of its image.
LOWERINGS: tuple[str, ...] = ("auto", "taps", "windows", "sorted", "products")
_AUTO: dict[str, str] = {"cpu": "windows", "cuda": "sorted", "rocm": "sorted", "tpu": "products"}

# On a TPU products serve maps of up to this many pixels, others are gathered. What the compiler for a v5e
# expects of bilinear float32, in kilocycles, products against all but the gathers and scatters, for which it
# has no price: eight maps of 14 x 14 with 256 channels at 28 x 28 points 64 and 126, gradients 149 and 327;
# four of 32 x 32 with 128 channels 84 and 71, 254 and 154; eight of 64 x 64 with 64 at least 3,048 and 428.
_MOST_PIXELS = 1024
# And while the weights of all points and pixels together are no more than this.
_MOST_WEIGHTS = 1 << 26

# On a CPU windows of up to this many pixels are read for many points at once where channels lie in planes
# or are few beside the taps. Two cores, in ms, against windows one by one. Channels first: sixteen photos
# 6.4 and 8.7, two maps of 16 channels 4.6 and 7.6, eight of 64 channels 2.3 and 4.4, a volume of four 0.9
# and 1.7. Channels last: the volume, eight taps, 1.0 and 1.5; photos, four taps, 6.3 and 5.4, 16 channels
# 9.5 and 5.3.
_MOST_TAPS = 16


def evaluate(
    arrays: list[Any],
    index: list[jax.Array],
    *,
    target: int,
    spatial: tuple[int, ...],
    dtype: Any,
    contiguous: bool,
    channels_first: bool,
    lowering: str,
    platform: str,
) -> jax.Array:
    """The target from the other arrays: image, values, weights of each axis (see `points.py`)."""
    x, y, *weights = arrays
    name = _AUTO.get(platform, "taps") if lowering == "auto" else lowering
    if name == "windows" and contiguous:
        if target == VALUES and _in_planes(x.shape[-1], index, channels_first):
            start = [i[..., 0] for i in index]
            return points_by_planes.values(x, weights, start, channels_first=channels_first)
        return _by_windows(x, y, weights, index, target, spatial, dtype)
    products = name == "products" and (lowering == name or _is_small(spatial, index[0].shape[:2]))
    program = points_by_products if products else points_by_taps
    if target == IMAGE:
        adjoint = points_sorted if name == "sorted" else program
        return adjoint.image(y, weights, index, spatial).astype(dtype)
    if target == VALUES:
        return program.values(x, weights, index)
    return _contract(program.dots(x, y, index), weights, target - WEIGHTS)


def _by_windows(
    x: Any,
    y: Any,
    weights: list[Any],
    index: list[jax.Array],
    target: int,
    spatial: tuple[int, ...],
    dtype: Any,
) -> jax.Array:
    """The same for neighbouring taps, which the first of them tell."""
    start = [i[..., 0] for i in index]
    if target == IMAGE:
        return points_by_windows.image(y, weights, start, spatial).astype(dtype)
    if target == VALUES:
        return points_by_windows.values(x, weights, start)
    support = tuple(i.shape[-1] for i in index)
    return _contract(points_by_windows.dots(x, y, support, start), weights, target - WEIGHTS)


def _in_planes(channels: int, index: list[jax.Array], channels_first: bool) -> bool:
    """Whether channels lie in planes or are few beside the taps, which are not too many."""
    taps = prod(i.shape[-1] for i in index)
    return taps <= _MOST_TAPS and (channels_first or channels == 1 or 2 * channels <= taps)


def _is_small(spatial: tuple[int, ...], points: tuple[Any, ...]) -> bool:
    """Whether maps are few enough pixels for products; a symbolic batch counts as one."""
    known = prod(n for n in points if isinstance(n, int))
    return prod(spatial) <= _MOST_PIXELS and known * prod(spatial) <= _MOST_WEIGHTS


def _contract(dots: jax.Array, weights: list[Any], kept: int) -> jax.Array:
    """``(B, P, K_1, .., K_D)`` summed over all taps but those of one axis, with the other axes' weights."""
    for axis in reversed(range(len(weights))):
        if axis == kept:
            continue
        # Axes before it are all there still; of those after it at most the one that is kept.
        position = 2 + axis
        trailing = tuple(1 for _ in range(dots.ndim - position - 1))
        terms = []
        for k in range(dots.shape[position]):
            w = weights[axis][..., k].reshape(*dots.shape[:2], *(1 for _ in range(axis)), *trailing)
            terms.append(weighted(w, jnp.take(dots, k, axis=position)))
        dots = reduce(jnp.add, terms)
    return dots
