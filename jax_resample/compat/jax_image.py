"""``jax.image``: `resize` and `scale_and_translate` with its signatures, shapes, dtypes and names.

Coordinates, weights and sums are in float32 or better and rounded once, where JAX rounds the weights to the
image's dtype. No matrix of all weights is made for static shapes.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from .. import checks
from ..resize import find_convention, resample_axes
from ..scale_and_translate import scale_and_translate as _scale_and_translate

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Num

__all__ = ["resize", "scale_and_translate"]

# Names that jax.image takes -> the names of the rows
_METHODS: dict[str, str] = {
    "nearest": "nearest",
    **dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), "linear"),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), "cubic"),
    **dict.fromkeys(("cubic-pytorch", "bicubic-pytorch"), "cubic-pytorch"),
    "lanczos3": "lanczos3",
    "lanczos5": "lanczos5",
    "area": "area",
}


def resize(
    image: "Num[Array, '...']",
    shape: Sequence[int],
    method: str | jax.image.ResizeMethod,
    antialias: bool = True,
    precision: Any = jax.lax.Precision.HIGHEST,
) -> "Num[Array, '...']":
    """``jax.image.resize`` of JAX 0.10.2.

    Args:
      image: array of any rank.
      shape: output shape, one length per axis of ``image``; axes that keep their length are not touched.
      method: a name or member of ``jax.image.ResizeMethod``.
      antialias: stretch the kernel along axes that shrink; "nearest" and "area" ignore it, as in JAX.
      precision: has no effect: sums are never computed below float32.

    Returns:
      The resized array; integers become float32 except with "nearest". Gradients and NaN as in
      `jax_resample.resize`.

    Raises:
      ValueError: an unknown method or a shape that does not fit.
      TypeError: a shape that is not static.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import jax_image
      >>> jax_image.resize(jnp.arange(4.0), (8,), "linear")
      Array([0.  , 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.  ], dtype=float32)
      >>> jax_image.resize(jnp.eye(4), (2, 4), "nearest")
      Array([[0., 1., 0., 0.],
             [0., 0., 0., 1.]], dtype=float32)
    """
    image = checks.as_array(image, "image")
    sizes = _shape(image, shape)
    axes = tuple(a for a in range(image.ndim) if image.shape[a] != sizes[a])
    name = _name(method)
    smooth = checks.a_bool(antialias, "antialias") and name not in ("nearest", "area")
    row = find_convention(f"jax:{name}{'-antialias' if smooth else ''}")
    image = image if name == "nearest" else _inexact(image)
    return resample_axes(image, axes, tuple(sizes[a] for a in axes), row)


def scale_and_translate(
    image: "Num[Array, '...']",
    shape: Sequence[int],
    spatial_dims: Sequence[int],
    scale: "Float[Array, '...']",
    translation: "Float[Array, '...']",
    method: str | jax.image.ResizeMethod,
    antialias: bool = True,
    precision: Any = jax.lax.Precision.HIGHEST,
) -> "Num[Array, '...']":
    """``jax.image.scale_and_translate`` of JAX 0.10.2.

    Args:
      image: array of any rank.
      shape: output shape, one length per axis of ``image``.
      spatial_dims: the axes that are scaled and translated.
      scale: output over input pixels, one per spatial axis; may be traced.
      translation: in output pixels, one per spatial axis; may be traced.
      method: any but "nearest".
      antialias: stretch the kernel where the scale is below 1.
      precision: has no effect: sums are never computed below float32.

    Returns:
      The array, in an inexact dtype; outputs whose centre lies outside the image are 0. Gradients reach
      ``image``, ``scale`` and ``translation``.

    Raises:
      ValueError: "nearest", an unknown method, or a shape that does not fit.
      TypeError: a shape or axes that are not static.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import jax_image
      >>> x, one = jnp.arange(4.0), jnp.ones(1)
      >>> jax_image.scale_and_translate(x, (4,), (0,), one, 0.5 * one, "linear")
      Array([0. , 0.5, 1.5, 2.5], dtype=float32)
    """
    image = _inexact(checks.as_array(image, "image"))
    sizes = _shape(image, shape)
    if (name := _name(method)) == "nearest":
        checks.refuse("method", "not be 'nearest'", repr(method))
    axes = tuple(checks.an_integer(a, "spatial_dims") % max(image.ndim, 1) for a in spatial_dims)
    for a in set(range(image.ndim)) - set(axes):
        if sizes[a] != image.shape[a]:
            checks.refuse("shape", "keep the length of axes that are not in `spatial_dims`", repr(shape))
    return _scale_and_translate(
        image,
        tuple(sizes[a] for a in axes),
        jnp.asarray(scale),
        jnp.asarray(translation),
        axes=axes,
        method=name,
        antialias=antialias,
    )


def _name(method: Any) -> str:
    """The name of a row's method."""
    name = method.name.lower().replace("_", "-") if isinstance(method, jax.image.ResizeMethod) else method
    checks.one_of(name, _METHODS, "method")
    return _METHODS[name]


def _shape(image: jax.Array, shape: Any) -> tuple[int, ...]:
    sizes = tuple(checks.an_integer(size, "shape") for size in shape)
    if len(sizes) != image.ndim:
        checks.refuse("shape", "have a length for every axis of `image`", f"{sizes} for {image.shape}")
    checks.positive_sizes(sizes, "shape")
    return sizes


def _inexact(image: jax.Array) -> jax.Array:
    return image if jnp.issubdtype(image.dtype, jnp.inexact) else image.astype(jnp.result_type(float))
