"""Matrix products: the lowering for matrix units, dense on short axes and by blocks on long ones.

A product multiplies every sample it loads, most by zero, so a NaN or an infinity spreads along its axis; ask
for ``lowering="gather"`` where it must not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import prod

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .. import dtypes
from ..taps import Taps
from .blocks import apply_blocks

# From how many weights on a matrix is multiplied by blocks; figures are kilocycles that the compiler expects
# of a v5e, dense and by blocks. The pass on the larger side of the array, first when shrinking and last when
# growing, gains early: 121 and 61 for 512 squared to 1024, but 59 and 68 for 333x500 to 480x640.
_BLOCKS_GROWING = 3 << 16
# 16 images of 500x375 to 224: 333 and 261 in float32, 161 and 135 in bfloat16.
_BLOCKS_SHRINKING = 100_000
# The other pass: 389 and 160 for 1024 squared to 2048, but 141 and 160 for a row of 500 to 1920.
_BLOCKS_OTHERWISE = 1 << 21
# Arrays of more bytes than this do not stay in the fast memory. Cutting them into slabs, or joining them of
# blocks, costs more than short axes save: 3000x4000 to 224 squared 860 and 1505, the reverse 953 and 1553.
_LARGE = 1 << 26
_SHORT = 512
# A bfloat16 image that shrinks more than this many times is multiplied as fast as it is read, and so is one
# whose weights take a single pass (28 and 38 for 1024 squared to 256).
_MUCH = 4
# The width of a TPU's matrix unit, which shorter axes do not fill.
_UNIT = 128
# Integers that bfloat16 holds exactly.
_BYTES = ("uint8", "int8")


@dataclass(frozen=True)
class Place:
    """Which of how many passes; between those that shrink and those that grow the array is smallest."""

    number: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        """Whether it reads the image."""
        return self.number == 0

    @property
    def last(self) -> bool:
        """Whether it writes the result."""
        return self.number == self.count - 1


def apply_matrices(x: jax.Array, passes: Sequence[tuple[int, Taps]], platform: str) -> jax.Array:
    """``x`` resampled along every axis in ``passes``, in their order (`order` finds one), not yet rounded.

    The image enters as it is and not widened. On a TPU a bfloat16 image is computed with 16 bits of each
    operand, in a half or a third of the time that 24 take, since its result is rounded to 8: the sums are off
    by 2**-16 of the largest magnitude, a 128th of a unit, and of the results up to 0.8 % (1.8 % of "area",
    where ties abound) round otherwise than from float32. Any other dtype is computed at full precision.
    """
    rough = platform == "tpu" and x.dtype == jnp.bfloat16
    precision = lax.Precision.HIGH if rough else lax.Precision.HIGHEST
    for number, (axis, taps) in enumerate(passes):
        x = _one_pass(x, taps, axis, precision, Place(number, len(passes)))
    return x


def apply_matrix(x: jax.Array, taps: Taps, axis: int) -> jax.Array:
    """One pass among others that are no products: ``x`` resampled along ``axis`` at full precision."""
    return _one_pass(x, taps, axis, lax.Precision.HIGHEST, Place())


def order(passes: tuple[tuple[int, Taps], ...]) -> tuple[tuple[int, Taps], ...]:
    """Shrinking axes first, the one that shrinks most before the others; then growing axes, from the last.

    Small maps (all growing axes shorter than a matrix unit) grow from the first axis, so that the last pass
    writes rows as they lie.
    """
    small = all(taps.m < _UNIT for _, taps in passes if taps.m > taps.n)

    def place(item: tuple[int, Taps]) -> tuple[bool, float, int]:
        axis, taps = item
        if taps.m > taps.n:
            return True, 0.0, axis if small else -axis
        return False, taps.m / taps.n, axis

    return tuple(sorted(passes, key=place))


def _one_pass(x: jax.Array, taps: Taps, axis: int, precision: lax.Precision, place: Place) -> jax.Array:
    kind = dtypes.compute_dtype(x.dtype)
    if x.dtype != jnp.bfloat16:
        x = x.astype(jnp.bfloat16 if x.dtype.name in _BYTES else kind)
    product = partial(_product, kind=kind, precision=precision)
    if taps.n * taps.m >= _fewest_weights(x, taps, place):
        return apply_blocks(x, taps, axis, product)
    if place == Place(1, 2) and taps.n < taps.m < _UNIT:
        # The second of two small passes then writes the result as it lies (16x16x768 to 37x37: 123 and not
        # 131); the last of three does not (16x16x8 volumes doubled: 73 and not 51).
        image_first = (((axis,), (1,)), ((), ()))
        return jnp.moveaxis(product(taps.as_matrix(), x, image_first, swapped=True), -1, axis)
    # The matrix comes first: a TPU then transposes less (2x of 8x64x64x64: 297 and not 334 kilocycles).
    return jnp.moveaxis(product(taps.as_matrix(), x, (((1,), (axis,)), ((), ()))), 0, axis)


def _fewest_weights(x: jax.Array, taps: Taps, place: Place) -> int:
    """From how many weights on blocks are faster than the dense matrix."""
    numbers = prod(n for n in x.shape if isinstance(n, int)) // taps.n * max(taps.n, taps.m)
    if min(taps.n, taps.m) < _SHORT and numbers * x.dtype.itemsize > _LARGE:
        return _BLOCKS_OTHERWISE
    if taps.m > taps.n:
        return _BLOCKS_GROWING if place.last else _BLOCKS_OTHERWISE
    if not place.first:
        return _BLOCKS_OTHERWISE
    one_pass = _narrow(taps.weights) is not None
    if x.dtype == jnp.bfloat16 and (one_pass or taps.n > _MUCH * taps.m):
        return _BLOCKS_OTHERWISE
    return _BLOCKS_SHRINKING


def _product(
    weights: np.ndarray,
    x: jax.Array,
    dimensions: lax.DotDimensionNumbers,
    *,
    kind: str,
    precision: lax.Precision,
    swapped: bool = False,
) -> jax.Array:
    """The product in dtype ``kind``.

    float32 weights that bfloat16 holds exactly, such as those of doubling, enter as bfloat16: a TPU then
    makes half as many passes, and a single one over a bfloat16 image.
    """
    narrow = _narrow(weights)
    operand = jnp.asarray(weights, kind) if narrow is None else jnp.asarray(narrow)
    exact = operand.dtype == x.dtype == jnp.bfloat16
    return lax.dot_general(
        *((x, operand) if swapped else (operand, x)),
        dimensions,
        precision=lax.Precision.DEFAULT if exact else precision,
        preferred_element_type=jnp.dtype(kind),
    )


def _narrow(weights: np.ndarray) -> np.ndarray | None:
    """float32 weights as bfloat16, or None where that would round one."""
    if weights.dtype != np.float32:
        return None
    narrow = weights.astype(jnp.bfloat16)
    return narrow if (narrow.astype(weights.dtype) == weights).all() else None
