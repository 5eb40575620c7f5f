"""What a plan says is what runs."""

import doctest
import importlib
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.lowering.cost import PLATFORMS
from jax_resample.lowering.schedule import LOWERINGS

from .modes import CASES, IDS, LINEAR_CASES
from .tolerances import FLOAT32_ULPS, unit

plan_module = importlib.import_module("jax_resample.plan")  # behind the function of that name


def case_plan(case, **options):
    return jr.plan(case.shape, case.sizes, **case.options, **options)


def close(got, want, ulps=FLOAT32_ULPS):
    got, want = np.asarray(got), np.asarray(want)
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=0, atol=ulps * unit("float32", want))


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


def test_outputs_are_printed_with_coordinates_and_weights():
    shown = str(jr.plan((1, 4, 100, 1), (8, 30), method="linear", antialias=True))
    assert "output  lands at  sum of" in shown
    assert "       0     -0.25  1 x[0]\n" in shown
    assert "       6      2.75  0.25 x[2] + 0.75 x[3]\n" in shown
    assert "      28      94.5  0.07576 x[92] + 0.1667 x[93] + ... (6 terms) + 0.07576 x[97]\n" in shown
    assert "       3 " not in shown.split("axis 2")[1]  # the middle of a long axis is left out
    assert "lands at" not in str(jr.plan((4,), 8).T)  # its outputs are inputs


def test_coordinates_of_an_axis():
    plan = jr.plan((1, 2, 5, 3), (4, 5), align_corners=True)
    np.testing.assert_allclose(plan.coordinates(1), [0, 1 / 3, 2 / 3, 1], rtol=1e-6)
    np.testing.assert_allclose(plan.coordinates(-2), np.arange(5))
    assert plan.T.coordinates(1) is None
    with pytest.raises(ValueError, match=r"`axis` must be one of the resized axes \(1, 2\)"):
        plan.coordinates(0)


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


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_plan_applied_is_the_resize(case, rng):
    x = jnp.asarray(rng.standard_normal(case.shape), jnp.float32)
    want = jr.resize(x, case.sizes, **case.options)
    np.testing.assert_array_equal(case_plan(case)(x), want)


@pytest.mark.parametrize("case", LINEAR_CASES, ids=[c.name for c in LINEAR_CASES])
def test_matrix_transpose_and_gradient_are_one_operator(case, rng):
    """The dense matrix, the plan, its transpose and reverse mode tell the same linear map."""
    plan = case_plan(case)
    batch, *_, channels = case.shape
    x = rng.standard_normal(case.shape).astype(np.float32)
    y = rng.standard_normal(plan.out_shape).astype(np.float32)
    matrix = plan.as_matrix()
    assert matrix.shape == (np.prod(case.sizes), np.prod(case.lengths))
    close(plan(x), np.einsum("ij,bjc->bic", matrix, x.reshape(batch, -1, channels)).reshape(y.shape))
    pulled = np.einsum("ij,bic->bjc", matrix, y.reshape(batch, -1, channels)).reshape(x.shape)
    close(plan.T(y), pulled)
    np.testing.assert_array_equal(plan.T(y), jax.vjp(plan, jnp.asarray(x))[1](jnp.asarray(y))[0])
    np.testing.assert_array_equal(plan.T.as_matrix(), matrix.T)
    assert plan == plan.T.T


def test_the_matrix_of_one_axis():
    plan = jr.plan((1, 2, 5, 3), (4, 5))
    want = [[1, 0], [0.75, 0.25], [0.25, 0.75], [0, 1]]
    np.testing.assert_array_equal(plan.as_matrix(1), want)
    np.testing.assert_array_equal(plan.as_matrix(-3), want)
    np.testing.assert_array_equal(plan.as_matrix(), want)
    np.testing.assert_array_equal(plan.as_matrix(2), np.eye(5))
    np.testing.assert_array_equal(jr.plan((2, 2), (2, 2)).as_matrix(), [[1]])


