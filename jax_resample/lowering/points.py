"""Weighted sums of samples at points: a primitive that is closed under differentiation.

For an image ``x (B, *spatial, C)`` and, for each of the ``D`` spatial axes, ``K_a`` taps at every one of
``P`` points, ``index_a (B, P, K_a)`` and ``w_a (B, P, K_a)``, consider the number

    sum over b, p, c, k_1 .. k_D  of  x[b, index_1[b,p,k_1], .., index_D[b,p,k_D], c]
                                      * w_1[b,p,k_1] * .. * w_D[b,p,k_D] * y[b,p,c]

Its weights are these factors or, in derivatives, one *joint* array ``w (B, P, K_1 .. K_D)`` for all axes, a
weight for each tuple of taps. It is linear in the image ``x``, in the values ``y`` and in the weights. Its
derivative in ``y`` is sampling; in ``x`` it is the adjoint of sampling, which adds to an image; in the joint
weights it is what the gradient to coordinates is made of. Whatever is differentiated again, and in whichever
mode, is one of these three with other arrays in the places of the first. So there is one primitive, with the
place that is left out, its *target*, as a parameter.
"""

from functools import partial, reduce
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from . import shards
from .cost import PLATFORMS
from .joint_weights import joint_weights
from .points_programs import IMAGE, VALUES, WEIGHTS, evaluate

points_p = Primitive("points")


def gather_points(
    x: jax.Array,
    index: tuple[jax.Array, ...],
    weights: tuple[jax.Array, ...],
    *,
    contiguous: bool = False,
    channels_first: bool = False,
    lowering: str = "auto",
) -> jax.Array:
    """Weighted sums of samples at data-dependent points: ``(B, *spatial, C)`` to ``(B, P, C)``.

    ``y[b, p, c]`` is the sum over ``k_1 .. k_D`` of
    ``x[b, index_1[b,p,k_1], .., index_D[b,p,k_D], c] * w_1[b,p,k_1] * .. * w_D[b,p,k_D]``.

    Args:
      x: ``(B, *spatial, C)``, any floating dtype, ``D`` spatial axes of static length; ``B`` may be symbolic.
      index: for each spatial axis ``(B, P, K_a)`` int32. Every one must lie in ``[0, n_a)``: nothing is
        checked or clipped here, boundary rules come before.
      weights: for each spatial axis ``(B, P, K_a)``, all float32 or all float64; zero where a tap is to read
        nothing.
      contiguous: a promise that ``index[..., k] == index[..., 0] + k`` on every axis, which allows faster
        programs. With a broken promise the result is unspecified.
      channels_first: how image and result lie in memory: the caller transposes ``(B, C, *spatial)`` to ``x``
        and the result to ``(B, C, P)``, which programs that read and write planes make no work.
      lowering: the programs, ``"auto"`` or one of ``LOWERINGS``.

    Returns:
      ``(B, P, C)`` in the dtype of the weights, in which sums are made; round it once, at the end.

    Linear in ``x`` and in each of the weights, with hand-written transposes: every order and mode of
    differentiation works, ``vmap`` on any operand, ``shard_map`` over ``B`` and export. There is no gradient
    to ``index``; the gradient to coordinates flows through the weights. A sample whose weight along some axis
    is zero is not multiplied: a NaN there does not spread, except by "products". A NaN weight makes a NaN.
    """
    if all(w.shape[-1] == 1 for w in weights):
        # One array is read instead of several, and there is nothing to weigh one axis at a time.
        weights = (reduce(jnp.multiply, weights),)
    operands, spatial = (x, *weights, *index), tuple(x.shape[1:-1])
    return points_p.bind(
        *_same_manual_axes(shards.placed(operands, _roles(VALUES, spatial, len(operands))[0])),
        target=VALUES,
        spatial=spatial,
        dtype=jnp.dtype(x.dtype),
        contiguous=contiguous,
        channels_first=channels_first,
        lowering=lowering,
    )


