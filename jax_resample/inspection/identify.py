"""Which convention made this output from that input? Every row of the table is tried."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import checks
from ..alpha import premultiply, unpremultiply
from ..conventions import conventions
from ..plan import Plan, plan
from . import screening
from .identification import COORDINATE_ULPS, WAYS, Identification, Match

# How many operators are run in full: those that fit best on a few outputs.
_MOST_RUN, _LEAST_RUN = 24, 4
_CACHED_PLANS = 8192
_TO_WHOLE = {"rounded": np.rint, "truncated": np.trunc}


def identify(
    x: Any, y: Any, *, axes: int | Sequence[int] | None = None, among: Iterable[str] | None = None
) -> Identification:
    """Ranks the conventions by how exactly they make ``y`` from ``x``, whatever library made it.

    Every convention is tried by NumPy on some outputs, and those that fit best are then run in full, in
    ``x``'s own dtype and, where ``y`` has another, in floating point. Integers are also compared with
    float32 results that were rounded or cut off, and with colours premultiplied by alpha.

    Args:
      x: the input, an array of real numbers.
      y: the output, of the same rank.
      axes: the resized axes. By default those whose lengths differ. Name them where one of them keeps its
        length: some conventions (OpenCV's area, PyTorch's nearest) look at all axes together.
      among: names to try instead of the whole table.

    Returns:
      The ranking, with a verdict: ``"bytes equal"``; ``"equal to rounding"`` (a level of integers, 16 units
      in the last place of the largest value otherwise); ``"equal to rounding of coordinates"`` (for each
      axis, two more float32 units for each pixel of its length: the same operator on another machine, or in
      another version); or ``"different"``. `candidates` are the conventions that this input cannot tell
      apart, and `probe` is an input that can.

    Raises:
      ValueError: other ranks, axes that do not cover what changed, an empty array, or an unknown name.
      TypeError: no arrays, or no real numbers.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> found = jr.identify(jnp.array([0.0, 1.0]), jnp.array([0.0, 0.33333334, 0.6666667, 1.0]))
      >>> found.verdict, "torch:bilinear-align-corners" in found.names, "torch:bilinear" in found.names
      ('bytes equal', True, False)
    """
    x, y = _real(x, "x"), _real(y, "y")
    resized = _axes(x, y, axes)
    names = tuple(conventions if among is None else among)
    for name in names:
        checks.one_of(name, conventions, "among")
    with _precision(x, y):
        ranking, refused = _ranked(x, y, resized, names)
    return Identification(
        x.shape, x.dtype.name, y.shape, y.dtype.name, resized, tuple(ranking), tuple(refused)
    )


def _ranked(
    x: np.ndarray, y: np.ndarray, axes: tuple[int, ...], names: tuple[str, ...]
) -> tuple[list[Match], list[str]]:
    """The best operators with their differences from ``y``, and the names that refuse ``x``."""
    sizes = tuple(y.shape[axis] for axis in axes)
    groups: dict[tuple[Plan, ...], list[str]] = {}
    kinds, refused = _kinds(x, y), []
    for name in names:
        plans = tuple(_plan(x.shape, sizes, axes, name, kind) for kind in kinds)
        if plans[-1] is None:
            refused.append(name)
        else:
            groups.setdefault(tuple(one for one in plans if one is not None), []).append(name)
    matches = [
        _match(tuple(names), way, operator, x, y, axes)
        for plans, names in _screened(groups, x, y, axes)
        for way, operator in _ways(plans, y, _has_alpha(x, y, axes))
    ]
    return _nearest_ways(sorted(matches, key=_nearness)), refused


def _kinds(x: np.ndarray, y: np.ndarray) -> tuple[str, ...]:
    """Dtypes to compute in: the input's own if it is the output's too, and a floating one."""
    floating = [a.dtype.name for a in (x, y) if jnp.issubdtype(a.dtype, jnp.floating)]
    wide = "float64" if "float64" in floating else "float32"
    own = (x.dtype.name,) if x.dtype == y.dtype else ()
    return tuple(dict.fromkeys((*own, wide)))


@lru_cache(maxsize=_CACHED_PLANS)
def _plan(
    shape: tuple[int, ...], sizes: tuple[int, ...], axes: tuple[int, ...], name: str, kind: str
) -> Plan | None:
    """The operator of a convention; None where it refuses such an array."""
    try:
        return plan(shape, sizes, axes=axes, convention=name, dtype=kind)
    except (ValueError, TypeError):
        return None


def _screened(groups: dict, x: np.ndarray, y: np.ndarray, axes: tuple[int, ...]) -> list:
    """The groups whose floating-point operator fits best on some outputs, by the mean difference."""
    chosen, limits = screening.picks(y.shape, axes), _limits(y.dtype)
    # Both as they are, and both premultiplied, where the last channel may be opacity.
    pairs = [(x, y)] + ([(_premultiplied(x), _premultiplied(y))] if _has_alpha(x, y, axes) else [])
    wanted = [screening.picked(after, chosen) for _, after in pairs]
    errors = []
    for plans in groups:
        passes, cval = plans[-1].passes, plans[-1].cval
        made = [screening.resized(before, passes, cval, chosen).clip(*limits) for before, _ in pairs]
        errors.append(min(map(_mean_gap, made, wanted)))
    order = sorted(zip(errors, groups.items(), strict=True), key=lambda item: item[0])
    # What rounds to the same integers, or in float32, may screen in any order; cutting off costs half.
    near = 0.6 if limits[1] < np.inf else 1e-4 * max(1.0, float(np.abs(wanted[0]).max(initial=0)))
    chosen_groups = [
        item for place, (error, item) in enumerate(order) if place < _LEAST_RUN or error <= order[0][0] + near
    ]
    return chosen_groups[:_MOST_RUN]


def _mean_gap(made: np.ndarray, wanted: np.ndarray) -> float:
    gap = np.abs(made - wanted)
    return float(gap[np.isfinite(gap)].mean()) if np.isfinite(gap).any() else 0.0


def _premultiplied(x: np.ndarray) -> np.ndarray:
    """Colours weighed by the last channel, unrounded."""
    opacity = x[..., -1:].astype(np.float32)
    return np.concatenate([x[..., :-1] * opacity / 255, opacity], axis=-1)


def _has_alpha(x: np.ndarray, y: np.ndarray, axes: tuple[int, ...]) -> bool:
    """Whether the last of the channels may be opacity."""
    kept = x.ndim - 1 not in axes and x.shape[-1] in (2, 4)
    return kept and x.dtype == y.dtype == np.uint8


def _ways(plans: tuple[Plan, ...], y: np.ndarray, has_alpha: bool) -> list[tuple[str, Plan]]:
    """The programs to run."""
    if not jnp.issubdtype(y.dtype, jnp.integer):
        return [("", plans[0])]
    own = [("", plans[0])] if plans[0].dtype == y.dtype.name else []
    weighed = [("premultiplied", plans[0])] if own and has_alpha else []
    return own + weighed + [(way, plans[-1]) for way in ("rounded", "truncated")]


def _match(
    names: tuple[str, ...], way: str, operator: Plan, x: np.ndarray, y: np.ndarray, axes: tuple[int, ...]
) -> Match:
    given = jnp.asarray(x.astype(operator.dtype))
    premultiplied = way == "premultiplied"
    made = np.asarray(unpremultiply(operator(premultiply(given))) if premultiplied else operator(given))
    if way in _TO_WHOLE:
        made = _TO_WHOLE[way](made).clip(*_limits(y.dtype))
    made = made.astype(y.dtype)
    same = (made == y) | ((made != made) & (y != y))
    gap = np.abs(made.astype(np.float64) - y.astype(np.float64))
    largest = float(np.where(same, 0.0, np.nan_to_num(gap, nan=np.inf)).max(initial=0))
    pixels = sum(x.shape[axis] for axis in axes)
    return Match(names, way, largest, 1 - float(same.mean()), _unit(x, y), pixels * _coordinate_unit(x, y))


def _nearest_ways(matches: list[Match]) -> list[Match]:
    """Each set of names once, by its nearest way, which comes first."""
    nearest: dict[tuple[str, ...], Match] = {}
    for match in matches:
        nearest.setdefault(match.names, match)
    return list(nearest.values())


def _nearness(match: Match) -> tuple[Any, ...]:
    return match.largest, match.differing, WAYS.index(match.way), match.names


def _unit(x: np.ndarray, y: np.ndarray) -> float:
    """One unit in the last place of the largest finite value of both, in ``y``'s dtype; 1 for integers."""
    return 1.0 if jnp.issubdtype(y.dtype, jnp.integer) else float(jnp.finfo(y.dtype).eps) * _power(x, y)


