"""``cv2.warpAffine``, ``cv2.warpPerspective`` and ``cv2.remap`` on JAX arrays, with OpenCV 5.0's numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp

from .. import checks
from ..sampling import projective
from ._opencv_coordinates import (
    STEPS,
    checked_flags,
    checked_image,
    checked_matrix,
    checked_size,
    in_steps,
    is_rounded,
    kind_of,
    rows_of,
    warp,
)
from ._opencv_names import BORDER_CONSTANT, INTER_LINEAR, WARP_INVERSE_MAP, WARP_RELATIVE_MAP

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Shaped

__all__ = ["remap", "warpAffine", "warpPerspective"]


def warpAffine(  # noqa: N802 -- OpenCV's name
    src: "Shaped[Array, '...']",
    M: "Float[Array, '2 3']",  # noqa: N803
    dsize: Sequence[int],
    flags: int = INTER_LINEAR,
    borderMode: int = BORDER_CONSTANT,  # noqa: N803
    borderValue: float | Sequence[float] = 0,  # noqa: N803
) -> "Shaped[Array, '...']":
    """``cv2.warpAffine``: an affine warp with OpenCV 5.0's numbers.

    **Convention.** ``M`` maps ``(x, y, 1)`` of an input pixel to the output and is inverted; with
    ``flags | WARP_INVERSE_MAP`` it maps output to input. Whole coordinates are the centres of pixels.

    Args:
      src: ``(height, width)`` or ``(..., height, width, channels)``; uint8, uint16, int16, float32, float64.
      M: ``(2, 3)``, real, traced or not. A NumPy matrix is inverted, and coordinates begun, in float64, as
        in OpenCV; a JAX array is computed with in its own dtype.
      dsize: ``(width, height)`` of the output.
      flags: ``INTER_NEAREST``, ``INTER_LINEAR``, ``INTER_CUBIC``, ``INTER_AREA`` (which is linear here) or
        ``INTER_LANCZOS4``, with ``WARP_INVERSE_MAP`` or not.
      borderMode: ``BORDER_CONSTANT``, ``BORDER_REPLICATE``, ``BORDER_REFLECT``, ``BORDER_REFLECT_101`` or
        ``BORDER_WRAP``. There is no ``BORDER_TRANSPARENT``: nothing is written into.
      borderValue: the constant, one number or one for each channel.

    Returns:
      The warped image in ``src``'s dtype: integers equal or, at ties, one level off; floats within what a
      unit in the last place of the coordinates makes. Where coordinates are rounded, one in some hundreds may
      go to the other side. Gradients reach floating images and, where no coordinate is rounded, ``M``;
      a NaN spreads as in `jax_resample.sample`.

    Raises:
      ValueError: shapes, sizes or flags that do not fit the above.
      TypeError: sizes that are not static, or a dtype that OpenCV does not warp.

    Example:
      >>> import jax.numpy as jnp
      >>> import numpy as np
      >>> from jax_resample.compat import opencv as cv
      >>> one_to_the_right = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
      >>> cv.warpAffine(jnp.array([[1.0, 2.0, 3.0]]), one_to_the_right, (3, 1))
      Array([[0., 1., 2.]], dtype=float32)
    """
    image = checked_image(src)
    row = checked_flags(flags, borderMode, WARP_INVERSE_MAP)
    matrix = projective.homogeneous(checked_matrix(M, (2, 3)))
    matrix = projective.pulling(matrix, "output_to_input" if flags & WARP_INVERSE_MAP else "input_to_output")
    size = checked_size(dsize)
    if is_rounded(row, image) and row.kernel != "cubic(-0.75)":
        coordinates = in_steps(matrix, size, 1 if row.kernel == "nearest" else STEPS, kind_of(image))
    else:
        coordinates = jnp.stack(rows_of(matrix, size, kind_of(image))[:2], axis=-1)
    return warp(image, coordinates, row, borderMode, borderValue)


def warpPerspective(  # noqa: N802
    src: "Shaped[Array, '...']",
    M: "Float[Array, '3 3']",  # noqa: N803
    dsize: Sequence[int],
    flags: int = INTER_LINEAR,
    borderMode: int = BORDER_CONSTANT,  # noqa: N803
    borderValue: float | Sequence[float] = 0,  # noqa: N803
) -> "Shaped[Array, '...']":
    """``cv2.warpPerspective``: a projective warp with OpenCV 5.0's numbers.

    Args:
      src: as in `warpAffine`.
      M: ``(3, 3)``, real, traced or not: maps ``(x, y, 1)`` of an input pixel to the output, or of an output
        pixel to the input with ``WARP_INVERSE_MAP``.
      dsize: ``(width, height)`` of the output.
      flags: as in `warpAffine`.
      borderMode: as in `warpAffine`.
      borderValue: the constant, one number or one for each channel.

    Returns:
      The warped image in ``src``'s dtype.

    Raises:
      ValueError: shapes, sizes or flags that do not fit the above.
      TypeError: sizes that are not static, or a dtype that OpenCV does not warp.

    Example:
      >>> import jax.numpy as jnp
      >>> import numpy as np
      >>> from jax_resample.compat import opencv as cv
      >>> half = np.diag([1.0, 1.0, 0.5])  # output pixel p reads 2 p
      >>> cv.warpPerspective(jnp.arange(6.0)[None], half, (3, 1), flags=cv.INTER_LINEAR | cv.WARP_INVERSE_MAP)
      Array([[0., 2., 4.]], dtype=float32)
    """
    image = checked_image(src)
    row = checked_flags(flags, borderMode, WARP_INVERSE_MAP)
    direction = "output_to_input" if flags & WARP_INVERSE_MAP else "input_to_output"
    matrix = projective.pulling(checked_matrix(M, (3, 3)), direction)
    x, y, depth = rows_of(matrix, checked_size(dsize), kind_of(image))
    return warp(image, jnp.stack([x / depth, y / depth], axis=-1), row, borderMode, borderValue)


def remap(
    src: "Shaped[Array, '...']",
    map1: "Float[Array, 'height width ...']",
    map2: "Float[Array, 'height width'] | None",
    interpolation: int,
    borderMode: int = BORDER_CONSTANT,  # noqa: N803
    borderValue: float | Sequence[float] = 0,  # noqa: N803
) -> "Shaped[Array, '...']":
    """``cv2.remap``: an image at a map of coordinates, with OpenCV 5.0's numbers.

    Args:
      src: as in `warpAffine`.
      map1: ``(height, width)`` x coordinates, or ``(height, width, 2)`` both, floating. OpenCV's maps of
        integers (``CV_16SC2``) are refused.
      map2: ``(height, width)`` y coordinates, or None.
      interpolation: as `warpAffine`'s flags, with ``WARP_RELATIVE_MAP`` if the maps are displacements of each
        output pixel.
      borderMode: as in `warpAffine`.
      borderValue: the constant, one number or one for each channel.

    Returns:
      ``(height, width)`` or ``(..., height, width, channels)`` in ``src``'s dtype. Gradients reach floating
      images and, where coordinates are not rounded, the maps.

    Raises:
      ValueError: shapes or flags that do not fit the above.
      TypeError: maps that are not floating, or a dtype that OpenCV does not warp.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import opencv as cv
      >>> x, y = jnp.array([[0.5, 1.75]]), jnp.zeros((1, 2))
      >>> cv.remap(jnp.array([[0.0, 10.0, 20.0]]), x, y, cv.INTER_LINEAR)
      Array([[ 5. , 17.5]], dtype=float32)
    """
    image = checked_image(src)
    row = checked_flags(interpolation, borderMode, WARP_RELATIVE_MAP)
    maps = checks.as_array(map1, "map1")
    if map2 is not None:
        second = checks.as_array(map2, "map2")
        if second.shape != maps.shape or maps.ndim != 2:
            checks.refuse(
                "map2", "have the shape of `map1`, (height, width)", f"shapes {maps.shape} and {second.shape}"
            )
        maps = jnp.stack([maps, second], axis=-1)
    checks.a_floating(maps, "map1")
    if maps.ndim != 3 or maps.shape[-1] != 2:
        checks.refuse(
            "map1", "be (height, width) beside `map2`, or (height, width, 2)", f"shape {maps.shape}"
        )
    coordinates = maps.astype(kind_of(image))
    if interpolation & WARP_RELATIVE_MAP:
        own = [jax.lax.broadcasted_iota(coordinates.dtype, maps.shape[:2], axis) for axis in (1, 0)]
        coordinates = coordinates + jnp.stack(own, axis=-1)
    return warp(image, coordinates, row, borderMode, borderValue)
