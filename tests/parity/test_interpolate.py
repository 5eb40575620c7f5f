"""Live comparison with PyTorch: values and gradients of random calls."""

import functools
import math

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given

from jax_resample.axis import Axis
from jax_resample.build import build
from jax_resample.compat import torch as ours
from jax_resample.conventions import torch_convention
from jax_resample.resize import SYNONYMS

from ..tolerances import FLOAT32_ULPS, FLOAT64_RELATIVE, HALF_UNIT, spacing, unit
from .calls import NEAREST, WEIGHTED, Call, calls, long_calls

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("x64")


def on_torch(call: Call, dtype: str, samples: np.ndarray | None = None):
    x = torch.from_numpy(call.image(dtype) if samples is None else samples).to(getattr(torch, dtype))
    return torch.nn.functional.interpolate(x, **call.keywords), x


def on_jax(call: Call, dtype: str):
    return ours.interpolate(jnp.asarray(call.image(dtype)).astype(dtype), **call.keywords)


def wide(array) -> np.ndarray:
    if isinstance(array, jax.Array):
        return np.asarray(array.astype("float64"))
    return array.detach().to(torch.float64).numpy()


def gain(call: Call, sizes: tuple[int, ...]) -> float:
    """How far the operator enlarges what goes in, beyond the usual.

    With antialias and align_corners, windows at the end reach beyond the edge; what is left of a cubic's
    weights can have a small sum, and is divided by it. Outputs are then small differences of large terms.
    """
    if not (call.keywords.get("antialias") and call.keywords.get("align_corners")):
        return 1.0
    method = SYNONYMS[call.keywords["mode"]]
    row = torch_convention(method, antialias=True, align_corners=True)
    axes = (Axis(n, m, row, "float64") for n, m in zip(call.shape[2:], sizes, strict=True))
    return math.prod(float(np.abs(build(axis).weights).sum(axis=1).max()) for axis in axes)


def assert_same_kind(mine, theirs, dtype: str) -> None:
    chex.assert_shape(mine, tuple(theirs.shape))
    chex.assert_type(mine, dtype)


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16", "uint8"])
@given(call=calls(NEAREST))
def test_nearest_picks_the_same_sample(dtype, call):
    n = int(np.prod(call.shape[2:]))
    distinct = np.arange(n).reshape(1, 1, *call.shape[2:]) % (250 if dtype != "float64" else n + 1)
    # C order: PyTorch would take the strides of a broadcast array for a channels-last tensor.
    samples = np.broadcast_to(distinct, call.shape).astype("float64", order="C")
    theirs, x = on_torch(call, dtype, samples)
    mine = ours.interpolate(jnp.asarray(wide(x)).astype(dtype), **call.keywords)
    assert_same_kind(mine, theirs, dtype)
    np.testing.assert_array_equal(wide(mine), wide(theirs))


@given(call=calls(WEIGHTED))
def test_float64(call):
    theirs, x = on_torch(call, "float64")
    mine = on_jax(call, "float64")
    assert_same_kind(mine, theirs, "float64")
    largest = max(np.abs(wide(theirs)).max(), gain(call, mine.shape[2:]) * np.abs(wide(x)).max())
    assert np.abs(wide(mine) - wide(theirs)).max() <= FLOAT64_RELATIVE * largest


@given(call=calls(WEIGHTED))
def test_float32(call):
    theirs, x = on_torch(call, "float32")
    mine = on_jax(call, "float32")
    assert_same_kind(mine, theirs, "float32")
    allowed = FLOAT32_ULPS * unit("float32", wide(x) * gain(call, mine.shape[2:]), wide(theirs))
    assert np.abs(wide(mine) - wide(theirs)).max() <= allowed


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@given(call=long_calls())
def test_long_axes(dtype, call):
    theirs, x = on_torch(call, dtype)
    mine = on_jax(call, dtype)
    assert_same_kind(mine, theirs, dtype)
    scale = FLOAT64_RELATIVE if dtype == "float64" else FLOAT32_ULPS * 2.0**-23
    exact = call.keywords["mode"] in NEAREST
    allowed = 0 if exact else scale * max(np.abs(wide(x)).max(), np.abs(wide(theirs)).max())
    assert np.abs(wide(mine) - wide(theirs)).max() <= allowed


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@given(call=calls(tuple(m for m in WEIGHTED if m != "lanczos"), antialias=False))
def test_low_precision_is_one_rounding_of_the_float32_answer(dtype, call):
    same_dtype, x = on_torch(call, dtype)
    answer, _ = on_torch(call, "float32", wide(x))
    mine = on_jax(call, dtype)
    assert_same_kind(mine, same_dtype, dtype)
    allowed = HALF_UNIT * spacing(wide(answer), dtype) + FLOAT32_ULPS * unit("float32", wide(x), wide(answer))
    assert (np.abs(wide(mine) - wide(answer)) <= allowed).all()


