"""Sampling at coordinates: one code path for every rank, kernel and boundary."""

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import checks, dtypes
from ..kernels import Kernel, find_kernel
from ..lowering.points import gather_points
from ..lowering.shards import OF_TAPS, OF_VALUES, by_shards, merge_axes, of_image, placed, split_axes
from ..resize import normalised_axes
from .point_taps import CONSTANT, NEAREST, PointTaps, taps_at

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Num

# Short names of kernels.
SHORT_NAMES: dict[str, str] = {
    "linear": "triangle",
    "bilinear": "triangle",
    "trilinear": "triangle",
    "cubic": "cubic(-0.75)",
    "bicubic": "cubic(-0.75)",
    "lanczos": "lanczos3",
}
BOUNDARIES: tuple[str, ...] = (CONSTANT, "clamp", "reflect", "mirror", "wrap")

# For each of several axes the lengths of those that it was merged from.
Groups = tuple[tuple[Any, ...], ...]


def sample(
    x: "Num[Array, '...']",
    coordinates: "Float[Array, '... dimensions']",
    *,
    axes: int | Sequence[int] | None = None,
    kernel: str | Kernel = "linear",
    boundary: str = CONSTANT,
    cval: "float | Array" = 0.0,
) -> "Num[Array, '...']":
    """Samples an array at points given in pixel coordinates.

    **Convention.** Coordinate ``i`` of an axis is the centre of its sample ``i``; its outer edges are at
    ``-1/2`` and ``n - 1/2``. The last axis of ``coordinates`` holds one coordinate for each sampled axis, in
    the order of ``axes`` (row before column, unlike the ``(x, y)`` of a grid for `grid_sample`). Axes of
    ``x`` before the first sampled one are batch axes: ``coordinates`` begins with the same ones, of equal
    length or 1 on either side. All other axes of ``x`` are channels and come last in the result.

    ==========  ===================================  ==============================================
    boundary    what lies outside ``a b c d``        also called
    ==========  ===================================  ==============================================
    constant    ``k k k | a b c d | k k k``          PyTorch's zeros; SciPy's grid-constant
    clamp       ``a a a | a b c d | d d d``          PyTorch's border; SciPy's nearest
    reflect     ``c b a | a b c d | d c b``          PyTorch's reflection with align_corners=False
    mirror      ``d c b | a b c d | c b a``          PyTorch's reflection with align_corners=True
    wrap        ``b c d | a b c d | a b c``          SciPy's grid-wrap
    ==========  ===================================  ==============================================

    Args:
      x: array of any rank.
      coordinates: ``(*batch, *points, D)``, floating, in pixels; any number of axes of points, none included.
      axes: the ``D`` axes to sample. By default all axes of an array with ``D`` of them, and those of a
        channels-last batch, ``1`` to ``D``, of an array with ``D + 2``.
      kernel: ``"nearest"`` (halves to the even side), ``"linear"``, ``"cubic"`` (a = -0.75), ``"lanczos"``
        (three lobes), another name of the kernel table such as ``"cubic(-0.5)"``, or a `Kernel`. Weights
        of kernels that do not sum to one are normalised.
      boundary: what a tap outside reads.
      cval: the constant of ``boundary="constant"``; may be traced and is differentiable.

    Returns:
      ``(*batch, *points, *channels)`` in ``x``'s dtype. Coordinates and weights are computed in float32, in
      float64 where either argument is, and sums in float32 (float64 for float64); the result is rounded
      once. Integers of at most 16 bits are rounded half to even and clipped; "nearest" takes any dtype.

    Gradients reach ``x``, ``cval`` and, except with "nearest", ``coordinates``, in every order and mode. At a
    whole coordinate the derivative is the one towards the next sample. It is zero where a boundary makes
    the result constant: outside "clamp", its first and last samples included, and far outside "constant".

    Coordinates are never read out of bounds, whatever they are. A NaN coordinate makes a NaN, and so does an
    infinite one with "constant"; with "nearest" they read the constant. Where the kernel reads one or two
    samples, "clamp", "reflect" and "mirror" fold the coordinate itself, and a NaN reads sample 0, as in
    PyTorch's two-dimensional kernel. A NaN sample reaches only the results that give it a weight; on a TPU,
    where maps of up to 1024 pixels are multiplied as matrices, all results of its image.

    Raises:
      ValueError: a shape, an axis, a kernel or a boundary that does not fit the above.
      TypeError: coordinates that are not floating, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> jr.sample(jnp.array([0.0, 10.0, 20.0]), jnp.array([[0.5], [1.25], [9.0]]))
      Array([ 5. , 12.5,  0. ], dtype=float32)
      >>> images, points = jnp.ones((8, 32, 32, 3)), jnp.full((8, 100, 2), 15.5)
      >>> jr.sample(images, points, kernel="cubic", boundary="clamp").shape
      (8, 100, 3)
    """
    x, coordinates = checks.as_array(x, "x"), checks.as_array(coordinates, "coordinates")
    checks.a_floating(coordinates, "coordinates")
    if coordinates.ndim == 0 or coordinates.shape[-1] == 0:
        rule = "have a last axis with one coordinate for each sampled axis"
        checks.refuse("coordinates", rule, f"shape {coordinates.shape}")
    sampled = sampled_axes(x, axes, coordinates)
    checks.static_lengths(x, sampled, "x")
    checks.one_of(boundary, BOUNDARIES, "boundary")
    kernel = check_kernel(kernel)
    if kernel != NEAREST:
        checks.a_weighable(x, unless=", unless samples are only moved", used=f" with kernel {kernel!r}")
    return sample_checked(
        x, coordinates, constant_of(cval, boundary), axes=sampled, kernel=kernel, boundary=boundary
    )


