"""N-D separable resampling: one operator per axis, one code path for every rank."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from . import checks, dtypes
from .axis import Axis
from .build import build, build_beyond, check_convention
from .conventions import METHODS, TORCH, Convention, conventions, torch_convention
from .fixed_point import FIXED_POINT
from .lowering.primitive import resample
from .lowering.schedule import LOWERINGS, Passes
from .order import PASS_ORDERS, Pass

if TYPE_CHECKING:
    from jaxtyping import Array, Num

_CACHED_PLANS = 1024

# Names that other libraries give to the same method on a fixed number of axes.
SYNONYMS: dict[str, str] = {"bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"}


def resize(
    x: "Num[Array, '...']",
    size: int | Sequence[int],
    *,
    axes: int | Sequence[int] | None = None,
    method: str | None = None,
    align_corners: bool = False,
    antialias: bool = False,
    convention: str | Convention | None = None,
    lowering: str = "auto",
) -> "Num[Array, '...']":
    """Resizes any axes of an array, with PyTorch's numbers or those of the ``convention`` that you name.

    **Convention.** Coordinates are in pixels. With ``align_corners=False`` the two pixel grids share
    their outer edges: output ``i`` of ``m`` reads coordinate ``(i + 1/2) n / m - 1/2``. With
    ``align_corners=True`` the centres of the first and last pixels coincide: it reads
    ``i (n - 1) / (m - 1)``, and a single output pixel reads pixel 0. What lies outside the array repeats
    the edge; with ``antialias`` or ``"lanczos"`` it is left out and the other weights are renormalised.
    Results equal ``torch.nn.functional.interpolate(x, size=...)`` of PyTorch 2.13 wherever that
    accepts the input; any rank, and the dtypes below, follow the same formulas.

    Args:
      x: array of any rank.
      size: output length of each resized axis, in samples; one integer serves all of them.
      axes: axes to resize. By default those of a channels-last batch, ``1`` to ``ndim - 2``; all axes
        of an array with fewer than three.
      method: ``"linear"`` (the default), ``"nearest"`` (legacy: reads ``floor(i n / m)``),
        ``"nearest-exact"``, ``"cubic"`` (a = -0.75, with ``antialias`` a = -0.5), ``"lanczos"`` (three
        lobes) or ``"area"`` (mean of the integer window ``[floor(i n / m), ceil((i + 1) n / m))``).
        ``"bilinear"``, ``"trilinear"`` and ``"bicubic"`` are taken for ``"linear"`` and ``"cubic"``.
      align_corners: which grid map to use; only for "linear" and "cubic".
      antialias: stretch the kernel when shrinking, so that it averages what it skips; for "linear",
        "cubic" and "lanczos".
      convention: another library's way, instead of ``method`` and its options: a name in
        `jax_resample.conventions`, such as ``"tf2:bicubic-antialias"``, or a `Convention`.
      lowering: the program that computes it: ``"auto"`` chooses by platform and shape (`plan` prints
        what); ``"gather"``; ``"phases"`` (slices, for axes whose lengths divide; others gather) or
        ``"matrix"`` (products).

    Returns:
      The resized array, in ``x``'s dtype. Weights are computed in float32 (float64 for float64) and so
      are sums; bfloat16 and float16 are rounded once. uint8 follows PyTorch's fixed-point arithmetic
      (each axis rounded half up and clipped, last axis first), except "area", which is rounded once;
      other integers of at most 16 bits are computed in float32, rounded half to even and clipped.
      "nearest" and "nearest-exact" take any dtype.

    Gradients are those of a linear map, in every order and mode; the adjoint gathers and never scatters.
    A NaN or infinite sample reaches only the outputs that give it a weight other than zero, except by
    matrix products, which ``lowering="auto"`` uses on a TPU and which spread it along its axes.

    Raises:
      ValueError: an unknown method or convention, or both of them, a size below 1, a wrong number of sizes,
        an axis out of range or named twice, an empty axis, or options that the method does not take.
      TypeError: sizes or axes that are not static integers, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> jr.resize(jnp.array([0.0, 1.0]), 4)
      Array([0.  , 0.25, 0.75, 1.  ], dtype=float32)
      >>> jr.resize(jnp.zeros((8, 32, 32, 3)), (48, 64), method="cubic").shape
      (8, 48, 64, 3)
    """
    x = checks.as_array(x, "x")
    row = _row(method, convention, align_corners=align_corners, antialias=antialias)
    resized = normalised_axes(x, axes)
    sizes = checks.sizes_per_axis(size, len(resized), "size")
    return resample_axes(x, resized, sizes, row, lowering=lowering)


def _row(method: str | None, convention: Any, *, align_corners: bool, antialias: bool) -> Convention:
    """The row that the caller's options name."""
    if convention is None:
        method = check_method("linear" if method is None else method)
        check_options(method, align_corners=align_corners, antialias=antialias, argument="method")
        return torch_convention(method, antialias=bool(antialias), align_corners=bool(align_corners))
    if method is not None or align_corners or antialias:
        given = f"method={method!r}, align_corners={align_corners!r}, antialias={antialias!r}"
        checks.refuse("convention", "be given instead of `method`, `align_corners` and `antialias`", given)
    return find_convention(convention)


def find_convention(convention: str | Convention) -> Convention:
    """A row by name, or a checked row."""
    if isinstance(convention, Convention):
        check_convention(convention)
        return convention
    checks.one_of(convention, conventions, "convention")
    return conventions[convention]


