"""Warps: what they equal, where they alias, their gradients and every transform."""

from functools import partial
from typing import Any, NamedTuple

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import PartitionSpec

import jax_resample as jr
from jax_resample.kernels import find_kernel
from jax_resample.sampling import footprint, projective

from .derivatives import check_derivatives
from .tolerances import unit

# A coordinate of a warp is a sum of rounded products: a few units in its last place, and what is read there
# moves by as much times the difference of neighbouring samples.
COORDINATE_ULPS = 4.0


def sample_of(shape, seed=0, dtype=np.float32):
    return jnp.asarray(np.random.default_rng(seed).standard_normal(shape).astype(dtype))


def shrinking(lengths, sizes):
    """The half-pixel map from ``sizes`` outputs to ``lengths`` inputs."""
    steps = np.array(lengths) / np.array(sizes)
    return np.concatenate([np.diag(steps), (steps[:, None] - 1) / 2], axis=1)


def turned(angle, lengths, scale=1.0):
    """A turn about the middle of an image, which also shrinks it ``scale`` times."""
    linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = (np.array(lengths) - 1) / 2
    return np.concatenate([linear, (middle - linear @ middle)[:, None]], axis=1)


@pytest.mark.parametrize("kernel", ["linear", "cubic", "lanczos"])
@pytest.mark.parametrize(
    ("lengths", "sizes"), [((30,), (7,)), ((24, 18), (8, 12)), ((12, 10), (12, 15)), ((8, 9, 6), (4, 3, 6))]
)
def test_shrinking_is_the_antialiased_resize(kernel, lengths, sizes):
    x = sample_of((2, *lengths, 3))
    mine = jr.warp_affine(x, shrinking(lengths, sizes), sizes, kernel=kernel, antialias=True, boundary="drop")
    # Axes that grow are interpolated by warps; `resize` with antialias drops what lies outside there too.
    expected = jr.resize(x, sizes, method=kernel, antialias=True)
    allowed = COORDINATE_ULPS * unit("float32", np.array(max(lengths))) * float(jnp.abs(x).max()) * 4
    chex.assert_trees_all_close(mine, expected, rtol=0, atol=allowed)


@pytest.mark.parametrize("kernel", ["linear", "cubic", "lanczos3", "mitchell"])
def test_identity(kernel):
    x = sample_of((1, 9, 7, 2))
    y = jr.warp_affine(x, np.eye(2, 3), kernel=kernel, antialias=True)
    if kernel == "mitchell":  # which does not interpolate
        chex.assert_trees_all_close(y, jr.warp_affine(x, np.eye(2, 3), kernel=kernel), rtol=1e-5, atol=1e-5)
    elif kernel == "lanczos3":
        chex.assert_trees_all_close(y, x, rtol=1e-6, atol=1e-6)
    else:
        chex.assert_trees_all_equal(y, x)


def test_a_turn_is_interpolated_and_keeps_energy():
    rows, columns = jnp.meshgrid(jnp.arange(40.0), jnp.arange(40.0), indexing="ij")
    blob = jnp.exp(-((rows - 17.0) ** 2 + (columns - 22.0) ** 2) / 30)[None, :, :, None]
    matrix = turned(0.4, (40, 40))
    plain, mine = jr.warp_affine(blob, matrix), jr.warp_affine(blob, matrix, antialias=True)
    chex.assert_trees_all_close(mine, plain, rtol=0, atol=2e-6)
    chex.assert_trees_all_close(mine.sum(), blob.sum(), rtol=1e-4)
    # Shrunk, what is left of the sum is the determinant of the map from input to output.
    shrunk = jr.warp_affine(blob, turned(0.4, (40, 40), 2.5), antialias=True)
    chex.assert_trees_all_close(shrunk.sum() * 2.5**2, blob.sum(), rtol=1e-2)


