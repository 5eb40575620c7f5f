"""At which coordinates OpenCV 5.0 warps, and the checks of its warps' arguments.

Where OpenCV reads, by experiment on 5.0.0 (x86-64):

* ``INTER_LINEAR`` (and ``INTER_AREA``, which is the same here) and ``INTER_NEAREST`` on uint8, uint16 and
  float32 images of 1, 3 or 4 channels: at float32 coordinates, ``x * M[0,0]`` being added by one fused
  operation to ``y * M[0,1] + M[0,2]``, which is computed in double. Nearest rounds halves to even.
* The same on any other image: at multiples of 1/32 pixel, rounded half to even; in ``warpAffine`` from
  integers with 10 fractional bits, where halves go up.
* ``INTER_CUBIC`` (a = -0.75): at the coordinates themselves, after bringing them into ``[-s, 2 s]``, with
  ``s = max(n, 16)`` on an axis of ``n`` pixels.
* ``INTER_LANCZOS4``: at multiples of 1/32 pixel, for every image.
"""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .. import checks, dtypes
from ..arithmetic import fma
from ..sampling import projective
from ..sampling.sample import sample_checked
from ._opencv_names import (
    BORDER_CONSTANT,
    BORDER_REFLECT,
    BORDER_REFLECT_101,
    BORDER_REPLICATE,
    BORDER_WRAP,
    INTER_AREA,
    INTER_CUBIC,
    INTER_LANCZOS4,
    INTER_LINEAR,
    INTER_NEAREST,
    WARP_INVERSE_MAP,
)

_INTERPOLATIONS = 7  # the bits of `flags` that name one
_ROUNDED = ("nearest", "triangle")  # kernels that OpenCV has both ways, by image
_EXACT_DTYPES, _EXACT_CHANNELS = ("uint8", "uint16", "float32"), (1, 3, 4)
_DTYPES = ("uint8", "uint16", "int16", "float32", "float64")
STEPS = 32  # to a pixel
_FRACTION = 10  # bits of warpAffine's integers


class _Interpolation(NamedTuple):
    name: str
    kernel: str


INTERPOLATIONS = {
    INTER_NEAREST: _Interpolation("INTER_NEAREST", "nearest"),
    INTER_LINEAR: _Interpolation("INTER_LINEAR", "triangle"),
    INTER_CUBIC: _Interpolation("INTER_CUBIC", "cubic(-0.75)"),
    INTER_AREA: _Interpolation("INTER_AREA", "triangle"),
    INTER_LANCZOS4: _Interpolation("INTER_LANCZOS4", "lanczos(4)"),
}
BORDERS = {
    BORDER_CONSTANT: "constant",
    BORDER_REPLICATE: "clamp",
    BORDER_REFLECT: "reflect",
    BORDER_WRAP: "wrap",
    BORDER_REFLECT_101: "mirror",
}


@partial(jax.jit, static_argnames=("row", "border"))
def _at(image: jax.Array, coordinates: jax.Array, value: jax.Array, *, row: Any, border: str) -> jax.Array:
    """``(*batch, H, W, C)`` at ``(height, width, 2)`` coordinates, x before y."""
    first = image.ndim - 3
    places = []
    for axis, n in zip((1, 0), image.shape[first : first + 2], strict=True):
        u = coordinates[..., axis]
        if row.kernel == "cubic(-0.75)":
            u = jnp.clip(u, -max(n, 16), 2 * max(n, 16))
        elif row.kernel == "nearest":
            u = jnp.round(u)
        elif is_rounded(row, image):
            u = jnp.round(u * STEPS) / STEPS
        places.append(u)
    points = jnp.stack(places, axis=-1).reshape((1,) * first + coordinates.shape)
    fill = value.reshape(1, 1, image.shape[-1]) if border == "constant" else None
    axes = (first, first + 1)
    return sample_checked(image, points, fill, axes=axes, kernel=row.kernel, boundary=border)


def warp(src: jax.Array, coordinates: jax.Array, row: Any, border: int, value: Any) -> jax.Array:
    image = src[..., None] if src.ndim == 2 else src
    channels = image.shape[-1]
    values = [checks.a_number(v, "borderValue") for v in checks.per_axis(value, channels, "borderValue")]
    if jnp.issubdtype(image.dtype, jnp.integer):
        limits = jnp.iinfo(image.dtype)
        values = np.clip(np.round(values), limits.min, limits.max).tolist()
    fill = jnp.asarray(np.array(values, dtypes.compute_dtype(image.dtype)))
    warped = _at(image, coordinates, fill, row=row, border=BORDERS[border])
    return warped[..., 0] if src.ndim == 2 else warped


