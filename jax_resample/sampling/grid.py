"""Normalised grids: sampling at coordinates in [-1, 1], and the grid of an affine map."""

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .. import checks, dtypes
from ..arithmetic import fma, opaque
from ..lowering.shards import split_axes
from .point_taps import CONSTANT, NEAREST, SKIP, taps_at
from .sample import arrange, sample_taps

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Num

MODES: dict[str, str] = {"bilinear": "triangle", "nearest": NEAREST, "bicubic": "cubic(-0.75)"}


class Padding(NamedTuple):
    """The boundary that a padding mode names, by ``align_corners``."""

    half_pixel: str
    corners: str


# PyTorch's vector kernel serves two dimensions, and its scalar kernel three. They land elsewhere at
# coordinates that are not numbers or too large, and round the map from the grid to pixels differently.
PADDINGS: dict[str, Padding] = {
    "zeros": Padding(CONSTANT, CONSTANT),
    "border": Padding("clamp", "clamp"),
    "reflection": Padding("reflect", "mirror"),
}
SCALAR_PADDINGS: dict[str, Padding] = {
    "zeros": Padding(SKIP, SKIP),
    "border": Padding("clamp (scalar)", "clamp (scalar)"),
    "reflection": Padding("reflect (scalar)", "mirror (scalar)"),
}
_SCALAR_DIMENSIONS = 3


