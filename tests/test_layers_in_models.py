"""The Flax layers inside models: training, splitting, naming, freezing."""

import chex
import flax.errors
import jax
import jax.numpy as jnp
import pytest
from flax import linen, nnx

import jax_resample as jr

from .layers import each_layer, make, sample

# NNX ----------------------------------------------------------------------------------------------------


class NnxDecoder(nnx.Module):
    """A 1x1 convolution without bias, a resize to 6x8 and a pooled score: enough to train."""

    def __init__(self):
        self.mix = nnx.Param(sample((3, 2), seed=1))
        resizes = [jr.nnx.Upsample([6, 8], mode="bilinear", align_corners=True)]
        self.layers = nnx.List([*resizes, jr.nnx.AdaptiveAvgPool((4, 3))])

    def __call__(self, x):
        x = x @ self.mix[...]
        for layer in self.layers:
            x = layer(x)
        return x


def reference(mix, x):
    """Both decoders as one function of their weights."""
    x = jr.interpolate(x @ mix, (6, 8), mode="bilinear", align_corners=True)
    return jr.adaptive_avg_pool(x, (4, 3))


def mean_square(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def test_nnx_gradients():
    model, x, y = NnxDecoder(), sample((2, 4, 5, 3)), sample((2, 4, 3, 2))
    received = nnx.grad(mean_square)(model, x, y)["mix"][...]
    expected = jax.grad(lambda mix: jnp.mean((reference(mix, x) - y) ** 2))(model.mix[...])
    chex.assert_trees_all_close(received, expected, rtol=1e-6)
    assert jnp.abs(expected).max() > 0.01


def test_nnx_trains_under_jit():
    model, x = NnxDecoder(), sample((2, 4, 5, 3))
    wanted = sample((3, 2), seed=7)
    y = reference(wanted, x)

    @nnx.jit
    @chex.assert_max_traces(1)
    def step(model, x, y):
        loss, gradients = nnx.value_and_grad(mean_square)(model, x, y)
        nnx.update(model, jax.tree.map(lambda p, g: p - g, nnx.state(model, nnx.Param), gradients))
        return loss

    losses = [step(model, x, y) for _ in range(60)]
    assert losses[-1] < 1e-3 * losses[0]
    chex.assert_trees_all_close(model.mix[...], wanted, atol=0.05)


@each_layer
def test_nnx_layers_hold_no_state(name):
    layer = make("nnx", name, [2, 3])
    graph, state = nnx.split(layer)
    assert not jax.tree.leaves(state)
    assert not jax.tree.leaves(layer)
    assert graph == nnx.split(make("nnx", name, (2, 3)))[0]
    assert len({layer, make("nnx", name, [2, 3])}) == 2  # modules are objects, not values
    x = sample((1, 4, 5, 2))
    chex.assert_trees_all_equal(nnx.merge(graph, state)(x), layer(x))


def test_nnx_containers_and_shapes():
    model = nnx.Sequential(jr.nnx.UpsamplingNearest2d(scale_factor=2), jr.nnx.AdaptiveAvgPool([3, None]))
    x = sample((2, 4, 5, 3))
    chex.assert_trees_all_equal(nnx.jit(lambda m, v: m(v))(model, x), model(x))
    assert nnx.eval_shape(lambda m, v: m(v), model, x).shape == (2, 3, 10, 3)
    abstract = nnx.eval_shape(lambda: jr.nnx.Upsample([3, 4]))
    assert abstract.size == (3, 4)


# Linen --------------------------------------------------------------------------------------------------


class LinenDecoder(linen.Module):
    """The same decoder, one resize made in setup."""

    def setup(self):
        self.mix = self.param("mix", lambda _: sample((3, 2), seed=1))
        self.resize = jr.linen.Upsample([6, 8], mode="bilinear", align_corners=True)
        self.pools = [jr.linen.AdaptiveAvgPool([4, 3])]

    def __call__(self, x):
        x = self.resize(x @ self.mix)
        for pool in self.pools:
            x = pool(x)
        return x


class LinenCompact(linen.Module):
    """Layers made while called."""

    @linen.compact
    def __call__(self, x):
        x = jr.linen.Upsample(scale_factor=2, name="doubled")(x)
        return jr.linen.UpsamplingBilinear2d([3, 3])(x)


def test_linen_gradients():
    model, x, y = LinenDecoder(), sample((2, 4, 5, 3)), sample((2, 4, 3, 2))
    variables = model.init(jax.random.key(0), x)
    assert jax.tree.structure(variables) == jax.tree.structure({"params": {"mix": 0}})
    received = jax.grad(lambda v: jnp.mean((model.apply(v, x) - y) ** 2))(variables)
    expected = jax.grad(lambda mix: jnp.mean((reference(mix, x) - y) ** 2))(variables["params"]["mix"])
    chex.assert_trees_all_close(received["params"]["mix"], expected, rtol=1e-6)


def test_linen_names_and_intermediates():
    x = sample((1, 2, 3, 1))
    y, variables = LinenCompact().apply({}, x, capture_intermediates=True)
    intermediates = variables["intermediates"]
    assert intermediates.keys() == {"doubled", "UpsamplingBilinear2d_0", "__call__"}
    chex.assert_shape(intermediates["doubled"]["__call__"][0], (1, 4, 6, 1))
    chex.assert_trees_all_equal(intermediates["UpsamplingBilinear2d_0"]["__call__"][0], y)
    assert jr.linen.Upsample(2, name="up").name == "up"


@each_layer
def test_linen_layers_are_frozen_values(name):
    layer = make("linen", name, [2, 3])
    assert layer == make("linen", name, (2, 3))
    assert layer != make("linen", name, (2, 4))
    assert len({layer, make("linen", name, (2, 3)), make("linen", name, 2)}) == 2
    assert not layer.init(jax.random.key(0), sample((1, 4, 5, 2)))
    with pytest.raises(flax.errors.SetAttributeFrozenModuleError):
        layer.bind({}).data_format = "channels_first"
