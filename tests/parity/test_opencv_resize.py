"""Live comparison with OpenCV 5's portable code: every sample of random 8-bit resizes, and floats closely."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jax_resample.compat import opencv as ours

from ..golden.opencv_calls import INTERPOLATIONS
from ..tolerances import FLOAT32_ULPS, unit
from .images import picture

cv2 = pytest.importorskip("cv2")
pytestmark = pytest.mark.skipif(not cv2.__version__.startswith("5."), reason="OpenCV 5")

FACTORS = (0.25, 0.3, 1 / 3, 0.5, 0.7, 0.9, 1.0, 1.5, 2.0, 2.3, 3.0)
# Sums in float32 and rounded once where OpenCV has another order, or fixed point of its own.
WORDS_TO_ONE_LEVEL = ("CUBIC", "LANCZOS4", "LINEAR_EXACT")
# OpenCV rounds a row's vectors half to even and what is left of it half up.
_VECTOR = 8


@pytest.fixture(autouse=True, scope="module")
def portable():
    """Without Intel's IPP, which x86 wheels use for a part of this, and with one thread."""
    before = cv2.ipp.useIPP(), cv2.getNumThreads()
    cv2.ipp.setUseIPP(False)
    cv2.setNumThreads(1)
    yield
    cv2.ipp.setUseIPP(before[0])
    cv2.setNumThreads(before[1])


@dataclass(frozen=True)
class Call:
    """An image's shape, and the keywords of one call."""

    name: str
    shape: tuple[int, ...]
    keywords: dict[str, Any]
    seed: int

    def image(self, dtype: str) -> np.ndarray:
        rng = np.random.default_rng(self.seed)
        if dtype == "uint8":
            return picture(rng, self.shape)
        if dtype == "float32":
            return rng.standard_normal(self.shape).astype(dtype)
        limits = np.iinfo(dtype)
        return rng.integers(limits.min, limits.max + 1, self.shape).astype(dtype)


def _length() -> st.SearchStrategy[int]:
    return st.one_of(st.integers(1, 12), st.integers(1, 120))


@st.composite
def calls(draw: st.DrawFn) -> Call:
    name = draw(st.sampled_from(sorted(INTERPOLATIONS)))
    height, width = draw(_length()), draw(_length())
    keywords: dict[str, Any] = {"dsize": None}
    kind = draw(st.sampled_from(["size", "size", "same height", "blocks", "factors"]))
    if kind == "blocks":
        size = draw(st.integers(1, 20)), draw(st.integers(1, 20))
        height, width = size[1] * draw(st.integers(1, 5)), size[0] * draw(st.integers(1, 5))
        keywords["dsize"] = size
    elif kind == "factors":
        factor = st.one_of(st.sampled_from(FACTORS), st.floats(0.05, 3.0))
        keywords["fx"], keywords["fy"] = draw(factor), draw(factor)
        width = max(width, int(np.ceil(0.6 / keywords["fx"])))
        height = max(height, int(np.ceil(0.6 / keywords["fy"])))
    else:
        keywords["dsize"] = draw(_length()), height if kind == "same height" else draw(_length())
    channels = draw(st.sampled_from([(), (1,), (2,), (3,), (4,)]))
    return Call(name, (height, width, *channels), keywords, draw(st.integers(0, 2**16)))


def both(call: Call, dtype: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    image, keywords = call.image(dtype), dict(call.keywords)
    flag = INTERPOLATIONS[call.name]
    theirs = cv2.resize(image, keywords.pop("dsize"), **keywords, interpolation=flag)
    mine = np.asarray(ours.resize(jnp.asarray(image), **call.keywords, interpolation=flag))
    assert mine.dtype == theirs.dtype
    return image, mine, theirs.reshape(mine.shape)


@given(call=calls())
def test_uint8_is_equal_in_every_value(call):
    _, mine, theirs = both(call, "uint8")
    if call.name == "CUBIC":
        rows = mine.reshape(len(mine), -1).astype(int)
        whole = rows.shape[1] // _VECTOR * _VECTOR
        others = theirs.reshape(len(theirs), -1)
        assert np.abs(rows[:, whole:] - others[:, whole:]).max(initial=0) <= 1
        mine, theirs = rows[:, :whole], others[:, :whole]
    np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("dtype", ["uint16", "int16"])
@given(call=calls())
def test_words(dtype, call):
    _, mine, theirs = both(call, dtype)
    allowed = 1 if call.name in WORDS_TO_ONE_LEVEL else 0
    assert np.abs(mine.astype(int) - theirs).max() <= allowed


@given(call=calls())
def test_float32(call):
    image, mine, theirs = both(call, "float32")
    allowed = 0.0 if "NEAREST" in call.name else FLOAT32_ULPS * unit("float32", image, theirs)
    assert np.abs(mine - theirs).max() <= allowed