def _roles(target: int, spatial: tuple[int, ...], operands: int) -> tuple[list[shards.Roles], shards.Roles]:
    """What the axes of the operands hold, and those of the target."""
    roles = [shards.of_image(len(spatial)), shards.OF_VALUES]
    result = shards.OF_TAPS if target == WEIGHTS else roles.pop(target)
    return [*roles, *[shards.OF_TAPS] * (operands - len(roles))], result


def _same_manual_axes(operands: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
    """Operands that vary over the same axes of a mesh, as ``shard_map`` wants them."""
    varying = [_varying(x) for x in operands]
    every = frozenset().union(*varying)
    if all(axes == every for axes in varying):
        return operands
    pairs = zip(operands, varying, strict=True)
    return tuple(_vary(x, tuple(every - axes)) if every - axes else x for x, axes in pairs)


def _varying(x: jax.Array) -> frozenset[Any]:
    """The axes of a mesh that an array varies over; JAX has renamed the attribute that says it."""
    kind = jax.typeof(x)
    return getattr(getattr(kind, "manual_axis_type", None), "varying", getattr(kind, "vma", frozenset()))


def _vary(x: jax.Array, axes: tuple[Any, ...]) -> jax.Array:
    if hasattr(lax, "pcast"):
        return lax.pcast(x, axes, to="varying")
    return lax.pvary(x, axes)  # pyright: ignore[reportAttributeAccessIssue]


def _arrays(operands: tuple[Any, ...], target: int, spatial: tuple[int, ...]) -> tuple[list[Any], list[Any]]:
    """The arrays by place, None for the target, and the indices."""
    arrays = list(operands[: -len(spatial)])
    arrays.insert(target, None)
    return arrays, list(operands[-len(spatial) :])


def _abstract_eval(*operands: Any, target: int, spatial: tuple[int, ...], dtype: Any, **_: Any) -> Any:
    arrays, index = _arrays(operands, target, spatial)
    sharding = shards.sharding_of(operands, *_roles(target, spatial, len(operands)))
    if target == IMAGE:
        batch, _, channels = arrays[VALUES].shape
        return arrays[VALUES].update(shape=(batch, *spatial, channels), dtype=dtype, sharding=sharding)
    kind = arrays[WEIGHTS].dtype if target == VALUES else arrays[VALUES].dtype
    last = arrays[IMAGE].shape[-1] if target == VALUES else prod(i.shape[-1] for i in index)
    return index[0].update(shape=(*index[0].shape[:2], last), dtype=kind, sharding=sharding)


def _jvp(
    primals: tuple[Any, ...],
    tangents: tuple[Any, ...],
    *,
    target: int,
    spatial: tuple[int, ...],
    **params: Any,
) -> tuple[Any, Any]:
    """Linear in each array: the tangent is a sum over them. The factors' tangents are added first."""
    bind = partial(points_p.bind, target=target, spatial=spatial, **params)
    result = bind(*primals)
    total = ad.Zero(jax.typeof(result).to_tangent_aval())
    before, after = (2 if target == WEIGHTS else 1), len(primals) - len(spatial)
    for place, tangent in enumerate(tangents[:before]):
        if type(tangent) is not ad.Zero:
            total = ad.add_tangents(total, bind(*primals[:place], tangent, *primals[place + 1 :]))
    weights = primals[before:after]
    moved = [
        joint_weights([*weights[:a], tangent, *weights[a + 1 :]])
        for a, tangent in enumerate(tangents[before:after])
        if type(tangent) is not ad.Zero
    ]
    if moved:
        total = ad.add_tangents(total, bind(*primals[:before], reduce(jnp.add, moved), *primals[after:]))
    return result, total


def _transpose(
    cotangent: Any, *operands: Any, target: int, spatial: tuple[int, ...], **params: Any
) -> list[Any]:
    """What is left out and what is given change places."""
    arrays, index = _arrays(operands, target, spatial)
    (place,) = (p for p, a in enumerate(arrays) if ad.is_undefined_primal(a))
    results: list[Any] = [None] * len(operands)
    position = place - (place > target)
    if type(cotangent) is ad.Zero:
        results[position] = ad.Zero(arrays[place].aval)
        return results
    arrays[target] = cotangent
    given = arrays[:WEIGHTS] if place >= WEIGHTS else (a for p, a in enumerate(arrays) if p != place)
    result = points_p.bind(*given, *index, target=min(place, WEIGHTS), spatial=spatial, **params)
    if place >= WEIGHTS:
        result = _to_factor(result, arrays[WEIGHTS:], place - WEIGHTS)
    results[position] = result
    return results


def _to_factor(joint: jax.Array, factors: list[Any], axis: int) -> jax.Array:
    """The cotangent of one factor of the weights from that of their product."""
    unknown = factors[axis].aval

    def product(factor: Any) -> jax.Array:
        return joint_weights([*factors[:axis], factor, *factors[axis + 1 :]])

    return jax.linear_transpose(product, unknown)(joint)[0]


def _batch(
    operands: tuple[Any, ...], dims: tuple[Any, ...], *, target: int, **params: Any
) -> tuple[Any, int]:
    """Merges the mapped axis into the points where one image serves all of them, else into the batch."""
    pairs = list(zip(operands, dims, strict=True))
    size = next(x.shape[d] for x, d in pairs if d is not None)
    apart = any(shards.is_sharded(x, [d]) for x, d in pairs if d is not None)
    place = shared = int(target != IMAGE and dims[0] is None and not apart)
    # Of two axes that merge, the outer one may lie on a mesh.
    behind = not apart and any(shards.is_sharded(x, [_own(place, d)]) for x, d in pairs[shared:])
    mapped = place + behind

    def merge(x: jax.Array, dim: Any) -> jax.Array:
        if dim is None:
            shape = (*x.shape[:mapped], size, *x.shape[mapped:])
            x = lax.broadcast_in_dim(x, shape, tuple(a for a in range(x.ndim + 1) if a != mapped))
        else:
            x = jnp.moveaxis(x, dim, mapped)
        return x.reshape(*x.shape[:place], x.shape[place] * x.shape[place + 1], *x.shape[place + 2 :])

    together = (*operands[:shared], *(merge(x, d) for x, d in pairs[shared:]))
    roles, _ = _roles(target, params["spatial"], len(together))
    result = points_p.bind(*_same_manual_axes(shards.placed(together, roles)), target=target, **params)
    own = operands[-1].shape[_own(place, dims[-1])]
    both = (own, size) if behind else (size, own)
    return result.reshape(*result.shape[:place], *both, *result.shape[place + 1 :]), mapped


def _own(axis: int, mapped: int | None) -> int:
    """Where an axis lies in an array that has a mapped one besides."""
    return axis + (mapped is not None and mapped <= axis)


def _evaluate(*operands: jax.Array, target: int, spatial: tuple[int, ...], **params: Any) -> jax.Array:
    def program(*operands: jax.Array) -> jax.Array:
        arrays, index = _arrays(_same_manual_axes(operands), target, spatial)
        return evaluate(arrays, index, target=target, spatial=spatial, **params)

    return shards.by_shards(program, operands, *_roles(target, spatial, len(operands)))


_STATIC = ("target", "spatial", "dtype", "contiguous", "channels_first", "lowering", "platform")


@partial(jax.jit, static_argnames=_STATIC)
def _compiled(*operands: jax.Array, **params: Any) -> jax.Array:
    return _evaluate(*operands, **params)


def _eager(*operands: jax.Array, **params: Any) -> jax.Array:
    return _compiled(*operands, platform=jax.default_backend(), **params)


def _rule(platform: str) -> Any:
    return mlir.lower_fun(partial(_evaluate, platform=platform), multiple_results=False)


points_p.def_impl(_eager)
points_p.def_abstract_eval(_abstract_eval)
ad.primitive_jvps[points_p] = _jvp
ad.primitive_transposes[points_p] = _transpose
batching.primitive_batchers[points_p] = _batch
mlir.register_lowering(points_p, _rule("cpu"))
for _platform in PLATFORMS:
    mlir.register_lowering(points_p, _rule(_platform), platform=_platform)
