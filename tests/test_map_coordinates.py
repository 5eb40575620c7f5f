"""``map_coordinates``: dtypes, axes, hostile coordinates, and every transform of JAX."""

from functools import partial

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export
from jax.sharding import PartitionSpec
from jax.test_util import check_grads

import jax_resample as jr

from .golden.scipy_calls import MODES
from .tolerances import HALF_UNIT, unit

X = np.arange(1.0, 6.0)
SPLINE = partial(jr.map_coordinates, order=2, mode="mirror")


@pytest.fixture
def image(rng, x64) -> jax.Array:
    return jnp.asarray(rng.standard_normal((5, 6)))


@pytest.fixture
def points(rng, x64) -> jax.Array:
    return jnp.asarray(rng.uniform(-2, 7, (2, 9)))


HOSTILE = [np.nan, np.inf, -np.inf, 1e10, -1e10, 1e30, -1e30, 3e38, 4.0, -0.0]


@pytest.mark.parametrize("mode", MODES)
def test_hostile_coordinates_read_nothing_outside(mode):
    found = {
        order: np.asarray(
            jr.map_coordinates(
                jnp.asarray(X, jnp.float32), jnp.array([HOSTILE], jnp.float32), order, mode=mode, cval=-7.0
            )
        )
        for order in (0, 1)
    }
    for order, y in found.items():
        nan, up, down, *far = y
        if mode in ("nearest", "grid-constant") and order:
            assert np.isnan(nan)
        else:
            assert nan == (-7 if mode != "nearest" else 1)
        assert (up, down) == ((5, 1) if mode == "nearest" else (-7, -7))
        assert ((np.array(far) >= 1) & (np.array(far) <= 5) | (np.array(far) == -7)).all()
        assert tuple(far[-2:]) == (5, 1)
    assert (found[0][3:] == -7).sum() == (5 if "constant" in mode else 0)


def test_gradients_check_numerically_to_order_two(image, points):
    f = jax.jit(lambda x, u, c: jr.map_coordinates(x, u, 3, mode="grid-constant", cval=c) ** 2)
    line = (image[0], points[:1, :4], jnp.float64(0.7))
    check_grads(f, line, order=2, modes=("fwd", "rev"), rtol=1e-4, atol=1e-4)
    check_grads(jax.jit(lambda x, u: SPLINE(x, u) ** 2), (image, points), order=1, rtol=1e-5, atol=1e-5)


def test_gradient_to_coordinates_at_samples_is_the_slope_to_the_right():
    slope = jax.vmap(jax.grad(lambda u: jr.map_coordinates(jnp.asarray(X**2), u[None], 1, mode="mirror")))
    np.testing.assert_allclose(slope(jnp.array([0.0, 1.0, 2.5, 3.0])), [3, 5, 7, 9])


def test_gradient_is_zero_where_the_result_is_cval(image):
    u = jnp.array([[-0.5, 2.2, np.nan], [1.0, 8.0, 1.0]])
    by_x, by_u, by_c = jax.grad(lambda x, u, c: jr.map_coordinates(x, u, 3, cval=c).sum(), argnums=(0, 1, 2))(
        image, u, jnp.float64(2.0)
    )
    assert not by_x.any()
    assert not by_u.any()
    assert by_c == 3


def test_vmap_over_each_argument(image, points):
    images, many = jnp.stack([image, 2 * image]), jnp.stack([points, points + 0.3])
    each = jnp.stack([SPLINE(image, points), SPLINE(image, many[1])])
    chex.assert_trees_all_close(jax.vmap(SPLINE, (None, 0))(image, many), each, atol=1e-13)
    each = jnp.stack([SPLINE(image, points), 2 * SPLINE(image, many[1])])
    chex.assert_trees_all_close(jax.vmap(SPLINE)(images, many), each, atol=1e-13)


def test_checkpoint_and_scan(image, points):
    expected = jax.grad(lambda x: (SPLINE(x, points) ** 2).sum())(image)

    def body(total, item):
        return total + (jax.checkpoint(SPLINE)(item, points) ** 2).sum(), None

    found = jax.grad(lambda x: jax.lax.scan(body, jnp.float64(0), x[None])[0])(image)
    chex.assert_trees_all_close(found, expected, atol=1e-12)


def test_shard_map_over_the_batch(image, points):
    mesh = jax.make_mesh((2,), ("data",), axis_types=(jax.sharding.AxisType.Auto,))
    f = jax.vmap(partial(SPLINE, coordinates=points))
    sharded = jax.shard_map(f, mesh=mesh, in_specs=PartitionSpec("data"), out_specs=PartitionSpec("data"))
    images = jnp.stack([image, -image])
    chex.assert_trees_all_close(jax.jit(sharded)(images), f(images), atol=1e-13)
    gradient = jax.jit(jax.grad(lambda v: (sharded(v) ** 2).sum()))(images)
    chex.assert_trees_all_close(gradient, jax.grad(lambda v: (f(v) ** 2).sum())(images), atol=1e-12)


