"""Which program computes `points`, by platform and by what is known of the taps."""

from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp

from . import points_by_taps, points_by_windows, points_sorted
from .points_by_windows import weighted

IMAGE, VALUES, WEIGHTS = 0, 1, 2  # places of the arrays; the weights of axis `a` have place `WEIGHTS + a`

# "windows" needs neighbouring taps; "sorted" differs from "taps" in the adjoint, which is then the same on
# every run where scatters are atomic. Both give their place to "taps" where they have no program.
LOWERINGS: tuple[str, ...] = ("auto", "taps", "windows", "sorted")
_AUTO: dict[str, str] = {"cpu": "windows", "cuda": "sorted", "rocm": "sorted", "tpu": "taps"}


def evaluate(
    arrays: list[Any],
    index: list[jax.Array],
    *,
    target: int,
    spatial: tuple[int, ...],
    dtype: Any,
    contiguous: bool,
    lowering: str,
    platform: str,
) -> jax.Array:
    """The target from the other arrays: image, values, weights of each axis (see `points.py`)."""
    x, y, *weights = arrays
    name = _AUTO.get(platform, "taps") if lowering == "auto" else lowering
    windows = name == "windows" and contiguous
    start = [i[..., 0] for i in index]
    if target == IMAGE:
        if windows:
            added = points_by_windows.image(y, weights, start, spatial)
        elif name == "sorted":
            added = points_sorted.image(y, weights, index, spatial)
        else:
            added = points_by_taps.image(y, weights, index, spatial)
        return added.astype(dtype)
    if target == VALUES:
        if windows:
            return points_by_windows.values(x, weights, start)
        return points_by_taps.values(x, weights, index)
    support = tuple(i.shape[-1] for i in index)
    dots = points_by_windows.dots(x, y, support, start) if windows else points_by_taps.dots(x, y, index)
    return _contract(dots, weights, target - WEIGHTS)


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
