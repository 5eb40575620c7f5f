"""Scales and translations, traced and static, against jax.image; gradients; every transform."""

from functools import partial
from typing import Any

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import PartitionSpec

import jax_resample as jr

SCALES, SHIFTS = (0.6, 1.7), (1.25, -2.5)
# Traced operators make many small programs unless they are one.
OPTIONS = ("axes", "antialias", "convention", "least_scale", "method")
compiled = partial(jax.jit, static_argnums=1, static_argnames=OPTIONS)(jr.scale_and_translate)


def image(rng, dtype="float32"):
    return jnp.asarray(rng.normal(size=(2, 9, 7, 3)).astype(dtype))


def sums(function, cotangent):
    """Value and gradients with respect to image, scale and translation, as one program."""

    def both(*arguments):
        value, pull = jax.vjp(function, *arguments)
        return value, pull(cotangent.astype(value.dtype))

    return jax.jit(both)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize(
    ("method", "antialias"),
    [("linear", True), ("cubic-pytorch", False), ("lanczos3", True), ("cubic", False), ("area", True)],
)
def test_values_and_gradients_are_those_of_jax_image(method, antialias, rng):
    if method.upper().replace("-", "_") not in jax.image.ResizeMethod.__members__:
        pytest.skip("this JAX has no such method")
    x, scale, shift = image(rng, "float64"), jnp.array(SCALES), jnp.array(SHIFTS)
    cotangent = jnp.asarray(rng.normal(size=(2, 8, 10, 3)))

    def theirs(x, s, t):
        return jax.image.scale_and_translate(x, (2, 8, 10, 3), (1, 2), s, t, method, antialias=antialias)

    def ours(x, s, t):
        return jr.scale_and_translate(x, (8, 10), s, t, method=method, antialias=antialias)

    expected = sums(theirs, cotangent)(x, scale, shift)
    chex.assert_trees_all_close(sums(ours, cotangent)(x, scale, shift), expected, rtol=1e-10, atol=1e-11)
    static = jr.scale_and_translate(x, (8, 10), SCALES, SHIFTS, method=method, antialias=antialias)
    chex.assert_trees_all_close(static, expected[0], rtol=1e-10, atol=1e-12)
    compat = jr.compat.jax_image.scale_and_translate
    same = compat(x, (2, 8, 10, 3), (1, 2), scale, shift, method, antialias=antialias)
    chex.assert_trees_all_close(same, expected[0], rtol=1e-10, atol=1e-12)


def test_few_taps_gather_and_many_multiply_with_one_answer(rng):
    x = jnp.asarray(rng.normal(size=(400, 2)).astype(np.float32))
    scale, shift = jnp.float32(0.8), jnp.float32(3.3)
    bounded = compiled(x, 300, scale, shift, axes=0, least_scale=0.5)
    free = compiled(x, 300, scale, shift, axes=0)
    static = jr.scale_and_translate(x, 300, 0.8, 3.3, axes=0)
    chex.assert_trees_all_close(bounded, free, atol=1e-4)  # coordinates near 400 in float32
    chex.assert_trees_all_close(bounded, static, atol=4e-4)
    text = str(
        jax.make_jaxpr(lambda s: jr.scale_and_translate(x, 300, s, shift, axes=0, least_scale=0.5))(scale)
    )
    assert "dot_general" not in text


def test_one_program_serves_all_scales(rng):
    x = image(rng)
    traces = []

    @jax.jit
    def crop(scale):
        traces.append(scale)
        return jr.scale_and_translate(x, 6, scale, 0.0)

    for scale in (0.5, 1.0, 2.0):
        expected = jr.scale_and_translate(x, 6, scale, 0.0)
        chex.assert_trees_all_close(crop(jnp.float32(scale)), expected, atol=2e-6)
    assert len(traces) == 1


def test_a_plain_resize_is_a_scale(rng):
    x = image(rng)
    whole = jr.scale_and_translate(x, (4, 14), (4 / 9, 2.0), 0.0)
    chex.assert_trees_all_close(whole, jr.resize(x, (4, 14), convention="jax:linear-antialias"), atol=1e-6)


@pytest.mark.parametrize("name", ["torch:bicubic", "tf2:gaussian", "pillow:lanczos"])
def test_other_conventions_scale_freely(name, rng):
    """By numbers that put no sample on the end of TensorFlow's Gaussian, where it jumps by 1 %."""
    x = image(rng)
    static = jr.scale_and_translate(x, 5, 0.7, 0.45, convention=name)
    traced = compiled(x, 5, jnp.float32(0.7), jnp.float32(0.45), convention=name)
    chex.assert_trees_all_close(traced, static, atol=5e-6)


