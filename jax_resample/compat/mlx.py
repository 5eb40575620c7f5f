"""``mlx.nn.Upsample`` as a function: arguments, defaults and refusals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import jax.numpy as jnp

from .. import checks
from ..conventions import conventions
from ..coordinates import OUTPUT_SIZES
from ..resize import resample_axes

if TYPE_CHECKING:
    from jaxtyping import Array, Num

__all__ = ["upsample"]

_MODES = ("nearest", "linear", "cubic")


def upsample(
    x: "Num[Array, 'batch ... channels']",
    scale_factor: float | Sequence[float],
    *,
    mode: str = "nearest",
    align_corners: bool = False,
    antialias: bool = False,
) -> "Num[Array, 'batch ... channels']":
    """``mlx.nn.Upsample(scale_factor, mode, align_corners, antialias)(x)`` of MLX 0.32.4.

    A length ``n`` becomes ``int(scale_factor * n)``; what is cut off is lost in equal parts at both ends.
    "nearest" reads the sample nearest to the half-pixel coordinate where it enlarges (ties to even), and
    ``floor(i n / m)`` where it shrinks.

    Args:
      x: ``(batch, *spatial, channels)`` with any number of spatial axes.
      scale_factor: output samples for an input sample: one for all spatial axes, or one for each.
      mode: ``"nearest"``, ``"linear"`` or ``"cubic"`` (a = -0.75, with ``antialias`` a = -0.5).
      align_corners: the centres of the corner samples coincide; "nearest" ignores it.
      antialias: stretch the kernel along axes that shrink; not with "nearest" nor ``align_corners``.

    Returns:
      The scaled array: in ``x``'s dtype with "nearest" and for float64 and complex samples, else in float32.
      Gradients and NaN as in `jax_resample.resize`. Where a coordinate of MLX's "cubic" falls a unit in the
      last place below a power of two, all its weights vanish and MLX answers 0 (one output in some ten
      thousand); here the sample is read.

    Raises:
      ValueError: an unknown mode, options that exclude each other, no spatial axis, a wrong number of
        factors, a factor that is not above 0 or that leaves no sample.
      TypeError: factors that are not static numbers, or flags that are not bools.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import mlx
      >>> mlx.upsample(jnp.array([0.0, 1.0]).reshape(1, 2, 1), 2, mode="linear").ravel()
      Array([0.  , 0.25, 0.75, 1.  ], dtype=float32)
    """
    x = checks.as_array(x, "x")
    checks.one_of(mode, _MODES, "mode")
    aligned = checks.a_bool(align_corners, "align_corners")
    smooth = checks.a_bool(antialias, "antialias")
    if smooth and (mode == "nearest" or aligned):
        rule = 'be False with mode "nearest" and with `align_corners`'
        checks.refuse("antialias", rule, f"True with mode={mode!r}, align_corners={aligned}")
    if x.ndim < 3:
        checks.refuse("x", "have a batch axis, spatial axes and a channel axis", f"shape {x.shape}")
    given = checks.per_axis(scale_factor, x.ndim - 2, "scale_factor")
    factors = tuple(checks.a_number(factor, "scale_factor") for factor in given)
    if min(factors) <= 0:
        checks.refuse("scale_factor", "be above 0", repr(scale_factor))
    option = "-antialias" if smooth else "-align-corners" if aligned and mode != "nearest" else ""
    row = conventions[f"mlx:{mode}{option}"]
    axes = tuple(range(1, x.ndim - 1))
    lengths = checks.static_lengths(x, axes, "x")
    count = OUTPUT_SIZES[row.output_size]
    sizes = tuple(count(n, factor) for n, factor in zip(lengths, factors, strict=True))
    checks.positive_sizes(sizes, "scale_factor")
    if mode == "nearest":
        return resample_axes(x, axes, sizes, row)
    wide = jnp.issubdtype(x.dtype, jnp.complexfloating) or x.dtype == jnp.float64
    return resample_axes(x if wide else x.astype(jnp.float32), axes, sizes, row, factors=factors)
