"""What a pass should cost on each platform: a few constants and the counts that they multiply.

Nanoseconds, of which only the ratios carry over to another machine. The CPU's are set so that they rank
schedules as two cores of an AMD EPYC did, which ran the orders, lowerings and storage of the passes of the
cases of ``python -m benchmarks cpu`` in turn (docs/lowering.md). The TPU's are rough figures for a v5e at
1.5 GHz by its compiler's estimates (``benchmarks/results/tpu-v5e.json``): there the choice is a rule and
does not rest on them. The GPUs' are not measured, but follow from a memory of 3 TB/s.
"""

from dataclasses import dataclass

from ..taps import Taps
from .phases import pattern


@dataclass(frozen=True)
class Costs:
    """What a platform charges, in nanoseconds.

    Attributes:
      program: starting a program of its own, with its threads and, on a CPU, what keeps it apart.
      store: a number written to memory and read again.
      vector_tap: one product of a gather that copies vectors.
      scalar_tap: one product of any other gather.
      slice_tap: one product of a contiguous slice.
      strided_tap: one product of a strided slice, for each sample of the stride, as vectors are loaded whole.
      interleave: a number put in its place among the phases.
      product: one product inside a matrix product.
    """

    program: float
    store: float
    vector_tap: float
    scalar_tap: float
    slice_tap: float
    strided_tap: float
    interleave: float
    product: float


_GPU = Costs(
    program=3000.0,
    store=0.003,
    vector_tap=0.0005,
    scalar_tap=0.0005,
    slice_tap=0.0005,
    strided_tap=0.001,
    interleave=0.003,
    product=0.0001,
)

COSTS: dict[str, Costs] = {
    "cpu": Costs(
        program=200_000.0,
        store=0.4,
        vector_tap=0.04,
        scalar_tap=0.45,
        slice_tap=0.03,
        strided_tap=0.15,
        interleave=0.4,
        product=0.0125,
    ),
    "cuda": _GPU,
    "rocm": _GPU,
    "tpu": Costs(
        program=1000.0,
        store=0.01,
        vector_tap=0.05,
        scalar_tap=0.05,
        slice_tap=0.1,
        strided_tap=0.3,
        interleave=0.1,
        product=0.00005,
    ),
}
PLATFORMS: tuple[str, ...] = tuple(COSTS)


def gathered(taps: Taps, each: float, costs: Costs, *, vector: bool) -> float:
    """An output of a gather each of whose samples costs ``each`` to evaluate."""
    return taps.support * ((costs.vector_tap if vector else costs.scalar_tap) + each)


def sliced(taps: Taps, each: float, costs: Costs) -> float:
    """An output of slices, likewise."""
    found = pattern(taps)
    assert found is not None, taps
    one = costs.slice_tap if found.stride == 1 else costs.strided_tap * found.stride
    place = costs.interleave if len(found.phases) > 1 else 0.0
    return taps.support * (one + each) + place


def multiplied(taps: Taps, costs: Costs) -> float:
    """An output of a matrix product."""
    return taps.n * costs.product
