"""`GridSample` and `SpatialTransformer`: their functions, in NNX and in Linen, with networks inside."""

import dataclasses
import inspect

import chex
import jax
import jax.numpy as jnp
import pytest
from flax import linen, nnx

import jax_resample as jr

from .layers import call, each_flax, make, sample

THETA = jnp.array([[[0.9, 0.2, 0.1], [-0.3, 1.1, 0.0]], [[1.0, 0.0, 0.5], [0.1, 0.7, -0.2]]])


def apply(layer, *arguments):
    return layer.apply({}, *arguments) if isinstance(layer, linen.Module) else layer(*arguments)


@each_flax
@pytest.mark.parametrize(
    "options",
    [{}, {"mode": "bicubic", "align_corners": True}, {"mode": "nearest", "padding_mode": "reflection"}],
    ids=str,
)
def test_a_layer_is_its_functions(kind, options):
    x, align = sample((2, 5, 6, 3)), options.get("align_corners", False)
    grid = jr.affine_grid(THETA, (4, 3), align_corners=align)
    expected = jr.grid_sample(x, grid, **options)
    chex.assert_trees_all_equal(apply(make(kind, "GridSample", **options), x, grid), expected)
    transformer = make(kind, "SpatialTransformer", size=[4, 3], **options)
    chex.assert_trees_all_equal(apply(transformer, x, THETA), expected)
    chex.assert_trees_all_equal(apply(transformer, x, THETA.reshape(2, 6)), expected)
    first = make(kind, "SpatialTransformer", size=(4, 3), data_format="channels_first", **options)
    turned = apply(first, jnp.moveaxis(x, -1, 1), THETA)
    chex.assert_trees_all_equal(jnp.moveaxis(turned, 1, -1), expected)


@each_flax
def test_three_dimensions(kind):
    x = sample((1, 3, 4, 5, 2))
    identity = jnp.eye(3, 4)[None]
    chex.assert_trees_all_close(apply(make(kind, "SpatialTransformer"), x, identity), x, rtol=1e-5, atol=1e-5)


def test_a_network_of_nnx_learns():
    x = sample((2, 6, 6, 1))
    network = nnx.Sequential(lambda v: v.reshape(2, -1), nnx.Linear(36, 6, rngs=nnx.Rngs(0)))
    layer = jr.nnx.SpatialTransformer(network)
    gradients = jax.tree.leaves(nnx.grad(lambda layer: (layer(x) ** 2).sum())(layer))
    assert [g.shape for g in gradients] == [(6,), (36, 6)]
    assert all(float(jnp.abs(g).max()) > 0 for g in gradients)


def test_a_network_of_linen_learns():
    class Localization(linen.Module):
        @linen.compact
        def __call__(self, x):
            return linen.Dense(6)(x.reshape(len(x), -1))

    x, layer = sample((2, 6, 6, 1)), jr.linen.SpatialTransformer(Localization())
    parameters = layer.init(jax.random.key(0), x)
    assert jax.tree.map(jnp.shape, parameters) == {
        "params": {"localization": {"Dense_0": {"bias": (6,), "kernel": (36, 6)}}}
    }
    gradients = jax.tree.leaves(jax.grad(lambda p: (layer.apply(p, x) ** 2).sum())(parameters))
    assert all(float(jnp.abs(g).max()) > 0 for g in gradients)


@each_flax
def test_refusals(kind):
    for name in ("GridSample", "SpatialTransformer"):
        for option, value in (("mode", "linear"), ("padding_mode", "wrap"), ("data_format", "NHWC")):
            with pytest.raises(ValueError, match=f"`{option}` must be one of"):
                make(kind, name, **{option: value})
    with pytest.raises(TypeError, match="`align_corners` must be True or False"):
        make(kind, "GridSample", align_corners=None)
    with pytest.raises(ValueError, match="`theta` must be given if, and only if"):
        call(make(kind, "SpatialTransformer"), sample((1, 4, 4, 1)))
    with pytest.raises(ValueError, match="`theta` must be given if, and only if"):
        apply(make(kind, "SpatialTransformer", lambda x: THETA), sample((1, 4, 4, 1)), THETA)


def test_every_field_is_documented():
    for layer in (jr.nnx.GridSample, jr.nnx.SpatialTransformer):
        documentation = inspect.getdoc(layer) or ""
        for field in dataclasses.fields(layer):
            assert f"\n  {field.name}: " in documentation