def _coordinate_unit(x: np.ndarray, y: np.ndarray) -> float:
    """What each pixel of an axis adds to the rounding of coordinates, which are float32 for narrow types."""
    if jnp.issubdtype(y.dtype, jnp.integer):
        return 0.0
    return COORDINATE_ULPS * min(float(jnp.finfo(kind).eps) for kind in (y.dtype, jnp.float32)) * _power(x, y)


def _power(x: np.ndarray, y: np.ndarray) -> float:
    """The largest power of two up to the largest finite value of both."""
    finite = [np.abs(a.astype(np.float64))[np.isfinite(a.astype(np.float64))].max(initial=0) for a in (x, y)]
    largest = max(float(max(finite)), float(jnp.finfo(y.dtype).tiny))
    return 2.0 ** float(np.floor(np.log2(largest)))


def _limits(dtype: Any) -> tuple[float, float]:
    if jnp.issubdtype(dtype, jnp.integer):
        return float(jnp.iinfo(dtype).min), float(jnp.iinfo(dtype).max)
    return -np.inf, np.inf


def _real(array: Any, argument: str) -> np.ndarray:
    if not isinstance(array, (jax.Array, np.ndarray)):
        checks.refuse(argument, "be a JAX or NumPy array", type(array).__name__, TypeError)
    array = np.asarray(array)
    if not (jnp.issubdtype(array.dtype, jnp.floating) or jnp.issubdtype(array.dtype, jnp.integer)):
        checks.refuse(argument, "hold real numbers", str(array.dtype), TypeError)
    if not array.size:
        checks.refuse(argument, "have no empty axis", f"shape {array.shape}")
    return array


