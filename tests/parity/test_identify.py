"""`identify` on live outputs of the real packages, of random sizes."""

from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import jax_resample as jr

from ..golden.identify_calls import CALLS, NOT_UINT8

# The versions that the rows imitate.
_VERSIONS = {
    "torch": ("torch", "2.13."),
    "pillow": ("PIL", "13."),
    "opencv": ("cv2", "5."),
    "scipy": ("scipy", "1.17."),
    "skimage": ("skimage", "0.26."),
    "jax": ("jax", "0.10.2"),
}


def _is_here(library: str) -> bool:
    module, version = _VERSIONS[library]
    return bool(find_spec(module)) and import_module(module).__version__.startswith(version)


_LIBRARIES = {library for library in _VERSIONS if _is_here(library)}
_HERE = [name for name in CALLS if name.partition(":")[0] in _LIBRARIES]
_SIDES = st.integers(4, 40)


@pytest.fixture(autouse=True, scope="module")
def portable():
    """OpenCV's own code, which its rows imitate."""
    if "opencv" not in _LIBRARIES:
        yield
        return
    ipp = import_module("cv2").ipp
    before = ipp.useIPP()
    ipp.setUseIPP(False)
    yield
    ipp.setUseIPP(before)


@pytest.mark.skipif(not _HERE, reason="none of the versions that the rows imitate")
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
