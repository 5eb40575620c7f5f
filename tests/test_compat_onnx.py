"""``compat.onnx``: recorded node cases and reference answers, transforms, refusals."""

from functools import partial

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export

from jax_resample.compat import onnx

from .golden.calls import samples
from .golden.onnx_calls import BOXED, Call, recorded
from .tolerances import FLOAT32_ULPS, unit

RECORDED = recorded()
FUNCTIONS = {
    "Resize": onnx.resize,
    "Upsample": onnx.upsample,
    "GridSample": onnx.grid_sample,
    "AffineGrid": onnx.affine_grid,
    "RoiAlign": onnx.roi_align,
}
STATIC = ("roi", "scales", "sizes", "size")
# The reference rounds cubic weights to float32 before it sums them (and grid_sample's coordinates too).
CUBIC_ULPS = 32.0


def run(call: Call) -> np.ndarray:
    inputs = {k: v if k in STATIC else jnp.asarray(v) for k, v in call.inputs.items()}
    return np.asarray(FUNCTIONS[call.operator](**inputs, **call.attributes))


def is_node_case(call: Call) -> bool:
    return call.name.startswith("test_")


def test_recording_holds_every_operator():
    named = [call.operator for call, _ in RECORDED if is_node_case(call)]
    counts = {operator: named.count(operator) for operator in FUNCTIONS}
    assert counts == {"Resize": 39, "Upsample": 1, "GridSample": 18, "AffineGrid": 4, "RoiAlign": 3}


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize(("call", "expected"), RECORDED, ids=[call.name for call, _ in RECORDED])
def test_recorded(call, expected):
    mine = run(call)
    chex.assert_shape(mine, expected.shape)
    chex.assert_type(mine, expected.dtype)
    if is_node_case(
        call
    ):  # many are typed with a few decimals; the tolerance is that of the package's runner
        np.testing.assert_allclose(mine, expected, rtol=1e-3, atol=1e-7)
    elif expected.dtype.kind != "f" or call.attributes.get("mode", "nearest") == "nearest":
        np.testing.assert_array_equal(mine, expected)
    else:
        ulps = CUBIC_ULPS if call.attributes["mode"] == "cubic" else FLOAT32_ULPS
        kind = "float32" if expected.dtype == "float64" else expected.dtype.name
        allowed = ulps * unit(kind, call.inputs["X"].astype("float64"), expected.astype("float64"))
        assert np.abs(mine.astype("float64") - expected.astype("float64")).max() <= allowed


SIGNAL = np.array([3.0, -1.0, 4.0, 1.0, -5.0], np.float32)
CROP = {"coordinate_transformation_mode": BOXED, "mode": "linear"}


def test_pytorch_half_pixel_reads_the_first_sample_for_a_single_output():
    options = {"coordinate_transformation_mode": "pytorch_half_pixel", "mode": "cubic"}
    for target in ({"sizes": [1]}, {"scales": [0.3]}):
        np.testing.assert_array_equal(onnx.resize(SIGNAL, **target, **options), SIGNAL[:1])


def test_coordinates_just_above_a_sample_read_that_sample():
    """Output 8 of 17 lies at 3 plus rounding; the reference implementation reads sample 2 there."""
    x = np.arange(7, dtype=np.float32) ** 2
    assert onnx.resize(x, sizes=[17], mode="linear")[8] == 9


def test_extrapolation_value_may_be_nan_and_stays_outside():
    y = onnx.resize(SIGNAL, [-0.5, 1.0], None, [7], extrapolation_value=float("nan"), **CROP)
    np.testing.assert_array_equal(np.isnan(y), [True] * 2 + [False] * 5)
    beyond = SIGNAL.at[0].set(jnp.nan) if isinstance(SIGNAL, jax.Array) else np.r_[np.nan, SIGNAL[1:]]
    y = onnx.resize(beyond.astype(np.float32), [-1.0, 0.0], None, [5], extrapolation_value=2.0, **CROP)
    np.testing.assert_array_equal(np.asarray(y)[:4], 2.0)


def test_inputs_take_what_the_operator_takes():
    x = samples((4, 6), "float64").astype(np.float32)
    expected = onnx.resize(x, None, None, [8, 3], mode="linear", antialias=1)
    empty = np.zeros(0, np.float32)
    others = [
        onnx.resize(x, empty, empty, jnp.array([8, 3]), mode="linear", antialias=True),
        onnx.resize(x, sizes=np.array([3, 8]), axes=[1, 0], mode="linear", antialias=1),
        onnx.resize(x, sizes=(3, 8), axes=(-1, -2), mode="linear", antialias=1),
        onnx.resize(x, None, [2, 0.5], mode="linear", antialias=1),
    ]
    for other in others:
        chex.assert_trees_all_close(other, expected, rtol=0, atol=3e-7)
    one = onnx.resize(x, sizes=[9], axes=[1], mode="cubic")
    np.testing.assert_array_equal(one, onnx.resize(x, sizes=[4, 9], mode="cubic"))


