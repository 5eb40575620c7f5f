"""Random ONNX nodes, as hypothesis strategies, and the answers of the installed packages."""

from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from ..golden.onnx_calls import BOXED, COORDINATES, NEAREST_MODES, POLICIES, Call, resize

# Scales whose quotients and products round in every direction.
SCALES = (0.3, 1 / 3, 0.5, 0.6, 0.7, 0.9, 1.0, 1.1, 1.2, 1.5, 1.7, 2.0, 2.3, 3.0)


@st.composite
def resizes(
    draw: st.DrawFn,
    dtypes: tuple[str, ...] = ("float32",),
    modes: tuple[str, ...] = ("nearest", "linear", "cubic"),
) -> Call:
    """Resize nodes of ranks 1 to 3 over every attribute, as the reference takes them."""
    rank = draw(st.integers(1, 3))
    longest = {1: 40, 2: 12, 3: 6}[rank]
    lengths = tuple(draw(st.integers(1, longest)) for _ in range(rank))
    axes = draw(st.none() | st.permutations(range(rank)).map(lambda p: p[: draw(st.integers(1, rank))]))
    named = list(range(rank)) if axes is None else list(axes)
    attributes = _attributes(draw, draw(st.sampled_from(modes)))
    if axes is not None:
        attributes["axes"] = named
    inputs: dict[str, Any] = {}
    if attributes["coordinate_transformation_mode"] == BOXED:
        thousandths = st.integers(-500, 1500).map(lambda k: k / 1000)
        edge = st.one_of(st.sampled_from([0.0, 1.0, 0.25, -0.5, 1.5]), thousandths)
        inputs["roi"] = [draw(edge) for _ in range(2 * len(named))]
    if draw(st.booleans()):
        scale = st.one_of(st.sampled_from(SCALES), st.floats(0.25, 3, width=32))
        inputs["scales"] = [draw(scale) for _ in named]
        sizes = [int(float(np.float32(s)) * lengths[a]) for s, a in zip(inputs["scales"], named, strict=True)]
    else:
        sizes = inputs["sizes"] = [draw(st.integers(1, 2 * longest)) for _ in named]
        attributes["keep_aspect_ratio_policy"] = draw(st.sampled_from(POLICIES))
        choose = {"stretch": None, "not_larger": min, "not_smaller": max}
        if (of := choose[attributes["keep_aspect_ratio_policy"]]) is not None:
            one = of(m / lengths[a] for m, a in zip(sizes, named, strict=True))
            sizes = [int(one * lengths[a] + 0.5) for a in named]
    assume(all(1 <= m <= 80 for m in sizes))
    if "sizes" in inputs:  # the reference multiplies the ratio back, which need not give the size
        assume(all(m / lengths[a] * lengths[a] == m for m, a in zip(sizes, named, strict=True)))
    if attributes["coordinate_transformation_mode"] == "pytorch_half_pixel":
        assume(min(sizes) > 1)  # where the reference departs from the operator's text, see docs/onnx.md
    dtype = draw(st.sampled_from(dtypes))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    x = rng.standard_normal(lengths) if "float" in dtype else rng.integers(0, 256, lengths)
    return resize(x.astype(dtype), attributes, **inputs)


def _attributes(draw: st.DrawFn, mode: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "mode": mode,
        "coordinate_transformation_mode": draw(st.sampled_from(COORDINATES)),
        "extrapolation_value": draw(st.sampled_from([0.0, -3.5, 10.0])),
    }
    if mode == "nearest":
        return attributes | {"nearest_mode": draw(st.sampled_from(NEAREST_MODES))}
    if mode == "cubic":
        attributes["cubic_coeff_a"] = draw(st.sampled_from([-0.75, -0.5, -0.3]))
    flags = {name: draw(st.integers(0, 1)) for name in ("antialias", "exclude_outside")}
    return attributes | flags


@st.composite
def images(draw: st.DrawFn) -> Call:
    """Resize nodes by sizes, on single images, with what ONNX Runtime takes beyond nearest neighbours."""
    lengths, sizes = (tuple(draw(st.integers(1, 30)) for _ in range(2)) for _ in range(2))
    attributes = _attributes(draw, draw(st.sampled_from(["linear", "cubic"])))
    if attributes["mode"] == "linear":
        attributes["exclude_outside"] = 0
    inputs: dict[str, Any] = {}
    if attributes["coordinate_transformation_mode"] == BOXED:
        # No sample at the array's ends, where rounding decides what lies outside: 1317 / 10388 is no fraction
        # with a denominator below 30. Nor a copy, which Runtime makes.
        attributes["antialias"] = 0
        assume(all(n != m for n, m in zip(lengths, sizes, strict=True)))
        inputs["roi"] = [0, 0, 0.11, -0.1317, 1, 1, 0.87, 0.9071]
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    x = rng.standard_normal((1, 1, *lengths)).astype(np.float32)
    return resize(x, attributes, sizes=[1, 1, *sizes], **inputs)
