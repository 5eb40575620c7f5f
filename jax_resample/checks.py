"""Argument checks: each names the argument, the rule and what was received, before any work."""

import math
import operator
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from . import dtypes


def refuse(argument: str, rule: str, received: Any, error: type[Exception] = ValueError) -> NoReturn:
    """Raises ``error`` with the house's wording."""
    msg = f"`{argument}` must {rule}; received {received}"
    raise error(msg)


def as_array(x: Any, argument: str) -> jax.Array:
    """An array or a traced value; lists and scalars are refused, as in ``jax.numpy``."""
    if isinstance(x, jax.Array):
        return x
    if not isinstance(x, np.ndarray):
        refuse(argument, "be a JAX or NumPy array", type(x).__name__, TypeError)
    return jnp.asarray(x)


def one_of(value: Any, options: Iterable[Any], argument: str) -> None:
    """Refuses a value that is not among ``options``."""
    options = tuple(options)
    if not isinstance(value, str) or value not in options:
        refuse(argument, f"be one of {', '.join(map(repr, options))}", repr(value))


def a_bool(value: Any, argument: str) -> bool:
    """Refuses anything but True and False."""
    if not isinstance(value, (bool, np.bool_)):
        refuse(argument, "be True or False", repr(value), TypeError)
    return bool(value)


def an_integer(value: Any, argument: str) -> int:
    """A static integer: no bool, no float, no traced value."""
    if isinstance(value, (bool, np.bool_, Tracer)):
        refuse(argument, "hold static integers", _shown(value), TypeError)
    try:
        return operator.index(value)
    except TypeError:
        refuse(argument, "hold static integers", _shown(value), TypeError)


def a_number(value: Any, argument: str) -> float:
    """A static, finite real number: no bool, no traced value."""
    is_real = isinstance(value, (int, float, np.integer, np.floating))
    if isinstance(value, (bool, np.bool_)) or not is_real:
        refuse(argument, "hold static real numbers", _shown(value), TypeError)
    if not math.isfinite(value):
        refuse(argument, "be finite", _shown(value))
    return float(value)


def per_axis(value: Any, count: int, argument: str) -> tuple[Any, ...]:
    """One value for every axis, or a sequence with one value per axis."""
    if isinstance(value, np.ndarray) and value.ndim == 1:
        value = value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != count:
            refuse(argument, f"be one value or {count}, one per spatial axis", _shown(value))
        return tuple(value)
    return (value,) * count


def sizes_per_axis(value: Any, count: int, argument: str) -> tuple[int, ...]:
    """Static sizes of at least 1: one for every axis, or a sequence with one per axis."""
    sizes = tuple(an_integer(size, argument) for size in per_axis(value, count, argument))
    positive_sizes(sizes, argument)
    return sizes


def a_weighable(x: Any, *, unless: str = "", used: str = "") -> None:
    """Refuses samples that cannot be weighed; ``unless`` and ``used`` end the rule and what was found."""
    if not dtypes.is_weighable(x.dtype):
        rule = f"be floating, complex, or an integer of at most 16 bits{unless}"
        refuse("x", rule, f"dtype {x.dtype}{used}", TypeError)


def a_floating(x: Any, argument: str) -> None:
    """Refuses an array of any but a real floating dtype."""
    if not jnp.issubdtype(x.dtype, jnp.floating):
        refuse(argument, "be floating", f"dtype {x.dtype}", TypeError)


def positive_sizes(sizes: Sequence[int], argument: str) -> None:
    """Refuses sizes below 1."""
    if any(size < 1 for size in sizes):
        refuse(argument, "give sizes of at least 1", _shown(tuple(sizes)))


def static_lengths(x: jax.Array, axes: Sequence[int], argument: str, *, least: int = 1) -> tuple[int, ...]:
    """Lengths of the axes to resample: static, and at least ``least``."""
    lengths = tuple(x.shape[axis] for axis in axes)
    for length in lengths:
        if not isinstance(length, int):
            refuse(argument, "have static lengths along the resampled axes", f"shape {x.shape}", TypeError)
        if length < least:
            refuse(argument, "have no empty axis among the resampled ones", f"shape {x.shape}")
    return lengths


def _shown(value: Any) -> str:
    kind = type(value).__name__
    return f"a traced {value.aval}" if isinstance(value, Tracer) else f"{value!r} ({kind})"
