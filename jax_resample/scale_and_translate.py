"""Resampling by free scales and translations, which may be traced and learnt."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from . import checks, dtypes
from .axis import Axis
from .build import weigh
from .conventions import Convention, conventions
from .resize import find_convention, normalised_axes, resample_axes

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Num

METHODS: tuple[str, ...] = ("linear", "cubic", "cubic-pytorch", "lanczos3", "lanczos5", "area")

_FAMILIES = ("interpolate", "window", "overlap")
# Boundaries that read nothing outside: only with these may a window be as long as the input.
_INSIDE = ("drop", "constant")
# A gather that reads at most this part of the axis for each output is preferred to a product with all of it.
_GATHERED = 1 / 16


def scale_and_translate(
    x: "Num[Array, '...']",
    size: int | Sequence[int],
    scale: "float | Sequence[float] | Float[Array, '...']",
    translation: "float | Sequence[float] | Float[Array, '...']",
    *,
    axes: int | Sequence[int] | None = None,
    method: str | None = None,
    antialias: bool | None = None,
    convention: str | Convention | None = None,
    least_scale: float | None = None,
) -> "Num[Array, '...']":
    """Resamples axes so that the input's point ``p`` comes to lie at ``p * scale + translation``.

    **Convention.** Points are measured in pixels from the outer edge of the first one, so that pixel ``i``
    has its centre at ``i + 1/2``; output ``i`` reads the input at ``(i + 1/2 - translation) / scale - 1/2``.
    Samples outside are left out and the other weights renormalised, and outputs whose centre lies outside
    the input are 0: the numbers of `jax.image.scale_and_translate`, or of another ``convention``.

    **Static or traced.** Python and NumPy numbers are part of the program, which is then that of `resize`.
    JAX arrays, traced or not, are its input: one compiled program serves all their values, and gradients
    reach them. The coordinates and kernels are the same functions. Where a sample lies at the very cut-off of
    a kernel that jumps there, as ``"tf2:gaussian"`` does by 1 %, one form may weigh it and the other not.

    Args:
      x: array of any rank.
      size: output length of each axis, in samples; one integer serves all of them.
      scale: output over input pixels, positive; one number or one per axis.
      translation: where the input's outer edge comes to lie, in output pixels; one number or one per axis.
      axes: as in `resize`.
      method: ``"linear"`` (the default), ``"cubic"`` (a = -0.5), ``"cubic-pytorch"`` (a = -0.75 and the
        edge repeated, unless ``antialias``), ``"lanczos3"``, ``"lanczos5"`` or ``"area"``.
      antialias: stretch the kernel by ``1 / scale`` where that is more than 1 (the default).
      convention: another row than those of `jax.image`, as in `resize`, instead of ``method`` and
        ``antialias``: one that interpolates or weighs a window, on half-pixel centres.
      least_scale: a positive bound from below on traced scales, which bounds how many samples a stretched
        kernel reads. Without it any may read all samples of its axis, at the cost of a dense product; with
        it a kernel that is stretched further is cut off.

    Returns:
      The resampled array, in ``x``'s dtype. Dtypes as in `resize`. Gradients reach ``x``, ``scale`` and
      ``translation``; those of a box are theirs, as ``scale = size / (end - begin)`` and
      ``translation = -begin * scale``. With traced numbers a NaN or an infinity can spread along its axis.

    Raises:
      ValueError: an unknown method or convention, one that cannot be scaled freely, a scale that is not
        positive, sizes and numbers that do not fit the axes.
      TypeError: sizes or axes that are not static integers, or a dtype that cannot be averaged.

    Example:
      >>> import jax
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> x = jnp.arange(4.0)
      >>> jr.scale_and_translate(x, 4, 1.0, 0.5)  # half a pixel to the right
      Array([0. , 0.5, 1.5, 2.5], dtype=float32)
      >>> jax.grad(lambda t: jr.scale_and_translate(x, 4, 1.0, t)[2])(jnp.array(0.25))
      Array(-1., dtype=float32, weak_type=True)
    """
    x = checks.as_array(x, "x")
    row = _row(method, antialias, convention)
    resized = normalised_axes(x, axes)
    sizes = checks.sizes_per_axis(size, len(resized), "size")
    lengths = checks.static_lengths(x, resized, "x")
    rows = row.per_axis(lengths, sizes)
    if isinstance(scale, jax.Array) or isinstance(translation, jax.Array):
        scales, shifts = (
            _traced(v, len(resized), a) for v, a in ((scale, "scale"), (translation, "translation"))
        )
        return _resample_traced(x, resized, sizes, rows, scales, shifts, least_scale)
    if least_scale is not None:
        checks.refuse(
            "least_scale", "be None unless `scale` or `translation` is a JAX array", repr(least_scale)
        )
    return _resample_static(x, resized, sizes, row, scale, translation)


def _row(method: str | None, antialias: bool | None, convention: Any) -> Convention:
    """The row that the caller's options name, if it can be scaled freely."""
    if convention is None:
        checks.one_of(method := "linear" if method is None else method, METHODS, "method")
        smooth = antialias is None or checks.a_bool(antialias, "antialias")
        return conventions[f"jax:{method}{'-antialias' if smooth and method != 'area' else ''}"]
    if method is not None or antialias is not None:
        given = f"method={method!r}, antialias={antialias!r}"
        checks.refuse("convention", "be given instead of `method` and `antialias`", given)
    row = find_convention(convention)
    if row.family not in _FAMILIES or row.coordinates != "half-pixel":
        rule = f"have half-pixel coordinates and a family among {', '.join(_FAMILIES)}"
        checks.refuse("convention", rule, f"{row.coordinates}, {row.family}")
    return row


