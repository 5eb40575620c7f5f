"""N-D separable resampling: one operator per axis, one code path for every rank."""

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from . import checks, dtypes
from .conventions import METHODS, TORCH, Convention, torch_convention
from .lowering.primitive import resample
from .lowering.schedule import LOWERINGS, Passes
from .taps import Axis, build

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
    method: str = "linear",
    align_corners: bool = False,
    antialias: bool = False,
    lowering: str = "auto",
) -> "Num[Array, '...']":
    """Resizes any axes of an array, with PyTorch's numbers.

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
      method: ``"nearest"`` (legacy: reads ``floor(i n / m)``), ``"nearest-exact"``, ``"linear"``,
        ``"cubic"`` (a = -0.75, with ``antialias`` a = -0.5), ``"lanczos"`` (three lobes) or ``"area"``
        (mean of the integer window ``[floor(i n / m), ceil((i + 1) n / m))``). ``"bilinear"``,
        ``"trilinear"`` and ``"bicubic"`` are taken for ``"linear"`` and ``"cubic"``.
      align_corners: which grid map to use; only for "linear" and "cubic".
      antialias: stretch the kernel when shrinking, so that it averages what it skips; for "linear",
        "cubic" and "lanczos".
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
      ValueError: an unknown method, a size below 1, a wrong number of sizes, an axis out of range or
        named twice, an empty axis, or options that the method does not take.
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
    method = check_method(method)
    check_options(method, align_corners=align_corners, antialias=antialias, argument="method")
    resized = _normalised_axes(x, axes)
    sizes = tuple(checks.an_integer(s, "size") for s in checks.per_axis(size, len(resized), "size"))
    checks.positive_sizes(sizes, "size")
    return resample_axes(
        x,
        resized,
        sizes,
        method=method,
        align_corners=bool(align_corners),
        antialias=bool(antialias),
        lowering=lowering,
    )


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
    *,
    method: str,
    align_corners: bool = False,
    antialias: bool = False,
    factors: tuple[float | None, ...] | None = None,
    lowering: str = "auto",
) -> jax.Array:
    """Resamples checked axes to checked sizes; ``factors`` step the coordinates where they are given."""
    checks.one_of(lowering, LOWERINGS, "lowering")
    lengths = checks.static_lengths(x, axes, "x")
    if not method.startswith("nearest") and not dtypes.is_weighable(x.dtype):
        rule = "be floating, complex, or an integer of at most 16 bits, unless samples are only moved"
        checks.refuse("x", rule, f"dtype {x.dtype} with method {method!r}", TypeError)
    row = torch_convention(method, antialias=antialias, align_corners=align_corners, out_sizes=sizes)
    passes = _passes(axes, lengths, sizes, factors, row, np.dtype(x.dtype).name)
    return _resample(x, passes=passes, lowering=lowering)


@lru_cache(maxsize=_CACHED_PLANS)
def _passes(
    axes: tuple[int, ...],
    lengths: tuple[int, ...],
    sizes: tuple[int, ...],
    factors: tuple[float | None, ...] | None,
    row: Convention,
    dtype: str,
) -> Passes:
    """The taps of each axis that changes."""
    fixed_point = dtype == "uint8" and row.family in ("interpolate", "window")
    kind = "float64" if fixed_point else dtypes.compute_dtype(dtype)
    factors = factors or (None,) * len(axes)
    specs = (Axis(n, m, row, kind, f, fixed_point) for n, m, f in zip(lengths, sizes, factors, strict=True))
    taps = zip(axes, map(build, specs), strict=True)
    return tuple((axis, t) for axis, t in taps if not t.is_identity)


@partial(jax.jit, static_argnames=("passes", "lowering"))
def _resample(x: jax.Array, *, passes: Passes, lowering: str) -> jax.Array:
    """Applies the passes; jitted so that a call outside jit is one dispatch."""
    with jax.named_scope("jax_resample"):
        if jnp.issubdtype(x.dtype, jnp.complexfloating):
            return jax.lax.complex(*(resample(part, passes, lowering) for part in (x.real, x.imag)))
        return resample(x, passes, lowering)


def _normalised_axes(x: jax.Array, axes: Any) -> tuple[int, ...]:
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