def check_kernel(kernel: str | Kernel) -> str | Kernel:
    """The table's name of a kernel, or a `Kernel`, or an error."""
    if isinstance(kernel, Kernel) or kernel == NEAREST:
        return kernel
    if not isinstance(kernel, str):
        checks.refuse("kernel", "be a name or a Kernel", repr(kernel), TypeError)
    name = SHORT_NAMES.get(kernel, kernel)
    find_kernel(name)
    return name


def constant_of(cval: Any, boundary: str) -> jax.Array | None:
    """The constant as a scalar array; None where it is zero and there is nothing to add."""
    if isinstance(cval, (jax.Array, np.ndarray)):
        if cval.ndim or not jnp.issubdtype(cval.dtype, jnp.floating):
            checks.refuse("cval", "be one real number", f"shape {cval.shape} and dtype {cval.dtype}")
    elif checks.a_number(cval, "cval") == 0:
        return None
    if boundary != CONSTANT:
        checks.refuse("cval", f"be 0 unless `boundary` is {CONSTANT!r}", f"{cval!r} with {boundary!r}")
    return jnp.asarray(cval)


def sampled_axes(x: jax.Array, axes: Any, coordinates: jax.Array) -> tuple[int, ...]:
    """The sampled axes, checked against the coordinates."""
    count = coordinates.shape[-1]
    if axes is not None:
        sampled = normalised_axes(x, axes)
        if len(sampled) != count:
            rule = f"name one axis for each of the {count} coordinates of a point"
            checks.refuse("axes", rule, repr(axes))
    elif x.ndim == count:
        sampled = tuple(range(count))
    elif x.ndim == count + 2:
        sampled = tuple(range(1, count + 1))
    else:
        rule = f"have {count} axes, or {count + 2} with a batch and channels, unless `axes` are given"
        checks.refuse("x", rule, f"shape {x.shape}")
    batch = x.shape[: min(sampled)]
    given = coordinates.shape[:-1][: len(batch)]
    if len(given) < len(batch) or any(1 not in (a, b) and a != b for a, b in zip(batch, given, strict=True)):
        rule = f"begin with the batch axes of `x`, {batch}, each of them or 1"
        checks.refuse("coordinates", rule, f"shape {coordinates.shape}")
    return sampled


@partial(jax.jit, static_argnames=("axes", "kernel", "boundary"))
def sample_checked(
    x: jax.Array,
    coordinates: jax.Array,
    cval: jax.Array | None,
    *,
    axes: tuple[int, ...],
    kernel: str | Kernel,
    boundary: str,
) -> jax.Array:
    """Brings both arrays into the form of the core and the result out of it."""
    with jax.named_scope("jax_resample"):
        kind = np.promote_types(dtypes.compute_dtype(x.dtype), dtypes.compute_dtype(coordinates.dtype))
        images, points, groups = arrange(x, coordinates.astype(kind), axes)
        lengths = images.shape[1:-1]
        taps = [taps_at(points[..., a], n, kernel, boundary) for a, n in enumerate(lengths)]
        return split_axes(sample_taps(images, taps, cval, contiguous=boundary != "wrap"), groups)


