"""Which axis is resampled first where each pass rounds and the order shows: the table of pass orders."""

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Pass(NamedTuple):
    """An axis of the array, its input and output length."""

    axis: int
    n: int
    m: int


def _last_first(passes: Sequence[Pass]) -> Sequence[Pass]:
    """The last axis of the array first (PyTorch)."""
    return sorted(passes, key=lambda one: -one.axis)


def _pillow(passes: Sequence[Pass]) -> Sequence[Pass]:
    """The last axis first, but of two the first one if it loses more than twice as many samples."""
    ordered = _last_first(passes)
    if len(ordered) == 2:
        last, first = ordered
        if first.n - first.m > max(0, 2 * (last.n - last.m)):
            return [first, last]
    return ordered


PASS_ORDERS: dict[str, Callable[[Sequence[Pass]], Sequence[Pass]]] = {
    "last axis first": _last_first,
    "Pillow's": _pillow,
}
