"""What PyTorch refuses, as a table: the call, our exception, and what its message must name."""

from typing import Any, NamedTuple

import numpy as np


class Refusal(NamedTuple):
    """A call ``function(input, **keywords)`` on samples of a shape and dtype."""

    name: str
    function: str
    shape: tuple[int, ...]
    keywords: dict[str, Any]
    error: type[Exception]
    words: tuple[str, ...]
    dtype: str = "float32"


def _interpolate(name, shape, keywords, error, *words, dtype="float32"):
    return Refusal(name, "interpolate", shape, keywords, error, words, dtype)


_IMAGE = (1, 2, 4, 5)

REFUSALS: list[Refusal] = [
    _interpolate("unknown-mode", _IMAGE, {"size": 4, "mode": "cubic"}, ValueError, "`mode`", "'cubic'"),
    _interpolate("mode-for-other-rank", (1, 2, 4), {"size": 4, "mode": "bilinear"}, ValueError, "`mode`"),
    _interpolate("linear-on-2d", _IMAGE, {"size": 4, "mode": "linear"}, ValueError, "`mode`", "1 spatial"),
    _interpolate("trilinear-on-2d", _IMAGE, {"size": 4, "mode": "trilinear"}, ValueError, "`mode`"),
    _interpolate("neither", _IMAGE, {}, ValueError, "`size`", "`scale_factor`"),
    _interpolate("both", _IMAGE, {"size": 4, "scale_factor": 2}, ValueError, "`size`", "scale_factor=2"),
    _interpolate("size-too-long", _IMAGE, {"size": (4, 4, 4)}, ValueError, "`size`", "(4, 4, 4)"),
    _interpolate("size-too-short", _IMAGE, {"size": (4,)}, ValueError, "`size`", "(4,)"),
    _interpolate("factor-too-long", _IMAGE, {"scale_factor": (2.0,) * 3}, ValueError, "`scale_factor`"),
    _interpolate("float-size", _IMAGE, {"size": 4.0}, TypeError, "`size`", "4.0 (float)"),
    _interpolate("float-in-size", _IMAGE, {"size": (4, 4.5)}, TypeError, "`size`", "4.5 (float)"),
    _interpolate("bool-in-size", _IMAGE, {"size": (True, 4)}, TypeError, "`size`", "True (bool)"),
    _interpolate("string-factor", _IMAGE, {"scale_factor": "2"}, TypeError, "`scale_factor`", "'2' (str)"),
    _interpolate("zero-size", _IMAGE, {"size": (0, 4)}, ValueError, "`size`", "(0, 4)"),
    _interpolate("negative-size", _IMAGE, {"size": (4, -1)}, ValueError, "`size`", "(4, -1)"),
    _interpolate("zero-factor", _IMAGE, {"scale_factor": 0.0}, ValueError, "`scale_factor`", "(0, 0)"),
    _interpolate("negative-factor", _IMAGE, {"scale_factor": -2.0}, ValueError, "`scale_factor`"),
    _interpolate("tiny-factor", _IMAGE, {"scale_factor": 0.1}, ValueError, "`scale_factor`", "(0, 0)"),
    _interpolate("nan-factor", _IMAGE, {"scale_factor": float("nan")}, ValueError, "`scale_factor`", "nan"),
    _interpolate("inf-factor", _IMAGE, {"scale_factor": float("inf")}, ValueError, "`scale_factor`", "inf"),
    _interpolate(
        "align-corners-nearest",
        _IMAGE,
        {"size": 4, "mode": "nearest", "align_corners": False},
        ValueError,
        "`align_corners`",
        "'nearest'",
    ),
    _interpolate(
        "align-corners-nearest-exact",
        _IMAGE,
        {"size": 4, "mode": "nearest-exact", "align_corners": True},
        ValueError,
        "`align_corners`",
    ),
    _interpolate(
        "align-corners-area",
        _IMAGE,
        {"size": 4, "mode": "area", "align_corners": True},
        ValueError,
        "`align_corners`",
        "'area'",
    ),
    _interpolate(
        "recompute-with-size",
        _IMAGE,
        {"size": 4, "recompute_scale_factor": True},
        ValueError,
        "`recompute_scale_factor`",
    ),
    _interpolate(
        "antialias-nearest", _IMAGE, {"size": 4, "antialias": True}, ValueError, "`antialias`", "'nearest'"
    ),
    _interpolate(
        "antialias-area", _IMAGE, {"size": 4, "mode": "area", "antialias": True}, ValueError, "`antialias`"
    ),
    _interpolate(
        "antialias-1d", (1, 2, 4), {"size": 4, "mode": "linear", "antialias": True}, ValueError, "`antialias`"
    ),
    _interpolate(
        "antialias-3d",
        (1, 2, 4, 4, 4),
        {"size": 4, "mode": "trilinear", "antialias": True},
        ValueError,
        "`antialias`",
    ),
    _interpolate("plain-lanczos", _IMAGE, {"size": 4, "mode": "lanczos"}, ValueError, "`antialias`"),
    _interpolate(
        "lanczos-align-corners",
        _IMAGE,
        {"size": 4, "mode": "lanczos", "antialias": True, "align_corners": True},
        ValueError,
        "`align_corners`",
        "'lanczos'",
    ),
    _interpolate("rank-2", (4, 5), {"size": 4}, ValueError, "shape (4, 5)"),
    _interpolate("rank-6", (1, 1, 2, 2, 2, 2), {"size": 4}, ValueError, "shape"),
    _interpolate("empty-axis", (1, 2, 0, 4), {"size": 4}, ValueError, "(1, 2, 0, 4)"),
    _interpolate("no-channels", (1, 0, 4, 4), {"size": 4}, ValueError, "channel", "(1, 0, 4, 4)"),
    _interpolate("int32", _IMAGE, {"size": 4}, TypeError, "`input`", "int32", dtype="int32"),
    _interpolate("bool", _IMAGE, {"size": 4}, TypeError, "`input`", "bool", dtype="bool"),
    _interpolate("complex", _IMAGE, {"size": 4}, TypeError, "`input`", "complex64", dtype="complex64"),
    _interpolate(
        "uint8-linear", (1, 2, 4), {"size": 4, "mode": "linear"}, TypeError, "`input`", "uint8", dtype="uint8"
    ),
    _interpolate(
        "uint8-trilinear",
        (1, 2, 4, 4, 4),
        {"size": 4, "mode": "trilinear"},
        TypeError,
        "`input`",
        dtype="uint8",
    ),
    _interpolate("uint8-area", _IMAGE, {"size": 4, "mode": "area"}, TypeError, "`input`", dtype="uint8"),
    _interpolate(
        "half-antialias",
        _IMAGE,
        {"size": 4, "mode": "bicubic", "antialias": True},
        TypeError,
        "`input`",
        "float16",
        dtype="float16",
    ),
    _interpolate(
        "bfloat16-lanczos",
        _IMAGE,
        {"size": 4, "mode": "lanczos", "antialias": True},
        TypeError,
        "`input`",
        dtype="bfloat16",
    ),
    Refusal("upsample-neither", "upsample", _IMAGE, {}, ValueError, ("`size`",)),
    Refusal("bilinear-rank", "upsample_bilinear", (1, 2, 4), {"size": 4}, ValueError, ("`mode`",)),
    Refusal("nearest-both", "upsample_nearest", _IMAGE, {"size": 1, "scale_factor": 1}, ValueError, ()),
    Refusal("pool1d-rank", "adaptive_avg_pool1d", _IMAGE, {"output_size": 2}, ValueError, ("shape",)),
    Refusal("pool1d-none", "adaptive_avg_pool1d", (2, 4), {"output_size": None}, TypeError, ("None",)),
    Refusal("pool2d-rank", "adaptive_avg_pool2d", (2, 4), {"output_size": 2}, ValueError, ("shape (2, 4)",)),
    Refusal("pool2d-length", "adaptive_avg_pool2d", _IMAGE, {"output_size": (1, 2, 3)}, ValueError, ()),
    Refusal("pool2d-negative", "adaptive_avg_pool2d", _IMAGE, {"output_size": -1}, ValueError, ("-1",)),
    Refusal("pool2d-float", "adaptive_avg_pool2d", _IMAGE, {"output_size": 2.0}, TypeError, ("2.0",)),
    Refusal("pool2d-empty", "adaptive_avg_pool2d", (1, 2, 0, 4), {"output_size": 2}, ValueError, ("empty",)),
    Refusal("pool2d-int", "adaptive_avg_pool2d", _IMAGE, {"output_size": 2}, TypeError, ("int32",), "int32"),
    Refusal("pool3d-rank", "adaptive_avg_pool3d", (2, 4, 4), {"output_size": 2}, ValueError, ("shape",)),
    Refusal("shuffle-rank", "pixel_shuffle", (4, 4), {"upscale_factor": 2}, ValueError, ("shape (4, 4)",)),
    Refusal(
        "shuffle-factor", "pixel_shuffle", _IMAGE, {"upscale_factor": 0}, ValueError, ("`upscale_factor`",)
    ),
    Refusal("shuffle-channels", "pixel_shuffle", _IMAGE, {"upscale_factor": 2}, ValueError, ("channels",)),
    Refusal("shuffle-float", "pixel_shuffle", _IMAGE, {"upscale_factor": 2.0}, TypeError, ("2.0 (float)",)),
    Refusal("unshuffle-factor", "pixel_unshuffle", _IMAGE, {"downscale_factor": -1}, ValueError, ("-1",)),
    Refusal("unshuffle-width", "pixel_unshuffle", _IMAGE, {"downscale_factor": 2}, ValueError, ("width",)),
]
IDS: list[str] = [refusal.name for refusal in REFUSALS]


def samples(refusal: Refusal) -> np.ndarray:
    """The input, in a NumPy dtype that both sides convert from."""
    native = "float32" if refusal.dtype == "bfloat16" else refusal.dtype
    return np.zeros(refusal.shape, native)
