"""Regions of interest: boxes of a batch of images, pooled or resized to one size."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from .. import checks, dtypes
from . import roi_taps

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Int, Num


def roi_align(
    x: "Num[Array, 'batch *spatial channels']",
    boxes: "Float[Array, '*boxes corners']",
    size: int | Sequence[int],
    *,
    batch_indices: "Int[Array, '...'] | None" = None,
    spatial_scale: float = 1.0,
    sampling_ratio: int = 0,
    max_sampling: int | Sequence[int] | None = None,
    aligned: bool = True,
    mode: str = "avg",
) -> "Num[Array, '*boxes *out_spatial channels']":
    """Pools boxes of feature maps to one size by bilinear samples: RoIAlign of Mask R-CNN.

    **Convention.** A box is ``(low_x, low_y, high_x, high_y)``, the last spatial axis first, as in
    torchvision; with ``D`` spatial axes it is ``D`` low and ``D`` high corners. Corners are multiplied by
    ``spatial_scale`` and, with ``aligned``, shifted by -1/2, so that coordinate 0 is the centre of the first
    pixel. Each of the ``size`` bins of a box is sampled on a grid of ``sampling_ratio`` points an axis, at
    the middles of its cells. A sample more than a pixel outside the map is zero; others are moved to the
    edge. Equal to torchvision 0.28's ``ops.roi_align`` and, with either mode, to ONNX ``RoiAlign``
    (``aligned`` is its ``half_pixel``).

    Args:
      x: feature maps, ``(batch, *spatial, channels)``: floating, or integers of at most 16 bits.
      boxes: ``(R, 1 + 2 D)`` with the image's index in the batch first, ``(R, 2 D)`` together with
        ``batch_indices``, or ``(batch, R, 2 D)``, the boxes of each image; in the units of
        ``1 / spatial_scale`` pixels.
      size: output length of each spatial axis, in bins; one integer serves all of them.
      batch_indices: ``(R,)`` integers, the image of each box. Boxes of an image that is not there give
        zeros.
      spatial_scale: pixels of the feature map to one unit of the boxes.
      sampling_ratio: samples of a bin along each axis. 0 or less takes as many as a bin is long, in pixels
        rounded up, box by box.
      max_sampling: bound on that number, for all axes or one each, in the order of the axes: the length of
        the program. By default what the longest box needs where the boxes are known when the program is made,
        and what a box as long as the map needs where they are traced. Bins that need more take this many.
      aligned: the shift by -1/2. Without it, boxes are also made one pixel long at least.
      mode: ``"avg"``, the mean of a bin's samples, or ``"max"``, which is ONNX's: the largest of the
        *weighted pixels* that the samples are made of, each by itself.

    Returns:
      ``(R, *size, channels)`` or ``(batch, R, *size, channels)``, in ``x``'s dtype. Coordinates and weights
      are computed in float32 (float64 for float64) and sums rounded once.

    Gradients reach ``x`` and ``boxes``, in every mode and order; samples moved to the edge have none
    to the box along that axis. A NaN spreads to the bins with a sample that gives it weight. A NaN box gives
    zeros.

    Raises:
      ValueError: shapes that do not fit, sizes below 1, or an unknown mode.
      TypeError: boxes that are not floating, batch indices that are not integers, or sizes that are not
        static.

    Source: He et al. (2017), Mask R-CNN, section 3; torchvision 0.28 and ONNX opset 22 for the details.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> x = jnp.arange(16.0).reshape(1, 4, 4, 1)
      >>> boxes = jnp.array([[0.0, 0.0, 0.0, 4.0, 2.0]])  # of image 0: four pixels wide, two high
      >>> jr.roi_align(x, boxes, (1, 2), sampling_ratio=2).shape
      (1, 1, 2, 1)
      >>> jr.roi_align(x, boxes, (1, 2), sampling_ratio=2).ravel()
      Array([2.5, 4.5], dtype=float32)
    """
    x = _maps(x)
    sizes = checks.sizes_per_axis(size, x.ndim - 2, "size")
    corners, images = _boxes(x, boxes, batch_indices, "batch_indices", packed=True)
    checks.one_of(mode, roi_taps.POOLS, "mode")
    ratio = checks.an_integer(sampling_ratio, "sampling_ratio")
    shift = 0.5 if checks.a_bool(aligned, "aligned") else 0.0
    edges = corners * corners.dtype.type(
        checks.a_number(spatial_scale, "spatial_scale")
    ) - corners.dtype.type(shift)
    low, high = (part[..., ::-1] for part in jnp.split(edges, 2, axis=-1))
    extent = high - low if aligned else jnp.maximum(high - low, jnp.ones_like(low))
    bins = extent / _beside(sizes, extent)
    if ratio > 0:
        most, counts = (ratio,) * len(sizes), jnp.full_like(bins, ratio)
    else:
        most = _most(max_sampling, bins, x, sizes)
        counts = jnp.clip(jnp.ceil(jax.lax.stop_gradient(bins)), 0, _beside(most, bins))
    pooled = roi_taps.pool(
        _floating(x), roi_taps.Grid(low, bins, counts), images, sizes=sizes, most=most, mode=mode
    )
    return dtypes.round_to(pooled, x.dtype)


def crop_and_resize(
    image: "Num[Array, 'batch *spatial channels']",
    boxes: "Float[Array, '*boxes corners']",
    crop_size: int | Sequence[int],
    *,
    box_indices: "Int[Array, '...'] | None" = None,
    method: str = "bilinear",
    extrapolation_value: float = 0.0,
) -> "Num[Array, '*boxes *out_spatial channels']":
    """Cuts normalised boxes out of images and resizes them: ``tf.image.crop_and_resize``.

    **Convention.** A box is ``(low_y, low_x, high_y, high_x)``, in the order of the axes, as in TensorFlow;
    with ``D`` spatial axes it is ``D`` low and ``D`` high corners. Corners are normalised so that 0 and 1 are
    the *centres* of the first and last pixels: along ``n`` pixels, output ``i`` of ``m`` reads pixel
    coordinate ``low (n - 1) + i (high - low) (n - 1) / (m - 1)``, and a single output the box's middle. A box
    whose ``low`` is above its ``high`` is flipped. A sample outside the image is ``extrapolation_value``.
    This is not RoIAlign: its corners are pixel centres and a bin is one sample. Equal to TensorFlow 2.21.

    Args:
      image: ``(batch, *spatial, channels)``: floating, or integers of at most 16 bits.
      boxes: ``(R, 2 D)`` together with ``box_indices``, or ``(batch, R, 2 D)``, the boxes of each image.
      crop_size: output length of each spatial axis, in samples; one integer serves all of them.
      box_indices: ``(R,)`` integers, the image of each box. Boxes of an image that is not there give
        ``extrapolation_value``.
      method: ``"bilinear"`` (linear along every axis) or ``"nearest"`` (halves away from zero).
      extrapolation_value: what samples outside the image are.

    Returns:
      ``(R, *crop_size, channels)`` or ``(batch, R, *crop_size, channels)``: in the image's dtype where it is
      floating (bfloat16 and float16 computed in float32 and rounded once), else float32.

    Gradients reach the image and, with "bilinear", the boxes, in every mode and order. A NaN pixel reaches
    only the outputs that give it a weight other than zero; a NaN box gives ``extrapolation_value``.

    Raises:
      ValueError: shapes that do not fit, sizes below 1, or an unknown method.
      TypeError: boxes that are not floating, or box indices that are not integers.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> image = jnp.arange(16.0).reshape(1, 4, 4, 1)
      >>> box = jnp.array([[[0.0, 0.0, 1.0, 1.0]]])  # the whole of the one image
      >>> jr.crop_and_resize(image, box, (1, 3)).ravel()
      Array([6. , 7.5, 9. ], dtype=float32)
    """
    x = _maps(image, "image")
    sizes = checks.sizes_per_axis(crop_size, x.ndim - 2, "crop_size")
    corners, images = _boxes(x, boxes, box_indices, "box_indices", packed=False)
    checks.one_of(method, roi_taps.CROP_TAPS, "method")
    fill = checks.a_number(extrapolation_value, "extrapolation_value")
    cropped = roi_taps.crop(_floating(x), corners, images, sizes=sizes, method=method, fill=fill)
    return cropped.astype(_floating(x).dtype)


def _maps(x: Any, argument: str = "x") -> jax.Array:
    """A batch of images with at least one spatial axis, whose samples can be averaged."""
    x = checks.as_array(x, argument)
    if x.ndim < 3:
        checks.refuse(argument, "have a batch, spatial and a channel axis", f"shape {x.shape}")
    if not dtypes.is_weighable(x.dtype) or jnp.issubdtype(x.dtype, jnp.complexfloating):
        rule = "be floating, or an integer of at most 16 bits"
        checks.refuse(argument, rule, f"dtype {x.dtype}", TypeError)
    checks.static_lengths(x, range(1, x.ndim - 1), argument)
    return x


def _floating(x: jax.Array) -> jax.Array:
    """Integers as float32; floating images as they are."""
    return x if jnp.issubdtype(x.dtype, jnp.floating) else x.astype(jnp.float32)


def _boxes(
    x: jax.Array, boxes: Any, indices: Any, argument: str, *, packed: bool
) -> tuple[jax.Array, jax.Array | None]:
    """Corners ``(*count, 2 D)`` in the dtype of coordinates, and the image of each box if they are listed."""
    boxes, numbers = checks.as_array(boxes, "boxes"), 2 * (x.ndim - 2)
    checks.a_floating(boxes, "boxes")
    wide = "float64" in (boxes.dtype.name, dtypes.compute_dtype(x.dtype))
    kind = jnp.float64 if wide else jnp.float32
    if indices is not None:
        indices = checks.as_array(indices, argument)
        if not jnp.issubdtype(indices.dtype, jnp.integer):
            checks.refuse(argument, "be integers", f"dtype {indices.dtype}", TypeError)
        if boxes.ndim != 2 or boxes.shape[1] != numbers or indices.shape != boxes.shape[:1]:
            rule = f"have shape (R,) beside boxes of shape (R, {numbers})"
            checks.refuse(argument, rule, f"shapes {indices.shape} and {boxes.shape}")
        return boxes.astype(kind), indices.astype(jnp.int32)
    if packed and boxes.ndim == 2 and boxes.shape[1] == numbers + 1:
        return boxes[:, 1:].astype(kind), boxes[:, 0].astype(jnp.int32)
    if boxes.ndim == 3 and boxes.shape[0] == x.shape[0] and boxes.shape[2] == numbers:
        return boxes.astype(kind), None
    shapes = f"(batch, R, {numbers}), or (R, {numbers}) with `{argument}`"
    rule = f"have shape (R, {numbers + 1}), {shapes}" if packed else f"have shape {shapes}"
    return checks.refuse("boxes", rule, f"shape {boxes.shape} for images of shape {x.shape}")


def _beside(numbers: tuple[int, ...], of_boxes: jax.Array) -> jax.Array:
    """One number an axis, repeated for every box."""
    return jnp.broadcast_to(jnp.asarray(numbers, of_boxes.dtype), of_boxes.shape)


def _most(given: Any, bins: jax.Array, x: jax.Array, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The bound on the samples of a bin along each axis."""
    if given is not None:
        most = tuple(
            checks.an_integer(g, "max_sampling") for g in checks.per_axis(given, len(sizes), "max_sampling")
        )
        checks.positive_sizes(most, "max_sampling")
        return most
    if isinstance(bins, Tracer):
        return tuple(-(-n // m) for n, m in zip(x.shape[1:-1], sizes, strict=True))
    known = np.asarray(bins).reshape(-1, len(sizes))
    longest = np.where(np.isfinite(known), known, 0).max(axis=0, initial=1)
    return tuple(int(np.ceil(length)) for length in longest)
