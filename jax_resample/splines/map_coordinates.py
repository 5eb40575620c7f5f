"""Spline interpolation at coordinates, with SciPy's orders and modes."""

from collections.abc import Sequence
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from .. import checks, dtypes
from ..boundary import BOUNDARIES
from ..lowering.points import gather_points
from ..lowering.shards import CHANNELS, POINTS, by_shards, placed, split_axes
from ..resize import normalised_axes
from .bsplines import first_tap, weights
from .extensions import EXTENSIONS, place
from .spline import check_order, coefficients
from .spline_taps import reach

if TYPE_CHECKING:
    from jaxtyping import Array, Num, Real


def map_coordinates(
    x: "Num[Array, '...']",
    coordinates: "Real[Array, ' axes *points'] | Sequence[Real[Array, '*points']]",
    order: int,
    *,
    axes: int | Sequence[int] | None = None,
    mode: str = "constant",
    cval: "float | Num[Array, '']" = 0.0,
    prefilter: bool = True,
) -> "Num[Array, '*points *others']":
    """Reads an array at coordinates by spline interpolation, with SciPy's numbers.

    **Convention.** Coordinates are in pixels: sample ``i`` of an axis sits at ``i``. The result is the spline
    of degree ``order`` through the samples (with ``prefilter=False``, the spline whose coefficients ``x``
    holds). It equals ``scipy.ndimage.map_coordinates`` of SciPy 1.17 in every order and mode: see `Returns`
    for how closely.

    Args:
      x: array of any rank.
      coordinates: ``(number of axes, *points)``, or a sequence of as many arrays of one shape, in the order
        of ``axes``. float64 coordinates are used as such, all others in float32 (float64 if ``x`` is
        float64).
      order: degree of the spline, 0 (the nearest sample, halves upwards) to 5.
      axes: axes that the coordinates belong to, by default all. The others (channels, say) are all
        read at every point.
      mode: what lies outside the array: ``"constant"`` (what is beyond the first and last sample is
        ``cval``), ``"grid-constant"`` (samples outside are ``cval``), ``"nearest"`` (a a a | a b c d | d d
        d), ``"reflect"`` or ``"grid-mirror"`` (c b a | a b c d | d c b), ``"mirror"`` (d c b | a b c d | c b
        a), ``"grid-wrap"`` (b c d | a b c d | a b c) or ``"wrap"`` (period ``n - 1``: the last sample takes
        the place of the first).
      cval: value outside, for "constant" and "grid-constant"; it may be traced.
      prefilter: find the spline through the samples; orders 0 and 1 need none. `spline_filter` does it apart.

    Returns:
      ``(*points, *other axes)`` in ``x``'s dtype. Weights and sums are in float32 (float64 for float64);
      float16 and bfloat16 are rounded once; integers of at most 16 bits to nearest, halves away from zero,
      saturating. Order 0 takes any dtype. Against SciPy, which computes in double, float64
      is within 1e-13 of the largest sample, and float32 within 20 units in its last place on one axis and 40
      on two, for coordinates near the array; a coordinate's own rounding comes to that further out.

    Gradients reach ``x``, ``coordinates`` and ``cval``, in every order and mode of differentiation. That to
    the coordinates is the spline's own derivative: zero with order 0; with order 1, at a sample, the slope
    to its right; and zero where the result is ``cval``. A NaN coordinate gives ``cval``, but NaN in
    "nearest" and "grid-constant" with order 1 and more; an infinite one gives ``cval``, and in "nearest" the
    edge. None reads out of bounds. A NaN sample reaches points within the prefilter's reach (see
    `spline_filter`).

    Raises:
      ValueError: an order outside 0 to 5, an unknown mode, a wrong number of coordinates, an axis out of
        range or named twice, an empty axis.
      TypeError: a dtype that cannot be weighed, coordinates that are not real, options of the wrong type.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> x = jnp.array([0.0, 1.0, 4.0, 9.0, 16.0])
      >>> y = jr.map_coordinates(x, jnp.array([[0.5, 2.5, 7.0]]), 3, mode="nearest")
      >>> [f"{value:.2f}" for value in y]
      ['0.28', '6.07', '16.00']
    """
    x = checks.as_array(x, "x")
    sampled = tuple(range(x.ndim)) if axes is None else normalised_axes(x, axes)
    points = as_coordinates(coordinates, len(sampled))
    options = check_options(x, sampled, order, mode, prefilter)
    return sample_spline(x, points, as_value(cval, x), axes=sampled, **options)


def as_coordinates(coordinates: Any, count: int) -> jax.Array:
    """Coordinates as one real array with a leading axis of ``count``."""
    if isinstance(coordinates, Sequence) and coordinates:
        parts = [checks.as_array(c, "coordinates") for c in coordinates]
        if any(part.shape != parts[0].shape for part in parts):
            checks.refuse("coordinates", "be arrays of one shape", str([part.shape for part in parts]))
        kind = dtypes.widest(*(part.dtype for part in parts))
        coordinates = jnp.stack([part.astype(kind) for part in parts])
    points = checks.as_array(coordinates, "coordinates")
    if not points.ndim or points.shape[0] != count:
        checks.refuse("coordinates", f"have {count} entries, one per axis of `x`", f"shape {points.shape}")
    if not (jnp.issubdtype(points.dtype, jnp.floating) or jnp.issubdtype(points.dtype, jnp.integer)):
        checks.refuse("coordinates", "be real numbers", f"dtype {points.dtype}", TypeError)
    return points


