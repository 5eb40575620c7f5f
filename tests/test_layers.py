"""The Flax layers: each is its function, in NNX and in Linen, and refuses what it must."""

import dataclasses
import inspect
import subprocess
import sys
from typing import Any, NamedTuple

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr

from .layers import NAMES, call, each_flax, each_layer, make, sample
from .tolerances import FLOAT64_RELATIVE


class Case(NamedTuple):
    """A layer, the function call that it stands for, and the shape it takes."""

    name: str
    arguments: dict[str, Any]
    function: Any
    keywords: dict[str, Any]
    shape: tuple[int, ...]


def _upsample(shape, **keywords):
    return Case("Upsample", keywords, jr.interpolate, keywords, shape)


def _upsampling(name, shape, fixed, **arguments):
    return Case(name, arguments, jr.interpolate, {**arguments, **fixed}, shape)


def _pool(shape, **keywords):
    return Case("AdaptiveAvgPool", keywords, jr.adaptive_avg_pool, keywords, shape)


_IMAGE = (2, 5, 7, 3)
_CORNERS = {"mode": "bilinear", "align_corners": True}
CASES = [
    _upsample((2, 5, 3), scale_factor=1.5),
    _upsample((2, 5, 3), size=9, mode="linear", align_corners=True),
    _upsample(_IMAGE, size=[8, 3], mode="nearest-exact"),
    _upsample(_IMAGE, size=(9, 4), mode="bilinear", antialias=True),
    _upsample(_IMAGE, scale_factor=[1.3, 2.1], mode="bicubic", align_corners=False),
    _upsample(_IMAGE, scale_factor=1.3, mode="bilinear", recompute_scale_factor=True),
    _upsample(_IMAGE, size=(3, 4), mode="lanczos", antialias=True),
    _upsample(_IMAGE, size=(3, 4), mode="area"),
    _upsample((1, 3, 4, 5, 2), size=(4, 3, 6), mode="trilinear"),
    _upsample((2, 3, 5, 7), size=6, mode="bilinear", data_format="channels_first"),
    _upsampling("UpsamplingNearest2d", _IMAGE, {"mode": "nearest"}, size=(8, 4)),
    _upsampling("UpsamplingNearest2d", (2, 3, 5, 7), {}, scale_factor=2.5, data_format="channels_first"),
    _upsampling("UpsamplingBilinear2d", _IMAGE, _CORNERS, size=[8, 4]),
    _upsampling("UpsamplingBilinear2d", _IMAGE, _CORNERS, scale_factor=(1.5, 2)),
    _upsampling("UpsamplingBilinear2d", (2, 3, 5, 7), _CORNERS, size=9, data_format="channels_first"),
    _pool((2, 5, 3), output_size=3),
    _pool(_IMAGE, output_size=[2, None]),
    _pool((2, 3, 5, 7), output_size=(3, 4), data_format="channels_first"),
]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.name}-{c.arguments}")


@each_flax
@each_case
def test_a_layer_is_its_function(kind, case):
    x = sample(case.shape)
    layer = make(kind, case.name, **case.arguments)
    expected = case.function(x, **case.keywords)
    chex.assert_trees_all_equal(call(layer, x), expected)
    chex.assert_trees_all_equal(jax.jit(lambda x: call(layer, x))(x), expected)


# Layers of PyTorch 2.13 on [[1, 2], [3, 4]]: torch.nn.UpsamplingBilinear2d(scale_factor=2), and so on.
RECORDED = [
    (
        "UpsamplingBilinear2d",
        {"scale_factor": 2},
        [[1, 4 / 3, 5 / 3, 2], [5 / 3, 2, 7 / 3, 8 / 3], [7 / 3, 8 / 3, 3, 10 / 3], [3, 10 / 3, 11 / 3, 4]],
    ),
    ("UpsamplingNearest2d", {"size": (2, 3)}, [[1, 1, 2], [3, 3, 4]]),
    (
        "Upsample",
        {"scale_factor": 2, "mode": "bicubic"},
        [
            [0.68359375, 1.015625, 1.5625, 1.89453125],
            [1.34765625, 1.6796875, 2.2265625, 2.55859375],
            [2.44140625, 2.7734375, 3.3203125, 3.65234375],
            [3.10546875, 3.4375, 3.984375, 4.31640625],
        ],
    ),
    ("Upsample", {"size": (1, 3), "mode": "bilinear"}, [[2, 2.5, 3]]),
    ("AdaptiveAvgPool", {"output_size": (3, 1)}, [[1.5], [2.5], [3.5]]),
]


@each_flax
@pytest.mark.parametrize(("name", "arguments", "expected"), RECORDED)
def test_recorded_values(kind, name, arguments, expected):
    x = jnp.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    received = call(make(kind, name, **arguments), x)[0, :, :, 0]
    chex.assert_trees_all_close(received, np.array(expected, np.float32), rtol=3e-7)


def pytorch_layers():
    """Pairs for the live comparison: a layer's name and its arguments, for both libraries."""
    named = [(case.name, case.arguments, case.shape) for case in CASES if case.name != "AdaptiveAvgPool"]
    pooled = [("AdaptiveAvgPool", {"output_size": (3, 4)}, _IMAGE)]
    return [row for row in named + pooled if not {"antialias", "data_format"} & row[1].keys()]


