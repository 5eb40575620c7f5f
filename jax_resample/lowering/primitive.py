"""The primitive that carries a separable banded operator through JAX's transforms.

The operator is linear, so forward mode applies it to the tangent and reverse mode applies its
transpose, which is banded too and meets the same lowerings: no gradient scatters. Batching only moves
the axes. Programs show one ``resample`` equation with its passes.
"""

from functools import partial
from typing import Any

import jax
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from .cost import PLATFORMS
from .passes import apply_passes
from .schedule import Passes
from .shards import refuse_sharded

resample_p = Primitive("resample")


def resample(x: jax.Array, passes: Passes, lowering: str) -> jax.Array:
    """``x`` with each axis in ``passes`` resampled by its taps, in ``x``'s dtype."""
    return resample_p.bind(x, passes=passes, lowering=lowering) if passes else x


def _evaluate(x: jax.Array, *, passes: Passes, lowering: str) -> jax.Array:
    return apply_passes(x, passes=passes, lowering=lowering, platform=jax.default_backend())


def _abstract_eval(x: Any, *, passes: Passes, lowering: str) -> Any:
    refuse_sharded(x, [axis for axis, _ in passes])
    shape = list(x.shape)
    for axis, taps in passes:
        shape[axis] = taps.m
    return x.update(shape=tuple(shape))


def _transpose(cotangent: Any, x: Any, *, passes: Passes, lowering: str) -> list[Any]:
    if type(cotangent) is ad.Zero:
        return [ad.Zero(x.aval)]
    adjoint = tuple((axis, taps.transposed) for axis, taps in reversed(passes))
    return [resample_p.bind(cotangent, passes=adjoint, lowering=lowering)]


def _batch(args: tuple[Any], dims: tuple[int], *, passes: Passes, lowering: str) -> tuple[Any, int]:
    (x,), (dim,) = args, dims
    moved = tuple((axis + (axis >= dim), taps) for axis, taps in passes)
    return resample_p.bind(x, passes=moved, lowering=lowering), dim


def _rule(platform: str) -> Any:
    return mlir.lower_fun(partial(apply_passes, platform=platform), multiple_results=False)


resample_p.def_impl(_evaluate)
resample_p.def_abstract_eval(_abstract_eval)
ad.deflinear2(resample_p, _transpose)
batching.primitive_batchers[resample_p] = _batch
mlir.register_lowering(resample_p, _rule("cpu"))
for _platform in PLATFORMS:
    mlir.register_lowering(resample_p, _rule(_platform), platform=_platform)