def grid_sample(
    x: "Num[Array, 'batch *spatial channels']",
    grid: "Float[Array, 'batch *points dimensions']",
    *,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> "Num[Array, 'batch *points channels']":
    """Samples a channels-last batch at normalised coordinates, with PyTorch's numbers.

    **Convention.** The last axis of ``grid`` is ``(x, y)`` or ``(x, y, z)``: the first component runs along
    the *last* spatial axis. With ``align_corners=False`` -1 and 1 are the outer edges of the first and last
    pixels: ``g`` lies at pixel ``((g + 1) n - 1) / 2``. With ``align_corners=True`` they are those pixels'
    centres: ``g`` lies at ``(g + 1) (n - 1) / 2``. Results equal ``torch.nn.functional.grid_sample`` of
    PyTorch 2.13 wherever that accepts the input; other ranks follow the formulas of two dimensions.

    Args:
      x: ``(batch, *spatial, channels)`` with ``D`` spatial axes.
      grid: ``(batch, *points, D)``, floating, normalised; any number of axes of points. A batch of 1 on
        either side serves all of the other. Its dtype need not be ``x``'s.
      mode: ``"bilinear"`` (linear along every axis), ``"nearest"`` (halves to the even pixel) or
        ``"bicubic"`` (a = -0.75).
      padding_mode: ``"zeros"``; ``"border"``, the nearest pixel; or ``"reflection"``, at the edges that -1
        and 1 stand for.
      align_corners: which grid map to use.

    Returns:
      ``(batch, *points, channels)`` in ``x``'s dtype. Coordinates and weights are computed in float32, in
      float64 where either argument is; bfloat16 and float16 are computed in float32 and rounded once, where
      PyTorch rounds every operation.

    Gradients reach ``x`` and ``grid`` in every order and mode and equal PyTorch's: one-sided at whole
    coordinates, zero where "border" or "zeros" make the result constant. Coordinates that are NaN, infinite
    or huge read what they read in PyTorch, and never out of bounds. A NaN sample reaches only the results
    that give it a weight other than zero.

    Raises:
      ValueError: an unknown mode or padding mode, or shapes that do not fit.
      TypeError: a grid that is not floating, a dtype that cannot be averaged, a flag that is no bool.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> images, grid = jnp.arange(4.0).reshape(1, 2, 2, 1), jnp.array([[[0.0, 0.0], [-1.0, 1.0]]])
      >>> jr.grid_sample(images, grid, align_corners=True)[..., 0]
      Array([[1.5, 2. ]], dtype=float32)
    """
    return sample_grid(x, grid, mode=mode, padding_mode=padding_mode, align_corners=align_corners)


def sample_grid(
    x: Any, grid: Any, *, mode: str, padding_mode: str, align_corners: Any, channels_first: bool = False
) -> jax.Array:
    """`grid_sample`, whose image and result have their channels before the spatial axes if asked."""
    x, grid = checks.as_array(x, "x"), checks.as_array(grid, "grid")
    if channels_first:
        x = jnp.moveaxis(x, 1, -1)
    checks.one_of(mode, MODES, "mode")
    checks.one_of(padding_mode, PADDINGS, "padding_mode")
    align = checks.a_bool(align_corners, "align_corners")
    checks.a_floating(grid, "grid")
    spatial = x.ndim - 2
    if grid.ndim < 2 or spatial < 1 or grid.shape[-1] != spatial:
        rule = "be (batch, *points, D) for `x` of shape (batch, *spatial, channels) with D spatial axes"
        checks.refuse("grid", rule, f"shape {grid.shape} with `x` of shape {x.shape}")
    if x.shape[0] != grid.shape[0] and 1 not in (x.shape[0], grid.shape[0]):
        checks.refuse("grid", "have the batch of `x`, or 1", f"shape {grid.shape} for {x.shape}")
    checks.static_lengths(x, range(1, x.ndim - 1), "x")
    if mode != "nearest":
        checks.a_weighable(x, unless=", unless samples are only moved", used=f" with mode {mode!r}")
    options = {"mode": mode, "padding_mode": padding_mode, "align_corners": align}
    return _grid_sample(x, grid, **options, channels_first=channels_first)


@partial(jax.jit, static_argnames=("mode", "padding_mode", "align_corners", "channels_first"))
def _grid_sample(
    x: jax.Array, grid: jax.Array, *, mode: str, padding_mode: str, align_corners: bool, channels_first: bool
) -> jax.Array:
    """Pixels from normalised coordinates, then as `jax_resample.sample`.

    The channels of ``x`` come last; ``channels_first`` tells where they lie in memory, and are in the result.
    """
    with jax.named_scope("jax_resample"):
        spatial = x.ndim - 2
        kind = np.promote_types(dtypes.compute_dtype(x.dtype), dtypes.compute_dtype(grid.dtype))
        images, points, groups = arrange(x, grid.astype(kind), tuple(range(1, 1 + spatial)))
        scalar = spatial == _SCALAR_DIMENSIONS
        boundary = (SCALAR_PADDINGS if scalar else PADDINGS)[padding_mode][align_corners]
        taps = []
        for axis, n in enumerate(x.shape[1:-1]):
            g = points[..., spatial - 1 - axis]
            u = pixel(g, n, align_corners=align_corners, scalar=scalar)
            taps.append(taps_at(u, n, MODES[mode], boundary))
        y = sample_taps(images, taps, contiguous=True, channels_first=channels_first)
        if not channels_first:
            return split_axes(y, groups)
        of_batch, (batch, *places), channels = groups[0], (*groups[0], *groups[1]), groups[2]
        if not of_batch:
            y = split_axes(y, ((), (batch, prod(places)), channels))
        return split_axes(jnp.moveaxis(y, -1, 1), ((batch,), channels, places))


def pixel(g: jax.Array, n: int, *, align_corners: bool, scalar: bool = False) -> jax.Array:
    """Pixel coordinates of normalised ones, rounded as PyTorch's vector or scalar kernel rounds them.

    The vector kernel fuses the product with the half that is taken off, as XLA does; the scalar one does not.
    Halving is exact. Otherwise products are rounded before anything is taken off.
    """
    real = g.dtype.type
    shifted = g + real(1)
    if align_corners:
        return opaque(shifted * (real(n - 1) / real(2)), g, jnp)
    if scalar:
        return (opaque(shifted * real(n), g, jnp) - real(1)) * real(0.5)
    # Opaque, or XLA cancels the half against the one that reflection adds, and rounds once less.
    return opaque(fma(shifted, real(n) / real(2), real(-0.5), jnp), g, jnp)


def affine_grid(
    theta: "Float[Array, '*batch D D+1']", size: int | Sequence[int], *, align_corners: bool = False
) -> "Float[Array, '*batch *size D']":
    """The normalised grid of an affine map of ``D`` spatial axes, for `grid_sample`.

    **Convention.** ``theta`` maps *output* positions to input positions, both normalised and in the order
    ``(x, y[, z])``: ``grid = theta[..., :-1] @ (x, y, ..) + theta[..., -1]``, with ``x`` along the last axis
    of ``size``. With ``align_corners=True`` the first and last output positions are -1 and 1; else they are
    the centres of the outermost pixels, ``-1 + 1 / n`` and ``1 - 1 / n``. One position alone lies at 0.
    Results equal ``torch.nn.functional.affine_grid`` of PyTorch 2.13, bit for bit in float32 and float64.

    Args:
      theta: ``(*batch, D, D + 1)``, floating.
      size: lengths of the ``D`` output axes, outermost first; one integer serves all of them.
      align_corners: what -1 and 1 stand for, as in `grid_sample`.

    Returns:
      ``(*batch, *size, D)`` in ``theta``'s dtype, computed in float32 or better and rounded once; linear in
      ``theta``.

    Raises:
      ValueError: a shape of ``theta`` or a size that does not fit.
      TypeError: ``theta`` is not floating, sizes are not static integers, a flag that is no bool.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> identity = jnp.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
      >>> jr.affine_grid(identity, (1, 2))
      Array([[[-0.5,  0. ],
              [ 0.5,  0. ]]], dtype=float32)
    """
    theta = checks.as_array(theta, "theta")
    align = checks.a_bool(align_corners, "align_corners")
    checks.a_floating(theta, "theta")
    if theta.ndim < 2 or theta.shape[-2] < 1 or theta.shape[-1] != theta.shape[-2] + 1:
        checks.refuse("theta", "be (*batch, D, D + 1)", f"shape {theta.shape}")
    count = theta.shape[-2]
    sizes = checks.sizes_per_axis(size, count, "size")
    return _affine_grid(theta, sizes=sizes, align_corners=align)


@partial(jax.jit, static_argnames=("sizes", "align_corners"))
def _affine_grid(theta: jax.Array, *, sizes: tuple[int, ...], align_corners: bool) -> jax.Array:
    """Products and sums in PyTorch's order, each rounded."""
    kind, count = dtypes.compute_dtype(theta.dtype), len(sizes)
    wide = theta.astype(kind)
    batch = theta.shape[:-2]

    def entry(row: int, column: int) -> jax.Array:
        return wide[..., row, column].reshape(*batch, *(1 for _ in sizes))

    def component(row: int) -> jax.Array:
        total: Any = None
        for column in range(count):
            axis = count - 1 - column
            places = _positions(sizes[axis], align_corners, kind)
            along = places.reshape(*(1 for _ in batch), *(-1 if a == axis else 1 for a in range(count)))
            factor = entry(row, column)
            product = opaque(factor * along, factor, jnp)
            total = product if total is None else total + product
        return jnp.broadcast_to(total + entry(row, count), (*batch, *sizes))

    return jnp.stack([component(row) for row in range(count)], axis=-1).astype(theta.dtype)


def _positions(n: int, align_corners: bool, kind: str) -> np.ndarray:
    """Normalised positions of ``n`` samples: from either end to the middle, in PyTorch's rounding."""
    real = np.dtype(kind).type
    if n == 1:
        return np.zeros(1, kind)
    step, i = real(2) / real(n - 1), np.arange(n).astype(kind)
    places = np.where(np.arange(n) < n // 2, fma(step, i, real(-1)), fma(-step, real(n - 1) - i, real(1)))
    return places if align_corners else places * real(n - 1) / real(n)
