"""``torch.nn.functional`` on JAX arrays: the same signatures, defaults, layout and refusals.

Arrays are channels-first, ``(batch, channels, *spatial)``. Results follow PyTorch 2.13 on contiguous
tensors and several threads. Errors are ``ValueError`` or ``TypeError`` where PyTorch also raises
``RuntimeError`` or ``NotImplementedError``.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from .. import checks
from ..interpolate import interpolate as _interpolate
from ..pooling import pool_axes
from ._torch_grid import affine_grid, grid_sample

if TYPE_CHECKING:
    from jaxtyping import Array, Num

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "affine_grid",
    "grid_sample",
    "interpolate",
    "pixel_shuffle",
    "pixel_unshuffle",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]

_FLOATS = ("float64", "float32", "bfloat16", "float16")
_WIDE = ("float64", "float32", "uint8")

# PyTorch's CPU kernels by (mode, antialias); what is absent it does not implement.
_DTYPES: dict[tuple[str, bool], tuple[str, ...]] = {
    ("nearest", False): (*_FLOATS, "uint8"),
    ("nearest-exact", False): (*_FLOATS, "uint8"),
    ("linear", False): _FLOATS,
    ("bilinear", False): (*_FLOATS, "uint8"),
    ("bilinear", True): _WIDE,
    ("trilinear", False): _FLOATS,
    ("bicubic", False): (*_FLOATS, "uint8"),
    ("bicubic", True): _WIDE,
    ("lanczos", True): _WIDE,
    ("area", False): _FLOATS,
}


def interpolate(
    input: "Num[Array, 'batch channels *spatial']",
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> "Num[Array, 'batch channels *out']":
    """``F.interpolate``: resamples one to three spatial axes of a channels-first batch.

    Everything is as in `jax_resample.interpolate`, but for the layout and for the dtypes, which are
    those that PyTorch's CPU kernels accept: float64, float32, bfloat16 and float16, except with
    ``antialias`` (float64 and float32 only); uint8 with the nearest, bilinear, bicubic and lanczos modes.

    Raises:
      ValueError: see `jax_resample.interpolate`.
      TypeError: likewise, and for a dtype that PyTorch does not implement.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import torch as F
      >>> F.interpolate(jnp.zeros((1, 3, 32, 32)), scale_factor=2, mode="bilinear").shape
      (1, 3, 64, 64)
    """
    x = checks.as_array(input, "input")
    # A pair that PyTorch does not know at all has no row: `interpolate` refuses it in its own words.
    allowed = _DTYPES.get((mode, bool(antialias))) if isinstance(mode, str) else None
    if allowed is not None:
        _check_dtype(x, allowed, f"mode {mode!r}" + (" and antialias" if antialias else ""))
    return _interpolate(
        x,
        size,
        scale_factor,
        mode=mode,
        align_corners=align_corners,
        recompute_scale_factor=recompute_scale_factor,
        antialias=antialias,
        data_format="channels_first",
    )


def upsample(
    input: "Num[Array, 'batch channels *spatial']",
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> "Num[Array, 'batch channels *out']":
    """``F.upsample``, deprecated in PyTorch: `interpolate` by its older name. It does not warn.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import torch as F
      >>> F.upsample(jnp.zeros((1, 3, 5)), scale_factor=2).shape
      (1, 3, 10)
    """
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(
    input: "Num[Array, 'batch channels *spatial']",
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
) -> "Num[Array, 'batch channels *out']":
    """``F.upsample_nearest``, deprecated in PyTorch: `interpolate` with ``mode="nearest"``.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import torch as F
      >>> F.upsample_nearest(jnp.array([[[1.0, 2.0]]]), scale_factor=2)
      Array([[[1., 1., 2., 2.]]], dtype=float32)
    """
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(
    input: "Num[Array, 'batch channels height width']",
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
) -> "Num[Array, 'batch channels out_height out_width']":
    """``F.upsample_bilinear``, deprecated in PyTorch: bilinear with ``align_corners=True``.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import torch as F
      >>> F.upsample_bilinear(jnp.array([[[[0.0, 3.0]]]]), size=(1, 4))
      Array([[[[0., 1., 2., 3.]]]], dtype=float32)
    """
    return interpolate(input, size, scale_factor, "bilinear", align_corners=True)


def adaptive_avg_pool1d(
    input: "Num[Array, '... length']", output_size: int | Sequence[int]
) -> "Num[Array, '... out']":
    """``F.adaptive_avg_pool1d`` of ``(batch, channels, length)`` or ``(channels, length)``.

    Windows as in `jax_resample.adaptive_avg_pool`; None is not accepted, as in PyTorch.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import torch as F
      >>> F.adaptive_avg_pool1d(jnp.arange(5.0)[None], 3)
      Array([[0.5, 2. , 3.5]], dtype=float32)
    """
    sizes = output_size if isinstance(output_size, Sequence) else (output_size,)
    if any(size is None for size in sizes):
        checks.refuse("output_size", "not be None in one dimension", repr(output_size), TypeError)
    return _adaptive_avg_pool(input, output_size, 1)


def adaptive_avg_pool2d(
    input: "Num[Array, '... height width']", output_size: int | Sequence[int | None] | None
) -> "Num[Array, '... out_height out_width']":
    """``F.adaptive_avg_pool2d`` of ``(batch, channels, height, width)`` or ``(channels, height, width)``.

    Windows as in `jax_resample.adaptive_avg_pool`; None keeps an axis.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import torch as F
      >>> F.adaptive_avg_pool2d(jnp.ones((2, 8, 7, 7)), (1, None)).shape
      (2, 8, 1, 7)
    """
    return _adaptive_avg_pool(input, output_size, 2)


def adaptive_avg_pool3d(
    input: "Num[Array, '... depth height width']", output_size: int | Sequence[int | None] | None
) -> "Num[Array, '... out_depth out_height out_width']":
    """``F.adaptive_avg_pool3d`` of a batch ``(batch, channels, depth, height, width)`` or one of its items.

    Windows as in `jax_resample.adaptive_avg_pool`; None keeps an axis.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import torch as F
      >>> F.adaptive_avg_pool3d(jnp.ones((2, 8, 4, 7, 7)), 1).shape
      (2, 8, 1, 1, 1)
    """
    return _adaptive_avg_pool(input, output_size, 3)


def pixel_shuffle(
    input: "Num[Array, '*batch channels height width']", upscale_factor: int
) -> "Num[Array, '*batch out_channels out_height out_width']":
    """``F.pixel_shuffle``: moves ``r^2`` channels into ``r x r`` blocks of pixels; any dtype.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import torch as F
      >>> F.pixel_shuffle(jnp.arange(4).reshape(4, 1, 1), 2)
      Array([[[0, 1],
              [2, 3]]], dtype=int32)
    """
    x, r = _blocks(input, upscale_factor, "upscale_factor")
    *batch, channels, height, width = x.shape
    if channels % (r * r):
        checks.refuse("input", f"have a multiple of {r * r} channels (axis -3)", f"shape {x.shape}")
    blocks = x.reshape(*batch, channels // (r * r), r, r, height, width)
    axes = _interleave(len(batch) + 1, (2, 0, 3, 1))
    return blocks.transpose(axes).reshape(*batch, channels // (r * r), height * r, width * r)


def pixel_unshuffle(
    input: "Num[Array, '*batch channels height width']", downscale_factor: int
) -> "Num[Array, '*batch out_channels out_height out_width']":
    """``F.pixel_unshuffle``: moves ``r x r`` blocks of pixels into ``r^2`` channels; any dtype.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import torch as F
      >>> F.pixel_unshuffle(jnp.zeros((1, 3, 8, 6)), 2).shape
      (1, 12, 4, 3)
    """
    x, r = _blocks(input, downscale_factor, "downscale_factor")
    *batch, channels, height, width = x.shape
    if height % r or width % r:
        checks.refuse("input", f"have height and width that {r} divides", f"shape {x.shape}")
    blocks = x.reshape(*batch, channels, height // r, r, width // r, r)
    axes = _interleave(len(batch) + 1, (1, 3, 0, 2))
    return blocks.transpose(axes).reshape(*batch, channels * r * r, height // r, width // r)


def _adaptive_avg_pool(input: Any, output_size: Any, spatial: int) -> jax.Array:
    x = checks.as_array(input, "input")
    if x.ndim not in (spatial + 1, spatial + 2):
        rule = f"have {spatial + 2} axes, or {spatial + 1} without the batch"
        checks.refuse("input", rule, f"shape {x.shape}")
    _check_dtype(x, _FLOATS, "average pooling")
    axes = tuple(range(x.ndim - spatial, x.ndim))
    return pool_axes(x, axes, output_size, argument="output_size")


def _check_dtype(x: jax.Array, allowed: tuple[str, ...], what: str) -> None:
    if np.dtype(x.dtype).name not in allowed:
        checks.refuse("input", f"be {', '.join(allowed)} for {what}", f"dtype {x.dtype}", TypeError)


def _blocks(input: Any, factor: Any, argument: str) -> tuple[jax.Array, int]:
    x = checks.as_array(input, "input")
    r = checks.an_integer(factor, argument)
    if r < 1:
        checks.refuse(argument, "be at least 1", repr(factor))
    if x.ndim < 3:
        checks.refuse("input", "have at least 3 axes (channels, height, width)", f"shape {x.shape}")
    return x, r


def _interleave(leading: int, order: tuple[int, ...]) -> tuple[int, ...]:
    return (*range(leading), *(leading + axis for axis in order))
