"""The primitive that carries a separable banded operator through JAX's transforms.

The operator is linear, so forward mode applies it to the tangent and reverse mode applies its
transpose, which is banded too and meets the same lowerings: no gradient scatters. Batching only moves
the axes. Programs show one ``resample`` equation with its passes.
"""

from typing import Any

import jax
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from .gather import Passes, apply_passes

resample_p = Primitive("resample")


def resample(x: jax.Array, passes: Passes) -> jax.Array:
    """``x`` with each axis in ``passes`` resampled by its taps, in ``x``'s dtype."""
    return resample_p.bind(x, passes=passes) if passes else x


def _abstract_eval(x: Any, *, passes: Passes) -> Any:
    shape = list(x.shape)
    for axis, taps in passes:
        shape[axis] = taps.m
    return x.update(shape=tuple(shape))


def _transpose(cotangent: Any, x: Any, *, passes: Passes) -> list[Any]:
    if type(cotangent) is ad.Zero:
        return [ad.Zero(x.aval)]
    return [resample_p.bind(cotangent, passes=tuple((a, t.transposed) for a, t in reversed(passes)))]


def _batch(args: tuple[Any], dims: tuple[int], *, passes: Passes) -> tuple[Any, int]:
    (x,), (dim,) = args, dims
    moved = tuple((axis + (axis >= dim), taps) for axis, taps in passes)
    return resample_p.bind(x, passes=moved), dim


resample_p.def_impl(apply_passes)
resample_p.def_abstract_eval(_abstract_eval)
ad.deflinear2(resample_p, _transpose)
batching.primitive_batchers[resample_p] = _batch
mlir.register_lowering(resample_p, mlir.lower_fun(apply_passes, multiple_results=False))
