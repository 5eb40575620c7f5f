"""Adaptive average pooling: the mean over PyTorch's integer windows, which may overlap."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax

from . import checks
from .conventions import TORCH
from .interpolate import spatial_axes
from .resize import resample_axes

if TYPE_CHECKING:
    from jaxtyping import Array, Num


def adaptive_avg_pool(
    x: "Num[Array, '...']",
    output_size: int | Sequence[int | None] | None,
    *,
    data_format: str = "channels_last",
) -> "Num[Array, '...']":
    """Averages a batch down (or up) to a given spatial size, with PyTorch's windows.

    **Convention.** Output ``i`` of ``m`` is the mean of samples ``floor(i n / m)`` up to, and not
    including, ``ceil((i + 1) n / m)``; windows overlap where ``m`` does not divide ``n``. Equal to
    ``torch.nn.functional.adaptive_avg_pool{1,2,3}d`` of PyTorch 2.13.

    Args:
      x: ``(batch, *spatial, channels)`` with one to three spatial axes, or ``(batch, channels, *spatial)``
        with ``data_format="channels_first"``.
      output_size: length of each spatial axis, in samples; one integer serves all, None keeps an axis.
      data_format: ``"channels_last"`` or ``"channels_first"``.

    Returns:
      The pooled batch, in ``x``'s dtype. Dtypes, gradients and NaN as in `resize`.

    Raises:
      ValueError: a wrong number of sizes, a negative size, a wrong rank, an empty spatial axis.
      TypeError: sizes that are not static integers, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> jr.adaptive_avg_pool(jnp.arange(5.0).reshape(1, 5, 1), 3).ravel()
      Array([0.5, 2. , 3.5], dtype=float32)
    """
    x = checks.as_array(x, "x")
    return pool_axes(x, spatial_axes(x, data_format), output_size, argument="output_size")


def pool_axes(x: jax.Array, axes: tuple[int, ...], output_size: Any, *, argument: str) -> jax.Array:
    """Pools given axes; a None among the sizes keeps its axis."""
    wanted = checks.per_axis(output_size, len(axes), argument)
    lengths = checks.static_lengths(x, axes, "x")
    sizes = tuple(
        n if size is None else checks.an_integer(size, argument)
        for n, size in zip(lengths, wanted, strict=True)
    )
    if any(size < 0 for size in sizes):
        checks.refuse(argument, "have no negative size", repr(output_size))
    return resample_axes(x, axes, sizes, TORCH["area", False])
