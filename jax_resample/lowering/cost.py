"""What a pass should cost on each platform: a few constants and the counts that they multiply.

Nanoseconds, of which only the ratios carry over to another machine. The CPU's are fitted to two cores of an
AMD EPYC, on which every order, lowering and storage of the passes of the cases of `python -m benchmarks cpu`
ran in turn, twice: what they choose takes 7 % longer than the best, as a geometric mean (docs/lowering.md).
The TPU's are rough figures for a v5e at 1.5 GHz by its compiler's estimates
(``benchmarks/results/tpu-v5e.json``): there the choice is a rule and does not rest on them. The GPUs' follow
from a memory of 3 TB/s and choose gathers, which the compiler for an H100 finds cheapest as well
(``benchmarks/results/gpu-h100.json``).
"""

from dataclasses import dataclass

from ..taps import Taps
from .gather import VECTOR
from .phases import pattern, repeats

# Of sums of more products than this XLA's CPU compiler makes no vectors, or slow ones, unless they are of
# strided slices of rows. The products of all phases of a row count together.
_MOST_TAPS = 12
# Nor of passes that run as one program with more products than this for an output.
_MOST_FUSED = 16
# Of strided slices whose samples are vectors longer sums than this spill registers, the more the longer.
_MOST_SLICED = 30
# Numbers further apart than this are loaded one by one.
_MOST_STRIDE = 8


@dataclass(frozen=True)
class Costs:
    """What a platform charges, in nanoseconds.

    Attributes:
      program: starting a program of its own, with its threads and, on a CPU, what keeps it apart.
      store: a number written to memory and read again.
      vector_tap: one product of a gather that copies vectors.
      scalar_tap: one product of any other gather.
      vector_slice: one product of slices whose samples are vectors.
      channel_slice: one product of slices whose samples are a few numbers.
      row_slice: one product of slices along rows.
      strided: an output of strided slices of less than vectors, for each sample of the stride.
      interleave: a number put in its place among the phases of a row.
      stack: a number put in its place among other phases.
      ends: a number joined with those at the ends, which were gathered.
      long: one product more of a sum too long for vectors.
      nested: what a product inside another pass costs, as a share of its price.
      product: one product inside a matrix product.
    """

    program: float
    store: float
    vector_tap: float
    scalar_tap: float
    vector_slice: float
    channel_slice: float
    row_slice: float
    strided: float
    interleave: float
    stack: float
    ends: float
    product: float
    long: float = 0.0
    nested: float = 1.0


_GPU = Costs(
    program=3000.0,
    store=0.003,
    vector_tap=0.0005,
    scalar_tap=0.0005,
    vector_slice=0.0005,
    channel_slice=0.0005,
    row_slice=0.0005,
    strided=0.0005,
    interleave=0.003,
    stack=0.003,
    ends=0.003,
    product=0.0001,
)

COSTS: dict[str, Costs] = {
    "cpu": Costs(
        program=8_000.0,
        store=0.2,
        vector_tap=0.04,
        scalar_tap=0.2,
        vector_slice=0.039,
        channel_slice=0.04,
        row_slice=0.01,
        strided=0.06,
        interleave=0.01,
        stack=0.13,
        ends=0.06,
        product=0.0125,
        long=0.08,
        nested=0.6,
    ),
    "cuda": _GPU,
    "rocm": _GPU,
    "tpu": Costs(
        program=1000.0,
        store=0.01,
        vector_tap=0.05,
        scalar_tap=0.05,
        vector_slice=0.1,
        channel_slice=0.1,
        row_slice=0.1,
        strided=0.3,
        interleave=0.1,
        stack=0.1,
        ends=0.1,
        product=0.00005,
    ),
}
PLATFORMS: tuple[str, ...] = tuple(COSTS)


def gathered(taps: Taps, each: float, costs: Costs, *, vector: bool, fused: float) -> float:
    """An output of a gather each of whose samples costs ``each`` to evaluate.

    ``fused`` is the number of products in all, where other passes are computed inside this one, else 0.
    """
    long = fused > _MOST_FUSED or (vector and taps.support > _MOST_TAPS)
    one = (costs.vector_tap if vector else costs.scalar_tap) + (costs.long if long else 0.0)
    return taps.support * (one + each * costs.nested)


def sliced(taps: Taps, each: float, costs: Costs, *, vector: bool, inner: int, fused: float) -> float:
    """An output of slices, likewise; ``inner`` numbers are one sample."""
    found = pattern(taps)
    assert found is not None, taps
    few, row = inner < VECTOR, inner == 1
    repeat = repeats(taps)
    one = costs.row_slice if row else costs.channel_slice if few else costs.vector_slice
    if not vector or (few and found.stride > _MOST_STRIDE):
        one = costs.channel_slice if repeat else costs.scalar_tap
    terms = found.products * (found.count if row and not repeat else 1)
    long = fused > _MOST_FUSED or (few and terms > _MOST_TAPS and not (row and found.count == 1))
    excess = costs.long if long else 0.0
    if not few and terms > _MOST_SLICED:
        excess = costs.long * terms / _MOST_SLICED
    total = found.products * (one + excess + each * costs.nested)
    if found.stride > 1 and few:
        total += costs.strided * found.stride * max(fused / taps.support, 1.0)
    if found.count > 1:
        in_place = row or (repeat and (few or fused > 0))
        total += costs.interleave if in_place else costs.stack
    return total + (costs.ends if found.ends is not None else 0.0)


def multiplied(taps: Taps, costs: Costs) -> float:
    """An output of a matrix product."""
    return taps.n * costs.product