def as_value(cval: Any, x: jax.Array) -> jax.Array:
    """A scalar of ``x``'s kind, or of the type in which ``x`` is computed if it holds integers."""
    if jnp.ndim(cval):
        checks.refuse("cval", "be a number", f"shape {jnp.shape(cval)}")
    if jnp.iscomplexobj(cval) and not jnp.issubdtype(x.dtype, jnp.complexfloating):
        checks.refuse("cval", "be real, as `x` is", repr(cval), TypeError)
    exact = jnp.issubdtype(x.dtype, jnp.inexact) or not dtypes.is_weighable(x.dtype)
    return jnp.asarray(cval).astype(x.dtype if exact else jnp.float32)


def check_options(x: jax.Array, axes: Sequence[int], order: Any, mode: Any, prefilter: Any) -> dict[str, Any]:
    """The options that all spline samplers share, checked."""
    order = check_order(order)
    checks.one_of(mode, EXTENSIONS, "mode")
    if not axes:
        checks.refuse("x", "have an axis to sample", f"shape {x.shape}")
    checks.static_lengths(x, axes, "x")
    if order:
        checks.a_weighable(x, unless=", unless `order` is 0")
    return {"order": order, "mode": mode, "prefilter": checks.a_bool(prefilter, "prefilter")}


@partial(jax.jit, static_argnames=("axes", "order", "mode", "prefilter"))
def sample_spline(
    x: jax.Array,
    points: jax.Array,
    cval: jax.Array,
    *,
    axes: tuple[int, ...],
    order: int,
    mode: str,
    prefilter: bool,
) -> jax.Array:
    """``x`` at checked ``points``, in ``x``'s dtype: ``(*points, *other axes)``."""
    options = {"order": order, "mode": mode, "prefilter": prefilter}
    with jax.named_scope("jax_resample"):
        if jnp.issubdtype(x.dtype, jnp.complexfloating):
            parts = ((x.real, cval.real), (x.imag, cval.imag))
            return jax.lax.complex(*(sample_spline(v, points, c, axes=axes, **options) for v, c in parts))
        x = jnp.moveaxis(x, axes, range(len(axes)))
        groups = points.shape[1:], x.shape[len(axes) :]
        x = x.reshape(*x.shape[: len(axes)], -1)
        if not dtypes.is_weighable(x.dtype):
            return split_axes(_nearest(x, points, cval, mode), groups)
        kind = dtypes.compute_dtype(x.dtype)
        result = _sampled(x.astype(kind), points, cval.astype(kind), **options)
        return split_axes(dtypes.round_away(result, x.dtype), groups)


def _sampled(
    x: jax.Array, points: jax.Array, cval: jax.Array, order: int, mode: str, prefilter: bool
) -> jax.Array:
    """``(points, C)`` from ``(*spatial, C)``, in the dtype that computes.

    Coefficients are continued as far as any window reaches. So all windows are contiguous, and no boundary
    rule is left for the points.
    """
    beyond, margin = reach(order, mode, prefilter)
    degree = order if prefilter else 0
    c = coefficients(x, degree, mode, axes=range(x.ndim - 1), margin=margin, cval=cval)
    first, phases, reads = _placed(x, points, order, mode, beyond)
    steps = jnp.arange(order + 1, dtype=jnp.int32)
    index = tuple((one + margin)[None, :, None] + steps[None, None] for one in first)
    taps = tuple(jnp.stack(weights(t.astype(x.dtype), order, jnp), axis=-1)[None] for t in phases)
    y = gather_points(c[None], index, taps, contiguous=True)[0]
    return jnp.where(reads[:, None], y, cval)


def _placed(
    x: jax.Array, points: jax.Array, order: int, mode: str, beyond: int
) -> tuple[list[jax.Array], list[jax.Array], jax.Array]:
    """For each axis the first tap and the phase of every point; and where points give a value."""
    wide = dtypes.widest(x.dtype, points.dtype)
    first, phases, reads = [], [], jnp.ones((), bool)
    for n, u in zip(x.shape, points.reshape(x.ndim - 1, -1).astype(wide), strict=False):
        inside, here = place(u, n, mode, beyond, jnp)
        start, phase = first_tap(inside, order, jnp)
        safe = jnp.where(jnp.isnan(start), -beyond - order // 2, start)
        first.append(safe.astype(jnp.int32))
        phases.append(phase)
        reads = reads & here
    return first, phases, reads


def _nearest(x: jax.Array, points: jax.Array, cval: jax.Array, mode: str) -> jax.Array:
    """Order 0 for samples that are only moved, in their own dtype."""
    row = BOUNDARIES[EXTENSIONS[mode].coefficients]
    first, _, reads = _placed(x, points, 0, mode, reach(0, mode, prefilter=False)[0])
    places = [row(j, jnp.ones_like(j), n, jnp) for n, j in zip(x.shape, first, strict=False)]
    reads = reduce(jnp.logical_and, (share != 0 for _, share in places), reads)

    def pick(x: jax.Array, *index: jax.Array) -> jax.Array:
        return x.at[index].get(mode="promise_in_bounds")

    roles = (*(None for _ in places), CHANNELS), *((POINTS,) for _ in places)
    operands = placed((x, *(place for place, _ in places)), roles)
    found = by_shards(pick, operands, roles, (POINTS, CHANNELS))
    return jnp.where(reads[:, None], found, cval)
