"""ONNX ``Resize`` and ``Upsample``: attributes and inputs brought to a row, sizes, scales and boxes."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from .. import checks, dtypes
from ..axis import Axis
from ..conventions import Convention
from ..conventions.onnx import COORDINATES, MODES, ROUNDINGS, onnx_convention
from ..resize import normalised_axes, resample_axes

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Int, Shaped

POLICIES: dict[str, Any] = {"stretch": None, "not_larger": min, "not_smaller": max}
_BOXED = "tf_crop_and_resize"


def resize(
    X: "Shaped[Array, '...']",  # noqa: N803
    roi: "Float[Array, ' corners'] | Sequence[float] | None" = None,
    scales: "Float[Array, ' axes'] | Sequence[float] | None" = None,
    sizes: "Int[Array, ' axes'] | Sequence[int] | None" = None,
    *,
    antialias: int = 0,
    axes: Sequence[int] | None = None,
    coordinate_transformation_mode: str = "half_pixel",
    cubic_coeff_a: float = -0.75,
    exclude_outside: int = 0,
    extrapolation_value: float = 0.0,
    keep_aspect_ratio_policy: str = "stretch",
    mode: str = "nearest",
    nearest_mode: str = "round_prefer_floor",
) -> "Shaped[Array, '...']":
    """ONNX ``Resize``, opset 19: any axes of an array of any rank, by scales or to sizes.

    **Convention.** Output ``i`` of ``m`` reads, of ``n`` samples scaled by ``s`` (``m / n`` with ``sizes``),
    the coordinate in pixels

    ========================  ==================================================================
    half_pixel                ``(i + 1/2) / s - 1/2``
    half_pixel_symmetric      the same plus ``(n - m / s) / 2``, which centres the output
    pytorch_half_pixel        half_pixel; 0 where ``m`` is 1
    align_corners             ``i (n - 1) / (s n - 1)``; 0 where ``s n`` is 1
    asymmetric                ``i / s``
    tf_crop_and_resize        ``start (n - 1) + i (end - start) (n - 1) / (s n - 1)``
    ========================  ==================================================================

    of which ``s n`` need not be whole. Taps outside repeat the edge. Values are those of the ``onnx`` package
    1.23.2: its node test cases, and its reference implementation wherever that follows the operator's text
    (`jax_resample.compat.onnx` says where it does not, and where ONNX Runtime answers otherwise).

    Args:
      X: array of any rank.
      roi: ``(2 A,)``, starts then ends of the ``A`` axes, normalised so that 0 and 1 are the first and last
        samples' *centres*; read with "tf_crop_and_resize" only. Rounded to float32, as the operator's.
      scales: ``(A,)``, positive; float32 as the operator's input is, so that 0.7 of 10 samples are 6.
      sizes: ``(A,)``, at least 1. Exactly one of ``scales`` and ``sizes`` is given.
      antialias: 1 stretches the kernel by ``1 / s`` where it shrinks; for "linear" and "cubic".
      axes: which axes the inputs speak of, in their order; all of them by default.
      coordinate_transformation_mode: one of the table above.
      cubic_coeff_a: the cubic kernel's coefficient, in float32.
      exclude_outside: 1 leaves out taps outside and renormalises the others; for "linear" and "cubic".
      extrapolation_value: what outputs are that read outside ``[0, n - 1]`` along some axis, with
        "tf_crop_and_resize".
      keep_aspect_ratio_policy: "stretch", or "not_larger" or "not_smaller": one scale for all axes, the least
        or the greatest that ``sizes`` ask for.
      mode: "nearest", "linear" or "cubic", along each axis.
      nearest_mode: "round_prefer_floor" (halves down), "round_prefer_ceil" (halves up), "floor" or "ceil".

    Attributes that the mode does not use are checked and have no effect, as in the operator. Inputs other
    than ``X`` are static. ``antialias`` and ``exclude_outside`` take 0, 1 and booleans.

    Returns:
      The resized array in ``X``'s dtype, rounded once: coordinates and weights are computed in float64, sums
      in float32 (float64 for float64). "nearest" takes any dtype; the others floating and complex ones and
      integers, which are rounded half to even and clipped; those of 32 and 64 bits need double precision
      (``jax_enable_x64``).

    Gradients are those of a linear map; a NaN sample reaches only the outputs that give it weight (see
    `jax_resample.resize`).

    Raises:
      ValueError: an unknown mode or policy, both or neither of ``scales`` and ``sizes``, wrong counts, sizes
        below 1 (after scaling), or "nearest" with ``antialias`` or ``exclude_outside``.
      TypeError: inputs or attributes of the wrong kind, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import onnx
      >>> onnx.resize(jnp.array([0.0, 1.0]), scales=[2.0], mode="linear")
      Array([0.  , 0.25, 0.75, 1.  ], dtype=float32)
      >>> onnx.resize(jnp.zeros((1, 3, 32, 48)), None, None, [24, 24], axes=[2, 3],
      ...             keep_aspect_ratio_policy="not_larger").shape
      (1, 3, 16, 24)
    """
    x = checks.as_array(X, "X")
    checks.one_of(coordinate_transformation_mode, COORDINATES, "coordinate_transformation_mode")
    checks.one_of(keep_aspect_ratio_policy, POLICIES, "keep_aspect_ratio_policy")
    row = _row(mode, coordinate_transformation_mode, nearest_mode, antialias, exclude_outside, cubic_coeff_a)
    outside = _real(extrapolation_value, "extrapolation_value")
    resized = normalised_axes(x, tuple(range(x.ndim)) if axes is None else axes)
    out, factors = _targets(x, resized, scales, sizes, keep_aspect_ratio_policy)
    boxed = coordinate_transformation_mode == _BOXED
    boxes = _boxes(x, resized, roi) if boxed else (None,) * len(resized)
    y = _resample(x, resized, out, row, factors, boxes)
    return _extrapolated(y, x, resized, row, factors, boxes, outside) if boxed else y


def upsample(
    X: "Shaped[Array, '...']",  # noqa: N803
    scales: "Float[Array, ' axes'] | Sequence[float]",
    *,
    mode: str = "nearest",
) -> "Shaped[Array, '...']":
    """ONNX ``Upsample``, opset 9, deprecated in ONNX: `resize` by scales of at least 1, asymmetric.

    Output ``i`` reads coordinate ``i / s``; "nearest" the sample at or below it. The operator's text names no
    coordinates: these are ONNX Runtime's, and those of the node test case.

    Args:
      X: array of any rank.
      scales: one for each axis of ``X``, at least 1.
      mode: "nearest" or "linear".

    Raises:
      ValueError: scales below 1, a wrong number of them, or an unknown mode.
      TypeError: scales that are not static numbers, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import onnx
      >>> onnx.upsample(jnp.array([0.0, 1.0]), [2.0], mode="linear")
      Array([0. , 0.5, 1. , 1. ], dtype=float32)
    """
    checks.one_of(mode, ("nearest", "linear"), "mode")
    x = checks.as_array(X, "X")
    if (given := static_numbers(scales, x.ndim, "scales")).min(initial=1) < 1:
        checks.refuse("scales", "be at least 1", given.tolist())
    asymmetric = partial(resize, coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    return asymmetric(x, scales=given.tolist(), mode=mode)


def flag(value: Any, argument: str) -> bool:
    """An attribute that is 0 or 1 in ONNX."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    number = checks.an_integer(value, argument)
    if number not in (0, 1):
        checks.refuse(argument, "be 0 or 1", repr(value))
    return bool(number)


