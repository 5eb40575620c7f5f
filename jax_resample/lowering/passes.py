"""All passes of a separable operator, run as their schedule says."""

from dataclasses import replace
from functools import partial
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from .. import dtypes
from .apart import apart
from .gather import apply_taps
from .matrix import apply_matrices, apply_matrix
from .phases import apply_phases, apply_phases_apart, merged_rows, split_length
from .schedule import Passes, Step, fuses, merge_pooled, schedule
from .shards import is_sharded, reshape


def apply_passes(x: jax.Array, *, passes: Passes, lowering: str, platform: str) -> jax.Array:
    """``x`` resampled along every axis in ``passes``, in the order that costs least, and rounded once."""
    kind = x.dtype
    shape, passes = merge_pooled(x.shape, passes, platform, lowering)
    x, steps = reshape(x, shape), schedule(shape, passes, platform, lowering).steps
    if all(step.lowering == "matrix" for step in steps):
        return dtypes.round_to(apply_matrices(x, [(s.axis, s.taps) for s in steps], platform), kind)
    for step in steps:
        x = _apart(x, step, kind) if platform == "cpu" and _is_apart(step) else _one_pass(x, step, kind)
    return x if x.dtype == kind else dtypes.round_to(x, kind)


def _is_apart(step: Step) -> bool:
    """Whether XLA's CPU compiler is to see a pass by itself."""
    return step.lowering != "matrix" and (step.stored or not fuses(step.taps, step.lowering))


def _one_pass(x: jax.Array, step: Step, kind: Any, *, apart: bool = False) -> jax.Array:
    """One axis, in the dtype that computes; samples that are only moved keep theirs.

    Sums that the library rounds in each pass are stored as it stores them, in an image of dtype ``kind``.
    """
    taps, sums = step.taps, step.taps.sums

    def finish(total: jax.Array) -> jax.Array:
        return total if sums is None else sums.finish(total, kind)

    with dtypes.double_precision(sums is not None and sums.dtype == "float64"):
        if step.lowering == "phases":
            return (apply_phases_apart if apart else apply_phases)(x, taps, step.axis, finish)
        return finish((apply_matrix if step.lowering == "matrix" else apply_taps)(x, taps, step.axis))


def _apart(x: jax.Array, step: Step, kind: Any) -> jax.Array:
    """One pass, computed for itself and stored.

    XLA's CPU compiler would fuse it with the next, and compute it again for every tap of that one. Padding or
    cropping is the cheapest other program whose result has the same type, sharding included.

    XLA stores the result as its gather makes it, with the gathered axis outermost. So it leaves the
    conditional with all axes before that one merged, and all after it, which keeps it in its place: enlarging
    333 x 500 to 1080 x 1920 then takes 3 ms and not 8. Axes inside the first that lie on a mesh stay apart,
    and so do phases from each other.
    """
    result = tuple(step.taps.m if a == step.axis else length for a, length in enumerate(x.shape))
    sharded = is_sharded(x, range(1, x.ndim))
    if step.lowering == "phases" and not sharded:
        shape, taps, axis = merged_rows(x.shape, step.taps, step.axis)
        x, step = x.reshape(shape), replace(step, taps=taps, axis=axis)
    taps, axis = step.taps, step.axis
    stored = taps.sum_dtype(x.dtype) if taps.sums is None else taps.sums.stored(kind)
    ends = [(0, taps.m - taps.n if a == axis else 0, 0) for a in range(x.ndim)]
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    along = split_length(taps) if step.lowering == "phases" else (taps.m,)
    split = (*before, *along, *after)
    if not sharded:
        split = (prod(before), *along, *(() if all(n == 1 for n in after) else (prod(after),)))

    def other(v: jax.Array) -> jax.Array:
        return lax.pad(v, jnp.zeros((), v.dtype), ends).astype(stored)

    run = partial(_one_pass, step=step, kind=kind, apart=True)
    branches = (lambda v, one=one: one(v).reshape(split) for one in (run, other))
    return apart(*branches, x).reshape(result)