def check_method(method: str) -> str:
    """The canonical name of a method, or an error."""
    checks.one_of(method, (*METHODS, *SYNONYMS), "method")
    return SYNONYMS.get(method, method)


def check_options(method: str, *, align_corners: bool, antialias: bool, argument: str) -> None:
    """Refuses options that a method does not take."""
    align = checks.a_bool(align_corners, "align_corners")
    if checks.a_bool(antialias, "antialias") and (method, True) not in TORCH:
        able = ", ".join(repr(m) for m, anti in TORCH if anti)
        checks.refuse("antialias", f"be False unless `{argument}` is one of {able}", f"True with {method!r}")
    if align and method not in ("linear", "cubic"):
        rule = f"be False unless `{argument}` is 'linear' or 'cubic'"
        checks.refuse("align_corners", rule, f"True with {method!r}")


def resample_axes(
    x: jax.Array,
    axes: tuple[int, ...],
    sizes: tuple[int, ...],
    row: Convention,
    *,
    factors: tuple[float | None, ...] | None = None,
    boxes: tuple[tuple[float, float] | None, ...] | None = None,
    lowering: str = "auto",
) -> jax.Array:
    """Resamples checked axes to checked sizes by a checked row.

    ``factors`` step the coordinates where given, and ``boxes`` are the parts of the input to resample.
    """
    checks.one_of(lowering, LOWERINGS, "lowering")
    lengths = checks.static_lengths(x, axes, "x")
    ruled = np.dtype(x.dtype).name in FIXED_POINT.get(row.fixed_point or "", ())
    if row.family != "nearest" and not ruled:
        used = f" to be weighed by {row.kernel or row.family!r}"
        checks.a_weighable(x, unless=", unless samples are only moved", used=used)
    none = (None,) * len(axes)
    passes = _passes(axes, lengths, sizes, factors or none, boxes or none, row, np.dtype(x.dtype).name)
    return _resample(x, passes=passes, cval=row.cval, lowering=lowering)


@lru_cache(maxsize=_CACHED_PLANS)
def _passes(
    axes: tuple[int, ...],
    lengths: tuple[int, ...],
    sizes: tuple[int, ...],
    factors: tuple[float | None, ...],
    boxes: tuple[tuple[float, float] | None, ...],
    row: Convention,
    dtype: str,
) -> Passes:
    """The taps of each axis that changes, in the order in which passes that round have to run."""
    specs = {}
    rows = row.per_axis(lengths, sizes)
    for axis, n, m, one, factor, box in zip(axes, lengths, sizes, rows, factors, boxes, strict=True):
        ruled = dtype in FIXED_POINT.get(one.fixed_point or "", ())
        kind = "float64" if ruled else dtypes.compute_dtype(dtype)
        spec = Axis(n, m, one, kind, factor, ruled, box, image=dtype)
        if not build(spec).is_identity:
            specs[axis] = spec
    ordered = PASS_ORDERS[row.pass_order]([Pass(axis, one.n, one.m) for axis, one in specs.items()])
    return _accumulated([(one.axis, specs[one.axis]) for one in ordered])


def _accumulated(specs: Sequence[tuple[int, Axis]]) -> Passes:
    """The passes, in the order given, with the arithmetic that a rule gives to each of them."""
    passes = [(axis, build(spec)) for axis, spec in specs]
    rule = specs[-1][1].rule if specs else None
    if rule is None:
        return tuple(passes)
    if rule.most_axes is not None and len(passes) > rule.most_axes:
        checks.refuse("axes", f"be at most {rule.most_axes} for {specs[-1][1].image}", f"{len(passes)}")
    last, spec = specs[-1]
    repeated = []
    if rule.beyond:
        ends, taps = build_beyond(spec)
        repeated, passes[-1] = [(last, ends)], (last, taps)
    sums = rule.accumulate([taps for _, taps in passes])
    done = [(axis, replace(taps, accumulation=one)) for (axis, taps), one in zip(passes, sums, strict=True)]
    return (*done[:-1], *repeated, done[-1])


@partial(jax.jit, static_argnames=("passes", "cval", "lowering"))
def _resample(x: jax.Array, *, passes: Passes, cval: float = 0.0, lowering: str) -> jax.Array:
    """Applies the passes; jitted so that a call outside jit is one dispatch.

    What lies outside the array is ``cval``: the difference from it is resampled, for which outside is 0.
    """
    with jax.named_scope("jax_resample"):
        if cval and passes:
            outside = jnp.asarray(cval, dtypes.compute_dtype(x.dtype))
            return dtypes.round_to(
                resample(x.astype(outside.dtype) - outside, passes, lowering) + outside, x.dtype
            )
        if jnp.issubdtype(x.dtype, jnp.complexfloating):
            return jax.lax.complex(*(resample(part, passes, lowering) for part in (x.real, x.imag)))
        return resample(x, passes, lowering)


def normalised_axes(x: jax.Array, axes: Any) -> tuple[int, ...]:
    """The axes to resize, non-negative and in the caller's order."""
    if axes is None:
        return tuple(range(1, x.ndim - 1)) if x.ndim > 2 else tuple(range(x.ndim))
    given = axes if isinstance(axes, Sequence) else (axes,)
    named = tuple(checks.an_integer(axis, "axes") for axis in given)
    if any(not -x.ndim <= axis < x.ndim for axis in named):
        checks.refuse("axes", f"lie in [-{x.ndim}, {x.ndim})", repr(axes))
    normal = tuple(axis % x.ndim for axis in named)
    if len(set(normal)) != len(normal):
        checks.refuse("axes", "name each axis once", repr(axes))
    return normal