def _row(mode: str, coordinates: str, nearest: str, antialias: Any, exclude: Any, a: Any) -> Convention:
    """The row for checked attributes."""
    checks.one_of(mode, MODES, "mode")
    checks.one_of(nearest, ROUNDINGS, "nearest_mode")
    antialias, exclude = flag(antialias, "antialias"), flag(exclude, "exclude_outside")
    if mode == "nearest":
        for name, value in (("antialias", antialias), ("exclude_outside", exclude)):
            if value:
                checks.refuse(name, "be 0 with mode 'nearest'", "1")
    return onnx_convention(
        mode,
        coordinates=coordinates,
        nearest_mode=nearest,
        antialias=antialias,
        exclude_outside=exclude,
        cubic_coeff_a=float(np.float32(checks.a_number(a, "cubic_coeff_a"))),
    )


def _real(value: Any, argument: str) -> float:
    """An attribute of type float, any value of it."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        checks.refuse(argument, "be a static real number", repr(value), TypeError)
    return float(np.float32(value))


def static_numbers(values: Any, count: int, argument: str, kind: Any = np.float32) -> np.ndarray:
    """A static input of the operator, one number an axis."""
    if isinstance(values, Tracer):
        checks.refuse(argument, "be static", f"a traced {values.aval}", TypeError)
    if not isinstance(values, (jax.Array, np.ndarray)):
        values = checks.per_axis(values, count, argument) if isinstance(values, Sequence) else values
    array = np.asarray(values)
    if array.dtype.kind not in ("iu" if kind is np.int64 else "iuf"):
        what = "integers" if kind is np.int64 else "real numbers"
        checks.refuse(argument, f"hold {what}", f"{values!r}", TypeError)
    if array.shape != (count,):
        checks.refuse(argument, f"have {count} elements, for the axes in turn", f"shape {array.shape}")
    if not np.isfinite(array).all():
        checks.refuse(argument, "be finite", array.tolist())
    return array.astype(kind)


def _targets(
    x: jax.Array, axes: tuple[int, ...], scales: Any, sizes: Any, policy: str
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Output lengths, and the scales that place the coordinates."""
    scales, sizes = _absent(scales), _absent(sizes)
    if (scales is None) == (sizes is None):
        checks.refuse("sizes", "be given, or `scales`, and not both", f"sizes={sizes!r}, scales={scales!r}")
    lengths = checks.static_lengths(x, axes, "X")
    if scales is not None:
        factors = static_numbers(scales, len(axes), "scales").astype(np.float64)
        if factors.min(initial=1) <= 0:
            checks.refuse("scales", "be positive", factors.tolist())
        out = (factors * lengths).astype(np.int64)
        if out.min(initial=1) < 1:
            checks.refuse("scales", "leave at least one sample per axis", f"{scales!r} of lengths {lengths}")
        return tuple(out.tolist()), tuple(factors.tolist())
    out = tuple(static_numbers(sizes, len(axes), "sizes", np.int64).tolist())
    checks.positive_sizes(out, "sizes")
    ratios = tuple(m / n for m, n in zip(out, lengths, strict=True))
    if (choose := POLICIES[policy]) is None or not axes:
        return out, ratios
    one = choose(ratios)
    out = tuple(int(one * n + 0.5) for n in lengths)
    if min(out) < 1:
        rule = f"leave at least one sample per axis with keep_aspect_ratio_policy {policy!r}"
        checks.refuse("sizes", rule, f"{sizes!r} for lengths {lengths}")
    return out, (one,) * len(axes)