def aliasing(antialias: bool, angle: float, scale: float) -> float:
    """Energy in a shrunk and turned zone plate where its frequency exceeds the output's, over the input's."""
    n, m = 192, 48
    place = np.arange(n) - (n - 1) / 2
    radius = np.hypot(place[:, None], place[None, :])
    plate = np.cos(np.pi / (2 * (n / 2)) * radius**2 * 0.9)  # 0.45 cycles a pixel at the edge
    linear = turned(angle, (n, n), scale)[:, :2]
    matrix = np.concatenate([linear, ((n - 1) / 2 - linear @ np.full(2, (m - 1) / 2))[:, None]], axis=1)
    y = jr.warp_affine(jnp.asarray(plate, jnp.float32), matrix, m, antialias=antialias, boundary="clamp")
    at = (np.arange(m) - (m - 1) / 2) * scale
    at = np.hypot(at[:, None], at[None, :])
    frequency = 0.45 * at / (n / 2) * scale  # cycles to one output pixel
    beyond = (frequency > 0.75) & (at < n / 2)
    return float(np.mean(np.asarray(y)[beyond] ** 2) / 0.5)


@pytest.mark.parametrize("angle", [0.0, 0.5])
def test_a_zone_plate_aliases_less(angle):
    """What lies beyond the output's Nyquist frequency should vanish: bilinear keeps it, footprints do not."""
    assert aliasing(False, angle, 4.0) > 0.3
    assert aliasing(True, angle, 4.0) < 0.003


def test_an_oblique_squeeze_follows_the_direction():
    """Stripes along the direction that is not shrunk survive; stripes across it are averaged away."""
    turn = turned(np.pi / 4, (64, 64))[:, :2]
    linear = turn @ np.diag([5.0, 1.0]) @ turn.T
    matrix = np.concatenate([linear, (31.5 - linear @ np.full(2, 15.5))[:, None]], axis=1)
    rows, columns = np.meshgrid(np.arange(64.0), np.arange(64.0), indexing="ij")
    across = np.cos(2 * np.pi * 0.3 * (rows + columns) / np.sqrt(2))
    along = np.cos(2 * np.pi * 0.1 * (rows - columns) / np.sqrt(2))
    read = partial(jr.warp_affine, matrix=matrix, size=32, antialias=True, boundary="mirror")
    inner = (slice(10, 22), slice(10, 22))
    gone, kept = (read(jnp.asarray(v, jnp.float32))[inner] for v in (across, along))
    assert float(jnp.sqrt(jnp.mean(gone**2))) < 0.05
    assert float(jnp.sqrt(jnp.mean(kept**2))) > 0.5


def test_directions_are_inverse(rng):
    x, matrix = sample_of((1, 8, 9, 2)), turned(0.3, (8, 9))
    inverse = np.linalg.inv(np.concatenate([matrix, [[0, 0, 1]]]))
    expected = jr.warp_affine(x, inverse[:2])
    for given in (matrix, jnp.asarray(matrix, jnp.float32)):
        pushed = jr.warp_affine(x, given, direction="input_to_output")
        chex.assert_trees_all_close(pushed, expected, rtol=1e-4, atol=1e-4)
    homography = np.concatenate([matrix, [[0.01, -0.02, 1]]])
    pulled = jr.warp_perspective(x, np.linalg.inv(homography))
    chex.assert_trees_all_close(
        jr.warp_perspective(x, homography, direction="input_to_output"), pulled, rtol=1e-4, atol=1e-4
    )


def test_perspective_of_an_affine_map_is_the_affine_map():
    x, matrix = sample_of((2, 8, 9, 2)), turned(0.3, (8, 9), 1.7)
    square = projective.homogeneous(matrix)
    for options in ({}, {"antialias": True, "max_stretch": 2.0}):
        affine, perspective = jr.warp_affine(x, matrix, **options), jr.warp_perspective(x, square, **options)
        chex.assert_trees_all_close(perspective, affine, rtol=1e-5, atol=1e-5)


def test_a_map_without_its_jacobian_takes_differences():
    x = sample_of((1, 16, 16, 2))
    matrix = jnp.asarray(turned(0.3, (16, 16), 1.7), jnp.float32)
    coordinates, jacobian = projective.project(projective.homogeneous(matrix), (8, 8), affine=True)
    options = {"antialias": True, "max_stretch": 2.0}
    expected = jr.warp_affine(x, matrix, 8, **options)
    for given in (None, jacobian[None]):
        mine = jr.warp(x, coordinates[None], jacobian=given, **options)
        chex.assert_trees_all_close(mine, expected, rtol=1e-4, atol=1e-4)
    chex.assert_trees_all_close(
        jr.warp(x, coordinates[None]), jr.warp_affine(x, matrix, 8), rtol=1e-6, atol=1e-6
    )