def test_fixed_point_weights_are_scaled_back():
    plan = jr.plan((2, 1), 4, axes=0, dtype="uint8")
    np.testing.assert_array_equal(plan.as_matrix(0)[1], [0.75, 0.25])


@pytest.mark.parametrize("method", ["linear", "cubic", "area", "nearest"])
def test_a_product_is_one_after_the_other(method, rng):
    """Up and down on one axis, up on another that the second plan leaves alone."""
    first = jr.plan((2, 5, 6, 3), (10, 8), method=method)
    second = jr.plan(first.out_shape, 4, axes=1, method="linear", antialias=True)
    both = second @ first
    assert (both.shape, both.out_shape) == ((2, 5, 6, 3), (2, 4, 8, 3))
    np.testing.assert_allclose(both.as_matrix(1), second.as_matrix(1) @ first.as_matrix(1), atol=1e-7)
    np.testing.assert_array_equal(both.as_matrix(2), first.as_matrix(2))
    x = jnp.asarray(rng.standard_normal(first.shape), jnp.float32)
    close(both(x), second(first(x)))
    close((both.T @ both)(x), both.T(both(x)))
    assert dict(both.passes)[1].support < 5 or method == "cubic"  # a band, not a dense matrix


def test_a_product_of_long_axes_is_a_band():
    up = jr.plan((4096,), 8192)
    down = jr.plan((8192,), 4096, antialias=True)
    assert dict((down @ up).passes)[0].support <= 4


@pytest.mark.parametrize("case", LINEAR_CASES, ids=[c.name for c in LINEAR_CASES])
def test_the_pseudo_inverse_is_numpys(case):
    """The four conditions of Moore and Penrose hold in float64 to the rounding of float32."""
    plan = case_plan(case)
    a, b = plan.as_matrix(), plan.pinv().as_matrix()
    slack = 1e-6 * np.abs(a).sum(1).max() * np.abs(b).sum(1).max()
    for got, want in ((a @ b @ a, a), (b @ a @ b, b), ((a @ b).T, a @ b), ((b @ a).T, b @ a)):
        np.testing.assert_allclose(got, want, atol=slack * max(1, np.abs(want).max()))


def test_singular_values_are_cut_where_asked():
    plan = jr.plan((6,), 6 * 4, method="cubic")
    values = np.linalg.svd(plan.as_matrix(), compute_uv=False)
    cut = (values[2] + values[3]) / 2 / values[0]
    np.testing.assert_allclose(
        np.linalg.svd(plan.pinv(rcond=cut).as_matrix(), compute_uv=False)[3:], 0, atol=1e-6
    )
    assert np.linalg.matrix_rank(plan.pinv().as_matrix()) == 6


def test_plans_under_transforms(rng):
    plan = jr.plan((5, 3), 7, axes=0, method="cubic")
    x = jnp.asarray(rng.standard_normal((2, 5, 3)), jnp.float32)
    batched = jax.vmap(plan)(x)
    np.testing.assert_array_equal(batched[1], plan(x[1]))
    applied = jax.jit(lambda operator, v: operator.T(operator(v)))  # a plan is a static argument
    close(applied(plan, x[0]), plan.T(plan(x[0])))

    def loss(v):
        return (plan(v) ** 2).sum() / 2

    close(jax.grad(loss)(x[0]), (plan.T @ plan)(x[0]))
    close(jax.jvp(plan, (x[0],), (x[1],))[1], plan(x[1]))


@pytest.mark.parametrize("dtype", ["bfloat16", "complex64"])
def test_derived_plans_of_other_dtypes(dtype, rng):
    plan = jr.plan((5,), 9, dtype=dtype)
    y = jnp.asarray(rng.standard_normal(9), dtype)
    pulled = plan.T(y)
    assert pulled.dtype.name == dtype
    want = plan.as_matrix().T @ np.asarray(y.astype("complex64"))
    np.testing.assert_allclose(pulled.astype("complex64"), want, rtol=2**-8)


