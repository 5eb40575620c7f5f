"""Which program computes an operator: the order of its passes, each one's lowering, and what is stored.

Every schedule is priced (``cost.py``) and the cheapest is taken, when JAX lowers the computation for a
platform: by the platform, the shape and the taps, or with the lowering that the caller names.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, permutations, product
from math import prod
from typing import Any

import numpy as np

from ..taps import Taps
from .cost import COSTS, Costs, gathered, multiplied, sliced
from .gather import copies_vectors
from .matrix import order as order_of_products
from .phases import pattern, repeats, split_length

LOWERINGS: tuple[str, ...] = ("auto", "gather", "phases", "matrix")

# What "auto" chooses among, where it is able, and else it gathers. A product spreads a NaN, so that only
# matrix units are given any; to them a gather is dearer than any product.
_AUTO: dict[str, tuple[str, ...]] = {"tpu": ("matrix",)}
_AUTO_ELSEWHERE = ("gather", "phases")

Passes = tuple[tuple[int, Taps], ...]

_CACHED_SCHEDULES = 1024
# Beyond this many axes only one order is priced.
_MOST_ORDERED = 3
# Of rows of less than this the loops are written out.
_LEAST_ROW = 16
# Stands for a length that is not known until the program runs, such as an exported batch.
_UNKNOWN_LENGTH = 16


@dataclass(frozen=True)
class Step:
    """One pass.

    Attributes:
      axis: the axis.
      taps: its operator.
      lowering: ``"gather"``, ``"phases"`` or ``"matrix"``.
      stored: whether its result is stored before the next pass, which otherwise computes what it reads.
    """

    axis: int
    taps: Taps
    lowering: str
    stored: bool

    @property
    def repeats(self) -> bool:
        """Whether it is phases that all read the same samples."""
        return self.lowering == "phases" and repeats(self.taps)

    @property
    def fuses(self) -> bool:
        """Whether XLA would compute it inside the one after it.

        Products it stores by itself. Phases that interleave or are joined with outputs at the ends are
        stored, but not those that repeat samples.
        """
        found = pattern(self.taps) if self.lowering == "phases" else None
        alone = found is not None and found.count == 1 and found.ends is None
        return self.lowering == "gather" or alone or self.repeats


@dataclass(frozen=True)
class Schedule:
    """Steps in order, and their price in nanoseconds as ``cost.py`` has them."""

    steps: tuple[Step, ...]
    cost: float


def schedule(shape: tuple[Any, ...], passes: Passes, platform: str, lowering: str = "auto") -> Schedule:
    """The cheapest schedule for an array of a shape; of equals, the first in the order of preference."""
    shape, passes = merge_pooled(shape, passes, platform, lowering)
    lengths = tuple(length if isinstance(length, int) else _UNKNOWN_LENGTH for length in shape)
    return _cheapest(lengths, passes, platform, lowering)


def merge_pooled(
    shape: tuple[Any, ...], passes: Passes, platform: str, lowering: str
) -> tuple[tuple[Any, ...], Passes]:
    """Neighbouring axes that are each summed up whole, or each made of one sample, as one of them.

    A global mean is then a pass and not two or three, each of which would wake the processor's threads, and
    its reverse a long row of one number instead of short ones. In the shape of the input the first axis of
    each pair is left with a length of 1; so it is in the shape of the result, which is the caller's to split.
    Matrix units take axes as they lie.
    """
    once = len({axis for axis, _ in passes}) == len(passes)
    if platform == "tpu" or lowering == "matrix" or not once:
        return shape, passes
    lengths, pooled = list(shape), {axis: taps for axis, taps in passes if _is_pooling(taps)}
    others = tuple(item for item in passes if item[0] not in pooled)
    for axis in sorted(pooled):
        if axis - 1 in pooled and (pooled[axis - 1].m == 1) == (pooled[axis].m == 1):
            outer, inner = pooled.pop(axis - 1), pooled[axis]
            n, m, weights = outer.n * inner.n, outer.m * inner.m, np.outer(outer.weights, inner.weights)
            pooled[axis] = Taps(n, np.zeros(m, np.int32), weights.reshape(m, n))
            lengths[axis - 1 : axis + 1] = [1, n]
    merged = (*pooled.items(), *others)
    return (tuple(lengths), merged) if len(merged) < len(passes) else (shape, passes)


def _is_pooling(taps: Taps) -> bool:
    """Whether a single output weighs every sample, or every output the single sample."""
    full = taps.support == taps.n and bool(taps.weights.all())
    return full and 1 in (taps.n, taps.m) and taps.sums is None


@lru_cache(maxsize=_CACHED_SCHEDULES)
def _cheapest(shape: tuple[int, ...], passes: Passes, platform: str, lowering: str) -> Schedule:
    candidates = (
        Schedule(steps, price(shape, steps, COSTS[platform]))
        for steps in _candidates(passes, platform, lowering)
    )
    return min(candidates, key=lambda one: one.cost)


def _candidates(passes: Passes, platform: str, lowering: str) -> Iterator[tuple[Step, ...]]:
    """Every order, with every lowering of each pass, and stored or not wherever that is a choice."""
    for order in _orders(passes, platform, lowering):
        steps = [
            [Step(axis, taps, name, False) for name in _able(taps, platform, lowering)]
            for axis, taps in order
        ]
        for chosen in product(*steps):
            choices = [(False, True) if joins(one, after) else (True,) for one, after in pairwise(chosen)]
            for stored in product(*choices):
                yield tuple(replace(step, stored=s) for step, s in zip(chosen, (*stored, False), strict=True))


def _orders(passes: Passes, platform: str, lowering: str) -> Iterator[Passes]:
    """Orders of the passes, the preferred one first: axes that shrink, outermost first, then axes that
    grow, innermost first. Where passes round, the order shows, and the one that was given is kept. Products
    have an order of their own.
    """
    if any(taps.sums is not None for _, taps in passes):
        yield passes
        return
    if platform == "tpu" or lowering == "matrix":
        yield order_of_products(passes)
        return
    preferred = tuple(sorted(passes, key=lambda item: _preference(*item)))
    yield from permutations(preferred) if len(passes) <= _MOST_ORDERED else (preferred,)


def _preference(axis: int, taps: Taps) -> tuple[bool, int]:
    grows = taps.m > taps.n
    return grows, -axis if grows else axis


def _able(taps: Taps, platform: str, lowering: str) -> tuple[str, ...]:
    """The lowerings to choose among: the one that the caller names or those that "auto" may take, where
    they can take the taps, and else a gather. Phases need lengths that divide; products round as they will.
    """
    able = {"gather": True, "phases": pattern(taps) is not None, "matrix": taps.sums is None}
    if able.get(lowering, False):
        return (lowering,)
    able["matrix"] &= not taps.is_selection
    return tuple(name for name in _AUTO.get(platform, _AUTO_ELSEWHERE) if able[name]) or ("gather",)


def programs(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """The steps in groups of which each is one program: up to one that is stored, or the last."""
    begun = 0
    for end, step in enumerate(steps, start=1):
        if step.stored or end == len(steps):
            yield steps[begun:end]
            begun = end


def stands_apart(program: tuple[Step, ...]) -> bool:
    """Whether XLA's CPU compiler is to see a program by itself."""
    last = program[-1]
    split = last.lowering == "phases" and len(split_length(last.taps)) > 1
    return last.lowering != "matrix" and (last.stored or split or not last.fuses)