def test_export_with_a_symbolic_number_of_points(rng):
    (count,) = export.symbolic_shape("p")
    spec = (jax.ShapeDtypeStruct((5, 6), jnp.float32), jax.ShapeDtypeStruct((2, count), jnp.float32))
    back = export.deserialize(export.export(jax.jit(SPLINE), platforms=("cpu", "tpu"))(*spec).serialize())
    x, u = (jnp.asarray(rng.standard_normal(shape).astype(np.float32)) for shape in ((5, 6), (2, 4)))
    chex.assert_trees_all_close(back.call(x, u), SPLINE(x, u), atol=1e-5)


def test_axes_and_shapes(image, points):
    x = jnp.stack([image, image + 1, -image], axis=1)
    found = SPLINE(x, points.reshape(2, 3, 3), axes=(0, 2))
    chex.assert_shape(found, (3, 3, 3))
    chex.assert_trees_all_close(found[..., 2].ravel(), -SPLINE(image, points), atol=1e-13)
    turned = SPLINE(x, points[::-1], axes=(-1, 0))
    chex.assert_trees_all_close(turned, found.reshape(9, 3), atol=1e-13)
    listed = SPLINE(image, [points[0], points[1]])
    chex.assert_trees_all_equal(listed, SPLINE(image, points))


def test_complex_samples_are_two_real_ones(image, points):
    found = jr.map_coordinates(jax.lax.complex(image, 2 * image), points, 3, cval=1 - 1j)
    expected = jax.lax.complex(
        jr.map_coordinates(image, points, 3, cval=1.0), jr.map_coordinates(2 * image, points, 3, cval=-1.0)
    )
    chex.assert_trees_all_close(found, expected, atol=1e-13)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_is_rounded_once(dtype, rng):
    x = jnp.asarray(rng.standard_normal((6, 7))).astype(dtype)
    u = jnp.asarray(rng.uniform(0, 5, (2, 50)).astype(np.float32))
    exact = np.asarray(SPLINE(x.astype(jnp.float32), u), np.float64)
    found = np.asarray(SPLINE(x, u).astype(jnp.float32), np.float64)
    assert abs(found - exact).max() <= HALF_UNIT * unit(dtype, exact) * 1.001


@pytest.mark.parametrize("dtype", ["bool", "int32", "uint8"])
@pytest.mark.parametrize("mode", ["constant", "grid-constant", "wrap"])
def test_order_zero_moves_samples_of_any_dtype(dtype, mode):
    x = jnp.arange(12).reshape(3, 4).astype(dtype)
    u = jnp.array([[0, 2, -1, 5], [3, 1, 1, 1]])
    wide = jr.map_coordinates(x.astype(jnp.float32), u, 0, mode=mode, cval=1.0)
    found = jr.map_coordinates(x, u, 0, mode=mode, cval=1)
    chex.assert_type(found, dtype)
    np.testing.assert_array_equal(found.astype(jnp.float32), wide)


REFUSALS = [
    ({"order": 6}, ValueError, "`order` must be from 0 to 5"),
    ({"mode": "edge"}, ValueError, "`mode` must be one of"),
    ({"prefilter": None}, TypeError, "`prefilter` must be True or False"),
    ({"cval": np.zeros(2)}, ValueError, "`cval` must be a number"),
    ({"cval": 1j}, TypeError, "`cval` must be real"),
    ({"coordinates": np.zeros((3, 4))}, ValueError, "`coordinates` must have 2 entries, one per axis"),
    ({"coordinates": np.zeros((2, 4), complex)}, TypeError, "`coordinates` must be real numbers"),
    ({"coordinates": [np.zeros(2), np.zeros(3)]}, ValueError, "`coordinates` must be arrays of one shape"),
    ({"coordinates": 3}, TypeError, "`coordinates` must be a JAX or NumPy array"),
    ({"axes": (0, 0)}, ValueError, "`axes` must name each axis once"),
    ({"x": np.zeros((3, 0))}, ValueError, "`x` must have no empty axis"),
    (
        {"x": np.zeros((3, 4), np.int32)},
        TypeError,
        "`x` must be floating, complex, or an integer of at most 16",
    ),
]


@pytest.mark.parametrize(("change", "error", "words"), REFUSALS, ids=range(len(REFUSALS)))
def test_refusals(change, error, words):
    keywords = {"x": np.zeros((3, 4)), "coordinates": np.zeros((2, 5)), "order": 1} | change
    with pytest.raises(error, match=words):
        jr.map_coordinates(**keywords)
