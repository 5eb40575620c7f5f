"""Recorded PyTorch 2.13 values and gradients: the suite's oracle where PyTorch is not installed."""

from pathlib import Path

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.compat import torch as ours

from .golden.calls import CALLS, FILE, Call, samples
from .tolerances import FLOAT32_ULPS, FLOAT64_RELATIVE, HALF_UNIT, spacing, unit

pytestmark = pytest.mark.usefixtures("x64")
each_call = pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])


@pytest.fixture(scope="module")
def recorded():
    with np.load(Path(__file__).parent / "golden" / FILE) as file:
        return dict(file)


def run(call: Call, x: jax.Array) -> jax.Array:
    return getattr(ours, call.function)(x, **call.keywords)


def inputs(call: Call) -> jax.Array:
    return jnp.asarray(samples(call.shape, call.dtype)).astype(call.dtype)


def assert_near(mine: jax.Array, theirs: np.ndarray, dtype: str, largest: float) -> None:
    mine = np.asarray(mine.astype("float64"))
    difference = np.abs(mine - theirs)
    if dtype == "float64":
        assert difference.max(initial=0) <= FLOAT64_RELATIVE * largest
    elif dtype == "float32":
        assert difference.max(initial=0) <= FLOAT32_ULPS * unit(dtype, np.array(largest))
    else:
        # PyTorch rounds bfloat16 weights too: its own answer is up to two units from a single rounding.
        allowed = (2 + HALF_UNIT) * spacing(np.maximum(np.abs(theirs), largest / 2), dtype)
        assert (difference <= allowed).all()


@each_call
def test_values(call, recorded):
    x, theirs = inputs(call), recorded[call.name]
    mine = run(call, x)
    chex.assert_shape(mine, theirs.shape)
    chex.assert_type(mine, call.dtype)
    moved = call.function.startswith("pixel") or "nearest" in str(call.keywords.get("mode", call.function))
    if moved or call.dtype == "uint8":
        np.testing.assert_array_equal(np.asarray(mine.astype("float64")), theirs)
    else:
        largest = max(np.abs(theirs).max(initial=0), float(jnp.abs(x).max().astype("float64")))
        assert_near(mine, theirs, call.dtype, largest)


@pytest.mark.parametrize(
    "call", [c for c in CALLS if c.has_gradient], ids=[c.name for c in CALLS if c.has_gradient]
)
def test_gradients(call, recorded):
    theirs, shape = recorded[f"{call.name} gradient"], recorded[call.name].shape
    x = inputs(call)
    pull = jax.jit(lambda cotangent: jax.vjp(lambda v: run(call, v), x)[1](cotangent)[0])
    cotangent = jnp.asarray(samples(shape, call.dtype, seed=1)).astype(call.dtype)
    # PyTorch scatters in the array's dtype: what either may lose is bounded by the sum of the terms.
    largest = np.abs(np.asarray(pull(jnp.ones_like(cotangent)))).max()
    assert_near(pull(cotangent), theirs, call.dtype, max(largest, np.abs(theirs).max()))


def one_of_each_mode(dtype: str) -> list[Call]:
    """The first call to a size of each mode, option and rank."""
    calls = (call for call in CALLS if call.function == "interpolate" and call.dtype == dtype)
    named = {}
    for call in calls:
        options = {key: value for key, value in call.keywords.items() if key != "size"}
        if "size" in call.keywords:
            named.setdefault((len(call.shape), str(options)), call)
    return list(named.values())


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_layouts_agree(dtype):
    """`jr.interpolate`, channels last and first, and `jr.resize` give what the channels-first call gives."""
    for call in one_of_each_mode(dtype):
        x, expected = inputs(call), run(call, inputs(call))
        last = jr.interpolate(jnp.moveaxis(x, 1, -1), **call.keywords)
        chex.assert_trees_all_close(jnp.moveaxis(last, -1, 1), expected, rtol=1e-6, atol=1e-6)
        first = jr.interpolate(x, data_format="channels_first", **call.keywords)
        chex.assert_trees_all_equal(first, expected)
        options = {k: v for k, v in call.keywords.items() if k not in ("size", "mode")}
        size, axes, method = call.keywords["size"], tuple(range(2, x.ndim)), call.keywords["mode"]
        resized = jr.resize(x, size, axes=axes, method=method, **options)
        chex.assert_trees_all_equal(resized, expected)