def test_float64_keeps_its_bits(x64):
    plan = jr.plan((5,), 9, dtype="float64")
    back = plan.pinv() @ plan
    np.testing.assert_allclose(back.as_matrix(), np.eye(5), atol=1e-14)
    assert dict(back.passes)[0].weights.dtype == np.float64


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda p: p(jnp.zeros(5)), ValueError, r"`x` must have the plan's shape \(4,\); received \(5,\)"),
        (
            lambda p: p(jnp.zeros(4, "int8")),
            TypeError,
            "`x` must have the plan's dtype float32; received int8",
        ),
        (lambda p: p([0.0] * 4), TypeError, "`x` must be a JAX or NumPy array"),
        (lambda p: p @ p, ValueError, r"`other` must give what this plan takes, float32 \(4,\)"),
        (lambda p: p @ np.eye(4), TypeError, "`other` must be a plan; received ndarray"),
        (lambda p: p.as_matrix(1), ValueError, r"`axis` must lie in \[-1, 1\); received 1"),
        (lambda p: p.as_matrix(0.5), TypeError, "`axis` must hold static integers"),
        (lambda p: p.pinv(rcond=-1.0), ValueError, "`rcond` must be at least 0"),
        (
            lambda p: jr.plan((4,), 8, dtype="uint8").T,
            TypeError,
            "`dtype` must be floating or complex for `T`",
        ),
        (lambda p: jr.plan((4,), 8, dtype="int16").pinv(), TypeError, "floating or complex for `pinv`"),
        (lambda p: jr.plan((200, 200), 200 * 9).as_matrix(), ValueError, r"more than 2\*\*26 entries"),
    ],
)
def test_what_a_plan_refuses(act, error, message):
    with pytest.raises(error, match=message):
        act(jr.plan((4,), 8))


def test_a_plan_reads_well_in_a_notebook():
    plan = jr.plan((1, 9, 9, 3), (30, 4), antialias=True)
    assert repr(plan) == (
        "<Plan float32 (1, 9, 9, 3) -> (1, 30, 4, 3); axis 1: 9 -> 30 samples, K = 2; "
        "axis 2: 9 -> 4 samples, K = 5>"
    )
    page = plan._repr_html_()
    assert "<table>" in page
    assert "float32 (1, 9, 9, 3) -&gt; (1, 30, 4, 3)" in page
    assert page.count("<tr>") == (1 + 6) + (1 + 4)
    assert repr(jr.plan((3,), 3)) == "<Plan float32 (3,) -> (3,); nothing to do>"


def test_a_plan_draws_its_weights():
    figure = jr.plan((1, 4, 9, 3), (8, 40), method="cubic").plot()
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "axis 1: 4 -> 8 samples",
        "axis 2: 9 -> 40 samples (the first 16 are shown)",
    ]
    matrix = jr.plan((4,), 8, method="cubic").as_matrix()
    assert len(figure.axes[0].lines) == np.count_nonzero(matrix)
    assert jr.plan((3,), 3).plot().axes[0].lines[:] == []


def test_without_matplotlib_the_install_line_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, "jax_resample.cli.taps_picture", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(
        ModuleNotFoundError, match=r'pictures need matplotlib.*pip install "jax_resample\[cli\]"'
    ):
        jr.plan((4,), 8).plot()


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_the_plan_of_every_convention_is_the_program_of_its_resize(dtype):
    """The same equations with the same operators, for all rows; nothing is compiled."""
    x = jax.ShapeDtypeStruct((13, 17), dtype)
    for name in jr.conventions:
        plan = jr.plan(x.shape, (29, 7), dtype=dtype, convention=name)
        programs = [
            jax.make_jaxpr(one)(x) for one in (plan, lambda v, n=name: jr.resize(v, (29, 7), convention=n))
        ]
        assert str(programs[0]) == str(programs[1]), name
        operators = [[e.params for e in plan_module._equations(program.jaxpr)] for program in programs]
        assert operators[0] == operators[1], name
        assert "lands at" in str(plan)
