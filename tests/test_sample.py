"""Sampling at pixel coordinates: values, edges, hostile points, gradients, lowerings, transforms."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export
from jax.sharding import PartitionSpec

import jax_resample as jr
from jax_resample.lowering.points import gather_points
from jax_resample.sampling.point_taps import taps_at
from jax_resample.sampling.sample import BOUNDARIES, check_kernel

from .derivatives import check_derivatives

_PADS = {"constant": "constant", "clamp": "edge", "reflect": "symmetric", "mirror": "reflect", "wrap": "wrap"}
_MARGIN = 12


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_outside_reads_what_numpy_pads_with(boundary, rng):
    """At whole coordinates every kernel that interpolates gives the padded array."""
    x = rng.standard_normal((5, 4)).astype(np.float32)
    padded = np.pad(x, _MARGIN, mode=_PADS[boundary])
    places = np.stack(np.meshgrid(np.arange(-7, 12), np.arange(-6, 10), indexing="ij"), axis=-1)
    expected = padded[places[..., 0] + _MARGIN, places[..., 1] + _MARGIN]
    for kernel in ("nearest", "linear", "cubic"):
        y = jr.sample(jnp.asarray(x), jnp.asarray(places, jnp.float32), kernel=kernel, boundary=boundary)
        np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_between_samples_it_is_the_kernels_sum(boundary, rng, x64):
    x = rng.standard_normal(5)
    u = rng.uniform(-6, 10, 40)
    padded = np.pad(x, _MARGIN, mode=_PADS[boundary])
    below = np.floor(u).astype(int)
    t = u - below
    a, s = -0.75, np.abs(t[:, None] - np.arange(-1, 3))
    near, far = ((a + 2) * s - (a + 3)) * s * s + 1, ((a * s - 5 * a) * s + 8 * a) * s - 4 * a
    weights = {"linear": np.stack([0 * t, 1 - t, t, 0 * t], axis=1), "cubic": np.where(s <= 1, near, far)}
    pixels = padded[below[:, None] + np.arange(-1, 3) + _MARGIN]
    for kernel, w in weights.items():
        y = jr.sample(jnp.asarray(x), jnp.asarray(u)[:, None], kernel=kernel, boundary=boundary)
        np.testing.assert_allclose(y, (w * pixels).sum(axis=1), atol=1e-13)


def test_a_constant_other_than_zero_fills_what_is_missing():
    x, u = jnp.array([1.0, 2.0]), jnp.array([[-1.5], [-0.25], [0.5], [1.75], [40.0]])
    np.testing.assert_allclose(jr.sample(x, u, cval=8.0), [8, 2.75, 1.5, 6.5, 8])
    slope = jax.grad(lambda c: jr.sample(x, u, cval=c).sum())(jnp.float32(8))
    np.testing.assert_allclose(slope, 1 + 0.25 + 0.75 + 1)
    whole = jr.sample(jnp.array([1, 2]), u, kernel="nearest", cval=-1)
    np.testing.assert_array_equal(whole, [-1, 1, 1, -1, -1])
    assert whole.dtype == jnp.int32


def test_axes_batches_and_channels(rng):
    x = jnp.asarray(rng.standard_normal((2, 3, 4, 5)), jnp.float32)
    u = jnp.asarray(rng.uniform(0, 2, (2, 6, 7, 2)), jnp.float32)
    y = jr.sample(x, u)
    assert y.shape == (2, 6, 7, 5)
    one = jr.sample(x[1, ..., 2], u[1, 3, 4])  # a single point of a single image
    np.testing.assert_allclose(one, y[1, 3, 4, 2], atol=1e-6)
    swapped = jr.sample(x, u[..., ::-1], axes=(2, 1))
    np.testing.assert_allclose(swapped, y, atol=1e-6)
    first = jr.sample(jnp.moveaxis(x, -1, 0), u[None], axes=(2, 3))
    np.testing.assert_allclose(jnp.moveaxis(first, 0, -1), y, atol=1e-6)
    mapped = jax.vmap(partial(jr.sample, axes=(0, 1)))(x, u)
    np.testing.assert_allclose(mapped, y, atol=1e-6)


@pytest.mark.parametrize("dtype", ["uint8", "bfloat16", "complex64", "bool"])
def test_dtypes(dtype, rng):
    values = rng.integers(0, 255, 9)
    x = jnp.asarray(values).astype(dtype)
    u = jnp.array([[1.0], [4.5], [7.25], [-3.0]])
    kernel = "nearest" if dtype == "bool" else "linear"
    y = jr.sample(x, u, kernel=kernel)
    assert y.dtype == x.dtype
    wide = np.asarray(x).astype("complex64")
    expected = np.array([wide[1], (wide[4] + wide[5]) / 2, 0.75 * wide[7] + 0.25 * wide[8], 0])
    if dtype == "bool":
        expected = np.array([wide[1], wide[4], wide[7], 0])
    if dtype == "uint8":
        expected = np.round(expected.real)
    expected = jnp.asarray(expected if dtype == "complex64" else expected.real).astype(dtype)
    np.testing.assert_array_equal(np.asarray(y), np.asarray(expected))


_HOSTILE = jnp.array([jnp.nan, jnp.inf, -jnp.inf, 1e10, -1e10, 3e38])[:, None]


@pytest.mark.parametrize(
    ("kernel", "boundary", "expected"),
    [
        ("nearest", "constant", [0, 0, 0, 0, 0, 0]),
        ("linear", "constant", [np.nan, np.nan, np.nan, 0, 0, 0]),
        ("linear", "clamp", [1, 5, 1, 5, 1, 5]),
        ("cubic", "clamp", [np.nan, np.nan, np.nan, 5, 1, 5]),
    ],
)
def test_hostile_coordinates(kernel, boundary, expected):
    y = jr.sample(jnp.arange(1.0, 6.0), _HOSTILE, kernel=kernel, boundary=boundary)
    np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("kernel", ["nearest", "linear", "cubic", "lanczos"])
def test_indices_stay_inside_whatever_the_coordinates(kernel, boundary, rng):
    u = np.concatenate([rng.uniform(-1e3, 1e3, 200), 2.0 ** rng.uniform(-20, 120, 200), _HOSTILE.ravel()])
    for n in (1, 2, 5):
        taps = taps_at(jnp.asarray(u, jnp.float32), n, check_kernel(kernel), boundary)
        assert int(taps.index.min()) >= 0
        assert int(taps.index.max()) < n
        if boundary != "wrap":
            steps = np.diff(np.asarray(taps.index), axis=-1)
            assert (steps == 1).all()


def test_the_derivative_at_whole_coordinates_is_the_one_to_the_right():
    x = jnp.array([0.0, 1.0, 4.0, 9.0])
    u = jnp.array([[0.0], [1.0], [2.0], [3.0], [-2.0], [5.0]])

    def slopes(boundary):
        return jax.grad(lambda u: jr.sample(x, u, boundary=boundary).sum())(u)[:, 0]

    np.testing.assert_array_equal(slopes("constant"), [1, 3, 5, -9, 0, 0])
    np.testing.assert_array_equal(slopes("clamp"), [0, 3, 5, 0, 0, 0])


def test_a_nan_sample_reaches_only_what_weighs_it():
    x = jnp.array([0.0, jnp.nan, 2.0, 3.0, 4.0])
    y = jr.sample(x, jnp.array([[0.0], [0.5], [1.0], [1.5], [2.0], [2.5]]))
    np.testing.assert_array_equal(jnp.isnan(y), [False, True, True, True, False, False])
    slope = jax.grad(lambda u: jr.sample(x, u).sum())(jnp.array([[2.0], [2.5], [8.0]]))
    np.testing.assert_array_equal(slope[:, 0], [1, 1, 0])


@pytest.mark.parametrize(
    ("lengths", "kernel", "boundary", "order"),
    [((5,), "cubic", "reflect", 1), ((4, 5), "linear", "constant", 2), ((2, 3, 4), "linear", "wrap", 1)],
)
def test_gradients_check_numerically(lengths, kernel, boundary, order, rng, x64):
    x = jnp.asarray(rng.standard_normal((1, *lengths, 2)))
    u = jnp.asarray(rng.uniform(-1, 5, (1, 3, len(lengths))))

    def f(x, u):
        return jr.sample(x, u, kernel=kernel, boundary=boundary)

    check_derivatives(f, (x, u), rng)
    if order == 2:  # of the gradient to the coordinates, to both arguments and in both modes
        check_derivatives(jax.grad(lambda u, x: (f(x, u) ** 2).sum()), (u, x), rng)


@pytest.mark.parametrize("channels_first", [False, True])
@pytest.mark.parametrize("points", [5, 20])
@pytest.mark.parametrize("channels", [3, 12, 40])
@pytest.mark.parametrize("lowering", ["taps", "windows", "sorted", "products"])
def test_lowerings_agree(lowering, channels, points, channels_first, rng, x64):
    """All three programs of every lowering: values, and gradients to the image and to the weights.

    Points are fewer than pixels, or as many.
    """
    x, y = (jnp.asarray(rng.standard_normal((2, *shape, channels))) for shape in ((4, 5), (points,)))
    start = [jnp.asarray(rng.integers(0, n - 1, (2, points, 1)), jnp.int32) for n in (4, 5)]
    index = tuple(s + jnp.arange(2, dtype=jnp.int32).reshape(1, 1, 2) for s in start)
    weights = tuple(jnp.asarray(rng.standard_normal((2, points, 2))) for _ in index)

    @jax.jit
    def programs(x, weights, y):
        options = {"contiguous": True, "channels_first": channels_first, "lowering": lowering}
        call = partial(gather_points, index=index, **options)
        value, pull = jax.vjp(lambda x, weights: call(x, weights=weights), x, weights)
        return value, *pull(y)

    value, to_x, (to_rows, to_columns) = programs(x, weights, y)
    pixels = np.asarray(x)[np.arange(2)[:, None, None, None], index[0][..., :, None], index[1][..., None, :]]
    matrix = np.einsum("bpi,bpj->bpij", *weights)
    np.testing.assert_allclose(value, np.einsum("bpij,bpijc->bpc", matrix, pixels), atol=1e-13)
    expected = np.zeros(x.shape)
    gains = matrix[..., None] * np.asarray(y)[:, :, None, None]
    np.add.at(
        expected, (np.arange(2)[:, None, None, None], index[0][..., :, None], index[1][..., None, :]), gains
    )
    np.testing.assert_allclose(to_x, expected, atol=1e-13)
    dots = np.einsum("bpijc,bpc->bpij", pixels, y)
    np.testing.assert_allclose(to_rows, np.einsum("bpij,bpj->bpi", dots, weights[1]), atol=1e-13)
    np.testing.assert_allclose(to_columns, np.einsum("bpij,bpi->bpj", dots, weights[0]), atol=1e-13)


@pytest.mark.parametrize("lowering", ["taps", "windows", "sorted", "products"])
def test_derivatives_in_the_weights_of_both_axes(lowering, rng, x64):
    """Forward mode, one axis alone, and the mixed second derivative, which a weight of zero does not stop."""
    x, y = jnp.asarray(rng.standard_normal((1, 4, 5, 2))), jnp.asarray(rng.standard_normal((1, 3, 2)))
    start = [jnp.asarray(rng.integers(0, n - 1, (1, 3, 1)), jnp.int32) for n in (4, 5)]
    index = tuple(s + jnp.arange(2, dtype=jnp.int32).reshape(1, 1, 2) for s in start)
    rows, columns, *moved = (jnp.asarray(rng.standard_normal((1, 3, 2))) for _ in range(4))
    columns = columns.at[0, 0, 0].set(0)

    def value(rows, columns):
        return (y * gather_points(x, index, (rows, columns), contiguous=True, lowering=lowering)).sum()

    slope = jax.jvp(value, (rows, columns), tuple(moved))[1]
    np.testing.assert_allclose(slope, value(moved[0], columns) + value(rows, moved[1]), atol=1e-12)
    pixels = np.asarray(x)[0, index[0][0, :, :, None], index[1][0, :, None, :]]
    dots = np.einsum("pijc,pc->pij", pixels, y[0])
    (to_rows,) = jax.linear_transpose(lambda rows: value(rows, columns), rows)(jnp.float64(1))
    np.testing.assert_allclose(to_rows[0], np.einsum("pij,pj->pi", dots, columns[0]), atol=1e-12)
    for outer in (jax.jacfwd, jax.jacrev):
        mixed = outer(jax.grad(value), argnums=1)(rows, columns)[0, :, :, 0]
        np.testing.assert_allclose(np.einsum("pipj->pij", mixed), dots, atol=1e-12)


@pytest.mark.parametrize("lowering", ["windows", "sorted", "products"])
def test_the_adjoint_with_weights_of_tuples(lowering, rng, x64):
    """Derivatives in both factors at once have one array of weights for all axes, in the adjoint too."""
    x, y = jnp.asarray(rng.standard_normal((1, 4, 5, 2))), jnp.asarray(rng.standard_normal((1, 20, 2)))
    start = [jnp.asarray(rng.integers(0, n - 1, (1, 20, 1)), jnp.int32) for n in (4, 5)]
    index = tuple(s + jnp.arange(2, dtype=jnp.int32).reshape(1, 1, 2) for s in start)
    weights, moved = (tuple(jnp.asarray(rng.standard_normal((1, 20, 2))) for _ in range(2)) for _ in range(2))

    def to_image(lowering):
        def value(x, *weights):
            return (y * gather_points(x, index, weights, contiguous=True, lowering=lowering)).sum()

        return jax.grad(lambda x: jax.jvp(partial(value, x), weights, moved)[1])(x)

    np.testing.assert_allclose(to_image(lowering), to_image("taps"), atol=1e-13)


def test_a_nan_that_has_no_weight_does_not_reach_the_gradients(rng):
    x = jnp.asarray(rng.standard_normal((1, 3, 3, 1)), jnp.float32).at[0, 1].set(jnp.nan)
    index = tuple(jnp.array([[[0, 1]]], jnp.int32) for _ in range(2))
    weights = jnp.array([[[1.0, 0.0]]]), jnp.array([[[0.25, 0.75]]])

    def value(weights):
        return gather_points(x, index, weights, contiguous=True).sum()

    to_columns = jax.grad(value)(weights)[1]
    np.testing.assert_array_equal(to_columns, [[x[0, 0, :2, 0]]])


def test_what_one_sample_reads_of_another_is_computed_once():
    x, u = jax.ShapeDtypeStruct((1, 16, 16), np.float32), jax.ShapeDtypeStruct((1, 200, 2), np.float32)

    def chained(x, u):
        once = jr.sample(x, u, axes=(1, 2))
        return jr.sample(once.reshape(1, 10, 20), u, axes=(1, 2))

    text = jax.jit(chained).lower(x, u).compile().as_text()
    gathers = [loop.count(" gather(") for loop in text.split("\n\n")]
    assert [count for count in gathers if count] == [4, 4]  # and not one loop with those of both


def _case(rng):
    x = jnp.asarray(rng.standard_normal((2, 4, 5, 3)), jnp.float32)
    u = jnp.asarray(rng.uniform(-1, 5, (2, 7, 2)), jnp.float32)

    def loss(x, u):
        return (jr.sample(x, u) ** 2).sum()

    return x, u, loss, jax.jit(jax.grad(loss, argnums=(0, 1)))


def assert_same(a, b):
    for left, right in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-5, atol=1e-5)


def test_vmap_jvp_scan_and_checkpoint(rng):
    x, u, loss, gradient = _case(rng)
    expected = gradient(x, u)
    both = jax.jit(jax.vmap(jax.grad(loss, argnums=(0, 1))))(x[:, None], u[:, None])
    assert_same([a[:, 0] for a in both], expected)
    shared = jax.jit(jax.vmap(jax.grad(loss, argnums=(0, 1)), in_axes=(None, 0)))(x, jnp.stack([u, u + 1]))
    assert_same([a[0] for a in shared], expected)
    images = jax.jit(jax.vmap(jr.sample, in_axes=(-1, None), out_axes=-1))(jnp.stack([x, -x], axis=-1), u)
    assert_same(images[..., 0], jr.sample(x, u))
    slope = jax.jit(partial(jax.jvp, loss))((x, u), (jnp.ones_like(x), jnp.ones_like(u)))[1]
    assert_same(slope, sum(g.sum() for g in expected))
    assert_same(jax.jit(jax.grad(jax.checkpoint(loss), argnums=(0, 1)))(x, u), expected)

    def total(x, u):
        return jax.lax.scan(
            lambda s, item: (s + loss(*item), None), jnp.float32(0), (x[:, None], u[:, None])
        )[0]

    assert_same(jax.jit(jax.grad(total, argnums=(0, 1)))(x, u), expected)


@pytest.mark.parametrize("channels", [1, 3])
def test_shard_map_over_the_batch(channels, rng):
    x, u, _, gradient = _case(rng)
    x = x[..., :channels]
    mesh = jax.make_mesh((2,), ("data",), axis_types=(jax.sharding.AxisType.Auto,))
    spec = PartitionSpec("data")
    f = jax.shard_map(jr.sample, mesh=mesh, in_specs=(spec, spec), out_specs=spec)
    assert_same(jax.jit(f)(x, u), jr.sample(x, u))
    sharded = jax.jit(jax.grad(lambda x, u: (f(x, u) ** 2).sum(), argnums=(0, 1)))
    assert_same(sharded(x, u), gradient(x, u))
    # Points that all devices share.
    one = jax.shard_map(jr.sample, mesh=mesh, in_specs=(spec, PartitionSpec()), out_specs=spec)
    assert_same(jax.jit(one)(x, u[:1]), jr.sample(x, u[:1]))


def test_export_with_a_symbolic_batch_for_several_platforms(rng):
    x, u, _, gradient = _case(rng)
    (b,) = export.symbolic_shape("b")
    specs = [jax.ShapeDtypeStruct((b, *a.shape[1:]), a.dtype) for a in (x, u)]
    exported = export.export(jax.jit(jr.sample), platforms=("cpu", "cuda", "tpu"))(*specs)
    back = export.deserialize(exported.serialize(vjp_order=1))
    assert_same(back.call(x, u), jr.sample(x, u))
    assert_same(jax.grad(lambda x, u: (back.call(x, u) ** 2).sum(), argnums=(0, 1))(x, u), gradient(x, u))


def test_gradients_are_the_same_on_every_run(rng):
    x = jnp.asarray(rng.standard_normal((2, 3, 3, 2)), jnp.float32)
    u = jnp.asarray(rng.uniform(0, 2, (2, 500, 2)), jnp.float32)
    gradient = jax.jit(jax.grad(lambda x: jr.sample(x, u).sum()))
    first = np.asarray(gradient(x))
    for _ in range(5):
        np.testing.assert_array_equal(gradient(x), first)


@pytest.mark.parametrize(
    ("x", "u", "keywords", "error", "words"),
    [
        (jnp.zeros((4, 5)), jnp.zeros((3, 3)), {}, ValueError, "`x` must have 3 axes"),
        (jnp.zeros((4, 5)), jnp.zeros((3, 2), int), {}, TypeError, "`coordinates` must be floating"),
        (jnp.zeros((4, 5)), jnp.zeros((3, 1)), {"axes": (0, 1)}, ValueError, "`axes` must name one"),
        (jnp.zeros((2, 4, 5, 1)), jnp.zeros((3, 2)), {}, ValueError, "`coordinates` must begin"),
        (jnp.zeros((0, 5)), jnp.zeros((3, 2)), {}, ValueError, "empty"),
        (jnp.zeros((4, 5)), jnp.zeros((3, 2)), {"kernel": "quartic"}, ValueError, "`kernel`"),
        (jnp.zeros((4, 5)), jnp.zeros((3, 2)), {"kernel": 3}, TypeError, "`kernel`"),
        (
            jnp.zeros((4, 5)),
            jnp.zeros((3, 2)),
            {"boundary": "zeros"},
            ValueError,
            "`boundary` must be one of",
        ),
        (jnp.zeros((4, 5)), jnp.zeros((3, 2)), {"boundary": "clamp", "cval": 1.0}, ValueError, "`cval`"),
        (jnp.zeros((4, 5)), jnp.zeros((3, 2)), {"cval": jnp.zeros(2)}, ValueError, "`cval` must be one"),
        (jnp.zeros((4, 5), int), jnp.zeros((3, 2)), {}, TypeError, "`x` must be floating"),
    ],
)
def test_refusals(x, u, keywords, error, words):
    with pytest.raises(error, match=words):
        jr.sample(x, u, **keywords)