def test_scales_are_float32_numbers():
    assert onnx.resize(jnp.arange(10.0), scales=[0.7]).shape == (6,)
    assert onnx.resize(jnp.arange(10.0), scales=np.array([0.6])).shape == (6,)


@pytest.mark.parametrize("dtype", ["bool", "int32", "uint32", "complex64", "bfloat16"])
def test_nearest_moves_any_dtype(dtype):
    x = jnp.asarray(samples((5,), "uint8")).astype(dtype)
    np.testing.assert_array_equal(onnx.resize(x, sizes=[10]), np.repeat(np.asarray(x), 2))


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("dtype", ["int32", "uint32", "int64"])
def test_wide_integers_are_computed_in_double(dtype):
    x = np.array([0, 2**31 - 1, 7], dtype)
    exact = onnx.resize(x.astype("float64"), sizes=[8], mode="linear")
    mine = onnx.resize(x, sizes=[8], mode="linear")
    chex.assert_type(mine, dtype)
    np.testing.assert_array_equal(mine, np.round(exact).astype(dtype))


def test_upsample_by_fractions_reads_at_quotients():
    x = jnp.arange(10.0)
    places = np.arange(17) / np.float64(np.float32(1.7))
    np.testing.assert_array_equal(onnx.upsample(x, [1.7]), np.floor(places))
    np.testing.assert_allclose(onnx.upsample(x, [1.7], mode="linear"), np.minimum(places, 9), atol=1e-6)


MAPPED = {
    "resize": partial(onnx.resize, roi=[0.1, -0.2, 0.9, 1.0], sizes=[7, 4], axes=[2, 3], **CROP),
    "cubic": partial(
        onnx.resize, scales=[0.6, 1.7], axes=[2, 3], mode="cubic", antialias=1, exclude_outside=1
    ),
    "upsample": partial(onnx.upsample, scales=[1, 1, 1.5, 2], mode="linear"),
}
_ROIS = jnp.array([[0.0, 0.0, 3.0, 4.0], [1.0, 2.0, 6.0, 5.0], [-1.0, 0.0, 2.0, 9.0]])


@pytest.mark.parametrize("name", MAPPED)
def test_transforms(name):
    """jit, vmap, both modes of differentiation; the map is linear and is its own derivative."""
    f = MAPPED[name]
    x = jnp.asarray(samples((2, 2, 5, 6), "float64"), jnp.float32)
    y = f(x)
    chex.assert_trees_all_close(jax.jit(f)(x), y, atol=1e-6)
    each = jax.vmap(f)(jnp.stack([x, 2 * x]))
    chex.assert_trees_all_close(each, jnp.stack([y, 2 * y]), atol=2e-6)
    _, tangent = jax.jvp(f, (x,), (x,))
    chex.assert_trees_all_close(tangent, y, atol=1e-6)
    _, pull = jax.vjp(f, x)
    cotangent = jnp.asarray(samples(y.shape, "float64", seed=3), jnp.float32)
    left, right = jnp.vdot(y, cotangent), jnp.vdot(x, pull(cotangent)[0])
    chex.assert_trees_all_close(left, right, rtol=1e-5, atol=1e-5)


def test_gradients_reach_theta_through_both_grids():
    x = jnp.asarray(samples((1, 2, 5, 6), "float64"), jnp.float32)

    def of(theta):
        return onnx.grid_sample(x, onnx.affine_grid(theta, [1, 2, 3, 4]), mode="cubic").sum()

    theta = jnp.array([[[0.8, 0.1, 0.05], [-0.1, 0.7, 0.02]]])
    step = jnp.asarray(samples((1, 2, 3), "float64", seed=5), jnp.float32) * 1e-3
    value, pull = jax.vjp(jax.jit(of), theta)
    difference = (jax.jit(of)(theta + step) - jax.jit(of)(theta - step)) / 2
    chex.assert_trees_all_close(
        jnp.vdot(pull(jnp.ones_like(value))[0], step), difference, rtol=2e-2, atol=1e-5
    )


def test_exports_with_a_symbolic_batch():
    f = jax.jit(partial(onnx.resize, sizes=[7, 4], axes=[2, 3], mode="linear"))
    (batch,) = export.symbolic_shape("b")
    exported = export.export(f)(jax.ShapeDtypeStruct((batch, 2, 5, 6), jnp.float32))
    x = jnp.asarray(samples((3, 2, 5, 6), "float64"), jnp.float32)
    chex.assert_trees_all_close(exported.call(x), f(x), atol=1e-6)


