"""What the tests of the layers share: both Flaxes under one call."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen

import jax_resample as jr

NAMES = ("Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d", "AdaptiveAvgPool")
each_flax = pytest.mark.parametrize("kind", ["nnx", "linen"])
each_layer = pytest.mark.parametrize("name", NAMES)


def make(kind: str, name: str, *arguments, **keywords):
    return getattr(getattr(jr, kind), name)(*arguments, **keywords)


def call(layer, x):
    return layer.apply({}, x) if isinstance(layer, linen.Module) else layer(x)


def sample(shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).standard_normal(shape).astype(np.float32))
