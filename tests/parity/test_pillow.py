"""Live comparison with Pillow 13: every byte of random resizes, boxes, gaps and reductions."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jax_resample as jr
from jax_resample.compat import pillow as ours

from .images import picture

Image = pytest.importorskip("PIL.Image")
pytestmark = pytest.mark.skipif(not hasattr(Image.Resampling, "MKS2021"), reason="Pillow 13 or newer")

FILTERS = tuple(Image.Resampling)
BYTES = {"L": 1, "LA": 2, "La": 2, "RGB": 3, "RGBA": 4, "RGBa": 4, "CMYK": 4}
WIDE = ("I", "F", "I;16")
_DTYPES = {"I": "int32", "F": "float32", "I;16": "uint16"}


@dataclass(frozen=True)
class Call:
    """An image of a mode, and the keywords of one call."""

    mode: str
    lengths: tuple[int, int]
    keywords: dict[str, Any]
    seed: int

    def image(self) -> np.ndarray:
        rng = np.random.default_rng(self.seed)
        shape = self.lengths if BYTES.get(self.mode, 1) == 1 else (*self.lengths, BYTES[self.mode])
        if self.mode == "F":
            return (rng.standard_normal(shape) * 10.0 ** rng.integers(-3, 4)).astype(np.float32)
        if self.mode == "I":
            largest = 10 ** int(rng.integers(1, 9))
            return rng.integers(-largest, largest, shape).astype(np.int32)
        if self.mode == "I;16":
            return rng.integers(0, 65536, shape).astype(np.uint16)
        return picture(rng, shape)


def on_pillow(image: np.ndarray, mode: str) -> Any:
    return Image.frombytes(mode, (image.shape[1], image.shape[0]), np.ascontiguousarray(image).tobytes())


def back(image: Any, mode: str) -> np.ndarray:
    dtype = np.dtype(_DTYPES.get(mode, "uint8"))
    bands = () if BYTES.get(mode, 1) == 1 else (BYTES[mode],)
    return np.frombuffer(image.tobytes(), dtype).reshape(image.height, image.width, *bands)


def assert_same_bytes(mine: Any, theirs: np.ndarray) -> None:
    mine = np.asarray(mine)
    assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
    np.testing.assert_array_equal(mine, theirs)


def _length() -> st.SearchStrategy[int]:
    return st.one_of(st.integers(1, 12), st.integers(1, 120))


@st.composite
def boxes(draw: st.DrawFn, width: int, height: int) -> tuple[float, float, float, float]:
    edges = []
    for length in (width, height):
        kind = draw(st.sampled_from(["whole", "integer", "fractional"]))
        if kind == "whole":
            edges.append((0, length))
        elif kind == "integer":
            first = draw(st.integers(0, length - 1))
            edges.append((first, draw(st.integers(first + 1, length))))
        else:
            first = draw(st.floats(0, length - 0.5))
            edges.append((first, draw(st.floats(first + 0.25, length))))
    (left, right), (upper, lower) = edges
    return left, upper, right, lower


@st.composite
def calls(draw: st.DrawFn, modes: tuple[str, ...], *, gap: bool = False) -> Call:
    mode = draw(st.sampled_from(modes))
    height, width = draw(_length()), draw(_length())
    size = (draw(_length()), draw(_length()))
    if draw(st.integers(0, 5)) == 0:
        size = (width, size[1])
    keywords: dict[str, Any] = {"size": size, "resample": draw(st.sampled_from(FILTERS))}
    if draw(st.booleans()):
        keywords["box"] = draw(boxes(width, height))
    if gap:
        keywords["size"] = tuple(max(1, length // draw(st.integers(1, 12))) for length in (width, height))
        keywords["reducing_gap"] = draw(st.sampled_from([1.0, 1.5, 2.0, 3.0]))
    return Call(mode, (height, width), keywords, draw(st.integers(0, 2**16)))


def check(call: Call) -> None:
    image = call.image()
    theirs = back(on_pillow(image, call.mode).resize(**call.keywords), call.mode)
    assert_same_bytes(ours.resize(jnp.asarray(image), **call.keywords, mode=call.mode), theirs)


@given(call=calls(tuple(BYTES)))
def test_bytes(call):
    check(call)


@given(call=calls(WIDE))
def test_integers_and_floats(call):
    check(call)


@given(call=calls(("L", "LA", "RGB", "RGBA", "I", "F"), gap=True))
def test_reducing_gap(call):
    check(call)


@given(
    call=calls(("L", "RGB", "LA", "RGBA", "I", "F")), factors=st.tuples(st.integers(1, 9), st.integers(1, 9))
)
def test_reduce(call, factors):
    image, box = call.image(), call.keywords.get("box")
    if box is not None:
        left, upper = int(box[0]), int(box[1])
        box = (left, upper, max(left + 1, int(box[2])), max(upper + 1, int(box[3])))
    theirs = back(on_pillow(image, call.mode).reduce(factors, box), call.mode)
    assert_same_bytes(ours.reduce(jnp.asarray(image), factors, box, mode=call.mode), theirs)


_NAMES = {
    "nearest": "NEAREST",
    "box": "BOX",
    "bilinear": "BILINEAR",
    "hamming": "HAMMING",
    "bicubic": "BICUBIC",
    "lanczos": "LANCZOS",
    "mks2013": "MKS2013",
    "mks2021": "MKS2021",
}


@given(call=calls(("L", "RGB")), name=st.sampled_from(sorted(_NAMES)))
def test_conventions_on_bytes(call, name):
    """`jr.resize` with a row of the table gives the same bytes."""
    image, (width, height) = call.image(), call.keywords["size"]
    filtered = on_pillow(image, call.mode).resize((width, height), getattr(Image.Resampling, _NAMES[name]))
    mine = jr.resize(jnp.asarray(image), (height, width), axes=(0, 1), convention=f"pillow:{name}")
    assert_same_bytes(mine, back(filtered, call.mode))
