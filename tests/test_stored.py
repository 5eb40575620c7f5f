"""Passes that are stored before the next, as small arrays never are: the same results in every transform."""

import functools

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export
from jax.sharding import AxisType, NamedSharding
from jax.sharding import PartitionSpec as P

import jax_resample as jr

from .modes import CASES, LINEAR_CASES, Case
from .storage import free_storage

SEVERAL_AXES = [case for case in LINEAR_CASES if len(case.lengths) > 1]
IDS = [case.name for case in SEVERAL_AXES]


def resize(case: Case, **options):
    return functools.partial(jr.resize, size=case.sizes, **case.options, **options)


def matrix(case: Case, x):
    """The result by products, which no price concerns."""
    return resize(case, lowering="matrix")(x)


def test_they_are_stored(stored):
    plan = jr.plan((2, 7, 9, 3), (3, 4), antialias=True, lowering="gather")
    assert [step.stored for step in plan.schedule("cpu").steps] == [True, False]
    program = jax.jit(functools.partial(jr.resize, size=(3, 4), antialias=True, lowering="gather"))
    assert "stablehlo.case" in program.lower(jnp.zeros((2, 7, 9, 3))).as_text()


@pytest.mark.parametrize("lowering", ["auto", "gather", "phases"])
@pytest.mark.parametrize("case", SEVERAL_AXES, ids=IDS)
def test_values_and_gradients(case, lowering, stored, rng, x64):
    x = jnp.asarray(rng.standard_normal(case.shape))
    y, pull = jax.vjp(resize(case, lowering=lowering), x)
    chex.assert_trees_all_close(y, matrix(case, x), rtol=1e-13, atol=1e-14)
    cotangent = jnp.asarray(rng.standard_normal(y.shape))
    expected = jax.vjp(functools.partial(matrix, case), x)[1](cotangent)
    chex.assert_trees_all_close(pull(cotangent), expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("case", SEVERAL_AXES, ids=IDS)
def test_channels_first(case, stored, rng, x64):
    x = jnp.asarray(rng.standard_normal(case.shape))
    axes = tuple(range(2, x.ndim))
    y = resize(case, axes=axes)(jnp.moveaxis(x, -1, 1))
    chex.assert_trees_all_close(jnp.moveaxis(y, 1, -1), matrix(case, x), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("case", [c for c in CASES if c.options["method"] in ("linear", "cubic", "lanczos")])
def test_fixed_point_is_equal(case, rng):
    x = jnp.asarray(rng.integers(0, 256, case.shape).astype(np.uint8))
    expected = np.asarray(resize(case)(x))
    with free_storage():
        np.testing.assert_array_equal(resize(case)(x), expected)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "int8", "complex64"])
def test_other_dtypes_are_stored_wide(dtype, stored, rng):
    x = jnp.asarray(rng.integers(-9, 9, (2, 30, 20, 3))).astype(dtype)
    y = jr.resize(x, (4, 41), method="cubic", antialias=True)
    assert y.dtype == x.dtype
    wide = "complex64" if dtype == "complex64" else "float32"
    expected = jr.resize(x.astype(wide), (4, 41), method="cubic", antialias=True, lowering="matrix")
    tolerance = {"bfloat16": 2.0**-7, "float16": 2.0**-9, "int8": 0.51, "complex64": 2.0**-18}[dtype]
    assert float(jnp.abs(y.astype(wide) - expected).max()) <= tolerance * 9


def test_a_nan_reaches_only_what_weighs_it(stored):
    x = jnp.zeros((1, 24, 40, 2)).at[0, 20, 3, 1].set(jnp.nan)
    y = jr.resize(x, (8, 9), antialias=True)
    weight = jr.resize(jnp.zeros_like(x).at[0, 20, 3, 1].set(1.0), (8, 9), antialias=True)
    np.testing.assert_array_equal(jnp.isnan(y), weight != 0)


def test_vmap_scan_and_checkpoint(stored, rng):
    x = jnp.asarray(rng.standard_normal((3, 2, 7, 9, 3)).astype(np.float32))
    f = functools.partial(jr.resize, size=(3, 14), method="cubic", antialias=True)
    expected = jnp.stack([f(one) for one in x])
    chex.assert_trees_all_close(jax.vmap(f)(x), expected, rtol=1e-6, atol=1e-6)
    chex.assert_trees_all_close(jax.lax.map(jax.checkpoint(f), x), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("axis_type", ["Auto", "Explicit"])
@pytest.mark.parametrize("size", [(40, 90), (4, 5), (90, 4)])
def test_a_sharded_batch_stays_sharded(axis_type, size, stored, rng):
    mesh = jax.make_mesh((2,), ("batch",), axis_types=(AxisType[axis_type],))
    sharding = NamedSharding(mesh, P("batch"))
    x = jnp.asarray(rng.standard_normal((2, 60, 70, 3)).astype(np.float32))
    f = functools.partial(jr.resize, size=size, method="cubic", antialias=True)
    y = jax.jit(f)(jax.device_put(x, sharding))
    assert y.sharding.is_equivalent_to(sharding, y.ndim)
    chex.assert_trees_all_close(np.asarray(y), np.asarray(f(x)), rtol=1e-5, atol=1e-5)


def test_export_with_a_symbolic_batch(stored, rng):
    f = jax.jit(functools.partial(jr.resize, size=(11, 5), method="cubic", antialias=True))
    (batch,) = export.symbolic_shape("b")
    exported = export.export(f)(jax.ShapeDtypeStruct((batch, 7, 30, 3), jnp.float32))
    x = jnp.asarray(rng.standard_normal((2, 7, 30, 3)).astype(np.float32))
    again = export.deserialize(exported.serialize())
    chex.assert_trees_all_close(again.call(x), f(x), rtol=1e-6, atol=1e-6)