def test_learning_a_translation():
    """Gradient descent finds by how much a smooth signal was moved."""
    x = jnp.sin(jnp.linspace(0, 6, 60)).astype(jnp.float32)
    target = jr.scale_and_translate(x, 60, 1.1, -4.2)[5:50]

    def loss(shift):
        return ((jr.scale_and_translate(x, 60, 1.1, shift)[5:50] - target) ** 2).mean()

    step = jax.jit(lambda v: v - 80 * jax.grad(loss)(v))
    shift = jnp.float32(-3.0)
    for _ in range(40):
        shift = step(shift)
    np.testing.assert_allclose(shift, -4.2, atol=0.01)


def test_transforms(rng):
    x, scale = image(rng), jnp.array(SCALES, jnp.float32)

    def crop(x, s):
        return jr.scale_and_translate(x, (8, 6), s, 0.3, antialias=False)

    one = jax.jit(crop)(x, scale)
    batched = jax.jit(jax.vmap(crop, (0, None)))(x[:, None], scale)
    chex.assert_trees_all_close(batched[:, 0], one, atol=1e-6)
    scales = jnp.stack([scale, 2 * scale])
    many = jax.jit(jax.vmap(crop, (None, 0)))(x, scales)
    chex.assert_trees_all_close(many[0], one, atol=1e-6)
    scanned = jax.jit(lambda x, scales: jax.lax.map(lambda s: jax.checkpoint(crop)(x, s), scales))(x, scales)
    chex.assert_trees_all_close(scanned, many, atol=1e-6)
    mesh = jax.make_mesh((2,), ("data",), axis_types=(jax.sharding.AxisType.Auto,))
    spec = PartitionSpec("data")
    sharded = jax.jit(jax.shard_map(crop, mesh=mesh, in_specs=(spec, PartitionSpec()), out_specs=spec))
    chex.assert_trees_all_close(sharded(x, scale), one, atol=1e-6)
    slope = jax.jit(lambda s: jax.jvp(lambda s: crop(x, s), (s,), (jnp.ones_like(s),))[1])(scale)
    assert np.isfinite(slope).all()
    assert abs(slope).max() > 0.1


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "uint8", "complex64"])
def test_dtypes_are_computed_wide_and_rounded_once(dtype, rng):
    wide = image(rng) * 20 + 100
    x = wide.astype(dtype)
    y = compiled(x, (8, 6), jnp.array(SCALES, jnp.float32), 0.3)
    assert y.dtype == dtype
    single = jr.scale_and_translate(
        x.astype(jnp.complex64 if dtype == "complex64" else jnp.float32), (8, 6), SCALES, 0.3
    )
    gap = {"bfloat16": 2**-8, "float16": 2**-11, "uint8": 0.0, "complex64": 1e-6}[dtype]
    chex.assert_trees_all_close(
        y.astype(single.dtype), single, rtol=gap, atol=0.51 if dtype == "uint8" else 1e-3
    )


X = np.zeros((4, 6), np.float32)
NOT_A_BOOL: Any = 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: jr.scale_and_translate(X, 2, 0.0, 0.0), ValueError, "`scale` must be positive"),
        (lambda: jr.scale_and_translate(X, 2, (1.0,), 0.0), ValueError, "`scale` must be one value or 2"),
        (
            lambda: jr.scale_and_translate(X, 2, jnp.ones(3), 0.0),
            ValueError,
            "`scale` must be one number or 2",
        ),
        (lambda: jr.scale_and_translate(X, 2, jnp.ones(2, bool), 0.0), TypeError, "`scale` must hold real"),
        (
            lambda: jr.scale_and_translate(X, 2, 1.0, 0.0, method="nearest"),
            ValueError,
            "`method` must be one of",
        ),
        (
            lambda: jr.scale_and_translate(X, 2, 1.0, 0.0, antialias=NOT_A_BOOL),
            TypeError,
            "`antialias` must be True",
        ),
        (
            lambda: jr.scale_and_translate(X, 2, 1.0, 0.0, method="linear", convention="jax:linear"),
            ValueError,
            "`convention` must be given instead of",
        ),
        (
            lambda: jr.scale_and_translate(X, 2, 1.0, 0.0, convention="torch:nearest"),
            ValueError,
            "`convention` must have half-pixel",
        ),
        (
            lambda: jr.scale_and_translate(X, 2, 0.7, 0.4, convention="opencv:area"),
            ValueError,
            "`convention` must have half-pixel coordinates",
        ),
        (
            lambda: jr.scale_and_translate(X, 2, jnp.ones(2), 0.0, convention="matlab:bicubic"),
            ValueError,
            "`least_scale` must be given for a stretched kernel with boundary 'reflect'",
        ),
        (
            lambda: jr.scale_and_translate(X, 2, 1.0, 0.0, least_scale=0.5),
            ValueError,
            "`least_scale` must be None unless",
        ),
        (
            lambda: jr.scale_and_translate(X, 2, jnp.ones(2), 0.0, least_scale=0.0),
            ValueError,
            "`least_scale` must be positive",
        ),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()
