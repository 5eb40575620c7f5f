"""Every transform of JAX, over every mode: the operator survives them and never scatters."""

from functools import partial

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export
from jax.sharding import NamedSharding, PartitionSpec
from jax.test_util import check_grads

import jax_resample as jr

from .modes import CASES, IDS, Case

each_case = pytest.mark.parametrize("case", CASES, ids=IDS)


def operator(case: Case):
    return partial(jr.resize, size=case.sizes, **case.options)


def sample(case: Case, rng: np.random.Generator, dtype=np.float64) -> jax.Array:
    return jnp.asarray(rng.standard_normal(case.shape).astype(dtype))


def dense(case: Case, rng: np.random.Generator):
    """The case's Jacobian as rows, by forward mode, and the function on flat vectors."""
    x = sample(case, rng)[0, ..., 0]
    axes = tuple(range(x.ndim))

    def flat(v: jax.Array) -> jax.Array:
        return jr.resize(v.reshape(x.shape), case.sizes, axes=axes, **case.options).ravel()

    return flat, x.ravel()


def two_devices(axis_type: str) -> jax.sharding.Mesh:
    return jax.make_mesh((2,), ("data",), axis_types=(getattr(jax.sharding.AxisType, axis_type),))


@each_case
def test_jit_and_eager_agree(case, rng):
    x = sample(case, rng, np.float32)
    with jax.disable_jit():
        eager = operator(case)(x)
    chex.assert_trees_all_close(jax.jit(operator(case))(x), eager, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("method", ["linear", "cubic"])
def test_an_image_that_the_compiler_knows(method, rng):
    """XLA computes the whole program while it compiles; before JAX 0.8.2 wrongly."""
    x = rng.standard_normal((6, 7)).astype(np.float32)
    resize = partial(jr.resize, size=(9, 11), method=method, axes=(0, 1))
    known = jax.jit(lambda: resize(jnp.asarray(x)))()
    chex.assert_trees_all_close(known, resize(x), rtol=2e-6, atol=2e-6)


@each_case
def test_forward_and_reverse_mode_give_one_matrix(case, rng, x64):
    flat, v = dense(case, rng)
    forward, reverse = jax.jacfwd(flat)(v), jax.jacrev(flat)(v)
    chex.assert_shape(forward, (int(np.prod(case.sizes)), v.size))
    chex.assert_trees_all_close(forward, reverse, rtol=1e-14, atol=1e-15)
    chex.assert_trees_all_close(forward @ v, flat(v), rtol=1e-13, atol=1e-14)


@each_case
def test_gradients_check_numerically_to_order_two(case, rng, x64):
    x = sample(case, rng)
    check_grads(lambda v: operator(case)(v) ** 2, (x,), order=2, modes=("fwd", "rev"), rtol=1e-5, atol=1e-5)


@each_case
def test_linearize_and_linear_transpose(case, rng, x64):
    x, f = sample(case, rng), operator(case)
    y, tangent_map = jax.linearize(f, x)
    chex.assert_trees_all_close(tangent_map(x), y, rtol=1e-14, atol=1e-15)
    (adjoint,) = jax.linear_transpose(f, x)(y)
    assert_adjoint(jnp.vdot(y, y), jnp.vdot(x, adjoint))


def assert_adjoint(left, right):
    chex.assert_trees_all_close(left, right, rtol=1e-12, atol=1e-12)


@each_case
def test_adjointness(case, rng, x64):
    x, f = sample(case, rng), operator(case)
    y, pull = jax.vjp(f, x)
    cotangent = jnp.asarray(rng.standard_normal(y.shape))
    assert_adjoint(jnp.vdot(y, cotangent), jnp.vdot(x, pull(cotangent)[0]))


@each_case
def test_hessian_and_its_products(case, rng, x64):
    flat, v = dense(case, rng)

    def loss(u):
        return (flat(u) ** 3).sum()

    matrix = jax.jacfwd(flat)(v)
    expected = matrix.T @ (6 * flat(v)[:, None] * matrix)
    chex.assert_trees_all_close(jax.hessian(loss)(v), expected, rtol=1e-10, atol=1e-11)
    direction = jnp.asarray(rng.standard_normal(v.shape))
    product = jax.jvp(jax.grad(loss), (v,), (direction,))[1]
    chex.assert_trees_all_close(product, expected @ direction, rtol=1e-10, atol=1e-10)
    reverse = jax.grad(lambda u: jnp.vdot(jax.grad(loss)(u), direction))(v)
    chex.assert_trees_all_close(reverse, product, rtol=1e-10, atol=1e-10)


@each_case
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_vmap_over_any_axis(case, axis, rng):
    x = jnp.asarray(rng.standard_normal((2, *case.shape)).astype(np.float32))
    batched = jax.vmap(operator(case), in_axes=axis, out_axes=axis)(jnp.moveaxis(x, 0, axis))
    expected = jnp.stack([operator(case)(item) for item in x])
    chex.assert_trees_all_close(jnp.moveaxis(batched, axis, 0), expected, rtol=2e-6, atol=2e-6)


@each_case
def test_vmap_of_grad_and_grad_of_vmap(case, rng, x64):
    x = sample(case, rng)
    f = partial(jr.resize, size=case.sizes, axes=tuple(range(len(case.sizes))), **case.options)

    def loss(item):
        return jnp.sum(jnp.sin(f(item)))

    of_grad = jax.vmap(jax.grad(loss))(x)
    grad_of = jax.grad(lambda v: jax.vmap(loss)(v).sum())(x)
    chex.assert_trees_all_close(of_grad, grad_of, rtol=1e-13, atol=1e-14)
    chex.assert_trees_all_close(of_grad[1], jax.grad(loss)(x[1]), rtol=1e-13, atol=1e-14)


@each_case
def test_checkpoint_scan_map_and_cond(case, rng):
    x, f = sample(case, rng, np.float32), operator(case)

    def loss(v):
        return (f(v) ** 2).sum()

    expected = jax.grad(loss)(x)
    near = partial(chex.assert_trees_all_close, rtol=1e-5, atol=1e-5)
    near(jax.grad(lambda v: (jax.checkpoint(f)(v) ** 2).sum())(x), expected)
    near(jax.grad(lambda v: jax.lax.cond(v.sum() > -1e9, loss, jnp.sum, v))(x), expected)
    near(jax.lax.map(f, x[None])[0], f(x))

    def body(total, item):
        return total + loss(item), f(item)

    stacked = jnp.stack([x, 2 * x])
    near(jax.grad(lambda v: jax.lax.scan(body, jnp.float32(0), v)[0])(stacked)[0], expected)


def test_while_loop():
    def body(state):
        return state[0] + 1, jr.resize(jr.resize(state[1], 8), 4)

    count, x = jax.lax.while_loop(lambda s: s[0] < 3, body, (0, jnp.arange(4.0)))
    assert int(count) == 3
    chex.assert_shape(x, (4,))
    assert float(jnp.ptp(x)) < 3


@each_case
def test_shard_map_over_the_batch(case, rng):
    x, f = sample(case, rng, np.float32), operator(case)
    mesh = two_devices("Auto")
    sharded = jax.shard_map(f, mesh=mesh, in_specs=PartitionSpec("data"), out_specs=PartitionSpec("data"))
    chex.assert_trees_all_close(jax.jit(sharded)(x), f(x), rtol=2e-6, atol=2e-6)
    gradient = jax.jit(jax.grad(lambda v: (sharded(v) ** 2).sum()))(x)
    chex.assert_trees_all_close(gradient, jax.grad(lambda v: (f(v) ** 2).sum())(x), rtol=1e-5, atol=1e-5)


@each_case
@pytest.mark.parametrize("axis_type", ["Auto", "Explicit"])
def test_sharded_batch_stays_sharded(case, axis_type, rng):
    mesh = two_devices(axis_type)
    x, f = sample(case, rng, np.float32), operator(case)
    expected = jax.grad(lambda v: (f(v) ** 2).sum())(x), f(x)
    placed = jax.device_put(x, NamedSharding(mesh, PartitionSpec("data")))
    with jax.set_mesh(mesh):
        y = jax.jit(f)(placed)
        gradient = jax.jit(jax.grad(lambda v: (f(v) ** 2).sum()))(placed)
        text = jax.jit(f).lower(placed).compile().as_text()
    assert y.sharding.is_equivalent_to(placed.sharding, y.ndim)
    assert "all-gather" not in text
    chex.assert_trees_all_close((np.asarray(gradient), np.asarray(y)), expected, rtol=1e-5, atol=1e-5)


@each_case
def test_export_with_symbolic_batch_for_several_platforms(case, rng):
    (batch,) = export.symbolic_shape("b")
    spec = jax.ShapeDtypeStruct((batch, *case.shape[1:]), jnp.float32)
    f = operator(case)
    exported = export.export(jax.jit(f), platforms=("cpu", "cuda", "tpu"))(spec)
    back = export.deserialize(exported.serialize(vjp_order=1))
    x = jnp.asarray(rng.standard_normal((5, *case.shape[1:])).astype(np.float32))
    chex.assert_trees_all_close(back.call(x), f(x), rtol=2e-6, atol=2e-6)
    gradient = jax.grad(lambda v: (back.call(v) ** 2).sum())(x)
    chex.assert_trees_all_close(gradient, jax.grad(lambda v: (f(v) ** 2).sum())(x), rtol=1e-5, atol=1e-5)


@each_case
def test_no_gradient_scatters_and_no_dense_matrix(case, rng):
    x, f = sample(case, rng, np.float32), operator(case)

    def loss(v):
        return (f(v) ** 3).sum()

    second = jax.grad(lambda v: (jax.grad(loss)(v) ** 2).sum())
    for function in (f, jax.grad(loss), second):
        program = jax.jit(function).lower(x).as_text()
        assert "scatter" not in program
        assert "dot_general" not in program


def test_jaxpr_shows_one_equation_with_its_taps():
    text = str(jax.make_jaxpr(partial(jr.resize, size=(8, 6)))(jnp.zeros((1, 4, 3, 2))))
    assert text.count("resample[") == 1
    assert "Taps(4->8, K=2, float32)" in text
    assert "Taps(3->6, K=2, float32)" in text


@pytest.mark.parametrize("dtype", ["uint8", "bfloat16", "float16", "float32", "float64"])
def test_transforms_of_every_dtype(dtype, rng, x64):
    x = jnp.asarray(rng.integers(0, 256, (3, 2, 6, 5, 4))).astype(dtype)
    f = partial(jr.resize, size=(9, 4), method="cubic")
    expected = jnp.stack([f(item) for item in x])
    near = partial(chex.assert_trees_all_close, rtol=1e-2 if "16" in dtype else 1e-5, atol=0)
    near(jax.jit(jax.vmap(f))(x), expected)
    near(jax.lax.map(f, x), expected)
    near(jax.lax.scan(lambda c, v: (c, jax.checkpoint(f)(v)), 0, x)[1], expected)
    chex.assert_type(expected, dtype)
    if dtype != "uint8":
        gradient = jax.vmap(jax.grad(lambda v: f(v).astype("float32").sum()))(x)
        chex.assert_type(gradient, dtype)


def test_adjoint_of_low_precision_accumulates_in_float32():
    """A thousand cotangents of one bfloat16 pixel sum to 1000, which bfloat16 steps cannot reach."""
    x = jnp.zeros((1,), jnp.bfloat16)
    gradient = jax.grad(lambda v: jr.resize(v, 1000, method="nearest").astype("float32").sum())(x)
    chex.assert_trees_all_equal(gradient, jnp.array([1000], jnp.bfloat16))


def test_gradient_through_uint8_is_float0():
    x = jnp.arange(8, dtype=jnp.uint8).reshape(1, 4, 2)
    gradient = jax.grad(lambda v: jr.resize(v, 8).astype("float32").sum(), allow_int=True)(x)
    assert gradient.dtype == jax.dtypes.float0
