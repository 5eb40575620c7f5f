"""Live comparison with PyTorch's weights, read off impulses: equal bit for bit where its kernels agree."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jax_resample.axis import Axis
from jax_resample.build import build
from jax_resample.conventions import torch_convention
from jax_resample.coordinates import output_size

from .calls import FACTORS

torch = pytest.importorskip("torch")

MODES = {"linear": "bilinear", "cubic": "bicubic", "lanczos": "lanczos"}
METHODS = [("linear", False), ("linear", True), ("cubic", False), ("cubic", True), ("lanczos", True)]


@st.composite
def axes(draw):
    """Lengths in and out, the factor that steps the coordinates (or None), and align_corners."""
    n = draw(st.integers(1, 300))
    factor = draw(st.none() | st.sampled_from(FACTORS) | st.floats(0.05, 4.0))
    # At least two samples wide: PyTorch repeats one row of windowed passes at width 1 (docs/torch.md).
    m = draw(st.integers(2, 300)) if factor is None else max(output_size(n, factor), 0)
    return n, m, factor, draw(st.booleans())


def torch_matrix(n, m, factor, *, method, antialias, corners, dtype):
    """PyTorch's operator along one axis: what it makes of each unit impulse."""
    impulses = torch.eye(n, dtype=getattr(torch, dtype)).reshape(n, 1, 1, n)
    target = {"size": (1, m)} if factor is None else {"scale_factor": (1.0, factor)}
    options = {"mode": MODES[method], "antialias": antialias, "align_corners": corners}
    return torch.nn.functional.interpolate(impulses, **target, **options).numpy().reshape(n, m).T


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("method", "antialias"), METHODS)
@given(axis=axes())
def test_weights_are_equal_bit_for_bit(dtype, method, antialias, axis):
    n, m, factor, corners = axis
    assume(m >= 2)
    corners = corners and method != "lanczos"
    theirs = torch_matrix(n, m, factor, method=method, antialias=antialias, corners=corners, dtype=dtype)
    row = torch_convention(method, antialias=antialias, align_corners=corners)
    mine = build(Axis(n, m, row, dtype, factor)).as_matrix()
    if method == "lanczos":
        # The C library's sine is not NumPy's: some weights are one unit in the last place off, and the
        # sum that divides them another. Relative to the largest weight of the row.
        unit = np.finfo(dtype).eps * np.abs(theirs).max(axis=1, keepdims=True)
        assert (np.abs(mine - theirs) <= 2 * unit).all()
    else:
        np.testing.assert_array_equal(mine, theirs)
