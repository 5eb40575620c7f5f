"""`identify` on live outputs of the real packages, of random sizes."""

from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import jax_resample as jr

from ..golden.identify_calls import CALLS, NOT_UINT8

_MODULES = {"torch": "torch", "pillow": "PIL", "opencv": "cv2", "scipy": "scipy", "skimage": "skimage"}
_HERE = [name for name in CALLS if find_spec(_MODULES.get(name.partition(":")[0], "jax"))]
_SIDES = st.integers(4, 40)


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
@settings(max_examples=12)  # each plans the whole table and runs several programs
@given(
    name=st.sampled_from(_HERE),
    shape=st.tuples(_SIDES, _SIDES),
    size=st.tuples(_SIDES, _SIDES),
    seed=st.integers(0, 2**16),
)
def test_the_convention_is_named(dtype, name, shape, size, seed):
    assume(shape != size and not (dtype == "uint8" and name in NOT_UINT8))
    rng = np.random.default_rng(seed)
    x = rng.random(shape, np.float32) if dtype == "float32" else rng.integers(0, 256, shape).astype(dtype)
    found = jr.identify(x, np.asarray(CALLS[name](x, size)), axes=(0, 1))
    assert name in found.candidates