@given(call=calls(("bilinear", "bicubic", "lanczos")))
def test_uint8_is_equal_in_every_value(call):
    theirs, _ = on_torch(call, "uint8")
    mine = on_jax(call, "uint8")
    assert_same_kind(mine, theirs, "uint8")
    np.testing.assert_array_equal(np.asarray(mine), theirs.numpy())


def pull_backs(call: Call, dtype: str, cotangent_of):
    """Both libraries' pull-backs of one cotangent, PyTorch's value and our pull-back function."""
    theirs, x = on_torch(call, dtype)
    x.requires_grad_()
    theirs = torch.nn.functional.interpolate(x, **call.keywords)
    rng = np.random.default_rng(call.seed + 1)
    cotangent = cotangent_of(rng, tuple(theirs.shape)).astype(dtype)
    theirs.backward(torch.from_numpy(cotangent))
    f = functools.partial(ours.interpolate, **call.keywords)
    _, pull = jax.vjp(f, jnp.asarray(wide(x)).astype(dtype))
    return wide(pull(jnp.asarray(cotangent))[0]), wide(x.grad), wide(theirs), cotangent, pull


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@given(call=calls(WEIGHTED))
def test_gradient(dtype, call):
    """The pull-back of a random cotangent. Each entry sums many products, in another order than PyTorch.

    Where a factor leaves an axis as long as it is, PyTorch's antialiased forward skips that axis and its
    backward resamples it; where it leaves all of them so, plain bicubic's forward resamples and its backward
    copies. Neither is a transpose, and both are left out.
    """

    def normal(rng, shape):
        return rng.standard_normal(shape)

    mine, theirs, y, cotangent, pull = pull_backs(call, dtype, normal)
    kept = [m == n for n, m in zip(call.shape[2:], y.shape[2:], strict=True)]
    assume(not (any(kept) if call.keywords.get("antialias") else all(kept)))
    # PyTorch scatters in the array's dtype: the sum of the absolute terms bounds what either may lose.
    reach = np.abs(wide(pull(jnp.ones(y.shape, dtype))[0])).max() * np.abs(cotangent).max()
    reach *= gain(call, y.shape[2:])
    scale = FLOAT64_RELATIVE if dtype == "float64" else FLOAT32_ULPS * 2.0**-23
    if call.keywords["mode"] == "bicubic" and not call.keywords["antialias"] and dtype == "float32":
        # PyTorch's forward fuses `step * (i + 1/2) - 1/2` and its backward does not: the backward's taps
        # are those of coordinates up to one unit in the last place off, and no transpose of the forward.
        scale += spacing(np.float64(max(call.shape[2:])), dtype).item()
    assert np.abs(mine - theirs).max() <= scale * max(reach, np.abs(mine).max())


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@given(call=calls(NEAREST))
def test_gradient_of_nearest_is_equal(dtype, call):
    """Small integers add exactly in any order, so both the gradients and their check are exact.

    PyTorch's backward is not always the transpose of its forward: n = 4 scaled by 1.2 reads samples 0, 0,
    1, 2 in one dimension, and the backward takes equal sizes for a copy. Such calls are left out.
    """

    def integers(rng, shape):
        return rng.integers(-8, 9, shape)

    mine, theirs, y, cotangent, _ = pull_backs(call, dtype, integers)
    x = call.image("float64").astype(dtype).astype("float64")
    left, right = np.vdot(y, cotangent), np.vdot(x, theirs)
    assume(abs(left - right) <= 1e-9 * np.abs(cotangent).sum())
    np.testing.assert_array_equal(mine, theirs)