def is_rounded(row: _Interpolation, image: jax.Array) -> bool:
    """Whether OpenCV rounds the coordinates of this image to steps, of a pixel for nearest neighbours."""
    if row.kernel not in _ROUNDED:
        return row.kernel == "lanczos(4)"
    channels = 1 if image.ndim == 2 else image.shape[-1]
    return image.dtype.name not in _EXACT_DTYPES or channels not in _EXACT_CHANNELS


def rows_of(matrix: projective.Matrix, size: tuple[int, int], kind: str) -> list[jax.Array]:
    """``matrix @ (x, y, 1)`` at every output pixel: what depends on the row first, in the matrix's dtype."""
    width, height = size
    stack = np if isinstance(matrix, np.ndarray) else jnp
    y = stack.arange(height).astype(matrix.dtype)
    x = jax.lax.broadcasted_iota(kind, (height, width), 1)
    rows = []
    for i in range(3):
        begun = jnp.asarray((y * matrix[i, 1] + matrix[i, 2]).astype(kind))[:, None]
        rows.append(fma(jnp.asarray(matrix[i, 0], kind), x, jnp.broadcast_to(begun, x.shape), jnp))
    return rows


def in_steps(matrix: projective.Matrix, size: tuple[int, int], steps: int, kind: str) -> jax.Array:
    """`warpAffine`'s coordinates in integers: both terms rounded, their sum cut to ``1 / steps`` pixel."""
    width, height = size
    stack = np if isinstance(matrix, np.ndarray) else jnp
    one = 1 << _FRACTION
    x, y = (stack.arange(n).astype(matrix.dtype) for n in (width, height))
    places = []
    for i in range(2):
        along = jnp.asarray(stack.round(matrix[i, 0] * x * one).astype(np.int32))
        down = jnp.asarray(stack.round((matrix[i, 1] * y + matrix[i, 2]) * one).astype(np.int32))
        total = along[None, :] + down[:, None] + (one // steps) // 2
        places.append((total // (one // steps)).astype(kind) / steps)
    return jnp.stack(places, axis=-1)


def kind_of(image: jax.Array) -> str:
    return dtypes.compute_dtype(image.dtype)


def checked_image(src: Any) -> jax.Array:
    image = checks.as_array(src, "src")
    if image.ndim < 2:
        rule = "be (height, width) or (..., height, width, channels)"
        checks.refuse("src", rule, f"shape {image.shape}")
    if image.dtype.name not in _DTYPES:
        checks.refuse("src", f"have one of the dtypes {', '.join(_DTYPES)}", str(image.dtype), TypeError)
    first = 0 if image.ndim == 2 else image.ndim - 3
    checks.static_lengths(image, (first, first + 1), "src")
    return image


def checked_flags(flags: Any, border: Any, allowed: int) -> _Interpolation:
    """The interpolation that the flags name, once they and the border are known to be OpenCV's."""
    number = checks.an_integer(flags, "flags")
    if number & _INTERPOLATIONS not in INTERPOLATIONS or number & ~(_INTERPOLATIONS | allowed):
        known = ", ".join(row.name for row in INTERPOLATIONS.values())
        name = "WARP_INVERSE_MAP" if allowed == WARP_INVERSE_MAP else "WARP_RELATIVE_MAP"
        checks.refuse("flags", f"be one of {known}, with {name} or not", repr(flags))
    if checks.an_integer(border, "borderMode") not in BORDERS:
        rule = "be BORDER_CONSTANT, _REPLICATE, _REFLECT, _REFLECT_101 or _WRAP (nothing can be transparent)"
        checks.refuse("borderMode", rule, repr(border))
    return INTERPOLATIONS[number & _INTERPOLATIONS]


def checked_size(dsize: Any) -> tuple[int, int]:
    width, height = checks.sizes_per_axis(dsize, 2, "dsize")
    return width, height


def checked_matrix(given: Any, shape: tuple[int, int]) -> projective.Matrix:
    matrix = given if isinstance(given, np.ndarray) else checks.as_array(given, "M")
    if matrix.shape != shape or not jnp.issubdtype(matrix.dtype, jnp.floating):
        checks.refuse("M", f"be floating, of shape {shape}", f"shape {matrix.shape} and dtype {matrix.dtype}")
    return matrix.astype(np.float64) if isinstance(matrix, np.ndarray) else matrix
