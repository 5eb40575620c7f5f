"""Inputs that tell conventions apart: noise of a few shapes, of which the one that parts most is taken."""

from dataclasses import dataclass
from itertools import cycle, islice

import jax.numpy as jnp
import numpy as np

from ..plan import Plan, plan
from . import screening

Pair = tuple[int, int]

# Input and output length of each axis, in turn; the first that parts most wins. Enlarging shows kernels,
# grids and edges, shrinking antialiasing, single samples the rules for size 1, long axes the rounding of
# coordinates.
_SHAPES: tuple[tuple[Pair, ...], ...] = (
    ((13, 29), (17, 7)),
    ((13, 29),),
    ((17, 7),),
    ((16, 8),),
    ((8, 16),),
    ((9, 9), (9, 12)),
    ((7, 1),),
    ((1, 5),),
    ((70, 90),),
    ((3001, 4003), (2, 3)),
)
# Shapes at which integer programs are run in full, where their operators agree to a level.
_INTEGER_SHAPES: tuple[tuple[Pair, ...], ...] = (((61, 43), (40, 67)), ((16, 8),), ((8, 16),))
_SEED = 20
# Two operators count as parted where they differ by this much of the largest input, or by this many levels.
_APART = 64 * float(np.finfo(np.float32).eps)
_LEVELS_APART = 2.0


@dataclass(frozen=True)
class Probe:
    """An input for the library in question.

    Attributes:
      x: the array to resize.
      size: lengths to resize its axes to.
      groups: conventions that it does not tell apart, group by group.
    """

    x: np.ndarray
    size: tuple[int, ...]
    groups: tuple[tuple[str, ...], ...]


def find_probe(names: tuple[str, ...], rank: int, dtype: str) -> Probe | None:
    """The probe that parts the named conventions into most groups; None where none parts them.

    Operators are compared by NumPy; where those of integers agree to a level, so are their programs.
    """
    if len(names) < 2:
        return None
    best = _best(names, _SHAPES, rank, dtype, exact=False)
    if jnp.issubdtype(dtype, jnp.integer) and (best is None or len(best.groups) < len(names)):
        run = _best(names, _INTEGER_SHAPES, rank, dtype, exact=True)
        best = max(filter(None, (best, run)), key=lambda probe: len(probe.groups), default=None)
    return best


def noise(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Uniform noise: every level of integers of 8 bits (0 to 255 of wider ones), else [0, 1)."""
    rng = np.random.default_rng(_SEED)
    if jnp.issubdtype(dtype, jnp.integer):
        return rng.integers(0, min(256, jnp.iinfo(dtype).max + 1), shape).astype(dtype)
    return rng.random(shape, np.float32).astype(dtype)


def _best(
    names: tuple[str, ...], shapes: tuple[tuple[Pair, ...], ...], rank: int, dtype: str, *, exact: bool
) -> Probe | None:
    probes = [_probe(names, tuple(islice(cycle(pairs), rank)), dtype, exact=exact) for pairs in shapes]
    best = max(probes, key=lambda probe: len(probe.groups))  # the first of those that part most
    return best if len(best.groups) > 1 else None


def _probe(names: tuple[str, ...], pairs: tuple[Pair, ...], dtype: str, *, exact: bool) -> Probe:
    """What the conventions make of noise: by their programs, or some outputs by NumPy."""
    shape, size = (tuple(pair[side] for pair in pairs) for side in (0, 1))
    x = noise(shape, dtype)
    groups: list[tuple[np.ndarray, list[str]]] = []
    for name in names:
        kind = dtype if exact else "float32"
        operator = plan(shape, size, axes=tuple(range(len(size))), convention=name, dtype=kind)
        made = _run(operator, x) if exact else _screened(operator, x)
        _file(groups, made, name, 0.0 if exact else _allowance(x))
    return Probe(x, size, tuple(tuple(members) for _, members in groups))


def _screened(operator: Plan, x: np.ndarray) -> np.ndarray:
    """Some outputs of the operator in float64."""
    chosen = screening.picks(operator.out_shape, tuple(range(x.ndim)))
    return screening.resized(x, operator.passes, operator.cval, chosen)


def _run(operator: Plan, x: np.ndarray) -> np.ndarray:
    """All outputs of the program."""
    return np.asarray(operator(jnp.asarray(x))).astype(np.float64)


def _allowance(x: np.ndarray) -> float:
    if jnp.issubdtype(x.dtype, jnp.integer):
        return _LEVELS_APART
    return _APART * float(np.abs(x.astype(np.float64)).max())


def _file(groups: list[tuple[np.ndarray, list[str]]], made: np.ndarray, name: str, allowed: float) -> None:
    """Adds a name to the group whose first member made the same, or to a new one."""
    for first, members in groups:
        if np.abs(first - made).max(initial=0) <= allowed:
            members.append(name)
            return
    groups.append((made, [name]))
