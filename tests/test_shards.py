"""Meshes with explicit axes: types say where results lie, and values are those of one device."""

import contextlib
import io
import re
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import AxisType, NamedSharding
from jax.sharding import PartitionSpec as P

import jax_resample as jr
from jax_resample.lowering.points import gather_points

# Either axis has both devices, so that every sharding is real on one of the meshes.
SHAPES = [(2, 1), (1, 2)]


@pytest.fixture(params=SHAPES, ids=str)
def mesh(request):
    return jax.make_mesh(request.param, ("a", "b"), axis_types=(AxisType.Explicit,) * 2)


@pytest.fixture(params=SHAPES, ids=str)
def mixed_mesh(request):
    return jax.make_mesh(request.param, ("a", "b"), axis_types=(AxisType.Explicit, AxisType.Auto))


def check(f, arrays, specs, mesh, expected=None):
    """The same values as on one device, and every result where ``expected`` says."""
    alone = jax.jit(f)(*arrays)
    with jax.set_mesh(mesh):
        placed = [jax.device_put(x, NamedSharding(mesh, s)) for x, s in zip(arrays, specs, strict=True)]
        found = jax.jit(f)(*placed)
    for one, other in zip(jax.tree.leaves(alone), jax.tree.leaves(found), strict=True):
        largest = max(float(np.abs(one).max()), 1.0)
        # Sums over devices are added in another order than those of one.
        np.testing.assert_allclose(np.asarray(other) / largest, np.asarray(one) / largest, atol=2e-6, rtol=0)
    if expected is not None:
        kinds = [jax.typeof(y).sharding.spec for y in jax.tree.leaves(found)]
        for kind, want, y in zip(kinds, expected, jax.tree.leaves(found), strict=True):
            assert kind == P(*want, *(None,) * (y.ndim - len(want)))


def images(rng, dtype=np.float32):
    return (50 * rng.standard_normal((4, 9, 8, 6))).astype(dtype)


def grids(rng):
    return rng.uniform(-1.1, 1.1, (4, 6, 5, 2)).astype(np.float32)


grid_sample = partial(jr.grid_sample, align_corners=False)


def gradients(f):
    return jax.grad(lambda *arrays: (f(*arrays) ** 2).sum(), argnums=(0, 1))


@pytest.mark.parametrize(
    ("specs", "of_values"),
    [
        ((P("a"), P("a")), P("a")),
        ((P("a"), P()), P("a")),
        ((P(), P("a")), P("a")),
        ((P(("a", "b")), P(("a", "b"))), P(("a", "b"))),
        ((P("a", None, None, "b"), P("a")), P("a", None, None, "b")),
        ((P("a"), P("a", "b")), P("a", "b")),
        ((P(), P(None, "b")), P(None, "b")),
        ((P(None, None, None, "a"), P(None, "b")), P(None, "b", None, "a")),
    ],
    ids=str,
)
def test_grid_sample_and_its_gradients(specs, of_values, mesh, rng):
    arrays = images(rng), grids(rng)
    check(grid_sample, arrays, specs, mesh, [of_values])
    check(gradients(grid_sample), arrays, specs, mesh, specs)


def test_one_image_for_points_of_all_devices(mesh, rng):
    arrays, specs = (images(rng)[:1], grids(rng)), (P(), P("a"))
    check(grid_sample, arrays, specs, mesh, [P("a")])
    check(gradients(grid_sample), arrays, specs, mesh, specs)


def test_second_derivatives(mesh, rng):
    def moved(x, grid):
        return jax.jvp(partial(gradients(grid_sample), x), (grid,), (grid,))[1]

    specs = P("a", None, None, "b"), P("a")
    check(moved, (images(rng), grids(rng)), specs, mesh, specs)


@pytest.mark.parametrize("spec", [P("a"), P("a", None, None, "b")], ids=str)
def test_vmap_over_a_mesh_axis(spec, mesh, rng):
    arrays, specs = (images(rng), rng.uniform(-1, 9, (4, 3, 2, 2)).astype(np.float32)), (spec, P("a"))
    one = partial(jr.sample, axes=(0, 1), kernel="cubic")
    check(jax.vmap(one), arrays, specs, mesh)
    check(gradients(jax.vmap(one)), arrays, specs, mesh, specs)
    check(jax.vmap(gradients(one)), arrays, specs, mesh, specs)


def test_vmap_over_what_is_not_on_the_mesh(mesh, rng):
    """Two groups of images; each group's batch is sharded."""
    x, points = images(rng).reshape(2, 2, 9, 8, 6), rng.uniform(-1, 9, (2, 2, 7, 2)).astype(np.float32)
    specs = P(None, "a"), P(None, "a")
    check(jax.vmap(jr.sample), (x, points), specs, mesh, [P(None, "a")])
    check(jax.vmap(gradients(jr.sample)), (x, points), specs, mesh, specs)


def test_vmap_of_points_of_one_image(mesh, rng):
    image, points = images(rng)[0], rng.uniform(-1, 9, (4, 7, 2)).astype(np.float32)
    one = partial(jr.sample, axes=(0, 1))
    check(jax.vmap(one, (None, 0)), (image, points), (P(), P("a")), mesh)
    check(jax.vmap(gradients(one), (None, 0)), (image, points), (P(), P("a")), mesh)


