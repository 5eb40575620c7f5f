"""Uniform B-splines of degree 0 to 5: their weights, and the filter that turns samples into coefficients.

A spline through samples is ``sum_j c[j] B(u - j)``, with ``B`` the centred B-spline of its degree. The
coefficients ``c`` are the samples divided by ``B`` in the frequency domain. That filter is a chain of
symmetric ones, ``(1 - z) / (1 + z) * sum_k z^|k| x[i - k]`` for each pole ``z`` in ``(-1, 0)``; see Unser,
Aldroubi and Eden (1993), B-spline signal processing, part I. Its terms fall off as ``|z|^|k|``, so that a
short band holds all that a dtype can tell.
"""

import operator
from functools import reduce
from types import ModuleType
from typing import Any

import numpy as np

DEGREES: tuple[int, ...] = (0, 1, 2, 3, 4, 5)

# The poles are the roots z inside the unit circle of the polynomial whose coefficients are B's values at the
# integers: 1, 6, 1 (degree 2); 1, 4, 1 (3); 1, 76, 230, 76, 1 (4); 1, 26, 66, 26, 1 (5). Those values are the
# same both ways, so the roots come as z and 1/z, and s = z + 1/z solves an equation of half the degree.
_SUMS: dict[int, tuple[float, ...]] = {
    0: (),
    1: (),
    2: (-6.0,),
    3: (-4.0,),
    4: (228 / (-38 - 1216**0.5), -38 - 1216**0.5),  # s^2 + 76 s + 228 = 0
    5: (64 / (-13 - 105**0.5), -13 - 105**0.5),  # s^2 + 26 s + 64 = 0
}
POLES: dict[int, tuple[float, ...]] = {
    degree: tuple(2 / (s - (s * s - 4) ** 0.5) for s in sums) for degree, sums in _SUMS.items()
}


def first_tap(u: Any, degree: int, xp: ModuleType = np) -> tuple[Any, Any]:
    """The first of the ``degree + 1`` samples that a spline reads at ``u``, and the phase in ``[0, 1)``.

    Both keep ``u``'s dtype; the first sample is an integer in it.
    """
    lifted = u if degree % 2 else u + u.dtype.type(0.5)
    below = xp.floor(lifted)
    return below - u.dtype.type(degree // 2), lifted - below


def weights(phase: Any, degree: int, xp: ModuleType = np) -> tuple[Any, ...]:
    """B's values at the ``degree + 1`` samples around a coordinate, first to last, by Cox and de Boor.

    Each degree is a blend of the one below with non-negative factors, so that nothing cancels.
    """
    found = [xp.ones_like(phase)]
    for d in range(1, degree + 1):
        falling = [w * ((j + 1 - phase) / d) for j, w in enumerate(found)]
        rising = [w * ((phase + d - 1 - j) / d) for j, w in enumerate(found)]
        found = [falling[0], *(f + r for f, r in zip(falling[1:], rising[:-1], strict=True)), rising[-1]]
    return tuple(found)


def filter_taps(target: np.ndarray, degree: int, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """The prefilter on an unbounded axis: samples that each coefficient reads, and their weights.

    Both have shape ``(len(target), K)``, in float64; weights below ``tail`` times the largest are left out.
    """
    whole = reduce(np.convolve, (_response(pole, tail) for pole in POLES[degree]), np.ones(1))
    reach = int(np.flatnonzero(abs(whole) >= tail * abs(whole).max())[-1]) - len(whole) // 2
    kept = whole[len(whole) // 2 - reach : len(whole) // 2 + reach + 1]
    column = target[:, None] + np.arange(-reach, reach + 1)
    return column, np.broadcast_to(kept / kept.sum(), column.shape)


def _response(pole: float, tail: float) -> np.ndarray:
    """One pole's symmetric filter, cut where it falls below ``tail`` times the middle."""
    half = pole ** np.arange(int(np.ceil(np.log(tail) / np.log(-pole))) + 1)
    return (1 - pole) / (1 + pole) * np.concatenate([half[:0:-1], half])


def filter_matrix(n: int, degree: int, rule: str, tail: float) -> np.ndarray | None:
    """The prefilter of a short axis where SciPy departs from `filter_taps`, else None.

    A single sample is its own coefficient. Under the rule "reflect" the sum that starts each causal
    recursion adds its last term after the first sample was overwritten with the sum so far. That changes
    the start by about ``z^(2 n - 1)``, which decays into the axis from either end.
    """
    if n == 1:
        return np.ones((1, 1))
    if rule != "reflect" or all(abs(pole) ** (2 * n - 1) < tail for pole in POLES[degree]):
        return None
    samples, i = np.eye(n), np.arange(n)
    matrix = samples
    for z in POLES[degree]:
        powers = z ** np.arange(2 * n + 1)
        distance = abs(i[:, None] - i)
        image = i[:, None] + i + 1
        period = 1 - powers[2 * n]
        exact = (powers[distance] + powers[2 * n - distance] + powers[image] + powers[2 * n - image]) / period
        so_far = powers[i] @ (samples + powers[n] * samples[::-1]) - samples[0]
        so_far -= powers[n - 1] * (samples[n - 1] + powers[n] * samples[0])
        wrong = powers[2 * n - 1] / period * so_far
        matrix = (1 - z) / (1 + z) * (exact + np.outer(powers[i + 1] + powers[2 * n - i], wrong)) @ matrix
    return matrix


def at_distance(x: Any, degree: int, xp: ModuleType = np) -> Any:
    """B at signed distances ``x`` of a coordinate from a sample; degree 0 covers ``[-1/2, 1/2)``."""
    u = x + x.dtype.type((degree + 1) / 2)
    piece = xp.floor(u)
    values = weights(u - piece, degree, xp)
    zero = xp.zeros_like(x)
    return reduce(operator.add, (xp.where(piece == degree - k, w, zero) for k, w in enumerate(values)))
