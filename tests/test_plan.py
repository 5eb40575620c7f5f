"""What a plan says is what runs."""

import doctest
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

import jax_resample as jr
from jax_resample.lowering.cost import PLATFORMS
from jax_resample.lowering.schedule import LOWERINGS


def test_the_documented_plan_is_what_prints():
    page = (Path(__file__).parent.parent / "docs" / "lowering.md").read_text()
    parsed = doctest.DocTestParser().get_doctest(page, {}, "lowering.md", None, 0)
    results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(parsed)
    assert results.attempted == 2
    assert results.failed == 0


def test_a_plan_prints_its_axes_platforms_and_prices():
    shown = str(jr.plan((1, 512, 512, 3), (1024, 1024)))
    assert "float32 (1, 512, 512, 3) -> (1, 1024, 1024, 3)" in shown
    assert "axis 2: 512 -> 1024 samples, K = 2" in shown
    assert "cpu: axis 2 by phases (stored), axis 1 by gather; " in shown
    assert "tpu: axis 2 by matrix (stored), axis 1 by matrix; " in shown
    assert "  not gather " in shown


@pytest.mark.parametrize("lowering", LOWERINGS[1:])
def test_a_lowering_that_is_asked_for_is_planned_and_runs(lowering):
    plan = jr.plan((2, 8, 8, 3), (16, 16), lowering=lowering)
    for platform in PLATFORMS:
        assert {step.lowering for step in plan.schedule(platform).steps} == {lowering}
    program = jax.jit(lambda x: jr.resize(x, (16, 16), lowering=lowering)).lower(jnp.zeros((2, 8, 8, 3)))
    text = program.as_text()
    assert ("dot_general" in text) == (lowering == "matrix")
    assert ("stablehlo.gather" in text) == (lowering == "gather")


def test_the_cheapest_schedule_is_chosen():
    for shape, size in (((1, 256, 256, 3), (512, 512)), ((4, 30, 30, 64), (15, 15)), ((2, 900, 3), (70,))):
        plan = jr.plan(shape, size, antialias=True)
        for platform in ("cpu", "cuda"):
            others = [jr.plan(shape, size, antialias=True, lowering=name) for name in ("gather", "phases")]
            assert plan.schedule(platform).cost <= min(one.schedule(platform).cost for one in others)


def test_nothing_to_do():
    plan = jr.plan((1, 8, 8, 3), (8, 8))
    assert plan.passes == ()
    assert str(plan) == "float32 (1, 8, 8, 3) -> (1, 8, 8, 3)"


@pytest.mark.parametrize("dtype", ["uint8", "bfloat16", "complex64"])
def test_any_dtype(dtype):
    plan = jr.plan((1, 8, 8, 3), (5, 20), dtype=dtype)
    assert plan.dtype == dtype
    assert plan.out_shape == (1, 5, 20, 3)
    assert sorted(axis for axis, _ in plan.passes) == [1, 2]


def test_bad_input_is_refused_as_by_resize():
    with pytest.raises(ValueError, match="`method` must be one of"):
        jr.plan((1, 8, 8, 3), (5, 5), method="gaussian")