@pytest.mark.parametrize("order", [0, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_map_coordinates(order, dtype, mesh, rng):
    if order and dtype == np.int32:
        order = 0  # wide integers are only moved
    x, points = images(rng, dtype), rng.uniform(-1, 9, (2, 6)).astype(np.float32)
    f = partial(jr.map_coordinates, axes=(1, 2), order=order)
    check(f, (x, points), (P(), P(None, "b")), mesh, [P("b")])


def test_samples_that_are_only_moved(mesh, rng):
    f = partial(jr.grid_sample, align_corners=False, mode="nearest")
    check(f, (images(rng, np.int32), grids(rng)), (P("a"), P("a")), mesh, [P("a")])


def test_warps(mesh, rng):
    matrix = np.eye(2, 3) + rng.uniform(-0.2, 0.2, (4, 2, 3))
    arrays, specs = (images(rng), matrix.astype(np.float32)), (P("a"), P("a"))
    for options in ({}, {"antialias": True, "max_stretch": 2.0}):
        f = partial(jr.warp_affine, **options)
        check(f, arrays, specs, mesh, [P("a")])
        check(gradients(f), arrays, specs, mesh, specs)


def test_boxes(mesh, rng):
    boxes = rng.uniform(0, 4, (4, 4)).astype(np.float32) + np.array([0, 0, 3, 3], np.float32)
    index = np.array([2, 0, 3, 1])

    def of_shared_images(x, boxes):
        return jr.roi_align(x, boxes, (3, 2), batch_indices=jnp.asarray(index))

    def of_own_image(x, boxes):
        return jr.crop_and_resize(x, boxes[:, None] / 9, (3, 2))

    for f, spec in ((of_shared_images, P()), (of_own_image, P("a"))):
        check(f, (images(rng), boxes), (spec, P("a")), mesh, [P("a")])
        check(gradients(f), (images(rng), boxes), (spec, P("a")), mesh, (spec, P("a")))


RESIZES = [
    {"size": (18, 16)},
    {"size": (40, 3), "method": "cubic"},
    {"size": (2, 3), "antialias": True},
    {"size": (1, 1), "method": "area"},
    {"size": (3, 4), "method": "nearest"},
    {"size": (18, 16), "method": "nearest"},
    {"size": (3, 4), "method": "area"},
]


@pytest.mark.parametrize("spec", [P("a"), P("a", None, None, "b"), P(None, None, None, ("a", "b"))], ids=str)
@pytest.mark.parametrize("options", RESIZES, ids=str)
@pytest.mark.parametrize("lowering", ["auto", "phases", "matrix"])
def test_resizing(options, lowering, spec, mesh, rng):
    f = partial(jr.resize, lowering=lowering, **options)
    check(f, (images(rng),), (spec,), mesh, [spec])
    check(jax.grad(lambda x: (f(x) ** 2).sum()), (images(rng),), (spec,), mesh, [spec])


def test_long_sums_where_some_axes_of_the_mesh_are_explicit(mixed_mesh, rng):
    """The loop that adds them starts from zeros that lie where its terms do."""
    x = rng.standard_normal((2, 90, 20, 20)).astype(np.float32)
    check(partial(jr.resize, size=(4, 5), antialias=True), (x,), (P("a"),), mixed_mesh)


def test_sampling_where_some_axes_of_the_mesh_are_explicit(mixed_mesh, rng):
    arrays, specs = (images(rng), grids(rng)), (P("a"), P("a", "b"))
    check(grid_sample, arrays, specs, mixed_mesh)
    check(gradients(grid_sample), arrays, specs, mixed_mesh)


@pytest.mark.parametrize(
    ("f", "specs", "words"),
    [
        (grid_sample, (P(None, "a"), P()), "`x` must not be sharded along a resampled or sampled axis"),
        (grid_sample, (P("a"), P("b")), "arrays must have their batch along the same axes"),
        (grid_sample, (P("a"), P(None, "a")), "different axes of the mesh for batch and points"),
        (
            grid_sample,
            (P(None, None, None, "a"), P("a")),
            "different axes of the mesh for channels and",
        ),
        (lambda x, _: jr.resize(x, 4), (P("a", "b"), P()), "`x` must not be sharded along a resampled"),
        (lambda x, _: jr.spline_filter(x, 3, axes=2), (P(None, None, "b"), P()), "`x` must not be sharded"),
    ],
)
def test_shardings_that_cannot_be_kept(f, specs, words, mesh, rng):
    arrays = np.zeros((4, 8, 8, 6), np.float32), np.zeros((4, 6, 5, 2), np.float32)
    with jax.set_mesh(mesh):
        placed = [jax.device_put(x, NamedSharding(mesh, s)) for x, s in zip(arrays, specs, strict=True)]
        with pytest.raises(ValueError, match=words):
            jax.jit(f)(*placed)


@pytest.mark.parametrize("lowering", ["taps", "sorted", "products"])
@pytest.mark.parametrize("mapped", [False, True])
def test_programs_for_accelerators_stay_where_an_automatic_batch_is(lowering, mapped, rng):
    index = rng.integers(0, 8, (2, 4, 20, 2)).astype(np.int32)
    weights = rng.uniform(-1, 1, (2, 4, 20, 2)).astype(np.float32)

    def f(x, first, second, *of_axes):
        return gather_points(x, (first, second), of_axes, lowering=lowering)

    def one(*arrays):
        return f(*(a[None] for a in arrays))[0]

    g = jax.vmap(one) if mapped else f
    mesh = jax.make_mesh((2,), ("a",), axis_types=(AxisType.Auto,))
    placed = jax.device_put((images(rng), *index, *weights), NamedSharding(mesh, P("a")))
    for function in (g, jax.grad(lambda *arrays: (g(*arrays) ** 2).sum(), argnums=(0, 3, 4))):
        text = jax.jit(function).lower(*placed).compile().as_text()
        assert not re.search("all-gather|collective-permute|all-to-all", text)


def test_the_page_on_meshes_tells_the_truth():
    page = (Path(__file__).parent.parent / "docs" / "meshes.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "meshes.md", "exec"), {})
    assert printed.getvalue().splitlines() == re.findall(r"  # (.+)$", code, flags=re.MULTILINE)
