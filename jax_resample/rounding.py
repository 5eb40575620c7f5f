"""Which sample a nearest-neighbour lookup picks: the rounding table.

The first rows round the coordinate, whatever map it comes from. The others are libraries' own routes to an
index, which round in between. PyTorch has two kernels for the same mode that disagree in about 2 % of random
cases: its *compact* kernel serves 2-D maps with ``out_height + out_width <= 128``, its *general* kernel
everything else.
"""

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from .coordinates import asymmetric, floor_index, half_pixel, step

if TYPE_CHECKING:
    from .axis import Axis

# A rule gives the index that each output reads, as an integer array; `build` clips it to the input.
Rule = Callable[..., Any]


def _of_coordinate(pick: Callable[[Any, ModuleType], Any]) -> Rule:
    def rule(axis: "Axis", xp: ModuleType = np) -> Any:
        return pick(axis.coordinates(xp), xp).astype(xp.int32)

    return rule


def _torch_step(axis: "Axis", dtype: Any, xp: ModuleType) -> Any:
    return step(axis.n, axis.m, align_corners=False, factor=axis.factor, dtype=dtype, xp=xp)


def _torch_floor(axis: "Axis", xp: ModuleType = np, dtype: Any = None) -> Any:
    """``floor(i * step)``: PyTorch's legacy nearest, which samples the corner of each output pixel."""
    return floor_index(asymmetric(_torch_step(axis, dtype or axis.real, xp), axis.m, xp), axis.n, xp)


def _torch_floor_compact(axis: "Axis", xp: ModuleType = np) -> Any:
    """The same in float32 for every dtype, with equal and doubled sizes taken for themselves."""
    if axis.m == axis.n:
        return xp.arange(axis.m)
    if axis.m == 2 * axis.n:
        return xp.arange(axis.m) // 2
    return _torch_floor(axis, xp, np.float32)


def _torch_exact(axis: "Axis", xp: ModuleType = np) -> Any:
    """The sample nearest to the half-pixel coordinate, ties upwards."""
    size = _torch_step(axis, axis.real, xp)
    u = xp.maximum(half_pixel(size, axis.m, xp), size.dtype.type(0))
    return floor_index(u.astype(xp.float64) + 0.5, axis.n, xp)


def _torch_exact_compact(axis: "Axis", xp: ModuleType = np) -> Any:
    """The same as ``floor((i + 1/2) * step)`` with a float32 step and a double product."""
    size = _torch_step(axis, np.float32, xp)
    return floor_index((xp.arange(axis.m) + 0.5) * size.astype(xp.float64), axis.n, xp)


def _floor_of_centre(axis: "Axis", xp: ModuleType = np) -> Any:
    """``floor((i + 1/2) * step + b0)``: the sample whose pixel holds the centre (TensorFlow 2)."""
    size = axis.step(xp)
    centre = (xp.arange(axis.m, dtype=size.dtype) + size.dtype.type(0.5)) * size
    return xp.floor(centre if axis.box is None else centre + axis.box[0]).astype(xp.int32)


def _floor_of_product(axis: "Axis", xp: ModuleType = np) -> Any:
    """``floor((i + 1/2) * (n * (1 / m)))`` in float32, as XLA rewrites jax.image's ``(i + 1/2) * n / m``."""
    size = np.float32(axis.n) * (np.float32(1) / np.float32(axis.m))
    return xp.floor((xp.arange(axis.m, dtype=np.float32) + np.float32(0.5)) * size).astype(xp.int32)


def _mlx_nearest(axis: "Axis", xp: ModuleType = np) -> Any:
    """The coordinate rounded half to even where the axis grows, else ``floor(i * step + b0)``."""
    if axis.m > axis.n:
        return xp.round(axis.coordinates(xp)).astype(xp.int32)
    first = (axis.box or (0, axis.n))[0]
    return xp.floor(asymmetric(axis.step(xp), axis.m, xp) + first).astype(xp.int32)


def _running_sum(axis: "Axis", xp: ModuleType = np) -> Any:
    """Centres added up one step after the other in float64 (Pillow; OpenCV's NEAREST_EXACT)."""
    size = axis.step(xp)
    first = (axis.box or (0.0, 0.0))[0] + size / 2
    steps = xp.concatenate([xp.full(1, first), xp.full(max(axis.m - 1, 0), size)])
    return xp.trunc(xp.cumsum(steps)[: axis.m]).astype(xp.int32)


ROUNDINGS: dict[str, Rule] = {
    "floor": _of_coordinate(lambda u, xp: xp.floor(u)),
    "ceil": _of_coordinate(lambda u, xp: xp.ceil(u)),
    "half down": _of_coordinate(lambda u, xp: xp.ceil(u - u.dtype.type(0.5))),
    "half up": _of_coordinate(lambda u, xp: xp.floor(u + u.dtype.type(0.5))),
    "half even": _of_coordinate(lambda u, xp: xp.round(u)),
    "floor of centre": _floor_of_centre,
    "floor of product": _floor_of_product,
    "running sum": _running_sum,
    "mlx-nearest": _mlx_nearest,
    "torch-floor": _torch_floor,
    "torch-floor-compact": _torch_floor_compact,
    "torch-exact": _torch_exact,
    "torch-exact-compact": _torch_exact_compact,
}
