"""The calls whose PyTorch values are recorded, and their inputs; nothing here needs PyTorch."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

FILE = "torch-2.13.0.npz"


class Call(NamedTuple):
    """``torch.nn.functional.<function>(input, **keywords)`` on a channels-first input."""

    function: str
    shape: tuple[int, ...]
    dtype: str
    keywords: dict[str, Any]
    adjoint: bool = True  # whether PyTorch's backward is the transpose of its forward

    @property
    def name(self) -> str:
        words = (f"{key}={value}" for key, value in self.keywords.items())
        return f"{self.function}({'x'.join(map(str, self.shape))} {self.dtype} {' '.join(words)})"

    @property
    def has_gradient(self) -> bool:
        return self.adjoint and self.dtype in ("float64", "float32")


def samples(shape: tuple[int, ...], dtype: str, seed: int = 0) -> np.ndarray:
    """Reproducible samples on any machine: a multiplicative hash of the index, in [-1, 1) or 0 to 255."""
    index = np.arange(int(np.prod(shape)), dtype=np.uint64) + np.uint64(1 + 7919 * seed)
    bits = (index * np.uint64(2654435761) & np.uint64(0xFFFFFFFF)) >> np.uint64(12)
    if dtype == "uint8":
        return (bits >> np.uint64(12)).astype(np.uint8).reshape(shape)
    return (bits.astype(np.float64) / 2**19 - 1).reshape(shape)


_TARGETS: dict[int, list[dict[str, Any]]] = {
    1: [{"size": 11}, {"size": (4,)}, {"scale_factor": 1.7}, {"scale_factor": 0.37}],
    2: [
        {"size": (11, 4)},
        {"size": (3, 13)},
        {"size": (7, 5)},
        {"scale_factor": 2},
        {"scale_factor": (0.37, 2.3)},
        {"scale_factor": (0.37, 2.3), "recompute_scale_factor": True},
    ],
    3: [{"size": (5, 2, 7)}, {"scale_factor": (2, 0.7, 1.3)}],
}
_LENGTHS = {1: (7,), 2: (7, 5), 3: (3, 4, 5)}
# Numbers of spatial axes that each mode of PyTorch takes.
RANKS: dict[str, tuple[int, ...]] = {
    "nearest": (1, 2, 3),
    "nearest-exact": (1, 2, 3),
    "area": (1, 2, 3),
    "linear": (1,),
    "bilinear": (2,),
    "bicubic": (2,),
    "lanczos": (2,),
    "trilinear": (3,),
}


def _options(mode: str) -> Iterator[dict[str, Any]]:
    if mode == "lanczos":
        yield {"antialias": True}
        return
    yield {}
    if mode in ("linear", "bilinear", "bicubic", "trilinear"):
        yield {"align_corners": True}
    if mode in ("bilinear", "bicubic"):
        yield {"antialias": True}
        yield {"antialias": True, "align_corners": True}


def _dtypes(mode: str, options: dict[str, Any]) -> Iterator[str]:
    yield from ("float64", "float32")
    if not options.get("antialias"):
        yield "bfloat16"
    if mode in ("nearest", "bilinear", "bicubic", "lanczos"):
        yield "uint8"


def _interpolations() -> Iterator[Call]:
    for mode, ranks in RANKS.items():
        for rank in ranks:
            for options in _options(mode):
                for dtype in _dtypes(mode, options):
                    targets = _TARGETS[rank]
                    for target in targets[:1] if dtype == "bfloat16" else targets:
                        keywords = {"mode": mode, **target, **options}
                        yield Call("interpolate", (1, 2, *_LENGTHS[rank]), dtype, keywords)


def _edges() -> Iterator[Call]:
    """Single samples in and out, strong shrinking, a map beyond the compact nearest kernel."""
    for mode in ("nearest", "bilinear", "bicubic", "area"):
        yield Call("interpolate", (1, 1, 1, 5), "float32", {"mode": mode, "size": (3, 2)})
        yield Call("interpolate", (1, 1, 5, 6), "float32", {"mode": mode, "size": (1, 2)})
    for corners in (False, True):
        keywords = {"mode": "bilinear", "align_corners": corners}
        yield Call("interpolate", (1, 1, 5, 6), "float32", {"size": (1, 1), **keywords})
        yield Call("interpolate", (1, 1, 1, 1), "float32", {"size": (2, 3), **keywords})
    for mode in ("nearest", "nearest-exact"):
        yield Call("interpolate", (1, 1, 10, 3), "float32", {"mode": mode, "size": (140, 2)})
        yield Call("interpolate", (1, 1, 10, 3), "float32", {"mode": mode, "scale_factor": (2.02, 1.2)})
        # PyTorch's forward reads samples 0, 0, 1, 2 here; its backward takes equal sizes for a copy.
        yield Call("interpolate", (1, 1, 4), "float32", {"mode": mode, "scale_factor": 1.2}, adjoint=False)
    for mode in ("bilinear", "bicubic", "lanczos"):
        keywords = {"mode": mode, "antialias": True, "size": (3, 2)}
        yield Call("interpolate", (1, 1, 97, 45), "float32", keywords)
        yield Call("interpolate", (1, 1, 97, 45), "uint8", keywords)


def _siblings() -> Iterator[Call]:
    """The other functions of the module."""
    image = (1, 2, 7, 5)
    yield Call("upsample", image, "float32", {"size": (9, 9), "mode": "bicubic", "align_corners": True})
    yield Call("upsample_nearest", image, "float32", {"scale_factor": 3})
    yield Call("upsample_bilinear", image, "float32", {"scale_factor": 2})
    yield Call("adaptive_avg_pool1d", (2, 3, 10), "float32", {"output_size": 4})
    yield Call("adaptive_avg_pool1d", (3, 10), "float64", {"output_size": 7})
    yield Call("adaptive_avg_pool2d", image, "float32", {"output_size": (3, None)})
    yield Call("adaptive_avg_pool2d", image[1:], "bfloat16", {"output_size": 4})
    yield Call("adaptive_avg_pool2d", image, "float64", {"output_size": 1})
    yield Call("adaptive_avg_pool3d", (1, 2, 3, 4, 5), "float32", {"output_size": (2, None, 3)})
    yield Call("adaptive_avg_pool3d", (2, 3, 4, 5), "float64", {"output_size": (None, 6, 2)})
    yield Call("pixel_shuffle", (2, 18, 3, 2), "float32", {"upscale_factor": 3})
    yield Call("pixel_shuffle", (8, 3, 2), "uint8", {"upscale_factor": 2})
    yield Call("pixel_unshuffle", (2, 2, 6, 9), "float32", {"downscale_factor": 3})
    yield Call("pixel_unshuffle", (1, 4, 6), "uint8", {"downscale_factor": 2})


CALLS: list[Call] = [*_interpolations(), *_edges(), *_siblings()]
