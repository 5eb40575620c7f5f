"""Live comparison with the reference implementation of ``onnx``, its node cases, and ONNX Runtime."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jax_resample.compat import onnx as ours

from ..tolerances import FLOAT32_ULPS, FLOAT64_RELATIVE, unit
from .onnx_calls import images, resizes

onnx = pytest.importorskip("onnx")

from onnx.reference.ops import op_resize  # noqa: E402

from ..golden.onnx_calls import Call  # noqa: E402
from ..golden.record_onnx import evaluate, model, node_cases  # noqa: E402

pytestmark = pytest.mark.usefixtures("x64")

FUNCTIONS = {
    "Resize": ours.resize,
    "Upsample": ours.upsample,
    "GridSample": ours.grid_sample,
    "AffineGrid": ours.affine_grid,
    "RoiAlign": ours.roi_align,
}


def on_jax(call: Call) -> np.ndarray:
    inputs = {key: jnp.asarray(value) if key == "X" else value for key, value in call.inputs.items()}
    return np.asarray(FUNCTIONS[call.operator](**inputs, **call.attributes))


def mended(call: Call) -> np.ndarray:
    """The reference without two roundings of its own, neither of which belongs to the operator.

    It keeps the cubic coefficient as a float32 scalar, for which NumPy rounds the cubic's weights to float32.
    And a coordinate that rounding has put just above a whole number reads its taps one sample too early: the
    sum of coordinate and padding is whole, which the weights do not know.
    """
    place = op_resize._compute_x_ori

    def whole(*args: Any) -> Any:
        u, outside = place(*args)
        below = np.floor(u)
        return np.where(u - below < 1e-9, below, u), outside

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(op_resize, "_compute_x_ori", whole)
        for name in ("_cubic_coeffs", "_cubic_coeffs_antialias"):
            of = getattr(op_resize, name)
            patch.setattr(op_resize, name, lambda ratio, scale, A, of=of: of(ratio, scale, float(A)))  # noqa: N803
        return evaluate(call)


def apart(mine: np.ndarray, theirs: np.ndarray, x: np.ndarray) -> float:
    """The largest difference, in units in the last place of the largest magnitude that meets it."""
    assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
    difference = np.abs(mine.astype("float64") - theirs.astype("float64")).max(initial=0)
    return float(difference / unit(mine.dtype.name, x.astype("float64"), theirs.astype("float64")))


@pytest.fixture(scope="module")
def cases():
    return node_cases()


def test_every_node_case_passes(cases):
    """With the tolerance of the package's own runner."""
    assert len(cases) == 65
    for call, expected in cases:
        np.testing.assert_allclose(on_jax(call), expected, rtol=1e-3, atol=1e-7, err_msg=call.name)


@given(call=resizes(("float32", "uint8", "int64"), ("nearest",)))
def test_nearest_is_equal(call):
    theirs = evaluate(call)
    assume((theirs == mended(call)).all())
    np.testing.assert_array_equal(on_jax(call), theirs)


@given(call=resizes(("float32", "float64"), ("linear", "cubic")))
def test_weighted(call):
    x = call.inputs["X"]
    most = FLOAT32_ULPS if x.dtype == "float32" else FLOAT64_RELATIVE * 2**52
    if x.dtype == "float64" and "roi" in call.inputs:
        most = FLOAT32_ULPS * 2**29  # the reference computes the middle of a box in float32
    assert apart(on_jax(call), mended(call), x) <= most


@given(call=resizes(("uint8",), ("linear", "cubic")))
def test_integers_round_the_same_way_but_for_ties(call):
    exact = mended(call._replace(inputs={**call.inputs, "X": call.inputs["X"].astype("float64")}))
    near_a_tie = np.abs(np.abs(exact - np.floor(exact)) - 0.5) < 1e-4
    mine, theirs = on_jax(call).astype(int), mended(call).astype(int)
    assert np.abs(mine - theirs).max() <= 1
    assert (mine == theirs)[~near_a_tie].all()


@given(data=st.data())
def test_onnx_runtime_agrees_where_it_takes_the_call(data):
    """The text's second reader, in float32: a coordinate along 40 samples is good to some 1e-5."""
    runtime = pytest.importorskip("onnxruntime")
    call = data.draw(images())
    session = runtime.InferenceSession(model(call).SerializeToString(), providers=["CPUExecutionProvider"])
    (theirs,) = session.run(None, call.inputs)
    np.testing.assert_allclose(on_jax(call), theirs, rtol=0, atol=1e-4)