def _axes(x: np.ndarray, y: np.ndarray, axes: Any) -> tuple[int, ...]:
    """The resized axes, from the caller or from the shapes."""
    if x.ndim != y.ndim:
        checks.refuse("y", f"have as many axes as `x`, {x.ndim}", str(y.ndim))
    changed = tuple(axis for axis in range(x.ndim) if x.shape[axis] != y.shape[axis])
    if axes is None:
        if not changed:
            checks.refuse("axes", "be given where no axis changes its length", "None")
        return changed
    given = axes if isinstance(axes, Sequence) else (axes,)
    named = tuple(checks.an_integer(axis, "axes") for axis in given)
    if any(not -x.ndim <= axis < x.ndim for axis in named):
        checks.refuse("axes", f"lie in [-{x.ndim}, {x.ndim})", repr(axes))
    normal = tuple(sorted({axis % x.ndim for axis in named}))
    if not set(changed) <= set(normal) or not normal:
        checks.refuse("axes", f"cover the axes whose lengths differ, {changed}", repr(axes))
    return normal


def _precision(x: np.ndarray, y: np.ndarray) -> AbstractContextManager[Any]:
    """Double precision where an array has it, whatever the caller's setting is."""
    return jax.enable_x64(True) if any(a.dtype.itemsize == 8 for a in (x, y)) else nullcontext()
