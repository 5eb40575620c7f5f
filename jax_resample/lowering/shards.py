"""Arrays that lie on a mesh with explicit axes: every device computes with the part that it holds.

Resampling and sampling mix numbers along the spatial axes only. The batch, the channels and the points of
sampling may each lie along axes of a mesh, and what is computed lies as they do; sums over points or channels
are added up over the devices. Where axes are not explicit XLA distributes the programs as it likes, and
inside `jax.shard_map` there is nothing left to share out.
"""

from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any, NoReturn

import jax
from jax import lax
from jax.sharding import NamedSharding, PartitionSpec

# What an axis of an array holds; None where a device needs all of it.
BATCH, POINTS, CHANNELS = "batch", "points", "channels"
Roles = tuple[str | None, ...]
OF_VALUES: Roles = (BATCH, POINTS, CHANNELS)
OF_TAPS: Roles = (BATCH, POINTS, None)


def of_image(dimensions: int) -> Roles:
    """The roles of ``(B, *spatial, C)``."""
    return (BATCH, *(None for _ in range(dimensions)), CHANNELS)


def placed(operands: Sequence[jax.Array], roles: Sequence[Roles]) -> tuple[jax.Array, ...]:
    """Operands of which those that are replicated lie on the mesh as the others do.

    Raises:
      ValueError: an axis that a device needs whole is sharded, axes of one role are sharded in two ways, or
        those of two roles along the same axis of the mesh.
    """
    kinds = [jax.typeof(x) for x in operands]
    axes, mesh = _axes_of_roles(kinds, roles), _mesh(kinds)
    wanted = [_spec(axes, one) for one in roles]
    return tuple(
        x if kind.sharding.spec == spec else jax.sharding.reshard(x, NamedSharding(mesh, spec))
        for x, kind, spec in zip(operands, kinds, wanted, strict=True)
    )


def by_shards(
    program: Callable[..., jax.Array], operands: Sequence[jax.Array], roles: Sequence[Roles], result: Roles
) -> jax.Array:
    """``program(*operands)`` of `placed` operands, by each device for its part of them."""
    kinds = [jax.typeof(x) for x in operands]
    axes = _axes_of_roles(kinds, roles)
    if not axes:
        return program(*operands)
    summed = _names(entry for role, entry in axes.items() if role not in result)

    def local(*parts: jax.Array) -> jax.Array:
        part = program(*parts)
        return lax.psum(part, summed) if summed else part

    specs = tuple(kind.sharding.spec for kind in kinds)
    options = {"mesh": _mesh(kinds), "axis_names": {*_names(axes.values())}}
    return jax.shard_map(local, in_specs=specs, out_specs=_spec(axes, result), **options)(*operands)


def sharding_of(kinds: Sequence[Any], roles: Sequence[Roles], result: Roles) -> NamedSharding:
    """How the result of `by_shards` lies, from the types of its operands."""
    return NamedSharding(_mesh(kinds), _spec(_axes_of_roles(kinds, roles), result))


def is_sharded(x: jax.Array, axes: Iterable[int]) -> bool:
    """Whether any of the axes lies along an explicit axis of a mesh."""
    return any(jax.typeof(x).sharding.spec[axis] for axis in axes)


def merge_axes(x: jax.Array, counts: Sequence[int]) -> jax.Array:
    """Groups of so many axes, in order, as one axis each, of length 1 for none.

    One group after the other: of axes that lie on a mesh JAX takes no more at once.
    """
    for axis, count in enumerate(counts):
        merged = prod(x.shape[axis : axis + count])
        x = x.reshape(*x.shape[:axis], merged, *x.shape[axis + count :])
    return x


def split_axes(x: jax.Array, lengths: Sequence[Sequence[Any]]) -> jax.Array:
    """The opposite: every axis as a group of axes of these lengths."""
    for axis in reversed(range(len(lengths))):
        x = x.reshape(*x.shape[:axis], *lengths[axis], *x.shape[axis + 1 :])
    return x


def reshape(x: jax.Array, shape: Sequence[Any], like: jax.Array | None = None) -> jax.Array:
    """``x`` in another shape, whose axes on a mesh have the place and length that they have in ``like``."""
    like = x if like is None else like
    on_mesh = is_sharded(like, range(like.ndim))
    return lax.reshape(x, shape, out_sharding=jax.typeof(like).sharding if on_mesh else None)


def refuse_sharded(kind: Any, axes: Iterable[int]) -> None:
    """Refuses a type with any of these axes, which each device needs whole, along an axis of a mesh."""
    if any(kind.sharding.spec[axis] for axis in axes):
        _refuse("`x` must not be sharded along a resampled or sampled axis", [kind])


def _axes_of_roles(kinds: Sequence[Any], roles: Sequence[Roles]) -> dict[str, Any]:
    """The axes of the mesh along which each role lies; what is replicated may lie as the others do."""
    axes: dict[str, Any] = {}
    for kind, of_kind in zip(kinds, roles, strict=True):
        for entry, role in zip(kind.sharding.spec, of_kind, strict=True):
            if not entry:
                continue
            if role is None:
                _refuse("`x` must not be sharded along a resampled or sampled axis", [kind])
            if axes.setdefault(role, entry) != entry:
                _refuse(f"arrays must have their {role} along the same axes of the mesh", kinds)
    names = _names(axes.values())
    if len(names) > len(set(names)):
        _refuse(f"arrays must have different axes of the mesh for {' and '.join(axes)}", kinds)
    return axes


def _mesh(kinds: Sequence[Any]) -> Any:
    """The mesh of the first array that is sharded, or else of the first."""
    return next((kind for kind in kinds if any(kind.sharding.spec)), kinds[0]).sharding.mesh


def _spec(axes: dict[str, Any], roles: Roles) -> PartitionSpec:
    return PartitionSpec(*(axes.get(role) if role else None for role in roles))


def _names(entries: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(n for entry in entries for n in (entry if isinstance(entry, tuple) else (entry,)))


def _refuse(rule: str, kinds: Sequence[Any]) -> NoReturn:
    received = ", ".join(map(str, kinds))
    msg = f"{rule}, and `jax.sharding.reshard` moves them; received {received}"
    raise ValueError(msg)
