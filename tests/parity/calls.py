"""Random calls of ``interpolate`` that PyTorch accepts, as a hypothesis strategy."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from ..golden.calls import RANKS

NEAREST = ("nearest", "nearest-exact")
WEIGHTED = tuple(mode for mode in RANKS if mode not in NEAREST)
# Factors whose reciprocals, products and output sizes round in every direction.
FACTORS = (0.1, 0.29, 0.3, 1 / 3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.2, 1.5, 2, 2.0, 2.02, 2.3, 3.0, 4.0)


@dataclass(frozen=True)
class Call:
    """An input and the keywords of one call."""

    shape: tuple[int, ...]
    keywords: dict[str, Any]
    seed: int

    def image(self, dtype: str) -> np.ndarray:
        """Random samples of the call's shape, representable in ``dtype``, as float64 or uint8."""
        rng = np.random.default_rng(self.seed)
        if dtype == "uint8":
            pixels = rng.integers(0, 256, self.shape).astype(np.uint8)
            return np.where(pixels > 127, 255, 0).astype(np.uint8) if self.seed % 3 == 0 else pixels
        return rng.standard_normal(self.shape)


def _lengths(rank: int) -> st.SearchStrategy[int]:
    longest = {1: 300, 2: 300, 3: 24}[rank]
    return st.one_of(st.integers(1, min(longest, 20)), st.integers(1, longest))


@st.composite
def calls(draw: st.DrawFn, modes: tuple[str, ...] = tuple(RANKS), antialias: bool | None = None) -> Call:
    """Calls over ranks, sizes 1 to 300, flags and factors that do not divide."""
    mode = draw(st.sampled_from(modes))
    rank = draw(st.sampled_from(RANKS[mode]))
    lengths = tuple(draw(_lengths(rank)) for _ in range(rank))
    keywords: dict[str, Any] = {"mode": mode}
    can_antialias = mode in ("bilinear", "bicubic", "lanczos")
    if can_antialias:
        keywords["antialias"] = mode == "lanczos" or (draw(st.booleans()) if antialias is None else antialias)
    if mode in ("linear", "bilinear", "bicubic", "trilinear"):
        keywords["align_corners"] = draw(st.sampled_from([None, False, True]))
    if draw(st.booleans()):
        sizes = tuple(draw(_lengths(rank)) for _ in range(rank))
        keywords["size"] = sizes
    else:
        factor = st.one_of(st.sampled_from(FACTORS), st.floats(0.05, 4.0))
        factors = tuple(draw(factor) for _ in range(rank))
        keywords["scale_factor"] = factors
        keywords["recompute_scale_factor"] = draw(st.sampled_from([None, False, True]))
        sizes = tuple(int(float(n) * float(f)) for n, f in zip(lengths, factors, strict=True))
    assume(all(1 <= size <= 400 for size in sizes))
    # PyTorch's windowed passes repeat one row when the output width is 1 (see docs/torch.md).
    assume(sizes[-1] > 1 or not can_antialias)
    shape = (draw(st.integers(1, 2)), draw(st.sampled_from([1, 2, 3, 5])), *lengths)
    return Call(shape, keywords, draw(st.integers(0, 2**16)))


@st.composite
def long_calls(draw: st.DrawFn) -> Call:
    """One long axis, up to 30,000 samples in and out, where float32 coordinates run short of bits."""
    mode = draw(st.sampled_from([mode for mode, ranks in RANKS.items() if ranks != (3,)]))
    rank = RANKS[mode][0]
    n, m = draw(st.integers(2_000, 30_000)), draw(st.integers(2_000, 30_000))
    keywords: dict[str, Any] = {"mode": mode, "size": (2,) * (rank - 1) + (m,)}
    if mode in ("bilinear", "bicubic", "lanczos"):
        keywords["antialias"] = mode == "lanczos" or draw(st.booleans())
    if mode in ("linear", "bilinear", "bicubic"):
        keywords["align_corners"] = draw(st.booleans())
    return Call((1, 1, *((3,) * (rank - 1)), n), keywords, draw(st.integers(0, 2**16)))
