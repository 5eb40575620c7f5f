"""`jax_resample.compat.opencv`'s warps: OpenCV 5's recorded values."""

from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from jax_resample.compat import opencv

from .golden import opencv_warp_calls as golden
from .golden.opencv_warp_calls import CALLS, FILE, Call
from .opencv_warps import assert_warped


@pytest.fixture(scope="module")
def recorded():
    with np.load(Path(__file__).parent / "golden" / FILE) as file:
        return dict(file)


@pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])
def test_values(call: Call, recorded):
    function = getattr(opencv, call.function)
    mine, theirs = (
        function(jnp.asarray(call.image()), *call.arguments(), **call.keywords()),
        recorded[call.name],
    )
    assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
    assert_warped(mine, theirs, call.interpolation)


def test_flags_have_opencvs_numbers():
    assert {name: getattr(opencv, f"BORDER_{name}") for name in golden.BORDERS} == golden.BORDERS
    flags = (opencv.WARP_INVERSE_MAP, opencv.WARP_RELATIVE_MAP)
    assert flags == (golden.INVERSE_MAP, golden.RELATIVE_MAP)