def arrange(
    x: jax.Array, coordinates: jax.Array, axes: tuple[int, ...]
) -> tuple[jax.Array, jax.Array, Groups]:
    """``x`` as ``(B, *spatial, C)``, coordinates as ``(B, P, D)``, and lengths in the result of ``B, P, C``.

    Batch axes merge; a batch of 1 serves the points of a longer one, which are then points of one image,
    without being repeated.
    """
    first = min(axes)
    batch = jnp.broadcast_shapes(x.shape[:first], coordinates.shape[:first])
    channels = tuple(a for a in range(first, x.ndim) if a not in axes)
    inner = tuple(x.shape[a] for a in channels)
    points = coordinates.shape[first:-1]
    x = x.transpose((*range(first), *axes, *channels))
    shared = all(length == 1 for length in x.shape[:first])
    if not shared:
        x = jnp.broadcast_to(x, (*batch, *x.shape[first:]))
    coordinates = jnp.broadcast_to(coordinates, (*batch, *coordinates.shape[first:]))
    groups = ((), (*batch, *points), inner) if shared else (batch, points, inner)
    images = merge_axes(x, (first, *(1 for _ in axes), len(inner)))
    return images, merge_axes(coordinates, (len(groups[0]), len(groups[1]), 1)), groups


def sample_taps(
    x: jax.Array,
    taps: Sequence[PointTaps],
    cval: jax.Array | None = None,
    *,
    contiguous: bool = False,
    channels_first: bool = False,
) -> jax.Array:
    """``(B, *spatial, C)`` and taps ``(B, P, K)`` of each axis to ``(B, P, C)``, rounded once to its dtype.

    What lies outside a constant boundary is ``cval``, 0 if it is None. ``contiguous`` says that the indices
    of each point are neighbours in ascending order, as `fold_taps` makes them unless the boundary wraps, and
    ``channels_first`` that the caller transposes both arrays from and to channels first.
    """
    if jnp.issubdtype(x.dtype, jnp.complexfloating):
        of = partial(sample_taps, taps=taps, contiguous=contiguous, channels_first=channels_first)
        return jax.lax.complex(of(x.real, cval=cval), of(x.imag))
    if not dtypes.is_weighable(x.dtype):
        return _moved(x, taps, cval)
    kind = dtypes.compute_dtype(x.dtype)
    weights = tuple(t.weights.astype(kind) for t in taps)
    index = tuple(t.index for t in taps)
    total = gather_points(x, index, weights, contiguous=contiguous, channels_first=channels_first)
    if cval is not None:
        total = total + cval.astype(kind) * _outside(taps).astype(kind)[..., None]
    return dtypes.round_to(total, x.dtype)


def _outside(taps: Sequence[PointTaps]) -> jax.Array:
    """The weight ``(B, P)`` of all taps that lie outside a constant boundary."""
    inside = prod((t.weights.sum(axis=-1) for t in taps[1:]), start=taps[0].weights.sum(axis=-1))
    every = [t.weights.sum(axis=-1) + (0 if t.missing is None else t.missing) for t in taps]
    return prod(every[1:], start=every[0]) - inside


def _moved(x: jax.Array, taps: Sequence[PointTaps], cval: jax.Array | None) -> jax.Array:
    """Samples of any dtype, unweighted; there is one tap an axis."""

    def pick(x: jax.Array, *index: jax.Array) -> jax.Array:
        return x[(jnp.arange(x.shape[0])[:, None], *(i[..., 0] for i in index))]

    roles = of_image(len(taps)), *(OF_TAPS for _ in taps)
    operands = placed((x, *(t.index for t in taps)), roles)
    y = by_shards(pick, operands, roles, OF_VALUES)
    outside = _outside(taps) != 0
    constant = jnp.zeros((), x.dtype) if cval is None else dtypes.round_to(cval, x.dtype)
    return jnp.where(outside[..., None], constant, y)
