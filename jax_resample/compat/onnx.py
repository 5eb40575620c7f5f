"""ONNX's operators on JAX arrays: inputs in the operators' order, attributes as keywords, channels first.

Values are those of the ``onnx`` package 1.23.2 (Resize-19, Upsample-9, GridSample-22, AffineGrid-20,
RoiAlign-22): its node test cases, all of them, and its reference implementation.

Where that disagrees with ONNX Runtime 1.32, the reference is followed, as the node cases are its own: lengths
from scales are products in float64 (Runtime: float32); with scales, "align_corners" and
"tf_crop_and_resize" span ``s n - 1`` steps (Runtime: ``m - 1``, which fails two node cases) and a scale of 1
still crops; integers are rounded to even (Runtime cuts them). Not followed is the reference where it leaves
the operator's text, with Runtime on the text's side: "pytorch_half_pixel" reads coordinate 0 for a single
output (the reference: -1/2); taps at coordinates that rounding lifts just above a whole number are not read
one sample too early; cubic weights are not rounded to float32; "border" with "cubic" sampling moves taps
and not the coordinate, as PyTorch does too.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from .. import checks
from ..sampling.grid import affine_grid as _affine_grid
from ..sampling.grid import sample_grid as _sample_grid
from ..sampling.roi import roi_align as _roi_align
from ._onnx_resize import flag as _flag
from ._onnx_resize import resize as resize
from ._onnx_resize import static_numbers as _static_numbers
from ._onnx_resize import upsample as upsample

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Int, Num

__all__ = ["affine_grid", "grid_sample", "resize", "roi_align", "upsample"]

# GridSample's names of its modes since opset 20, and before.
_SAMPLING: dict[str, str] = {
    "linear": "bilinear",
    "nearest": "nearest",
    "cubic": "bicubic",
    "bilinear": "bilinear",
    "bicubic": "bicubic",
}
# RoiAlign's coordinate_transformation_mode -> whether boxes are shifted by half a pixel
_ALIGNED: dict[str, bool] = {"half_pixel": True, "output_half_pixel": False}


def grid_sample(
    X: "Num[Array, 'batch channels *spatial']",  # noqa: N803
    grid: "Float[Array, 'batch *points dimensions']",
    *,
    align_corners: int = 0,
    mode: str = "linear",
    padding_mode: str = "zeros",
) -> "Num[Array, 'batch channels *points']":
    """ONNX ``GridSample``, opset 22: samples a channels-first batch at normalised coordinates, in any rank.

    As `jax_resample.grid_sample`, whose numbers are PyTorch's, in the operator's layout. Where "border" meets
    "cubic" that is what ONNX Runtime computes too; the reference moves the coordinate itself to the edge.

    Args:
      X: ``(N, C, D1, .., Dr)``.
      grid: ``(N, *points, r)`` in [-1, 1], the innermost axis's coordinate first.
      align_corners: 1 if -1 and 1 are the centres of the corner pixels, 0 if they are their outer edges.
      mode: "linear", "nearest" or "cubic" (a = -0.75); "bilinear" and "bicubic" are opset 16's names.
      padding_mode: "zeros", "border" or "reflection".

    Raises:
      ValueError: an unknown mode or padding mode, or shapes that do not fit.
      TypeError: a grid that is not floating, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import onnx
      >>> onnx.grid_sample(jnp.array([[[0.0, 1.0]]]), jnp.array([[[-1.0], [0.0]]]), align_corners=1)
      Array([[[0. , 0.5]]], dtype=float32)
    """
    x = checks.as_array(X, "X")
    checks.one_of(mode, _SAMPLING, "mode")
    if x.ndim < 3:
        checks.refuse("X", "have a batch, channels and at least one spatial axis", f"shape {x.shape}")
    align = _flag(align_corners, "align_corners")
    return _sample_grid(
        x,
        grid,
        mode=_SAMPLING[mode],
        padding_mode=padding_mode,
        align_corners=align,
        channels_first=True,
    )


def affine_grid(
    theta: "Float[Array, 'batch D D+1']",
    size: "Int[Array, ' axes'] | Sequence[int]",
    *,
    align_corners: int = 0,
) -> "Float[Array, 'batch *spatial D']":
    """ONNX ``AffineGrid``, opset 20: the sampling grid of affine maps, for `grid_sample`.

    As `jax_resample.affine_grid`; any number ``D`` of spatial axes.

    Args:
      theta: ``(N, D, D + 1)``: ``(N, 2, 3)`` for images, ``(N, 3, 4)`` for volumes.
      size: ``(N, C, *spatial)``, the shape of what the grid will sample to; static.
      align_corners: as in `grid_sample`.

    Returns:
      ``(N, *spatial, D)`` in ``theta``'s dtype.

    Raises:
      ValueError: a size that does not suit ``theta``.
      TypeError: ``theta`` is not floating, or sizes are not static integers.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import onnx
      >>> onnx.affine_grid(jnp.eye(2, 3)[None], [1, 3, 32, 48]).shape
      (1, 32, 48, 2)
    """
    theta = checks.as_array(theta, "theta")
    if theta.ndim != 3:
        checks.refuse("theta", "have shape (N, D, D + 1)", f"shape {theta.shape}")
    sizes = _static_numbers(size, theta.shape[1] + 2, "size", np.int64).tolist()
    if sizes[0] != theta.shape[0]:
        checks.refuse("size", "begin with the batch of `theta`", f"{sizes} for shape {theta.shape}")
    return _affine_grid(theta, sizes[2:], align_corners=_flag(align_corners, "align_corners"))


def roi_align(
    X: "Num[Array, 'batch channels *spatial']",  # noqa: N803
    rois: "Float[Array, 'boxes corners']",
    batch_indices: "Int[Array, ' boxes']",
    *,
    coordinate_transformation_mode: str = "half_pixel",
    mode: str = "avg",
    output_height: int = 1,
    output_width: int = 1,
    sampling_ratio: int = 0,
    spatial_scale: float = 1.0,
) -> "Num[Array, 'boxes channels output_height output_width']":
    """ONNX ``RoiAlign``, opset 22: pools boxes of channels-first feature maps to one size.

    As `jax_resample.roi_align`. "max" is the largest of the weighted *pixels* that the samples are made of,
    not of the samples, as the reference and the node test cases have it.

    Args:
      X: ``(N, C, H, W)``.
      rois: ``(R, 4)``, boxes ``(x1, y1, x2, y2)`` in units of ``1 / spatial_scale`` pixels.
      batch_indices: ``(R,)``, the image of each box.
      coordinate_transformation_mode: "half_pixel" shifts boxes by -1/2; "output_half_pixel" does not,
        and makes boxes one pixel long at least.
      mode: "avg" or "max".
      output_height: bins of a box along H.
      output_width: bins of a box along W.
      sampling_ratio: samples of a bin along each axis; 0 takes as many as the bin is long in pixels, at
        most as many as `jax_resample.roi_align` allows where ``rois`` are traced.
      spatial_scale: pixels of ``X`` to a unit of ``rois``.

    Raises:
      ValueError: an unknown mode, shapes that do not fit, or sizes below 1.
      TypeError: boxes that are not floating, indices that are not integers.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import onnx
      >>> x = jnp.arange(16.0).reshape(1, 1, 4, 4)
      >>> onnx.roi_align(x, jnp.array([[0.0, 0.0, 4.0, 4.0]]), jnp.array([0]), sampling_ratio=2)
      Array([[[[7.5]]]], dtype=float32)
    """
    x = checks.as_array(X, "X")
    checks.one_of(coordinate_transformation_mode, _ALIGNED, "coordinate_transformation_mode")
    if x.ndim != 4:
        checks.refuse("X", "have shape (N, C, H, W)", f"shape {x.shape}")
    if checks.an_integer(sampling_ratio, "sampling_ratio") < 0:
        checks.refuse("sampling_ratio", "not be negative", repr(sampling_ratio))
    y = _roi_align(
        jnp.moveaxis(x, 1, -1),
        rois,
        (output_height, output_width),
        batch_indices=batch_indices,
        spatial_scale=spatial_scale,
        sampling_ratio=sampling_ratio,
        aligned=_ALIGNED[coordinate_transformation_mode],
        mode=mode,
    )
    return jnp.moveaxis(y, -1, 1)