def _absent(values: Any) -> Any:
    """None for an input that is not given; ONNX also leaves one out by an empty tensor."""
    return None if values is not None and np.size(values) == 0 else values


def _boxes(x: jax.Array, axes: tuple[int, ...], roi: Any) -> tuple[tuple[float, float], ...]:
    """The part of each axis that is read, in pixel edges.

    Its first sample lies at ``start (n - 1)``, rounded to float32 as the reference rounds it, and so is
    ``end - start``.
    """
    if roi is None:
        checks.refuse("roi", f"be given with coordinate_transformation_mode {_BOXED!r}", "None")
    start, end = static_numbers(roi, 2 * len(axes), "roi").reshape(2, len(axes))
    spans = np.array([x.shape[axis] - 1 for axis in axes])
    first = (start * spans.astype(np.float32)).astype(np.float64)
    last = first + (end - start).astype(np.float64) * spans
    return tuple((low, high + 1) for low, high in zip(first.tolist(), last.tolist(), strict=True))


def _resample(
    x: jax.Array,
    axes: tuple[int, ...],
    sizes: tuple[int, ...],
    row: Convention,
    factors: tuple[float, ...],
    boxes: tuple[tuple[float, float] | None, ...],
) -> jax.Array:
    """Wide integers are computed in float64, where that is to be had."""
    wide = jnp.issubdtype(x.dtype, jnp.integer) and not dtypes.is_weighable(x.dtype)
    if not wide or row.family == "nearest" or not jax.config.read("jax_enable_x64"):
        return resample_axes(x, axes, sizes, row, factors=factors, boxes=boxes)
    y = resample_axes(x.astype(jnp.float64), axes, sizes, row, factors=factors, boxes=boxes)
    return dtypes.round_to(y, x.dtype)


def _extrapolated(
    y: jax.Array,
    x: jax.Array,
    axes: tuple[int, ...],
    row: Convention,
    factors: tuple[float, ...],
    boxes: tuple[tuple[float, float] | None, ...],
    value: float,
) -> jax.Array:
    """Puts the extrapolation value where a coordinate lies outside the array."""
    fill = dtypes.round_to(jnp.asarray(value, dtypes.compute_dtype(y.dtype)), y.dtype)
    for axis, factor, box in zip(axes, factors, boxes, strict=True):
        n, m = x.shape[axis], y.shape[axis]
        u = Axis(n, m, row, "float64", factor, box=box).coordinates()
        if (beyond := (u < 0) | (u > n - 1)).any():
            y = jnp.where(beyond.reshape([m if a == axis else 1 for a in range(y.ndim)]), fill, y)
    return y