@pytest.mark.parametrize(("name", "arguments", "shape"), pytorch_layers())
def test_live_values_and_gradients(name, arguments, shape, rng, x64):
    torch = pytest.importorskip("torch")

    def tensor(array):
        return torch.tensor(np.moveaxis(array, -1, 1).copy())

    given = {k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()}
    layer = getattr(torch.nn, {"AdaptiveAvgPool": "AdaptiveAvgPool2d"}.get(name, name))(**given)
    images = rng.standard_normal(shape)
    x = tensor(images).requires_grad_()
    expected = layer(x)
    received, pull = jax.vjp(make("nnx", name, **arguments), jnp.asarray(images))
    cotangent = rng.standard_normal(received.shape)
    expected.backward(tensor(cotangent))
    for mine, theirs in ((received, expected.detach()), (pull(jnp.asarray(cotangent))[0], x.grad)):
        theirs = np.moveaxis(theirs.numpy(), 1, -1)
        chex.assert_trees_all_close(mine, theirs, rtol=0, atol=FLOAT64_RELATIVE * np.abs(theirs).max())


@each_flax
@pytest.mark.parametrize("size", [[4, 6], np.array([4, 6]), (4, 6)], ids=["list", "array", "tuple"])
def test_sequences_become_tuples(kind, size):
    layer = make(kind, "UpsamplingBilinear2d", size)
    assert layer.size == (4, 6)
    assert all(type(length) is int for length in layer.size)
    assert make(kind, "Upsample", scale_factor=[1.5, 2]).scale_factor == (1.5, 2)
    chex.assert_shape(call(layer, sample((1, 2, 3, 1))), (1, 4, 6, 1))


@each_flax
def test_repr_shows_the_configuration(kind):
    text = repr(make(kind, "Upsample", [2, 3], mode="bilinear", align_corners=True)).replace(" ", "")
    assert text.startswith("Upsample(")
    for field in (
        "size=(2,3)",
        "scale_factor=None",
        "mode='bilinear'",
        "align_corners=True",
        "antialias=False",
    ):
        assert field in text


@each_flax
@each_layer
def test_every_field_is_documented(kind, name):
    layer = getattr(getattr(jr, kind), name)
    documentation = inspect.getdoc(layer)
    fields = [field.name for field in dataclasses.fields(layer) if field.name not in ("parent", "name")]
    assert fields[-1] == "data_format"
    for field in fields:
        assert f"\n  {field}: " in documentation


@each_flax
@each_layer
def test_profiles_name_the_layer(kind, name):
    layer = make(kind, name, 3)
    text = jax.jit(lambda x: call(layer, x)).lower(sample((1, 4, 4, 1))).as_text(debug_info=True)
    assert f"jax_resample.{name}/" in text


@each_flax
def test_vmap_takes_unbatched_images(kind):
    layer = make(kind, "Upsample", scale_factor=2, mode="bilinear")
    x = sample((3, 1, 4, 5, 2))
    chex.assert_trees_all_equal(jax.vmap(lambda v: call(layer, v))(x)[:, 0], call(layer, x[:, 0]))


# Refusals -----------------------------------------------------------------------------------------------


@each_flax
def test_what_is_refused_when_made(kind):
    with pytest.raises(ValueError, match=r"`mode` must be one of 'nearest', .*; received 'cubic'"):
        make(kind, "Upsample", 2, mode="cubic")
    for name in NAMES:
        with pytest.raises(ValueError, match=r"`data_format` must be one of .*; received 'NHWC'"):
            make(kind, name, 2, data_format="NHWC")
    with pytest.raises(TypeError, match="positional"):
        make(kind, "Upsample", 2, None, "bilinear")
    with pytest.raises(TypeError, match="output_size"):
        make(kind, "AdaptiveAvgPool")


@each_flax
@pytest.mark.parametrize(
    ("name", "arguments", "shape", "message"),
    [
        ("Upsample", {}, _IMAGE, r"`size` must be given, or `scale_factor`"),
        ("Upsample", {"size": 3, "scale_factor": 2}, _IMAGE, r"`size` must be given, or `scale_factor`"),
        ("Upsample", {"size": [3, 4, 5]}, _IMAGE, r"`size` must be one value or 2"),
        ("Upsample", {"size": 3, "mode": "linear"}, _IMAGE, r"`mode` must suit the array"),
        ("Upsample", {"size": 3, "align_corners": True}, _IMAGE, r"`align_corners` must be None"),
        ("UpsamplingNearest2d", {"size": 3}, (2, 5, 3), r"`x` must have 4 axes .*shape \(2, 5, 3\)"),
        ("UpsamplingNearest2d", {"size": 3}, (1, 4, 4, 4, 1), r"`x` must have 4 axes"),
        ("UpsamplingBilinear2d", {"size": 3}, (2, 5, 3), r"`x` must have 4 axes"),
        ("UpsamplingBilinear2d", {}, _IMAGE, r"`size` must be given, or `scale_factor`"),
        ("AdaptiveAvgPool", {"output_size": [-1, 2]}, _IMAGE, r"`output_size` must have no negative size"),
    ],
)
def test_what_is_refused_when_called(kind, name, arguments, shape, message):
    layer = make(kind, name, **arguments)
    with pytest.raises(ValueError, match=message):
        jax.eval_shape(lambda x: call(layer, x), sample(shape))


@each_flax
def test_lists_of_numbers_are_no_images(kind):
    with pytest.raises(TypeError, match=r"`x` must be a JAX or NumPy array; received list"):
        call(make(kind, "UpsamplingNearest2d", 2), [[1.0, 2.0]])


@each_flax
def test_without_flax_the_install_line_is_given(kind):
    code = f"""
import sys
sys.modules["flax"] = None  # importing it fails from here on
import jax_resample as jr
try:
    jr.{kind}
except ImportError as error:
    assert isinstance(error.__cause__, ModuleNotFoundError)
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "jax_resample[flax]"' in done.stdout