def test_axes_and_batches_of_matrices():
    x = sample_of((2, 3, 6, 7))  # channels first
    matrices = jnp.stack([jnp.asarray(turned(a, (6, 7)), jnp.float32) for a in (0.2, -0.4)])
    y = jr.warp_affine(x, matrices[:, None], axes=(2, 3))
    for image, matrix, mine in zip(x, matrices, y, strict=True):
        expected = jr.warp_affine(jnp.moveaxis(image, 0, -1), matrix, axes=(0, 1))
        chex.assert_trees_all_close(jnp.moveaxis(mine, 0, -1), expected, rtol=1e-5, atol=1e-5)
    apart = jr.warp_affine(jnp.moveaxis(x, 1, 2), matrices, axes=(1, 3), antialias=True, max_stretch=1.5)
    together = jr.warp_affine(x, matrices[:, None], axes=(2, 3), antialias=True, max_stretch=1.5)
    chex.assert_trees_all_close(jnp.moveaxis(apart, 2, 1), together, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("boundary", ["constant", "clamp", "reflect", "mirror", "wrap", "drop"])
def test_boundaries_of_footprints(boundary):
    """A row of equal samples stays equal under every boundary but the constant one, which fills with it."""
    x = jnp.full((1, 12, 1), 3.0)
    cval = 3.0 if boundary == "constant" else 0.0
    y = jr.warp_affine(x, np.array([[2.5, -4.0]]), 8, antialias=True, boundary=boundary, cval=cval)
    outside = np.abs(np.arange(8) * 2.5 - 4 - 5.5) >= 5.5 + 2.5  # a pixel at the very edge weighs nothing
    expected = np.where(outside, 0.0, 3.0) if boundary == "drop" else np.full(8, 3.0)
    chex.assert_trees_all_close(y[0, :, 0], jnp.asarray(expected, jnp.float32), rtol=1e-6, atol=1e-6)


def test_nan_stays_in_its_footprint():
    x = jnp.zeros((1, 20, 20, 1)).at[0, 4, 4, 0].set(jnp.nan)
    y = jr.warp_affine(x, shrinking((20, 20), (5, 5)), 5, antialias=True, boundary="drop")[0, :, :, 0]
    assert bool(jnp.isnan(y[1, 1]))
    assert int(jnp.isnan(y).sum()) == 4
    at = jnp.full((1, 1, 1, 2), jnp.nan)
    assert bool(jnp.isnan(jr.warp(x, at, antialias=True, max_stretch=1.0)).all())


def test_a_bound_on_the_stretch_holds_for_every_map(rng):
    """No footprint is longer than the reach that its greatest stretch allows."""
    for rank in (1, 2, 3):
        maps = rng.standard_normal((500, rank, rank)) * 3
        stretches = np.linalg.svd(maps)[1]
        allowed = footprint.largest_reach(float(stretches.max()), rank, find_kernel("triangle"))
        assert all(
            k <= a for k, a in zip(footprint.known_reach(maps, find_kernel("triangle")), allowed, strict=True)
        )


class Case(NamedTuple):
    """A warp of one image, differentiable in the image and in what maps it."""

    function: Any
    shape: tuple[int, ...]
    parameters: np.ndarray


def _map(x, offsets, **options):
    grid = jnp.stack(
        jnp.meshgrid(*(jnp.arange(4.0, dtype=x.dtype) for _ in range(2)), indexing="ij"), axis=-1
    )
    return jr.warp(x, (grid * 1.3 + offsets)[None] if x.ndim == 4 else grid * 1.3 + offsets, **options)


_FOOT = {"antialias": True, "max_stretch": 3.0}
_PLANE = np.array([[1.913, 0.417, 0.303], [-0.529, 1.617, 1.707], [0.03, -0.02, 1.0]])
CASES = {
    "affine": Case(partial(jr.warp_affine, size=4), (1, 8, 7, 2), _PLANE[:2]),
    "affine-antialias": Case(partial(jr.warp_affine, size=3, **_FOOT), (1, 8, 7, 2), _PLANE[:2]),
    "affine-1d": Case(partial(jr.warp_affine, size=3, **_FOOT), (1, 8, 2), np.array([[2.317, 0.413]])),
    "affine-3d": Case(
        partial(jr.warp_affine, size=2, antialias=True, max_stretch=1.6),
        (1, 4, 4, 4, 1),
        np.array([[1.413, 0.217, 0.119, 0.303], [-0.223, 1.231, 0.307, 0.413], [0.117, 0.109, 0.727, 0.619]]),
    ),
    "perspective": Case(partial(jr.warp_perspective, size=4), (1, 8, 7, 2), _PLANE),
    "perspective-antialias": Case(partial(jr.warp_perspective, size=3, **_FOOT), (1, 8, 7, 2), _PLANE),
    "map-antialias": Case(partial(_map, **_FOOT), (1, 8, 7, 2), np.full((4, 4, 2), 0.37)),
}
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@each_case
def test_gradients(case, rng, x64):
    x, parameters = jnp.asarray(rng.standard_normal(case.shape)), jnp.asarray(case.parameters)
    check_derivatives(case.function, (x, parameters), rng)


def test_second_order_gradients(rng, x64):
    case = CASES["affine-antialias"]
    x, matrix = jnp.asarray(rng.standard_normal(case.shape)), jnp.asarray(case.parameters)
    gradient = jax.grad(lambda m: (case.function(x, m) ** 2).sum())
    step = jnp.asarray(rng.standard_normal(matrix.shape))
    both = jax.jit(lambda m: jax.jvp(gradient, (m,), (step,)))
    numeric = (both(matrix + 1e-6 * step)[0] - both(matrix - 1e-6 * step)[0]) / 2e-6
    chex.assert_trees_all_close(both(matrix)[1], numeric, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("scale", [1.7, 3.0, 5.0])
@pytest.mark.parametrize("rank", [2, 3])
def test_the_derivative_of_equal_stretches(rank, scale, rng, x64):
    """Maps that shrink alike in all directions, where eigenvectors have no derivative of their own."""
    turn = np.linalg.qr(rng.standard_normal((rank, rank)))[0]
    jacobian, step = jnp.asarray(scale * turn), jnp.asarray(rng.standard_normal((rank, rank)))
    f = jax.jit(partial(footprint.inverse_footprint, max_stretch=4.0))
    mine = jax.jvp(f, (jacobian,), (step,))[1]
    numeric = (f(jacobian + 1e-6 * step) - f(jacobian - 1e-6 * step)) / 2e-6
    chex.assert_trees_all_close(mine, numeric, rtol=1e-6, atol=1e-7)
    if rank == 2 and scale < 4:
        twice = jax.jvp(lambda j: jax.jvp(f, (j,), (step,))[1], (jacobian,), (step,))[1]
        numeric = (
            jax.jvp(f, (jacobian + 1e-5 * step,), (step,))[1]
            - jax.jvp(f, (jacobian - 1e-5 * step,), (step,))[1]
        ) / 2e-5
        chex.assert_trees_all_close(twice, numeric, rtol=1e-5, atol=1e-6)


TRANSFORMED = {k: CASES[k] for k in ("affine", "perspective-antialias")}


@pytest.mark.parametrize("case", TRANSFORMED.values(), ids=TRANSFORMED)
def test_transforms(case):
    """Values and both gradients, of the batch and of its images apart: mapped, scanned and sharded."""
    batch, p = sample_of((2, *case.shape[1:])), jnp.asarray(case.parameters, jnp.float32)
    one = lambda item, p: case.function(item[None], p)[0]  # noqa: E731
    mapped = jax.vmap(one, (0, None))

    def scanned(batch, p):
        return jax.lax.scan(lambda c, item: (c, jax.checkpoint(one)(item, p)), 0, batch)[1]

    mesh = jax.make_mesh((2,), ("data",), axis_types=(jax.sharding.AxisType.Auto,))
    data = PartitionSpec("data")
    sharded = jax.shard_map(mapped, mesh=mesh, in_specs=(data, PartitionSpec()), out_specs=data)

    def derived(function):
        def loss(batch, p):
            y = function(batch, p)
            return (y**2).sum(), y

        (_, y), gradients = jax.jit(jax.value_and_grad(loss, (0, 1), has_aux=True))(batch, p)
        return y, gradients

    values, gradients = derived(case.function)
    for function in (mapped, scanned, sharded):
        mine = derived(function)
        chex.assert_trees_all_close(mine[0], values, rtol=1e-4, atol=1e-4)
        chex.assert_trees_all_close(mine[1], gradients, rtol=1e-3, atol=1e-3)
    ours = jnp.stack([p, p + 0.05])
    by_parameter = jax.jit(jax.vmap(one))(batch, ours)
    apart = jax.jit(one)
    expected = jnp.stack([apart(item, q) for item, q in zip(batch, ours, strict=True)])
    chex.assert_trees_all_close(by_parameter, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dtype", ["uint8", "bfloat16", "float16", "complex64"])
@pytest.mark.parametrize("antialias", [False, True])
def test_dtypes(dtype, antialias, rng):
    x = rng.integers(0, 256, (1, 8, 8, 1)).astype(np.float32)
    matrix = turned(0.4, (8, 8), 1.5)
    wide = jr.warp_affine(jnp.asarray(x), matrix, antialias=antialias)
    y = jr.warp_affine(jnp.asarray(x).astype(dtype), matrix, antialias=antialias)
    chex.assert_type(y, dtype)
    if dtype == "uint8":
        assert float(jnp.abs(y.astype("float32") - wide).max()) <= 0.501
    else:
        chex.assert_trees_all_close(
            y.astype(wide.dtype) if "16" in dtype else y.real, wide, rtol=8e-3, atol=1e-4
        )


IMAGE = jnp.zeros((1, 4, 4, 1))
REFUSED = [
    (lambda: jr.warp_affine(IMAGE, np.eye(3)), "`matrix` must have shape"),
    (lambda: jr.warp_affine(IMAGE, np.eye(2, 3, dtype=int)), "`matrix` must be floating"),
    (lambda: jr.warp_affine(IMAGE, np.zeros((2, 3)), direction="input_to_output"), "have an inverse"),
    (lambda: jr.warp_affine(IMAGE, np.eye(2, 3), direction="forwards"), "`direction` must be one of"),
    (lambda: jr.warp_affine(IMAGE, np.eye(2, 3), 0), "`size` must give sizes"),
    (lambda: jr.warp_affine(IMAGE, np.eye(2, 3), antialias=True, kernel="nearest"), "`kernel` must not"),
    (lambda: jr.warp_affine(IMAGE, np.eye(2, 3), max_stretch=2.0), "`max_stretch` must be None"),
    (lambda: jr.warp_affine(IMAGE, np.eye(2, 3), boundary="drop"), "`boundary` must be one of"),
    (lambda: jr.warp_perspective(IMAGE, np.eye(3), antialias=True), "`max_stretch` must be given"),
    (lambda: jr.warp_perspective(IMAGE, np.eye(3), antialias=True, max_stretch=0.5), "at least 1"),
    (lambda: jax.jit(lambda m: jr.warp_affine(IMAGE, m, antialias=True))(jnp.eye(2, 3)), "must be given"),
    (lambda: jr.warp(IMAGE, jnp.zeros((1, 5, 2))), "`coordinates` must have"),
    (
        lambda: jr.warp(IMAGE, jnp.zeros((1, 2, 2, 2)), jacobian=jnp.zeros((1, 2, 2, 2, 2))),
        "`jacobian` must be None",
    ),
    (
        lambda: jr.warp(IMAGE, jnp.zeros((1, 2, 2, 2)), jacobian=jnp.zeros((2, 2)), **_FOOT),
        "`jacobian` must have shape",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_refusals(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
