"""``grid_sample`` and ``affine_grid`` of ``torch.nn.functional``, which ``compat.torch`` re-exports."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import checks
from ..sampling import grid as _grid

if TYPE_CHECKING:
    from jaxtyping import Array, Float

_FLOATS = ("float64", "float32", "bfloat16", "float16")


def grid_sample(
    input: "Float[Array, 'batch channels *spatial']",
    grid: "Float[Array, 'batch *out dimensions']",
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> "Float[Array, 'batch channels *out']":
    """``F.grid_sample``: samples a channels-first batch of images or volumes at normalised coordinates.

    Everything is as in `jax_resample.grid_sample`, but for the layout and for what PyTorch refuses: two or
    three spatial axes, as many axes of points, one batch size, one dtype for both arguments, and "bicubic"
    in two dimensions only. ``align_corners=None`` is False, without PyTorch's warning.

    Raises:
      ValueError: an unknown mode or padding mode, "bicubic" on volumes, or shapes that do not fit.
      TypeError: a dtype that is not floating, or two of them.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import torch as F
      >>> image = jnp.array([[[[0.0, 1.0], [2.0, 3.0]]]])
      >>> F.grid_sample(image, jnp.zeros((1, 1, 1, 2)), align_corners=False)
      Array([[[[1.5]]]], dtype=float32)
    """
    x, points = checks.as_array(input, "input"), checks.as_array(grid, "grid")
    if np.dtype(x.dtype).name not in _FLOATS:
        checks.refuse("input", f"be {', '.join(_FLOATS)}", f"dtype {x.dtype}", TypeError)
    if points.dtype != x.dtype:
        checks.refuse("grid", "have the dtype of `input`", f"{points.dtype} with {x.dtype}", TypeError)
    if x.ndim not in (4, 5) or points.ndim != x.ndim:
        rule = "be (batch, channels, *spatial) with two or three spatial axes, and `grid` have as many axes"
        checks.refuse("input", rule, f"shapes {x.shape} and {points.shape}")
    if x.shape[0] != points.shape[0]:
        checks.refuse("grid", "have the batch size of `input`", f"shapes {points.shape} and {x.shape}")
    if mode == "bicubic" and x.ndim != 4:
        checks.refuse("mode", "be 'bilinear' or 'nearest' for volumes", repr(mode))
    return _grid.sample_grid(
        x,
        points,
        mode=mode,
        padding_mode=padding_mode,
        align_corners=_flag(align_corners),
        channels_first=True,
    )


def affine_grid(
    theta: "Float[Array, 'batch D D+1']", size: Sequence[int], align_corners: bool | None = None
) -> "Float[Array, 'batch *spatial D']":
    """``F.affine_grid``: the normalised grid of a batch of affine maps.

    Everything is as in `jax_resample.affine_grid`, but ``size`` is that of the image to be made,
    ``(batch, channels, *spatial)`` with two or three spatial axes. ``align_corners=None`` is False. PyTorch's
    warnings about that and about axes of one sample are not given.

    Raises:
      ValueError: a size that is not positive, of another length, or that does not fit ``theta``.
      TypeError: ``theta`` is not floating, or sizes are not static integers.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import torch as F
      >>> F.affine_grid(jnp.array([[[1.0, 0, 0], [0, 1.0, 0]]]), (1, 3, 1, 2), align_corners=True)
      Array([[[[-1.,  0.],
               [ 1.,  0.]]]], dtype=float32)
    """
    theta = checks.as_array(theta, "theta")
    align = _flag(align_corners)
    if not isinstance(size, Sequence) or len(size) not in (4, 5):
        checks.refuse("size", "be (batch, channels, *spatial) with two or three spatial axes", repr(size))
    sizes = tuple(checks.an_integer(s, "size") for s in size)
    checks.positive_sizes(sizes, "size")
    batch, _, *spatial = sizes
    expected = (batch, len(spatial), len(spatial) + 1)
    if theta.shape != expected:
        checks.refuse("theta", f"have shape {expected} for `size` {sizes}", f"shape {theta.shape}")
    return _grid.affine_grid(theta, spatial, align_corners=align)


def _flag(align_corners: Any) -> bool:
    return False if align_corners is None else checks.a_bool(align_corners, "align_corners")
