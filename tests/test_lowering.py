"""Several programs for one operator: they agree, forwards and backwards, and are chosen as said."""

import functools

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.lowering.blocks import slabs
from jax_resample.lowering.cost import PLATFORMS
from jax_resample.lowering.phases import pattern
from jax_resample.lowering.schedule import LOWERINGS, schedule

from .modes import CASES, IDS, taps

OTHERS = [name for name in LOWERINGS if name != "gather"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
@pytest.mark.parametrize("lowering", OTHERS)
def test_lowerings_agree(case, lowering, rng, x64):
    x = jnp.asarray(rng.standard_normal(case.shape))
    f = functools.partial(jr.resize, size=case.sizes, **case.options)
    expected, pull = jax.vjp(functools.partial(f, lowering="gather"), x)
    y, pull_other = jax.vjp(functools.partial(f, lowering=lowering), x)
    chex.assert_trees_all_close(y, expected, rtol=1e-13, atol=1e-14)
    cotangent = jnp.asarray(rng.standard_normal(y.shape))
    chex.assert_trees_all_close(pull_other(cotangent), pull(cotangent), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("lowering", OTHERS)
@pytest.mark.parametrize(("lengths", "sizes"), [((6, 4), (12, 12)), ((12, 9), (4, 3)), ((7, 5), (3, 11))])
@pytest.mark.parametrize("method", ["linear", "cubic", "lanczos"])
def test_integers_do_not_depend_on_the_lowering(lowering, lengths, sizes, method, rng):
    x = jnp.asarray(rng.integers(0, 256, (2, *lengths, 3)).astype(np.uint8))
    options = {"method": method, "antialias": method == "lanczos"}
    expected = jr.resize(x, sizes, lowering="gather", **options)
    chex.assert_trees_all_equal(jr.resize(x, sizes, lowering=lowering, **options), expected)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("length", [2, 3, 8])
@pytest.mark.parametrize("factor", [2, 3, 5])
@pytest.mark.parametrize(("method", "antialias"), [("nearest", False), ("linear", False), ("cubic", True)])
def test_phases_on_any_axis(axis, length, factor, method, antialias, rng, x64):
    shape = tuple(length if a == axis else 3 for a in range(3))
    options = {"axes": axis, "method": method, "antialias": antialias}
    x = jnp.asarray(rng.standard_normal(shape))
    large = jr.resize(x, length * factor, lowering="phases", **options)
    chex.assert_trees_all_close(
        large, jr.resize(x, length * factor, lowering="gather", **options), rtol=1e-13, atol=1e-14
    )
    small = jr.resize(large, length, lowering="phases", **options)
    chex.assert_trees_all_close(
        small, jr.resize(large, length, lowering="gather", **options), rtol=1e-13, atol=1e-14
    )


@pytest.mark.parametrize(
    ("n", "m", "method", "antialias"),
    [(1024, 2048, "linear", False), (1000, 1777, "cubic", False), (3000, 701, "linear", True)],
)
def test_long_axes_are_products_of_blocks(n, m, method, antialias, rng):
    """Float32 products of a few taps, summed in another order: two units of the largest magnitude."""
    x = jnp.asarray(rng.standard_normal((2, n, 3)).astype(np.float32))
    f = functools.partial(jr.resize, size=m, method=method, antialias=antialias)
    expected, pull = jax.vjp(functools.partial(f, lowering="gather"), x)
    y, pull_other = jax.vjp(functools.partial(f, lowering="matrix"), x)
    near = functools.partial(chex.assert_trees_all_close, rtol=0)
    near(y, expected, atol=4 * 2.0**-23 * float(jnp.abs(expected).max()))
    gradient = pull(y)[0]
    near(pull_other(y)[0], gradient, atol=4 * 2.0**-23 * float(jnp.abs(gradient).max()))
    assert slabs(taps(n, m, method, antialias))[1].size < 400 * (n + m)


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_one_output_sample_is_its_weighted_window(axis, dtype, rng):
    x = jnp.asarray(rng.integers(0, 256, (90, 80, 70)).astype(dtype))
    mean = jr.resize(x, 1, axes=axis, method="area")
    expected = np.asarray(x).astype("float64").mean(axis, keepdims=True)
    tolerance = 0.5 if dtype == "uint8" else 1e-4
    assert np.abs(np.asarray(mean.astype("float32")) - expected).max() <= tolerance
    single = jr.resize(x.astype("float32").at[3, 3, 3].set(jnp.nan), 1, axes=axis, method="area")
    assert int(jnp.isnan(single).sum()) == 1


def test_which_taps_have_a_pattern():
    assert len(pattern(taps(8, 16)).phases) == 2
    assert pattern(taps(16, 4, antialias=True)).stride == 4
    assert pattern(taps(16, 8).transposed) is not None
    assert pattern(taps(8, 15)) is None
    assert pattern(taps(4, 512)) is None, "the program would be long"
    assert pattern(taps(4, 8, "nearest").transposed).stride == 2


def steps(platform, shape, passes, lowering="auto"):
    """Axis, lowering and storage of each step."""
    found = schedule(shape, tuple(passes.items()), platform, lowering).steps
    return [(step.axis, step.lowering, step.stored) for step in found]


@pytest.mark.parametrize(
    ("platform", "shape", "m", "method", "expected"),
    [
        ("cpu", (8, 64), 128, "linear", "phases"),
        ("cpu", (8, 64, 64), 128, "linear", "gather"),
        ("cpu", (8, 64), 127, "linear", "gather"),
        ("cpu", (8, 64, 3), 16, "area", "phases"),
        ("tpu", (8, 64), 128, "linear", "matrix"),
        ("tpu", (8, 64), 128, "nearest", "gather"),
    ],
)
def test_what_is_chosen(platform, shape, m, method, expected):
    passes = {1: taps(64, m, method)}
    assert [name for _, name, _ in steps(platform, shape, passes)] == [expected]


def test_what_is_asked_for_is_taken_where_it_can_be():
    shape = (8, 64, 64)
    assert steps("cpu", shape, {1: taps(64, 128)}, "phases") == [(1, "phases", False)]
    assert steps("tpu", shape, {1: taps(64, 127)}, "phases") == [(1, "matrix", False)]
    assert steps("tpu", shape, {1: taps(64, 127)}, "gather") == [(1, "gather", False)]


def test_the_order_of_passes():
    """What shrinks most goes first; fixed point keeps the order that it was given, which shows."""
    up, down = taps(64, 640, "cubic"), taps(64, 16, "cubic", antialias=True)
    for platform in PLATFORMS:
        assert [axis for axis, *_ in steps(platform, (1, 64, 64, 3), {1: up, 2: down})] == [2, 1]
        assert [axis for axis, *_ in steps(platform, (1, 64, 64, 3), {1: down, 2: up})] == [1, 2]
    fixed = taps(64, 16, antialias=True, dtype="float64", fixed_point=True)
    for order in ((1, 2), (2, 1)):
        passes = dict.fromkeys(order, fixed)
        assert tuple(axis for axis, *_ in steps("cpu", (1, 64, 64, 3), passes)) == order


def test_long_sums_read_what_is_stored():
    """Eight taps along each axis: computing the first pass inside the second would be 64 of them."""
    shrink = taps(512, 128, antialias=True)
    assert [stored for *_, stored in steps("cpu", (1, 512, 512, 3), {1: shrink, 2: shrink})] == [True, False]
    small = taps(16, 32)
    assert [stored for *_, stored in steps("cpu", (1, 16, 16, 64), {1: small, 2: small})] == [False, False]


def test_many_axes_and_symbolic_lengths_are_priced():
    passes = {axis: taps(8, 16) for axis in range(1, 6)}
    assert len(steps("cpu", (2, 8, 8, 8, 8, 8, 3), passes)) == 5
    batch, channels = jax.export.symbolic_shape("b, c")
    assert steps("cpu", (batch, 8, channels), {1: taps(8, 16)}) == [(1, "gather", False)]


def test_unknown_lowerings_are_refused():
    with pytest.raises(ValueError, match="`lowering` must be one of 'auto', 'gather', 'phases', 'matrix'"):
        jr.resize(jnp.zeros((1, 4, 2)), 8, lowering="dense")


def test_each_platform_gets_its_own_program():
    """A multi-platform export holds a product for the TPU; a CPU program holds none."""
    f = jax.jit(functools.partial(jr.resize, size=(9, 9)))
    x = jax.ShapeDtypeStruct((1, 4, 5, 2), jnp.float32)
    assert "dot_general" in jax.export.export(f, platforms=("cpu", "tpu"))(x).mlir_module()
    assert "dot_general" not in jax.export.export(f, platforms=("cpu", "cuda"))(x).mlir_module()
    assert "dot_general" not in f.lower(x).as_text()


@pytest.mark.parametrize(
    ("axes", "sizes", "count"),
    [((1, 2), (1, 1), 1), ((2, 3), (1, 1), 1), ((1, 2, 3), (1, 1, 1), 1), ((1, 2, 3), (1, 1, 9), 2)],
)
def test_neighbouring_axes_are_pooled_in_one_pass(axes, sizes, count, rng, x64):
    x = jnp.asarray(rng.standard_normal((2, 5, 6, 7)))
    f = functools.partial(jr.resize, size=sizes, axes=axes, method="area")
    y, pull = jax.vjp(f, x)
    pooled = tuple(a for a, m in zip(axes, sizes, strict=True) if m == 1)
    mean = np.asarray(x).mean(pooled, keepdims=True)
    expected = mean if pooled == axes else jr.resize(jnp.asarray(mean), 9, axes=3, method="area")
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-15)
    gradient = np.asarray(pull(y)[0])
    np.testing.assert_allclose((gradient * np.asarray(x)).sum(), (y * y).sum(), rtol=1e-13)
    np.testing.assert_array_equal(np.ptp(gradient, pooled), 0)
    plan = jr.plan(x.shape, sizes, axes=axes, method="area")
    assert len(plan.schedule("cpu").steps) == count
    assert len(plan.schedule("tpu").steps) == len(axes)


@pytest.mark.parametrize("method", ["nearest", "linear", "area"])
@pytest.mark.parametrize(("axes", "sizes"), [((1, 2), (5, 7)), ((2, 3), (40, 1)), ((1, 2, 3), (5, 300, 2))])
def test_one_sample_repeated_along_neighbouring_axes_is_one_pass(axes, sizes, method, rng, x64):
    x = jnp.asarray(rng.standard_normal((2, 1, 1, 1)))
    f = functools.partial(jr.resize, size=sizes, axes=axes, method=method)
    shape = tuple(dict(zip(axes, sizes, strict=True)).get(a, n) for a, n in enumerate(x.shape))
    np.testing.assert_array_equal(f(x), np.broadcast_to(x, shape))
    y, pull = jax.vjp(f, x)
    np.testing.assert_allclose(pull(y)[0], np.asarray(y).sum((1, 2, 3), keepdims=True), rtol=1e-12)
    found = jr.plan(x.shape, sizes, axes=axes, method=method).schedule("cpu").steps
    assert [step.lowering for step in found] == ["phases"]
