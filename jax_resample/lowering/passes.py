"""All passes of a separable operator, run as their schedule says."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial, reduce
from itertools import groupby
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from .. import dtypes
from ..taps import Taps
from . import lanes, quads
from .apart import apart, in_vectors
from .gather import View, apply_taps, itself
from .matrix import apply_matrices, apply_matrix
from .packed import channel, joined, pack, packs, unpack_apart
from .phases import apply_phases, apply_phases_apart, merged_rows, repeated, split_length
from .schedule import Passes, Step, merge_pooled, programs, schedule, stands_apart
from .shards import is_sharded, reshape


def apply_passes(x: jax.Array, *, passes: Passes, lowering: str, platform: str) -> jax.Array:
    """``x`` resampled along every axis in ``passes``, in the order that costs least, and rounded once."""
    given, kind, result = x, x.dtype, _lengths(x.shape, passes)
    shape, passes = merge_pooled(x.shape, passes, platform, lowering)
    x, steps = reshape(x, shape), schedule(shape, passes, platform, lowering).steps
    if all(step.lowering == "matrix" for step in steps):
        return dtypes.round_to(apply_matrices(x, [(s.axis, s.taps) for s in steps], platform), kind)
    # XLA's CPU compiler lays a gather out well along the third axis and later ones only: in a batch of one a
    # photo's rows are enlarged in half the time.
    as_batch = platform == "cpu" and not is_sharded(x, range(x.ndim))
    if as_batch:
        x, steps = x[None], tuple(replace(step, axis=step.axis + 1) for step in steps)
    for program in programs(steps):
        x = _on_cpu(x, program, kind) if platform == "cpu" else _fused(x, program, kind, platform)
    x = reshape(x, result, given)
    return x if x.dtype == kind else dtypes.round_to(x, kind)


def _one_pass(
    x: jax.Array, step: Step, kind: Any, channels: int = 0, *, split: bool = False, platform: str = "cpu"
) -> jax.Array:
    """One axis, in the dtype that computes; samples that are only moved keep theirs.

    Sums that the library rounds in each pass are stored as it stores them, in an image of dtype ``kind``.
    On a CPU ``channels`` tells that samples are words of so many, ``split`` that phases may keep an axis.
    """
    taps, sums = step.taps, step.taps.sums

    def stored(sums_of: Callable[[View], jax.Array]) -> jax.Array:
        if sums is None:
            return sums_of(itself)
        if not channels:
            return sums.finish(sums_of(itself), kind)
        return joined([sums.finish(sums_of(partial(channel, c=c)), kind) for c in range(channels)])

    with dtypes.double_precision(sums is not None and sums.dtype == "float64"):
        if step.lowering == "phases" and split:
            return apply_phases_apart(x, taps, step.axis, stored)
        if step.lowering == "phases":
            return apply_phases(x, taps, step.axis, stored, platform)
        if step.lowering == "matrix":
            return apply_matrix(x, taps, step.axis)
        return stored(partial(apply_taps, x, taps, step.axis, platform=platform))


def _fused(x: jax.Array, program: tuple[Step, ...], kind: Any, platform: str) -> jax.Array:
    """Passes computed inside one another, and inside what follows."""
    return reduce(partial(_one_pass, kind=kind, platform=platform), program, x)


def _on_cpu(x: jax.Array, program: tuple[Step, ...], kind: Any) -> jax.Array:
    """A program of a CPU: by words of bytes, computed for itself, or fused with what follows."""
    found = _by_words(x, program, kind)
    if found is not None:
        return found
    if not stands_apart(program):
        return in_vectors(_fused(x, program, kind, "cpu"), _products(program))
    if program[-1].repeats:
        repeat = partial(repeated, passes={step.axis: step.taps for step in program})
        return reshape(apart(repeat, lambda v: repeat(jnp.zeros_like(v)), x), _result(x, program), x)
    return _stored(x, program, kind)


def _by_words(x: jax.Array, program: tuple[Step, ...], kind: Any) -> jax.Array | None:
    """A pass along rows of bytes that reads several of them at once, or None where there is none."""
    last = program[-1]
    if len(program) > 1 or is_sharded(x, range(x.ndim)):
        return None
    rows = prod(x.shape[: last.axis])
    if last.lowering == "gather" and lanes.takes(x, last.taps, last.axis, kind):
        pixels = x.reshape(rows, *x.shape[last.axis :])
        return lanes.resample_rows(pixels, last.taps, kind).reshape(_result(x, program))
    if packs(x, last.taps, last.axis, kind):
        channels = x.shape[-1]
        return unpack_apart(_stored(pack(x), program, kind, channels), channels)
    if last.lowering == "gather" and quads.takes(x, last.taps, last.axis, kind):
        samples = x.reshape(rows, last.taps.n)
        return quads.resample_rows(samples, last.taps, kind).reshape(_result(x, program))
    return None


def _stored(x: jax.Array, program: tuple[Step, ...], kind: Any, channels: int = 0) -> jax.Array:
    """The result of passes, in memory; ``channels`` tells that samples are words of so many.

    XLA's CPU compiler would fuse it with the next, and compute it again for every tap of that one. Padding or
    cropping is the cheapest other program whose result has the same type, sharding included.

    XLA stores the result as its gather makes it, with the gathered axis outermost. So it leaves the
    conditional with all axes before that one merged, and all after it, which keeps it in its place: enlarging
    333 x 500 to 1080 x 1920 then takes 3 ms and not 8. Outputs and phases stay apart, and so do the axes of
    arrays on a mesh.
    """
    given, result, sharded = x, _result(x, program), is_sharded(x, range(x.ndim))
    *first, last = program
    if last.lowering == "phases" and not first and not sharded:
        shape, taps, axis = merged_rows(x.shape, last.taps, last.axis)
        x, last = x.reshape(shape), replace(last, taps=taps, axis=axis)
    lengths = _result(x, (*first, last))
    along = split_length(last.taps) if last.lowering == "phases" else (last.taps.m,)
    split = (*lengths[: last.axis], *along, *lengths[last.axis + 1 :])
    if not sharded:
        split = _merged(lengths, {**{step.axis: (step.taps.m,) for step in first}, last.axis: along})
    ends = [(0, m - n, 0) for n, m in zip(x.shape, lengths, strict=True)]
    dtype = x.dtype if channels else reduce(partial(_stored_dtype, kind=kind), program, x.dtype)

    def run(v: jax.Array) -> jax.Array:
        v = reduce(partial(_one_pass, kind=kind), first, v)
        v = _one_pass(v, last, kind, channels, split=True).reshape(split)
        return in_vectors(v, _products(program))

    def other(v: jax.Array) -> jax.Array:
        return lax.pad(v, jnp.zeros((), v.dtype), ends).astype(dtype).reshape(split)

    return reshape(apart(run, other, x), result, given)


def _products(program: tuple[Step, ...]) -> int:
    """Products that a program adds up for an output."""
    return prod(step.taps.support for step in program)


def _result(x: jax.Array, program: tuple[Step, ...]) -> tuple[Any, ...]:
    """The shape that a program makes of an array's."""
    return _lengths(x.shape, ((step.axis, step.taps) for step in program))


def _lengths(shape: tuple[Any, ...], passes: Iterable[tuple[int, Taps]]) -> tuple[Any, ...]:
    """The shape that passes make of another."""
    lengths = list(shape)
    for axis, taps in passes:
        lengths[axis] = taps.m
    return tuple(lengths)


def _merged(lengths: tuple[Any, ...], own: dict[int, tuple[int, ...]]) -> tuple[Any, ...]:
    """The shape with neighbouring axes as one, but for those of a program, which become the axes given."""
    shape: list[Any] = []
    for is_own, axes in groupby(range(len(lengths)), key=lambda a: a in own):
        if is_own:
            shape += [n for a in axes for n in own[a]]
        else:
            shape.append(prod(lengths[a] for a in axes))
    return tuple(shape[:-1] if shape[-1] == 1 and len(lengths) - 1 not in own else shape)


def _stored_dtype(dtype: Any, step: Step, kind: Any) -> Any:
    """What a pass makes of samples of a type, in an image of another."""
    sums = step.taps.sums
    return step.taps.sum_dtype(dtype) if sums is None else sums.stored(kind)