IMAGE = np.zeros((1, 1, 4, 4), np.float32)
REFUSALS = [
    (onnx.resize, (IMAGE,), {}, "`sizes` must be given, or `scales`"),
    (onnx.resize, (IMAGE,), {"scales": [1, 1, 2, 2], "sizes": [1, 1, 8, 8]}, "not both"),
    (onnx.resize, (IMAGE,), {"sizes": [8, 8]}, "`sizes` must be one value or 4"),
    (onnx.resize, (IMAGE,), {"sizes": np.array([8, 8])}, "`sizes` must have 4 elements"),
    (onnx.resize, (IMAGE,), {"sizes": [1, 1, 0, 8]}, "at least 1"),
    (onnx.resize, (IMAGE,), {"sizes": [1, 1, 2.5, 8]}, "`sizes` must hold integers"),
    (onnx.resize, (IMAGE,), {"scales": [1, 1, 0.1, 1]}, "leave at least one sample"),
    (onnx.resize, (IMAGE,), {"scales": [1, 1, -1, 1]}, "be positive"),
    (onnx.resize, (IMAGE,), {"scales": [1, 1, np.nan, 1]}, "be finite"),
    (onnx.resize, (IMAGE,), {"scales": "2"}, "`scales` must hold real numbers"),
    (onnx.resize, (IMAGE,), {"sizes": [8], "axes": [4]}, "`axes` must lie in"),
    (onnx.resize, (IMAGE,), {"sizes": [8, 8], "axes": [2, -2]}, "name each axis once"),
    (onnx.resize, (IMAGE,), {"sizes": [1, 1, 8, 8], "mode": "area"}, "`mode` must be one of"),
    (
        onnx.resize,
        (IMAGE,),
        {"sizes": [1, 1, 8, 8], "nearest_mode": "round"},
        "`nearest_mode` must be one of",
    ),
    (
        onnx.resize,
        (IMAGE,),
        {"sizes": [1, 1, 8, 8], "antialias": 1},
        "`antialias` must be 0 with mode 'nearest'",
    ),
    (onnx.resize, (IMAGE,), {"sizes": [1, 1, 8, 8], "exclude_outside": 1}, "`exclude_outside` must be 0"),
    (onnx.resize, (IMAGE,), {"sizes": [1, 1, 8, 8], "antialias": 2}, "`antialias` must be 0 or 1"),
    (
        onnx.resize,
        (IMAGE,),
        {"sizes": [1, 1, 8, 8], "coordinate_transformation_mode": BOXED},
        "`roi` must be given",
    ),
    (onnx.resize, (IMAGE,), {"sizes": [1, 1, 8, 8], "extrapolation_value": "0"}, "static real number"),
    (onnx.resize, (IMAGE,), {"sizes": [1, 1, 8, 8], "keep_aspect_ratio_policy": "fit"}, "`keep_aspect_ratio"),
    (onnx.resize, (IMAGE,), {"sizes": [1, 1, 8, 8], "mode": "cubic", "cubic_coeff_a": np.inf}, "be finite"),
    (onnx.resize, (np.zeros(4, np.int32),), {"sizes": [8], "mode": "linear"}, "integer of at most 16 bits"),
    (onnx.resize, ([0.0],), {"sizes": [8]}, "`X` must be a JAX or NumPy array"),
    (onnx.upsample, (IMAGE, [1, 1, 0.5, 1]), {}, "`scales` must be at least 1"),
    (onnx.upsample, (IMAGE, [1, 1, 2, 2]), {"mode": "cubic"}, "`mode` must be one of"),
    (onnx.grid_sample, (IMAGE, np.zeros((1, 2, 2, 3), np.float32)), {}, "`grid` must"),
    (onnx.grid_sample, (IMAGE[0, 0], np.zeros((1, 2), np.float32)), {}, "`X` must have a batch"),
    (
        onnx.grid_sample,
        (IMAGE, np.zeros((1, 2, 2, 2), np.float32)),
        {"mode": "area"},
        "`mode` must be one of",
    ),
    (
        onnx.affine_grid,
        (np.zeros((2, 2, 3), np.float32), [1, 3, 4, 4]),
        {},
        "`size` must begin with the batch",
    ),
    (onnx.affine_grid, (np.zeros((2, 2, 3), np.float32), [2, 3, 4]), {}, "`size` must be one value or 4"),
    (onnx.affine_grid, (np.zeros((2, 3), np.float32), [2, 3, 4]), {}, "`theta` must have shape"),
    (onnx.roi_align, (IMAGE[0], _ROIS, np.zeros(3, int)), {}, "`X` must have shape"),
    (onnx.roi_align, (IMAGE, _ROIS, np.zeros(3, int)), {"mode": "sum"}, "`mode` must be one of"),
    (onnx.roi_align, (IMAGE, _ROIS, np.zeros(3, int)), {"sampling_ratio": -1}, "not be negative"),
]


@pytest.mark.parametrize(("function", "arguments", "options", "message"), REFUSALS)
def test_refuses(function, arguments, options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        function(*arguments, **options)


def test_traced_sizes_are_refused_by_name():
    with pytest.raises(TypeError, match="`sizes` must be static"):
        jax.jit(lambda x, sizes: onnx.resize(x, None, None, sizes))(jnp.zeros(4), jnp.array([8]))