def _resample_static(
    x: jax.Array, axes: tuple[int, ...], sizes: tuple[int, ...], row: Convention, scale: Any, translation: Any
) -> jax.Array:
    """Scales and translations as parts of the program."""
    scales = tuple(checks.a_number(s, "scale") for s in checks.per_axis(scale, len(axes), "scale"))
    shifts = checks.per_axis(translation, len(axes), "translation")
    shifts = tuple(checks.a_number(t, "translation") for t in shifts)
    if min(scales, default=1.0) <= 0:
        checks.refuse("scale", "be positive", repr(scale))
    boxes = tuple(_box(m, s, t) for m, s, t in zip(sizes, scales, shifts, strict=True))
    return resample_axes(x, axes, sizes, row, factors=scales, boxes=boxes)


def _box(m: int, scale: Any, translation: Any) -> tuple[Any, Any]:
    """The part of the input that ``m`` outputs cover."""
    return -translation / scale, (m - translation) / scale


def _traced(value: Any, count: int, argument: str) -> list[jax.Array]:
    """One traced number per axis, in float32 or better."""
    array = jnp.asarray(value)
    if array.shape not in ((), (count,)):
        checks.refuse(argument, f"be one number or {count}, one per axis", f"shape {array.shape}")
    if not jnp.issubdtype(array.dtype, jnp.floating) and not jnp.issubdtype(array.dtype, jnp.integer):
        checks.refuse(argument, "hold real numbers", f"dtype {array.dtype}", TypeError)
    return list(jnp.broadcast_to(array.astype(dtypes.compute_dtype(array.dtype)), (count,)))


def _resample_traced(
    x: jax.Array,
    axes: tuple[int, ...],
    sizes: tuple[int, ...],
    rows: tuple[Convention, ...],
    scales: list[jax.Array],
    shifts: list[jax.Array],
    least_scale: float | None,
) -> jax.Array:
    """One axis after the other, in the type that computes; rounded once."""
    checks.a_weighable(x)
    if least_scale is not None and checks.a_number(least_scale, "least_scale") <= 0:
        checks.refuse("least_scale", "be positive", repr(least_scale))
    real = dtypes.compute_dtype(x.dtype)
    y = x if jnp.issubdtype(x.dtype, jnp.complexfloating) else x.astype(real)
    cval = jnp.asarray(rows[0].cval if rows else 0.0, y.dtype)
    with jax.named_scope("jax_resample"):
        y = y - cval if rows and rows[0].cval else y
        for axis, m, row, scale, shift in zip(axes, sizes, rows, scales, shifts, strict=True):
            # The widest type at hand: a row may ask for float64 where it is switched off.
            row = replace(row, arithmetic="image") if row.arithmetic in ("float64", "fused") else row
            scale, shift = scale.astype(real), shift.astype(real)
            n = y.shape[axis]
            spec = Axis(n, m, row, real, scale, box=_box(m, scale, shift), reach=_reach(n, row, least_scale))
            y = _apply(y, axis, *weigh(spec, jnp))
        y = y + cval if rows and rows[0].cval else y
    return dtypes.round_to(y, x.dtype)


def _reach(n: int, row: Convention, least_scale: float | None) -> int:
    """How many samples an output reads at most."""
    radius = 0.5 if row.family == "overlap" else Axis(n, 1, row).kernel.radius
    if not (row.stretch or row.family == "overlap"):
        return 2 * math.ceil(radius) + 2
    if least_scale is None:
        if row.boundary not in _INSIDE:
            rule = f"be given for a stretched kernel with boundary {row.boundary!r}"
            checks.refuse("least_scale", rule, "None")
        return n
    reach = 2 * math.ceil(radius * max(1.0, 1.0 / least_scale)) + 2
    return min(reach, n) if row.boundary in _INSIDE else reach


def _apply(x: jax.Array, axis: int, index: jax.Array, weights: jax.Array) -> jax.Array:
    """The sum of the ``(m, K)`` samples times weights: few by gathers, many by a product with a matrix."""
    n, (m, taps) = x.shape[axis], index.shape
    if taps <= n * _GATHERED:
        along = tuple(m if a == axis else 1 for a in range(x.ndim))
        parts = (
            jnp.take(x, index[:, k], axis=axis, mode="clip") * weights[:, k].reshape(along).astype(x.dtype)
            for k in range(taps)
        )
        return sum(parts, jnp.zeros((), x.dtype))
    matrix = jnp.zeros((m, n), weights.dtype).at[np.arange(m)[:, None], index].add(weights, mode="drop")
    product = jnp.tensordot(matrix.astype(x.dtype), x, (1, axis), precision=jax.lax.Precision.HIGHEST)
    return jnp.moveaxis(product, 0, axis)
