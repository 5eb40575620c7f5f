"""``torchvision.ops`` on JAX arrays: `roi_align`, with torchvision 0.28's signature, layout and numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import jax.numpy as jnp

from .. import checks
from ..sampling.roi import roi_align as pool_boxes

if TYPE_CHECKING:
    from jaxtyping import Array, Float

__all__ = ["roi_align"]


def roi_align(
    input: "Float[Array, 'batch channels height width']",
    boxes: "Float[Array, 'boxes 5'] | Sequence[Float[Array, '_ 4']]",
    output_size: int | Sequence[int],
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
    aligned: bool = False,
) -> "Float[Array, 'boxes channels out_height out_width']":
    """``torchvision.ops.roi_align``: boxes of feature maps, pooled to one size by bilinear samples.

    Args:
      input: feature maps, channels first.
      boxes: ``(K, 5)`` rows ``(image, x1, y1, x2, y2)``, or for each image of the batch its ``(L, 4)`` boxes.
      output_size: height and width of the output, in bins; one integer for both.
      spatial_scale: pixels of the feature map to one unit of the boxes.
      sampling_ratio: samples of a bin along each axis; 0 or less takes as many as a bin is long, rounded up.
        For boxes that are traced `jax_resample.roi_align` says where that number is bounded.
      aligned: shift boxes by -1/2 pixel, which puts coordinate 0 in the middle of the first pixel.

    Returns:
      ``(K, channels, *output_size)`` in the input's dtype; gradients reach ``input`` and, unlike in
      torchvision, ``boxes``.

    Raises:
      ValueError: shapes that do not fit, or sizes below 1.
      TypeError: arrays that are not floating, or sizes that are not static.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import torchvision as tv
      >>> x = jnp.arange(16.0).reshape(1, 1, 4, 4)
      >>> tv.roi_align(x, [jnp.array([[0.0, 0.0, 2.0, 2.0]])], 2, sampling_ratio=1)
      Array([[[[2.5, 3.5],
               [6.5, 7.5]]]], dtype=float32)
    """
    x = checks.as_array(input, "input")
    if x.ndim != 4 or not jnp.issubdtype(x.dtype, jnp.floating):
        checks.refuse("input", "be floating, with 4 axes", f"shape {x.shape} and dtype {x.dtype}", TypeError)
    if isinstance(boxes, Sequence):
        boxes = _listed(boxes, x.shape[0])
    elif checks.as_array(boxes, "boxes").shape[1:] != (5,):
        checks.refuse("boxes", "have shape (K, 5), or be a list of (L, 4)", f"shape {boxes.shape}")
    pooled = pool_boxes(
        jnp.moveaxis(x, 1, -1),
        boxes,
        output_size,
        spatial_scale=spatial_scale,
        sampling_ratio=sampling_ratio,
        aligned=aligned,
    )
    return jnp.moveaxis(pooled, -1, 1)


def _listed(boxes: Sequence, batch: int) -> "Float[Array, 'boxes 5']":
    """The boxes of each image as rows that begin with the image's number."""
    arrays = [checks.as_array(b, "boxes") for b in boxes]
    if len(arrays) != batch or any(b.ndim != 2 or b.shape[1] != 4 for b in arrays):
        shapes = [b.shape for b in arrays]
        checks.refuse("boxes", f"be {batch} arrays of shape (L, 4), one for each image", f"shapes {shapes}")
    rows = [jnp.concatenate([jnp.full((len(b), 1), i, b.dtype), b], axis=1) for i, b in enumerate(arrays)]
    return jnp.concatenate(rows, axis=0)