def joins(one: Step, after: Step) -> bool:
    """Whether a pass may be computed inside the one after it, which must not ask for it once a phase.

    Passes that repeat samples are one program with their like only.
    """
    return one.repeats == after.repeats and one.fuses and after.fuses


def price(shape: tuple[int, ...], steps: tuple[Step, ...], costs: Costs) -> float:
    """What steps cost: their own work, again for each time that it is read, and what they store."""
    lengths, total = list(shape), 0.0
    for program in programs(steps):
        # One loop runs all of a program: where one of its steps has no vectors, none has.
        vector = all(_has_vectors(step, tuple(lengths), alone=len(program) == 1) for step in program)
        each, fused = 0.0, 1.0
        for one in program:
            inner = prod(lengths[one.axis + 1 :])
            fused *= one.taps.support
            terms = fused if len(program) > 1 else 0.0
            each = _each(one, each, costs, vector=vector, inner=inner, fused=terms)
        for one in program:
            lengths[one.axis] = one.taps.m
        total += costs.program + prod(lengths) * (each + costs.store)
    return total


def _has_vectors(step: Step, lengths: tuple[int, ...], *, alone: bool) -> bool:
    """Whether a CPU computes vectors in a step's loop."""
    if step.lowering == "gather":
        return copies_vectors(lengths, step.axis)
    # Loops over short rows are written out. A program by itself merges rows, but not those that repeat.
    row = step.lowering == "phases" and prod(lengths[step.axis + 1 :]) == 1
    short = row and 1 < min(step.taps.n, step.taps.m) < _LEAST_ROW
    return not short or (alone and not step.repeats)


def _each(step: Step, each: float, costs: Costs, *, vector: bool, inner: int, fused: float) -> float:
    if step.lowering == "matrix":
        return multiplied(step.taps, costs)
    if step.lowering == "phases":
        return sliced(step.taps, each, costs, vector=vector, inner=inner, fused=fused)
    return gathered(step.taps, each, costs, vector=vector, fused=fused)
