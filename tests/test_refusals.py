"""Bad input: refused at trace time, with the argument, the rule and what was received."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.compat import torch as ours

from .refusals import IDS, REFUSALS, samples


@pytest.mark.parametrize("refusal", REFUSALS, ids=IDS)
def test_what_torch_refuses(refusal):
    x = jnp.asarray(samples(refusal)).astype(refusal.dtype)
    function = getattr(ours, refusal.function)
    with pytest.raises(refusal.error) as caught:
        jax.eval_shape(lambda v: function(v, **refusal.keywords), x)
    message = str(caught.value)
    assert re.match(r"`\w+` must .+; received .+", message), message
    for word in refusal.words:
        assert word in message


@pytest.mark.parametrize(
    ("keywords", "error", "words"),
    [
        ({"size": 4, "method": "bicubics"}, ValueError, ("`method`", "'bicubics'", "'cubic'")),
        ({"size": 4, "method": 3}, ValueError, ("`method`", "received 3")),
        ({"size": (4,)}, ValueError, ("`size`", "2, one per spatial axis")),
        ({"size": 0}, ValueError, ("`size`", "at least 1")),
        ({"size": 2.5}, TypeError, ("`size`", "2.5 (float)")),
        ({"size": 4, "axes": (1, 5)}, ValueError, ("`axes`", "[-4, 4)")),
        ({"size": 4, "axes": (1, -3)}, ValueError, ("`axes`", "once")),
        ({"size": 4, "axes": 1.0}, TypeError, ("`axes`", "1.0 (float)")),
        ({"size": 4, "method": "area", "antialias": True}, ValueError, ("`antialias`", "'area'")),
        ({"size": 4, "method": "nearest", "align_corners": True}, ValueError, ("`align_corners`",)),
        ({"size": 4, "method": "lanczos", "align_corners": True}, ValueError, ("`align_corners`",)),
        ({"size": 4, "align_corners": None}, TypeError, ("`align_corners`", "None")),
        ({"size": 4, "antialias": 1}, TypeError, ("`antialias`", "received 1")),
    ],
)
def test_what_resize_refuses(keywords, error, words):
    with pytest.raises(error) as caught:
        jr.resize(jnp.zeros((1, 3, 4, 2)), **keywords)
    for word in words:
        assert word in str(caught.value)


def test_dtypes_that_cannot_be_averaged():
    with pytest.raises(TypeError, match=r"`x` must be floating.*int32 to be weighed by 'triangle'"):
        jr.resize(jnp.zeros((1, 3, 3, 2), jnp.int32), 4)
    assert jr.resize(jnp.zeros((1, 3, 3, 2), jnp.int32), 4, method="nearest").dtype == jnp.int32


@pytest.mark.parametrize("x", [[[1.0, 2.0]], 3.0, None, "image"])
def test_what_is_no_array(x):
    with pytest.raises(TypeError, match="`x` must be a JAX or NumPy array; received"):
        jr.resize(x, 4)


def test_traced_sizes_are_named_as_such():
    with pytest.raises(TypeError, match="`size` must hold static integers; received a traced"):
        jax.jit(lambda x, n: jr.resize(x, n))(jnp.zeros((1, 3, 3, 2)), 4)
    with pytest.raises(TypeError, match="`scale_factor` must hold static real numbers; received a traced"):
        jax.jit(lambda x, f: jr.interpolate(x, scale_factor=f))(jnp.zeros((1, 3, 3, 2)), 2.0)


def test_symbolic_lengths_are_named_as_such():
    (n,) = jax.export.symbolic_shape("n")
    spec = jax.ShapeDtypeStruct((1, n, 3, 2), jnp.float32)
    with pytest.raises(TypeError, match="`x` must have static lengths along the resampled axes"):
        jax.export.export(jax.jit(lambda x: jr.resize(x, 4)))(spec)


@pytest.mark.parametrize("data_format", ["NHWC", None, "channels-last"])
def test_layouts_by_name(data_format):
    with pytest.raises(ValueError, match="`data_format` must be one of 'channels_last', 'channels_first'"):
        jr.interpolate(jnp.zeros((1, 3, 3, 2)), size=4, data_format=data_format)


def test_numpy_integers_and_sequences_are_sizes():
    x = jnp.arange(12.0).reshape(1, 3, 4, 1)
    expected = jr.resize(x, (5, 6))
    for size in (np.array([5, 6]), [np.int64(5), 6], (np.int8(5), np.int16(6))):
        np.testing.assert_array_equal(jr.resize(x, size), expected)
