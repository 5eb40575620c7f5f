"""The rows of jax.image against the installed one, on random lengths, in float32 and float64."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jax_resample.axis import Axis
from jax_resample.build import build
from jax_resample.conventions import conventions

# Which sample a tie of "nearest" picks depends on what XLA makes of the coordinate, and so on its version.
pytestmark = pytest.mark.skipif(jax.__version__ != "0.10.2", reason="the rows are those of JAX 0.10.2")

NAMES = sorted(name for name in conventions if name.startswith("jax:"))
# The steepest slope of each kernel that is not linear, in weight per pixel, rounded up.
_SLOPE = 2.0


def theirs(name: str, n: int, m: int, dtype: str) -> np.ndarray:
    method = name.removeprefix("jax:")
    antialias, method = method.endswith("-antialias"), method.removesuffix("-antialias")
    return np.asarray(jax.image.resize(jnp.eye(n, dtype=dtype), (m, n), method, antialias=antialias))


def mine(name: str, n: int, m: int, dtype: str) -> np.ndarray:
    return build(Axis(n, m, conventions[name], dtype)).as_matrix()


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=5)  # a program of its own for each
@given(n=st.integers(1, 120), m=st.integers(1, 120))
def test_float32_within_a_unit_of_the_coordinates(name, n, m):
    """XLA fuses products and sums or not, as it likes, which moves a coordinate by a unit."""
    unit = float(np.spacing(np.float32(n)))
    allowed = 0.0 if name == "jax:nearest" else 2 * _SLOPE * unit + 16 * np.finfo(np.float32).eps
    np.testing.assert_allclose(mine(name, n, m, "float32"), theirs(name, n, m, "float32"), atol=allowed)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", NAMES)
def test_float64(name):
    rng = np.random.default_rng(7)
    for n, m in rng.integers(1, 120, (3, 2)).tolist():
        expected = theirs(name, n, m, "float64")
        np.testing.assert_allclose(mine(name, n, m, "float64"), expected, atol=1e-13 * max(n, m))
